"""A column a line, for rows too wide to read as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from lakeshell.render.options import RenderOptions
from lakeshell.render.safe_text import display_width, fit, pad, safe_text
from lakeshell.render.values import NULL, column_values, text_of

if TYPE_CHECKING:
    from lakeshell.session.result import Result


def write_vertical(result: Result, stream: BinaryIO, options: RenderOptions) -> None:
    """`-[ 1 ]-` before each row, then `name │ value` lines."""
    assert result.table is not None
    table = result.table
    dash, bar = ("─", "│") if options.unicode else ("-", "|")
    names = [safe_text(name) for name in table.column_names]
    name_width = max(map(display_width, names), default=0)
    if options.width:
        name_width = min(name_width, options.width // 2)
    columns = []
    for i in range(table.num_columns):
        to_text = text_of(table.column(i).type, options.timezone)
        values = column_values(table.column(i))
        columns.append([NULL if v is None else safe_text(to_text(v)) for v in values])
    encoding = "utf-8" if options.unicode else "ascii"
    for number, row in enumerate(zip(*columns, strict=True), start=1):
        title = f"{dash}[ {number} ]"
        lines = [title + dash * max(name_width + 2 - len(title), 1)]
        for name, value in zip(names, row, strict=True):
            line = f"{pad(fit(name, name_width), name_width)} {bar} {value}"
            lines.append(fit(line, options.width) if options.width else line)
        stream.write(("\n".join(lines) + "\n").encode(encoding, "replace"))
