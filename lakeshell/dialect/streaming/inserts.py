"""INSERT INTO … SELECT … FROM STREAM: what is new since the same statement ran last.

What it has read is kept beside the table's files under the words of the statement, so another
query into the same table begins from its own start, and so does this one into another table.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from lakeshell.dialect.objects.securables import Securable, full_name
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Answer, Engine
from lakeshell.dialect.streaming.queries import StreamQuery, stream_query
from lakeshell.dialect.streaming.runs import (
    Filling,
    Place,
    alone,
    everything,
    fill,
    is_no_stream,
)
from lakeshell.dialect.streaming.targets import target
from lakeshell.dialect.views.materialized import current_namespace
from lakeshell.dialect.views.protected import refuse_writes
from lakeshell.errors import StatementError
from lakeshell.sql.names import display_name, quote_name

WHAT = "INSERT INTO … FROM STREAM"
_QUERY = ("SELECT", "WITH", "FROM", "VALUES", "TABLE")


@dataclass(frozen=True)
class Insert:
    """`columns` as they were named, none: all; `by_name`: the query's names say which is which."""

    table: tuple[str, ...]
    columns: tuple[str, ...]
    by_name: bool
    grows: bool
    query: StreamQuery


def read_insert(reader: Reader) -> Insert:
    """The statement. Raises StatementError where it cannot be incremental."""
    reader.need_words("INSERT")
    grows = reader.words("WITH", "SCHEMA", "EVOLUTION")
    if reader.next.word == "OVERWRITE":
        raise StatementError(
            "A stream adds rows: INSERT INTO takes one, INSERT OVERWRITE does not."
        )
    reader.need_words("INTO")
    reader.words("TABLE")
    table = reader.need_name("the name of the table")
    columns: tuple[str, ...] = ()
    if reader.next.text == "(" and reader.ahead(1).word not in _QUERY:
        columns = _names(reader)
    by_name = reader.words("BY", "NAME")
    if reader.next.word not in _QUERY and reader.next.text != "(":
        raise reader.error("a query")
    start = reader.next.start
    return Insert(table, columns, by_name, grows, stream_query(reader.rest(), reader.text, start))


def _names(reader: Reader) -> tuple[str, ...]:
    reader.need_symbol("(")
    names = [reader.need_name("a column")[0]]
    while reader.symbol(","):
        names.append(reader.need_name("a column")[0])
    reader.need_symbol(")")
    return tuple(names)


def insert(statement: Insert, engine: Engine) -> Answer:
    """Carry it out. Raises StatementError."""
    refuse_writes(statement.query.given, engine.home, engine.rows)
    table = full_name(engine, Securable("TABLE", statement.table))
    into = target(engine, table, WHAT)
    place = Place(into.streams / _key(engine, into.id, statement))
    wanted = statement.columns or into.columns

    def select(view: str, columns: list[str]) -> str:
        if statement.by_name:
            return everything(view, columns)
        if len(columns) != len(wanted):
            raise StatementError(
                f"The query has {len(columns)} columns, and {len(wanted)} are wanted: "
                f"{', '.join(map(_shown, wanted))}.",
                error_class="INSERT_COLUMN_ARITY_MISMATCH",
            )
        names = ", ".join(quote_name([name]) for name in wanted)
        return f"SELECT * FROM STREAM {view} AS q ({names})"

    filling = Filling(table, into, place, select, statement.grows)
    with alone(into.streams):
        try:
            rows = fill(engine, filling, lambda: statement.query.stream(engine, place.schemas))
        except StatementError as error:
            if is_no_stream(error):
                raise StatementError("The query of this INSERT reads no stream.") from error
            raise
    return Answer(metrics={"num_inserted_rows": rows})


def _shown(name: str) -> str:
    return display_name([name])


def _key(engine: Engine, table_id: str, statement: Insert) -> str:
    """A name for this statement into this table."""
    words = _words(statement.query)
    namespace = current_namespace(engine)
    parts = [table_id, *namespace, *statement.columns, *words]
    return f"insert-{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:24]}"


def _words(query: StreamQuery) -> Sequence[str]:
    return [token.word or token.text for token in query.tokens]
