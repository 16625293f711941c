"""A program on a real pseudo-terminal, and the screen that a person would see."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

import pyte
from pty_process import PtyProcess

KEYS = {"enter": "\r", "tab": "\t", "up": "\x1b[A", "down": "\x1b[B", "left": "\x1b[D",
        "ctrl-c": "\x03", "ctrl-d": "\x04", "ctrl-r": "\x12", "escape": "\x1b"}  # fmt: skip


class PtyTerminal:
    """`lakeshell` with `arguments` in a terminal of `columns` by `lines`."""

    def __init__(
        self,
        *arguments: str,
        home: Path,
        columns: int = 80,
        lines: int = 24,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._screen = pyte.HistoryScreen(columns, lines, history=1000)
        self._stream = pyte.ByteStream(self._screen)
        self.raw = b""
        self.process = PtyProcess(
            [sys.executable, "-m", "lakeshell", *arguments],
            columns=columns,
            lines=lines,
            env={
                # The size is the terminal's, not that of the one the tests were started in.
                **{k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")},
                "LAKESHELL_HOME": str(home),
                "TERM": "xterm-256color",
                "PAGER": "cat",
                **(env or {}),
            },
        )
        # A real terminal answers when it is asked where the cursor is.
        self._screen.write_process_input = self.process.send

    def type(self, text: str) -> None:
        """Send characters as if typed."""
        self.process.send(text)

    def key(self, *names: str) -> None:
        """Press keys of `KEYS`."""
        for name in names:
            self.process.send(KEYS[name])

    def enter(self, text: str) -> None:
        """Type a line and press Enter."""
        self.type(text)
        self.key("enter")

    @property
    def screen(self) -> str:
        """What is to be seen, without blank ends of lines and blank lines below."""
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip()

    @property
    def title(self) -> str:
        """The window's title that the program has set."""
        return str(self._screen.title)

    def wait_for(self, pattern: str, timeout: float = 60) -> re.Match[str]:
        """Read until the screen shows `pattern` (a regular expression over its lines)."""
        found: list[re.Match[str]] = []

        def shows() -> bool:
            match = re.search(pattern, self.screen, re.MULTILINE)
            if match:
                found.append(match)
            return bool(found)

        self._read_until(shows, timeout, pattern)
        return found[0]

    def wait_for_prompt(self, name: str = r"[\w…]+", timeout: float = 60) -> None:
        """Read until an empty prompt is the last thing above the toolbar."""
        self.wait_for(rf"^{name}> *(?:\n\n*[^\n]*)?\Z", timeout)

    def end(self, timeout: float = 30) -> int:
        """Read to the end of the program; its exit code, -n when signal n ended it."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if not self._read_some():
                break
        return self.process.wait()

    def hang_up(self) -> int:
        """Close the window under the program; its exit code."""
        self.process.hang_up()
        return self.process.wait()

    def _read_until(self, done: Callable[[], bool], timeout: float, wanted: str) -> None:
        deadline = time.monotonic() + timeout
        while not done():
            if time.monotonic() > deadline or not self._read_some():
                if done():
                    return
                raise AssertionError(f"the screen never showed {wanted!r}:\n{self.screen}")

    def _read_some(self) -> bool:
        chunk = self.process.read(0.2)
        if chunk is None:
            return False
        self.raw += chunk
        self._stream.feed(chunk)
        return True

    def __enter__(self) -> PtyTerminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.close()
