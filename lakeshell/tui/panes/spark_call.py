"""Work with the session in a thread of its own, awaited by a pane and stopped on request."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from lakeshell.errors import Interrupted, LakeshellError
from lakeshell.session.result import Event
from lakeshell.tui.threads import in_background
from lakeshell.tui.workbench import Workbench

if TYPE_CHECKING:
    from lakeshell.session.result import Sink
    from lakeshell.session.session import Session

T = TypeVar("T")
_CANCEL_AGAIN = 0.25  # seconds; between two statements there is nothing that could be stopped


class SparkCall(Generic[T]):
    """One piece of work: `work(session, sink)` runs in a daemon thread, which nobody has to wait
    for at the end of the program. `on_event` is called in the interface's thread.

    Raises LakeshellErrors only: what else goes wrong is told as a fault.
    """

    def __init__(
        self,
        bench: Workbench,
        work: Callable[[Session, Sink], T],
        *,
        on_event: Callable[[Event], None] | None = None,
    ) -> None:
        self._bench = bench
        self._work = work
        self._on_event = on_event
        self._loop = asyncio.get_running_loop()
        self._future: asyncio.Future[T] = self._loop.create_future()
        self._over = threading.Event()
        self._stopped = threading.Event()
        self._session: Session | None = None
        self._thread = threading.Thread(target=self._run, name="spark-call", daemon=True)

    async def result(self) -> T:
        """Do it. Raises Interrupted when it was stopped."""
        self._thread.start()
        try:
            return await asyncio.shield(self._future)
        except asyncio.CancelledError:
            self.cancel()
            raise

    def cancel(self) -> None:
        """Stop it, and its Spark jobs."""
        if self._over.is_set() or self._stopped.is_set():
            return
        self._stopped.set()
        if self._session is None:  # it still waits for one
            self._deliver(self._fail, Interrupted())
            return
        in_background(self._keep_cancelling, "cancel")

    def _keep_cancelling(self) -> None:
        while not self._over.is_set():
            if self._session is not None:
                self._session.cancel(self._thread.ident)
            self._over.wait(_CANCEL_AGAIN)

    def _run(self) -> None:
        try:
            self._session = self._bench.session
            if self._stopped.is_set():
                raise Interrupted
            found = self._work(self._session, self._tell)
        except LakeshellError as error:
            self._deliver(self._fail, error)
        # A fault of ours must not leave a pane waiting for ever.
        except Exception as fault:
            words = f"lakeshell met a fault: {type(fault).__name__}: {fault}"
            self._deliver(self._fail, LakeshellError(words))
        else:
            self._deliver(self._succeed, found)
        finally:
            self._over.set()

    def _tell(self, event: Event) -> None:
        if self._stopped.is_set():
            raise Interrupted
        if self._on_event is not None:
            self._deliver(self._on_event, event)

    def _deliver(self, hear: Callable[..., object], what: object) -> None:
        try:
            self._loop.call_soon_threadsafe(hear, what)
        except RuntimeError:
            return  # the program has ended

    def _succeed(self, found: T) -> None:
        if not self._future.done():
            self._future.set_result(found)

    def _fail(self, error: LakeshellError) -> None:
        if not self._future.done():
            self._future.set_exception(error)
            # Nobody may be waiting any more: that is no reason to complain.
            self._future.exception()
