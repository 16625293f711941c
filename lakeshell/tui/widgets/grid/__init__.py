"""The result grid: rows of an Arrow table on the screen, sorted, filtered, searched and copied.

What panes use of `ResultGrid` (import it where a result is shown, not at the top of a module)::

    ResultGrid(table=None, *, time_zone="UTC", truncated=False, foot=True, id=None)
    show(table | None, *, time_zone="UTC", truncated=False)   another table, from its beginning
    extend(table, *, truncated=False)                         more rows of the same
    table, view             all of it; what is shown now (sorted, filtered, columns) as a table
    snapshot                the same, put together only in its `read()`, which is for threads
    foot_line               "row 5 of 1,000,000 · 10 columns · filtered 3", safe, plain str
    cursor, is_busy, time_zone, focus()
    FootChanged(grid), CellFocused(grid, row, column), RowChosen(grid, row)      messages

With ``foot=False`` it draws no foot line of its own. Export is a screen that a pane pushes:
``screens.export.ExportScreen(bench, result, query=…, view=grid.snapshot, time_zone=…)``.

::

    widget.py       ResultGrid: what panes mount, sorting, filtering, columns
    frame.py        its parts, its foot line, and the threads it asks
    finding.py      its search     taking.py    what is copied, and looked at closer
    body.py         draws the cells that are visible, moves the cursor, hears the mouse
    columns.py      which columns are shown, how wide, where they begin
    cells.py        texts of visible cells, cut before they are formatted
    view.py         sorted and filtered rows of a table, as row numbers
    order.py        sorting            filters.py  conditions to masks
    texts.py        columns as the texts a person sees, vectorised
    prompt.py       the line for a filter, a search, a row number
    copying.py      cells as text for the clipboard    literals.py  values as SQL
    row_screen.py   one row, a column a line
"""

from __future__ import annotations

from lakeshell.tui.widgets.grid.widget import ResultGrid

__all__ = ["ResultGrid"]
