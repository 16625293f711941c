"""A line a value, for rows too wide to read as a table. Values are whole: a terminal wraps them.

::

    ─[ 1 ]────────
    id   │ 1
    note │ first
         │ second
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from lakeshell.render.cells import Cells, bold, column_cells, dim, safe_name
from lakeshell.render.options import RenderOptions
from lakeshell.render.safe_text import TAB_MARK, display_width, fit, pad
from lakeshell.render.values import TextStyle

if TYPE_CHECKING:
    from lakeshell.session.result import Result

_ROWS_AT_A_TIME = 5_000


def write_vertical(result: Result, stream: BinaryIO, options: RenderOptions) -> None:
    """`─[ 1 ]─` before each row, then `name │ value` lines; a value of several lines keeps them."""
    assert result.table is not None
    table = result.table
    style = TextStyle(options.timezone, options.unicode)
    dash, bar = ("─", "│") if options.unicode else ("-", "|")
    tab = TAB_MARK if options.unicode else "\\t"
    names = [safe_name(name, style) for name in table.column_names]
    width = max(map(display_width, names), default=0)
    if options.width is not None:
        width = max(min(width, options.width // 2), 1)
        ellipsis = "…" if options.unicode else "..."
        names = [fit(name, width, ellipsis=ellipsis) for name in names]
    labels = [pad(name, width) for name in names]
    if options.color:
        labels = [bold(label) for label in labels]

    def value_lines(cells: Cells, row: int) -> list[str]:
        if row in cells.nulls:
            return [dim(cells.texts[row]) if options.color else cells.texts[row]]
        return cells.texts[row].replace("\t", tab).split("\n")

    for start in range(0, table.num_rows, _ROWS_AT_A_TIME):
        block = table.slice(start, _ROWS_AT_A_TIME)
        columns = [column_cells(column, style, multiline=True) for column in block.columns]
        lines: list[str] = []
        for row in range(block.num_rows):
            title = f"{dash}[ {start + row + 1} ]"
            title += dash * max(width + 12 - len(title), 1)
            lines.append(title if options.width is None else title[: options.width])
            for label, cells in zip(labels, columns, strict=True):
                for number, text in enumerate(value_lines(cells, row)):
                    head = " " * width if number else label
                    lines.append(f"{head} {bar} {text}".rstrip(" "))
        stream.write(("\n".join(lines) + "\n").encode("utf-8"))
