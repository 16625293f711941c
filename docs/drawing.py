"""Draws a terminal's screen as an SVG of text and shapes: nothing in it is fetched from anywhere.

Lines, blocks and braille are drawn as shapes, because fonts leave gaps between them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

WIDTH, HEIGHT, MARGIN = 8.4, 17.0, 10.0  # of a cell and around the screen, in pixels
_FONTS = "ui-monospace, Menlo, 'DejaVu Sans Mono', Consolas, monospace"
_ROUND = 4.0  # radius of round corners
_WIDE = "\x00"  # stands for the second column of a wide character


@dataclass(frozen=True)
class Cell:
    """A character of the screen; colours as `#rrggbb`. `text` is empty right of a wide one."""

    text: str
    ink: str
    ground: str
    bold: bool = False
    italic: bool = False
    underline: bool = False


def svg(rows: Sequence[Sequence[Cell]]) -> str:
    """The picture of a screen, given line by line."""
    columns = max(len(row) for row in rows)
    width, height = columns * WIDTH + 2 * MARGIN, len(rows) * HEIGHT + 2 * MARGIN
    common = Counter(cell.ground for row in rows for cell in row).most_common(1)[0][0]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {n(width)} {n(height)}" '
            f'width="{n(width)}" height="{n(height)}" font-family="{_FONTS}" font-size="14">',
            f'<rect width="100%" height="100%" rx="8" fill="{common}"/>',
            f'<g transform="translate({n(MARGIN)} {n(MARGIN)})">',
            *_grounds(rows, common),
            *_texts(rows),
            *_shapes(rows),
            "</g>",
            "</svg>\n",
        ]
    )


def _grounds(rows: Sequence[Sequence[Cell]], common: str) -> Iterator[str]:
    """Rectangles of one colour; the same stretch of lines below each other is one."""
    paths: dict[str, str] = defaultdict(str)
    open_ones: dict[tuple[int, int, str], int] = {}  # columns and colour: the line it begins in
    for y in range(len(rows) + 1):
        row = rows[y] if y < len(rows) else ()
        here = {stretch for stretch in _stretches(row) if stretch[2] != common}
        for stretch in [known for known in open_ones if known not in here]:
            start, end, colour = stretch
            top = open_ones.pop(stretch)
            paths[colour] += (
                f"M{n(start * WIDTH)} {n(top * HEIGHT)}H{n(end * WIDTH)}V{n(y * HEIGHT)}"
                f"H{n(start * WIDTH)}z"
            )
        for stretch in here:
            open_ones.setdefault(stretch, y)
    for colour, path in paths.items():
        yield f'<path fill="{colour}" shape-rendering="crispEdges" d="{path}"/>'


def n(number: float) -> str:
    """A number of pixels, as short as it is exact enough."""
    return f"{number:.1f}".removesuffix(".0")


def _stretches(row: Sequence[Cell]) -> Iterator[tuple[int, int, str]]:
    column = 0
    for colour, cells in groupby(row, key=lambda cell: cell.ground):
        count = len(list(cells))
        yield column, column + count, colour
        column += count


def _texts(rows: Sequence[Sequence[Cell]]) -> Iterator[str]:
    """Words, those of one look together."""
    looks: dict[str, list[str]] = defaultdict(list)
    for y, row in enumerate(rows):
        for look, start, text, columns in _words(row):
            looks[look].append(
                f'<text x="{n(start * WIDTH)}" y="{n((y + 0.74) * HEIGHT)}" '
                f'textLength="{n(columns * WIDTH)}">{escape(text, quote=False)}</text>'
            )
    for look, texts in looks.items():
        yield f'<g {look} xml:space="preserve">'
        yield from texts
        yield "</g>"


def _words(row: Sequence[Cell]) -> Iterator[tuple[str, int, str, int]]:
    """Look, column, text and how many columns it takes; never two blanks in it."""
    column = 0
    for look, group in groupby(row, key=_look):
        cells = list(group)
        line = "".join(" " if _is_shape(cell.text) else cell.text or _WIDE for cell in cells)
        for found in re.finditer(r"[^ ]+( [^ ]+)*", line):
            text = found[0].replace(_WIDE, "")
            yield look, column + found.start(), text, len(found[0])
        column += len(cells)


def _look(cell: Cell) -> str:
    look = f'fill="{cell.ink}"'
    if cell.bold:
        look += ' font-weight="bold"'
    if cell.italic:
        look += ' font-style="italic"'
    if cell.underline:
        look += ' text-decoration="underline"'
    return look


def _shapes(rows: Sequence[Sequence[Cell]]) -> Iterator[str]:
    """Lines, blocks and dots, those of one colour in one path."""
    lines: dict[str, str] = defaultdict(str)
    fills: dict[str, str] = defaultdict(str)
    for y, row in enumerate(rows):
        column = 0
        for (text, ink), cells in groupby(row, key=lambda cell: (cell.text, cell.ink)):
            count = len(list(cells))
            if text == "─":
                middle = (y + 0.5) * HEIGHT
                lines[ink] += f"M{n(column * WIDTH)} {n(middle)}h{n(count * WIDTH)}"
            else:
                for x in range(column, column + count):
                    lines[ink] += _line(text, x * WIDTH, y * HEIGHT)
                    fills[ink] += _filling(text, x * WIDTH, y * HEIGHT)
            column += count
    for ink, path in fills.items():
        if path:
            yield f'<path fill="{ink}" d="{path}"/>'
    for ink, path in lines.items():
        if path:
            yield f'<path fill="none" stroke="{ink}" d="{path}"/>'


# The arms of a line from the middle of its cell: left, right, up, down.
_ARMS = {
    "│": "ud", "┌": "rd", "┐": "ld", "└": "ru", "┘": "lu", "├": "udr", "┤": "udl", "┬": "lrd",
    "┴": "lru", "┼": "lrud", "╵": "u", "╷": "d", "╴": "l", "╶": "r",
}  # fmt: skip
_CORNERS = {"╭": (1, 1), "╮": (-1, 1), "╰": (1, -1), "╯": (-1, -1)}  # to the right, down


def _line(text: str, x: float, y: float) -> str:
    middle_x, middle_y = x + WIDTH / 2, y + HEIGHT / 2
    if text in _CORNERS:
        right, down = _CORNERS[text]
        return (
            f"M{n(middle_x)} {n(middle_y + down * HEIGHT / 2)}V{n(middle_y + down * _ROUND)}"
            f"Q{n(middle_x)} {n(middle_y)} {n(middle_x + right * WIDTH / 2)} {n(middle_y)}"
        )
    arms = _ARMS.get(text, "")
    if arms.startswith("ud") or arms == "lrud":
        start = f"M{n(middle_x)} {n(y)}v{n(HEIGHT)}"
        arms = arms.replace("u", "").replace("d", "")
    else:
        start = ""
    ends = {
        "l": f"h{n(-WIDTH / 2)}", "r": f"h{n(WIDTH / 2)}",
        "u": f"v{n(-HEIGHT / 2)}", "d": f"v{n(HEIGHT / 2)}",
    }  # fmt: skip
    return start + "".join(f"M{n(middle_x)} {n(middle_y)}{ends[arm]}" for arm in arms)


# Left, top, right and bottom of blocks, in parts of the cell.
_BLOCKS = {
    **{chr(0x2580 + n): (0, 1 - n / 8, 1, 1) for n in range(1, 9)},  # ▁ … █
    **{chr(0x2590 - n): (0, 0, n / 8, 1) for n in range(1, 8)},  # ▏ … ▉
    "▀": (0, 0, 1, 0.5), "▐": (0.5, 0, 1, 1), "▔": (0, 0, 1, 1 / 8), "▕": (7 / 8, 0, 1, 1),
    "━": (0, 0.44, 1, 0.56), "╸": (0, 0.44, 0.5, 0.56), "╺": (0.5, 0.44, 1, 0.56),
}  # fmt: skip
_SHAPED = {"─", *_ARMS, *_CORNERS, *_BLOCKS}
_DOTS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))  # bits of braille


def _filling(text: str, x: float, y: float) -> str:
    if text in _BLOCKS:
        left, top, right, bottom = _BLOCKS[text]
        return (
            f"M{n(x + left * WIDTH)} {n(y + top * HEIGHT)}H{n(x + right * WIDTH)}"
            f"V{n(y + bottom * HEIGHT)}H{n(x + left * WIDTH)}z"
        )
    if not _is_braille(text):
        return ""
    bits = ord(text) - 0x2800
    return "".join(
        f"M{n(x + (column + 0.25) * WIDTH / 2)} {n(y + (row + 0.25) * HEIGHT / 4)}"
        f"h{n(WIDTH / 4)}v{n(HEIGHT / 8)}h{n(-WIDTH / 4)}z"
        for bit, (column, row) in enumerate(_DOTS)
        if bits >> bit & 1
    )


def _is_shape(text: str) -> bool:
    return text in _SHAPED or _is_braille(text)


def _is_braille(text: str) -> bool:
    return len(text) == 1 and 0x2800 < ord(text) <= 0x28FF
