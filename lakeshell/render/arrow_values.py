"""Arrow columns to plain Python values without loss, for every value a column can hold.

Arrow's own `to_pylist` raises for years outside 1–9999, for strings that are not UTF-8 and for
types it has no Python class for, and makes 0.10000000149011612 of a FLOAT 0.1. Here:

======================================  ====================================================
null                                    None
booleans, integers, decimals, doubles   bool, int, Decimal, float
FLOAT                                   the float whose shortest text is the FLOAT's
strings                                 str; bytes that are no UTF-8 as surrogate escapes
binary                                  bytes
dates, times, timestamps, durations     int, in the type's own unit since its own zero
year-month intervals                    int, months
arrays                                  list
structs                                 tuple, in the order of the fields
maps                                    list of (key, value)
anything else                           str, or what `to_pylist` gives
======================================  ====================================================
"""

from __future__ import annotations

import itertools
from typing import Any

import pyarrow as pa
import pyarrow.types as pat

from lakeshell.render.month_intervals import has_month_intervals, months_as_integers


def plain_values(column: Any) -> list[Any]:
    """The values of an Array or ChunkedArray, as the table above tells. Never raises."""
    if has_month_intervals(column.type):
        column = months_as_integers(column)
    if isinstance(column, pa.ChunkedArray):
        values: list[Any] = []
        for chunk in column.chunks:
            values.extend(_array_values(chunk))
        return values
    return _array_values(column)


def _array_values(array: Any) -> list[Any]:
    kind = array.type
    if pat.is_string(kind) or pat.is_large_string(kind):
        return _strings(array)
    if pat.is_temporal(kind) and not pat.is_interval(kind):
        return _integers(array)
    if pat.is_floating(kind) and kind.bit_width < 64:
        return _short_floats(array)
    if pat.is_struct(kind):
        return _structs(array)
    if pat.is_map(kind):
        return _nested(array, list(zip(*_entries(array), strict=True)))
    if pat.is_list(kind) or pat.is_large_list(kind):
        start, stop = _bounds(array)
        return _nested(array, _array_values(array.values.slice(start, stop - start)))
    if pat.is_dictionary(kind):
        return _array_values(array.dictionary_decode())
    if isinstance(array, pa.ExtensionArray):
        return _array_values(array.storage)
    if pat.is_fixed_size_list(kind):
        return _array_values(array.cast(pa.list_(kind.value_type)))
    return _others(array)


def _strings(array: Any) -> list[Any]:
    try:
        return array.to_pylist()  # type: ignore[no-any-return]
    except UnicodeDecodeError:
        binary = pa.large_binary() if pat.is_large_string(array.type) else pa.binary()
        return [
            None if value is None else value.decode("utf-8", "surrogateescape")
            for value in array.view(binary).to_pylist()
        ]


def _integers(array: Any) -> list[Any]:
    integer = pa.int32() if array.type.bit_width == 32 else pa.int64()
    return array.view(integer).to_pylist()  # type: ignore[no-any-return]


def _short_floats(array: Any) -> list[Any]:
    if array.type.bit_width < 32:
        array = array.cast(pa.float32())
    return [None if text is None else float(text) for text in array.cast(pa.string()).to_pylist()]


def _structs(array: Any) -> list[Any]:
    fields = [_array_values(field) for field in array.flatten()]
    rows: list[Any] = list(zip(*fields, strict=True)) if fields else [()] * len(array)
    if array.null_count:
        valid = array.is_valid().to_pylist()
        rows = [row if there else None for row, there in zip(rows, valid, strict=True)]
    return rows


def _entries(array: Any) -> tuple[list[Any], list[Any]]:
    start, stop = _bounds(array)
    length = stop - start
    return (
        _array_values(array.keys.slice(start, length)),
        _array_values(array.items.slice(start, length)),
    )


def _bounds(array: Any) -> tuple[int, int]:
    """Where the elements of a list array (which may be a slice) begin and end in its values."""
    offsets = array.offsets
    if not len(offsets):
        return 0, 0
    return offsets[0].as_py(), offsets[-1].as_py()


def _nested(array: Any, elements: list[Any]) -> list[Any]:
    """The elements of all rows, told apart by the offsets."""
    offsets = array.offsets.to_pylist()
    if not offsets:
        return []
    first = offsets[0]
    rows: list[Any] = [
        elements[start - first : stop - first] for start, stop in itertools.pairwise(offsets)
    ]
    if array.null_count:
        valid = array.is_valid().to_pylist()
        rows = [row if there else None for row, there in zip(rows, valid, strict=True)]
    return rows


def _others(array: Any) -> list[Any]:
    try:
        return array.to_pylist()  # type: ignore[no-any-return]
    except (ValueError, OverflowError, TypeError, NotImplementedError):
        return [_one(array, index) for index in range(len(array))]


def _one(array: Any, index: int) -> Any:
    try:
        return array[index].as_py()
    except (ValueError, OverflowError, TypeError, NotImplementedError):
        return f"<{array.type}>"
