"""%import: a file or a folder of files becomes a Delta table, its types read from the data."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from pathlib import Path

import click

from lakeshell.commands.asking import agreed
from lakeshell.commands.context import CommandContext
from lakeshell.delta.log import glob_escape
from lakeshell.delta.tables import rows
from lakeshell.delta.wording import counted
from lakeshell.errors import CommandError, StatementError, UsageError
from lakeshell.lake_files import LakeFiles
from lakeshell.sql.names import display_name, parse_name, quote_identifier, quote_name, quote_string

_KINDS = {
    ".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".json": "json", ".jsonl": "jsonl",
    ".ndjson": "jsonl", ".parquet": "parquet", ".orc": "orc", ".avro": "avro",
}  # fmt: skip
_COMPRESSED = (".gz", ".bz2", ".zst", ".xz")
_ABSENT = (
    "TABLE_OR_VIEW_NOT_FOUND", "DELTA_MISSING_DELTA_TABLE", "DELTA_TABLE_NOT_FOUND",
    "DELTA_PATH_DOES_NOT_EXIST",
)  # fmt: skip
# What Delta refuses in a column's name without column mapping.
_REFUSED = re.compile(r"[ ,;{}()\n\t=]+")


@dataclass(frozen=True)
class ImportSource:
    """`path` as Spark is to read it; `kind` is csv, tsv, json, jsonl, parquet, orc or avro."""

    path: str
    kind: str
    options: tuple[tuple[str, str], ...]


@click.command("import")
@click.argument("file")
@click.option("--name", "--table", "table", metavar="NAME", help="Default: the file's name.")
@click.option("--header/--no-header", default=True, help="Whether a CSV's first line is names.")
@click.option("--overwrite", is_flag=True, help="Replace the table.")
@click.option("--append", is_flag=True, help="Add the rows to the table, matched by column name.")
@click.option("--yes", is_flag=True, help="Do not ask before a table is replaced.")
@click.pass_obj
def import_command(
    context: CommandContext,
    file: str,
    table: str | None,
    header: bool,
    overwrite: bool,
    append: bool,
    yes: bool,
) -> None:
    """Make a Delta table of a csv, tsv, json, jsonl, parquet, orc or avro file or folder.

    Types are read from the data; characters that Delta does not take in column names become _.

    \b
    Examples:
      %import customers.csv
      %import /mnt/raw/orders --table sales.orders
      %import more.csv --table customers --append
    """
    if overwrite and append:
        raise UsageError("Either --overwrite or --append, not both.")
    if context.session.is_remote:
        raise UsageError("A remote server cannot read files of this machine.")
    local, path = _locate(context, file)
    source = import_source(local, path, header=header)
    parts = parse_name(table) if table else (table_name(local),)
    exists = _exists(context, parts)
    if exists and not (overwrite or append):
        raise CommandError(
            f"The table {display_name(parts)} exists already.",
            hint="--append adds to it, --overwrite replaces it.",
        )
    if exists and overwrite:
        question = f"Replace the table {display_name(parts)}?"
        if not agreed(context, question, yes=yes):
            return
    # Without OR REPLACE a table that another shell has made meanwhile is not lost.
    how = "INSERT" if exists and append else "CREATE OR REPLACE" if overwrite else "CREATE"
    _load(context, source, parts, how=how, file=file)


def _locate(context: CommandContext, file: str) -> tuple[Path, str]:
    """The file on this machine, and the path by which Spark reads it."""
    if re.match(r"/|[A-Za-z][A-Za-z0-9+.-]*:/", file):
        found = LakeFiles(context.home, context.config).find(file)
        local = found.local
        path = file if found.root is not None else str(local)
    else:
        local = context.path(file)
        path = str(local)
    if not local.exists():
        raise UsageError(f"There is no file or folder {file}.")
    return local, path


def import_source(local: Path, path: str, *, header: bool = True) -> ImportSource:
    """What kind of data lies at `local`, and the options with which Spark reads it right.

    UsageError when the name does not tell, or a folder holds files of several kinds.
    """
    files = [local]
    if local.is_dir():
        files = [f for f in sorted(local.rglob("*")) if f.is_file() and f.name[0] not in "._"]
        if not files:
            raise UsageError(f"There are no files in {path}.")
    kinds = {_kind(file) for file in files}
    if len(kinds) > 1 or None in kinds:
        known = ", ".join(sorted(set(_KINDS.values())))
        raise UsageError(f"{path} is not of one kind that %import knows: {known}.")
    (kind,) = kinds
    assert kind is not None
    options: list[tuple[str, str]] = []
    if kind in ("csv", "tsv"):
        options = [
            ("header", str(header).lower()),
            ("inferSchema", "true"),
            # Quotes are doubled (RFC 4180); Spark would have them after a backslash.
            ("escape", '"'),
        ]
        if kind == "tsv":
            options.append(("sep", "\t"))
    if _spans_lines(kind, files):
        options.append(("multiLine", "true"))
        # Spark's reader for these takes the names of the files it has found for patterns again.
        odd = next((file for file in files if glob_escape(str(file)) != str(file)), None)
        if odd is not None:
            raise UsageError(
                f"{odd} has values over several lines, which Spark cannot read from a path with "
                "any of * ? [ ] { } \\ in it.",
                hint="Rename the file or folder.",
            )
    if local.is_dir():
        options.append(("recursiveFileLookup", "true"))
    return ImportSource(glob_escape(path), kind, tuple(options))


def _kind(file: Path) -> str | None:
    name = file.name.lower()
    for suffix in _COMPRESSED:
        name = name.removesuffix(suffix)
    return _KINDS.get(Path(name).suffix)


def _spans_lines(kind: str, files: list[Path]) -> bool:
    """Whether a value goes over several lines: Spark then reads a file in one piece."""
    if kind in ("csv", "tsv"):
        return any(_has_quoted_line_end(file) for file in files)
    return kind in ("json", "jsonl") and any(_is_one_value(file) for file in files)


def _has_quoted_line_end(file: Path) -> bool:
    if file.suffix.lower() in _COMPRESSED:
        return True
    with file.open("rb") as stream:
        return any(line.count(b'"') % 2 for line in stream)


def _is_one_value(file: Path) -> bool:
    """Whether a JSON file is one array or object over several lines, not an object a line."""
    import json

    if file.suffix.lower() in _COMPRESSED:
        return False
    with file.open("rb") as stream:
        for line in stream:
            text = line.decode("utf-8-sig", "replace").strip()
            if text:
                if text.startswith("["):
                    return True
                try:
                    json.loads(text)
                except ValueError:
                    return True
                return False
    return False


def table_name(path: Path) -> str:
    """A table's name out of a file's: `Sales 2024.csv.gz` → `sales_2024`."""
    stem = path.name.split(".")[0] or path.name.strip(".")
    name = re.sub(r"\W+", "_", stem, flags=re.ASCII).strip("_").lower()
    return f"t_{name}" if not name or name[0].isdigit() else name


def clean_columns(names: list[str]) -> list[str]:
    """The names with `_` for what Delta refuses, each made unique without regard to case."""
    taken: set[str] = set()
    cleaned = []
    for index, name in enumerate(names):
        base = name.strip()
        if _REFUSED.search(base):
            base = _REFUSED.sub("_", base).strip("_")
        base = base or f"column_{index + 1}"
        unique, number = base, 2
        while unique.lower() in taken:
            unique, number = f"{base}_{number}", number + 1
        taken.add(unique.lower())
        cleaned.append(unique)
    return cleaned


def _exists(context: CommandContext, parts: tuple[str, ...]) -> bool:
    try:
        rows(context.session, f"DESCRIBE TABLE {quote_name(parts)}")
    except StatementError as error:
        if (error.error_class or "").split(".")[0] in _ABSENT:
            return False
        raise
    return True


def _load(
    context: CommandContext,
    source: ImportSource,
    parts: tuple[str, ...],
    *,
    how: str,
    file: str,
) -> None:
    session = context.session
    view = quote_identifier(f"lakeshell_import_{uuid.uuid4().hex}")
    told = [("path", source.path), *source.options]
    options = ", ".join(f"{quote_string(k)} {quote_string(v)}" for k, v in told)
    provider = {"tsv": "csv", "jsonl": "json"}.get(source.kind, source.kind)
    session.execute(f"CREATE TEMPORARY VIEW {view} USING {provider} OPTIONS ({options})")
    try:
        described = rows(session, f"DESCRIBE QUERY SELECT * FROM {view}")
        names = [row["col_name"] for row in described]
        if not names:
            raise CommandError(f"{file} has no columns.")
        cleaned = clean_columns(names)
        chosen = ", ".join(
            f"{quote_identifier(name)} AS {quote_identifier(clean)}"
            for name, clean in zip(names, cleaned, strict=True)
        )
        target = quote_name(parts)
        select = f"SELECT {chosen} FROM {view}"
        if how == "INSERT":
            sql = f"INSERT INTO {target} BY NAME {select}"
        else:
            sql = f"{how} TABLE {target} USING delta AS {select}"
        session.execute(sql, sink=context.sink)
    finally:
        session.execute(f"DROP VIEW IF EXISTS {view}")
    _report(context, parts, [row["data_type"] for row in described], names, cleaned)


def _report(
    context: CommandContext,
    parts: tuple[str, ...],
    types: list[str],
    names: list[str],
    cleaned: list[str],
) -> None:
    import pyarrow as pa

    context.emit_table(
        pa.table(
            {
                "column": pa.array(cleaned, pa.string()),
                "type": pa.array(types, pa.string()),
                "in the file": pa.array(names, pa.string()),
            }
        )
    )
    (last,) = rows(context.session, f"DESCRIBE HISTORY {quote_name(parts)} LIMIT 1")
    written = int(dict(last["operationMetrics"] or {}).get("numOutputRows", 0))
    renamed = sum(a != b for a, b in zip(names, cleaned, strict=True))
    context.notice(
        f"{counted(written, 'row')}, {counted(len(cleaned), 'column')} in "
        f"{display_name(parts)}" + (f"; {renamed} renamed." if renamed else ".")
    )
