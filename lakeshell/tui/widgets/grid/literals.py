"""Values as Spark SQL: a literal or expression that gives the same value of the same type.

The forms are those of Spark's SqlBaseParser.g4, `constant`; structs, maps and arrays are built by
functions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow.types as pat

from lakeshell.render.month_intervals import is_month_interval
from lakeshell.render.temporal import timestamp_formatter
from lakeshell.render.values import TextStyle, is_variant, json_encoder, text_formatter
from lakeshell.sql.names import quote_string

Writer = Callable[[Any], str]


def literal_writer(kind: Any, time_zone: str) -> Writer:
    """A function from plain values (`arrow_values.plain_values`) of an Arrow type, None included,
    to SQL text. Timestamps carry their offset from UTC."""
    write = _writer(kind, time_zone)
    return lambda value: "NULL" if value is None else write(value)


def _writer(kind: Any, time_zone: str) -> Writer:
    text = text_formatter(kind, TextStyle(time_zone))
    if pat.is_boolean(kind):
        return lambda value: "TRUE" if value else "FALSE"
    if pat.is_integer(kind):
        suffix = {8: "Y", 16: "S", 32: "", 64: "L"}[kind.bit_width]
        return lambda value: _integer(value, suffix, kind.bit_width)
    if pat.is_decimal(kind):
        return lambda value: f"{value:f}BD"
    if pat.is_floating(kind):
        suffix = "D" if kind.bit_width == 64 else "F"
        return lambda value: _double(value, suffix)
    if pat.is_date(kind):
        return lambda value: f"DATE'{text(value)}'"
    if pat.is_timestamp(kind):
        if kind.tz is None:
            return lambda value: f"TIMESTAMP_NTZ'{text(value)}'"
        iso = timestamp_formatter(kind.unit, time_zone, iso=True)
        return lambda value: f"TIMESTAMP'{iso(value)}'"
    if pat.is_duration(kind) or is_month_interval(kind) or pat.is_interval(kind):
        return lambda value: (
            text(value)
            if text(value).startswith("INTERVAL")
            else (f"INTERVAL {quote_string(text(value))}")
        )
    if pat.is_time(kind):
        return lambda value: f"TIME'{text(value)}'"
    if pat.is_binary(kind) or pat.is_large_binary(kind) or pat.is_fixed_size_binary(kind):
        return lambda value: f"X'{value.hex().upper()}'"
    return _nested_writer(kind, time_zone) or (lambda value: quote_string(text(value)))


def _nested_writer(kind: Any, time_zone: str) -> Writer | None:
    if is_variant(kind):
        encode = json_encoder(kind, time_zone)
        return lambda value: f"parse_json({quote_string(encode(value))})"
    if pat.is_struct(kind):
        fields = [kind.field(index) for index in range(kind.num_fields)]
        names = [quote_string(field.name) for field in fields]
        writers = [literal_writer(field.type, time_zone) for field in fields]

        def struct(value: Any) -> str:
            parts = (f"{n}, {w(v)}" for n, w, v in zip(names, writers, value, strict=True))
            return f"named_struct({', '.join(parts)})"

        return struct
    if pat.is_map(kind):
        key, item = (
            literal_writer(kind.key_type, time_zone),
            literal_writer(kind.item_type, time_zone),
        )
        return lambda value: "map(" + ", ".join(f"{key(k)}, {item(v)}" for k, v in value) + ")"
    if pat.is_list(kind) or pat.is_large_list(kind) or pat.is_fixed_size_list(kind):
        element = literal_writer(kind.value_type, time_zone)
        return lambda value: "array(" + ", ".join(map(element, value)) + ")"
    return None


def _integer(value: int, suffix: str, bits: int) -> str:
    if value == -(2 ** (bits - 1)):
        # Its digits without the sign are beyond the type.
        kinds = {8: "TINYINT", 16: "SMALLINT", 32: "INT", 64: "BIGINT"}
        return f"CAST('{value}' AS {kinds[bits]})"
    return f"{value}{suffix}"


def _double(value: float, suffix: str) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        name = "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
        return f"CAST('{name}' AS {'DOUBLE' if suffix == 'D' else 'FLOAT'})"
    return f"{value!r}{suffix}"
