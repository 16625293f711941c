"""Find and replace in a text: every match of a word or a pattern."""

from __future__ import annotations

import re
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

MOST = 10_000
"""Matches that are counted and shown; more are announced."""


_PATIENCE = 0.5  # seconds; some patterns would take hours for a line


class TooSlow(Exception):
    """The pattern takes too long on this text."""


@contextmanager
def _impatient() -> Iterator[None]:
    """TooSlow when the block takes too long. The engine of `re` lets a signal interrupt it, in the
    main thread, which is the only one where it could stop the screen."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGALRM"):
        yield
        return

    def ring(number: int, frame: object) -> None:
        raise TooSlow

    began = time.monotonic()
    handler = signal.signal(signal.SIGALRM, ring)
    left, interval = signal.setitimer(signal.ITIMER_REAL, _PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if left:  # somebody else's alarm clock
            rest = max(left - (time.monotonic() - began), 0.001)
            signal.setitimer(signal.ITIMER_REAL, rest, interval)


@dataclass(frozen=True)
class Wanted:
    """What is looked for."""

    text: str
    is_pattern: bool = False
    match_case: bool = False

    def pattern(self) -> re.Pattern[str]:
        """As a regular expression. Raises re.error when it is none."""
        flags = re.MULTILINE | (0 if self.match_case else re.IGNORECASE)
        return re.compile(self.text if self.is_pattern else re.escape(self.text), flags)


def find(text: str, wanted: Wanted) -> list[tuple[int, int]]:
    """The matches as offsets, at most MOST; empty ones do not count. Raises re.error, TooSlow."""
    if not wanted.text:
        return []
    found: list[tuple[int, int]] = []
    with _impatient():
        for match in wanted.pattern().finditer(text):
            if match.end() > match.start():
                found.append(match.span())
                if len(found) == MOST:
                    break
    return found


def replacement(wanted: Wanted, matched: re.Match[str], new: str) -> str:
    """What stands in the place of a match; groups (\\1) count in patterns. Raises re.error."""
    return matched.expand(new) if wanted.is_pattern else new


def replace_all(text: str, wanted: Wanted, new: str) -> tuple[str, int]:
    """`text` with every match replaced, and how many there were. Raises re.error,
    TooSlow."""
    count = 0

    def change(matched: re.Match[str]) -> str:
        nonlocal count
        if matched.end() == matched.start():
            return ""
        count += 1
        return replacement(wanted, matched, new)

    with _impatient():
        return wanted.pattern().sub(change, text), count
