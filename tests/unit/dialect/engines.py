"""An Engine that answers from a list, and remembers what it was asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from lakeshell.dialect.dialect import Dialect
from lakeshell.dialect.steps import Answer, Stream, StreamWriting
from lakeshell.home import Home
from lakeshell.sql.widgets import Widgets


class FakeEngine:
    """The first pattern that matches a whole statement gives its rows; others give none."""

    def __init__(self, home: Home, answers: Sequence[tuple[str, pa.Table]] = ()) -> None:
        self._home = home
        self._answers = answers
        self.sent: list[str] = []
        self.notices: list[str] = []
        self.streams: list[Stream] = []
        self.writings: list[StreamWriting] = []
        self.widgets = Widgets()

    @property
    def home(self) -> Home:
        return self._home

    def execute(self, text: str) -> pa.Table | None:
        self.sent.append(text)
        for pattern, table in self._answers:
            if re.fullmatch(pattern, text, re.DOTALL | re.IGNORECASE):
                return table
        return None

    def rows(self, text: str) -> list[dict[str, Any]]:
        table = self.execute(text)
        return [] if table is None else list(table.to_pylist())

    def notice(self, text: str) -> None:
        self.notices.append(text)

    def stream_view(self, name: str, stream: Stream, how: str = "") -> None:
        self.streams.append(stream)

    def drain(self, writing: StreamWriting) -> str:
        self.writings.append(writing)
        return "query-id"


def rewritten(text: str) -> str:
    """What Spark would be given; the text itself when it is native."""
    plan = Dialect().plan(text)
    assert plan is None or plan.action is None
    return text if plan is None else plan.text


def carried_out(text: str, engine: FakeEngine) -> Answer:
    """The answer to a statement that lakeshell carries out itself."""
    plan = Dialect().plan(text)
    assert plan is not None
    assert plan.action is not None
    return plan.action.run(engine)
