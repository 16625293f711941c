"""Streaming tables, incremental inserts and snapshots of streams, on Spark."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from lakeshell.dialect import once
from lakeshell.dialect.streaming.snapshot import NOTICE, is_snapshot
from lakeshell.errors import Interrupted, Position, StatementError, StatementTimeout
from lakeshell.home import Home
from lakeshell.session.result import Event, Notice
from lakeshell.session.session import Session

# A row lasts half a minute.
SLEEP = "java_method('java.lang.Thread', 'sleep', bigint(id) * 0 + 30000)"


def rows(session: Session, text: str, **how: Any) -> list[dict[str, Any]]:
    table = session.execute(text, **how).table
    return [] if table is None else list(table.to_pylist())


def count(session: Session, table: str) -> int:
    return int(rows(session, f"SELECT count(*) AS n FROM {table}")[0]["n"])


def inserted(session: Session, text: str) -> int:
    return session.execute(text).metrics["num_inserted_rows"]


def test_a_streaming_table_takes_every_row_once(session: Session, schema: str) -> None:
    session.execute("CREATE TABLE s AS SELECT id, id * 2 AS b FROM range(10)")
    made = inserted(
        session,
        f"CREATE STREAMING TABLE main.{schema}.t COMMENT 'first' SCHEDULE EVERY 1 DAY AS "
        "SELECT id, b FROM STREAM s",
    )
    assert made == 10
    session.execute("INSERT INTO s VALUES (100, 1), (101, 2)")
    assert rows(session, "REFRESH STREAMING TABLE t") == [{"refresh": "append", "rows_written": 2}]
    session.execute("DELETE FROM t WHERE id < 10")  # allowed, and nothing comes again
    session.execute("INSERT INTO s VALUES (102, 3)")
    changed = "CREATE OR REFRESH STREAMING TABLE t AS SELECT id, b, -id AS c FROM STREAM(s)"
    assert inserted(session, changed) == 1
    assert rows(session, "SELECT id, c FROM t ORDER BY id") == [
        {"id": 100, "c": None}, {"id": 101, "c": None}, {"id": 102, "c": -102},
    ]  # fmt: skip
    full = rows(session, "REFRESH STREAMING TABLE t FULL")
    assert full == [{"refresh": "full", "rows_written": 13}]
    assert count(session, "t") == 13
    with pytest.raises(StatementError) as caught:
        session.execute("CREATE STREAMING TABLE u AS\nSELECT id, wrong FROM STREAM s")
    assert caught.value.position == Position(2, 12)
    with pytest.raises(StatementError) as caught:
        session.execute("CREATE STREAMING TABLE u AS SELECT id FROM s")
    assert caught.value.error_class == "STREAMING_TABLE_QUERY_INVALID"
    session.execute("DROP STREAMING TABLE t")
    assert [row["tableName"] for row in rows(session, "SHOW TABLES")] == ["s"]


def test_inserts_and_snapshots(
    session: Session, schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "_told", set())
    session.execute("CREATE TABLE s AS SELECT id, string(id) AS b FROM range(10)")
    session.execute("CREATE TABLE t (x STRING, y BIGINT)")
    insert = "INSERT INTO t (y, x) SELECT id, b FROM STREAM s"
    assert inserted(session, insert) == 10
    session.execute("INSERT INTO s VALUES (10, 'x')")
    assert inserted(session, insert) == 1
    assert rows(session, "SELECT * FROM t WHERE y = 10") == [{"x": "x", "y": 10}]
    events: list[Event] = []
    shown = session.execute("SELECT * FROM STREAM s WHERE id > 5", limit=2, sink=events.append)
    assert shown.row_count == 2
    assert shown.truncated
    assert [event.text for event in events if isinstance(event, Notice)] == [NOTICE]
    assert [one for one in session.control.streams() if is_snapshot(one["name"])] == []
    session.execute("CREATE TEMP VIEW v AS SELECT id % 2 AS k, id FROM STREAM s")
    grouped = rows(session, "SELECT k, count(*), sum(id) AS n FROM v GROUP BY k")
    assert sorted(grouped, key=lambda row: row["k"]) == [
        {"k": 0, "count(1)": 6, "n": 30}, {"k": 1, "count(1)": 5, "n": 25},
    ]  # fmt: skip
    with pytest.raises(StatementError) as caught:
        session.execute("SELECT id,\n  wrong FROM STREAM s")
    assert caught.value.position == Position(2, 3)


def test_files_come_by_auto_loader(session: Session, schema: str, lakehouse: Home) -> None:
    folder = lakehouse.mnt / schema
    folder.mkdir()
    path = f"/mnt/{schema}"
    (folder / "a.json").write_text('{"id": 1, "x": "a"}\n{"id": 2, "x": "b"}\n')
    files = f"STREAM read_files('{path}', format => 'json')"
    session.execute(
        f"CREATE STREAMING TABLE t AS SELECT *, _metadata.file_name AS file FROM {files} f"
    )
    session.execute("CREATE TABLE ids (id BIGINT)")
    options = "map('cloudFiles.inferColumnTypes', 'true')"
    called = f"cloud_files('{path}', 'json', {options})"
    insert = f"INSERT INTO ids SELECT try_cast(id AS BIGINT) FROM {called}"
    (folder / "b.json").write_text('{"id": 3, "new": {"k": 1.5}}\n{"id": "odd", "more": true}\n')
    assert rows(session, "REFRESH STREAMING TABLE t")[0]["rows_written"] == 2
    assert rows(session, "SELECT * FROM t WHERE file = 'b.json' ORDER BY id DESC") == [
        {"id": 3, "x": None, "_rescued_data": None, "file": "b.json", "more": None,
         "new": {"k": 1.5}},
        {"id": None, "x": None, "file": "b.json", "more": True, "new": None,
         "_rescued_data": f'{{"id":"odd","_file_path":"{path}/b.json"}}'},
    ]  # fmt: skip
    assert inserted(session, insert) == 4
    session.execute(f"CREATE TEMPORARY VIEW v AS SELECT id, _metadata.file_name AS f FROM {files}")
    assert rows(session, "SELECT count(*) AS n, max(f) AS f FROM v") == [{"n": 4, "f": "b.json"}]
    with pytest.raises(StatementError, match="does not exist"):
        session.execute("CREATE STREAMING TABLE w AS SELECT * FROM STREAM read_files('/mnt/none')")


def test_what_is_cancelled_stops_and_loses_nothing(session: Session, schema: str) -> None:
    session.execute("CREATE TABLE s AS SELECT id FROM range(1)")
    session.execute("CREATE TABLE t (x STRING)")
    slow = f"INSERT INTO t SELECT {SLEEP} FROM STREAM s"

    def running() -> list[str]:
        streams = session.control.streams()
        return [one["id"] for one in streams if one["state"] == "running" and
                (one["name"] or "").startswith("t ")]  # fmt: skip

    def cancel_when_it_runs() -> None:
        while not running():
            time.sleep(0.1)
        session.cancel()

    thread = threading.Thread(target=cancel_when_it_runs)
    thread.start()
    with pytest.raises(Interrupted):
        session.execute(slow)
    thread.join()
    with pytest.raises(StatementTimeout):
        session.execute(slow, timeout=2)
    deadline = time.monotonic() + 60
    while running():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert count(session, "t") == 0


def test_streams_of_sql_in_python(session: Session, schema: str, lakehouse: Home) -> None:
    from lakeshell.session.pyspark_dialect import teach
    from lakeshell.sql.widgets import Widgets

    spark = session.spark
    notices: list[str] = []
    teach(spark, session.home, notices.append, Widgets)
    spark.sql("CREATE TABLE s AS SELECT id FROM range(3)")
    spark.sql("CREATE STREAMING TABLE t AS SELECT id FROM STREAM s")
    spark.sql("INSERT INTO s VALUES (3)")
    assert spark.sql("REFRESH STREAMING TABLE t").first().rows_written == 1
    assert spark.sql("SELECT * FROM STREAM t").isStreaming
    folder = lakehouse.mnt / schema
    folder.mkdir()
    (folder / "a.json").write_text('{"id": 1, "x": "{}"}\n')
    files = f"FROM STREAM read_files('/mnt/{schema}', format => 'json')"
    frame = spark.sql(f"SELECT id, x != '{{}}' AS b, _metadata.file_name AS file {files}")
    assert frame.isStreaming
    assert frame.columns == ["id", "b", "file"]
    spark.sql(f"CREATE TEMP VIEW v AS SELECT id {files}")
    assert spark.readStream.table("v").columns == ["id"]
    assert notices == []
    with pytest.raises(Exception, match="no matter") as caught:
        spark.sql(
            "CREATE STREAMING TABLE u AS SELECT string(raise_error('no matter')) AS x FROM STREAM s"
        )
    assert type(caught.value).__name__ == "AnalysisException"
    assert not spark.catalog.tableExists("u")
