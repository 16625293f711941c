"""Streams whose JVM or supervisor is killed: lakeshell streams recover goes on exactly once."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command import Run, run_command
from faults_support import endpoint_of, kill, wait_until
from soak import rounds

from lakeshell.endpoint import read_endpoint
from lakeshell.errors import LakeshellError
from lakeshell.home import Home
from lakeshell.session.control import ControlClient

KILLS = rounds(50, 2)
ROWS_OF_A_FILE = 20
SECONDS = 600 + 120 * KILLS

START = """
files = spark.readStream.schema("id LONG").option("maxFilesPerTrigger", 100).json("/mnt/in")
(files.writeStream.queryName("files").option("checkpointLocation", "/mnt/c/files")
    .toTable("copied"))
rates = spark.readStream.format("rate-micro-batch").option("rowsPerBatch", 50).load()
(rates.writeStream.queryName("rates").option("checkpointLocation", "/mnt/c/rates")
    .trigger(processingTime="1 second").toTable("counted"))
"""


class Feeder:
    """Writes files of rows into a folder until it is stopped; `rows` is how many so far."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.rows = 0

    def __enter__(self) -> Feeder:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(0.5):
            ids = range(self.rows, self.rows + ROWS_OF_A_FILE)
            part = self._folder / f".{self.rows}"
            part.write_text("".join(f'{{"id": {n}}}\n' for n in ids), encoding="utf-8")
            part.rename(self._folder / f"{self.rows}.json")
            self.rows += ROWS_OF_A_FILE


def run(*arguments: str, home: Path) -> Run:
    """The command, with time for a server to start on a busy machine."""
    return run_command(*arguments, home=home, timeout=400)


def row(home: Home, query: str) -> list[int]:
    done = run("--format", "csv", "-e", query, home=home.root)
    assert done.code == 0, done.stderr
    return [int(value or 0) for value in done.stdout.splitlines()[1].split(",")]


def batch_of(home: Home, name: str) -> int | None:
    """The batch in which a stream is; None while that is not known."""
    endpoint = read_endpoint(home)
    if endpoint is None:
        return None
    try:
        stream: dict[str, Any] = ControlClient(endpoint).stream(name) or {}
    except LakeshellError:
        return None
    return stream.get("batch") if stream.get("state") == "running" else None


@pytest.mark.timeout(SECONDS)
def test_killed_streams_go_on_exactly_once(home: Home, tmp_path: Path) -> None:
    chance = random.Random(7)
    script = tmp_path / "start.py"
    script.write_text(START, encoding="utf-8")
    with Feeder(home.mnt / "in") as feeder:
        started = run("-f", str(script), home=home.root)
        assert started.code == 0, started.stderr
        assert "2 streams go on: files, rates" in started.stderr
        for number in range(KILLS):
            for name in ("files", "rates"):
                wait_until(lambda name=name: batch_of(home, name) is not None, 240)  # type: ignore[misc]
            time.sleep(chance.random() * 2)
            old = endpoint_of(home)
            kill(old.pid if number % 2 else old.jvm_pid)
            again = run("streams", "recover", home=home.root)
            assert again.code == 0, again.stderr
            assert "files runs again" in again.stderr
            assert "rates runs again" in again.stderr
            assert (
                "2 streams were running when the server died: files, rates" in again.stderr
            ) or ("rates, files" in again.stderr)
    expected = feeder.rows
    wait_until(lambda: row(home, "SELECT count(*) FROM copied")[0] >= expected, 240)
    stopped = run("server", "stop", home=home.root)
    assert "2 streams" in stopped.stderr
    assert "lakeshell streams recover" in stopped.stderr
    rows, distinct, highest = row(
        home, "SELECT count(*), count(DISTINCT id), max(id) + 1 FROM copied"
    )
    assert (rows, distinct, highest) == (expected, expected, expected)
    rows, distinct, highest = row(
        home, "SELECT count(*), count(DISTINCT value), max(value) + 1 FROM counted"
    )
    assert rows == distinct == highest > 0
    listed = run("streams", "--json", home=home.root)
    states = {one["name"]: one["state"] for one in json.loads(listed.stdout)}
    assert states == {"files": "lost", "rates": "lost"}  # that server was stopped, and they with it


@pytest.mark.timeout(900)
def test_what_cannot_be_recovered_says_why(home: Home, tmp_path: Path) -> None:
    script = tmp_path / "start.py"
    script.write_text(
        """
spark.sql("CREATE TEMP VIEW factors AS SELECT 2 AS factor")
spark.sql("CREATE TABLE src AS SELECT id FROM range(10)")
rates = spark.readStream.format("rate").load()
def start(name, frame, checkpoint=True):
    writer = frame.writeStream.queryName(name)
    if checkpoint:
        writer = writer.option("checkpointLocation", "/mnt/c/" + name)
    return writer.format("noop").start()
start("with view", rates.crossJoin(spark.table("factors")))
start("without checkpoint", rates, checkpoint=False)
start("of a table", spark.readStream.table("src"))
start("was stopped", rates).stop()
""",
        encoding="utf-8",
    )
    started = run("-f", str(script), home=home.root)
    assert started.code == 0, started.stderr
    wait_until(lambda: batch_of(home, "of a table") is not None, 240)
    kill(endpoint_of(home).jvm_pid)
    dropped = run(
        "-e", "DROP TABLE src; CREATE TABLE src AS SELECT id FROM range(10)", home=home.root
    )
    assert dropped.stderr.count("3 streams were running when the server died") == 1
    again = run("streams", "recover", home=home.root)
    assert again.code == 1
    assert "with view was not started. It reads factors" in again.stderr
    assert "without checkpoint was not started. It has no checkpoint" in again.stderr
    assert "of a table failed again. Its source table is not the one" in again.stderr
    assert "new checkpointLocation" in again.stderr
    assert "was stopped" not in again.stderr
    assert "Traceback" not in again.stderr
    assert "org.apache" not in again.stderr
    for name in ("with view", "without checkpoint"):
        done = run("stream", "stop", name, home=home.root)
        assert "is not started again" in done.stderr
    nothing = run("streams", "recover", home=home.root)
    assert (nothing.code, nothing.stdout) == (0, "")
    assert "No stream was running" in nothing.stderr


@pytest.mark.timeout(900)
def test_the_demo_ends_cleanly_also_by_ctrl_c(
    home: Home, start_lakeshell: Callable[..., subprocess.Popen[str]]
) -> None:
    whole = run("demo", "stream", "--seconds", "3", home=home.root)
    assert whole.code == 0, whole.stderr
    found = re.search(r"([\d,]+) sales have arrived", whole.stderr)
    assert found
    (rows,) = row(home, "SELECT count(time) FROM demo_stream.sales")
    assert rows == int(found[1].replace(",", "")) > 0
    demo = start_lakeshell("demo", "stream", "--seconds", "300")
    wait_until(lambda: batch_of(home, "demo totals") is not None, 240)
    demo.send_signal(2)
    _, told = demo.communicate(timeout=60)
    assert demo.returncode == 130, told
    assert "Traceback" not in told
    control = ControlClient(endpoint_of(home))
    wait_until(lambda: all(one["state"] != "running" for one in control.streams()), 30)


@pytest.mark.timeout(900)
def test_streams_of_a_killed_shell_go_on_and_keep_the_server(home: Home) -> None:
    home.create()
    home.settings_file.write_text("[server]\nauto_stop_minutes = 0.05\n", encoding="utf-8")
    code = (
        'spark.readStream.format("rate").load().writeStream.queryName("orphan")'
        '.option("checkpointLocation", "/mnt/c").format("noop").start(); import time; '
        "time.sleep(600)"
    )
    script = home.tmp / "script.py"
    script.write_text(code, encoding="utf-8")
    shell = subprocess.Popen(
        [sys.executable, "-m", "lakeshell", "--home", str(home.root), "-f", str(script)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_until(lambda: batch_of(home, "orphan") is not None, 240)
    kill(shell.pid)
    shell.wait()
    before = batch_of(home, "orphan") or 0
    time.sleep(12)  # more than the server waits for a shell
    wait_until(lambda: (batch_of(home, "orphan") or 0) > before)
    control = ControlClient(endpoint_of(home))
    control.stop_stream("orphan")
    wait_until(lambda: read_endpoint(home) is None, 60)
