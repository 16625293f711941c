"""CSV and TSV by RFC 4180, with a newline as line end: NULL is empty, an empty string is `""`.

Values are unchanged, byte for byte also where a string is no UTF-8; binary is base64, nested values
are JSON. Only on a terminal are characters that would act on it made visible.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow.types as pat

from lakeshell.render.arrow_values import plain_values
from lakeshell.render.options import RenderOptions
from lakeshell.render.safe_text import safe_text
from lakeshell.render.values import TextStyle, base64_text, json_encoder, text_formatter

if TYPE_CHECKING:
    import pyarrow as pa

    from lakeshell.session.result import Result

_ROWS_AT_A_TIME = 10_000


def write_csv(result: Result, stream: BinaryIO, options: RenderOptions) -> None:
    """Fields between commas."""
    _write(result, stream, options, ",")


def write_tsv(result: Result, stream: BinaryIO, options: RenderOptions) -> None:
    """Fields between tabs."""
    _write(result, stream, options, "\t")


def _write(result: Result, stream: BinaryIO, options: RenderOptions, delimiter: str) -> None:
    assert result.table is not None
    table = result.table
    if not table.num_columns:
        return
    terminal = options.width is not None
    special = re.compile(rf'[{delimiter}"\r\n]')

    def fields(texts: list[str | None]) -> list[str]:
        if terminal:
            texts = [None if t is None else safe_text(t, multiline=True) for t in texts]
        # One look at all of a column is far cheaper than one at each text.
        if None not in texts and "" not in texts and not special.search("".join(texts)):  # type: ignore[arg-type]
            return texts  # type: ignore[return-value]
        return ["" if t is None else _quoted(t) if not t or special.search(t) else t for t in texts]

    def put(lines: Iterable[str]) -> None:
        stream.write(("\n".join(lines) + "\n").encode("utf-8", "surrogateescape"))

    put([delimiter.join(fields(list(table.column_names)))])
    writers = [_text_writer(kind, options.timezone) for kind in table.schema.types]
    for start in range(0, table.num_rows, _ROWS_AT_A_TIME):
        block = table.slice(start, _ROWS_AT_A_TIME)
        columns = [
            fields([None if v is None else write(v) for v in plain_values(column)])
            for column, write in zip(block.columns, writers, strict=True)
        ]
        put(map(delimiter.join, zip(*columns, strict=True)))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _text_writer(kind: pa.DataType, timezone: str) -> Callable[[Any], str]:
    if pat.is_nested(kind):
        return json_encoder(kind, timezone)
    if pat.is_binary(kind) or pat.is_large_binary(kind) or pat.is_fixed_size_binary(kind):
        return base64_text
    return text_formatter(kind, TextStyle(timezone))
