"""%diff: what changed between two versions of a Delta table."""

from __future__ import annotations

import click

from lakeshell.commands.context import CommandContext
from lakeshell.commands.maintenance import column_list
from lakeshell.delta.compare import Comparison, compare_versions
from lakeshell.delta.history import current_version
from lakeshell.delta.tables import delta_table
from lakeshell.render.metrics import format_count, rows
from lakeshell.session.result import Result


@click.command("diff")
@click.argument("table")
@click.argument("v1", type=click.IntRange(min=0))
@click.argument("v2", type=click.IntRange(min=0), required=False)
@click.option("--key", metavar="COLS", help="Columns (a,b) that tell which rows are the same one.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    metavar="N",
    help="Rows shown of each kind of change.",
)
@click.pass_obj
def diff_command(
    context: CommandContext, table: str, v1: int, v2: int | None, key: str | None, limit: int
) -> None:
    """Show the rows added, removed and changed between two versions (V2: the current one).

    Rows count as changed when a key tells that they are the same row: --key, or a column that is
    found to be unique in both versions. Without one, rows are counted, duplicates included.

    \b
    Examples:
      %diff sales.orders 3
      %diff sales.orders 3 5 --key order_id
    """
    delta = delta_table(context.session, table)
    last = current_version(context.session, delta) if v2 is None else v2
    found = compare_versions(
        context.session, delta, v1, last, key=column_list(key), limit=limit, sink=context.sink
    )
    shown = max(found.added, found.removed, found.changed)
    context.emit(Result(found.table, truncated=shown > limit))
    for sentence in found.schema_changes:
        context.notice(f"Schema: {sentence}.")
    context.notice(summary(found))


def summary(found: Comparison) -> str:
    """`Version 3 to 5: 2 rows added, 1 removed, 4 changed (by order_id).`"""
    span = f"Version {found.before} to {found.after}"
    if found.is_same:
        return f"{span}: no difference."
    words = [f"{rows(found.added)} added", f"{format_count(found.removed)} removed"]
    if found.key:
        words.append(f"{format_count(found.changed)} changed (by {', '.join(found.key)})")
    return f"{span}: {', '.join(words)}."
