"""Cells as text for the clipboard: the data itself, nothing replaced that a terminal would show."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow.types as pat

from lakeshell.render.arrow_values import plain_values
from lakeshell.render.csv import write_csv, write_tsv
from lakeshell.render.json import write_json
from lakeshell.render.markdown import write_markdown
from lakeshell.render.options import RenderOptions
from lakeshell.render.values import NULL, TextStyle, json_encoder, text_formatter
from lakeshell.session.result import Result
from lakeshell.sql.names import quote_identifier
from lakeshell.tui.widgets.grid.literals import literal_writer

if TYPE_CHECKING:
    import pyarrow as pa

FORMATS = (
    ("tsv", "TSV with names, for spreadsheets"),
    ("csv", "CSV with names"),
    ("json", "JSON"),
    ("markdown", "Markdown"),
    ("insert", "INSERT … VALUES"),
    ("in", "IN list, of the first column"),
)
_WRITERS = {"tsv": write_tsv, "csv": write_csv, "json": write_json, "markdown": write_markdown}
_VALUES_A_LINE = 20


def cell_text(column: Any, time_zone: str) -> str:
    """The value of a column of one row; nested ones as JSON, NULL as the word."""
    value = plain_values(column)[0]
    if value is None:
        return NULL
    if pat.is_nested(column.type):
        return json_encoder(column.type, time_zone)(value)
    return text_formatter(column.type, TextStyle(time_zone))(value)


def tsv_rows(table: pa.Table, time_zone: str) -> str:
    """The rows as TSV without the names."""
    # The header by itself tells where the rows begin, whatever the names are.
    start = len(_written("tsv", table.slice(0, 0), time_zone))
    return _written("tsv", table, time_zone)[start:].removesuffix("\n")


def formatted(table: pa.Table, form: str, time_zone: str) -> str:
    """The rows in one of `FORMATS`."""
    if form == "insert":
        return _insert(table, time_zone)
    if form == "in":
        return _in_list(table, time_zone)
    return _written(form, table, time_zone)


def _written(form: str, table: pa.Table, time_zone: str) -> str:
    stream: BinaryIO = io.BytesIO()
    _WRITERS[form](Result(table), stream, RenderOptions(timezone=time_zone))
    stream.seek(0)
    return stream.read().decode("utf-8", "surrogateescape")


def _insert(table: pa.Table, time_zone: str) -> str:
    columns = [
        list(map(literal_writer(column.type, time_zone), plain_values(column)))
        for column in table.columns
    ]
    names = ", ".join(map(quote_identifier, table.column_names))
    rows = ",\n".join(f"  ({', '.join(row)})" for row in zip(*columns, strict=True))
    return f"INSERT INTO table_name ({names}) VALUES\n{rows};\n"


def _in_list(table: pa.Table, time_zone: str) -> str:
    """Every value once, in the order they come; NULL is never in a list, so it is left out."""
    column = table.column(0)
    write = literal_writer(column.type, time_zone)
    texts = list(dict.fromkeys(write(v) for v in plain_values(column) if v is not None))
    lines = [
        ", ".join(texts[start : start + _VALUES_A_LINE])
        for start in range(0, len(texts), _VALUES_A_LINE)
    ]
    return "IN (" + ",\n".join(lines) + ")" if texts else "IN (NULL)"
