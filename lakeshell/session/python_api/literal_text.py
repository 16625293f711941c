"""Literals of the Connect protocol (`Expression.Literal`) as SQL text of the same type."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from lakeshell.errors import UsageError
from lakeshell.session.python_api.type_text import type_text
from lakeshell.sql.names import quote_string

_EPOCH = datetime(1970, 1, 1)
_SUFFIXES = {"byte": "Y", "short": "S", "integer": "", "long": "L"}
_LOWEST = {"byte": -(2**7), "short": -(2**15), "integer": -(2**31), "long": -(2**63)}
_TYPES = {"byte": "TINYINT", "short": "SMALLINT", "integer": "INT", "long": "BIGINT"}


def literal_text(literal: Any) -> str:
    """One literal. Raises UsageError for a kind that SQL has no literal for."""
    kind = literal.WhichOneof("literal_type")
    value = getattr(literal, kind)
    if kind == "null":
        wanted = value.WhichOneof("kind")
        return "NULL" if wanted in (None, "null", "unparsed") else f"CAST(NULL AS {_type(value)})"
    if kind in _SUFFIXES:
        return _integer(kind, value)
    if kind in ("float", "double"):
        return _floating(kind, value)
    if kind in ("array", "specialized_array", "map", "struct"):
        return _nested(kind, value, literal)
    write = _WRITERS.get(kind)
    if write is None:
        raise UsageError(f"A value of the kind {kind.replace('_', ' ')} has no literal in SQL.")
    return str(write(value))


def _integer(kind: str, value: int) -> str:
    if value == _LOWEST[kind]:  # its digits alone are out of range
        return f"CAST('{value}' AS {_TYPES[kind]})"
    return f"({value}{_SUFFIXES[kind]})" if value < 0 else f"{value}{_SUFFIXES[kind]}"


def _floating(kind: str, value: float) -> str:
    if kind == "double" and math.isfinite(value) and value >= 0:
        return f"{value!r}D"
    return f"CAST('{value!r}' AS {kind.upper()})"


def _decimal(value: Any) -> str:
    """Of the wider of the declared type and the number's own, as the server reads it
    (`LiteralValueProtoConverter`)."""
    number = Decimal(value.value)
    _, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int):
        raise UsageError(f"{number} is not a number that DECIMAL can hold.")
    scale = max(value.scale, -exponent, 0)
    precision = max(value.precision, len(digits) + max(exponent, 0), scale, 1)
    return f"CAST('{number:f}' AS DECIMAL({precision}, {scale}))"


def _timestamp(micros: int) -> str:
    return f"TIMESTAMP'{_EPOCH + timedelta(microseconds=micros)}Z'"


def _local_timestamp(micros: int) -> str:
    return f"TIMESTAMP_NTZ'{_EPOCH + timedelta(microseconds=micros)}'"


def _interval(micros: int) -> str:
    seconds = Decimal(micros).scaleb(-6)
    return f"make_dt_interval(0, 0, 0, CAST('{seconds:f}' AS DECIMAL(18, 6)))"


def _time(value: Any) -> str:
    moment = (_EPOCH + timedelta(microseconds=value.nano // 1000)).time()
    return f"TIME'{moment.isoformat()}'"


_WRITERS: dict[str, Any] = {
    "string": quote_string,
    "boolean": lambda value: "TRUE" if value else "FALSE",
    "binary": lambda value: f"X'{value.hex()}'",
    "decimal": _decimal,
    "date": lambda days: f"DATE'{date(1970, 1, 1) + timedelta(days=days)}'",
    "timestamp": _timestamp,
    "timestamp_ntz": _local_timestamp,
    "day_time_interval": _interval,
    "time": _time,
}


def _nested(kind: str, value: Any, literal: Any) -> str:
    if kind == "specialized_array":
        return _specialized(value)
    declared = literal.data_type if literal.HasField("data_type") else None
    if kind == "struct":
        names = [field.name for field in (declared or value.struct_type).struct.fields]
        pairs = zip(names, value.elements, strict=True)
        inner = ", ".join(f"{quote_string(n)}, {literal_text(e)}" for n, e in pairs)
        return f"named_struct({inner})"
    if kind == "array":
        if value.elements:
            return f"array({', '.join(map(literal_text, value.elements))})"
        element = declared.array.element_type if declared else value.element_type
        return f"CAST(array() AS ARRAY<{_type(element)}>)"
    pairs = zip(value.keys, value.values, strict=True)
    inner = ", ".join(f"{literal_text(k)}, {literal_text(v)}" for k, v in pairs)
    if inner:
        return f"map({inner})"
    keys, values = (
        (declared.map.key_type, declared.map.value_type)
        if declared
        else (value.key_type, value.value_type)
    )
    return f"CAST(map() AS MAP<{_type(keys)}, {_type(values)}>)"


def _specialized(value: Any) -> str:
    kind = value.WhichOneof("value_type")
    values = list(getattr(value, kind).values)
    names = {"bools": "BOOLEAN", "ints": "INT", "longs": "BIGINT", "floats": "FLOAT",
             "doubles": "DOUBLE", "strings": "STRING"}  # fmt: skip
    inner = ", ".join(quote_string(str(v).lower() if kind == "bools" else str(v)) for v in values)
    return f"CAST(array({inner}) AS ARRAY<{names[kind]}>)"


def _type(message: Any) -> str:
    from pyspark.sql.connect.types import proto_schema_to_pyspark_data_type

    return type_text(proto_schema_to_pyspark_data_type(message))
