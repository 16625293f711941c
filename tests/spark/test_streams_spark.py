"""Streams as the server tells of them: listed, stopped, restarted, left behind, failed."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from cells_support import CellRun

from lakeshell.config import Config
from lakeshell.errors import CellError, Interrupted
from lakeshell.home import Home
from lakeshell.session.session import Session
from lakeshell.session.stream_definitions import STOPPED, Definitions


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < deadline, "did not happen"
        time.sleep(0.1)


def count(session: Session, text: str) -> int:
    table = session.execute(text).table
    assert table is not None
    return int(table.column(0)[0].as_py())


def test_a_stream_is_listed_stopped_and_restarted(
    session: Session, schema: str, lakehouse: Home
) -> None:
    cells = CellRun(session)
    folder = lakehouse.mnt / schema
    cells.run(f"""
from pyspark.sql import functions as F
spark.conf.set("spark.sql.shuffle.partitions", 1)
seen = spark.readStream.format("rate").option("rowsPerSecond", 3).load()
counted = (seen.withWatermark("timestamp", "1 second")
    .groupBy(F.window("timestamp", "2 seconds")).count())
(counted.writeStream.queryName("kept").option("checkpointLocation", "/mnt/{schema}/c")
    .trigger(processingTime="500 milliseconds").toTable("kept_rows"))
""")
    control = session.control
    until(lambda: (control.stream("kept") or {}).get("watermark"))
    one = control.stream("kept")
    assert one is not None
    assert one["state"] == "running"
    assert one["sink"] == f"{schema}.kept_rows"
    assert one["sink_table"] == [schema, "kept_rows"]
    assert one["source"] == "rate 3/s"
    assert one["trigger"] == "every 500 ms"
    assert one["checkpoint"] == f"/mnt/{schema}/c"
    assert one["session"] == session.remote.session_id
    assert one["state_rows"] >= 1
    assert one["state_bytes"] > 0
    assert 0 < one["latency"]["p50"] <= one["latency"]["p95"] <= one["latency"]["p99"]
    assert one["batches"]
    assert one["hour"]
    assert control.status()["streams"] >= 1
    stopped = control.stop_stream("kept")
    assert stopped is not None
    assert stopped["state"] == "stopped"
    (kept,) = [d for d in Definitions(lakehouse).all() if d.name == "kept"]
    assert (kept.state, kept.sink, kept.source) == (STOPPED, "kept_rows", "rate")
    # Nothing that a stranger could read of what may hold a password.
    assert b"timestamp" not in lakehouse.streams_db.read_bytes()
    assert lakehouse.streams_db.stat().st_mode & 0o077 == 0
    again = control.restart_stream("kept")
    assert again is not None
    assert again["refusal"] is None
    until(lambda: ((control.stream("kept") or {}).get("batch") or 0) > one["batch"])
    now = control.stream("kept")
    assert now is not None
    assert now["id"] == one["id"]
    assert now["run_id"] not in (one["run_id"], None)
    control.stop_stream("kept")
    assert (folder / "c" / "metadata").is_file()


def test_streams_go_on_without_their_shell(
    session: Session, schema: str, lakehouse: Home, config: Config
) -> None:
    shell = Session(lakehouse, config)
    shell.execute(f"USE {schema}")
    cells = CellRun(shell)
    cells.run(f"""
spark.sql("CREATE TEMP VIEW factors AS SELECT 7 AS factor")
spark.sql("CREATE TABLE products (product BIGINT)")
spark.sql("CREATE TABLE batches (n BIGINT)")
def batch(frame, n):
    frame.sparkSession.sql(f"INSERT INTO {schema}.batches VALUES ({{n}})")
rates = spark.readStream.format("rate").option("rowsPerSecond", 5).load()
rates = rates.crossJoin(spark.table("factors")).selectExpr("value * factor AS product")
where = "/mnt/{schema}/"
(rates.writeStream.queryName("plain").option("checkpointLocation", where + "plain")
    .toTable("products"))
(rates.writeStream.queryName("calls").option("checkpointLocation", where + "calls")
    .foreachBatch(batch).start())
""")
    until(lambda: count(session, "SELECT count(*) FROM batches") >= 1)
    with pytest.raises(Interrupted):  # Ctrl-C in a cell is not meant for the function of a stream
        cells.run("raise KeyboardInterrupt")
    assert sorted(shell.leave()) == ["calls", "plain"]
    rows = count(session, "SELECT count(*) FROM products")
    batches = count(session, "SELECT count(*) FROM batches")
    until(lambda: count(session, "SELECT count(*) FROM products") > rows)
    until(lambda: count(session, "SELECT count(*) FROM batches") > batches)
    control = session.control
    # In a copy of the session that was left: its temporary view is still there.
    answer = control.restart_stream("plain")
    assert answer is not None
    assert answer["refusal"] is None, answer
    until(lambda: (control.stream(answer["run_id"]) or {}).get("batch") is not None)
    for name in ("plain", "calls"):
        stopped = control.stop_stream(name)
        assert stopped is not None
        assert stopped["state"] == "stopped"
    distinct = count(session, "SELECT count(DISTINCT product) FROM products")
    assert count(session, "SELECT count(*) FROM products") == distinct


def test_a_checkpoint_that_does_not_fit_says_why(session: Session, schema: str) -> None:
    cells = CellRun(session)
    cells.run(f"""
import os, shutil
spark.conf.set("spark.sql.shuffle.partitions", 1)
where = "/mnt/{schema}/"
def drain(frame, sink, checkpoint, mode="append"):
    writer = frame.writeStream.outputMode(mode).trigger(availableNow=True)
    writer.option("checkpointLocation", where + checkpoint).toTable(sink).awaitTermination()
def source():
    return spark.readStream.table("src")
spark.sql("CREATE TABLE src AS SELECT id, id % 3 AS k FROM range(10)")
drain(source(), "copy", "copy")
shutil.copytree("/dbfs" + where + "copy", "/dbfs" + where + "torn")
drain(source().groupBy("k").count(), "counted", "counted", "complete")
spark.sql("INSERT INTO src SELECT id, id % 3 FROM range(10)")
""")

    def failed(code: str) -> CellError:
        with pytest.raises(CellError) as caught:
            cells.run(code)
        told = f"{caught.value.message} {caught.value.hint} {caught.value.detail}"
        assert "org.apache" not in told
        assert "runId" not in told
        return caught.value

    other_state = failed('drain(source().groupBy("k", "id").count(), "c2", "counted", "complete")')
    assert "other columns than the state in its checkpoint" in other_state.message
    assert "new checkpointLocation" in (other_state.hint or "")
    assert (other_state.error_class or "").startswith("STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE")
    failed_again = failed("""
for name in os.listdir("/dbfs" + where + "torn/offsets"):
    os.unlink("/dbfs" + where + "torn/offsets/" + name)
drain(source(), "copy", "torn")
""")
    assert "Files of its checkpoint are missing or damaged" in failed_again.message
    made_again = failed("""
spark.sql("DROP TABLE src")
spark.sql("CREATE TABLE src AS SELECT id, id % 3 AS k FROM range(10)")
drain(source(), "copy", "copy")
""")
    assert "that was dropped and made again" in made_again.message
    assert made_again.error_class == "DIFFERENT_DELTA_TABLE_READ_BY_STREAMING_SOURCE"
    # That was waited for, so nobody has to be told of it.
    assert session.stream_failures() == []


def test_a_failure_that_nobody_waits_for_is_told_and_a_restart_takes_new_columns(
    session: Session, schema: str
) -> None:
    cells = CellRun(session)
    cells.run(f"""
spark.sql("CREATE TABLE src AS SELECT id FROM range(5)")
def start(name, frame):
    writer = frame.writeStream.queryName(name).option("mergeSchema", "true")
    return writer.option("checkpointLocation", "/mnt/{schema}/" + name).toTable(name + "_rows")
start("wide", spark.readStream.table("src"))
rates = spark.readStream.format("rate").load()
rates.selectExpr("assert_true(value < 1) AS x").writeStream.format("noop").queryName("bad").start()
""")
    control = session.control
    until(lambda: (control.stream("bad") or {}).get("state") == "failed")
    answer = control.restart_stream("bad")
    assert answer is not None
    assert "checkpoint" in answer["refusal"]
    told: list[str] = []
    until(lambda: told.extend(session.stream_failures()) or told)
    assert told == ["The stream bad has failed. '(value < 1)' is not true!"]
    until(lambda: (control.stream("wide") or {}).get("batch") is not None)
    session.execute("ALTER TABLE src ADD COLUMN extra STRING")
    session.execute("INSERT INTO src VALUES (100, 'x')")
    until(lambda: (control.stream("wide") or {}).get("state") == "failed")
    wide = control.stream("wide")
    assert wide is not None
    assert wide["error"] == "The columns of its source table have changed."
    assert wide["error_class"].startswith("DELTA_SCHEMA_CHANGED")
    assert "Start it again" in wide["hint"]
    again = control.restart_stream("wide")
    assert again is not None
    assert again["refusal"] is None, again
    until(lambda: (control.stream(again["run_id"]) or {}).get("batch") is not None)
    assert count(session, "SELECT count(*) FROM wide_rows WHERE extra = 'x'") == 1
    assert count(session, "SELECT count(*) FROM wide_rows") == 6
    control.stop_stream("wide")
    assert control.stream("no such stream") is None
