"""%chart: a query's rows as a chart in characters."""

from __future__ import annotations

import click

from lakeshell.commands.asking import fetch
from lakeshell.commands.context import CommandContext
from lakeshell.commands.words import TextCommand, joined
from lakeshell.errors import CommandError
from lakeshell.render.charts import LIMITS, draw

_WIDTH = 80  # where there is no terminal to ask


@click.command("chart", cls=TextCommand)
@click.argument("kind", type=click.Choice(list(LIMITS)))
@click.argument("query", nargs=-1, required=True, metavar="QUERY|TABLE")
@click.option("--x", "x", metavar="COL", help="Labels or positions (default: the first column).")
@click.option("--y", "y", multiple=True, metavar="COL", help="Values; may be given several times.")
@click.option("--title", help="A line above the chart.")
@click.pass_obj
def chart_command(
    context: CommandContext,
    kind: str,
    query: tuple[str, ...],
    x: str | None,
    y: tuple[str, ...],
    title: str | None,
) -> None:
    """Draw the rows of a table or query: bar, line, scatter, histogram, pie or counter.

    \b
    Examples:
      %chart bar SELECT city, count(*) FROM sales.customers GROUP BY city
      %chart line sales.daily --x day --y revenue --y cost
      %chart histogram sales.orders --y amount
    """
    result = fetch(context, joined(query), limit=LIMITS[kind])
    table = result.table
    if table is None or not table.num_rows:
        raise CommandError("There are no rows to draw.")
    if result.truncated and kind != "counter":
        context.notice(f"Only the first {LIMITS[kind]:,} rows are drawn.", level="warning")
    width = max((context.width or _WIDTH) - 1, 20)
    zone = context.session.time_zone
    context.print(draw(kind, table, x=x, y=y, title=title, width=width, time_zone=zone))
