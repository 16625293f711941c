"""The line that tells how far a statement is: drawn after a moment, gone before the result."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TextIO

from lakeshell.session.result import Progress

_QUIET = 0.3  # seconds in which nothing is drawn
_TICK = 0.2  # seconds between two drawings


class ProgressLine:
    """One line at the bottom of `stream`, redrawn by a thread of its own while it is shown.

    Whoever writes to the stream calls `clear` before. `width` gives the terminal's cells now.
    """

    def __init__(self, stream: TextIO, width: Callable[[], int], *, unicode: bool = True) -> None:
        self._stream = stream
        self._width = width
        self._unicode = unicode
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._drawn = False
        self._started = 0.0
        self._text: Callable[[], str] | None = None
        self._progress: Progress | None = None

    def start(self, text: Callable[[], str] | None = None) -> None:
        """Begin to count the time; with `text`, that is shown instead of Spark's progress."""
        self.stop()
        self._text, self._progress = text, None
        self._started = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._redraw, args=(self._stop,), name="lakeshell-progress", daemon=True
        )
        self._thread.start()

    def update(self, progress: Progress) -> None:
        """Take newer numbers; starts the line if it is not there."""
        self._progress = progress
        if self._thread is None:
            self.start()
            self._progress = progress

    def clear(self) -> None:
        """Take the line off the screen; it comes back by itself while it is not stopped."""
        with self._lock:
            if self._drawn:
                self._stream.write("\r\x1b[K")
                self._stream.flush()
                self._drawn = False

    def stop(self) -> None:
        """Take the line away for good."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._stop.set()
            thread.join()
        self.clear()

    def _redraw(self, stop: threading.Event) -> None:
        if stop.wait(_QUIET):
            return
        while True:
            with self._lock:
                if stop.is_set():
                    return
                self._stream.write(f"\r{self._line()}\x1b[K")
                self._stream.flush()
                self._drawn = True
            if stop.wait(_TICK):
                return

    def _line(self) -> str:
        from lakeshell.render.metrics import format_seconds
        from lakeshell.render.progress import progress_line
        from lakeshell.render.safe_text import fit, safe_text

        elapsed = time.monotonic() - self._started
        room = max(self._width() - 1, 1)
        if self._text is not None:
            return fit(f"{safe_text(self._text())} {format_seconds(elapsed)}", room)
        progress = self._progress or Progress(0, 0, 0, 0, 0, 0, elapsed)
        now = replace(progress, elapsed=max(elapsed, progress.elapsed))
        return progress_line(now, room, unicode=self._unicode)
