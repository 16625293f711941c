"""Binding: `${name}` and `:name` replaced by values, which can never become syntax.

Bound before a statement is sent, because Spark's own parameters are lost in Delta's parser. A value
is escaped for the place where it stands: inside a string, inside backticks, or bare, where it is a
number, a name in backticks, or a string literal. Comments, hints and dollar-quoted bodies are left
alone.
"""

from __future__ import annotations

import bisect
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Union

from lakeshell.errors import UsageError
from lakeshell.sql.lexer import Kind, Token, tokenize
from lakeshell.sql.names import escape_string, parse_name, quote_name, quote_string

Value = Union[str, int, float, Decimal, bool, date, datetime, None]

_MARKER = re.compile(r"\$\{\s*([^\s{}](?:[^{}\n]*[^\s{}])?)\s*\}|\{\{\s*([\w.\-]+)\s*\}\}")
_NAME = re.compile(r"[A-Za-z_][\w.\-]*\Z")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\Z")
_WORD = re.compile(r"\w+\Z")
_TYPE = re.compile(r"[A-Za-z_]+(?:\s*\(\s*\d+\s*(?:,\s*\d+\s*)?\))?\Z")


@dataclass(frozen=True)
class Parameter:
    """The value of a `:name`; `type` is a Spark SQL type to cast it to, None for the value's own."""

    value: Value
    type: str | None = None

    def literal(self) -> str:
        """The value as a literal by Spark's rules."""
        if self.type:
            if not _TYPE.match(self.type):
                raise UsageError(f"{self.type!r} is not the name of a type.")
            inner = "NULL" if self.value is None else quote_string(_plain(self.value))
            return f"CAST({inner} AS {self.type})"
        return _literal(self.value)


@dataclass(frozen=True)
class Bound:
    """A statement with its values in place; `used` names what was bound."""

    text: str
    used: frozenset[str] = frozenset()
    _starts: tuple[int, ...] = field(default=(0,), repr=False)
    _origins: tuple[int, ...] = field(default=(0,), repr=False)
    _fixed: tuple[bool, ...] = field(default=(False,), repr=False)

    def origin(self, offset: int) -> int:
        """The offset in the unbound text; inside a value, the start of its marker."""
        index = bisect.bisect_right(self._starts, offset) - 1
        if self._fixed[index]:
            return self._origins[index]
        return self._origins[index] + offset - self._starts[index]


def bind(text: str, *, variables: Mapping[str, str], parameters: Mapping[str, Parameter]) -> Bound:
    """Replace the markers of `text`. Without any, the text is returned as it is.

    Raises UsageError for a `${name}` that has no value, and for a value that its place cannot hold.
    A `{{name}}` or `:name` without a value is left for Spark to judge.
    """
    if "${" not in text and "{{" not in text and not (parameters and ":" in text):
        return Bound(text)
    binder = _Binder(variables, parameters)
    tokens = tokenize(text)
    for index, token in enumerate(tokens):
        binder.take(tokens, index, token)
    return binder.bound(text)


def parse_assignment(text: str) -> tuple[str, str]:
    """`name=value` of `-v`. Raises UsageError."""
    name, equals, value = text.partition("=")
    if not equals or not _NAME.match(name.strip()):
        raise UsageError(f"{text!r} is not NAME=VALUE.")
    return name.strip(), value


def parse_parameter(text: str) -> tuple[str, Parameter]:
    """`name=value` (a string) or `name:type=value` of `--param`. Raises UsageError."""
    name, equals, value = text.partition("=")
    name, colon, kind = name.partition(":")
    if not equals or not _WORD.match(name.strip()) or (colon and not _TYPE.match(kind.strip())):
        raise UsageError(f"{text!r} is not NAME=VALUE or NAME:TYPE=VALUE.")
    return name.strip(), _typed(name.strip(), value, kind.strip() or None)


class _Binder:
    """Collects the bound text piece by piece, and where each piece comes from."""

    def __init__(self, variables: Mapping[str, str], parameters: Mapping[str, Parameter]) -> None:
        self._variables = variables
        self._parameters = parameters
        self._pieces: list[tuple[str, int, bool]] = []  # text, origin, whether it is a value
        self._used: set[str] = set()
        self._skip = False

    def take(self, tokens: list[Token], index: int, token: Token) -> None:
        if self._skip:
            self._skip = False
        elif token.kind is Kind.VARIABLE:
            self._bare(tokens, index, token)
        elif token.kind in (Kind.STRING, Kind.RAW_STRING, Kind.IDENTIFIER):
            self._quoted(token)
        elif token.text == ":" and (parameter := self._parameter(tokens, index)) is not None:
            self._pieces.append((parameter.literal(), token.start, True))
            self._skip = True  # the name behind the colon
        else:
            self._pieces.append((token.text, token.start, False))

    def bound(self, text: str) -> Bound:
        if not self._used:
            return Bound(text)
        starts, origins, fixed, length = [], [], [], 0
        for piece, origin, is_value in self._pieces:
            if piece or not starts:
                starts.append(length)
                origins.append(origin)
                fixed.append(is_value)
            length += len(piece)
        joined = "".join(piece for piece, _, _ in self._pieces)
        return Bound(joined, frozenset(self._used), tuple(starts), tuple(origins), tuple(fixed))

    def _parameter(self, tokens: list[Token], index: int) -> Parameter | None:
        """The parameter whose marker this colon opens; `a:b`, `::` and types are none."""
        if index + 1 >= len(tokens) or tokens[index + 1].kind is not Kind.WORD:
            return None
        name = tokens[index + 1].text
        parameter = self._parameters.get(name)
        if parameter is None:
            return None
        if index:
            before = tokens[index - 1]
            touching = (Kind.WORD, Kind.NUMBER, Kind.IDENTIFIER, Kind.STRING, Kind.VARIABLE)
            if before.kind in touching or before.text in (")", "]", ":"):
                return None
        self._used.add(name)
        return parameter

    def _value(self, marker: re.Match[str]) -> str | None:
        """The value for a marker; None where the braces mean something else."""
        name = marker.group(1) or marker.group(2)
        if name in self._variables:
            self._used.add(name)
            return self._variables[name]
        if marker.group(1) is None or not _NAME.match(name):
            return None
        near = difflib.get_close_matches(name, self._variables, n=3)
        known = f"Did you mean ${{{near[0]}}}? " if near else ""
        raise UsageError(
            f"${{{name}}} has no value.",
            hint=f"{known}Give it one with -v {name}=… or %set {name}=….",
        )

    def _quoted(self, token: Token) -> None:
        """Values inside a literal or a name in backticks, escaped for it."""
        quote = token.text[1] if token.kind is Kind.RAW_STRING else token.text[0]
        done = 0
        for marker in _MARKER.finditer(token.text):
            before = token.text[: marker.start()]
            escapes = len(before) - len(before.rstrip("\\"))
            if token.kind is Kind.STRING and escapes % 2:
                continue  # \${name} is meant to stay
            value = self._value(marker)
            if value is None:
                continue
            self._pieces.append((token.text[done : marker.start()], token.start + done, False))
            self._pieces.append((_inside(value, token, quote), token.start + marker.start(), True))
            done = marker.end()
        self._pieces.append((token.text[done:], token.start + done, False))

    def _bare(self, tokens: list[Token], index: int, token: Token) -> None:
        marker = _MARKER.match(token.text)
        value = self._value(marker) if marker else None
        if value is None:
            self._pieces.append((token.text, token.start, False))
            return
        before = tokens[index - 1] if index else None
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        glue = (Kind.WORD, Kind.NUMBER, Kind.VARIABLE, Kind.IDENTIFIER, Kind.STRING)
        if (before and before.kind in glue) or (after and after.kind in glue):
            if not _WORD.match(value):
                raise UsageError(
                    f"{token.text} is part of a name, and its value {value[:40]!r} has other "
                    "characters than letters, digits and _."
                )
            rendered = value
        else:
            in_name = bool((before and before.text == ".") or (after and after.text == "."))
            rendered = _bare_value(value, in_name)
        self._pieces.append((rendered, token.start, True))


def _inside(value: str, token: Token, quote: str) -> str:
    if token.kind is Kind.IDENTIFIER:
        return value.replace("`", "``")
    if token.kind is Kind.RAW_STRING:
        if quote in value:
            raise UsageError(f"A raw string cannot hold a value with {quote} in it.")
        return value
    return escape_string(value, quote)


def _bare_value(value: str, in_name: bool) -> str:
    """A number, a name in backticks, or a string literal: whatever `value` reads as."""
    text = value.strip()
    if not in_name and _NUMBER.match(text):
        # In parentheses, or `5-${x}` would start a comment.
        return f"({text})" if text[0] in "+-" else text
    try:
        return quote_name(parse_name(text))
    except UsageError:
        return quote_name((text,)) if in_name else quote_string(value)


def _literal(value: Value) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        text = str(value) if -(2**31) <= value < 2**31 else f"{value}L"
        if not -(2**63) <= value < 2**63:
            text = f"{value}BD"
        return f"({text})" if value < 0 else text
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return f"CAST('{value}' AS DOUBLE)"
        return f"({value!r}D)" if value < 0 else f"{value!r}D"
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise UsageError(f"{value} is not a number that Spark's DECIMAL can hold.")
        text = f"{value:f}BD"
        return f"({text})" if value < 0 else text
    if isinstance(value, datetime):
        return f"TIMESTAMP'{value.isoformat(sep=' ')}'"
    if isinstance(value, date):
        return f"DATE'{value.isoformat()}'"
    return quote_string(value)


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _typed(name: str, value: str, kind: str | None) -> Parameter:
    """The value as the Python type for `kind`, so that it becomes a literal where one is needed."""
    kind_name = (kind or "string").split("(")[0].strip().lower()
    try:
        if kind_name in ("string", "str"):
            return Parameter(value)
        if kind_name in ("int", "integer", "bigint", "long") and _NUMBER.match(value):
            return Parameter(int(value))
        if kind_name in ("bool", "boolean"):
            return Parameter({"true": True, "false": False}[value.lower()])
        if kind_name == "date":
            return Parameter(date.fromisoformat(value))
        if kind_name == "null":
            return Parameter(None)
        if kind_name == "decimal" and kind and "(" not in kind:
            return Parameter(Decimal(value))
    except (KeyError, ValueError, InvalidOperation) as error:
        raise UsageError(f"The value {value!r} of {name} is not a {kind}.") from error
    if kind_name in ("int", "integer", "bigint", "long"):
        raise UsageError(f"The value {value!r} of {name} is not a {kind}.")
    return Parameter(value, kind)
