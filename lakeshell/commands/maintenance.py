"""%optimize, %vacuum, %restore: a Delta table's upkeep, with a look before the leap."""

from __future__ import annotations

import time
from pathlib import Path

import click

from lakeshell.commands.asking import agreed
from lakeshell.commands.context import CommandContext
from lakeshell.delta.maintenance import (
    DRY_RUN_LIMIT,
    SAFE_HOURS,
    RestorePlan,
    optimize,
    plan_restore,
    restore,
    vacuum,
    vacuum_dry_run,
)
from lakeshell.delta.tables import DeltaTable, delta_table
from lakeshell.delta.wording import counted
from lakeshell.errors import LakeshellError, UsageError
from lakeshell.lake_files import LakeFiles
from lakeshell.render.metrics import format_bytes, format_count
from lakeshell.session.result import Result


@click.command("optimize")
@click.argument("table")
@click.option("--zorder", metavar="COLS", help="Order rows by these columns (a,b) in the files.")
@click.option("--where", metavar="PRED", help="Only partitions for which this predicate holds.")
@click.pass_obj
def optimize_command(
    context: CommandContext, table: str, zorder: str | None, where: str | None
) -> None:
    """Merge the small files of a Delta table into large ones.

    \b
    Examples:
      %optimize sales.orders
      %optimize sales.orders --zorder customer_id,day
      %optimize sales.orders --where "day >= '2024-01-01'"
    """
    delta = delta_table(context.session, table)
    begun = time.monotonic()
    done = optimize(
        context.session, delta, zorder=column_list(zorder), where=where, sink=context.sink
    )
    context.emit(
        Result(
            None,
            elapsed=time.monotonic() - begun,
            metrics={"numFilesRemoved": done.files_removed, "numFilesAdded": done.files_added},
        )
    )
    if done.files_removed:
        context.notice(
            f"{format_bytes(done.bytes_removed)} became {format_bytes(done.bytes_added)}. The old "
            f"files stay for time travel until %vacuum {delta.name}."
        )


def column_list(text: str | None) -> list[str]:
    """The column names in `a,b`; a name with other characters stands in backticks."""
    from lakeshell.sql.names import parse_name

    names = []
    for name in split_list(text or ""):
        parts = parse_name(name)
        if len(parts) != 1:
            raise UsageError(f"{name} is not a column's name.")
        names.append(parts[0])
    return names


def split_list(text: str) -> list[str]:
    """Split at commas outside backticks."""
    parts, quoted = [""], False
    for character in text:
        quoted ^= character == "`"
        if character == "," and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]


@click.command("vacuum")
@click.argument("table")
@click.option(
    "--retain",
    type=click.FloatRange(min=0),
    metavar="HOURS",
    help="Keep files that versions of the last HOURS use (default: what the table is set to).",
)
@click.option("--dry-run", is_flag=True, help="Only show what would be deleted.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--force-retention", is_flag=True, help=f"Allow --retain below {SAFE_HOURS:g} hours, once."
)
@click.pass_obj
def vacuum_command(
    context: CommandContext,
    table: str,
    retain: float | None,
    dry_run: bool,
    yes: bool,
    force_retention: bool,
) -> None:
    """Delete data files that a Delta table no longer uses. Older versions are gone then.

    Always shows first what would be deleted. Where nobody can be asked it ends there, unless
    --yes is given.

    \b
    Examples:
      %vacuum sales.orders
      %vacuum sales.orders --retain 240 --yes
      %vacuum sales.orders --retain 0 --force-retention
    """
    delta = delta_table(context.session, table)
    if retain is not None and retain < SAFE_HOURS and not (force_retention or dry_run):
        raise UsageError(
            f"Delta refuses to vacuum files younger than {SAFE_HOURS:g} hours: a write or a query "
            "that still runs may need them.",
            hint="If nothing else uses the table, --force-retention does it all the same; "
            "--dry-run only looks.",
        )
    found = vacuum_dry_run(context.session, delta, hours=retain, sink=context.sink)
    _show_doomed(context, found)
    if not found:
        context.notice("There is nothing to delete.")
        return
    if dry_run or not (yes or context.interactive):
        context.notice("A dry run: nothing was deleted. With --yes it will be.")
        return
    if not agreed(context, f"Delete these files of {delta.name} for good?", yes=yes):
        return
    vacuum(context.session, delta, hours=retain, force=force_retention, sink=context.sink)
    context.notice(f"{_how_many(found)} deleted.")


def _show_doomed(context: CommandContext, found: list[str]) -> None:
    import pyarrow as pa

    sizes = [_size(context, path) for path in found]
    context.emit_table(
        pa.table({"path": pa.array(found, pa.string()), "bytes": pa.array(sizes, pa.int64())})
    )
    if found:
        known = sum(size for size in sizes if size is not None)
        context.notice(f"{_how_many(found)}, {format_bytes(known)}.")


def _how_many(found: list[str]) -> str:
    more = " or more" if len(found) >= DRY_RUN_LIMIT else ""
    return counted(len(found), "file") + more


def _size(context: CommandContext, path: str) -> int | None:
    """Bytes, where the files of the session lie on this machine."""
    if context.session.is_remote:
        return None
    try:
        return Path(LakeFiles(context.home, context.config).find(path).local).stat().st_size
    except (OSError, LakeshellError):
        return None


@click.command("restore")
@click.argument("table")
@click.option("--version", type=click.IntRange(min=0), metavar="N", help="Back to version N.")
@click.option("--timestamp", metavar="T", help="Back to how it was at '2024-12-31 23:59:59'.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def restore_command(
    context: CommandContext, table: str, version: int | None, timestamp: str | None, yes: bool
) -> None:
    """Make an older version of a Delta table the current one. Nothing is lost: it is a new version.

    Shows first what will change.

    \b
    Examples:
      %restore sales.orders --version 3
      %restore sales.orders --timestamp '2024-12-31 23:59:59' --yes
    """
    if (version is None) == (timestamp is None):
        raise UsageError("Say where to: --version N or --timestamp T.")
    delta = delta_table(context.session, table)
    plan = plan_restore(
        context.session, delta, version=version, timestamp=timestamp, sink=context.sink
    )
    if not plan.undone:
        context.notice(f"Version {plan.version} is the current one: there is nothing to restore.")
        return
    _show_plan(context, delta, plan)
    if not agreed(context, f"Restore {delta.name} to version {plan.version}?", yes=yes):
        return
    restore(context.session, delta, plan.version, sink=context.sink)
    context.notice(f"{delta.name} is as it was in version {plan.version}.")


def _show_plan(context: CommandContext, delta: DeltaTable, plan: RestorePlan) -> None:
    context.notice(f"Restoring {delta.name} from version {plan.current} to {plan.version} undoes:")
    for version in plan.undone:
        words = ", ".join(part for part in (version.how, version.did) if part)
        context.notice(f"  {version.version}  {version.operation}{f' ({words})' if words else ''}")
    if plan.rows_before is not None and plan.rows_after is not None:
        context.notice(
            f"Rows: {format_count(plan.rows_before)} now, {format_count(plan.rows_after)} then. "
            f"Files: {plan.files_added} come back, {plan.files_removed} go."
        )
    if plan.schema_changes:
        context.notice("The columns were different then; they change back, too.", level="warning")
