"""What every chart is made of: coloured pieces, series of numbers, numbers in few letters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lakeshell.render.safe_text import display_width

BAR = "█"
# Eighths of a cell, from none to all but one.
_PARTS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


@dataclass(frozen=True)
class Series:
    """A named column of numbers; None where the row has no finite number."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Piece:
    """Safe text in the colour of series `color` on that of series `on`; None: the face's own.

    `faint` is for what is not data: axes, bounds.
    """

    text: str
    color: int | None = None
    on: int | None = None
    faint: bool = False


Line = list[Piece]


def plain(lines: Iterable[Line]) -> str:
    """The lines without colours, nothing blank at their ends."""
    return "\n".join("".join(piece.text for piece in line).rstrip() for line in lines)


def line_width(line: Line) -> int:
    """Cells that a line takes."""
    return sum(display_width(piece.text) for piece in line)


def compact(value: float) -> str:
    """A number for the end of a bar: `1,234`, `0.25`, `1.2e+20`."""
    if abs(value) < 1e15 and value == int(value):
        return f"{int(value):,}"
    return f"{value:,.2f}" if 0.01 <= abs(value) < 1e9 else f"{value:.3g}"


def bar_of(cells: float) -> str:
    """A bar of so many cells, to an eighth."""
    eighths = round(max(cells, 0.0) * 8)
    return BAR * (eighths // 8) + _PARTS[eighths % 8]
