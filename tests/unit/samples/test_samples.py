"""The sample tables and files: shapes, keys that lead somewhere, the same rows every time."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from lakeshell.dialect.objects.store import Store
from lakeshell.home import Home
from lakeshell.samples import bakehouse, nyctaxi
from lakeshell.samples.files import make_datasets
from lakeshell.session.result import Result
from lakeshell.session.samples import named_in, names_datasets, provide_tables


@pytest.mark.parametrize(
    ("text", "schemas"),
    [
        ("SELECT * FROM samples.nyctaxi.trips", ("nyctaxi",)),
        ("select * from `Samples` . `TPCH`.orders", ("tpch",)),
        ('spark.table("samples.bakehouse.sales_customers")', ("bakehouse",)),
        ("SHOW TABLES IN samples.tpch", ("tpch",)),
        ("USE CATALOG samples", ("nyctaxi", "bakehouse", "tpch")),
        ("SHOW SCHEMAS IN samples", ("nyctaxi", "bakehouse", "tpch")),
        ("SELECT * FROM samples.trips", ()),
        ("SELECT * FROM my_samples.nyctaxi.trips", ()),
        ("USE CATALOG samples_of_mine", ()),
        ("SELECT samples FROM t", ()),
    ],
)
def test_what_a_text_names(text: str, schemas: tuple[str, ...]) -> None:
    assert named_in(text) == schemas


def test_trips() -> None:
    trips = nyctaxi.trips()
    assert [(f.name, str(f.type)) for f in trips.schema] == [
        ("tpep_pickup_datetime", "timestamp[us, tz=UTC]"),
        ("tpep_dropoff_datetime", "timestamp[us, tz=UTC]"),
        ("trip_distance", "double"),
        ("fare_amount", "double"),
        ("pickup_zip", "int32"),
        ("dropoff_zip", "int32"),
    ]
    assert trips.num_rows == 21_932
    assert pc.all(pc.less(trips["tpep_pickup_datetime"], trips["tpep_dropoff_datetime"])).as_py()
    assert pc.min(trips["fare_amount"]).as_py() > 2
    assert trips.equals(nyctaxi.trips())


def test_bakehouse() -> None:
    tables = bakehouse.tables()
    assert tuple(tables) == bakehouse.TABLES
    sales = tables["sales_transactions"]
    assert [(f.name, str(f.type)) for f in sales.schema][:5] == [
        ("transactionID", "int64"), ("customerID", "int64"), ("franchiseID", "int64"),
        ("dateTime", "timestamp[us, tz=UTC]"), ("product", "string"),
    ]  # fmt: skip
    for child, key, parent in (
        ("sales_transactions", "customerID", "sales_customers"),
        ("sales_transactions", "franchiseID", "sales_franchises"),
        ("sales_franchises", "supplierID", "sales_suppliers"),
        ("media_customer_reviews", "franchiseID", "sales_franchises"),
    ):
        known = tables[parent][key].to_pylist()
        assert len(known) == len(set(known))
        assert set(tables[child][key].to_pylist()) <= set(known)
    total = pc.multiply(sales["quantity"], sales["unitPrice"])
    assert pc.all(pc.equal(total, sales["totalPrice"])).as_py()
    assert all(tables[name].equals(again) for name, again in bakehouse.tables().items())


def test_files(tmp_path: Path) -> None:
    folder = tmp_path / "databricks-datasets"
    assert make_datasets(folder)
    assert not make_datasets(folder)
    with gzip.open(folder / "nyctaxi/tripdata/yellow/yellow_tripdata_2019-12.csv.gz", "rt") as file:
        rides = list(csv.DictReader(file))
    assert rides[0]["tpep_pickup_datetime"] == "2019-12-01 00:04:22"
    assert len(rides) == 5_000
    customers = list(csv.DictReader((folder / "retail-org/customers/customers.csv").open()))
    ids = {int(row["customer_id"]) for row in customers}
    orders = (folder / "retail-org/sales_orders/part-00000-sales_orders.json").read_text()
    assert {json.loads(line)["customer_id"] for line in orders.splitlines()} <= ids
    events = sorted((folder / "structured-streaming/events").iterdir())
    assert len(events) == 50
    assert set(json.loads(events[0].read_text().splitlines()[0])) == {"time", "action"}
    assert [path.name for path in tmp_path.iterdir()] == ["databricks-datasets"]


def test_datasets_are_named() -> None:
    assert names_datasets("open('/dbfs/databricks-datasets/README.md')")
    assert not names_datasets("SELECT * FROM databricks_datasets")


class _Session:
    """Knows which tables were made."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.sent: list[str] = []
        self.there: list[str] = []

    def execute(self, text: str, **_: Any) -> Result:
        self.sent.append(text)
        if text.startswith("SHOW TABLES"):
            return Result(pa.table({"tableName": pa.array(self.there, pa.string())}))
        return Result(None)


def test_only_what_is_missing_is_made(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    session, told = _Session(home), []
    session.there = list(bakehouse.TABLES[1:])
    provide_tables(session, ["bakehouse"], told.append)
    made = [text for text in session.sent if text.startswith("CREATE TABLE")]
    assert len(made) == 1
    assert made[0].startswith("CREATE TABLE IF NOT EXISTS `samples__bakehouse`.`sales_customers`")
    assert told == ["Making samples.bakehouse, once for this lakehouse."]
    count = len(session.sent)
    provide_tables(session, ["bakehouse"], told.append)
    assert len(session.sent) == count
    assert not list(home.tmp.iterdir())


def test_a_catalog_of_the_users_own_is_left_alone(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    Store(home).add("catalog", ["samples"], {"owner": "me"})
    session = _Session(home)
    provide_tables(session, ["nyctaxi"], lambda told: None)
    assert session.sent == []
