"""Values of `:name` markers, written as typed literals.

The forms are those of Spark's SqlBaseParser.g4, `constant`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Union

from lakeshell.errors import UsageError
from lakeshell.sql.names import quote_string

Value = Union[str, int, float, Decimal, bool, date, datetime, None]

_NAME = re.compile(r"[^\W\d]\w*\Z")
_TYPE = re.compile(r"[A-Za-z_]+(?: ?\( ?[0-9]+ ?(?:, ?[0-9]+ ?)?\))?\Z")
_INTEGER = re.compile(r"[+-]?[0-9]+\Z")
_INTEGER_BITS = {"tinyint": 8, "byte": 8, "smallint": 16, "short": 16, "int": 32, "integer": 32,
                 "bigint": 64, "long": 64}  # fmt: skip


@dataclass(frozen=True)
class Parameter:
    """The value of a `:name`; `type` is a Spark SQL type to cast it to, None for its own."""

    value: Value
    type: str | None = None

    def literal(self) -> str:
        """The value as SQL text. Raises UsageError for what no literal can say."""
        if self.type is None:
            return _literal(self.value)
        if not _TYPE.match(self.type):
            raise UsageError(f"{self.type!r} is not the name of a type.")
        inner = "NULL" if self.value is None else quote_string(_text(self.value))
        return f"CAST({inner} AS {self.type})"


def parse_parameter(text: str) -> tuple[str, Parameter]:
    """`name=value` (a string) or `name:type=value` of `--param`. Raises UsageError."""
    declared, equals, value = text.partition("=")
    name, colon, kind = (part.strip() for part in declared.partition(":"))
    if not equals or not _NAME.match(name) or (colon and not _TYPE.match(kind)):
        raise UsageError(
            f"{text!r} is not NAME=VALUE or NAME:TYPE=VALUE.", hint="For example: --param n:int=3"
        )
    try:
        return name, _typed(value, kind)
    except (KeyError, ValueError, InvalidOperation) as error:
        raise UsageError(f"The value {value!r} of {name} is not of type {kind}.") from error


def _typed(value: str, kind: str) -> Parameter:
    """The value as a plain literal where its type has one, else as a cast."""
    base = kind.split("(")[0].strip().lower()
    if base in ("", "string"):
        return Parameter(value)
    if base in _INTEGER_BITS:
        bits = _INTEGER_BITS[base]
        if not _INTEGER.match(value) or not -(2 ** (bits - 1)) <= int(value) < 2 ** (bits - 1):
            raise ValueError(value)
        return Parameter(int(value), None if bits == 32 else kind)
    if base in ("boolean", "bool"):
        return Parameter({"true": True, "false": False}[value.lower()])
    if base in ("void", "null"):
        return Parameter(None)
    if base == "date":
        return Parameter(date.fromisoformat(value))
    if base in ("double", "float", "real"):
        float(value)
    elif base in ("decimal", "dec", "numeric"):
        number = Decimal(value)
        if "(" not in kind:
            return Parameter(number)
    return Parameter(value, kind)


def _literal(value: Value) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return quote_string(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return f"TIMESTAMP'{value.isoformat(sep=' ')}'"
    if isinstance(value, date):
        return f"DATE'{value.isoformat()}'"
    if isinstance(value, float) and not math.isfinite(value):
        return f"CAST('{value}' AS DOUBLE)"
    if isinstance(value, Decimal) and not value.is_finite():
        raise UsageError(f"{value} is not a number that DECIMAL can hold.")
    number = _number(value)
    # In parentheses, or `5-:x` would start a comment.
    return f"({number})" if number.startswith("-") else number


def _number(value: int | float | Decimal) -> str:
    if isinstance(value, float):
        return f"{value!r}D"
    if isinstance(value, Decimal):
        return f"{value:f}BD"
    if -(2**31) <= value < 2**31:
        return str(value)
    return f"{value}L" if -(2**63) <= value < 2**63 else f"{value}BD"


def _text(value: Value) -> str:
    """The value as the string that Spark casts."""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat(sep=" ") if isinstance(value, datetime) else str(value)
