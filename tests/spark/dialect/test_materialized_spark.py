"""Materialized views over real tables: after every refresh a view equals its query."""

from __future__ import annotations

import random

import pytest

from lakeshell.errors import StatementError
from lakeshell.session.session import Session

ROWS = "SELECT * FROM src WHERE n > 3"
SUMS = (
    "SELECT region, SUM(n) AS total, COUNT(*) AS c, COUNT(price) AS priced, MIN(price) AS lo, "
    "MAX(id) AS hi, SUM(price) AS money FROM src AS q WHERE n >= 0 GROUP BY region"
)


def rows(session: Session, text: str) -> list[tuple[object, ...]]:
    """What a statement answers, in an order of its own."""
    table = session.execute(text).table
    assert table is not None
    return sorted((tuple(row.values()) for row in table.to_pylist()), key=repr)


def refresh(session: Session, view: str, query: str) -> tuple[str, int]:
    """How a view was refreshed and how many rows were written; it must equal its query then."""
    (how, written, _) = rows(session, f"REFRESH MATERIALIZED VIEW {view}")[0]
    assert rows(session, f"SELECT * FROM {view}") == rows(session, query)
    assert isinstance(written, int)
    return str(how), written


def values(random_: random.Random, count: int) -> str:
    """Rows of src, with NULL among them."""
    found = []
    for _ in range(count):
        region = random_.choice(["'a'", "'b'", "'c'", "NULL"])
        price = random_.choice(["NULL", f"{random_.randint(-500, 500)}.25"])
        found.append(
            f"({random_.randint(1, 99)}, {region}, {random_.randint(-2, 9)}, {price}, 'u')"
        )
    return ", ".join(found)


def test_refreshes_are_as_small_as_is_exact(session: Session, schema: str) -> None:
    chance = random.Random(7)
    session.execute(
        "CREATE TABLE src AS SELECT id, region, n, CAST(price AS DECIMAL(10, 2)) AS price, url "
        f"FROM VALUES {values(chance, 20)} AS v(id, region, n, price, url)"
    )
    created = session.execute(f"CREATE MATERIALIZED VIEW v_rows AS {ROWS}")
    assert created.metrics["num_inserted_rows"] == len(rows(session, ROWS))
    session.execute(f"CREATE MATERIALIZED VIEW v_sums AS {SUMS}")

    session.execute(f"INSERT INTO src VALUES (100, 'new', 5, 1, 'u'), {values(chance, 10)}")
    how, written = refresh(session, "v_rows", ROWS)
    assert (how, 1 <= written <= 11) == ("append", True)
    assert refresh(session, "v_sums", SUMS)[0] == "merge"

    session.execute("UPDATE src SET n = n + 1 WHERE id % 3 = 0")
    session.execute("DELETE FROM src WHERE id % 5 = 0")
    assert refresh(session, "v_sums", SUMS)[0] == "full"
    assert refresh(session, "v_sums", SUMS) == ("no change", 0)
    again = session.execute(f"CREATE OR REFRESH MATERIALIZED VIEW v_sums AS {SUMS}").table
    assert again is not None
    assert again.to_pylist()[0]["refresh"] == "no change"
    session.execute("ALTER TABLE src ADD COLUMN c DATE")
    assert refresh(session, "v_rows", ROWS)[0] == "full"
    session.execute("CREATE OR REFRESH MATERIALIZED VIEW v_rows AS SELECT max(id) AS top FROM src")
    assert refresh(session, "v_rows", "SELECT max(id) AS top FROM src") == ("no change", 0)


def test_the_view_of_a_join_in_another_schema(session: Session, schema: str) -> None:
    session.execute(
        "CREATE TABLE stores AS VALUES (1, 'north'), (2, 'south') AS v(store_id, region)"
    )
    session.execute(
        "CREATE TABLE sales AS VALUES (1, DATE'2024-01-01', 1.5D), (2, NULL, 2.5D) "
        "AS v(store_id, transaction_date, amount)"
    )
    query = """SELECT
  region,
  transaction_date,
  SUM(amount) as daily_sales
FROM sales s
JOIN stores st ON s.store_id = st.store_id
GROUP BY region, transaction_date"""
    session.execute(f"CREATE MATERIALIZED VIEW daily_sales_by_region\nAS\n{query};")
    session.execute("INSERT INTO sales VALUES (1, DATE'2024-01-02', 4)")
    view = f"{schema}.daily_sales_by_region"
    session.execute("USE default")
    assert rows(session, f"REFRESH MATERIALIZED VIEW {view}")[0][:2] == ("full", 3)
    assert rows(session, f"REFRESH MATERIALIZED VIEW {view}")[0][:2] == ("no change", 0)
    assert rows(session, "SELECT current_schema()") == [("default",)]
    session.execute(f"USE {schema}")
    assert rows(session, "SELECT * FROM daily_sales_by_region") == rows(session, query)
    told = rows(session, "DESCRIBE EXTENDED daily_sales_by_region")
    assert any("JOIN stores st ON" in str(row[1]) for row in told)
    with pytest.raises(StatementError, match="is a materialized view: only its query writes"):
        session.execute("INSERT INTO daily_sales_by_region VALUES ('x', NULL, 1)")
    with pytest.raises(StatementError, match="stores is no materialized view"):
        session.execute("DROP MATERIALIZED VIEW stores")
    session.execute("DROP MATERIALIZED VIEW daily_sales_by_region")
    session.execute("DROP MATERIALIZED VIEW IF EXISTS daily_sales_by_region")


def test_clauses_schedules_and_what_a_session_alone_has(session: Session, schema: str) -> None:
    session.execute(
        "CREATE MATERIALIZED VIEW v (k COMMENT 'the key', t STRING) PARTITIONED BY (k) "
        "SCHEDULE EVERY 1 DAY TBLPROPERTIES ('team' = 'x') AS SELECT 1 AS a, 2 AS token"
    )
    session.execute("ALTER MATERIALIZED VIEW v ALTER SCHEDULE CRON '0 0 * * * ?'")
    properties = dict(rows(session, "SHOW TBLPROPERTIES v"))
    assert properties["lakeshell.view.schedule"] == "CRON '0 0 * * * ?'"
    assert properties["team"] == "x"
    columns = rows(session, "DESCRIBE TABLE v")
    assert ("k", "int", "the key") in columns
    assert ("t", "string", None) in columns
    assert refresh(session, "v", "SELECT 1, '2'") == ("no change", 0)
    session.execute("CREATE TEMPORARY VIEW passing AS SELECT 1 AS a")
    with pytest.raises(StatementError, match="passing, which is a temporary view"):
        session.execute("CREATE MATERIALIZED VIEW w AS SELECT * FROM passing")
