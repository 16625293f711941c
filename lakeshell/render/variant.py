"""A VARIANT's two binaries to JSON text.

The encoding is the Parquet format's Variant: `metadata` is a dictionary of field names, `value` a
tree of tagged values that name their fields by number.
Source of the layout: VariantEncoding.md of apache/parquet-format.
"""

from __future__ import annotations

import itertools
import struct
from decimal import Decimal

from lakeshell.render.temporal import date_text, time_text, timestamp_formatter

_DEEPEST = 200
_INTEGER_BYTES = {3: 1, 4: 2, 5: 4, 6: 8}
_DECIMAL_BYTES = {8: 4, 9: 8, 10: 16}
# (unit, whether it is a moment that is shown in the session's time zone)
_TIMESTAMPS = {12: ("us", True), 13: ("us", False), 18: ("ns", True), 19: ("ns", False)}


def variant_json(value: bytes, metadata: bytes, timezone: str) -> str:
    """The JSON text of a VARIANT, its strings safe on a terminal.

    A value that cannot be read, or is nested too deep, is told by its size, as a JSON string.
    """
    try:
        return _Variant(value, _names(metadata), timezone).json(0, 0)
    except (IndexError, struct.error, ValueError, KeyError, OverflowError, MemoryError):
        return f'"<variant, {len(value)} bytes>"'


def _names(metadata: bytes) -> list[str]:
    size = (metadata[0] >> 6) + 1
    count = _unsigned(metadata, 1, size)
    start = 1 + size * (count + 2)
    if start > len(metadata):
        raise ValueError("the metadata ends early")
    ends = [_unsigned(metadata, 1 + size * (1 + index), size) for index in range(count + 1)]
    return [
        metadata[start + first : start + last].decode("utf-8", "replace")
        for first, last in itertools.pairwise(ends)
    ]


class _Variant:
    def __init__(self, data: bytes, names: list[str], timezone: str) -> None:
        self._data = data
        self._names = names
        self._timezone = timezone
        # Every value has a byte of its own; offsets that overlap would let a few bytes say more.
        self._values_left = len(data)

    def json(self, at: int, depth: int) -> str:
        """The value that begins at this offset."""
        self._values_left -= 1
        if depth > _DEEPEST or self._values_left < 0:
            raise ValueError("nested too deep, or a value is told twice")
        kind, header = self._data[at] & 3, self._data[at] >> 2
        if kind == 0:
            return self._primitive(header, at + 1)
        if kind == 1:
            return self._string(at + 1, header)
        if kind == 2:
            return self._object(header, at + 1, depth)
        return self._array(header, at + 1, depth)

    def _object(self, header: int, at: int, depth: int) -> str:
        offset_size, id_size = (header & 3) + 1, (header >> 2 & 3) + 1
        count_size = 4 if header & 16 else 1
        count = _unsigned(self._data, at, count_size)
        ids = at + count_size
        offsets = ids + count * id_size
        values = offsets + (count + 1) * offset_size
        parts = []
        for index in range(count):
            name = self._names[_unsigned(self._data, ids + index * id_size, id_size)]
            offset = _unsigned(self._data, offsets + index * offset_size, offset_size)
            parts.append(f"{_json_string(name)}: {self.json(values + offset, depth + 1)}")
        return "{" + ", ".join(parts) + "}"

    def _array(self, header: int, at: int, depth: int) -> str:
        offset_size = (header & 3) + 1
        count_size = 4 if header & 4 else 1
        count = _unsigned(self._data, at, count_size)
        offsets = at + count_size
        values = offsets + (count + 1) * offset_size
        parts = []
        for index in range(count):
            offset = _unsigned(self._data, offsets + index * offset_size, offset_size)
            parts.append(self.json(values + offset, depth + 1))
        return "[" + ", ".join(parts) + "]"

    def _primitive(self, kind: int, at: int) -> str:
        data = self._data
        if kind == 0:
            return "null"
        if kind in (1, 2):
            return "true" if kind == 1 else "false"
        if kind in _INTEGER_BYTES:
            return str(_signed(data, at, _INTEGER_BYTES[kind]))
        if kind in _DECIMAL_BYTES:
            unscaled = _signed(data, at + 1, _DECIMAL_BYTES[kind])
            digits = tuple(map(int, str(abs(unscaled))))
            return format(Decimal((unscaled < 0, digits, -data[at])), "f")
        if kind == 7:
            return _json_double(struct.unpack_from("<d", data, at)[0])
        if kind == 14:
            # The shortest decimal that is this float, not the float's double.
            import pyarrow as pa

            single = pa.array(struct.unpack_from("<f", data, at), pa.float32())
            return _json_double(float(single.cast(pa.string())[0].as_py()))
        if kind == 11:
            return f'"{date_text(_signed(data, at, 4))}"'
        if kind in _TIMESTAMPS:
            unit, moment = _TIMESTAMPS[kind]
            write = timestamp_formatter(unit, self._timezone if moment else None, iso=True)
            return f'"{write(_signed(data, at, 8))}"'
        if kind == 17:
            return f'"{time_text(_signed(data, at, 8), "us")}"'
        if kind == 15:
            return f'"{_base64(self._bytes(at + 4, _unsigned(data, at, 4)))}"'
        if kind == 16:
            return self._string(at + 4, _unsigned(data, at, 4))
        if kind == 20:
            import uuid

            return f'"{uuid.UUID(bytes=self._bytes(at, 16))}"'
        raise ValueError(f"unknown kind {kind}")

    def _string(self, at: int, length: int) -> str:
        return _json_string(self._bytes(at, length).decode("utf-8", "surrogateescape"))

    def _bytes(self, at: int, length: int) -> bytes:
        found = self._data[at : at + length]
        if len(found) < length:
            raise ValueError("the value ends early")
        return found


def _unsigned(data: bytes, at: int, size: int) -> int:
    return _integer(data, at, size, signed=False)


def _signed(data: bytes, at: int, size: int) -> int:
    return _integer(data, at, size, signed=True)


def _integer(data: bytes, at: int, size: int, *, signed: bool) -> int:
    part = data[at : at + size]
    if len(part) < size:
        raise ValueError("the value ends early")
    return int.from_bytes(part, "little", signed=signed)


def _json_string(text: str) -> str:
    from lakeshell.render.values import json_string

    return json_string(text)


def _json_double(value: float) -> str:
    from lakeshell.render.values import json_double

    return json_double(value)


def _base64(value: bytes) -> str:
    from lakeshell.render.values import base64_text

    return base64_text(value)
