"""A result as an HTML table. Whatever the data says is text in it, never markup."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from lakeshell.render.cells import column_cells, is_number
from lakeshell.render.safe_text import safe_text
from lakeshell.render.values import TextStyle

if TYPE_CHECKING:
    from lakeshell.session.result import Result

MOST_ROWS = 10_000  # as many as Databricks shows


def html_table(result: Result, time_zone: str) -> str:
    """`<table>…</table>`, and a line that says when rows were left out."""
    table = result.table
    assert table is not None
    shown = table.slice(0, MOST_ROWS)
    style = TextStyle(time_zone)
    classes = [' class="n"' if is_number(kind) else "" for kind in shown.schema.types]
    columns = []
    for column, css in zip(shown.columns, classes, strict=True):
        cells = column_cells(column, style, multiline=True)
        columns.append(
            [
                f"<td{css}>{'<i>NULL</i>' if row in cells.nulls else escape(text)}</td>"
                for row, text in enumerate(cells.texts)
            ]
        )
    names = (safe_text(name, multiline=True) for name in shown.column_names)
    head = "".join(
        f"<th{css}>{escape(name)}</th>" for name, css in zip(names, classes, strict=True)
    )
    body = "\n".join(f"<tr>{''.join(row)}</tr>" for row in zip(*columns, strict=True))
    title = f"<caption>{escape(safe_text(result.title))}</caption>" if result.title else ""
    more = result.truncated or table.num_rows > MOST_ROWS
    note = f"<p>The first {shown.num_rows:,} rows; there are more.</p>" if more else ""
    return (
        f"<table>{title}\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>\n{note}"
    )


def framed(html: str) -> str:
    """A page of the notebook's own, shut in: it runs no scripts and reaches nothing outside."""
    return f'<iframe sandbox="" srcdoc="{escape(html)}"></iframe>'
