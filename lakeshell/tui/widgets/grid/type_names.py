"""Arrow types by the names Spark gives them: `bigint`, `array<struct<a:int>>`, `variant`."""

from __future__ import annotations

from typing import Any

import pyarrow.types as pat

from lakeshell.render.month_intervals import is_month_interval
from lakeshell.render.values import is_variant

_LONGEST = 2_000  # characters; a struct of thousands of fields is not written out


def type_name(kind: Any) -> str:
    """Spark's name of an Arrow type; Arrow's own where Spark has none. Not filtered for a
    terminal: fields of a struct have names of their own."""
    return _name(kind)[:_LONGEST]


def _name(kind: Any) -> str:
    for is_type, name in _PLAIN:
        if is_type(kind):
            return name
    if pat.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    if pat.is_timestamp(kind):
        return "timestamp_ntz" if kind.tz is None else "timestamp"
    if is_month_interval(kind):
        return "interval year to month"
    if pat.is_dictionary(kind):
        return _name(kind.value_type)
    if is_variant(kind):
        return "variant"
    if pat.is_struct(kind):
        return f"struct<{_fields(kind)}>"
    if pat.is_map(kind):
        return f"map<{_name(kind.key_type)},{_name(kind.item_type)}>"
    if pat.is_list(kind) or pat.is_large_list(kind) or pat.is_fixed_size_list(kind):
        return f"array<{_name(kind.value_type)}>"
    return str(kind)


def _fields(kind: Any) -> str:
    parts: list[str] = []
    length = 0
    for index in range(kind.num_fields):
        field = kind.field(index)
        parts.append(f"{field.name}:{_name(field.type)}")
        length += len(parts[-1])
        if length > _LONGEST:
            break
    return ",".join(parts)


_PLAIN = (
    (pat.is_boolean, "boolean"),
    (pat.is_int8, "tinyint"),
    (pat.is_int16, "smallint"),
    (pat.is_int32, "int"),
    (pat.is_int64, "bigint"),
    (pat.is_float32, "float"),
    (pat.is_float64, "double"),
    (pat.is_string, "string"),
    (pat.is_large_string, "string"),
    (pat.is_binary, "binary"),
    (pat.is_large_binary, "binary"),
    (pat.is_fixed_size_binary, "binary"),
    (pat.is_date, "date"),
    (pat.is_time, "time"),
    (pat.is_duration, "interval day to second"),
    (pat.is_null, "void"),
)
