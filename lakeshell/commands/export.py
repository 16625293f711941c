"""%export: all rows of a table or query into a file, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import BinaryIO, cast

import click

from lakeshell.commands.asking import fetch
from lakeshell.commands.context import CommandContext
from lakeshell.commands.words import TextCommand, joined
from lakeshell.dialect.secrets_read import values_read
from lakeshell.errors import CommandError, UsageError
from lakeshell.notebooks.redaction import shown_rows
from lakeshell.render.formats import OutputFormat, RenderOptions, format_for_path
from lakeshell.render.metrics import format_bytes, rows
from lakeshell.session.result import Result


@click.command("export", cls=TextCommand)
@click.argument("file", metavar="TARGET")
@click.argument("query", nargs=-1, metavar="[QUERY|TABLE]")
@click.option("--format", "format_name", metavar="F", help="A format, if the name does not tell.")
@click.option("--overwrite", is_flag=True, help="Replace a file that is there.")
@click.pass_obj
def export_command(
    context: CommandContext,
    file: str,
    query: tuple[str, ...],
    format_name: str | None,
    overwrite: bool,
) -> None:
    """Write all rows of a table or query to a file.

    The file's name tells the format: csv, tsv, json, jsonl, md, parquet, arrow. Without a query it
    is the last one that was shown. The file appears when it is complete.

    \b
    Examples:
      %export orders.parquet sales.orders
      %export top.csv SELECT * FROM sales.orders ORDER BY amount DESC LIMIT 100
      %export last.json
    """
    target = context.path(file)
    output_format = _format(context, target, format_name)
    if target.is_dir():
        raise UsageError(f"{file} is a folder; name a file in it.")
    if target.exists() and not overwrite:
        raise CommandError(f"{file} exists already.", hint="--overwrite replaces it.")
    text = joined(query) or context.last_query
    if not text:
        raise UsageError("There is no query to export yet.", hint="%export FILE SELECT …")
    result = shown_rows(fetch(context, text), values_read(context.home))
    if result.table is None:
        raise CommandError("This has no rows to export.")
    options = RenderOptions(timezone=_time_zone(context, result))
    size = write_whole(target, output_format, result, options)
    context.notice(f"{rows(result.row_count)} in {target} ({format_bytes(size)}).")


def _format(context: CommandContext, target: Path, name: str | None) -> OutputFormat:
    known = context.registry.formats
    if name is not None:
        if name not in known:
            raise UsageError(f"There is no format {name!r}.", hint=f"Known: {', '.join(known)}.")
        return known[name]
    suffix = target.suffix.lower()
    plugins = (f for f in known.values() if suffix and f.suffix == suffix)
    found = format_for_path(target) or next(plugins, None)
    if found is None:
        raise UsageError(
            f"The name {target.name} does not tell the format.",
            hint=f"--format with one of {', '.join(known)}.",
        )
    return found


def _time_zone(context: CommandContext, result: Result) -> str:
    """The session's zone, asked for only when a timestamp is to be written."""
    assert result.table is not None
    return context.session.time_zone if "timestamp" in str(result.table.schema) else "UTC"


def write_whole(
    target: Path, output_format: OutputFormat, result: Result, options: RenderOptions
) -> int:
    """Write beside `target`, then put it in place; the size in bytes. CommandError if it fails."""
    part: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=target.parent, prefix=f".{target.name[:100]}.", suffix=".part", delete=False
        ) as stream:
            part = Path(stream.name)
            output_format.write(result, cast(BinaryIO, stream), options)
            size = stream.tell()
        # A temporary file is private; a result is as readable as any new file.
        umask = os.umask(0)
        os.umask(umask)
        part.chmod(0o666 & ~umask)
        part.replace(target)
    except OSError as error:
        raise CommandError(f"{target} cannot be written: {error.strerror or error}.") from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)
    return size
