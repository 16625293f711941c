"""The result grid: rows of an Arrow table on the screen, sorted, filtered, searched and copied.

::

    widget.py       ResultGrid: what panes mount, and what every key does
    body.py         draws the cells that are visible, moves the cursor
    columns.py      which columns are shown, how wide, where they begin
    cells.py        texts of visible cells, cut before they are formatted
    view.py         sorted and filtered rows of a table, as row numbers
    order.py        sorting            filters.py  conditions to masks
    texts.py        columns as the texts a person sees, vectorised
    prompt.py       the line for a filter, a search, a row number
    copying.py      cells as text for the clipboard    literals.py  values as SQL
    statistics.py   a column in figures
"""

from __future__ import annotations

from lakeshell.tui.widgets.grid.widget import ResultGrid

__all__ = ["ResultGrid"]
