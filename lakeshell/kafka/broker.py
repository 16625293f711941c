"""The broker of a lakehouse: one real Kafka node on loopback, for learning and for tests.

It is started detached and lives until it is stopped. `run/kafka.lock` is taken by whoever starts
it and inherited by its JVM, so it is held exactly as long as somebody starts one or one lives;
`run/kafka.json` counts only then.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from subprocess import Popen

import psutil

from lakeshell.config import Config
from lakeshell.engine.ivy import FetchProgress
from lakeshell.engine.java import find_java
from lakeshell.errors import CommandError, ServerError
from lakeshell.home import Home
from lakeshell.kafka import process
from lakeshell.kafka.jars import broker_class_path
from lakeshell.locks import FileLock, is_locked

LOOPBACK = "127.0.0.1"
PORT = 9092  # what code for Kafka says more often than not

_START_TIMEOUT = 60.0  # seconds from the start of the JVM; a quiet machine needs 3
_OTHERS_TIMEOUT = 600.0  # seconds that another start may take, which may be fetching jars
_STOP_TIMEOUT = 15.0  # seconds that a broker may take to end in good order


@dataclass(frozen=True)
class Broker:
    """One that was started. `started` is seconds since the epoch."""

    pid: int
    port: int
    started: float

    @property
    def address(self) -> str:
        """For `kafka.bootstrap.servers`."""
        return f"{LOOPBACK}:{self.port}"


def running_broker(home: Home) -> Broker | None:
    """The broker of `home` if it can be talked to."""
    broker = _noted(home) if is_locked(home.kafka_lock) else None
    return broker if broker is not None and _answers(broker.port) else None


def is_there(home: Home) -> bool:
    """Whether a broker runs, or is being started or stopped."""
    return is_locked(home.kafka_lock)


def last_broker(home: Home) -> Broker | None:
    """The broker that was there and ended without being stopped."""
    return None if is_locked(home.kafka_lock) else _noted(home)


def ensure_broker(
    home: Home,
    config: Config,
    *,
    port: int = PORT,
    announce: Callable[[str], None] | None = None,
    fetch_progress: FetchProgress | None = None,
) -> tuple[Broker, bool]:
    """The broker of `home`, and whether this call started it. Port 0 is any free one.

    Several may call this at once: one broker comes of it. Raises CommandError for a port that is
    taken, ServerError with its reason for a broker that does not start.
    """
    home.create()
    deadline = time.monotonic() + _OTHERS_TIMEOUT
    while time.monotonic() < deadline:
        broker = running_broker(home)
        if broker is not None:
            return broker, False
        lock = FileLock(home.kafka_lock)
        if lock.acquire():
            with lock:
                return _start(home, config, lock, port, announce, fetch_progress), True
        time.sleep(0.05)
    raise ServerError(
        "Another start of the broker does not come to an end.", hint="lakeshell kafka stop"
    )


def stop_broker(home: Home) -> bool:
    """End the broker and wait until it is gone; False when there was none.

    One that is just being started is ended as soon as it has a process. Raises ServerError when
    the lock is not given back.
    """
    was_there = False
    asked: dict[int, float] = {}  # when each process was told to end
    begun = time.monotonic()
    while is_locked(home.kafka_lock):
        was_there = True
        now = time.monotonic()
        if now - begun > _START_TIMEOUT + _STOP_TIMEOUT:
            raise ServerError("The broker does not end.", hint="lakeshell kafka logs")
        for jvm in process.running(home):
            with contextlib.suppress(psutil.NoSuchProcess):
                if jvm.pid not in asked:
                    asked[jvm.pid] = now
                    jvm.terminate()
                elif now - asked[jvm.pid] > _STOP_TIMEOUT:
                    jvm.kill()
        time.sleep(0.05)
    home.kafka_json.unlink(missing_ok=True)
    return was_there


def why_it_ended(home: Home) -> str:
    """What the broker that is gone left as its reason; that is nothing when it was killed."""
    return process.reason(home) or "It was killed from outside: its log says nothing."


def _start(
    home: Home,
    config: Config,
    lock: FileLock,
    port: int,
    announce: Callable[[str], None] | None,
    fetch_progress: FetchProgress | None,
) -> Broker:
    home.kafka_json.unlink(missing_ok=True)
    java = find_java(config.server.java)
    class_path = broker_class_path(config, java, fetch_progress)
    port = _free_port(port)
    if announce:
        announce("Starting Kafka")
    process.prepare(home, port=port, controller_port=_free_port(0))
    jvm: Popen[bytes] | None = None
    try:
        if not home.kafka_identity.exists():
            jvm = process.format_storage(home, java, class_path, keep_fd=lock.fd)
            if jvm.wait(_START_TIMEOUT) != 0:
                raise _failure(home, jvm.returncode)
        jvm = process.launch(home, java, class_path, keep_fd=lock.fd)
        broker = Broker(jvm.pid, port, time.time())
        _note(home, broker)
        _wait_until_it_answers(home, broker, jvm)
    except BaseException:
        if jvm is not None and jvm.poll() is None:
            jvm.kill()
            jvm.wait()
        home.kafka_json.unlink(missing_ok=True)
        raise
    return broker


def _wait_until_it_answers(home: Home, broker: Broker, jvm: Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_TIMEOUT
    while not _answers(broker.port):
        if jvm.poll() is not None:
            raise _failure(home, jvm.returncode)
        if time.monotonic() > deadline:
            raise ServerError(
                f"The broker did not come up within {_START_TIMEOUT:.0f} seconds.",
                hint="lakeshell kafka logs",
            )
        time.sleep(0.05)


def _failure(home: Home, code: int) -> ServerError:
    why = process.reason(home) or f"Its process ended with code {code}."
    return ServerError(f"The broker could not start. {why}", hint="lakeshell kafka logs")


def _noted(home: Home) -> Broker | None:
    try:
        return Broker(**json.loads(home.kafka_json.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _note(home: Home, broker: Broker) -> None:
    part = home.kafka_json.with_suffix(f".{os.getpid()}.part")
    part.write_text(json.dumps(asdict(broker)), encoding="utf-8")
    part.replace(home.kafka_json)


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), 1.0):
        return True
    return False


def _free_port(port: int) -> int:
    """`port` if nobody has it, any free one for 0."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} is taken by another program.",
                hint="--port 0 takes any that is free; Python cells find the broker all the same.",
            ) from error
        free: int = probe.getsockname()[1]
        return free
