"""A result as a table for people: aligned, and cut to a terminal's width; to a pipe nothing is cut.

::

     id │ name
    ────┼───────
      1 │ Alice
      2 │ NULL

On a terminal no line is wider than it: narrow columns keep their width, wide ones share what is
left and their texts are cut with ``…``. Columns for which there is no room are left out on the
right, and a line below says how many are shown. To a pipe a text longer than `_WIDEST_PAD` runs
out of its column instead of making every row as long.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from lakeshell.render.cells import Cells, bold, column_cells, dim, is_number, safe_name
from lakeshell.render.options import RenderOptions
from lakeshell.render.safe_text import ELLIPSIS, display_width, fit, pad
from lakeshell.render.values import TextStyle

if TYPE_CHECKING:
    import pyarrow as pa

    from lakeshell.session.result import Result

_T = TypeVar("_T")

_ROWS_AT_A_TIME = 20_000
_WIDEST_PAD = 1_000
_LEAST_CUT = 8  # cells to which a wide column may be shrunk before columns are left out
_NARROWEST_TERMINAL = 12  # below it, whole lines are cut
_BINARY_BYTES_SHOWN = 32


@dataclass(frozen=True)
class _Lines:
    """The characters of the rules."""

    across: str
    cross: str
    between: str
    more: str


_UNICODE = _Lines("─", "┼", "│", ELLIPSIS)
_ASCII = _Lines("-", "+", "|", "...")


def write_table(result: Result, stream: BinaryIO, options: RenderOptions) -> None:
    """Write the rows, header first; nothing is cut when `options.width` is None."""
    assert result.table is not None
    view = TableView(result.table, options)
    for block in view.blocks():
        stream.write(block.encode("utf-8"))
    if view.notice:
        stream.write(f"{view.notice}\n".encode())


class TableView:
    """An Arrow table laid out for `options`.

    `columns_shown` of `columns_total` fit the terminal; `notice` says so where some do not.
    """

    def __init__(self, table: pa.Table, options: RenderOptions) -> None:
        self._table = table
        self._width = options.width
        self._cut_lines = options.width is not None and options.width < _NARROWEST_TERMINAL
        if self._cut_lines:
            self._width = _NARROWEST_TERMINAL
        self._cut_to = options.width
        self._color = options.color and not self._cut_lines
        self._lines = _UNICODE if options.unicode else _ASCII
        self._style = TextStyle(
            options.timezone,
            options.unicode,
            None if options.width is None else _BINARY_BYTES_SHOWN,
        )
        self._kept: list[Cells] | None = None
        self._numbers = [is_number(kind) for kind in table.schema.types]
        self._names = [safe_name(name, self._style) for name in table.column_names]
        self.columns_total = len(self._names)
        self._widths = self._layout() if self._names else []
        self.columns_shown = len(self._widths)

    @property
    def notice(self) -> str | None:
        """What a reader must know about columns that are not shown."""
        if self.columns_shown == self.columns_total or self._cut_to is None:
            return None
        text = f"({self.columns_shown} of {self.columns_total} columns shown)"
        return fit(text, self._cut_to, ellipsis=self._lines.more)

    def lines(self) -> Iterator[str]:
        """The table's lines, without line ends."""
        for block in self.blocks():
            yield from block.removesuffix("\n").split("\n")

    def blocks(self) -> Iterator[str]:
        """The table's text, some thousand lines at a time, each with its line end."""
        for block in self._blocks():
            if self._cut_lines and self._cut_to is not None:
                for line in block.removesuffix("\n").split("\n"):
                    yield fit(line, self._cut_to, ellipsis=self._lines.more) + "\n"
            else:
                yield block

    def _blocks(self) -> Iterator[str]:
        if not self._names:
            yield "(no columns)\n"
            return
        yield self._header() + self._rule()
        for start in range(0, self._table.num_rows, _ROWS_AT_A_TIME):
            yield self._rows(self._kept or self._cells(start))

    def _layout(self) -> list[int]:
        """The widths of the columns that are shown. Keeps the cells of a small table."""
        natural = [max(display_width(name), 1) for name in self._names[: self._most_columns()]]
        rows = self._table.num_rows
        for start in range(0, rows, _ROWS_AT_A_TIME):
            cells = self._cells(start)
            natural = [max(width, c.width) for width, c in zip(natural, cells, strict=True)]
            if rows <= _ROWS_AT_A_TIME:
                self._kept = cells
        if self._width is None:
            return [min(width, _WIDEST_PAD) for width in natural]
        return _share(natural, self._width, self.columns_total, len(self._lines.more))

    def _most_columns(self) -> int:
        """No more columns than this can fit, were each one cell wide."""
        if self._width is None:
            return self.columns_total
        return min(self.columns_total, self._width // 4 + 1)

    def _cells(self, start: int) -> list[Cells]:
        """The cells of some rows, for the columns that may be shown."""
        rows = self._table.slice(start, _ROWS_AT_A_TIME)
        # A text is cut anyway; what lies far beyond the terminal's width need not be filtered.
        most = None if self._width is None else 4 * self._width + 64
        count = self._most_columns()
        return [
            column_cells(rows.column(index), self._style, most_characters=most)
            for index in range(count)
        ]

    def _header(self) -> str:
        names = []
        for name, width, number in self._by_column(self._names):
            shown = name if self._width is None else fit(name, width, ellipsis=self._lines.more)
            text = pad(shown, width, right=number)
            names.append(bold(text) if self._color else text)
        return self._joined(names)

    def _rule(self) -> str:
        across = self._lines.across
        parts = [across * (width + 2) for width in self._widths]
        if self.columns_shown < self.columns_total:
            parts.append(across * (len(self._lines.more) + 1))
        return self._lines.cross.join(parts) + "\n"

    def _rows(self, cells: list[Cells]) -> str:
        columns = [
            self._column(column, width, number) for column, width, number in self._by_column(cells)
        ]
        return "".join(map(self._joined, zip(*columns, strict=True)))

    def _by_column(self, items: Iterable[_T]) -> Iterator[tuple[_T, int, bool]]:
        """Each shown column's item, width, and whether it holds numbers."""
        return zip(items, self._widths, self._numbers)  # noqa: B905  the hidden ones have no width

    def _column(self, cells: Cells, width: int, right: bool) -> list[str]:
        """The texts of one column, cut and padded to its width."""
        texts = cells.texts
        if self._width is not None and cells.width > width:
            texts = [fit(text, width, ellipsis=self._lines.more) for text in texts]
        if not cells.plain:
            texts = [pad(text, width, right=right) for text in texts]
        elif right:
            texts = [text.rjust(width) for text in texts]
        else:
            texts = [text.ljust(width) for text in texts]
        if self._color and cells.nulls:
            texts = [dim(t) if index in cells.nulls else t for index, t in enumerate(texts)]
        return texts

    def _joined(self, texts: Iterable[str]) -> str:
        bar = self._lines.between
        line = " " + f" {bar} ".join(texts)
        if self.columns_shown < self.columns_total:
            return f"{line} {bar} {self._lines.more}\n"
        return line.rstrip(" ") + "\n"


def _share(natural: list[int], available: int, total: int, more: int) -> list[int]:
    """Widths for as many columns from the left as have room.

    `natural` are the widths wanted, `total` the number of columns there are, `more` the width of
    the mark that stands for those left out.
    """
    for count in range(len(natural), 0, -1):
        # A blank on both sides of a text, a bar between two.
        room = available - (3 * count - 1) - (more + 2 if count < total else 0)
        wanted = natural[:count]
        if count == 1 or sum(min(width, _LEAST_CUT) for width in wanted) <= room:
            return _level(wanted, max(room, 1))
    return []


def _level(wanted: list[int], room: int) -> list[int]:
    """`room` cells shared: who wants less than an equal share gets it, the rest share the rest."""
    widths = list(wanted)
    if sum(wanted) <= room:
        return widths
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    for position, index in enumerate(order):
        widths[index] = min(wanted[index], room // (len(order) - position))
        room -= widths[index]
    return widths
