"""The local server, found or started on demand."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from lakeshell.config import Config
from lakeshell.endpoint import Endpoint, read_endpoint
from lakeshell.errors import ServerError
from lakeshell.home import Home
from lakeshell.locks import FileLock, is_locked

Announce = Callable[[str], None]
FetchProgress = Callable[[int, int], None]


class Presence:
    """Keeps the server from stopping by itself while this shell lives."""

    def __init__(self, home: Home) -> None:
        self._lock = FileLock(home.shells / f"{os.getpid()}.lock")

    def enter(self) -> None:
        """Attach; the kernel detaches us when we end, however we end."""
        self._lock.acquire(timeout=1.0)

    def leave(self) -> None:
        """Detach."""
        self._lock.release()
        self._lock.path.unlink(missing_ok=True)


def ensure_server(
    home: Home,
    config: Config,
    *,
    announce: Announce | None = None,
    fetch_progress: FetchProgress | None = None,
    lost: str | None = None,
) -> Endpoint:
    """The endpoint of the home's server, which is started if there is none.

    `announce` is told in a few words what is waited for; `fetch_progress` how far the download of
    jars is. `lost` is the token of a server that was seen to be gone: it is not returned again,
    though its supervisor may need a moment to notice. Several shells may call this at once: one
    server comes of it. Raises ServerError with the reason that the server left.
    """
    endpoint = read_endpoint(home)
    if endpoint is not None and endpoint.token != lost:
        return endpoint
    home.create()
    if not is_locked(home.supervisor_lock):
        _prepare_jars(home, config, announce, fetch_progress)
    deadline = time.monotonic() + config.server.start_timeout + 60
    started: subprocess.Popen[bytes] | None = None
    if announce:
        announce("Starting Spark")
    while time.monotonic() < deadline:
        endpoint = read_endpoint(home)
        if endpoint is not None and endpoint.token != lost:
            return endpoint
        if started is None and not is_locked(home.supervisor_lock):
            started = _spawn(home)
        elif started is not None and (code := started.poll()) is not None:
            if code != 0:
                raise _start_failure(home, code)
            # Another shell's supervisor was faster; or it has ended meanwhile and we try again.
            started = None
        time.sleep(0.02)
    raise ServerError(
        f"The server did not come up within {config.server.start_timeout:.0f} seconds.",
        hint="lakeshell server logs",
    )


def stop_server(home: Home, *, timeout: float = 200.0) -> bool:
    """Stop the home's server and wait until it is gone; False when none runs."""
    asked: Endpoint | None = None
    was_there = False
    deadline = time.monotonic() + timeout
    while is_locked(home.supervisor_lock) or is_locked(home.jvm_lock):
        was_there = True
        # One that is still starting has no endpoint yet; it is asked as soon as it has.
        endpoint = read_endpoint(home)
        if endpoint is not None and endpoint != asked:
            _ask_to_stop(endpoint)
            asked = endpoint
        if time.monotonic() > deadline:
            raise ServerError(
                f"The server (process {asked.pid if asked else '?'}) does not end.",
                hint="lakeshell server logs",
            )
        time.sleep(0.02)
    return was_there


def _ask_to_stop(endpoint: Endpoint) -> None:
    import signal

    from lakeshell.session.control import ControlClient

    try:
        ControlClient(endpoint).stop()
    except ServerError:
        # It does not answer; the lock told that it lives.
        with contextlib.suppress(ProcessLookupError):
            os.kill(endpoint.pid, signal.SIGTERM)


def death_reason(home: Home, *, patience: float = 1.0) -> ServerError:
    """Why the server that was there is gone, as far as it could say within `patience` seconds."""
    deadline = time.monotonic() + patience
    while is_locked(home.supervisor_lock) and time.monotonic() < deadline:
        time.sleep(0.02)
    word = _start_error(home)
    message = str(word.get("message") or "The server is gone.")
    return ServerError(message, hint=word.get("hint"))


def _prepare_jars(
    home: Home, config: Config, announce: Announce | None, progress: FetchProgress | None
) -> None:
    """Fetch the jars in the foreground, where a person can watch and read the error."""
    from lakeshell.engine.jars import cache_folder, ensure_jars, missing_jars
    from lakeshell.engine.java import find_java
    from lakeshell.engine.packages import package_jars, packages_to_fetch

    cache = cache_folder(config.jars.cache)
    if missing_jars(cache):
        ensure_jars(
            cache,
            find_java(config.server.java),
            repository=config.jars.repository,
            progress=progress,
        )
    for package in packages_to_fetch(home, config):
        if announce:
            announce(f"Fetching {package.coordinate}")
        package_jars(home, config, find_java(config.server.java))


def _spawn(home: Home) -> subprocess.Popen[bytes]:
    """Start the supervisor, detached: it outlives this shell and never sees its Ctrl-C."""
    command = [sys.executable, "-m", "lakeshell.server", "--home", str(home.root)]
    if home.discovered:
        # Whether its settings and packages count depends on how it was found.
        command.append("--discovered")
    with home.supervisor_log.open("ab") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # `python -m` looks for modules in the working directory first: not in a home that a
            # stranger may have filled.
            cwd="/",
            start_new_session=True,
        )


def _start_failure(home: Home, code: int) -> ServerError:
    word = _start_error(home)
    if not word:
        return ServerError(
            f"The server could not start (code {code}).", hint="lakeshell server logs"
        )
    return ServerError(
        f"The server could not start. {word.get('message')}",
        hint=word.get("hint") or "lakeshell server logs",
    )


def _start_error(home: Home) -> dict[str, Any]:
    try:
        word = json.loads(home.start_error.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return word if isinstance(word, dict) else {}
