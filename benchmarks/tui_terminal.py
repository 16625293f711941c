"""A full-screen program on a real pseudo-terminal, as a stopwatch sees it."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from types import TracebackType

import pexpect
import pyte

COLUMNS, LINES = 120, 36


class Terminal:
    """`command` in a terminal of COLUMNS x LINES, with `env` beside this process's own."""

    def __init__(self, command: list[str], env: Mapping[str, str]) -> None:
        self.command = command
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)
        self.began = time.perf_counter()
        self._child = pexpect.spawn(
            command[0],
            command[1:],
            dimensions=(LINES, COLUMNS),
            env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **env},
        )
        self._child.delaybeforesend = None
        self._child.ptyproc.delayafterterminate = 3.0  # seconds; it stops what it runs first
        self._screen.write_process_input = self._child.send

    @property
    def text(self) -> str:
        """What the screen shows."""
        return "\n".join(self._screen.display)

    def send(self, text: str) -> None:
        """Type."""
        self._child.send(text)

    def paste(self, text: str) -> None:
        """As a terminal pastes."""
        self.send(f"\x1b[200~{text}\x1b[201~")

    def wait_for(self, shown: str, within: float = 60) -> float:
        """Read until the screen shows `shown`; the seconds it took."""
        began = time.perf_counter()
        while shown not in self.text:
            if time.perf_counter() - began > within:
                raise SystemExit(
                    f"{self.command[0]} showed no {shown!r} within {within:.0f} s:\n{self.text}"
                )
            self._read(0.01)
        return time.perf_counter() - began

    def wait_for_change(self, shown: str, within: float = 60) -> None:
        """Read until a line that has changed since now shows it: cheaper to watch than
        `wait_for`, so that the watching is no part of what is measured."""
        began = time.perf_counter()
        dirty, cells = self._screen.dirty, self._screen.buffer
        dirty.clear()
        while time.perf_counter() - began < within:
            self._read(0.01)
            for row in dirty:
                if shown in "".join(cells[row][column].data for column in range(COLUMNS)):
                    return
            dirty.clear()
        raise SystemExit(f"{self.command[0]} did not echo {shown!r}:\n{self.text}")

    def settle(self, seconds: float) -> None:
        """Read for so long."""
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            self._read(0.01)

    def _read(self, timeout: float) -> None:
        try:
            self._stream.feed(self._child.read_nonblocking(65536, timeout=timeout))
        except pexpect.TIMEOUT:
            return

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._child.close(force=True)
