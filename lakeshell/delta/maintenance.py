"""Upkeep of a Delta table: OPTIMIZE, VACUUM and RESTORE, with a look at what they would do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakeshell.delta.history import Version, check_version, history
from lakeshell.delta.log import read_snapshot
from lakeshell.delta.tables import DeltaTable, rows, table_errors
from lakeshell.errors import CommandError, UsageError
from lakeshell.sql.names import quote_identifier, quote_string
from lakeshell.sql.statements import split_statements

if TYPE_CHECKING:
    from lakeshell.session.result import Sink
    from lakeshell.session.session import Session

SAFE_HOURS = 168.0
"""Delta's own limit: a younger file may belong to a write or a reader that still runs."""

DRY_RUN_LIMIT = 1000
"""How many files Delta names in a dry run; there may be more."""

_CHECK = "spark.databricks.delta.retentionDurationCheck.enabled"
# Delta 4.4 takes RETAIN for the table's own property unless it is 0 or this is off.
_IGNORE = "spark.databricks.delta.vacuum.retentionWindowIgnore.enabled"


@dataclass(frozen=True)
class Optimized:
    """What OPTIMIZE did; sizes in bytes."""

    files_added: int
    files_removed: int
    bytes_added: int
    bytes_removed: int
    partitions: int


def optimize(
    session: Session,
    table: DeltaTable,
    *,
    zorder: Sequence[str] = (),
    where: str | None = None,
    sink: Sink | None = None,
) -> Optimized:
    """Merge small files, in the order of `zorder` columns; `where` is a predicate on partitions.

    Raises UsageError when `where` is more than one expression, CommandError when a column does not
    fit.
    """
    sql = f"OPTIMIZE {table.sql}"
    if where:
        sql += f" WHERE {_predicate(where)}"
    if zorder:
        sql += f" ZORDER BY ({', '.join(quote_identifier(column) for column in zorder)})"
    with table_errors(session, table.parts):
        (row,) = rows(session, sql, sink)
    metrics = row["metrics"]
    return Optimized(
        files_added=metrics["numFilesAdded"],
        files_removed=metrics["numFilesRemoved"],
        bytes_added=metrics["filesAdded"]["totalSize"],
        bytes_removed=metrics["filesRemoved"]["totalSize"],
        partitions=metrics["partitionsOptimized"],
    )


def _predicate(text: str) -> str:
    units = split_statements(text)
    if len(units) != 1 or units[0].terminated:
        raise UsageError("--where takes one predicate, such as \"day >= '2024-01-01'\".")
    # A line comment at its end must not swallow what follows.
    return f"{units[0].text}\n"


def vacuum_dry_run(
    session: Session, table: DeltaTable, *, hours: float | None = None, sink: Sink | None = None
) -> list[str]:
    """The files that VACUUM would delete, at most DRY_RUN_LIMIT of them.

    `hours` is how long a file must have been unused; None is what the table is set to. Looking is
    harmless, so no limit holds for `hours`.
    """
    with _retention(session, hours, unchecked=True):
        found = rows(session, f"VACUUM {table.sql}{_retain(hours)} DRY RUN", sink)
    return [row["path"] for row in found]


def vacuum(
    session: Session,
    table: DeltaTable,
    *,
    hours: float | None = None,
    force: bool = False,
    sink: Sink | None = None,
) -> None:
    """Delete the files that no version of the last `hours` uses; older versions are gone then.

    Under 168 hours Delta refuses, which is an UsageError here; `force` switches its check off for
    this one statement.
    """
    if hours is not None and hours < SAFE_HOURS and not force:
        raise UsageError(
            f"Delta refuses to vacuum files younger than {SAFE_HOURS:g} hours: a write or a query "
            "that still runs may need them.",
            hint="If nothing else uses the table, --force-retention does it all the same.",
        )
    with _retention(session, hours, unchecked=force):
        rows(session, f"VACUUM {table.sql}{_retain(hours)}", sink)


def _retain(hours: float | None) -> str:
    # SQL knows no exponent in RETAIN; Delta takes a decimal.
    return "" if hours is None else f" RETAIN {hours:.6f}".rstrip("0").rstrip(".") + " HOURS"


@contextmanager
def _retention(session: Session, hours: float | None, *, unchecked: bool) -> Iterator[None]:
    """Delta's settings for one VACUUM, put back whatever happens."""
    wanted: dict[str, str] = {}
    if hours is not None:
        wanted[_IGNORE] = "false"
    if hours is not None and unchecked:
        wanted[_CHECK] = "false"
    with settings(session, wanted):
        yield


@contextmanager
def settings(session: Session, wanted: Mapping[str, str]) -> Iterator[None]:
    """Spark settings that hold inside the `with` block only."""
    before: dict[str, str | None] = {}
    try:
        for key, value in wanted.items():
            (row,) = rows(session, f"SET {quote_identifier(key)}")
            before[key] = None if row["value"].startswith("<undefined>") else row["value"]
            session.execute(f"SET {quote_identifier(key)}={quote_identifier(value)}")
        yield
    finally:
        for key, old in before.items():
            if old is None:
                session.execute(f"RESET {quote_identifier(key)}")
            else:
                session.execute(f"SET {quote_identifier(key)}={quote_identifier(old)}")


@dataclass(frozen=True)
class RestorePlan:
    """What restoring `version` would change. `undone` are the versions after it, latest first.

    `rows_before` and `rows_after` are None where the log does not tell.
    """

    version: int
    current: int
    undone: tuple[Version, ...]
    files_added: int
    files_removed: int
    rows_before: int | None
    rows_after: int | None
    schema_changes: bool


def plan_restore(
    session: Session,
    table: DeltaTable,
    *,
    version: int | None = None,
    timestamp: str | None = None,
    sink: Sink | None = None,
) -> RestorePlan:
    """Look at what `restore` would do; CommandError when there is no such version."""
    versions = history(session, table)
    if version is None:
        version = version_at(session, table, timestamp or "")
    elif version not in [v.version for v in versions]:
        check_version(session, table, version)
    now = read_snapshot(session, table, sink=sink)
    then = read_snapshot(session, table, version, sink=sink)
    files_now = {file.path for file in now.files}
    files_then = {file.path for file in then.files}
    return RestorePlan(
        version=version,
        current=now.version,
        undone=tuple(v for v in versions if v.version > version),
        files_added=len(files_then - files_now),
        files_removed=len(files_now - files_then),
        rows_before=now.rows,
        rows_after=then.rows,
        schema_changes=now.schema != then.schema,
    )


def restore(session: Session, table: DeltaTable, version: int, *, sink: Sink | None = None) -> None:
    """Make `version` the current state, as a new version. CommandError when its files are gone."""
    with table_errors(session, table.parts):
        rows(session, f"RESTORE TABLE {table.sql} TO VERSION AS OF {version:d}", sink)


def version_at(session: Session, table: DeltaTable, timestamp: str) -> int:
    """The version that was current at `timestamp`, a text that Spark reads in the session's zone.

    CommandError when it is no timestamp, or before the first version there still is.
    """
    (row,) = rows(session, f"SELECT try_cast({quote_string(timestamp)} AS TIMESTAMP) AS moment")
    moment = row["moment"]
    if moment is None:
        raise UsageError(
            f"{timestamp!r} is not a timestamp.", hint="Write it as '2024-12-31 23:59:59'."
        )
    versions = history(session, table)
    found = [v.version for v in versions if v.time <= moment]
    if not found:
        first = versions[-1]
        raise CommandError(
            f"{table.name} has no version as old as {timestamp}; "
            f"its first is version {first.version} of {first.time:%Y-%m-%d %H:%M:%S %Z}."
        )
    return max(found)
