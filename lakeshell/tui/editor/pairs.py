"""Brackets and quotes that close themselves, and the blanks that a new line begins with."""

from __future__ import annotations

import re

PAIRS = {"(": ")", "[": "]", "{": "}", "'": "'", '"': '"', "`": "`"}
CLOSERS = frozenset(PAIRS.values())
_QUOTES = frozenset("'\"`")
_ROOM_BEFORE = frozenset(")]},;:")  # what a pair may be opened in front of, apart from blanks
_LEAVES = re.compile(r"\s*(?:return|pass|break|continue|raise)\b")


def partner(character: str, line: str, column: int, *, in_text: bool) -> str:
    """What closes `character`, typed at `column` of `line`; empty where it is to stay alone.

    `in_text`: the place is inside a string or a comment, where an apostrophe opens nothing.
    """
    closing = PAIRS.get(character, "")
    if not closing or in_text:
        return ""
    behind = line[column : column + 1]
    if behind.strip() and behind not in _ROOM_BEFORE:
        return ""
    before = line[column - 1 : column] if column else ""
    # r'…' is closed, it's is not.
    is_word = before.isalnum() or before == "_" or before in _QUOTES
    if character in _QUOTES and before and is_word:
        prefix = re.search(r"(?<!\w)[rRbBfFuU]{1,2}\Z", line[:column])
        return closing if prefix else ""
    return closing


def indentation(line: str, width: int, *, is_python: bool, in_text: bool) -> str:
    """The blanks below `line`, the part of a line in front of the cursor."""
    blanks = line[: len(line) - len(line.lstrip())]
    end = line.rstrip()
    if end.endswith(("(", "[", "{")) or (is_python and not in_text and end.endswith(":")):
        return blanks + " " * width
    if is_python and not in_text and _LEAVES.match(line):
        return blanks[:-width] if blanks.endswith(" " * width) else blanks
    return blanks
