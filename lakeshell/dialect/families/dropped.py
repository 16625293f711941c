"""Dropped tables: listed, and brought back. See `lakeshell.dialect.tables.keeping`."""

from __future__ import annotations

import datetime
from functools import partial

from lakeshell.dialect.ledger import handled
from lakeshell.dialect.names.catalogs import canonical
from lakeshell.dialect.objects.objects import need_catalog, rows, whole_name
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Action, Answer, Engine, Step
from lakeshell.dialect.tables.dropped_tables import DroppedTable, DroppedTables
from lakeshell.dialect.tables.keeping import judge
from lakeshell.dialect.tables.undrop import undrop
from lakeshell.errors import StatementError
from lakeshell.sql.names import display_name, quote_name

_UNDROP = "UNDROP TABLE"
_BY_ID = "UNDROP TABLE WITH ID"
_VIEW = "UNDROP MATERIALIZED VIEW"
_LIST = "SHOW TABLES DROPPED"

CONSTRUCTS = (
    handled(_UNDROP, "a Delta table that was dropped in the last seven days comes back with its "
            "history, grants and tags, managed or external; the settings' `[tables] undrop_days` "
            "is how long they are kept, 0 for not at all. A table that DROP SCHEMA … CASCADE took "
            "comes back when its schema is made again. What DROP TABLE … PURGE or a script in "
            "BEGIN … END drops, views and other formats are not kept.",
            "UNDROP TABLE sales.orders"),
    handled(_BY_ID, "of several of one name, the one that SHOW TABLES DROPPED lists with this id.",
            "UNDROP TABLE WITH ID '6ca7be55-8f58-47a7-85ee-7a59082fd17a'"),
    handled(_VIEW, "the same for materialized views.", "UNDROP MATERIALIZED VIEW sales.daily"),
    handled(_LIST, "the id is the one in the table's Delta log; who made a table is taken to be "
            "its owner.", "SHOW TABLES DROPPED IN sales LIMIT 10"),
)  # fmt: skip

_COLUMNS = ("catalogName", "schemaName", "tableName", "tableId", "tableType", "deletedAt",
            "createdAt", "updatedAt", "createdBy", "owner", "comment")  # fmt: skip
_MATERIALIZED = "MATERIALIZED_VIEW"


def whole(reader: Reader) -> Step | None:
    """UNDROP … and SHOW TABLES DROPPED …"""
    if reader.words("SHOW", "TABLES", "DROPPED"):
        return _list(reader)
    if not reader.words("UNDROP"):
        return None
    is_view = reader.words("MATERIALIZED", "VIEW")
    if not is_view:
        reader.need_words("TABLE")
    if reader.words("WITH", "ID"):
        wanted = reader.need_string("an id in quotes")
        reader.need_end()
        return Action(_VIEW if is_view else _BY_ID, partial(_undrop_id, wanted, is_view))
    name = reader.need_name("the name of a table")
    reader.need_end()
    return Action(_VIEW if is_view else _UNDROP, partial(_undrop_name, name, is_view))


def _list(reader: Reader) -> Step:
    schema = reader.need_name("the name of a schema") if reader.one_of("IN", "FROM") else ()
    limit: int | None = None
    if reader.words("LIMIT"):
        limit = reader.number()
        if limit is None:
            raise reader.error("a number")
    reader.need_end()
    return Action(_LIST, partial(_listed, schema, limit))


def _listed(parts: tuple[str, ...], limit: int | None, engine: Engine) -> Answer:
    schema = whole_name(engine, parts, 2)
    need_catalog(engine, schema[0])
    engine.execute(f"DESCRIBE SCHEMA {quote_name(schema)}")
    wanted = (canonical(schema[0]), schema[1].lower())
    tables = DroppedTables(engine.home)
    with tables.alone():
        judge(tables, engine.rows)
        found = [t for t in tables.all() if (t.name[0], t.name[1].lower()) == wanted]
    return rows(_COLUMNS, [_row(table) for table in found[:limit]])


def _row(table: DroppedTable) -> list[str | None]:
    times = [_time(at) for at in (table.deleted, table.created, table.updated)]
    return [*table.name, table.id, table.type, *times, table.owner, table.owner, table.comment]


def _time(seconds: float) -> str:
    at = datetime.datetime.fromtimestamp(seconds).astimezone()
    return at.isoformat(sep=" ", timespec="milliseconds")


def _undrop_name(parts: tuple[str, ...], is_view: bool, engine: Engine) -> Answer:
    name = whole_name(engine, parts, 3)
    wanted = (canonical(name[0]), name[1].lower(), name[2].lower())
    tables = DroppedTables(engine.home)
    with tables.alone():
        judge(tables, engine.rows)
        found = [t for t in tables.all() if tuple(part.lower() for part in t.name) == wanted]
        if not found:
            need_catalog(engine, name[0])
            engine.execute(f"DESCRIBE SCHEMA {quote_name(name[:2])}")
            raise _not_kept(f"No dropped Delta table {display_name(name)} is kept.")
        _undrop(engine, tables, found[0], is_view)
    return Answer()


def _undrop_id(wanted: str, is_view: bool, engine: Engine) -> Answer:
    tables = DroppedTables(engine.home)
    with tables.alone():
        judge(tables, engine.rows)
        found = [table for table in tables.all() if table.id == wanted.lower()]
        if not found:
            raise _not_kept(f"No dropped Delta table with the id {wanted} is kept.")
        _undrop(engine, tables, found[0], is_view)
    return Answer()


def _undrop(engine: Engine, tables: DroppedTables, table: DroppedTable, is_view: bool) -> None:
    if (table.type == _MATERIALIZED) != is_view:
        what, other = ("a materialized view", "MATERIALIZED VIEW"), ("a table", "TABLE")
        (was, word) = other if is_view else what
        raise StatementError(
            f"{display_name(table.name)} was {was} when it was dropped.",
            error_class="WRONG_COMMAND_FOR_OBJECT_TYPE",
            hint=f"UNDROP {word} brings it back.",
        )
    undrop(engine, tables, table)


def _not_kept(message: str) -> StatementError:
    return StatementError(
        message,
        error_class="TABLE_OR_VIEW_NOT_FOUND",
        hint="Views and tables of other formats are not kept, Delta tables for as many days as "
        "[tables] undrop_days says; SHOW TABLES DROPPED lists them.",
    )
