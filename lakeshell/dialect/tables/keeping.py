"""Keeps the tables that a statement is about to drop, so that UNDROP TABLE can bring them back.

Before the DROP is sent, the files of a managed table get a second name in the home, and the store
an entry. Once it has been carried out the entry counts; if it is refused, it is taken back. What a
process leaves that ends in between is judged later, by whether the table is still there.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lakeshell.dialect.after import Rows
from lakeshell.dialect.objects.forgetting import remembered
from lakeshell.dialect.objects.store import Store
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.streaming.tables import DEFINITION as STREAMING_TABLE
from lakeshell.dialect.tables.dropped_tables import (
    DROPPING,
    EXTERNAL,
    LINKING,
    RETURNING,
    DroppedTable,
    DroppedTables,
    metadata_of,
    new_token,
)
from lakeshell.dialect.tables.linked_files import link_files
from lakeshell.dialect.tables.table_facts import TableFacts, delta_table, delta_tables
from lakeshell.dialect.tables.table_folder import LOG, place_in
from lakeshell.dialect.views.protected import DEFINITION as MATERIALIZED_VIEW
from lakeshell.errors import StatementError, UsageError
from lakeshell.home import Home
from lakeshell.sql.names import display_name, quote_name

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Drop:
    """A statement that drops a table, named as in `table`, which is SQL, or the schema `schema`
    with its tables."""

    table: str = ""
    schema: tuple[str, ...] = ()


def read_drop(text: str) -> Drop | None:
    """None for a statement that drops no table, or says PURGE."""
    reader = Reader(text)
    try:
        if reader.words("DROP", "TABLE"):
            reader.if_exists()
            table = _table(reader)
            return Drop(table=table) if reader.is_over else None
        if reader.words("DROP", "SCHEMA") or reader.words("DROP", "DATABASE"):
            reader.if_exists()
            schema = reader.need_name()
            return Drop(schema=schema) if reader.words("CASCADE") else None
    except StatementError:
        pass  # Spark says what is wrong with it
    return None


def _table(reader: Reader) -> str:
    """`a.b` or IDENTIFIER(…)."""
    if reader.next.word == "IDENTIFIER" and reader.ahead(1).text == "(":
        reader.at += 1
        return f"IDENTIFIER({reader.group()})"
    return quote_name(reader.need_name())


@contextlib.contextmanager
def keeping(text: str, home: Home, rows: Rows, tell: Tell) -> Iterator[None]:
    """`text` is carried out in here. `rows` asks Spark; `tell` hears what cannot be kept."""
    drop = read_drop(text)
    tables = DroppedTables(home)
    if drop is None or not tables.keeps:
        yield
        return
    with tables.alone():
        judge(tables, rows)
        tables.sweep()
        if drop.schema:
            found = delta_tables(rows, drop.schema)
        else:
            one = delta_table(rows, drop.table)
            found = [one] if one is not None else []
        kept = [table for facts in found if (table := _keep(tables, home, facts, tell))]
        try:
            yield
        except StatementError:
            judge(tables, rows)  # of a schema's tables some may be gone
            raise
        for table in kept:
            tables.settle(table)


def judge(tables: DroppedTables, rows: Rows) -> None:
    """Find out what became of tables whose DROP or UNDROP nobody has seen the end of. Called
    alone."""
    for table in tables.all():
        if table.state == DROPPING and not _is_there(tables, table, rows):
            tables.settle(table)
        elif table.state in (LINKING, DROPPING):
            tables.forget(table)
        elif _has_come_back(tables, table) and not _is_there(tables, table, rows):
            tables.forget(table)  # it has been dropped once more


def _has_come_back(tables: DroppedTables, table: DroppedTable) -> bool:
    """Whether an UNDROP that was interrupted had come to its end but for the entry."""
    is_returning = table.state == RETURNING and not table.is_external
    return is_returning and not tables.files(table).exists()


def _is_there(tables: DroppedTables, table: DroppedTable, rows: Rows) -> bool:
    """Whether the table itself still is, not another one of its name."""
    facts = delta_table(rows, quote_name(table.name))
    if facts is None:
        return False
    with contextlib.suppress(UsageError):
        metadata = metadata_of(place_in(tables.home, facts.location))
        return metadata is not None and metadata.get("id") == table.id
    return False


def _keep(tables: DroppedTables, home: Home, facts: TableFacts, tell: Tell) -> DroppedTable | None:
    try:
        folder = place_in(home, facts.location)
    except UsageError:
        return None  # not on this machine
    metadata = metadata_of(folder)
    if metadata is None:
        return None  # its files are gone already
    configuration = metadata.get("configuration") or {}
    now = time.time()
    table = DroppedTable(
        token=new_token(),
        id=str(metadata["id"]),
        name=facts.name,
        type=_type(facts.type, configuration),
        location=facts.location,
        comment=metadata.get("description"),
        owner=facts.owner,
        created=float(metadata.get("createdTime") or 0) / 1000,
        updated=_latest_commit(folder / LOG),
        deleted=now,
        state=LINKING,
        remembered=remembered(Store(home), facts.name),
    )
    tables.put(table)
    try:
        if not table.is_external:
            link_files(folder.resolve(), tables.files(table), first=LOG)
    except OSError as error:
        tables.forget(table)
        tell(
            f"UNDROP TABLE will not bring back {display_name(facts.name)}: its files could not be "
            f"kept ({error.strerror or error})."
        )
        return None
    return tables.put(table, state=DROPPING)


def _type(kind: str, configuration: dict[str, str]) -> str:
    """As Databricks calls it."""
    if kind == EXTERNAL:
        return EXTERNAL
    if MATERIALIZED_VIEW in configuration:
        return "MATERIALIZED_VIEW"
    return "STREAMING_TABLE" if STREAMING_TABLE in configuration else kind


def _latest_commit(log: Path) -> float:
    return max((path.stat().st_mtime for path in log.glob("*.json")), default=0.0)
