"""%preview, %profile, %explain: a first look at rows, columns and plans."""

from __future__ import annotations

import click

from lakeshell.commands.asking import query_of
from lakeshell.commands.context import CommandContext
from lakeshell.commands.words import TextCommand, joined
from lakeshell.delta.profile import profile_query
from lakeshell.delta.tables import rows, table_errors
from lakeshell.delta.wording import counted
from lakeshell.errors import UsageError
from lakeshell.sql.names import parse_name, quote_name
from lakeshell.sql.statements import split_statements


@click.command("preview")
@click.argument("table")
@click.argument("rows", type=click.IntRange(min=1), default=10)
@click.option("--version", type=click.IntRange(min=0), metavar="V", help="As of version V.")
@click.pass_obj
def preview_command(context: CommandContext, table: str, rows: int, version: int | None) -> None:
    """Show the first rows of a table (10, or as many as you say).

    \b
    Examples:
      %preview sales.orders
      %preview sales.orders 50 --version 3
    """
    parts = parse_name(table)
    travel = "" if version is None else f" VERSION AS OF {version:d}"
    with table_errors(context.session, parts):
        # The limit belongs to the text: a person who asked for ten rows need not hear of more.
        context.emit(context.query(f"SELECT * FROM {quote_name(parts)}{travel} LIMIT {rows:d}"))


@click.command("profile", cls=TextCommand)
@click.argument("query", nargs=-1, required=True, metavar="TABLE|QUERY")
@click.pass_obj
def profile_command(context: CommandContext, query: tuple[str, ...]) -> None:
    """Say of every column: type, NULLs, distinct values, lowest, highest, mean, distribution.

    One pass over the data. The number of distinct values is an estimate.

    \b
    Examples:
      %profile sales.orders
      %profile SELECT * FROM sales.orders WHERE day > '2024-01-01'
    """
    text = joined(query)
    wanted = query_of(text)
    try:
        parts = parse_name(text)
    except UsageError:
        columns = profile_query(context.session, wanted, sink=context.sink)
    else:
        with table_errors(context.session, parts):
            columns = profile_query(context.session, wanted, sink=context.sink)
    import pyarrow as pa

    def series(attribute: str, kind: pa.DataType) -> pa.Array:
        return pa.array([getattr(column, attribute) for column in columns], kind)

    context.emit_table(
        pa.table(
            {
                "column": series("name", pa.string()),
                "type": series("type", pa.string()),
                "nulls": series("nulls", pa.int64()),
                "distinct": series("distinct", pa.int64()),
                "min": series("low", pa.string()),
                "max": series("high", pa.string()),
                "mean": series("mean", pa.float64()),
                "histogram": series("histogram", pa.string()),
            }
        )
    )
    count = columns[0].rows if columns else 0
    context.notice(f"{counted(count, 'row')}, {counted(len(columns), 'column')}.")


@click.command("explain", cls=TextCommand)
@click.argument("sql", nargs=-1, required=True, metavar="SQL")
@click.option("--cost", "mode", flag_value="COST", help="The logical plan with its statistics.")
@click.option("--codegen", "mode", flag_value="CODEGEN", help="The Java code that Spark makes.")
@click.option("--extended", "mode", flag_value="EXTENDED", help="Every stage from text to plan.")
@click.pass_obj
def explain_command(context: CommandContext, sql: tuple[str, ...], mode: str | None) -> None:
    """Show how Spark would run a statement, without running it.

    \b
    Examples:
      %explain SELECT count(*) FROM sales.orders WHERE day = '2024-01-01'
      %explain --cost SELECT * FROM a JOIN b USING (id)
    """
    units = [unit for unit in split_statements(joined(sql)) if unit.language == "sql"]
    if len(units) != 1:
        raise UsageError("%explain takes one statement.")
    plan = rows(context.session, f"EXPLAIN {mode or 'FORMATTED'} {units[0].text}")
    context.print(plan[0]["plan"].strip("\n"))
