"""Catalogs, volumes and names of three levels on Spark, from SQL and from Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lakeshell.catalog.metadata import SessionMetadata
from lakeshell.config import Config
from lakeshell.errors import CellError, LakeshellError, StatementError
from lakeshell.home import Home
from lakeshell.session.python_cells import PythonCells
from lakeshell.session.result import Text
from lakeshell.session.session import Session

Rows = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def catalog(session: Session) -> Iterator[str]:
    """A catalog of the test's own, with a schema `sales` and a table `orders` in it."""
    name = "shop"
    session.execute(f"DROP CATALOG IF EXISTS {name} CASCADE")
    session.execute(f"CREATE CATALOG {name} COMMENT 'all shops'")
    session.execute(f"CREATE SCHEMA {name}.sales")
    session.execute(f"CREATE TABLE {name}.sales.orders (id INT, amount DOUBLE)")
    session.execute(f"INSERT INTO {name}.sales.orders VALUES (1, 2.5), (2, 3.5)")
    yield name
    session.execute(f"DROP CATALOG IF EXISTS {name} CASCADE")


@pytest.fixture
def rows(session: Session) -> Rows:
    def run(text: str) -> list[tuple[Any, ...]]:
        table = session.execute(text).table
        assert table is not None
        return [tuple(row.values()) for row in table.to_pylist()]

    return run


def pairs(rows: Rows, text: str) -> dict[str, str]:
    return {str(row[0]): str(row[1]) for row in rows(text)}


def refused(session: Session, text: str) -> StatementError:
    with pytest.raises(StatementError) as raised:
        session.execute(text)
    assert "__" not in raised.value.message
    return raised.value


def test_catalogs_in_sql(session: Session, catalog: str, rows: Rows) -> None:
    where = "SELECT current_catalog(), current_schema()"
    assert rows(where) == [("spark_catalog", "default")]
    assert ("shop",) in rows("SHOW CATALOGS")
    assert rows("SHOW SCHEMAS IN shop") == [("default",), ("sales",)]
    assert not [row for row in rows("SHOW SCHEMAS") if row[0].startswith("shop")]
    query = "SELECT shop.sales.orders.id FROM Shop.`sales`.orders WHERE amount > 3"
    assert rows(query) == [(2,)]

    # Names shown back.
    assert rows("SHOW TABLES IN shop.sales") == [("sales", "orders", False)]
    described = pairs(rows, "DESCRIBE EXTENDED shop.sales.orders")
    assert (described["Catalog"], described["Database"]) == ("shop", "sales")
    assert rows("DESCRIBE DETAIL shop.sales.orders")[0][2] == "shop.sales.orders"
    session.execute("ALTER SCHEMA shop.sales OWNER TO `data engineers`")
    schema = pairs(rows, "DESCRIBE SCHEMA shop.sales")
    assert (schema["Catalog Name"], schema["Namespace Name"]) == ("shop", "sales")
    assert schema["Owner"] == "data engineers"
    error = refused(session, "SELECT 1,\n  nope FROM shop.sales.orders")
    assert error.position is not None
    assert (error.position.line, error.position.column) == (2, 3)
    missing = refused(session, "SELECT * FROM shop.sales.nope")
    assert "`shop`.`sales`.`nope`" in missing.message
    assert refused(session, "DROP CATALOG shop").error_class == "CATALOG_NOT_EMPTY"

    # The current catalog may be left out.
    session.execute("USE CATALOG shop")
    table = session.execute(where).table
    assert table is not None
    assert table.column_names == ["current_catalog()", "current_schema()"]
    assert rows(where) == [("shop", "default")]
    assert rows("SELECT sales.orders.id FROM sales.orders ORDER BY id") == [(1,), (2,)]
    session.execute("CREATE SCHEMA other")
    session.execute("CREATE VIEW other.big AS SELECT * FROM sales.orders WHERE amount > 3")
    session.execute("CREATE FUNCTION other.twice(x INT) RETURNS INT RETURN 2 * x")
    session.execute("USE other")
    assert rows(where) == [("shop", "other")]
    twice = session.execute("SELECT twice(id), other.twice(3) FROM big").table
    assert twice is not None
    assert twice.to_pydict() == {"shop.other.twice(id)": [4], "shop.other.twice(3)": [6]}
    assert session.execute(
        "MERGE INTO sales.orders o USING (SELECT 1 AS id) s ON o.id = s.id "
        "WHEN MATCHED THEN UPDATE SET amount = 0"
    ).metrics["num_updated_rows"] == 1  # fmt: skip
    session.execute("CREATE TABLE main.default.shop_main AS SELECT 1 AS a")
    session.execute("DROP TABLE hive_metastore.default.shop_main")

    # Comments.
    session.execute("COMMENT ON COLUMN shop.sales.orders.amount IS 'in euros'")
    session.execute("COMMENT ON VIEW other.big IS 'large ones'")
    session.execute("COMMENT ON TABLE other.big IS 'only large ones'")
    assert ("amount", "double", "in euros") in rows("DESCRIBE sales.orders")
    assert pairs(rows, "DESCRIBE EXTENDED other.big")["Comment"] == "only large ones"
    session.execute("DROP CATALOG shop CASCADE")
    assert rows(where) == [("spark_catalog", "default")]
    assert refused(session, "USE CATALOG shop").error_class == "NO_SUCH_CATALOG_EXCEPTION"


def test_volumes_in_sql(session: Session, catalog: str, rows: Rows, lakehouse: Home) -> None:
    session.execute("CREATE VOLUME shop.sales.landing COMMENT 'files'")
    session.execute("CREATE EXTERNAL VOLUME shop.sales.raw LOCATION '/mnt/shop_raw'")
    session.execute(
        "INSERT OVERWRITE DIRECTORY '/Volumes/shop/sales/raw/x' USING json SELECT 7 AS a"
    )
    assert rows("SELECT a FROM json.`/mnt/shop_raw/x`") == [(7,)]
    assert rows("SHOW VOLUMES IN shop.sales") == [("sales", "landing"), ("sales", "raw")]
    refused(session, "CREATE VOLUME shop.nope.v")
    assert refused(session, "DROP SCHEMA shop.sales").error_class == "SCHEMA_NOT_EMPTY"
    session.execute("DROP SCHEMA shop.sales CASCADE")
    assert not (lakehouse.volumes / "shop" / "sales" / "raw").is_symlink()
    assert rows("SELECT a FROM json.`/mnt/shop_raw/x`") == [(7,)]


PYTHON = """
from pyspark.sql import functions as F
orders = spark.table("shop.sales.orders")
df = orders.select("shop.sales.orders.id").where("shop.sales.orders.id > 0")
df.write.saveAsTable("shop.sales.copy")
df.write.insertInto("shop.sales.copy")
df.writeTo("shop.sales.copy").append()
spark.readStream.table("shop.sales.copy").writeStream.option(
    "checkpointLocation", "/mnt/shop_checkpoint"
).trigger(availableNow=True).toTable("shop.sales.streamed").awaitTermination()
spark.catalog.setCurrentCatalog("shop")
found = [
    spark.table("sales.copy").count(),
    spark.read.table("sales.streamed").count(),
    spark.sql("SELECT count(*) FROM sales.copy").first()[0],
    spark.catalog.currentCatalog(),
    spark.catalog.currentDatabase(),
    sorted(d.name for d in spark.catalog.listDatabases()),
    [(t.catalog, t.namespace, t.name) for t in spark.catalog.listTables("sales", "orders")],
    spark.catalog.tableExists("shop.sales.copy"),
    spark.catalog.tableExists("sales.copy"),
    spark.catalog.tableExists("main.sales.copy"),
    spark.sql("SHOW SCHEMAS").count(),
    "shop" in [c.name for c in spark.catalog.listCatalogs()],
    *spark.range(1).select(F.current_catalog(), F.upper(F.current_database())).first(),
    spark.range(1).select(F.current_schema()).columns,
]
print(found)
"""


def test_names_in_python(session: Session, catalog: str, rows: Rows) -> None:
    printed: list[str] = []

    def sink(event: Any) -> None:
        if isinstance(event, Text):
            printed.append(event.text)

    cells = PythonCells(session, sink)
    cells.run(PYTHON, file="cell.py")
    assert "".join(printed).strip() == str([
        6, 6, 6, "shop", "default", ["default", "sales"], [("shop", ["sales"], "orders")],
        True, True, False, 2, True, "shop", "DEFAULT", ["current_schema()"],
    ])  # fmt: skip
    # SQL knows where Python went.
    assert rows("SELECT count(*) FROM sales.copy") == [(6,)]
    with pytest.raises(CellError) as raised:
        cells.run('spark.table("sales.nope").count()', file="cell.py")
    assert "`shop`.`sales`.`nope`" in raised.value.message


def test_another_session_its_tree_and_completion(
    session: Session, catalog: str, lakehouse: Home, config: Config
) -> None:
    session.execute("USE shop.sales")
    other = Session(lakehouse, config)
    try:
        shared = "SELECT current_catalog() AS c, count(*) AS n FROM shop.sales.orders"
        result = other.execute(shared)
        assert result.table is not None
        assert result.table.to_pylist() == [{"c": "spark_catalog", "n": 2}]
        with pytest.raises(LakeshellError):
            other.execute("SELECT * FROM orders")
        check_metadata(other)
    finally:
        other.close()


def check_metadata(session: Session) -> None:
    lake = SessionMetadata()
    lake.attach(session)
    try:
        lake.catalogs()
        lake.schemas_in("shop")
        lake.tables_in("shop", "sales")
        lake.columns_of(("shop", "sales", "orders"))
        assert lake.wait(60)
        catalogs = list(lake.catalogs() or ())
        assert catalogs[0] == "spark_catalog"
        assert "shop" in catalogs
        assert lake.schemas_in("shop") == ["default", "sales"]
        assert [table.name for table in lake.tables_in("shop", "sales") or ()] == ["orders"]
        columns = lake.columns_of(("shop", "sales", "orders")) or ()
        assert [column.name for column in columns] == ["id", "amount"]
    finally:
        lake.close()
