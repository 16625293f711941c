"""Binding: `${name}`, `{{name}}`, `:name` and `getArgument("name")` replaced by values that can
never become syntax.

A value takes the form its place needs: escaped inside a string or backticks; bare, a number, a
name in backticks or a string literal; glued to a word, a part of one name. Comments, hints and
dollar-quoted bodies are left alone. Spark's own substitution is off, so a `${…}` inside a value
stays data.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lakeshell.errors import UsageError
from lakeshell.sql.lexer import QUOTED, SILENT, Kind, Token, tokenize
from lakeshell.sql.names import escape_string, quote_identifier, quote_name, quote_string
from lakeshell.sql.parameters import Parameter, parse_parameter

__all__ = ["Bound", "Parameter", "bind", "parse_assignment", "parse_parameter"]

_MARKER = re.compile(r"\$\{\s*([^\s{}](?:[^{}\n]*[^\s{}])?)\s*\}|\{\{\s*([\w.\-]+)\s*\}\}")
_NAME = re.compile(r"[^\W\d][\w.\-]*\Z")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")
_NUMBER_RUN = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:BD|[LSYFD])?\Z", re.IGNORECASE)
_TIME_TRAVEL = re.compile(r"v[0-9]+\Z", re.IGNORECASE)
_WORD = re.compile(r"\w+\Z")
_CHAIN = re.compile(r"\w+(?:\.\w+)*\Z")
_GLUED = frozenset({Kind.WORD, Kind.NUMBER, Kind.VARIABLE})
_TYPES = frozenset({"STRUCT", "ARRAY", "MAP"})
# Words behind which a value can follow. Behind another one a colon opens a path (`raw :field`).
_BEFORE_VALUE = frozenset({
    "SELECT", "DISTINCT", "ALL", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "IS", "LIKE", "ILIKE",
    "RLIKE", "REGEXP", "BETWEEN", "CASE", "WHEN", "THEN", "ELSE", "LIMIT", "OFFSET", "BY", "ON",
    "HAVING", "QUALIFY", "SET", "VALUES", "RETURN", "DEFAULT", "INTERVAL", "AS", "OF", "USING",
    "ESCAPE", "DIV", "IF", "ELSEIF", "WHILE", "UNTIL", "DO", "IMMEDIATE", "COMMENT", "LOCATION",
    "ANY", "SOME", "EXISTS", "RETAIN", "EXTEND", "AGGREGATE", "TABLE",
})  # fmt: skip
_NOTHING = Token(Kind.SPACE, "", 0)
_GET_ARGUMENT = re.compile(r"getargument\s*\(", re.IGNORECASE)


@dataclass(frozen=True)
class Bound:
    """A text with its values in place; `used` names what was bound."""

    text: str
    used: frozenset[str] = frozenset()
    _starts: tuple[int, ...] = field(default=(0,), repr=False)
    _origins: tuple[int, ...] = field(default=(0,), repr=False)
    _is_value: tuple[bool, ...] = field(default=(False,), repr=False)

    def origin(self, offset: int) -> int:
        """The offset in the unbound text; for one inside a value, where its marker begins."""
        index = bisect.bisect_right(self._starts, offset) - 1
        if self._is_value[index]:
            return self._origins[index]
        return self._origins[index] + offset - self._starts[index]


def bind(text: str, *, variables: Mapping[str, str], parameters: Mapping[str, Parameter]) -> Bound:
    """Replace the markers of `text`; without any it is returned as it is.

    Raises UsageError for a `${name}` or `getArgument("name")` without a value and for a value that
    its place cannot hold. An unknown `{{name}}` or `:name` is left for Spark to refuse.
    """
    if (
        "${" not in text
        and "{{" not in text
        and not (parameters and ":" in text)
        and not _GET_ARGUMENT.search(text)
    ):
        return Bound(text)
    return _Binder(text, variables, parameters).bound()


def fill(text: str, variables: Mapping[str, str]) -> str:
    """Text that is no SQL, a word of a command, with its `${name}` replaced by the bare values.

    Raises UsageError for a `${name}` that has no value.
    """

    def value(marker: re.Match[str]) -> str:
        name = marker.group(1) or marker.group(2)
        if name in variables:
            return variables[name]
        if marker.group(1) is None:
            return marker.group()
        raise _unknown(name, variables)

    return _MARKER.sub(value, text)


def parse_assignment(text: str) -> tuple[str, str]:
    """`name=value` of `-v`. Raises UsageError."""
    name, equals, value = text.partition("=")
    if not equals or not _NAME.match(name.strip()):
        raise UsageError(f"{text!r} is not NAME=VALUE.", hint="For example: -v env=dev")
    return name.strip(), value


class _Binder:
    """Collects the bound text piece by piece, and where each piece comes from."""

    def __init__(
        self, text: str, variables: Mapping[str, str], parameters: Mapping[str, Parameter]
    ) -> None:
        self._text = text
        self._tokens = tokenize(text)
        self._variables = variables
        self._parameters = parameters
        self._pieces: list[tuple[str, int, bool]] = []  # text, origin, whether it is a value
        self._used: set[str] = set()
        self._before = _NOTHING  # the last token that means something
        self._type_depth = 0  # inside STRUCT<…>, where a colon names a field's type

    def bound(self) -> Bound:
        index = 0
        while index < len(self._tokens):
            token = self._tokens[index]
            if token.word == "GETARGUMENT" and (end := self._argument(index)):
                index = end
            elif token.kind in _GLUED:
                index = self._run(index)
            else:
                self._single(index, token)
                index += 1
            if token.kind not in SILENT:
                self._before = self._tokens[index - 1]
        if not self._used:
            return Bound(self._text)
        starts: list[int] = []
        length = 0
        for piece, _, _ in self._pieces:
            starts.append(length)
            length += len(piece)
        return Bound(
            "".join(piece for piece, _, _ in self._pieces),
            frozenset(self._used),
            tuple(starts),
            tuple(origin for _, origin, _ in self._pieces),
            tuple(is_value for _, _, is_value in self._pieces),
        )

    def _keep(self, token: Token) -> None:
        self._pieces.append((token.text, token.start, False))

    def _single(self, index: int, token: Token) -> None:
        if token.kind in QUOTED and token.kind is not Kind.DOLLAR_STRING:
            self._quoted(token)
        elif token.kind is Kind.PARAMETER:
            self._parameter(index, token)
        else:
            if token.text == "<" and self._before.word in _TYPES:
                self._type_depth += 1
            elif token.text == ">" and self._type_depth:
                self._type_depth -= 1
            elif token.kind is Kind.SEMICOLON:
                self._type_depth = 0
            self._keep(token)

    # :name

    def _parameter(self, index: int, token: Token) -> None:
        parameter = self._parameters.get(token.text[1:])
        if parameter is None or not self._may_be_value():
            self._keep(token)
            return
        self._used.add(token.text[1:])
        literal = parameter.literal()
        following = self._text[token.end : token.end + 1]
        # A quote, a dot or a letter that touches the literal would make another token of it.
        space = " " if following and not following.isspace() and following not in ",);" else ""
        self._pieces.append((literal + space, token.start, True))

    def _may_be_value(self) -> bool:
        """Whether a value may stand here: behind an operand a colon is a path's or a type's."""
        before = self._before
        if before.kind is Kind.WORD:
            return not self._type_depth and before.word in _BEFORE_VALUE
        operand = before.kind in QUOTED or before.kind in (Kind.NUMBER, Kind.VARIABLE)
        return not operand and before.kind is not Kind.PARAMETER and before.text not in (")", "]")

    # getArgument("name"[, "default"])

    def _argument(self, index: int) -> int:
        """The index behind the call that stands here; 0 where none does."""
        call = [i for i in range(index, len(self._tokens)) if self._tokens[i].kind not in SILENT][
            :6
        ]
        shape = "".join(_shape(self._tokens[i]) for i in call)
        length = next((len(s) for s in ("w(s)", "w(s,s)") if shape.startswith(s)), 0)
        if not length:
            return 0
        literal, *default = [
            self._tokens[i].text for i in call[:length] if _shape(self._tokens[i]) == "s"
        ]
        name = literal.lstrip("rR")[1:-1]
        if name in self._variables:
            value = quote_string(self._variables[name])
        elif default:
            value = default[0]
        else:
            raise _unknown(name, self._variables, f"getArgument({quote_string(name)})")
        self._used.add(name)
        self._pieces.append((value, self._tokens[index].start, True))
        return call[length - 1] + 1

    # ${name}, {{name}}

    def _value(self, marker: re.Match[str] | None) -> str | None:
        """The value for a marker; None where the braces mean something else."""
        if marker is None:
            return None
        name = marker.group(1) or marker.group(2)
        if name in self._variables:
            self._used.add(name)
            return self._variables[name]
        if marker.group(1) is None or not _NAME.match(name):
            return None
        raise _unknown(name, self._variables)

    def _quoted(self, token: Token) -> None:
        """Values inside a literal or a name in backticks, escaped for it."""
        done = 0
        for marker in _MARKER.finditer(token.text):
            if token.kind is Kind.STRING and _is_escaped(token.text, marker.start()):
                continue  # `\${name}` is meant to stay
            value = self._value(marker)
            if value is None:
                continue
            self._pieces.append((token.text[done : marker.start()], token.start + done, False))
            self._pieces.append((_inside(value, token), token.start + marker.start(), True))
            done = marker.end()
        self._pieces.append((token.text[done:], token.start + done, False))

    def _run(self, index: int) -> int:
        """Words, numbers and markers that touch; returns the index behind them."""
        end = index
        while end < len(self._tokens) and self._tokens[end].kind in _GLUED:
            end += 1
        run = self._tokens[index:end]
        values = [
            self._value(_MARKER.match(token.text)) if token.kind is Kind.VARIABLE else None
            for token in run
        ]
        if all(value is None for value in values):
            for token in run:
                self._keep(token)
            return end
        before = self._tokens[index - 1] if index else _NOTHING
        after = self._tokens[end] if end < len(self._tokens) else _NOTHING
        self._refuse_touching(run, before, after)
        if len(run) == 1:
            rendered = self._alone(values[0] or "", before, after)
        else:
            parts = [
                token.text if value is None else value
                for token, value in zip(run, values, strict=True)
            ]
            rendered = _one_name(run, parts, before)
        self._pieces.append((rendered, run[0].start, True))
        return end

    def _refuse_touching(self, run: list[Token], before: Token, after: Token) -> None:
        """A quote that touches a marker would become part of the value, or make it a prefix."""
        if before.kind in QUOTED or after.kind in QUOTED or before.kind is Kind.PARAMETER:
            marker = next(token for token in run if token.kind is Kind.VARIABLE)
            raise UsageError(
                f"{marker.text} touches a quote, so where its value ends is not clear.",
                hint="Put it inside the quotes, or a space between them.",
            )

    def _alone(self, value: str, before: Token, after: Token) -> str:
        if before.text == "." or after.text == ".":
            return quote_name(value.split(".")) if _CHAIN.match(value) else _identifier(value)
        if _NUMBER.match(value):
            # Behind an operand or a minus, a sign would become an operator or a comment.
            safe = value[0] not in "+-" or self._before.text in ("=", "(", ",")
            return value if safe else f"({value})"
        return quote_name(value.split(".")) if _CHAIN.match(value) else quote_string(value)


def _one_name(run: list[Token], parts: list[str], before: Token) -> str:
    """`sales_${env}` is one name: in backticks, so that it is never a keyword."""
    joined = "".join(parts)
    if _NUMBER_RUN.match(joined) or (before.text == "@" and _TIME_TRAVEL.match(joined)):
        return joined
    for token, part in zip(run, parts, strict=True):
        if not _WORD.match(part):
            raise UsageError(
                f"{token.text} is part of a name, and {part[:40]!r} has other characters than "
                "letters, digits and _.",
                hint="Put backticks around the whole name.",
            )
    return quote_identifier(joined)


def _is_escaped(text: str, offset: int) -> bool:
    """Whether an odd number of backslashes stands before an offset."""
    first = offset
    while text[first - 1] == "\\":
        first -= 1
    return (offset - first) % 2 == 1


def _identifier(value: str) -> str:
    if not value:
        raise UsageError("A part of a name cannot be empty.")
    return quote_identifier(value)


def _inside(value: str, token: Token) -> str:
    if token.kind is Kind.IDENTIFIER:
        return value.replace("`", "``")
    if token.kind is Kind.RAW_STRING:
        quote = token.text[1]
        if quote in value:
            raise UsageError(
                f"A raw string in {quote} cannot hold a value with {quote} in it.",
                hint="Leave out the r in front of the string.",
            )
        return value
    return escape_string(value, token.text[0])


def _shape(token: Token) -> str:
    if token.kind in (Kind.STRING, Kind.RAW_STRING):
        return "s"
    return "w" if token.kind is Kind.WORD else token.text


def _unknown(name: str, variables: Mapping[str, str], written: str = "") -> UsageError:
    import difflib

    near = difflib.get_close_matches(name, variables, n=3)
    meant = " or ".join(f"${{{candidate}}}" for candidate in near)
    return UsageError(
        f"{written or f'${{{name}}}'} has no value.",
        hint=(f"Did you mean {meant}? " if near else "")
        + f"Give it one with -v {name}=… or %set {name}=….",
    )
