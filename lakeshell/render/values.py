"""One value of an Arrow column as readable text, by its type, the way Spark writes it."""

from __future__ import annotations

import math
import zoneinfo
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

NULL = "NULL"
_BINARY_SHOWN = 32  # bytes of a binary value that are shown

ToText = Callable[[Any], str]


def column_values(column: pa.ChunkedArray) -> list[Any]:
    """The values of a column as Python objects.

    A date or timestamp beyond Python's years 1–9999 would raise; such a column comes as Arrow's own
    text for every value.
    """
    try:
        return list(column.to_pylist())
    except (ValueError, OverflowError):
        import pyarrow as pa

        try:
            return list(column.cast(pa.string()).to_pylist())
        except pa.ArrowInvalid:
            return [_scalar_text(scalar) for scalar in column]


def text_of(kind: pa.DataType, zone: str) -> ToText:
    """A function from a Python value of the Arrow type `kind` (never None) to its text.

    Timestamps with a zone are shown in `zone`, an IANA name; those without one as they are.
    """
    import pyarrow as pa

    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return str
    if pa.types.is_boolean(kind):
        return lambda value: str(value).lower()
    if pa.types.is_floating(kind):
        single = pa.types.is_float32(kind)
        return lambda value: double_text(value, single=single)
    if pa.types.is_timestamp(kind):
        target = _zone(zone) if kind.tz else None
        return lambda value: timestamp_text(value, target)
    if pa.types.is_nested(kind):
        return lambda value: nested_text(value, kind, zone)
    return lambda value: plain_text(value)


def nested_text(value: Any, kind: pa.DataType, zone: str) -> str:
    """A struct, array or map: `{a: 1, b: ["x", NULL]}`, `{"k" → 1}`; strings inside are quoted."""
    import pyarrow as pa

    if value is None:
        return NULL
    if isinstance(value, str) and not pa.types.is_string(kind) and pa.types.is_nested(kind):
        return value  # the text of a value that Python cannot hold
    if pa.types.is_struct(kind):
        if is_variant(kind):
            return f"<variant, {len(value.get('value') or b'')} bytes>"
        fields = [kind.field(i) for i in range(kind.num_fields)]
        inner = (f"{f.name}: {nested_text(value.get(f.name), f.type, zone)}" for f in fields)
        return "{" + ", ".join(inner) + "}"
    if pa.types.is_map(kind):
        pairs = value.items() if isinstance(value, dict) else value
        inner = (
            f"{nested_text(k, kind.key_type, zone)} → {nested_text(v, kind.item_type, zone)}"
            for k, v in pairs
        )
        return "{" + ", ".join(inner) + "}"
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return "[" + ", ".join(nested_text(v, kind.value_type, zone) for v in value) + "]"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return text_of(kind, zone)(value)


def is_variant(kind: pa.DataType) -> bool:
    """Whether a type is Spark's VARIANT, which arrives as a struct of two binaries."""
    names = {kind.field(i).name for i in range(kind.num_fields)}
    return names == {"value", "metadata"} and all(
        str(kind.field(i).type) == "binary" for i in range(kind.num_fields)
    )


def double_text(value: float, *, single: bool = False) -> str:
    """A double as Java writes it: 1.0, 1.0E10, NaN, Infinity."""
    if not isinstance(value, float):
        return str(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return _shortest(value) if single else repr(value)
    text = _shortest(value) if single else repr(value)
    digits, _, exponent = f"{Decimal(text):e}".partition("e")
    if "." not in digits:
        digits += ".0"
    whole, _, fraction = digits.partition(".")
    return f"{whole}.{fraction.rstrip('0') or '0'}E{int(exponent)}"


def _shortest(value: float) -> str:
    """The shortest text that gives the same 32-bit float."""
    import struct

    packed = struct.pack("f", value)
    for precision in range(6, 10):
        text = f"{value:.{precision}g}"
        if struct.pack("f", float(text)) == packed:
            break
    return text if any(c in text for c in ".en") else text + ".0"


def timestamp_text(value: Any, zone: tzinfo | None) -> str:
    """`2024-01-01 10:00:00`, with the fraction that it has; moved to `zone` where one is given."""
    if not isinstance(value, datetime):
        return str(value)
    if zone is not None:
        try:
            value = value.astimezone(zone)
        except (OverflowError, ValueError):
            return str(value)
    text = value.strftime("%H:%M:%S")
    fraction = f".{value.microsecond:06d}".rstrip("0") if value.microsecond else ""
    return f"{value.year:04d}-{value.month:02d}-{value.day:02d} {text}{fraction}"


def plain_text(value: Any) -> str:
    """Numbers, dates, intervals and binaries."""
    if isinstance(value, bytes):
        shown = value[:_BINARY_SHOWN].hex().upper()
        return f"X'{shown}'" if len(value) <= _BINARY_SHOWN else f"X'{shown}…' ({len(value)} bytes)"
    if isinstance(value, timedelta):
        return interval_text(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, (date, time)):
        return value.isoformat()
    if type(value).__name__ == "MonthDayNano":
        return _month_day_nano(value)
    return str(value)


def interval_text(value: timedelta) -> str:
    """A day-time interval as Spark writes it: `1 02:03:04.5`."""
    sign = "-" if value < timedelta(0) else ""
    value = abs(value)
    hours, rest = divmod(value.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{value.microseconds:06d}".rstrip("0") if value.microseconds else ""
    return f"{sign}{value.days} {hours:02d}:{minutes:02d}:{seconds:02d}{fraction}"


def json_value(value: Any, kind: pa.DataType, zone: str) -> Any:
    """A value that `json.dumps` can write without loss.

    Decimals come as `Decimal` (the writer prints their digits), NaN and infinities as strings,
    times in ISO 8601, binaries in base64, maps as objects.
    """
    import pyarrow as pa

    if value is None or isinstance(value, (bool, int)):
        return value
    if pa.types.is_struct(kind) and isinstance(value, dict):
        fields = [kind.field(i) for i in range(kind.num_fields)]
        return {f.name: json_value(value.get(f.name), f.type, zone) for f in fields}
    if pa.types.is_map(kind) and not isinstance(value, str):
        pairs = value.items() if isinstance(value, dict) else value
        to_key = text_of(kind.key_type, zone)
        return {
            NULL if k is None else to_key(k): json_value(v, kind.item_type, zone) for k, v in pairs
        }
    if isinstance(value, list):
        return [json_value(item, kind.value_type, zone) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else double_text(value)
    if isinstance(value, datetime):
        if kind.tz:
            with_zone = value.astimezone(_zone(zone))
            return with_zone.isoformat()
        return value.isoformat()
    if isinstance(value, bytes):
        import base64

        return base64.b64encode(value).decode("ascii")
    if isinstance(value, (Decimal, str)):
        return value
    return plain_text(value)


def _month_day_nano(value: Any) -> str:
    years, months = divmod(abs(value.months), 12)
    sign = "-" if value.months < 0 else ""
    if not value.days and not value.nanoseconds:
        return f"{sign}{years}-{months}"
    return f"{value.months} months {value.days} days {value.nanoseconds / 1e9:g} seconds"


@lru_cache(maxsize=8)
def _zone(name: str) -> tzinfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return timezone.utc


def _scalar_text(scalar: Any) -> str | None:
    return str(scalar) if scalar.is_valid else None
