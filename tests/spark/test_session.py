"""Statements in a session: rows, cutting, metrics, errors, cancel, timeout, several at once."""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path

import pytest

from lakeshell.config import Config
from lakeshell.errors import Interrupted, LakeshellError, StatementError, StatementTimeout
from lakeshell.home import Home
from lakeshell.session.control import ControlClient
from lakeshell.session.result import Progress
from lakeshell.session.session import Session

LONG = "SELECT count(*) FROM range(1000000000000) WHERE sqrt(id) < 0"


def rows(session: Session, sql: str) -> list[tuple[object, ...]]:
    """The rows of a statement as tuples."""
    table = session.execute(sql).table
    assert table is not None
    return [tuple(row.values()) for row in table.to_pylist()]


def wait_for_jobs(control: ControlClient, count: int) -> None:
    """Until `count` Spark jobs run on the server."""
    deadline = time.monotonic() + 30
    while len(control.jobs()) != count:
        assert time.monotonic() < deadline, control.jobs()
        time.sleep(0.05)


def test_a_limit_cuts_and_says_so(session: Session) -> None:
    cut = session.execute("SELECT id FROM range(10)", limit=3)
    assert (cut.row_count, cut.truncated) == (3, True)
    whole = session.execute("SELECT id FROM range(3)", limit=3)
    assert (whole.row_count, whole.truncated) == (3, False)
    shown = session.execute("SHOW FUNCTIONS", limit=5)
    assert (shown.row_count, shown.truncated, shown.metadata) == (5, True, True)


def test_a_result_without_rows_keeps_its_columns(session: Session) -> None:
    table = session.execute("SELECT 1 AS a, 'x' AS b WHERE false").table
    assert table is not None
    assert (table.column_names, table.num_rows) == (["a", "b"], 0)


def test_writes_tell_what_they_did(session: Session, schema: str) -> None:
    created = session.execute("CREATE TABLE t AS SELECT id, 'a' AS name FROM range(10)")
    assert created.metrics == {"num_inserted_rows": 10}
    assert session.execute("INSERT INTO t VALUES (10, 'b'), (11, 'b')").metrics == {
        "num_inserted_rows": 2
    }
    assert session.execute("UPDATE t SET name = 'c' WHERE id < 3").metrics == {
        "num_affected_rows": 3
    }
    assert session.execute("DELETE FROM t WHERE id = 0").metrics == {"num_affected_rows": 1}
    merged = session.execute(
        "MERGE INTO t USING (SELECT id FROM range(1, 20)) s ON t.id = s.id "
        "WHEN MATCHED THEN UPDATE SET name = 'm' WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)"
    ).metrics
    assert (merged["num_updated_rows"], merged["num_inserted_rows"]) == (11, 8)
    assert session.execute("CREATE TABLE empty (id INT)").table is None


def test_create_table_is_delta_and_mnt_leads_into_the_home(
    session: Session, schema: str, lakehouse: Home
) -> None:
    session.execute("CREATE TABLE t (id INT)")
    session.execute(f"CREATE TABLE e (id INT) LOCATION '/mnt/{schema}/e'")
    session.execute("INSERT INTO e VALUES (1)")
    assert (lakehouse.warehouse / f"{schema}.db" / "t" / "_delta_log").is_dir()
    assert (lakehouse.mnt / schema / "e" / "_delta_log").is_dir()
    assert not Path(f"/mnt/{schema}").exists()
    detail = session.execute("DESCRIBE DETAIL e").table
    assert detail is not None
    assert detail.to_pylist()[0]["location"] == f"/mnt/{schema}/e"
    managed = session.execute("DESCRIBE DETAIL t").table
    assert managed is not None
    assert managed.to_pylist()[0]["location"] == str(lakehouse.warehouse / f"{schema}.db" / "t")


def test_errors_have_class_place_and_no_java(session: Session) -> None:
    with pytest.raises(StatementError) as unknown:
        session.execute("SELECT *\nFROM   nowhere")
    assert unknown.value.error_class == "TABLE_OR_VIEW_NOT_FOUND"
    assert unknown.value.position is not None
    assert (unknown.value.position.line, unknown.value.position.column) == (2, 8)
    with pytest.raises(StatementError) as syntax:
        session.execute("SELEC 1")
    assert syntax.value.error_class == "PARSE_SYNTAX_ERROR"
    with pytest.raises(StatementError) as division:
        session.execute("SELECT '🦊', 1/0")
    assert division.value.position is not None
    assert division.value.position.column == 13
    for error in (unknown.value, syntax.value, division.value):
        assert "at org." not in error.message
        assert "== SQL" not in error.message
        assert "SQLSTATE" not in error.message


def test_timeout_stops_the_job(session: Session) -> None:
    with pytest.raises(StatementTimeout, match="1 second"):
        session.execute(LONG, timeout=1)
    wait_for_jobs(session.control, 0)
    assert rows(session, "SELECT 1") == [(1,)]


@pytest.mark.parametrize("delay", [0.0, 0.005, 1.0])
def test_cancel_stops_the_job_at_any_moment(session: Session, delay: float) -> None:
    outcome: list[BaseException] = []

    def run() -> None:
        try:
            session.execute(LONG)
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(delay)
    while not session.cancel():
        time.sleep(0.001)
    thread.join(timeout=10)
    assert not thread.is_alive()
    assert isinstance(outcome[0], Interrupted)
    wait_for_jobs(session.control, 0)
    assert rows(session, "SELECT 2") == [(2,)]


def test_progress_is_told(session: Session) -> None:
    seen: list[Progress] = []
    session.execute(
        "SELECT sum(crc32(CAST(id AS STRING))) FROM range(0, 40000000, 1, 8)",
        sink=lambda event: seen.append(event) if isinstance(event, Progress) else None,
    )
    assert seen
    assert seen[-1].tasks_total >= 8
    assert all(0 <= p.fraction <= 1 for p in seen)


def test_sessions_are_apart_and_run_side_by_side(lakehouse: Home, config: Config) -> None:
    one, two = Session(lakehouse, config), Session(lakehouse, config)
    one.execute("CREATE TEMP VIEW mine AS SELECT 1 AS x")
    with pytest.raises(StatementError):
        two.execute("SELECT * FROM mine")

    def run() -> None:
        with pytest.raises(Interrupted):
            one.execute(LONG)

    thread = threading.Thread(target=run)
    thread.start()
    wait_for_jobs(two.control, 1)
    assert rows(two, "SELECT 3") == [(3,)]
    one.cancel()
    thread.join(10)
    one.close()
    two.close()


def test_scripts_variables_and_variant(session: Session) -> None:
    assert rows(session, "BEGIN DECLARE x INT DEFAULT 2; SET x = x + 1; SELECT x; END") == [(3,)]
    session.execute("DECLARE OR REPLACE VARIABLE answer INT DEFAULT 42")
    assert rows(session, "SELECT answer") == [(42,)]
    assert rows(session, "SELECT parse_json('{\"a\": [1, 2]}'):a[1]::int") == [(2,)]


def test_spark_does_not_substitute_variables_itself(session: Session) -> None:
    session.execute("SET my.secret = drop")
    assert rows(session, "SELECT '${my.secret}'") == [("${my.secret}",)]


def test_interrupted_metastore_calls_do_not_use_the_server_up(
    lakehouse: Home, config: Config
) -> None:
    """Derby drops the connection of an interrupted thread; a pool would run dry of them."""
    for _ in range(60):
        session = Session(lakehouse, config)
        asking = threading.Thread(target=_ask_and_ignore, args=(session,))
        asking.start()
        time.sleep(0.01)
        session.close()
        asking.join(30)
    survivor = Session(lakehouse, config)
    assert survivor.execute("SHOW SCHEMAS", timeout=60).row_count > 0
    survivor.close()


def _ask_and_ignore(session: Session) -> None:
    with contextlib.suppress(LakeshellError, ValueError):
        session.execute("SHOW TABLES IN default")
