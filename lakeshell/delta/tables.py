"""A table by its name: what it is, and one clear sentence when it is not what was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lakeshell.errors import CommandError, StatementError
from lakeshell.session.suggestions import add_suggestion
from lakeshell.sql.names import display_name, parse_name, quote_name

if TYPE_CHECKING:
    from lakeshell.session.result import Sink
    from lakeshell.session.session import Session

_NO_DELTA = ("DELTA_MISSING_DELTA_TABLE", "DELTA_ONLY_OPERATION", "DELTA_TABLE_NOT_FOUND")


@dataclass(frozen=True)
class DeltaTable:
    """A table that is known to be a Delta table.

    `parts` is its name as given, `location` its folder (a path as the user knows it), `columns` of
    DESCRIBE DETAIL are in `detail`.
    """

    parts: tuple[str, ...]
    location: str
    partition_columns: tuple[str, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sql(self) -> str:
        """The name for SQL text."""
        return quote_name(self.parts)

    @property
    def name(self) -> str:
        """The name for people."""
        return display_name(self.parts)


def delta_table(session: Session, name: str) -> DeltaTable:
    """The Delta table called `name`.

    Raises UsageError when `name` is no name, CommandError when there is no such table or it is not
    a Delta table.
    """
    parts = parse_name(name)
    with table_errors(session, parts):
        (row,) = rows(session, f"DESCRIBE DETAIL {quote_name(parts)}")
    if row["format"] != "delta":
        raise CommandError(f"{display_name(parts)} is not a Delta table, but {row['format']}.")
    return DeltaTable(parts, row["location"], tuple(row["partitionColumns"] or ()), row)


@contextmanager
def table_errors(session: Session, parts: tuple[str, ...]) -> Iterator[None]:
    """Spark's refusal of a table, worded as the table's name and what is wrong with it."""
    try:
        yield
    except StatementError as error:
        name = display_name(parts)
        error_class = (error.error_class or "").split(".")[0]
        if error_class == "TABLE_OR_VIEW_NOT_FOUND":
            add_suggestion(error, session)
            raise CommandError(f"There is no table {name}.", hint=error.hint) from error
        if error_class == "EXPECT_TABLE_NOT_VIEW":
            raise CommandError(f"{name} is a view, not a Delta table.") from error
        if error_class in _NO_DELTA:
            raise CommandError(f"{name} is not a Delta table.") from error
        if error_class.startswith("DELTA_"):
            raise CommandError(error.message) from error
        raise


def rows(session: Session, sql: str, sink: Sink | None = None) -> list[dict[str, Any]]:
    """The rows of a statement as dictionaries; maps as dictionaries, too."""
    table = session.execute(sql, sink=sink).table
    return [] if table is None else list(table.to_pylist(maps_as_pydicts="lossy"))
