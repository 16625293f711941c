"""Paths of clouds, Python's own files, the samples: what leads where, on real Spark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from command import Run
from command_shell import Shell

from lakeshell.config import Config
from lakeshell.errors import StatementError
from lakeshell.home import Home
from lakeshell.session.kernel import Kernel
from lakeshell.session.result import Event, Text
from lakeshell.session.session import Session


def column(session: Session, sql: str, name: str | int = 0) -> list[object]:
    table = session.execute(sql).table
    assert table is not None
    return list(table.column(name).to_pylist())


def test_delta_tables_on_every_cloud(session: Session, schema: str, lakehouse: Home) -> None:
    """No bucket is declared; what is shown is the user's own address."""
    session.execute(
        "CREATE TABLE sales PARTITIONED BY (day) LOCATION 's3://acme-lake/gold/sales' "
        "AS SELECT id, DATE'2024-01-01' + CAST(id AS INT) AS day FROM range(4)"
    )
    session.execute("DELETE FROM sales WHERE id = 3")
    session.execute(
        "MERGE INTO sales USING (SELECT 9L AS id, DATE'2024-02-01' AS day) new "
        "ON sales.id = new.id WHEN NOT MATCHED THEN INSERT *"
    )
    assert (lakehouse.cloud / "s3/acme-lake/gold/sales/_delta_log").is_dir()
    # The other schemes of the same storage see the same files.
    assert column(session, "SELECT sum(id) FROM delta.`s3a://acme-lake/gold/sales`") == [12]
    assert column(session, "DESCRIBE DETAIL sales", "location") == ["s3://acme-lake/gold/sales"]
    files = column(session, "SELECT _metadata.file_path FROM sales")
    assert all(str(f).startswith("s3://acme-lake/gold/sales/day=") for f in files)
    assert len(column(session, "DESCRIBE HISTORY sales", "version")) == 3

    # A container of Azure, by the account's two addresses.
    session.execute(
        "INSERT OVERWRITE DIRECTORY 'abfss://raw@acme.dfs.core.windows.net/a b' "
        "USING csv OPTIONS (header 'true') SELECT 1 AS x, 'ö' AS y"
    )
    assert list((lakehouse.cloud / "azure/raw@acme/a b").glob("*.csv"))
    address = "csv.`wasbs://raw@acme.blob.core.windows.net/a b`"
    assert column(session, f"SELECT count(*) FROM {address}") == [2]

    for path, said in (
        ("s3://acme-lake/nothing/here", "s3://acme-lake/nothing/here"),
        ("s3:///no/bucket", "names no bucket"),
        ("s3://../warehouse", "names no bucket"),
    ):
        with pytest.raises(StatementError) as error:
            session.execute(f"SELECT * FROM json.`{path}`")
        assert said in error.value.message
        assert str(lakehouse.root) not in error.value.message


def test_cells_see_the_same_files_by_spark_and_by_python(
    session: Session, schema: str, lakehouse: Home
) -> None:
    shell = Shell(lakehouse, lakehouse.root, session, config=Config())
    shell.run(
        """%python
import os, pandas as pd
from pathlib import Path
spark.range(3).write.mode("overwrite").csv("dbfs:/tmp/numbers")
part = next(Path("/dbfs/tmp/numbers").glob("part-*.csv"))
print(part.as_posix()[:24], open(part).read().split())
os.makedirs("/Volumes/main/raw/files", exist_ok=True)
pd.DataFrame({"a": [1, 2]}).to_csv("/Volumes/main/raw/files/a.csv", index=False)
print(spark.read.option("header", True).csv("/Volumes/main/raw/files/a.csv").count())
with open("/mnt/seen.txt", "w") as file:
    file.write("one\\ntwo\\n")
print(spark.read.text("/mnt/seen.txt").count(), os.path.exists("/mnt/unseen.txt"))
stream = spark.readStream.schema("a int").csv("/Volumes/main/raw/files")
query = (stream.writeStream.option("checkpointLocation", "gs://acme/checkpoints/a")
         .trigger(availableNow=True).toTable("streamed"))
query.awaitTermination()
print(spark.table("streamed").count())
"""
    )
    printed = shell.text.splitlines()
    assert printed[0].startswith("/dbfs/tmp/numbers/part-")
    assert printed[1:] == ["2", "2 False", "3"]
    assert (lakehouse.cloud / "gs/acme/checkpoints/a/offsets/0").is_file()
    assert not Path("/mnt/seen.txt").exists()


def test_cells_of_the_full_screen_find_them_in_their_own_process(
    session: Session, lakehouse: Home
) -> None:
    (lakehouse.dbfs / "from_here.txt").write_text("42\n")
    kernel = Kernel(session)
    events: list[Event] = []
    try:
        cells = kernel.for_sink(events.append)
        cells.run("print(open('/dbfs/from_here.txt').read().strip())", file="cell.py")
    finally:
        kernel.close()
    assert [event.text for event in events if isinstance(event, Text)] == ["42\n"]


def test_samples_are_made_when_they_are_named(
    session: Session, schema: str, lakehouse: Home
) -> None:
    shell = Shell(lakehouse, lakehouse.root, session, config=Config())
    shell.run(
        "SELECT count(*) AS n, min(tpep_pickup_datetime) >= '2016-01-01' AS since "
        "FROM samples.nyctaxi.trips"
    )
    assert shell.rows == [{"n": 21_932, "since": True}]
    assert "Making samples.nyctaxi, once for this lakehouse." in shell.notices
    shell.run("CREATE TABLE mine AS SELECT * FROM samples.nyctaxi.trips LIMIT 5")
    shell.run("SELECT count(*) AS n FROM mine")
    assert shell.rows == [{"n": 5}]
    shell.run(
        """%python
events = spark.read.json("/databricks-datasets/structured-streaming/events/")
print(events.count(), events.columns)
print(open("/dbfs/databricks-datasets/README.md").readline().strip())
taxi = spark.read.csv("dbfs:/databricks-datasets/nyctaxi/tripdata/yellow/", header=True)
print(taxi.count(), spark.table("samples.nyctaxi.trips").count())
"""
    )
    assert shell.text.splitlines() == [
        "100000 ['action', 'time']", "Databricks Datasets", "5000 21932",
    ]  # fmt: skip


def test_mounts_on_the_command_line(run_lakeshell: Callable[..., Run], lakehouse: Home) -> None:
    done = run_lakeshell("--format", "csv", "mounts")
    assert done.code == 0, done.stderr
    assert f"/mnt,{lakehouse.mnt},true,built in" in done.stdout.splitlines()
