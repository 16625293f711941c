"""JSON: one array of objects, an object a line, or (jsonl) only the objects. Numbers are exact.

Characters that could act on a terminal are written as `\\u` escapes, which read back the same. A
repeated column name gets `_2`, so that no value is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from lakeshell.render.arrow_values import plain_values
from lakeshell.render.options import RenderOptions
from lakeshell.render.values import json_encoder, json_string, unique_names

if TYPE_CHECKING:
    import pyarrow as pa

    from lakeshell.session.result import Result

_ROWS_AT_A_TIME = 10_000


def write_json(result: Result, stream: BinaryIO, options: RenderOptions) -> None:
    """An array with an object a line."""
    assert result.table is not None
    separator = "[\n"
    for block in _objects(result.table, options.timezone):
        stream.write((separator + ",\n".join(block)).encode("utf-8"))
        separator = ",\n"
    stream.write(b"\n]\n" if result.table.num_rows else b"[]\n")


def write_jsonl(result: Result, stream: BinaryIO, options: RenderOptions) -> None:
    """An object a line."""
    assert result.table is not None
    for block in _objects(result.table, options.timezone):
        stream.write(("\n".join(block) + "\n").encode("utf-8"))


def _objects(table: pa.Table, timezone: str) -> Iterator[list[str]]:
    """The rows as JSON objects, some thousand at a time."""
    keys = [json_string(name) + ": " for name in unique_names(table.column_names)]
    encoders = [json_encoder(kind, timezone) for kind in table.schema.types]
    for start in range(0, table.num_rows, _ROWS_AT_A_TIME):
        block = table.slice(start, _ROWS_AT_A_TIME)
        columns = [
            [key + encode(value) for value in plain_values(block.column(index))]
            for index, (key, encode) in enumerate(zip(keys, encoders, strict=True))
        ]
        if columns:
            yield ["{" + ", ".join(row) + "}" for row in zip(*columns, strict=True)]
        else:
            yield ["{}"] * block.num_rows
