"""The one tokenizer of Spark SQL text: every character belongs to exactly one token.

Follows Spark's SqlBaseLexer.g4, and adds Databricks' dollar-quoted bodies and the markers that
`lakeshell.sql.variables` binds. Nothing is refused: what is never closed runs to the end of the
text and is flagged, a character that means nothing is an operator.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import NamedTuple


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
    PARAMETER = "parameter"  # :name, not touching what stands before it
    SEMICOLON = "semicolon"
    OPERATOR = "operator"


SILENT = frozenset({Kind.SPACE, Kind.LINE_COMMENT, Kind.BLOCK_COMMENT})
"""Kinds that separate tokens and mean nothing. Hints mean something."""

QUOTED = frozenset({Kind.STRING, Kind.RAW_STRING, Kind.DOLLAR_STRING, Kind.IDENTIFIER})
"""Kinds whose inside is data."""


class Token(NamedTuple):
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


# The loops inside quotes can only end at the closing quote or at the end of the text, so none of
# them is ever tried a second time: reading is linear, whatever the text.
_TOKEN = re.compile(
    r"""
      (?P<SPACE>[\s\ufeff]+)
    | (?P<LINE_COMMENT>--(?:\\\n|[^\r\n])*)
    | (?P<COMMENT>/\*)
    | (?P<RAW_STRING>[rR](?:'[^']*(?:'|(?P<open_raw1>\Z))|"[^"]*(?:"|(?P<open_raw2>\Z))))
    | (?P<STRING>'(?:[^'\\]+|\\.|'')*(?:'|(?P<open_string1>\\?\Z))
               | "(?:[^"\\]+|\\.|"")*(?:"|(?P<open_string2>\\?\Z)))
    | (?P<IDENTIFIER>`(?:[^`]+|``)*(?:`|(?P<open_identifier>\Z)))
    | (?P<DOLLAR>\$(?:[^\W\d]\w*)?\$)
    | (?P<VARIABLE>\$\{[^{}\n]*\}|\{\{[^{}\n]*\}\})
    | (?P<PARAMETER>(?<![\w'"`)\]}:]):[^\W\d]\w*)
    | (?P<NUMBER>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?:[bB][dD]|[lLsSyYfFdD])?(?!\w))
    | (?P<WORD>\w+)
    | (?P<SEMICOLON>;)
    | (?P<OPERATOR>::|<=>|<>|<=|>=|!=|==|=>|->|\|>|\|\||.)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPEN = ("open_raw1", "open_raw2", "open_string1", "open_string2", "open_identifier")
_KINDS = {kind.name: kind for kind in Kind}
# `/*+` opens a hint, never a comment inside a comment.
_COMMENT_EDGE = re.compile(r"/\*(?!\+)|\*/")
_ANY_DOLLAR_TAG = re.compile(r"(?=(\$(?:[^\W\d]\w*)?\$))")


def tokenize(text: str) -> list[Token]:
    """All tokens of `text`; their texts joined are `text`."""
    return list(iter_tokens(text))


def iter_tokens(text: str, start: int = 0) -> Iterator[Token]:
    """The tokens of `text` from `start` on, one at a time. `start` must lie between two tokens."""
    position, length, match = start, len(text), _TOKEN.match
    dollar_tags: dict[str, list[int]] | None = None
    while position < length:
        found = match(text, position)
        assert found is not None, "the last alternative matches any character"
        group = found.lastgroup
        assert group is not None
        if group == "COMMENT":
            token = _comment(text, position)
        elif group == "DOLLAR":
            if dollar_tags is None:
                dollar_tags = _dollar_tags(text, position)
            token = _dollar_string(text, position, found.group(), dollar_tags)
        else:
            # Only a token that reaches the end of the text can lack its own end.
            closed = found.end() < length or not any(found[name] is not None for name in _OPEN)
            token = Token(_KINDS[group], found.group(), position, closed)
        yield token
        position += len(token.text)


def significant(tokens: Iterable[Token]) -> list[Token]:
    """Without space and comments; hints stay."""
    return [token for token in tokens if token.kind not in SILENT]


def _comment(text: str, start: int) -> Token:
    """A bracketed comment or a hint; either may hold comments."""
    kind = Kind.HINT if text.startswith("/*+", start) else Kind.BLOCK_COMMENT
    depth = 1
    for edge in _COMMENT_EDGE.finditer(text, start + 2):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return Token(kind, text[start : edge.end()], start)
    return Token(kind, text[start:], start, closed=False)


def _dollar_tags(text: str, start: int) -> dict[str, list[int]]:
    """Where each `$tag$` stands; looked up once, or many different tags would each be a search."""
    places: dict[str, list[int]] = {}
    for found in _ANY_DOLLAR_TAG.finditer(text, start):
        places.setdefault(found.group(1), []).append(found.start())
    return places


def _dollar_string(text: str, start: int, tag: str, tags: dict[str, list[int]]) -> Token:
    """`$$…$$` or `$tag$…$tag$`."""
    places = tags[tag]
    index = bisect.bisect_left(places, start + len(tag))
    if index == len(places):
        return Token(Kind.DOLLAR_STRING, text[start:], start, closed=False)
    return Token(Kind.DOLLAR_STRING, text[start : places[index] + len(tag)], start)
