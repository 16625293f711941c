"""COPY INTO: files of a folder appended to a Delta table, each of them once."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from lakeshell.dialect.files.file_relations import FORMATS
from lakeshell.dialect.ledger import handled
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Action, Step
from lakeshell.dialect.tables.copying import Copy, copy_into
from lakeshell.sql.lexer import Kind

_NAME = "COPY INTO"
CONSTRUCTS = (
    handled(
        _NAME,
        "files are appended once each; what was loaded is remembered with the table.",
        "COPY INTO sales FROM '/mnt/raw' FILEFORMAT = JSON COPY_OPTIONS ('mergeSchema' = 'true')",
    ),
)
_PREVIEW = 50  # rows of VALIDATE ALL, as on Databricks


def whole(reader: Reader) -> Step | None:
    """COPY INTO …"""
    if not reader.words("COPY", "INTO"):
        return None
    return Action(_NAME, partial(copy_into, _parsed(reader)))


def _parsed(reader: Reader) -> Copy:
    target = reader.need_name("a table")
    _credentials(reader)
    columns = _columns(reader)
    reader.need_words("FROM")
    copy = Copy(target, *_source(reader), columns=columns)
    reader.need_words("FILEFORMAT")
    reader.symbol("=")
    at = reader.at
    kind = reader.need_name("a format")[0].lower()
    if kind not in FORMATS:
        reader.at = at
        raise reader.error("CSV, JSON, PARQUET, AVRO, ORC, TEXT, BINARYFILE or XML")
    copy = replace(copy, kind=kind)
    while not reader.is_over:
        copy = _clause(reader, copy)
    return copy


def _columns(reader: Reader) -> tuple[str, ...] | None:
    if reader.words("BY", "POSITION"):
        return ()
    if not reader.symbol("("):
        return None
    columns = [reader.need_name("a column")[0]]
    while reader.symbol(","):
        columns.append(reader.need_name("a column")[0])
    reader.need_symbol(")")
    return tuple(columns)


def _source(reader: Reader) -> tuple[str, str, str, str]:
    """Path, an empty kind, and what stands before and behind the path in a query."""
    query = reader.group()
    if query is None:
        path = reader.need_string("a path in quotes, or a query in parentheses")
        _credentials(reader)
        return path, "", "SELECT * FROM ", ""
    inner = Reader(query)
    place = _place_of_path(inner)
    if place is None:
        raise reader.error("a query of the form (SELECT … FROM 'path')")
    inner.at = place
    start = inner.next.start
    path = inner.need_string()
    _credentials(inner)
    _credentials(reader)
    tail = inner.rest()
    return path, "", query[:start], f" {tail}" if tail else ""


def _place_of_path(inner: Reader) -> int | None:
    """Where the path of the outermost FROM stands."""
    depth = 0
    for at, token in enumerate(inner.tokens[:-1]):
        depth += (token.text in ("(", "[")) - (token.text in (")", "]"))
        if depth == 0 and token.word == "FROM" and inner.tokens[at + 1].kind is Kind.STRING:
            return at + 1
    return None


def _credentials(reader: Reader) -> None:
    """Step behind WITH (CREDENTIAL …): files of this machine need none."""
    if reader.next.word == "WITH" and reader.ahead(1).text == "(":
        reader.need_words("WITH")
        reader.group()


def _clause(reader: Reader, copy: Copy) -> Copy:
    if reader.words("VALIDATE"):
        return replace(copy, preview=_validated(reader))
    clause = reader.one_of("FILES", "PATTERN", "FORMAT_OPTIONS", "COPY_OPTIONS")
    if not clause:
        raise reader.error("FILES, PATTERN, FORMAT_OPTIONS, COPY_OPTIONS or VALIDATE")
    reader.symbol("=")
    if clause == "FILES":
        return replace(copy, files=_strings(reader))
    if clause == "PATTERN":
        return replace(copy, pattern=reader.need_string("a pattern in quotes"))
    options = reader.options()
    if options is None:
        raise reader.error("(")
    if clause == "FORMAT_OPTIONS":
        return replace(copy, reading=options)
    return replace(copy, copying=options)


def _validated(reader: Reader) -> int:
    if reader.words("ALL"):
        return _PREVIEW
    rows = reader.number()
    if rows is None:
        return _PREVIEW
    reader.need_words("ROWS")
    return rows


def _strings(reader: Reader) -> tuple[str, ...]:
    reader.need_symbol("(")
    strings = [reader.need_string("a file's name in quotes")]
    while reader.symbol(","):
        strings.append(reader.need_string("a file's name in quotes"))
    reader.need_symbol(")")
    return tuple(strings)
