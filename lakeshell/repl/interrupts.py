"""Ctrl-C while something runs: once cancels, twice is told so, thrice stops waiting."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def cancellable(tell: Callable[[str], None]) -> Iterator[None]:
    """Within it, Ctrl-C raises KeyboardInterrupt, but not into the cancelling it has set off.

    `tell` gets the sentence for an impatient second one. For the main thread only.
    """
    count = 0

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal count
        count += 1
        if count == 2:
            tell("It is being cancelled; Ctrl-C once more stops waiting for that.")
        else:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
