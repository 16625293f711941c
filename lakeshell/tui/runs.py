"""A run of the user's text: in a thread of its own, told in messages, stopped on request."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING

from lakeshell.errors import Interrupted, LakeshellError
from lakeshell.session.result import Event, Started
from lakeshell.tui.messages import RunEvent, RunFinished, RunRequested, RunStarted
from lakeshell.tui.threads import in_background

if TYPE_CHECKING:
    from lakeshell.interpreter import Interpreter
    from lakeshell.tui.workbench import Workbench

_CANCEL_AGAIN = 0.25  # seconds; a statement between two requests runs nothing that could be stopped


class Run:
    """One request on its way. `number` counts the runs of this program."""

    def __init__(self, bench: Workbench, request: RunRequested, number: int) -> None:
        self._bench = bench
        self.request = request
        self.number = number
        self.started = time.monotonic()
        self.statement = 0  # the one that runs, from 1; 0 before the first
        self._cancelled = threading.Event()
        self._over = threading.Event()
        self._interpreter: Interpreter | None = None  # once it works

    @property
    def is_alive(self) -> bool:
        """Whether it is not over."""
        return not self._over.is_set()

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self.started

    def start(self) -> None:
        """Begin."""
        tab, text = self.request.tab, self.request.source.text
        self._bench.post(RunStarted(tab, self.number, text))
        in_background(self._work, f"run-{self.number}")

    def cancel(self) -> bool:
        """Stop it, and its Spark jobs; again and again until it is over, because it may be between
        two requests just now. False when it is over."""
        if not self.is_alive:
            return False
        if not self._cancelled.is_set():
            self._cancelled.set()
            in_background(self._keep_cancelling, "cancel")
        return True

    def _keep_cancelling(self) -> None:
        while self.is_alive:
            # Its own, not the tab's: the tab may be gone.
            if self._interpreter is not None:
                with contextlib.suppress(LakeshellError):
                    self._interpreter.cancel()
            self._over.wait(_CANCEL_AGAIN)

    def _work(self) -> None:
        request = self.request
        error: LakeshellError | None = None
        try:
            self._bench.remember(request.source)
            interpreter = self._interpreter = self._bench.interpreter(request.tab)
            interpreter.sink = self._sink
            interpreter.language = request.source.language
            interpreter.run(request.source)
        except LakeshellError as failure:
            error = failure
        except SystemExit:
            pass  # exit() in a cell ends the cell
        # A fault of ours or of a plugin must not leave the tab running for ever.
        except Exception as fault:
            error = LakeshellError(f"lakeshell met a fault: {type(fault).__name__}: {fault}")
        finally:
            self._over.set()
            self._bench.post(
                RunFinished(
                    request.tab,
                    self.number,
                    error,
                    self.elapsed,
                    request.first_line,
                    request.first_column,
                )
            )
            self._bench.metadata.refresh()

    def _sink(self, event: Event) -> None:
        if self._cancelled.is_set() and isinstance(event, Started):
            raise Interrupted
        if isinstance(event, Started):
            self.statement = event.index
        self._bench.post(RunEvent(self.request.tab, self.number, event))
