"""%history, %detail, %files: a Delta table's versions, properties and data files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import click

from lakeshell.commands.context import CommandContext
from lakeshell.delta.files import size_histogram, small_file_warning
from lakeshell.delta.history import history
from lakeshell.delta.log import DataFile, Snapshot, read_snapshot
from lakeshell.delta.tables import delta_table
from lakeshell.delta.wording import counted
from lakeshell.render.metrics import format_bytes, format_count, rows
from lakeshell.session.result import Result


@click.command("history")
@click.argument("table")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the last N versions.")
@click.pass_obj
def history_command(context: CommandContext, table: str, limit: int | None) -> None:
    """Show the versions of a Delta table, the latest first, and what each did.

    \b
    Examples:
      %history sales.orders
      %history delta.`/mnt/raw/orders` --limit 5
    """
    delta = delta_table(context.session, table)
    wanted = limit or context.options.limit
    versions = history(context.session, delta, limit=wanted + 1 if wanted else 0)
    # Who asked for five versions need not hear that there are more.
    truncated = not limit and 0 < wanted < len(versions)
    versions = versions[:wanted] if wanted else versions
    import pyarrow as pa

    columns = {
        "version": pa.array([v.version for v in versions], pa.int64()),
        "time": pa.array([v.time for v in versions], pa.timestamp("us", "UTC")),
        "operation": pa.array([v.operation for v in versions], pa.string()),
        "how": pa.array([v.how for v in versions], pa.string()),
        "did": pa.array([v.did for v in versions], pa.string()),
    }
    if any(v.user for v in versions):
        columns["user"] = pa.array([v.user for v in versions], pa.string())
    context.emit(Result(pa.table(columns), truncated=truncated, metadata=True))


@click.command("detail")
@click.argument("table")
@click.pass_obj
def detail_command(context: CommandContext, table: str) -> None:
    """Show where a Delta table lies, how large it is and how it is set up.

    \b
    Example:
      %detail sales.orders
    """
    delta = delta_table(context.session, table)
    told = [(name, _detail_text(name, value)) for name, value in delta.detail.items()]
    context.emit_facts("detail", ((name, text) for name, text in told if text is not None))


def _detail_text(name: str, value: Any) -> str | None:
    if value is None or value in ([], {}, ""):
        return None
    if name == "sizeInBytes":
        return f"{value} ({format_bytes(value)})"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S %Z}"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{k}={v}" for k, v in sorted(value.items()))
    return str(value)


@click.command("files")
@click.argument("table")
@click.option("--version", type=click.IntRange(min=0), metavar="N", help="As of version N.")
@click.pass_obj
def files_command(context: CommandContext, table: str, version: int | None) -> None:
    """List the data files of a Delta table with their size, rows, partition and statistics.

    Read from the table's log, so files that only older versions use are not among them. Says how
    the sizes are spread and whether there are too many small files.

    \b
    Examples:
      %files sales.orders
      %files sales.orders --version 3
    """
    delta = delta_table(context.session, table)
    snapshot = read_snapshot(context.session, delta, version)
    limit = context.options.limit or len(snapshot.files)
    context.emit(
        Result(
            _files_table(snapshot.files[:limit]),
            truncated=len(snapshot.files) > limit,
            metadata=True,
        )
    )
    context.notice(_summary(snapshot))
    for line in histogram_lines(snapshot.files):
        context.notice(line)
    warning = small_file_warning(snapshot.files, delta.name)
    if warning:
        context.notice(warning, level="warning")


def _files_table(files: tuple[DataFile, ...]) -> Any:
    import pyarrow as pa

    return pa.table(
        {
            "path": pa.array([f.path for f in files], pa.string()),
            "bytes": pa.array([f.size for f in files], pa.int64()),
            "rows": pa.array([f.rows for f in files], pa.int64()),
            "partition": pa.array([_partition(f) for f in files], pa.string()),
            "modified": pa.array(
                [datetime.fromtimestamp(f.modified / 1000, timezone.utc) for f in files],
                pa.timestamp("us", "UTC"),
            ),
            "statistics": pa.array([_statistics(f) for f in files], pa.string()),
        }
    )


def _partition(file: DataFile) -> str | None:
    parts = [f"{k}={'NULL' if v is None else v}" for k, v in file.partition.items()]
    return "/".join(parts) or None


def _statistics(file: DataFile) -> str | None:
    """`id 1…9, name a…z (2 NULL)` for as many columns as the log tells of."""
    told = []
    for name in dict.fromkeys([*file.low, *file.high, *file.nulls]):
        low, high, nulls = file.low.get(name), file.high.get(name), file.nulls.get(name)
        if isinstance(low, Mapping) or isinstance(nulls, Mapping):
            continue
        text = name
        if low is not None:
            text += f" {low}" if low == high else f" {low}…{high}"
        if nulls:
            text += f" ({format_count(nulls)} NULL)"
        if text != name:
            told.append(text)
    return ", ".join(told) or None


def _summary(snapshot: Snapshot) -> str:
    words = [counted(len(snapshot.files), "file"), format_bytes(snapshot.size)]
    if snapshot.rows is not None:
        words.append(rows(snapshot.rows))
    return f"Version {snapshot.version}: {', '.join(words)}."


def histogram_lines(files: tuple[DataFile, ...]) -> list[str]:
    """How the sizes are spread, a line a bin; nothing for a handful of files."""
    bins = size_histogram(files)
    if len(files) < 2:
        return []
    top = max(one.count for one in bins)
    width = max(len(one.label) for one in bins)
    return [
        f"  {one.label:>{width}}  {'█' * -(-one.count * 30 // top):<30}  {format_count(one.count)}"
        for one in bins
    ]
