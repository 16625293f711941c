"""Privileges, policies and tags on objects that exist, with the real metastore behind them."""

from __future__ import annotations

import pytest

from lakeshell.errors import StatementError
from lakeshell.session.session import Session
from lakeshell.sql.statements import split_statements


def rows(session: Session, text: str) -> list[tuple[object, ...]]:
    """What a statement answers."""
    table = session.execute(text).table
    assert table is not None
    return [tuple(row.values()) for row in table.to_pylist()]


def test_grants(session: Session, schema: str) -> None:
    session.execute("CREATE TABLE customers (customer_id INT, name STRING, city STRING)")
    session.execute("CREATE VIEW names AS SELECT name FROM customers")
    session.execute("CREATE FUNCTION one() RETURNS INT RETURN 1")
    session.execute("GRANT SELECT ON TABLE customers TO `analysts`")
    session.execute("GRANT SELECT (customer_id, name) ON TABLE customers TO `marketing`")
    session.execute("GRANT SELECT ON VIEW names TO `marketing`")
    session.execute("GRANT EXECUTE ON FUNCTION one TO `marketing`")
    session.execute(f"GRANT USAGE ON SCHEMA {schema} TO `analysts`")
    session.execute("CREATE USER IF NOT EXISTS user1 WITH PASSWORD 'password'")
    session.execute("ALTER USER user1 SET ROLE data_engineer")
    table, in_schema = f"spark_catalog.{schema}.customers", f"spark_catalog.{schema}"
    assert rows(session, "SHOW GRANTS ON TABLE customers") == [
        ("analysts", "SELECT", "TABLE", table),
        ("analysts", "USE SCHEMA", "SCHEMA", in_schema),
        ("marketing", "SELECT (customer_id, name)", "TABLE", table),
    ]
    assert rows(session, "SHOW GROUPS WITH USER user1") == [("data_engineer",)]
    for wrong in ("TABLE nothing", "SCHEMA nowhere", "FUNCTION two", "CATALOG nowhere"):
        with pytest.raises(StatementError):
            session.execute(f"GRANT SELECT ON {wrong} TO analysts")
    with pytest.raises(StatementError, match="no column street"):
        session.execute("GRANT SELECT (street) ON customers TO analysts")
    session.execute("ALTER TABLE customers RENAME TO clients")
    assert len(rows(session, "SHOW GRANTS `marketing` ON clients")) == 1
    session.execute("DROP TABLE clients")
    session.execute("CREATE TABLE clients (customer_id INT)")
    assert rows(session, "SHOW GRANTS `marketing` ON clients") == []


def test_policies_and_tags(session: Session, schema: str) -> None:
    session.execute("CREATE FUNCTION hide(s STRING, r STRING) RETURNS STRING RETURN '***'")
    session.execute("CREATE FUNCTION only_us(r STRING) RETURNS BOOLEAN RETURN r = 'us'")
    session.execute(
        "CREATE TABLE people (ssn STRING MASK hide USING COLUMNS (region), region STRING) "
        "WITH ROW FILTER only_us ON (region)"
    )
    session.execute("ALTER TABLE people DROP ROW FILTER")
    session.execute("ALTER TABLE people SET ROW FILTER only_us ON (region)")
    session.execute("ALTER TABLE people ALTER COLUMN ssn DROP MASK")
    session.execute("ALTER TABLE people ALTER COLUMN ssn SET TAGS ('pii' = 'yes')")
    session.execute(f"SET TAG ON SCHEMA {schema} team = lake")
    with pytest.raises(StatementError, match="already"):
        session.execute(f"SET TAG ON SCHEMA {schema} team = sea")
    with pytest.raises(StatementError):
        session.execute("ALTER TABLE people SET ROW FILTER not_there ON (region)")
    session.execute("ALTER TABLE people OWNER TO `somebody`")
    with pytest.raises(StatementError):
        session.execute("ALTER TABLE nobody SET OWNER TO `somebody`")


def test_procedures(session: Session, schema: str) -> None:
    session.execute("DECLARE OR REPLACE VARIABLE found INT")
    session.execute(
        "CREATE PROCEDURE total(IN n INT, OUT found INT, step INT DEFAULT 1) LANGUAGE SQL AS\n"
        "BEGIN\n  DECLARE i INT DEFAULT 0;\n"
        "  SET found = 0;\n"
        "  WHILE i < n DO SET found = found + i; SET i = i + step; END WHILE;\nEND"
    )
    session.execute("CALL total(2 + 1, found)")
    assert rows(session, "SELECT found") == [(3,)]
    session.execute(
        "CREATE PROCEDURE look(least INT) AS BEGIN SELECT id FROM range(3) WHERE id >= least; END"
    )
    assert sorted(rows(session, f"CALL {schema}.look(least => 1)")) == [(1,), (2,)]


PERMISSIONS = """
-- Create a catalog
CREATE CATALOG IF NOT EXISTS retail;

-- Create a schema
CREATE SCHEMA IF NOT EXISTS retail.sales;

-- Grant permissions
GRANT USAGE ON CATALOG retail TO `data_analysts`;
GRANT USAGE ON SCHEMA retail.sales TO `data_analysts`;
GRANT SELECT ON TABLE retail.sales.transactions TO `data_analysts`;

-- Create a user with specific permissions
CREATE USER user1 WITH PASSWORD 'password';
ALTER USER user1 SET ROLE data_engineer;

-- Grant specific permissions
GRANT SELECT ON TABLE customers TO `analysts`;
GRANT MODIFY ON TABLE customers TO `data_engineers`;

-- Column-level security
GRANT SELECT (customer_id, name, city, state) ON TABLE customers TO `marketing`;

-- Create a secure view for row-level filtering
CREATE VIEW sales_by_region AS
SELECT *
FROM sales
WHERE region IN (SELECT allowed_regions FROM user_permissions WHERE username = current_user());
"""


def test_permissions_as_people_write_them(session: Session, schema: str) -> None:
    session.execute("DROP CATALOG IF EXISTS retail CASCADE")
    session.execute("DROP USER IF EXISTS user1")
    session.execute(
        "CREATE TABLE customers (customer_id INT, name STRING, city STRING, state STRING)"
    )
    session.execute("CREATE TABLE sales AS VALUES ('north'), ('south') AS v(region)")
    session.execute(
        "CREATE TABLE user_permissions AS "
        "SELECT current_user() AS username, 'north' AS allowed_regions"
    )
    for statement in split_statements(PERMISSIONS):
        if "retail.sales.transactions" in statement.text:
            session.execute("CREATE TABLE retail.sales.transactions (id INT)")
        session.execute(statement.text)
    assert rows(session, "SHOW GRANTS `data_analysts` ON TABLE retail.sales.transactions") == [
        ("data_analysts", "SELECT", "TABLE", "retail.sales.transactions"),
        ("data_analysts", "USE CATALOG", "CATALOG", "retail"),
        ("data_analysts", "USE SCHEMA", "SCHEMA", "retail.sales"),
    ]
    assert rows(session, "SELECT * FROM sales_by_region") == [("north",)]
    session.execute("DROP CATALOG retail CASCADE")
