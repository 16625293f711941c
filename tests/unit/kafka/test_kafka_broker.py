"""The broker's life, with a small program in place of Kafka's: one a home, its end, its reason."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lakeshell.config import Config
from lakeshell.errors import CommandError, ServerError
from lakeshell.home import Home
from lakeshell.kafka import broker, process
from lakeshell.locks import FileLock

# Listens where the settings say, as Kafka does; ends at once with a Java error when told to.
_PROGRAM = """\
import pathlib, re, socket, sys, time
settings = pathlib.Path(sys.argv[1])
if (settings.parent / "broken").exists():
    print("ERROR Exiting Kafka due to fatal exception", flush=True)
    print("java.io.IOException: outer", flush=True)
    print("Caused by: org.apache.kafka.common.KafkaException: The disk is on fire", flush=True)
    sys.exit(1)
port = int(re.search("PLAINTEXT://127.0.0.1:([0-9]+)", settings.read_text())[1])
listener = socket.create_server(("127.0.0.1", port))
time.sleep(60)
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    def run(home: Home, java: Any, path: Any, words: Any, keep_fd: int) -> subprocess.Popen[bytes]:
        if "format" in words:
            home.kafka_identity.parent.mkdir()
            home.kafka_identity.write_text("cluster.id=x\n")
            return subprocess.Popen([sys.executable, "-c", ""])
        with home.kafka_output.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-c", _PROGRAM, words[-1]],
                stdout=output,
                pass_fds=(keep_fd,),
                start_new_session=True,
            )

    monkeypatch.setattr(process, "_run", run)
    monkeypatch.setattr(broker, "find_java", lambda named: None)
    monkeypatch.setattr(broker, "broker_class_path", lambda *_: [])
    home = Home(tmp_path / "home").create()
    yield home
    broker.stop_broker(home)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "did not happen"
        time.sleep(0.02)


def test_several_starts_at_once_make_one_broker(home: Home) -> None:
    found: list[tuple[broker.Broker, bool]] = []
    starts = [
        threading.Thread(target=lambda: found.append(broker.ensure_broker(home, Config(), port=0)))
        for _ in range(4)
    ]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert len({one.pid for one, _ in found}) == 1
    assert [new for _, new in found].count(True) == 1
    assert broker.running_broker(home) == found[0][0]
    assert broker.stop_broker(home)
    assert not broker.is_there(home)
    assert broker.last_broker(home) is None
    assert not broker.stop_broker(home)


def test_one_that_was_killed_leaves_nothing_that_counts(home: Home) -> None:
    first, _ = broker.ensure_broker(home, Config(), port=0)
    os.kill(first.pid, signal.SIGKILL)
    until(lambda: not broker.is_there(home))
    assert broker.running_broker(home) is None
    assert broker.last_broker(home) == first
    assert "from outside" in broker.why_it_ended(home)
    second, is_new = broker.ensure_broker(home, Config(), port=first.port)
    assert is_new
    assert (second.port, broker.running_broker(home)) == (first.port, second)


def test_one_that_does_not_start_says_why(home: Home) -> None:
    home.kafka.mkdir()
    (home.kafka / "broken").touch()
    with pytest.raises(ServerError, match=r"start\. KafkaException: The disk is on fire\."):
        broker.ensure_broker(home, Config(), port=0)
    assert not broker.is_there(home)
    (home.kafka / "broken").unlink()
    assert broker.ensure_broker(home, Config(), port=0)[1]


def test_a_port_that_is_taken(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} is taken") as told:
            broker.ensure_broker(home, Config(), port=port)
    assert "--port 0" in (told.value.hint or "")
    assert not broker.is_there(home)


def test_stop_ends_one_whose_address_was_never_written(home: Home) -> None:
    broker.ensure_broker(home, Config(), port=0)
    home.kafka_json.unlink()  # as when its starter was killed
    assert broker.running_broker(home) is None
    assert broker.stop_broker(home)
    assert not broker.is_there(home)


def test_stop_touches_no_process_of_a_stale_number(home: Home) -> None:
    home.kafka_json.write_text(f'{{"pid": {os.getpid()}, "port": 1, "started": 0}}')
    assert broker.running_broker(home) is None
    lock = FileLock(home.kafka_lock)
    assert lock.acquire()  # another start, which has no process yet
    release = threading.Timer(0.3, lock.release)
    release.start()
    assert broker.stop_broker(home)
    release.join()


def test_only_loopback_and_nothing_that_a_path_could_break(home: Home) -> None:
    process.prepare(home, port=19092, controller_port=19093)
    settings = dict(line.split("=", 1) for line in home.kafka_settings.read_text().splitlines())
    listeners = settings["listeners"] + "," + settings["advertised.listeners"]
    assert {one.split("//")[1].split(":")[0] for one in listeners.split(",")} == {"127.0.0.1"}
    assert settings["log.dirs"] == "data"
    assert str(home.root) not in home.kafka_settings.read_text() + home.kafka_logging.read_text()
