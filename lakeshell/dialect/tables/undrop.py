"""Brings a dropped table back: its files, its place in the catalog, what was kept of it.

Delta makes no managed table of a folder that is there already. So an empty one is made under the
name, which enters the catalog, and the folder of the dropped one takes the place of its folder.
Each step is seen from what is there, so an UNDROP that was interrupted goes on when it is repeated.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import unquote

from lakeshell.dialect.objects.objects import need_catalog
from lakeshell.dialect.objects.securables import exists
from lakeshell.dialect.objects.store import Store
from lakeshell.dialect.steps import Engine
from lakeshell.dialect.tables.dropped_tables import (
    DROPPED,
    RETURNING,
    DroppedTable,
    DroppedTables,
    metadata_of,
)
from lakeshell.dialect.tables.linked_files import is_empty, move_folder
from lakeshell.dialect.tables.table_facts import delta_tables
from lakeshell.dialect.tables.table_folder import LOG, place_in
from lakeshell.errors import StatementError, UsageError
from lakeshell.sql.names import display_name, quote_name, quote_string

_MARK = "lakeshell.undrop"
"""The property by which the empty table is known; its value is the token of the dropped one."""


def undrop(engine: Engine, tables: DroppedTables, table: DroppedTable) -> None:
    """Bring `table` back; nobody else drops or undrops meanwhile. StatementError when another
    table or view has its name, its schema is gone, or its files are."""
    place = _need_schema(engine, table) / table.name[2].lower()
    is_made = exists(engine, table.name)
    made = _place(engine, table) if is_made else None
    if is_made and not _is_ours(table, made):
        raise StatementError(
            f"There is a table or view {display_name(table.name)} already.",
            error_class="TABLE_OR_VIEW_ALREADY_EXISTS",
            hint="Give it another name by ALTER TABLE … RENAME TO, then repeat the UNDROP.",
        )
    if table.is_external:
        _create_external(engine, table, is_made=is_made)
    else:
        _return_managed(engine, tables, table, place, made)
    store = Store(engine.home)
    for kind, key, fields in table.remembered:
        store.put(kind, key, fields)
    tables.forget(table)


def _need_schema(engine: Engine, table: DroppedTable) -> Path:
    """The folder of its schema, whose location is shown as a URI."""
    need_catalog(engine, table.name[0])
    described = engine.rows(f"DESCRIBE SCHEMA {quote_name(table.name[:2])}")
    location = next(row["info_value"] for row in described if row["info_name"] == "Location")
    try:
        return place_in(engine.home, unquote(str(location)))
    except UsageError as error:
        raise StatementError(
            f"The schema {display_name(table.name[:2])} is not on this machine: {error.message}"
        ) from error


def _place(engine: Engine, table: DroppedTable) -> Path | None:
    """The folder, which may be gone, of the Delta table that has its name now."""
    schema, name = table.name[:2], table.name[2]
    for facts in delta_tables(engine.rows, schema, name):
        if facts.name[2].lower() == name.lower():
            return place_in(engine.home, facts.location)
    return None


def _is_ours(table: DroppedTable, made: Path | None) -> bool:
    """Whether the table of its name, in the folder `made`, is what an earlier UNDROP has made."""
    if table.state != RETURNING or made is None:
        return False
    metadata = metadata_of(made)
    if metadata is None:
        return not table.is_external and not made.exists()  # between the two moves
    mark = (metadata.get("configuration") or {}).get(_MARK)
    return metadata.get("id") == table.id or mark == table.token


def _create_external(engine: Engine, table: DroppedTable, *, is_made: bool) -> None:
    metadata = metadata_of(place_in(engine.home, table.location))
    if metadata is None or metadata.get("id") != table.id:
        raise StatementError(
            f"The files of {display_name(table.name)} are no longer at {table.location}.",
            hint="DROP TABLE leaves the files of an external table where they are; it was "
            "somebody else who took them away.",
        )
    if not is_made:
        DroppedTables(engine.home).put(table, state=RETURNING)
        engine.execute(
            f"CREATE TABLE {quote_name(table.name)} USING DELTA "
            f"LOCATION {quote_string(table.location)}"
        )


def _return_managed(
    engine: Engine, tables: DroppedTables, table: DroppedTable, place: Path, made: Path | None
) -> None:
    """`place` is where it belongs, `made` the folder of what an earlier UNDROP has made."""
    files = tables.files(table)
    if made is None:
        if table.state == RETURNING and _is_begun(table, place):
            shutil.rmtree(place)
        if not is_empty(place):
            raise StatementError(
                f"The folder {place}, where {display_name(table.name)} belongs, is not empty.",
                hint="Move what is in it elsewhere, then repeat the UNDROP.",
            )
        _create_empty(engine, tables, table)
        made = _place(engine, table) or place
    if files.exists():
        shutil.rmtree(made, ignore_errors=True)
        move_folder(files, made)
    engine.execute(f"REFRESH TABLE {quote_name(table.name)}")


def _is_begun(table: DroppedTable, place: Path) -> bool:
    """Whether a folder is what an interrupted CREATE TABLE of an earlier UNDROP has left."""
    metadata = metadata_of(place)
    if metadata is None:
        return place.is_dir() and {path.name for path in place.iterdir()} <= {LOG}
    return bool((metadata.get("configuration") or {}).get(_MARK) == table.token)


def _create_empty(engine: Engine, tables: DroppedTables, table: DroppedTable) -> None:
    # The log has the comment, too; in the catalog one of several lines looks like other facts.
    comment = table.comment if table.comment and "\n" not in table.comment else ""
    clause = f" COMMENT {quote_string(comment)}" if comment else ""
    tables.put(table, state=RETURNING)
    try:
        engine.execute(
            f"CREATE TABLE {quote_name(table.name)} USING DELTA{clause} "
            f"TBLPROPERTIES ({quote_string(_MARK)} = {quote_string(table.token)})"
        )
    except StatementError:
        tables.put(table, state=DROPPED)
        raise
