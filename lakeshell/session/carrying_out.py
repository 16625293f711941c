"""Statements that lakeshell carries out itself: what they ask of a session, and give it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from lakeshell.dialect.steps import Action, Stream, StreamWriting
from lakeshell.errors import StatementError, StatementTimeout
from lakeshell.home import Home
from lakeshell.session.result import Notice, Progress, Result, Sink
from lakeshell.sql.widgets import Widgets

if TYPE_CHECKING:
    import pyarrow as pa


class Runs(Protocol):
    """The part of a session that is needed."""

    @property
    def home(self) -> Home:
        """The lakehouse."""

    @property
    def execute(self) -> Callable[..., Result]:
        """Runs a statement; takes `timeout`, `sink` and `widgets`."""

    def stream_view(self, name: str, stream: Stream, how: str, timeout: float | None) -> None:
        """Makes a view that is a stream."""

    def drain(self, writing: StreamWriting, timeout: float | None, sink: Sink | None) -> str:
        """Runs a stream to its end."""


class _Steps:
    """An Engine whose statements share the time that the whole one may take."""

    def __init__(
        self, session: Runs, timeout: float | None, sink: Sink | None, widgets: Widgets | None
    ) -> None:
        self._session = session
        self.widgets = Widgets() if widgets is None else widgets
        self._timeout = timeout
        self._ends = None if timeout is None else time.monotonic() + timeout
        self._sink = sink

    @property
    def home(self) -> Home:
        return self._session.home

    def execute(self, text: str) -> pa.Table | None:
        return self._session.execute(
            text, timeout=self._left(), sink=self._progress, widgets=self.widgets
        ).table

    def _left(self) -> float | None:
        """Seconds that are left. Raises StatementTimeout when there are none."""
        left = None if self._ends is None else self._ends - time.monotonic()
        if left is not None and left <= 0:
            raise StatementTimeout(f"Stopped after {self._timeout:g} seconds.")
        return left

    def rows(self, text: str) -> list[dict[str, Any]]:
        table = self.execute(text)
        return [] if table is None else list(table.to_pylist())

    def notice(self, text: str) -> None:
        if self._sink is not None:
            self._sink(Notice(text, "warning"))

    def stream_view(self, name: str, stream: Stream, how: str = "") -> None:
        self._session.stream_view(name, stream, how, self._left())

    def drain(self, writing: StreamWriting) -> str:
        return self._session.drain(writing, self._left(), self._progress)

    def _progress(self, event: Any) -> None:
        if self._sink is not None and isinstance(event, (Progress, Notice)):
            self._sink(event)


def carry_out(
    session: Runs,
    action: Action,
    *,
    limit: int,
    timeout: float | None,
    sink: Sink | None,
    widgets: Widgets | None = None,
) -> Result:
    """Do it, and return at most `limit` rows (0: all). Raises what `Executor.execute` does."""
    began = time.monotonic()
    steps = _Steps(session, timeout, sink, widgets)
    try:
        answer = action.run(steps)
        if answer.then:
            left = None if timeout is None else max(timeout - (time.monotonic() - began), 0.001)
            return session.execute(answer.then, limit=limit, timeout=left, sink=sink)
        table = answer.table
        if answer.stream is not None:
            from lakeshell.dialect.streaming.snapshot import snapshot

            table = snapshot(steps, answer.stream, limit)
    except StatementError as error:
        if not error.is_placed:
            error.position = None  # it is a place in a statement of lakeshell's, not of the user's
        raise
    truncated = bool(limit) and table is not None and table.num_rows > limit
    return Result(
        table.slice(0, limit) if truncated and table is not None else table,
        truncated=truncated,
        elapsed=time.monotonic() - began,
        metrics=answer.metrics,
        metadata=answer.metadata,
    )


def running(sink: Sink | None) -> Callable[[], None]:
    """Tells `sink`, whenever it is called, that something is still running."""
    began = time.monotonic()

    def tell() -> None:
        if sink is not None:
            sink(Progress(0, 0, 0, 0, 1, 0, time.monotonic() - began))

    return tell


def is_stream(error: StatementError) -> bool:
    """Whether a query was refused because it is a stream: its rows never end."""
    return error.message.startswith("Queries with streaming sources must be executed with")
