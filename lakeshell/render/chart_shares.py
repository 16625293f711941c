"""Charts of one number a row: bars, a histogram, a pie, big digits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from lakeshell.errors import CommandError
from lakeshell.render.chart_pieces import BAR, Line, Piece, Series, bar_of, compact
from lakeshell.render.safe_text import display_width, fit, pad, safe_text

_BINS = 20
_SLICES = 7  # and one more for the rest
_TEXTURES = "█▒╳░▚·▓+"  # the slices where there are no colours
_DIGITS = {
    "0": ("┏━┓", "┃ ┃", "┗━┛"),
    "1": ("╺┓ ", " ┃ ", "╺┻╸"),
    "2": ("╺━┓", "┏━┛", "┗━╸"),
    "3": ("╺━┓", " ━┫", "╺━┛"),
    "4": ("╻ ╻", "┗━┫", "  ╹"),
    "5": ("┏━╸", "┗━┓", "╺━┛"),
    "6": ("┏━╸", "┣━┓", "┗━┛"),
    "7": ("╺━┓", "  ┃", "  ╹"),
    "8": ("┏━┓", "┣━┫", "┗━┛"),
    "9": ("┏━┓", "┗━┫", "╺━┛"),
    "-": ("   ", "╺━╸", "   "),
    ",": (" ", " ", "╹"),
    ".": (" ", " ", "▪"),
}


def bars(labels: Sequence[str], series: Sequence[Series], width: int) -> list[Line]:
    """A line a value: label, bar from the zero line, number. Negative bars go to the left.

    `labels` are safe text.
    """
    numbers = [value for one in series for value in one.values if value is not None]
    low, high = min(0.0, *numbers), max(0.0, *numbers)
    texts = {value: _short(value, width // 2) for value in numbers}
    text_width = max(len(text) for text in texts.values())
    names = [f" {safe_text(one.name)}" if len(series) > 1 else "" for one in series]
    rows = [
        (label + name, one.values[index], number)
        for index, label in enumerate(labels)
        for number, (name, one) in enumerate(zip(names, series, strict=True))
    ]
    label_width = min(
        max(display_width(label) for label, _, _ in rows),
        max(width // 3, 8),
        max(width - text_width - 9, 1),
    )
    room = max(width - label_width - text_width - 4, 5)
    # Shares of the largest: the numbers themselves may be too large or too small to add and divide.
    top = max(-low, high) or 1.0
    span = high / top - low / top or 1.0
    left = round(-low / top / span * room)
    lines: list[Line] = []
    for label, value, number in rows:
        shown = pad(fit(label, label_width), label_width, right=True)
        if value is None:
            text = f"{shown} {' ' * left}│ NULL"
            lines.append([Piece(fit(text, width), faint=True)])
            continue
        length = abs(value) / top / span * room
        before, after = " " * left, ""
        if value < 0:
            # A bar to the left cannot end within a cell.
            cells = min(round(length), left)
            before = " " * (left - cells) + BAR * cells
        elif value > 0:
            # Beside bars to the left, the same number must have the same length.
            after = BAR * round(length) if low < 0 else bar_of(length)
        lines.append(
            [
                Piece(f"{shown} "),
                Piece(before, number),
                Piece("│", faint=True),
                Piece(after, number),
                Piece(f" {texts[value]}"),
            ]
        )
    return lines


def _short(value: float, width: int) -> str:
    text = compact(value)
    return text if len(text) <= width else f"{value:.2g}"


def histogram(series: Series, width: int) -> list[Line]:
    """Counts in equal steps, each a bar with its bounds."""
    values = [value for value in series.values if value is not None]
    low, high = min(values), max(values)
    bins = min(_BINS, max(len(set(values)), 1))
    # By halves: the difference of two doubles may be too large for one.
    half = high / 2 - low / 2
    counts = [0] * bins
    for value in values:
        place = (value / 2 - low / 2) / half if half > 0 else 0.0
        counts[min(int(place * bins), bins - 1)] += 1
    edges = [low * (1 - i / bins) + high * (i / bins) for i in range(bins + 1)]
    labels = [f"{compact(a)} – {compact(b)}" for a, b in pairwise(edges)]
    if low == high:
        labels = [compact(low)]
    lines: list[Line] = [[Piece(fit(safe_text(series.name), width))]]
    lines += bars(labels, [Series(series.name, [float(count) for count in counts])], width)
    nulls = len(series.values) - len(values)
    if nulls:
        lines.append([Piece(fit(f"{nulls:,} without a number left out", width), faint=True)])
    return lines


def pie(
    labels: Sequence[str], series: Series, *, width: int, height: int, colors: bool
) -> list[Line]:
    """A disc, and beside it every slice with its number and share; small ones are one slice.

    Raises CommandError for negative numbers, which have no share, and when all are zero.
    """
    rows = [(t, v) for t, v in zip(labels, series.values, strict=True) if v is not None]
    if any(value < 0 for _, value in rows):
        raise CommandError("A pie has no slices for negative numbers.", hint="A bar chart has.")
    top = max(value for _, value in rows)
    if top <= 0:
        raise CommandError("A pie of zeros has no slices.")
    rows.sort(key=lambda row: -row[1])
    if len(rows) > _SLICES + 1:
        rest = rows[_SLICES:]
        rows = [
            *rows[:_SLICES],
            (f"{len(rest):,} others", math.fsum(v / top for _, v in rest) * top),
        ]
    shares = [value / top for _, value in rows]
    whole = math.fsum(shares)
    shares = [share / whole for share in shares]
    diameter = max(min(height, (width - 16) // 2), 3)
    legend = [
        [
            Piece(f"{_texture(n, colors)} ", n),
            Piece(fit(f"{text}  {compact(value)}  {share:.1%}", max(width - 2 * diameter - 4, 8))),
        ]
        for n, ((text, value), share) in enumerate(zip(rows, shares, strict=True))
    ]
    disc = _disc(shares, diameter, colors)
    first = max((len(disc) - len(legend)) // 2, 0)
    lines = []
    for index in range(max(len(disc), first + len(legend))):
        line = disc[index] if index < len(disc) else [Piece(" " * (2 * diameter))]
        beside = legend[index - first] if first <= index < first + len(legend) else []
        lines.append([*line, Piece("  "), *beside])
    return lines


def _disc(shares: Sequence[float], diameter: int, colors: bool) -> list[Line]:
    """A circle of `diameter` lines, twice as many cells wide, slices clockwise from the top.

    In colours a cell is two pixels, one above the other.
    """
    bounds: list[float] = []
    for share in shares:
        bounds.append((bounds[-1] if bounds else 0.0) + share)
    down = 2 if colors else 1
    radius = diameter / 2

    def slice_at(x: int, y: int) -> int | None:
        right, up = (x + 0.5) / 2 - radius, radius - (y + 0.5) / down
        if math.hypot(right, up) > radius:
            return None
        turn = math.atan2(right, up) / (2 * math.pi) % 1.0
        return next((n for n, bound in enumerate(bounds) if turn < bound), len(bounds) - 1)

    lines = []
    for row in range(diameter):
        line: Line = []
        for x in range(2 * diameter):
            if not colors:
                found = slice_at(x, row)
                line.append(Piece(" " if found is None else _texture(found, False), found))
                continue
            upper, lower = slice_at(x, 2 * row), slice_at(x, 2 * row + 1)
            if upper is None:
                line.append(Piece(" " if lower is None else "▄", lower))
            else:
                line.append(Piece("▀", upper, on=lower))
        lines.append(line)
    return lines


def _texture(number: int, colors: bool) -> str:
    return "●" if colors else _TEXTURES[number % len(_TEXTURES)]


def counter(values: Sequence[tuple[str, str]], width: int) -> list[Line]:
    """Names and numbers, in big digits where they fit and are made of digits only."""
    lines: list[Line] = []
    for number, (name, text) in enumerate(values):
        if lines:
            lines.append([])
        text = safe_text(text)
        big = all(c in _DIGITS for c in text) and sum(len(_DIGITS[c][0]) for c in text) <= width
        if big and text:
            for row in range(3):
                lines.append([Piece("".join(_DIGITS[c][row] for c in text), number)])
        else:
            lines.append([Piece(fit(text, width), number)])
        lines.append([Piece(fit(safe_text(name), width), faint=True)])
    return lines
