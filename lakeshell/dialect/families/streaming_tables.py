"""Streaming tables: made, brought up to date, given a schedule, dropped.
See `dialect/streaming/tables`."""

from __future__ import annotations

import shutil
import uuid
from dataclasses import dataclass, replace
from functools import partial

from lakeshell.dialect.families.pipeline_statements import EXPECT, expects
from lakeshell.dialect.ledger import handled, unsupported
from lakeshell.dialect.objects.securables import Securable, full_name
from lakeshell.dialect.once import tell_once
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Action, Answer, Engine, Refusal, Step
from lakeshell.dialect.streaming.queries import StreamQuery, stream_query
from lakeshell.dialect.streaming.runs import alone, is_no_stream
from lakeshell.dialect.streaming.tables import (
    SCHEDULE,
    Columns,
    Definition,
    StreamingTable,
    begin_anew,
    bring_up_to_date,
    columns_of_query,
    create_statement,
    find_table,
    need_table,
    not_a_stream,
    own_properties,
    set_properties,
    unset_schedule,
)
from lakeshell.dialect.tables.table_clauses import Clauses, read_refresh, read_schedule_change
from lakeshell.dialect.views.materialized import current_namespace
from lakeshell.errors import Interrupted, ServerDied, StatementError, StatementTimeout
from lakeshell.sql.names import display_name, quote_string

_CREATE = "CREATE [OR REFRESH] STREAMING TABLE"
_REFRESH = "REFRESH STREAMING TABLE"
_SCHEDULE = "ALTER STREAMING TABLE … SCHEDULE"
_DROP = "DROP STREAMING TABLE"
_ALTER = "ALTER STREAMING TABLE"

CONSTRUCTS = (
    handled(_CREATE, "a Delta table that knows its query and what it has read; filled at once, "
            "every row once; a SCHEDULE is stored, and nothing runs it yet.",
            "CREATE OR REFRESH STREAMING TABLE raw AS SELECT * FROM STREAM landing"),
    handled(_REFRESH, "what is new, or with FULL everything anew; new columns of files become "
            "columns of the table.", "REFRESH STREAMING TABLE raw FULL"),
    handled(_SCHEDULE, "the schedule is stored; nothing runs it yet.",
            "ALTER STREAMING TABLE raw ADD SCHEDULE EVERY 1 DAY"),
    handled(_DROP, "the table is dropped, and what is kept of its stream; anything else of that "
            "name is not.", "DROP STREAMING TABLE IF EXISTS raw"),
    unsupported(_ALTER, "only its schedule, row filter, masks and tags can be changed; CREATE OR "
                "REFRESH STREAMING TABLE changes its query.",
                "ALTER STREAMING TABLE raw RENAME TO bronze"),
)  # fmt: skip
_NOT_RUN = "Schedules are stored; nothing runs them yet: REFRESH STREAMING TABLE does."


@dataclass(frozen=True)
class _New:
    """A streaming table that is to be made. `query` is None where others fill it."""

    name: tuple[str, ...]
    refreshes: bool
    forgiving: bool
    columns: str
    clauses: Clauses
    query: StreamQuery | None


def whole(reader: Reader) -> Step | None:
    """CREATE, REFRESH, ALTER and DROP STREAMING TABLE."""
    verb = reader.one_of("CREATE", "REFRESH", "ALTER", "DROP")
    refreshes = verb == "CREATE" and reader.words("OR", "REFRESH")
    if not verb or not reader.words("STREAMING", "TABLE"):
        return None
    if verb == "CREATE":
        return _read_create(reader, refreshes)
    forgiving = verb == "DROP" and reader.if_exists()
    name = reader.need_name("the name of the table")
    if verb == "ALTER":
        return _read_alter(reader, name)
    full = verb == "REFRESH" and read_refresh(reader)
    reader.need_end()
    if verb == "DROP":
        return Action(_DROP, partial(_drop, name, forgiving))
    return Action(_REFRESH, partial(_refresh, name, full))


# Reading


def _read_create(reader: Reader, refreshes: bool) -> Step:
    forgiving = reader.if_not_exists()
    name = reader.need_name("the name of the table")
    if expects(reader):
        return Refusal(EXPECT)
    columns = (reader.group() or "").strip()
    clauses = Clauses()
    query: StreamQuery | None = None
    while not reader.is_over:
        if reader.words("AS"):
            if reader.is_over:
                raise reader.error("a query")
            start = reader.next.start
            query = stream_query(reader.rest(), reader.text, start)
        elif not reader.words("USING", "DELTA") and not clauses.read(reader):
            raise reader.error("AS and a query")
    new = _New(name, refreshes, forgiving, columns, clauses, query)
    return Action(_CREATE, partial(_create, new))


def _read_alter(reader: Reader, name: tuple[str, ...]) -> Step | None:
    schedule = read_schedule_change(reader, "ADD", "ALTER", "SET")
    if schedule is not None:
        return Action(_SCHEDULE, partial(_set_schedule, name, schedule))
    others = {token.word for token in reader.tokens[reader.at :]}
    if others & {"TAGS", "MASK", "FILTER"}:
        return None
    return Refusal(_ALTER)


# Carrying out


def _create(new: _New, engine: Engine) -> Answer:
    name = _whole(engine, new.name)
    for what in new.clauses.ignored:
        engine.notice(f"{what} is ignored: nothing chooses columns by itself here.")
    if new.clauses.schedule:
        tell_once(engine, _NOT_RUN)
    there = find_table(engine, name) if new.refreshes or new.forgiving else None
    if there is not None:
        return Answer() if new.forgiving else _change(engine, there, new)
    definition = Definition(
        "" if new.query is None else new.query.text, current_namespace(engine), new.columns,
        new.clauses.layout, new.clauses.properties,
    ).from_the_start  # fmt: skip
    table = StreamingTable(name, definition, new.clauses.schedule)
    if new.query is None:
        engine.execute(create_statement(table, (), replaces=False))
        return Answer()
    return Answer(metrics={"num_inserted_rows": _make(engine, table, new.query)})


def _make(engine: Engine, table: StreamingTable, query: StreamQuery) -> int:
    """Make it and fill it; the number of rows. What cannot be filled is not made."""
    found = engine.home.tmp / f"schemas-{uuid.uuid4().hex}"
    try:
        columns = _columns(engine, table, query, f"file://{found}")
        engine.execute(create_statement(table, columns, replaces=False))
        into = table.target(engine)
        place = table.place(into)
        place.begin()
        if found.exists():  # what was found out about the files holds for the stream
            shutil.move(found, place.folder / "schemas")
    finally:
        shutil.rmtree(found, ignore_errors=True)
    try:
        with alone(into.streams):
            return bring_up_to_date(engine, table, query, into)
    except StatementError:
        engine.execute(f"DROP TABLE IF EXISTS {table.quoted} PURGE")
        raise
    except (Interrupted, StatementTimeout, ServerDied):
        engine.notice(
            f"{display_name(table.name)} is there with the rows that came until then; REFRESH "
            "STREAMING TABLE goes on."
        )
        raise


def _columns(engine: Engine, table: StreamingTable, query: StreamQuery, schemas: str) -> Columns:
    try:
        return columns_of_query(engine, query, schemas)
    except StatementError as error:
        if is_no_stream(error):
            raise not_a_stream(table.name) from error
        raise


def _change(engine: Engine, table: StreamingTable, new: _New) -> Answer:
    """CREATE OR REFRESH of one that is there: its rows stay, a changed query goes on where the
    last one has stopped, as long as it reads the same."""
    if new.query is None:
        return Answer()
    old = table.definition
    definition = replace(
        old,
        query=new.query.text,
        namespace=current_namespace(engine),
        columns=new.columns,
        clauses=new.clauses.layout,
        properties=new.clauses.properties,
    )
    into = table.target(engine)
    with alone(into.streams):
        changed = replace(table, definition=definition, schedule=new.clauses.schedule)
        if new.query.reads != stream_query(old.query).reads:
            changed = replace(changed, definition=definition.from_the_start)
            changed.place(into).begin()
        if changed != table:
            # What cannot be, is refused before anything is changed.
            _columns(engine, changed, new.query, changed.place(into).schemas)
            properties = {**dict(new.clauses.properties), **own_properties(changed)}
            set_properties(engine, changed, properties)
            if table.schedule and not changed.schedule:
                unset_schedule(engine, changed)
            if new.clauses.comment is not None:
                comment = quote_string(new.clauses.comment)
                engine.execute(f"COMMENT ON TABLE {table.quoted} IS {comment}")
        rows = bring_up_to_date(engine, changed, new.query, into)
        if changed.definition.folder != old.folder:
            table.place(into).forget()
    return Answer(metrics={"num_inserted_rows": rows})


def _refresh(name: tuple[str, ...], full: bool, engine: Engine) -> Answer:
    import pyarrow as pa

    table = need_table(engine, _whole(engine, name))
    if not table.definition.query:
        raise StatementError(f"{display_name(name)} has no query of its own: INSERT INTO fills it.")
    into = table.target(engine)
    with alone(into.streams):
        if full:
            table = begin_anew(engine, table, into)
        rows = bring_up_to_date(engine, table, stream_query(table.definition.query), into)
    schema = pa.schema([("refresh", pa.string()), ("rows_written", pa.int64())])
    row = {"refresh": "full" if full else "append", "rows_written": rows}
    return Answer(pa.Table.from_pylist([row], schema), metadata=True)


def _set_schedule(name: tuple[str, ...], schedule: str, engine: Engine) -> Answer:
    table = need_table(engine, _whole(engine, name))
    if schedule:
        set_properties(engine, table, {SCHEDULE: schedule})
        tell_once(engine, _NOT_RUN)
    else:
        unset_schedule(engine, table)
    return Answer()


def _drop(name: tuple[str, ...], forgiving: bool, engine: Engine) -> Answer:
    whole_name = _whole(engine, name)
    table = find_table(engine, whole_name) if forgiving else need_table(engine, whole_name)
    if table is not None:
        place = table.place(table.target(engine))
        engine.execute(f"DROP TABLE {table.quoted}")
        place.forget()
    return Answer()


def _whole(engine: Engine, name: tuple[str, ...]) -> tuple[str, ...]:
    return full_name(engine, Securable("TABLE", name))
