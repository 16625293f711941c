"""The result grid that panes mount: its keys, sorting, filtering, and its columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.message import Message

from lakeshell.render.safe_text import fit, safe_text
from lakeshell.tui.keys import bindings
from lakeshell.tui.widgets.grid.body import GridBody
from lakeshell.tui.widgets.grid.columns import ColumnLayout
from lakeshell.tui.widgets.grid.finding import FindingGrid
from lakeshell.tui.widgets.grid.prompt import GridPrompt
from lakeshell.tui.widgets.grid.taking import TakingGrid

if TYPE_CHECKING:
    import pyarrow as pa

    from lakeshell.tui.widgets.grid.view import Arrangement, Snapshot

_TYPING_PAUSE = 0.06  # seconds; a filter is not looked for at every letter of a fast typist


class ResultGrid(FindingGrid, TakingGrid):
    """Shows an Arrow table. Rows and columns that it tells are numbers in `table`, whatever order
    is shown; names of columns may repeat."""

    BINDINGS = bindings("grid")

    @dataclass
    class RowChosen(Message):
        """Enter or a double click on a row of `grid.table`."""

        grid: ResultGrid
        row: int

        @property
        def control(self) -> ResultGrid:
            """The grid, for handlers that select by it."""
            return self.grid

    @dataclass
    class CellFocused(Message):
        """The cursor stands on another cell of `grid.table`."""

        grid: ResultGrid
        row: int
        column: int

        @property
        def control(self) -> ResultGrid:
            """The grid, for handlers that select by it."""
            return self.grid

    def compose(self) -> ComposeResult:
        """The prompt above the cells, the foot line below."""
        yield self.prompt
        yield self.body
        yield self._foot

    def on_mount(self) -> None:
        """Show the table it was made with."""
        self.show(self._table, time_zone=self._time_zone, truncated=self._truncated)

    # What panes use
    def show(
        self, table: pa.Table | None, *, time_zone: str = "UTC", truncated: bool = False
    ) -> None:
        """Show another table from its beginning; `truncated` says that more rows exist than it
        has, `time_zone` is the session's."""
        self._table = table
        self._time_zone = time_zone
        self._truncated = truncated
        self._sorts, self._filter, self._find, self._remark = (), "", "", ""
        self._places_found, self._steps = None, 0
        self._arrangement = None
        for work in list(self._pending):
            self._forget(work)
        self.prompt.display = False
        if table is None:
            self.body.texts = None
            self.body.columns = ColumnLayout([])
            self.body.relayout()
        else:
            # Arrow is there, or there would be no table; loading the rest of it takes a moment.
            from lakeshell.tui.widgets.grid.cells import CellTexts

            texts = CellTexts(table, time_zone)
            self.body.empty_text = "no rows"
            self.body.show(texts, ColumnLayout(texts.wanted_widths()))
        self._tell()

    def extend(self, table: pa.Table, *, truncated: bool = False) -> None:
        """Show more rows of what is shown: columns, sorting, filter and cursor stay."""
        body = self.body
        if self._table is None or body.texts is None or table.schema != self._table.schema:
            self.show(table, time_zone=self._time_zone, truncated=truncated)
            return
        from lakeshell.tui.widgets.grid.cells import CellTexts

        row = self._row
        self._table, self._truncated = table, truncated
        self._places_found, self._steps, self._arrangement = None, 0, None
        for work in list(self._pending):
            self._forget(work)
        body.texts = CellTexts(table, self._time_zone)
        body.rows_changed(max(row, 0))
        if self._sorts or self._filter:
            self._arrange("sorting" if self._sorts else "filtering")
        self._tell()

    @property
    def view(self) -> pa.Table | None:
        """What is shown now: only the rows and columns that are, in that order. Copies the rows
        when they are sorted or filtered; for a large table, ask in a thread."""
        snapshot = self.snapshot
        return None if snapshot is None else snapshot.read()

    @property
    def snapshot(self) -> Snapshot | None:
        """What is shown now, to be put together in a thread."""
        if self._table is None:
            return None
        from lakeshell.tui.widgets.grid.view import Snapshot

        return Snapshot(self._table, tuple(self.body.columns.order), self._rows)

    def focus(self, scroll_visible: bool = True) -> ResultGrid:
        """The keys go to the cells."""
        self.body.focus(scroll_visible)
        return self

    # The cursor
    def action_cursor(self, rows: int, columns: int, extend: bool = False) -> None:
        """Move by some cells; `extend` selects."""
        self.body.move_to(self.body.row + rows, self.body.place + columns, extend=extend)

    def action_page(self, pages: int, extend: bool = False) -> None:
        """Move by screens."""
        self.action_cursor(pages * self.body.page, 0, extend)

    def action_row_edge(self, end: bool) -> None:
        """To the first or last column."""
        place = len(self.body.columns.order) - 1 if end else 0
        self.body.move_to(self.body.row, place)

    def action_edge(self, end: bool, extend: bool = False) -> None:
        """To the first or last row."""
        self.body.move_to(self.body.count - 1 if end else 0, self.body.place, extend=extend)

    def action_choose(self) -> None:
        """Tell that this row was chosen."""
        if (row := self._row) >= 0:
            self.post_message(self.RowChosen(self, row))

    def action_select(self) -> None:
        """Begin or drop a selection."""
        self.body.select_from_here()

    def action_drop(self) -> None:
        """Drop the selection, else the search, else the filter."""
        if self.body.held is not None:
            self.body.select_from_here()
        elif self._find:
            self._look_for("")
        elif self._filter:
            self._set_filter("")
        else:
            raise SkipAction

    # Columns
    def action_hide(self) -> None:
        """Hide the column under the cursor."""
        if not self.body.columns.hide(self.body.place):
            self._say("The last column stays.")
            return
        self._columns_changed()

    def action_show_all(self) -> None:
        """Show the hidden columns again."""
        column = self.body.column
        self.body.columns.show_all()
        self._columns_changed(column)

    def action_freeze(self) -> None:
        """Keep the columns up to this one in sight, or let go of them."""
        columns = self.body.columns
        upto = self.body.place + 1
        columns.frozen = 0 if columns.frozen == upto else upto
        self._columns_changed()

    def action_widen(self, by: int) -> None:
        """Make the column under the cursor wider or narrower."""
        if (column := self.body.column) is not None:
            self.body.columns.resize(column, by)
            self._columns_changed()

    def _columns_changed(self, column: int | None = None) -> None:
        place = self.body.place if column is None else self.body.columns.place(column) or 0
        self.body.drop_selection()
        self._places_found = None
        self.body.relayout()
        self.body.move_to(self.body.row, place)
        self._tell()

    def action_fit(self) -> None:
        """Make the column under the cursor as wide as what is seen of it needs."""
        body, column = self.body, self.body.column
        if body.texts is None or column is None:
            return
        top = int(body.scroll_offset.y)
        seen = range(top, min(top + body.page, body.count))
        body.columns.fit(
            column, min(body.texts.width_of(column, seen), max(body.size.width - 4, 3))
        )
        self._columns_changed()

    # Sorting and filtering
    def action_sort(self, more: bool = False) -> None:
        """Sort by the column under the cursor: up, down, not at all; `more`: besides the columns
        by which rows are sorted already."""
        if (column := self.body.column) is not None:
            self._sort_by(column, more)

    def _sort_by(self, column: int, more: bool) -> None:
        from lakeshell.tui.widgets.grid.order import Sort

        now = next((sort for sort in self._sorts if sort.column == column), None)
        after = [Sort(column)] if now is None else []
        if now is not None and not now.descending:
            after = [Sort(column, descending=True)]
        if not more:
            self._sorts = tuple(after)
        elif now is None:
            self._sorts = (*self._sorts, *after)
        else:
            place = self._sorts.index(now)
            self._sorts = (*self._sorts[:place], *after, *self._sorts[place + 1 :])
        self._arrange("sorting")

    def action_filter(self) -> None:
        """Type a filter."""
        self.prompt.ask("filter", self._filter)

    def _stop_pause(self) -> None:
        if self._pause is not None:
            self._pause.stop()
            self._pause = None
        self._typed = None

    def _set_filter(self, text: str) -> None:
        self._stop_pause()
        self._filter = text
        self._arrange("filtering")

    def _arrange(self, doing: str) -> None:
        from lakeshell.tui.widgets.grid.view import Arrangement, arrange

        table = self._table
        if table is None:
            return
        sorts, text, zone = self._sorts, self._filter, self._time_zone
        shown = tuple(self.body.columns.order)
        before = self._arrangement or Arrangement()
        self._ask_thread(
            "arrange",
            doing,
            lambda is_current: arrange(
                table,
                sorts,
                text,
                shown=shown,
                time_zone=zone,
                before=before,
                is_current=is_current,
            ),
            self._arranged,
        )

    def _arranged(self, arrangement: Arrangement) -> None:
        from lakeshell.tui.widgets.grid.view import position_of

        body = self.body
        if body.texts is None:
            return
        row = self._row
        resorted = arrangement.sorts != body.sorts
        self._arrangement = arrangement
        body.sorts = arrangement.sorts
        body.texts.set_rows(arrangement.rows)
        body.empty_text = "no rows match" if arrangement.filter else "no rows"
        position = None
        if not resorted and row >= 0:
            # A filter leaves the cursor where it was, a sort shows what came first.
            position = position_of(row, arrangement.rows, body.count)
        self._places_found = None
        self._mark()
        body.rows_changed(position or 0)
        self._tell_focus()

    # The prompt
    def action_go_to_row(self) -> None:
        """Type a row's number."""
        self.prompt.ask("row", "")

    def on_grid_prompt_typed(self, event: GridPrompt.Typed) -> None:
        """Filter as you type, once the typing rests for a moment."""
        event.stop()
        if event.purpose != "filter":
            return
        self._stop_pause()
        self._typed = event.text
        self._pause = self.set_timer(_TYPING_PAUSE, self._typing_rests)

    def _typing_rests(self) -> None:
        # Also the call of a timer that was stopped too late comes here: the last text counts.
        if self._typed is not None:
            self._set_filter(self._typed)

    def on_grid_prompt_done(self, event: GridPrompt.Done) -> None:
        """Take what was typed, or leave things as they were."""
        event.stop()
        self._stop_pause()
        self.body.focus()
        text = event.text if event.accepted else ""
        if event.purpose == "filter":
            if text != self._filter:
                self._set_filter(text)
        elif event.purpose == "find" and event.accepted:
            self._look_for(text)
            if text:
                self.action_next(1)
        elif event.purpose == "row" and text:
            self._go_to(text)

    def _go_to(self, text: str) -> None:
        """To a row's number, or to the next column whose name holds the text."""
        body = self.body
        digits = re.sub(r"[,._\s]", "", text)
        if digits.isdecimal() and len(digits) <= 18:
            body.drop_selection()
            body.move_to(int(digits) - 1, body.place)
            return
        order, names = body.columns.order, self._table.column_names if self._table else []
        wanted = text.strip().casefold()
        for place in [*range(body.place + 1, len(order)), *range(body.place + 1)]:
            if place < len(order) and wanted in names[order[place]].casefold():
                body.drop_selection()
                body.move_to(body.row, place)
                return
        self._say(f"{fit(safe_text(text), 30)} is neither a row's number nor a column.")

    # What the body tells
    def on_grid_body_cursor_moved(self, event: GridBody.CursorMoved) -> None:
        """The footer and whoever listens follow."""
        event.stop()
        self._tell_focus()

    def on_grid_body_row_clicked(self, event: GridBody.RowClicked) -> None:
        """A double click chooses."""
        event.stop()
        self.action_choose()

    def on_grid_body_header_clicked(self, event: GridBody.HeaderClicked) -> None:
        """A click on a header sorts."""
        event.stop()
        self._sort_by(event.column, event.more)

    def _tell_focus(self) -> None:
        super()._tell_focus()
        row, column = self.cursor
        if row >= 0 and column >= 0:
            self.post_message(self.CellFocused(self, row, column))
