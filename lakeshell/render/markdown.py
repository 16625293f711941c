"""A table in Markdown, for issues and wikis."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from lakeshell.render.options import RenderOptions
from lakeshell.render.safe_text import display_width, pad, safe_text
from lakeshell.render.table import _is_number
from lakeshell.render.values import NULL, column_values, text_of

if TYPE_CHECKING:
    from lakeshell.session.result import Result

_SPECIAL = {"|": "\\|", "<": "&lt;", ">": "&gt;", "&": "&amp;", "\\": "\\\\", "`": "\\`"}


def write_markdown(result: Result, stream: BinaryIO, options: RenderOptions) -> None:
    """Pipes and HTML in values are escaped; line breaks become `<br>`."""
    assert result.table is not None
    table = result.table
    if not table.num_columns:
        return
    columns = []
    for i, name in enumerate(table.column_names):
        to_text = text_of(table.column(i).type, options.timezone)
        values = column_values(table.column(i))
        cells = [NULL if value is None else _escaped(to_text(value)) for value in values]
        columns.append([_escaped(name), *cells])
    widths = [max(3, *(display_width(cell) for cell in column)) for column in columns]
    numbers = [_is_number(field.type) for field in table.schema]
    rule = ["-" * (w - 1) + ":" if n else "-" * w for w, n in zip(widths, numbers, strict=True)]
    rows = [
        [pad(cell, w, right=n) for cell, w, n in zip(row, widths, numbers, strict=True)]
        for row in zip(*columns, strict=True)
    ]
    for row in (rows[0], rule, *rows[1:]):
        stream.write(("| " + " | ".join(row) + " |\n").encode())


def _escaped(text: str) -> str:
    lines = text.replace("\r\n", "\n").split("\n")
    escaped = ("".join(_SPECIAL.get(c, c) for c in safe_text(line)) for line in lines)
    return "<br>".join(escaped)
