"""Texts of the cells that are visible: a block of rows at a time, cut before they are formatted.

A cell of a megabyte costs no more than what can be seen of it, and no row is ever kept as Python
objects for longer than it is near the screen.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat

from lakeshell.render.cells import Cells, column_cells, is_number, safe_name
from lakeshell.render.month_intervals import has_month_intervals
from lakeshell.render.safe_text import display_width, fit, pad, safe_text
from lakeshell.render.values import NULL, TextStyle, is_variant
from lakeshell.tui.widgets.grid.columns import WIDEST
from lakeshell.tui.widgets.grid.type_names import type_name

ROWS = 64  # rows of a block
_BLOCKS_KEPT = 600
_SMALL_BYTES = 32_000  # of a column's part in a block: formatted as it is
_BINARY_BYTES = 32
_VARIANT_BYTES = 16_000
_MOST_NAME = 300  # characters of a column's name that are looked at


class CellTexts:
    """What the grid shows of a table's cells. `rows` are the row numbers to show, None: all."""

    def __init__(self, table: pa.Table, time_zone: str) -> None:
        self._table = table
        self._style = TextStyle(time_zone, binary_bytes=_BINARY_BYTES)
        self.names = [safe_name(name[:_MOST_NAME], self._style) for name in table.column_names]
        self.types = [safe_text(type_name(kind)) for kind in table.schema.types]
        self.numeric = [is_number(kind) for kind in table.schema.types]
        self._rows: Any = None
        self._ends: dict[int, list[int]] = {}
        self._blocks: OrderedDict[tuple[int, int], _Block] = OrderedDict()

    def set_rows(self, rows: Any) -> None:
        """Show these rows of the table (an Arrow array of integers), or all."""
        self._rows = rows
        self._blocks.clear()

    @property
    def count(self) -> int:
        """Rows that are shown."""
        return self._table.num_rows if self._rows is None else len(self._rows)

    def table_row(self, position: int) -> int:
        """The row of the table that is shown at this position."""
        return position if self._rows is None else int(self._rows[position].as_py())

    def cell(self, column: int, position: int, width: int) -> tuple[str, bool]:
        """The text of a cell, exactly `width` cells wide, and whether it is NULL."""
        block = self._block(column, position // ROWS, width)
        index = position % ROWS
        if index >= len(block.cells.texts):
            return " " * width, False
        return block.text(index), index in block.cells.nulls

    def line(self, column: int, position: int, most: int) -> tuple[str, bool]:
        """The first `most` characters of a cell's text, safe, of one line; and whether it is
        NULL."""
        cells = self._cells(column, [self.table_row(position)], most)
        return cells.texts[0], bool(cells.nulls)

    def wanted_widths(self) -> list[int]:
        """Cells that every column would need, judged by its header and some of its rows."""
        count = len(self.names)
        sample = max(12, min(200, 4_000 // max(count, 1)))
        total = self._table.num_rows
        last = max(0, total - sample // 4) if total > sample else total
        widths = []
        for column in range(count):
            header = max(display_width(self.names[column]) + 2, display_width(self.types[column]))
            parts = [range(min(sample, total)), range(last, total)]
            longest = (
                self._cells(column, part, WIDEST if count < 50 else 200).width
                for part in parts
                if len(part)
            )
            widths.append(max([min(header, 30), *longest]))
        return widths

    def width_of(self, column: int, positions: range) -> int:
        """Cells that a column's texts at these positions need, and its header."""
        rows = [self.table_row(position) for position in positions]
        texts = self._cells(column, rows, WIDEST).width if rows else 0
        return max(display_width(self.names[column]) + 2, texts)

    def _block(self, column: int, number: int, width: int) -> _Block:
        key = (column, number)
        block = self._blocks.get(key)
        if block is None or block.width != width:
            start = number * ROWS
            positions = range(start, min(start + ROWS, self.count))
            rows: Sequence[int] = (
                positions
                if self._rows is None
                else self._rows.slice(start, len(positions)).to_pylist()
            )
            # Characters beyond this cannot be seen, whatever they are.
            cells = self._cells(column, rows, 4 * width + 64)
            block = _Block(cells, width, self.numeric[column])
            self._blocks[key] = block
            if len(self._blocks) > _BLOCKS_KEPT:
                self._blocks.popitem(last=False)
        return block

    def _cells(self, column: int, rows: Sequence[int], most: int) -> Cells:
        data = self._table.column(column)
        try:
            part = self._part(column, data, rows)
            if is_variant(data.type):
                return _variant_cells(part, self._style, most)
            if part.nbytes > _SMALL_BYTES and not has_month_intervals(data.type):
                if _is_binary(data.type):
                    return _binary_cells(part)
                part = pa.chunked_array([head(chunk, most) for chunk in part.chunks], part.type)
            return column_cells(part, self._style, most_characters=most)
        except Exception:
            # Whatever a column holds, the screen must stay: a type that nobody knew, a value that
            # breaks its own type's rules.
            text = f"<{safe_text(str(data.type))}>"[:most]
            return Cells([text] * len(rows), frozenset(), plain=text.isascii())

    def _part(self, column: int, data: Any, rows: Sequence[int]) -> Any:
        """Some rows of a column, without touching the others."""
        if isinstance(rows, range):
            return data.slice(rows.start, len(rows))
        if has_month_intervals(data.type):  # pyarrow cannot open its chunks
            one = [pa.Table.from_arrays([data.slice(row, 1)], ["c"]) for row in rows]
            return pa.concat_tables(one).column(0)
        ends = self._ends.get(column)
        if ends is None:
            ends = self._ends[column] = list(accumulate(map(len, data.chunks)))
        # `take` on a column of many chunks first copies all of it.
        parts = []
        for row in rows:
            number = bisect_right(ends, row)
            start = ends[number - 1] if number else 0
            parts.append(data.chunk(number).slice(row - start, 1))
        if pat.is_dictionary(data.type):
            return pa.chunked_array(parts, data.type)
        return pa.chunked_array([pa.concat_arrays(parts)] if parts else [], data.type)


class _Block:
    """The cells of some rows of one column; each is cut and padded when it is first drawn."""

    def __init__(self, cells: Cells, width: int, right: bool) -> None:
        self.cells = cells
        self.width = width
        self._right = right
        self._drawn: list[str | None] = [None] * len(cells.texts)

    def text(self, index: int) -> str:
        """The text of the block's row `index`, as wide as its column."""
        text = self._drawn[index]
        if text is None:
            text = fit(self.cells.texts[index], self.width)
            if self.cells.plain:
                text = text.rjust(self.width) if self._right else text.ljust(self.width)
            else:
                text = pad(text, self.width, right=self._right)
            self._drawn[index] = text
        return text


def head(array: Any, most: int) -> Any:
    """An array of few rows in which no text is longer than some `most` characters and no list
    has more elements, at whatever depth; texts may end within a character."""
    kind = array.type
    if pat.is_string(kind) or pat.is_large_string(kind):
        binary = pa.large_binary() if pat.is_large_string(kind) else pa.binary()
        return pc.binary_slice(array.view(binary), 0, 4 * most).view(kind)
    if pat.is_struct(kind) and not is_variant(kind) and kind.num_fields:
        fields = [kind.field(index) for index in range(kind.num_fields)]
        parts = [head(part, most) for part in array.flatten()]
        return pa.StructArray.from_arrays(parts, fields=fields, mask=array.is_null())
    if pat.is_map(kind):
        offsets, taken = _first_elements(array, most)
        keys, items = array.keys.take(taken), array.items.take(taken)
        return pa.MapArray.from_arrays(offsets, head(keys, most), head(items, most), type=kind)
    if pat.is_list(kind) or pat.is_large_list(kind):
        offsets, taken = _first_elements(array, most)
        elements = head(array.values.take(taken), most)
        maker = pa.LargeListArray if pat.is_large_list(kind) else pa.ListArray
        return maker.from_arrays(offsets, elements, type=kind)
    return array


def _first_elements(array: Any, most: int) -> tuple[Any, Any]:
    """Offsets (None before a null row) and element numbers of the first elements of each row."""
    bounds = array.offsets.to_pylist()
    valid = array.is_valid().to_pylist()
    taken: list[int] = []
    offsets: list[int | None] = []
    for start, stop, there in zip(bounds, bounds[1:], valid, strict=False):
        offsets.append(len(taken) if there else None)
        if there:
            taken.extend(range(start, min(stop, start + most)))
    offsets.append(len(taken))
    return pa.array(offsets, array.offsets.type), pa.array(taken, pa.int64())


def _is_binary(kind: Any) -> bool:
    return bool(pat.is_binary(kind) or pat.is_large_binary(kind) or pat.is_fixed_size_binary(kind))


def _binary_cells(column: Any) -> Cells:
    """Large binaries by their first bytes and their size."""
    texts = []
    for chunk in column.chunks:
        sizes = pc.binary_length(chunk).to_pylist()
        heads = pc.binary_slice(chunk, 0, _BINARY_BYTES).to_pylist()
        for size, first in zip(sizes, heads, strict=True):
            texts.append(_binary_text(first, size))
    nulls = frozenset(index for index, text in enumerate(texts) if text is None)
    shown = [NULL if text is None else text for text in texts]
    return Cells(shown, nulls, plain="".join(shown).isascii())


def _binary_text(first: bytes | None, size: int | None) -> str | None:
    if first is None or size is None:
        return None
    if size <= len(first):
        return f"X'{first.hex().upper()}'"
    return f"X'{first.hex().upper()}…' ({size:,} bytes)"


def _variant_cells(column: Any, style: TextStyle, most: int) -> Cells:
    """VARIANT cannot be cut before it is read: a large one is told by its size."""
    texts: list[str] = []
    nulls: list[int] = []
    for chunk in column.chunks:
        sizes = pc.binary_length(pc.struct_field(chunk, "value")).to_pylist()
        for index, size in enumerate(sizes):
            one = chunk.slice(index, 1)
            if size is not None and size > _VARIANT_BYTES:
                texts.append(f"<variant, {size:,} bytes>")
                continue
            cells = column_cells(one, style, most_characters=most)
            if cells.nulls:
                nulls.append(len(texts))
            texts += cells.texts
    return Cells(texts, frozenset(nulls), plain=_all_ascii(texts))


def _all_ascii(texts: Iterable[str]) -> bool:
    return "".join(texts).isascii()
