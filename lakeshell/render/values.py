"""One value to text: for people (`text_formatter`) and as JSON (`json_encoder`).

Both build, once for a column's Arrow type, a function from the plain values of
`arrow_values.plain_values` to text. NULL is the caller's at the top (a table dims it, CSV leaves it
empty); within nested values it is `NULL` for people and `null` in JSON.

For people, in the way of Spark's own output: ``1.0E10``, ``2024-01-01 10:00:00``, ``X'CAFE'``,
``{a: 1, b: ["x", NULL]}``, maps ``{"k" → 1}``. Strings are quoted within nested values only.

JSON loses nothing that JSON can say: decimals and 64-bit integers are numbers with all their
digits, NaN and the infinities strings, timestamps ISO 8601, binary base64, intervals Spark's
literal. Characters that could act on a terminal are written as ``\\u`` escapes, which read back
the same.

A VARIANT (a struct of two binaries, marked by Spark in the field's metadata) is its JSON.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Any

import pyarrow.types as pat

from lakeshell.render.month_intervals import is_month_interval
from lakeshell.render.safe_text import ELLIPSIS, is_safe
from lakeshell.render.temporal import (
    calendar_interval_text,
    date_text,
    day_time_interval_text,
    time_text,
    timestamp_formatter,
    year_month_interval_text,
)

NULL = "NULL"

Formatter = Callable[[Any], str]

_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class TextStyle:
    """How text for people is written: the session's time zone, arrows beyond ASCII or not, and how
    many bytes of a binary are shown (None: all)."""

    timezone: str = "UTC"
    unicode: bool = True
    binary_bytes: int | None = None


def text_formatter(kind: Any, style: TextStyle) -> Formatter:
    """The function that writes non-null values of the Arrow type `kind` for people.

    The text is not yet filtered for a terminal.
    """
    if pat.is_binary(kind) or pat.is_large_binary(kind) or pat.is_fixed_size_binary(kind):
        return lambda value: _hex(value, style)
    return _scalar_formatter(kind, style.timezone, iso=False) or _nested_formatter(kind, style)


def json_encoder(kind: Any, timezone: str) -> Formatter:
    """The function that writes values of the Arrow type `kind`, None included, as JSON text."""
    encode = _json_encoder(kind, timezone)
    return lambda value: "null" if value is None else encode(value)


def json_string(text: str) -> str:
    """A JSON string, safe on a terminal. Bytes that were no UTF-8 become U+FFFD."""
    quoted = encode_basestring(text)
    if quoted.isprintable():
        return quoted
    return "".join(c if is_safe(c) else _json_escape(c) for c in quoted)


def double_text(value: float) -> str:
    """A double as Java writes it: ``1.0``, ``1.0E10``, ``1.0E-5``, ``NaN``, ``Infinity``."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    text = repr(value)
    if 1e-3 <= abs(value) < 1e7 or value == 0:
        # In this range repr never uses an exponent below 1e16 or above 1e-4.
        return text
    sign, text = ("-", text[1:]) if text[0] == "-" else ("", text)
    mantissa, _, exponent = text.partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    # The power of the first digit that counts.
    power = int(exponent or 0)
    power += len(whole) - 1 if whole != "0" else len(digits) - len(fraction) - 1
    digits = digits.rstrip("0")
    return f"{sign}{digits[0]}.{digits[1:] or '0'}E{power}"


def unique_names(names: Iterable[str]) -> list[str]:
    """The names, where one repeats with ``_2``, ``_3`` … so that every value keeps a key."""
    names = list(names)
    taken = set(names)
    seen: set[str] = set()
    result = []
    for name in names:
        unique, number = name, 2
        while unique in seen or (unique != name and unique in taken):
            unique, number = f"{name}_{number}", number + 1
        seen.add(unique)
        result.append(unique)
    return result


def _scalar_formatter(kind: Any, timezone: str, *, iso: bool) -> Formatter | None:
    """What people and JSON strings share; None for nested types and binaries."""
    if pat.is_string(kind) or pat.is_large_string(kind) or pat.is_integer(kind):
        return str
    if pat.is_boolean(kind):
        return lambda value: "true" if value else "false"
    if pat.is_floating(kind):
        return double_text
    if pat.is_decimal(kind):
        return lambda value: format(value, "f")
    if pat.is_date32(kind):
        return date_text
    if pat.is_date64(kind):
        return lambda value: date_text(value // 86_400_000)
    if pat.is_timestamp(kind):
        # Arrow's own zone only says that the value is a moment; the session's is the one to show.
        return timestamp_formatter(kind.unit, timezone if kind.tz is not None else None, iso=iso)
    if pat.is_time(kind):
        return lambda value: time_text(value, kind.unit)
    if pat.is_duration(kind):
        return lambda value: day_time_interval_text(value, kind.unit)
    if is_month_interval(kind):
        return year_month_interval_text
    if pat.is_interval(kind):
        return lambda value: calendar_interval_text(*value)
    if pat.is_dictionary(kind):
        return _scalar_formatter(kind.value_type, timezone, iso=iso)
    if hasattr(kind, "storage_type"):
        return _scalar_formatter(kind.storage_type, timezone, iso=iso)
    return None


def _nested_formatter(kind: Any, style: TextStyle) -> Formatter:
    if is_variant(kind):
        return lambda value: _variant(value, kind, style.timezone)
    if pat.is_struct(kind):
        names = [_field_name(field.name) for field in _fields(kind)]
        writers = [_element(field.type, style) for field in _fields(kind)]

        def write_struct(value: Any) -> str:
            parts = zip(names, writers, value, strict=True)
            return "{" + ", ".join(f"{name}: {write(v)}" for name, write, v in parts) + "}"

        return write_struct
    if pat.is_map(kind):
        arrow = " → " if style.unicode else " -> "
        write_key, write_item = _element(kind.key_type, style), _element(kind.item_type, style)
        return lambda value: (
            "{" + ", ".join(f"{write_key(k)}{arrow}{write_item(v)}" for k, v in value) + "}"
        )
    if _is_any_list(kind):
        write_element = _element(kind.value_type, style)
        return lambda value: "[" + ", ".join(map(write_element, value)) + "]"
    if hasattr(kind, "storage_type"):
        return text_formatter(kind.storage_type, style)
    return str


def _element(kind: Any, style: TextStyle) -> Formatter:
    """Writes a value inside another one: NULL in words, strings in quotes."""
    write = text_formatter(kind, style)
    if pat.is_string(kind) or pat.is_large_string(kind):
        return lambda value: NULL if value is None else _quoted(value)
    return lambda value: NULL if value is None else write(value)


def _json_encoder(kind: Any, timezone: str) -> Formatter:
    if pat.is_integer(kind):
        return str
    if pat.is_string(kind) or pat.is_large_string(kind):
        return json_string
    if pat.is_floating(kind):
        return json_double
    if pat.is_boolean(kind) or pat.is_decimal(kind):
        return _scalar_formatter(kind, timezone, iso=True) or str
    if pat.is_binary(kind) or pat.is_large_binary(kind) or pat.is_fixed_size_binary(kind):
        return lambda value: f'"{base64_text(value)}"'
    if is_variant(kind):
        return lambda value: _variant(value, kind, timezone)
    if pat.is_struct(kind):
        return _json_struct(kind, timezone)
    if pat.is_map(kind):
        write_key = _scalar_formatter(kind.key_type, timezone, iso=True)
        write_key = write_key or json_encoder(kind.key_type, timezone)
        write_item = json_encoder(kind.item_type, timezone)
        return lambda value: (
            "{" + ", ".join(f"{json_string(write_key(k))}: {write_item(v)}" for k, v in value) + "}"
        )
    if _is_any_list(kind):
        write_element = json_encoder(kind.value_type, timezone)
        return lambda value: "[" + ", ".join(map(write_element, value)) + "]"
    if pat.is_dictionary(kind):
        return _json_encoder(kind.value_type, timezone)
    if hasattr(kind, "storage_type"):
        return _json_encoder(kind.storage_type, timezone)
    write = _scalar_formatter(kind, timezone, iso=True) or str
    return lambda value: json_string(write(value))


def _json_struct(kind: Any, timezone: str) -> Formatter:
    fields = _fields(kind)
    keys = [json_string(name) + ": " for name in unique_names(field.name for field in fields)]
    writers = [json_encoder(field.type, timezone) for field in fields]

    def write(value: Any) -> str:
        parts = zip(keys, writers, value, strict=True)
        return "{" + ", ".join(key + encode(v) for key, encode, v in parts) + "}"

    return write


def json_double(value: float) -> str:
    text = repr(value)
    return text if text[-1].isdigit() else f'"{double_text(value)}"'


def _json_escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return "\\ufffd"
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def base64_text(value: bytes) -> str:
    """Binary as base64, the form of JSON and CSV."""
    import base64

    return base64.b64encode(value).decode("ascii")


def is_variant(kind: Any) -> bool:
    """Whether the Arrow type is Spark's VARIANT (org.apache.spark.sql.util.ArrowUtils marks it)."""
    if not pat.is_struct(kind) or kind.num_fields != 2:
        return False
    return any(
        field.name == "metadata" and (field.metadata or {}).get(b"variant") == b"true"
        for field in _fields(kind)
    )


def _variant(value: Any, kind: Any, timezone: str) -> str:
    from lakeshell.render.variant import variant_json

    parts: dict[str, bytes] = dict(zip((field.name for field in _fields(kind)), value, strict=True))
    return variant_json(parts["value"], parts["metadata"], timezone)


def _fields(kind: Any) -> list[Any]:
    return [kind.field(index) for index in range(kind.num_fields)]


def _is_any_list(kind: Any) -> bool:
    return bool(pat.is_list(kind) or pat.is_large_list(kind) or pat.is_fixed_size_list(kind))


def _field_name(name: str) -> str:
    return name if _NAME.fullmatch(name) else "`" + name.replace("`", "``") + "`"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _hex(value: bytes, style: TextStyle) -> str:
    limit = style.binary_bytes
    if limit is None or len(value) <= limit:
        return f"X'{value.hex().upper()}'"
    ellipsis = ELLIPSIS if style.unicode else "..."
    return f"X'{value[:limit].hex().upper()}{ellipsis}' ({len(value):,} bytes)"
