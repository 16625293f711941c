"""The one tokenizer of Spark SQL text: every character belongs to exactly one token.

The rules are those of Spark's SqlBaseLexer.g4, and Databricks' dollar-quoted bodies. Nothing is
refused: what is not closed runs to the end and is flagged, what is unknown is an operator.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a token is."""

    SPACE = "space"
    LINE_COMMENT = "line comment"
    BLOCK_COMMENT = "block comment"
    HINT = "hint"
    STRING = "string"
    RAW_STRING = "raw string"
    DOLLAR_STRING = "dollar string"
    IDENTIFIER = "quoted identifier"
    NUMBER = "number"
    WORD = "word"
    VARIABLE = "variable"  # ${name} and {{name}}
    SEMICOLON = "semicolon"
    OPERATOR = "operator"


SILENT = frozenset({Kind.SPACE, Kind.LINE_COMMENT, Kind.BLOCK_COMMENT})
"""Kinds that separate tokens and mean nothing."""

QUOTED = frozenset({Kind.STRING, Kind.RAW_STRING, Kind.DOLLAR_STRING, Kind.IDENTIFIER})
"""Kinds whose inside is data."""


@dataclass(frozen=True)
class Token:
    """`text` at `start` in the source; `closed` is False when its end is missing."""

    kind: Kind
    text: str
    start: int
    closed: bool = True

    @property
    def end(self) -> int:
        """Offset of the first character behind it."""
        return self.start + len(self.text)

    @property
    def word(self) -> str:
        """A bare word in capitals; empty for every other token."""
        return self.text.upper() if self.kind is Kind.WORD else ""


# Possessive by construction: no alternative can match the same text in two ways, so a megabyte of
# quotes is read once. Lookups start at one place and never look behind it.
_TOKEN = re.compile(
    r"""
      (?P<SPACE>[\s\ufeff]+)
    | (?P<LINE_COMMENT>--(?:\\\n|[^\n])*)
    | (?P<OPEN_COMMENT>/\*)
    | (?P<RAW_STRING>[rR](?:'[^']*'?|"[^"]*"?))
    | (?P<STRING>'(?:[^'\\]|\\.|'')*'?|"(?:[^"\\]|\\.|"")*"?)
    | (?P<IDENTIFIER>`(?:[^`]|``)*`?)
    | (?P<DOLLAR>\$(?:[A-Za-z_]\w*)?\$)
    | (?P<VARIABLE>\$\{[^{}\n]*\}|\{\{[^{}\n]*\}\})
    | (?P<NUMBER>(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[A-Za-z_]*)
    | (?P<WORD>[^\W\d]\w*)
    | (?P<SEMICOLON>;)
    | (?P<OPERATOR>::|<=>|<>|<=|>=|!=|==|=>|->|\|>|\|\||.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")


def tokenize(text: str) -> list[Token]:
    """All tokens of `text`; their texts joined are `text`."""
    return list(iter_tokens(text))


def iter_tokens(text: str, start: int = 0) -> Iterator[Token]:
    """The tokens of `text` from `start` on, one at a time."""
    position, length = start, len(text)
    dollar_ends: dict[str, int] = {}
    while position < length:
        found = _TOKEN.match(text, position)
        assert found is not None, "the last alternative matches any character"
        group = found.lastgroup or "OPERATOR"
        end = found.end()
        if group == "OPEN_COMMENT":
            token = _comment(text, position)
        elif group == "DOLLAR":
            token = _dollar_string(text, position, found.group(), dollar_ends)
        elif group in ("STRING", "IDENTIFIER", "RAW_STRING"):
            token = Token(Kind[group], found.group(), position, _is_closed(group, found.group()))
        else:
            token = Token(Kind[group], text[position:end], position)
        yield token
        position = token.end


def significant(tokens: list[Token]) -> list[Token]:
    """Without space and comments; hints stay."""
    return [token for token in tokens if token.kind not in SILENT]


def _comment(text: str, start: int) -> Token:
    """A bracketed comment, which may hold others; `/*+` is a hint."""
    kind = Kind.HINT if text.startswith("/*+", start) else Kind.BLOCK_COMMENT
    depth = 0
    for edge in _COMMENT_EDGE.finditer(text, start):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return Token(kind, text[start : edge.end()], start)
    return Token(kind, text[start:], start, closed=False)


def _dollar_string(text: str, start: int, tag: str, absent: dict[str, int]) -> Token:
    """`$$…$$` or `$tag$…$tag$`. `absent` remembers tags that do not come again."""
    body = start + len(tag)
    end = -1 if tag in absent else text.find(tag, body)
    if end < 0:
        absent[tag] = start
        # Without its end it is no quote: a dollar sign is no error of ours to make.
        if tag != "$$":
            return Token(Kind.OPERATOR, "$", start)
        return Token(Kind.DOLLAR_STRING, text[start:], start, closed=False)
    return Token(Kind.DOLLAR_STRING, text[start : end + len(tag)], start)


def _is_closed(group: str, text: str) -> bool:
    if group == "RAW_STRING":
        return len(text) > 2 and text[-1] == text[1]
    quote = text[0]
    if len(text) < 2 or text[-1] != quote:
        return False
    inner = text[1:]
    if group == "IDENTIFIER":
        return (len(inner) - len(inner.rstrip("`"))) % 2 == 1
    # The pattern takes the closing quote whenever it can; a last quote that is escaped or doubled
    # is part of the inside.
    body = re.sub(r"\\.", "", inner, flags=re.DOTALL)
    return (len(body) - len(body.rstrip(quote))) % 2 == 1
