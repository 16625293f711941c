"""Privileges, policies and tags on objects that exist, with the real metastore behind them."""

from __future__ import annotations

import pytest

from lakeshell.errors import StatementError
from lakeshell.session.session import Session


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
