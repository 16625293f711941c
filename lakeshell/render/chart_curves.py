"""Line and scatter charts: points on a canvas of braille dots, between two axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from lakeshell.errors import CommandError
from lakeshell.render.chart_pieces import Line, Piece, Series
from lakeshell.render.chart_scales import Scale, Tick, number_ticks, rounded
from lakeshell.render.safe_text import display_width, fit, pad, safe_text

MARKERS = ("•", "x", "o", "+", "*", "#")

_BRAILLE = 0x2800
# The bit of each of a cell's 2 x 4 dots, by row and column (Unicode, block Braille Patterns).
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_MOST_LABEL = 14  # cells of a number beside the y axis
_LEAST_ROWS = 3


@dataclass(frozen=True)
class Across:
    """The x axis: its name, the place of every row (None: not drawn), and the names of places."""

    name: str
    places: Sequence[float | None]
    ticks: Callable[[Scale, int], list[Tick]]
    label_width: int = 10


@dataclass
class Canvas:
    """`width` x `height` cells of 2 x 4 dots each. In a cell the last series drawn has its colour.

    With `markers`, a series is a character of its own instead: for faces without colours.
    """

    width: int
    height: int
    markers: bool = False
    _bits: dict[tuple[int, int], int] = field(default_factory=dict)
    _owner: dict[tuple[int, int], int] = field(default_factory=dict)

    def dot(self, x: float, y: float, series: int) -> None:
        """A dot at `x`, `y`, each 0 to 1 from the lower left."""
        self._set(*self._pixel(x, y), series)

    def stroke(self, start: tuple[float, float], end: tuple[float, float], series: int) -> None:
        """A straight line between two places."""
        x0, y0 = self._pixel(*start)
        x1, y1 = self._pixel(*end)
        steps = max(abs(x1 - x0), abs(y1 - y0), 1)
        for step in range(steps + 1):
            part = step / steps
            self._set(round(x0 + (x1 - x0) * part), round(y0 + (y1 - y0) * part), series)

    def rows(self) -> list[Line]:
        """From the top to the bottom."""
        return [
            [
                Piece("".join(text for text, _ in cells), owner)
                for owner, cells in groupby(
                    (self._cell(x, y) for x in range(self.width)), key=lambda cell: cell[1]
                )
            ]
            for y in range(self.height)
        ]

    def _pixel(self, x: float, y: float) -> tuple[int, int]:
        across, down = (1, 1) if self.markers else (2, 4)
        right, bottom = self.width * across - 1, self.height * down - 1
        return round(x * right), bottom - round(y * bottom)

    def _set(self, x: int, y: int, series: int) -> None:
        if self.markers:
            self._owner[x, y] = series
            return
        cell = x // 2, y // 4
        self._bits[cell] = self._bits.get(cell, 0) | _DOTS[y % 4][x % 2]
        self._owner[cell] = series

    def _cell(self, x: int, y: int) -> tuple[str, int | None]:
        owner = self._owner.get((x, y))
        if owner is None:
            return " ", None
        if self.markers:
            return MARKERS[owner % len(MARKERS)], owner
        return chr(_BRAILLE + self._bits[x, y]), owner


def curves(
    across: Across,
    series: Sequence[Series],
    *,
    joined: bool,
    width: int,
    height: int,
    colors: bool,
) -> list[Line]:
    """The chart in at most `width` cells and exactly `height` lines (6 and more).

    `joined` draws lines between neighbours along x; a row without a number leaves a gap.
    Raises CommandError when there is no point.
    """
    ys = [
        y
        for one in series
        for x, y in zip(across.places, one.values, strict=True)
        if x is not None and y is not None
    ]
    if not ys:
        raise CommandError("No row has both an x and a number.")
    xs = [x for x in across.places if x is not None]
    names = height >= 8
    rows = max(height - 2 - 2 * names, _LEAST_ROWS)
    most_left = max(rows // 3, 2)
    horizontal, vertical = Scale.of(xs), rounded(Scale.of(ys), 2 * most_left)
    left = number_ticks(vertical, most_left + 2)
    gutter = min(max(display_width(tick.label) for tick in left), _MOST_LABEL)
    room = max(width - gutter - 2, 4)
    canvas = Canvas(room, rows, markers=not colors and len(series) > 1)
    for number, one in enumerate(series):
        _draw(canvas, across, one, number, horizontal, vertical, joined)
    named = {rows - 1 - round(vertical.place(t.at) * (rows - 1)): t.label for t in left}
    lines: list[Line] = []
    if names:
        lines.append(_legend(series, width, colors))
    for index, row in enumerate(canvas.rows()):
        label = pad(fit(named.get(index, ""), gutter), gutter, right=True)
        edge = "┤" if index in named else "│"
        lines.append([Piece(f"{label} {edge}", faint=True), *row])
    most = max(min(room // (across.label_width + 3), 12), 2)
    lines += _below(across.ticks(horizontal, most), horizontal, gutter, room)
    if names:
        title = fit(safe_text(across.name), room)
        indent = gutter + 2 + (room - display_width(title)) // 2
        lines.append([Piece(" " * indent + title, faint=True)])
    return lines


def _draw(
    canvas: Canvas,
    across: Across,
    series: Series,
    number: int,
    horizontal: Scale,
    vertical: Scale,
    joined: bool,
) -> None:
    points = [(x, y) for x, y in zip(across.places, series.values, strict=True) if x is not None]
    if joined:
        points.sort(key=lambda point: point[0])
    before: tuple[float, float] | None = None
    for x, y in points:
        if y is None:
            before = None
            continue
        place = horizontal.place(x), vertical.place(y)
        if joined and before is not None:
            canvas.stroke(before, place, number)
        else:
            canvas.dot(*place, number)
        before = place


def _legend(series: Sequence[Series], width: int, colors: bool) -> Line:
    if len(series) == 1:
        return [Piece(fit(safe_text(series[0].name), width))]
    each = max(width // len(series) - 4, 4)
    line: Line = []
    for number, one in enumerate(series):
        mark = "●" if colors else MARKERS[number % len(MARKERS)]
        line += [Piece(f"{mark} ", number), Piece(f"{fit(safe_text(one.name), each)}  ")]
    return line


def _below(ticks: Sequence[Tick], scale: Scale, gutter: int, room: int) -> list[Line]:
    """The x axis and the names below it; of names that would touch, the later goes."""
    edge = ["─"] * room
    labels = ""
    for tick in ticks:
        cell = round(scale.place(tick.at) * (room - 1))
        text = fit(safe_text(tick.label), 20)
        size = display_width(text)
        start = min(max(cell - size // 2, 0), room - size)
        end = display_width(labels)
        if start < 0 or (labels and start < end + 1):
            continue
        labels += " " * (start - end) + text
        edge[cell] = "┬"
    blank = " " * gutter
    return [
        [Piece(f"{blank} └{''.join(edge)}", faint=True)],
        [Piece(f"{blank}  {labels}", faint=True)],
    ]
