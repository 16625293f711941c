"""Places in a text: offsets, and lines and columns."""

from __future__ import annotations

from lakeshell.errors import Position


def position_at(text: str, offset: int) -> Position:
    """Line and column, from 1, of an offset in `text`."""
    before = text[:offset]
    return Position(before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


def offset_at(text: str, position: Position) -> int:
    """The offset in `text` of a line and column; the end of the text for places beyond it."""
    start = 0
    for _ in range(position.line - 1):
        newline = text.find("\n", start)
        if newline < 0:
            return len(text)
        start = newline + 1
    return min(start + position.column - 1, len(text))
