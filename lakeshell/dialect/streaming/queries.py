"""A query over streams, as it is written, and as the stream that it means."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from lakeshell.dialect.dialect import Dialect, Moves, edited
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Edit, Engine, Stream
from lakeshell.dialect.streaming.calls import FileCall, file_calls, streamed_tables
from lakeshell.dialect.streaming.hidden_columns import without_metadata
from lakeshell.dialect.streaming.sources import stream_source
from lakeshell.sql.lexer import Token
from lakeshell.sql.names import quote_identifier


@dataclass(frozen=True)
class StreamQuery:
    """A query that stands in the statement `given` from `start` on; `calls` have their places in
    the query."""

    text: str
    tokens: Sequence[Token]
    calls: Sequence[FileCall]
    tables: Sequence[str]
    given: str
    start: int = 0
    reads_files: bool = False  # also such as are no stream

    @property
    def is_stream(self) -> bool:
        """Whether its words say that it reads a stream."""
        return bool(self.calls or self.tables)

    @property
    def reads(self) -> list[str]:
        """What it reads as streams: while that is the same, a changed query may go on."""
        files = [f"{c.function} {c.reading.path} {c.reading.option('schema') or ''}"
                 for c in self.calls]  # fmt: skip
        return sorted([*files, *self.tables])

    def stream(self, engine: Engine, schemas: str) -> Stream:
        """What it means. `schemas` is a folder for the columns that its sources find.

        Raises StatementError.
        """
        sources = {}
        edits: dict[int, Edit] = {}
        for number, call in enumerate(self.calls):
            name = f"{call.function.lower()}_{uuid.uuid4().hex}"
            sources[name] = stream_source(engine, call, f"{schemas}/{number}")
            edits[call.start] = Edit(call.start, call.end, f"STREAM {quote_identifier(name)}")
            if call.reading.wants_metadata:
                edits |= {edit.start: edit for edit in without_metadata(self.tokens, call)}
        in_order = [edits[start] for start in sorted(edits)]
        text = edited(self.text, in_order)
        moves = Moves(in_order)
        if self.reads_files:
            plan = Dialect().plan(text)
            if plan is not None and plan.action is not None:
                return Stream(plan.action.run(engine).then, sources)
        return Stream(text, sources, self.given, lambda at: self.start + moves.origin(at))


def stream_query(text: str, given: str | None = None, start: int = 0) -> StreamQuery:
    """The query `text`, which stands in the statement `given` at `start`.

    Raises StatementError for a call that is written wrongly.
    """
    reader = Reader(text)
    found = file_calls(reader)
    calls = [call for call in found if call.is_stream]
    tables = streamed_tables(reader.tokens)
    given = text if given is None else given
    return StreamQuery(text, reader.tokens, calls, tables, given, start, len(calls) < len(found))
