"""Streams of a Connect session as the server tells of them: listed, failed, stopped, restarted."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from lakeshell.session.session import Session


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < deadline, "did not happen"
        time.sleep(0.1)


def test_a_stream_is_listed_stopped_and_restarted(
    session: Session, schema: str, tmp_path: Path
) -> None:
    rates = session.spark.readStream.format("rate").load()
    writer = rates.writeStream.queryName("kept").option("checkpointLocation", str(tmp_path / "c"))
    writer.trigger(processingTime="1 second").toTable(f"{schema}.kept_rows")
    control = session.control
    until(lambda: ((control.stream("kept") or {}).get("batch") or 0) >= 1)
    one = control.stream("kept")
    assert one is not None
    assert one["state"] == "running"
    assert one["sink_table"] == [schema, "kept_rows"]
    assert one["source"] == "rate 1/s"
    assert one["trigger"] == "every 1 s"
    assert one["checkpoint"] == str(tmp_path / "c")
    assert one["batches"]
    assert control.status()["streams"] >= 1
    stopped = control.stop_stream("kept")
    assert stopped is not None
    assert stopped["state"] == "stopped"
    assert control.restart_stream("kept") is not None
    until(lambda: (control.stream("kept") or {}).get("state") == "running")
    again = control.stream("kept")
    assert again is not None
    assert again["id"] == one["id"]
    assert again["run_id"] != one["run_id"]
    until(lambda: ((control.stream("kept") or {}).get("batch") or 0) > one["batch"])
    control.stop_stream("kept")


def test_a_stream_that_fails_says_why_and_a_temporary_one_is_not_restarted(
    session: Session,
) -> None:
    rates = session.spark.readStream.format("rate").load()
    bad = rates.selectExpr("assert_true(value < 1) AS x").writeStream.format("noop")
    bad.queryName("bad").start()
    control = session.control
    until(lambda: (control.stream("bad") or {}).get("state") == "failed")
    one = control.stream("bad")
    assert one is not None
    assert "is not true" in one["error"]
    answer = control.restart_stream("bad")
    assert answer is not None
    assert "checkpoint" in answer["refusal"]
    assert control.stream("no such stream") is None
