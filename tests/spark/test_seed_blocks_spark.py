"""The code of a Databricks course (seed_blocks.md) runs as it is written there.

Its statements have no semicolons; they are run one by one, as somebody pastes them: a statement
begins with a comment behind a blank line.
"""

from __future__ import annotations

import os
import re
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cells_support import CellRun

from lakeshell.home import Home
from lakeshell.session.session import Session

_TEXT = (Path(__file__).parent / "seed_blocks.md").read_text(encoding="utf-8")


def block(heading: str) -> str:
    """The code under a heading."""
    _, found, below = _TEXT.partition(f"{heading}\n")
    assert found, heading
    code = re.match(r"\n```\w+\n(.*?)^```", below, re.M | re.S)
    assert code is not None, heading
    return code.group(1)


def statements(heading: str) -> list[str]:
    """Those of a block of SQL."""
    return [part.strip() for part in re.split(r"\n\n(?=--)", block(heading))]


def rows(session: Session, text: str) -> list[dict[str, Any]]:
    table = session.execute(text).table
    return [] if table is None else list(table.to_pylist())


def run_all(session: Session, *texts: str) -> list[list[dict[str, Any]]]:
    return [rows(session, text) for text in texts]


@pytest.fixture(autouse=True)
def untouched(lakehouse: Home) -> None:
    """The folders that the course writes to, empty."""
    for place in ("data/transactions", "data/events", "data/retail", "lakehouse"):
        shutil.rmtree(lakehouse.mnt / place, ignore_errors=True)


@pytest.fixture
def retail(session: Session) -> Iterator[None]:
    """Takes away afterwards what section 2 makes."""
    session.execute("DROP SCHEMA IF EXISTS retail_analytics CASCADE")
    yield
    session.execute("DROP SCHEMA IF EXISTS retail_analytics CASCADE")


def in_the_past(lakehouse: Home, schema: str, table: str) -> None:
    """Let every commit of a table but the last one be of 2022: Delta goes by the files' times."""
    log = lakehouse.warehouse / f"{schema}.db" / table / "_delta_log"
    for number, commit in enumerate(sorted(log.glob("*.json"))[:-1]):
        moment = 1_650_000_000 + 60 * number
        os.utime(commit, (moment, moment))


def test_delta_lake(session: Session, schema: str, lakehouse: Home) -> None:
    source = "SELECT id, id * 1.5 AS amount FROM range(10)"
    for place in ("raw-data/transactions", "data/events"):
        rows(session, f"INSERT OVERWRITE DIRECTORY '/mnt/{place}' USING parquet {source}")
    run_all(session, *statements("**Creating Delta Tables:**"))
    assert rows(session, "SELECT count(*) AS n FROM transactions") == [{"n": 10}]
    assert rows(session, "SELECT count(*) AS n FROM delta.`/mnt/data/events`") == [{"n": 10}]
    assert (lakehouse.mnt / "data" / "events" / "_delta_log").is_dir()
    # Delta travels no further back than it keeps files; stock, a week.
    session.execute(
        "ALTER TABLE customer_data SET TBLPROPERTIES "
        "('delta.deletedFileRetentionDuration' = 'interval 9000 days', "
        "'delta.logRetentionDuration' = 'interval 9000 days')"
    )
    for number in range(6):
        session.execute(
            f"INSERT INTO customer_data VALUES ({number}, 'n', 'n@x.org', DATE'2024-01-01')"
        )
    in_the_past(lakehouse, schema, "customer_data")
    old, fifth = run_all(session, *statements("**Time Travel:**"))
    assert (len(old), len(fifth)) == (5, 4)
    compacted, ordered, _ = run_all(session, *statements("**Optimization Commands:**"))
    assert compacted[0]["metrics"]["numFilesRemoved"] == 6
    assert ordered[0]["metrics"]["zOrderStats"] is not None
    session.execute("DROP TABLE transactions")


def test_relational_entities_and_python(
    session: Session, schema: str, retail: None, lakehouse: Home
) -> None:
    cells = CellRun(session)
    run_all(session, *statements("Databases and Tables"))
    session.execute(
        "INSERT INTO retail_analytics.sales SELECT concat('t', id), concat('p', id % 3), "
        "concat('c', id % 4), 's1', CAST(id AS INT), 12.5, current_date() FROM range(1, 21)"
    )
    run_all(session, *statements("Views and Temporary Views"))
    assert rows(session, "SELECT daily_revenue FROM retail_analytics.daily_sales") == [
        {"daily_revenue": 2625.0}
    ]
    assert len(rows(session, "SELECT * FROM recent_sales")) == 20
    assert (lakehouse.mnt / "data" / "retail" / "sales" / "_delta_log").is_dir()

    cells.run(block("PySpark Basics"))
    kept = "SELECT min(revenue) AS least, count(*) AS n FROM retail_analytics.high_value_sales"
    assert rows(session, kept) == [{"least": 112.5, "n": 12}]

    cells.run(
        "df = spark.createDataFrame([(10, 12, 1500), (200, 1, 20), (45, 7, 600)], "
        "'days_since_last_purchase int, purchase_count int, total_spend int')"
    )
    cells.run(block("Custom Functions with Python UDFs"))
    cells.run("df_customer_segments = df_with_segments")
    printed = cells.run(block("Combining SQL and Python"))
    assert "Product p2: Sold 77 units, Revenue: $962.50" in printed
    assert re.search(r"\|\s*High Value\|\s*1\|\s*1500.0\|", printed)
    assert re.search(r"\|\s*Medium Value\|\s*1\|\s*600.0\|", printed)


def test_etl_with_spark_sql(session: Session, schema: str, lakehouse: Home) -> None:
    raw = lakehouse.mnt / "raw"
    raw.mkdir(exist_ok=True)
    (raw / "customers.csv").write_text(
        "id,first_name,last_name,email,age\n1,ann,li,a@x.org,17\n2,bo,mi,b@x.org,36\n",
        encoding="utf-8",
    )
    session.execute(
        "CREATE TABLE raw_orders AS SELECT id % 2 AS customer_id, DATE'2024-01-01' + "
        "CAST(id AS INT) AS order_date, 10 * id AS order_amount FROM range(6)"
    )
    session.execute(
        "CREATE TABLE customers AS SELECT 1 AS id, 'Ann' AS first_name, 'Li' AS last_name, "
        "'old' AS email, 'here' AS address, current_timestamp() AS created_at, "
        "current_timestamp() AS updated_at"
    )
    session.execute(
        "CREATE TABLE customer_updates AS SELECT * FROM VALUES (1, 'Ann', 'Li', 'new', 'there'), "
        "(2, 'Bo', 'Mi', 'b', 'far') AS v(id, first_name, last_name, email, address)"
    )
    from_files, _from_jdbc = statements("Data Extraction")
    run_all(session, from_files, *statements("Data Transformation"), *statements("Data Loading"))
    groups = rows(session, "SELECT first_name, age_group FROM transformed_customers ORDER BY id")
    assert groups == [
        {"first_name": "ANN", "age_group": "Under 18"},
        {"first_name": "BO", "age_group": "Adult"},
    ]
    stats = "SELECT running_total, moving_avg_3_orders FROM customer_purchase_stats"
    assert rows(session, f"{stats} WHERE customer_id = 1 ORDER BY order_date") == [
        {"running_total": 10, "moving_avg_3_orders": 10.0},
        {"running_total": 40, "moving_avg_3_orders": 20.0},
        {"running_total": 90, "moving_avg_3_orders": 30.0},
    ]
    assert rows(session, "SELECT id, email, address FROM customers ORDER BY id") == [
        {"id": 1, "email": "new", "address": "there"},
        {"id": 2, "email": "b", "address": "far"},
    ]


def test_structured_streaming(session: Session, schema: str) -> None:
    cells = CellRun(session)
    payload = '{"user_id": "u", "event_type": "click", "item_id": "i", "properties": {"a": "b"}}'
    cells.run(
        "event_schema = 'user_id string, event_type string, item_id string, "
        "properties map<string, string>'\n"
        "spark.sql('CREATE TABLE topic (key BINARY, value BINARY, timestamp TIMESTAMP)')\n"
        "spark.sql('INSERT INTO topic VALUES (CAST(? AS BINARY), CAST(? AS BINARY), "
        f"current_timestamp())', args=['k', {payload!r}])"
    )
    # A table instead of Kafka; the rest is the course's.
    first, rest = block("Structured Streaming").split("# Parse the JSON payload")
    imports = first.split("\n\n")[0]
    place = f"/mnt/checkpoints/{uuid.uuid4().hex}"
    cells.run(
        f"{imports}\nstream_df = spark.readStream.table('topic')\n"
        + rest.replace("/mnt/checkpoints/events", place)
    )
    cells.run("query.processAllAvailable(); query.stop()")
    found = rows(session, "SELECT key, user_id, event_type, properties FROM events_streaming")
    assert found == [
        {"key": "k", "user_id": "u", "event_type": "click", "properties": [("a", "b")]}
    ]


def test_medallion_architecture(session: Session, schema: str, lakehouse: Home) -> None:
    sale = (
        '{"transaction_id": "%s", "store_id": "s1", "customer_id": "c%s", '
        '"transaction_date": "2024-03-01", "total_amount": %s, "payment_method": "card", '
        '"items": [{"item_id": "i", "quantity": 2, "price": 5.0}]}'
    )
    session.execute("CREATE TABLE raw_retail_transactions (raw_payload STRING)")
    payloads = [sale % ("t1", 1, 10), sale % ("t2", 2, 30), sale % ("t3", 2, -1), "{}"]
    values = ", ".join(f"('{payload}')" for payload in payloads)
    session.execute(f"INSERT INTO raw_retail_transactions VALUES {values}")
    for layer in ("Bronze Layer", "Silver Layer", "Gold Layer"):
        run_all(session, *statements(layer))
    assert rows(session, "SELECT count(*) AS n FROM bronze_retail_transactions") == [{"n": 4}]
    gold = rows(session, "SELECT * EXCEPT (processing_time) FROM gold_daily_store_performance")
    assert len(gold) == 1
    assert gold[0]["transaction_count"] == 2
    assert gold[0]["total_revenue"] == 40.0
    assert gold[0]["unique_customers"] == 2
    assert gold[0]["avg_basket_size"] == 1.0
    assert gold[0]["avg_transaction_value"] == 20.0
    for layer in ("bronze/retail_transactions", "silver/retail_transactions"):
        assert (lakehouse.mnt / "lakehouse" / layer / "_delta_log").is_dir()
    for table in ("bronze_retail_transactions", "silver_retail_transactions",
                  "gold_daily_store_performance"):  # fmt: skip
        session.execute(f"DROP TABLE {table}")
