"""A table in Markdown, for issues and wikis: what a value says is text there, never markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

from lakeshell.render.cells import column_cells, is_number
from lakeshell.render.options import RenderOptions
from lakeshell.render.safe_text import TAB_MARK, ascii_text, display_width, pad, safe_text
from lakeshell.render.values import TextStyle

if TYPE_CHECKING:
    from lakeshell.session.result import Result

_HTML = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_MARKUP = re.compile(r"[<>&|\\`*_~\[\]]")


def write_markdown(result: Result, stream: BinaryIO, options: RenderOptions) -> None:
    """Markup in values is escaped; line breaks become `<br>`. Nothing is cut."""
    assert result.table is not None
    table = result.table
    if not table.num_columns:
        return
    style = TextStyle(options.timezone, options.unicode)
    columns = []
    for name, column in zip(table.column_names, table.columns, strict=True):
        cells = column_cells(column, style, multiline=True)
        shown = safe_text(name, multiline=True)
        shown = shown if style.unicode else ascii_text(shown)
        columns.append([_escaped(shown, style), *(_escaped(text, style) for text in cells.texts)])
    widths = [min(max(3, *map(display_width, column)), 200) for column in columns]
    numbers = [is_number(kind) for kind in table.schema.types]
    rule = ["-" * (w - 1) + ":" if n else "-" * w for w, n in zip(widths, numbers, strict=True)]
    padded = [
        [pad(cell, width, right=number) for cell in column]
        for column, width, number in zip(columns, widths, numbers, strict=True)
    ]
    header, *rows = zip(*padded, strict=True)
    lines = ["| " + " | ".join(row) + " |" for row in (header, rule, *rows)]
    stream.write(("\n".join(lines) + "\n").encode("utf-8"))


def _escaped(text: str, style: TextStyle) -> str:
    text = _MARKUP.sub(lambda match: _HTML.get(match.group(), "\\" + match.group()), text)
    return text.replace("\n", "<br>").replace("\t", TAB_MARK if style.unicode else "\\t")
