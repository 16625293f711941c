"""Fixtures for tests that kill, starve or block: every test has a home of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lakeshell.home import Home
from lakeshell.locks import is_locked
from lakeshell.session.launch import stop_server


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home without a server; one that a test leaves running is stopped."""
    home = Home(tmp_path / "home")
    yield home
    if is_locked(home.supervisor_lock):
        stop_server(home)


@pytest.fixture
def start_lakeshell(home: Home) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start the command without waiting for it; what still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "lakeshell", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "LAKESHELL_HOME": str(home.root)},
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()
