"""Sorting a table by columns, as row numbers: stable, in Spark's order, NULLs last.

NaN is the largest number, as in Spark. Arrays and structs go by their elements from the left, a
NULL within them before any value. VARIANT has no order in Spark: here numbers by value, then
everything else by its JSON.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat

from lakeshell.render.arrow_values import plain_values
from lakeshell.render.month_intervals import has_month_intervals, is_month_interval
from lakeshell.render.values import is_variant, json_encoder

_RUN = 20_000  # rows that are sorted in one go, with Python's lock held


@dataclass(frozen=True)
class Sort:
    """Sorted by a column of the table, by number."""

    column: int
    descending: bool = False


def sorted_rows(
    table: pa.Table, sorts: Sequence[Sort], *, is_current: Callable[[], bool] = lambda: True
) -> Any:
    """The row numbers (a uint64 Array) of the table in the order of some columns, the first one
    before the others. Raises InterruptedError as soon as `is_current` says that nobody waits any
    more."""
    keys: dict[str, Any] = {}
    orders: list[tuple[str, str]] = []
    for number, sort in enumerate(sorts):
        order = "descending" if sort.descending else "ascending"
        data = _sortable(table.column(sort.column), is_current)
        if pat.is_floating(data.type):
            nan = pc.is_nan(data)
            if pc.any(nan).as_py():
                keys[f"nan{number}"] = nan
                orders.append((f"nan{number}", order))
        keys[f"value{number}"] = data
        orders.append((f"value{number}", order))
    return pc.sort_indices(pa.table(keys), sort_keys=orders)


def _sortable(data: Any, is_current: Callable[[], bool]) -> Any:
    """A column in a form that Arrow can sort, in the same order."""
    kind = data.type
    if pat.is_null(kind):
        return pa.nulls(len(data), pa.int8())
    if is_month_interval(kind):
        from lakeshell.render.month_intervals import months_as_integers

        return months_as_integers(data)
    if pat.is_dictionary(kind):
        return data.cast(kind.value_type)
    if pat.is_float16(kind):
        return data.cast(pa.float32())
    if pat.is_nested(kind) or pat.is_interval(kind) or hasattr(kind, "storage_type"):
        return _ranks(data, is_current)
    return data


def _ranks(data: Any, is_current: Callable[[], bool]) -> Any:
    """Each value's rank among those of a column that Arrow cannot sort, equal ones the same, NULL
    for NULL; in runs, so that the screen gets its turns."""
    key_of = _value_key(data.type)
    runs: list[list[tuple[Any, int]]] = []
    for start in range(0, len(data), _RUN):
        if not is_current():
            raise InterruptedError
        run = []
        for row, value in enumerate(plain_values(data.slice(start, _RUN)), start):
            if value is not None:
                run.append((key_of(value), row))
        run.sort(key=lambda item: item[0])
        runs.append(run)
    merged: Iterator[tuple[Any, int]] = heapq.merge(*runs, key=lambda item: item[0])
    ranks: list[int | None] = [None] * len(data)
    rank, before = 0, None
    for key, row in merged:
        if before is not None and key != before:
            rank += 1
        ranks[row], before = rank, key
    return pa.array(ranks, pa.int64())


def _value_key(kind: Any) -> Callable[[Any], Any]:
    """A function from plain values of a type to something that Python can order."""
    if is_variant(kind):
        write = json_encoder(kind, "UTC")
        return lambda value: _json_key(write(value))
    if pat.is_struct(kind):
        keys = [_element_key(kind.field(index).type) for index in range(kind.num_fields)]
        return lambda value: tuple(key(v) for key, v in zip(keys, value, strict=True))
    if pat.is_map(kind):
        first, second = _element_key(kind.key_type), _element_key(kind.item_type)
        return lambda value: [(first(k), second(v)) for k, v in value]
    if pat.is_list(kind) or pat.is_large_list(kind) or pat.is_fixed_size_list(kind):
        element = _element_key(kind.value_type)
        return lambda value: [element(v) for v in value]
    if pat.is_floating(kind):
        return lambda value: (True, 0.0) if value != value else (False, value)
    if pat.is_string(kind) or pat.is_large_string(kind):
        return lambda value: value.encode("utf-8", "surrogateescape")
    if pat.is_interval(kind) and not has_month_intervals(kind):
        return tuple
    if hasattr(kind, "storage_type"):
        return _value_key(kind.storage_type)
    return lambda value: value


def _element_key(kind: Any) -> Callable[[Any], Any]:
    key = _value_key(kind)
    return lambda value: (0,) if value is None else (1, key(value))


def _json_key(text: str) -> tuple[int, Any]:
    try:
        return 0, Decimal(text)
    except InvalidOperation:
        return 1, json.loads(text) if text.startswith('"') else text
