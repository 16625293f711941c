"""Comma- and tab-separated values by RFC 4180, values unchanged.

NULL is an empty field and the empty string is `""`, so that they can be told apart; structs, arrays
and maps are JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from lakeshell.render.json import dumps
from lakeshell.render.options import RenderOptions
from lakeshell.render.values import column_values, json_value, text_of

if TYPE_CHECKING:
    import pyarrow as pa

    from lakeshell.session.result import Result

_BLOCK = 10_000  # rows converted at a time


def write_csv(result: Result, stream: BinaryIO, options: RenderOptions) -> None:
    """Fields between commas."""
    _write(result, stream, options, ",")


def write_tsv(result: Result, stream: BinaryIO, options: RenderOptions) -> None:
    """Fields between tabs."""
    _write(result, stream, options, "\t")


def _write(result: Result, stream: BinaryIO, options: RenderOptions, delimiter: str) -> None:
    assert result.table is not None
    table = result.table
    special = (delimiter, '"', "\n", "\r")

    def field(text: str | None) -> str:
        if text is None:
            return ""
        if not text or any(c in text for c in special) or text[0] == " " or text[-1] == " ":
            return '"' + text.replace('"', '""') + '"'
        return text

    lines = [delimiter.join(field(name) for name in table.column_names)]
    for start in range(0, max(table.num_rows, 1), _BLOCK):
        block = table.slice(start, _BLOCK)
        columns = [_texts(block.column(i), options.timezone) for i in range(block.num_columns)]
        lines += [delimiter.join(map(field, row)) for row in zip(*columns, strict=True)]
        stream.write(("\n".join(lines) + "\n").encode("utf-8", "surrogatepass") if lines else b"")
        lines = []


def _texts(column: pa.ChunkedArray, zone: str) -> list[str | None]:
    import pyarrow as pa

    to_text: Any
    if pa.types.is_nested(column.type):
        to_text = lambda value: dumps(json_value(value, column.type, zone))  # noqa: E731
    elif pa.types.is_binary(column.type):
        to_text = lambda value: value.hex().upper()  # noqa: E731
    else:
        to_text = text_of(column.type, zone)
    return [None if value is None else to_text(value) for value in column_values(column)]
