"""JSON: one array of objects, or one object a line (jsonl). Values unchanged, numbers exact."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO

from lakeshell.render.options import RenderOptions
from lakeshell.render.values import column_values, json_value

if TYPE_CHECKING:
    import pyarrow as pa

    from lakeshell.session.result import Result

_BLOCK = 10_000  # rows converted at a time


def write_json(result: Result, stream: BinaryIO, options: RenderOptions) -> None:
    """An array with an object a line."""
    assert result.table is not None
    stream.write(b"[")
    separator = b"\n"
    for line in _objects(result.table, options.timezone):
        stream.write(separator + line)
        separator = b",\n"
    stream.write(b"\n]\n" if result.table.num_rows else b"]\n")


def write_jsonl(result: Result, stream: BinaryIO, options: RenderOptions) -> None:
    """An object a line."""
    assert result.table is not None
    for line in _objects(result.table, options.timezone):
        stream.write(line + b"\n")


def dumps(value: Any) -> str:
    """`value` as JSON on one line; a Decimal with all its digits, as a number."""
    text = json.dumps(value, ensure_ascii=False, default=_marked)
    if _MARK not in text:
        return text
    # The marked digits stand in quotes; without them they are a number.
    parts = text.split(f'"{_MARK}')
    return parts[0] + "".join(
        part.replace('"', "", 1) if index else part for index, part in enumerate(["", *parts[1:]])
    )


_MARK = "\ue000decimal:"  # a private-use character, so no value of a user's is taken for it


def _marked(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{_MARK}{value:f}"
    raise TypeError(f"{type(value).__name__} is no JSON")


def unique_names(names: list[str]) -> list[str]:
    """Names with `_2`, `_3` … behind repeated ones, so that an object keeps every column."""
    taken = set(names)
    seen: set[str] = set()
    unique = []
    for name in names:
        candidate, number = name, 2
        while candidate in seen or (candidate != name and candidate in taken):
            candidate = f"{name}_{number}"
            number += 1
        seen.add(candidate)
        unique.append(candidate)
    return unique


def _objects(table: pa.Table, zone: str) -> Iterator[bytes]:
    names = unique_names(table.column_names)
    kinds = [field.type for field in table.schema]
    for start in range(0, table.num_rows, _BLOCK):
        block = table.slice(start, _BLOCK)
        columns = [column_values(block.column(i)) for i in range(block.num_columns)]
        for row in zip(*columns, strict=True):
            values = {
                name: json_value(value, kind, zone)
                for name, value, kind in zip(names, row, kinds, strict=True)
            }
            # A lone surrogate has no UTF-8; its escape has.
            yield dumps(values).encode("utf-8", "backslashreplace")
