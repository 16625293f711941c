"""%tables, %describe, %ddl: what tables there are, and how they were made."""

from __future__ import annotations

import re
from typing import Any

import click

from lakeshell.commands.context import CommandContext
from lakeshell.delta.ddl import relation_ddl
from lakeshell.delta.tables import rows, table_errors
from lakeshell.errors import CommandError, StatementError
from lakeshell.sql.names import display_name, parse_name, quote_name

_SIZED = 40  # tables whose size is looked up: each takes a statement


@click.command("tables")
@click.argument("schema", required=False)
@click.option("--all", "everywhere", is_flag=True, help="The tables of every schema.")
@click.pass_obj
def tables_command(context: CommandContext, schema: str | None, everywhere: bool) -> None:
    """List tables and views: name, kind, format, files and size.

    \b
    Examples:
      %tables            those of the current schema
      %tables sales
      %tables --all
    """
    schemas: list[tuple[str, ...]]
    if everywhere:
        schemas = [(row["namespace"],) for row in rows(context.session, "SHOW SCHEMAS")]
    elif schema is not None:
        schemas = [parse_name(schema)]
    else:
        schemas = [(rows(context.session, "SELECT current_schema() AS name")[0]["name"],)]
    found: list[dict[str, Any]] = []
    for parts in schemas:
        found += _tables_in(context, parts, skip_temporary=bool(found) or everywhere)
    if everywhere:
        found += _temporary(context)
    for entry in [e for e in found if e["format"] == "delta"][:_SIZED]:
        _add_size(context, entry)
    import pyarrow as pa

    schema_of_rows = pa.schema(
        [
            ("name", pa.string()),
            ("kind", pa.string()),
            ("format", pa.string()),
            ("files", pa.int64()),
            ("bytes", pa.int64()),
        ]
    )
    shown = [{k: v for k, v in entry.items() if k != "parts"} for entry in found]
    context.emit_table(pa.Table.from_pylist(shown, schema=schema_of_rows))
    if not found:
        where = "any schema" if everywhere else display_name(schemas[0])
        context.notice(f"There are no tables in {where}.")


def _tables_in(
    context: CommandContext, schema: tuple[str, ...], *, skip_temporary: bool
) -> list[dict[str, Any]]:
    sql = f"SHOW TABLE EXTENDED IN {quote_name(schema)} LIKE '*'"
    try:
        listed = rows(context.session, sql)
    except StatementError as error:
        if (error.error_class or "").startswith("SCHEMA_NOT_FOUND"):
            from lakeshell.session.suggestions import add_suggestion

            add_suggestion(error, context.session)
            raise CommandError(
                f"There is no schema {display_name(schema)}.",
                hint=error.hint or "SHOW SCHEMAS lists them.",
            ) from error
        raise
    entries = []
    for row in listed:
        if row["isTemporary"]:
            if not skip_temporary:
                entries.append(_entry((row["tableName"],), "temporary view", None))
            continue
        kind = _information(row["information"], "Type") or "TABLE"
        provider = None if kind == "VIEW" else _information(row["information"], "Provider")
        name = (row["namespace"], row["tableName"])
        entries.append(_entry(name, kind.lower().replace("_", " "), provider))
    return entries


def _temporary(context: CommandContext) -> list[dict[str, Any]]:
    listed = rows(context.session, "SHOW VIEWS")
    return [_entry((r["viewName"],), "temporary view", None) for r in listed if r["isTemporary"]]


def _entry(parts: tuple[str, ...], kind: str, provider: str | None) -> dict[str, Any]:
    return {
        "parts": parts,
        "name": display_name(parts),
        "kind": kind,
        "format": provider.lower() if provider else None,
        "files": None,
        "bytes": None,
    }


def _information(text: str, key: str) -> str | None:
    found = re.search(rf"^{key}: (.+)$", text, re.MULTILINE)
    return found.group(1).strip() if found else None


def _add_size(context: CommandContext, entry: dict[str, Any]) -> None:
    try:
        (detail,) = rows(context.session, f"DESCRIBE DETAIL {quote_name(entry['parts'])}")
    except StatementError:
        # Its files are gone, or cannot be read: that is for a statement on it to say.
        return
    entry["files"], entry["bytes"] = detail["numFiles"], detail["sizeInBytes"]


@click.command("describe")
@click.argument("table")
@click.option("--extended", is_flag=True, help="Also where it lies, its owner and properties.")
@click.pass_obj
def describe_command(context: CommandContext, table: str, extended: bool) -> None:
    """Show the columns of a table or view.

    \b
    Examples:
      %describe sales.orders
      %describe sales.orders --extended
    """
    parts = parse_name(table)
    with table_errors(context.session, parts):
        described = rows(context.session, f"DESCRIBE EXTENDED {quote_name(parts)}")
    named = [row for row in described if row["col_name"]]
    listed = named if extended else _columns_only(described)
    import pyarrow as pa

    context.emit_table(
        pa.table(
            {
                "column": pa.array([row["col_name"] for row in listed], pa.string()),
                "type": pa.array([row["data_type"] for row in listed], pa.string()),
                "comment": pa.array([row["comment"] or None for row in listed], pa.string()),
            }
        )
    )


def _columns_only(described: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows up to the first heading, which is a row as well: `# Partition Information`."""
    columns = []
    for row in described:
        if not row["col_name"] or (row["col_name"].startswith("# ") and not row["data_type"]):
            break
        columns.append(row)
    return columns


@click.command("ddl")
@click.argument("table")
@click.pass_obj
def ddl_command(context: CommandContext, table: str) -> None:
    """Print the CREATE statement of a table or view.

    For a Delta table it is put together from its log, as Delta itself has no SHOW CREATE TABLE.

    \b
    Example:
      %ddl sales.orders
    """
    context.print(relation_ddl(context.session, parse_name(table)))
