"""The result grid that panes mount: its keys, and the work that it gives to threads.

Sorting, filtering, searching and copying run in worker threads. Each kind of work is numbered; an
answer that is not to the latest question is dropped, and a question that is out of date stops.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from lakeshell.render.metrics import format_bytes, format_count, rows
from lakeshell.render.safe_text import fit
from lakeshell.tui.keys import bindings
from lakeshell.tui.widgets.grid.body import GridBody
from lakeshell.tui.widgets.grid.columns import ColumnLayout
from lakeshell.tui.widgets.grid.prompt import GridPrompt

if TYPE_CHECKING:
    import pyarrow as pa

    from lakeshell.tui.widgets.grid.cells import CellTexts
    from lakeshell.tui.widgets.grid.view import Arrangement, Sort

_TYPING_PAUSE = 0.06  # seconds; a filter is not looked for at every letter of a fast typist
_OSC52_LIMIT = 100_000  # bytes of base64 that common terminals take
_MOST_COPIED = 8 << 20  # bytes; beyond, terminals hang
_MOST_FOUND = 200  # characters of a cell that `*` looks for


class ResultGrid(Widget):
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

    @dataclass
    class Answered(Message, bubble=False):
        """A thread has done its `work`, number `number` of that kind."""

        work: str
        number: int
        answer: Any
        error: str | None = None

    def __init__(
        self,
        table: pa.Table | None = None,
        *,
        time_zone: str = "UTC",
        truncated: bool = False,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.body = GridBody()
        self.prompt = GridPrompt()
        self._footer = Static("", classes="grid--footer")
        self._table = table
        self._time_zone = time_zone
        self._truncated = truncated
        self._arrangement: Arrangement | None = None
        self._sort: Sort | None = None
        self._filter = ""
        self._find = ""
        self._places_found: Any = None  # numpy array of positions, None when not yet looked for
        self._steps = 0  # to go once the search has been answered
        self._numbers: dict[str, int] = {}
        self._pending: dict[str, str] = {}
        self._problem = ""
        self._pause: Timer | None = None

    def compose(self) -> ComposeResult:
        """The prompt above the cells, the footer below."""
        yield self.prompt
        yield self.body
        yield self._footer

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
        self._sort, self._filter, self._find, self._problem = None, "", "", ""
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

    @property
    def table(self) -> pa.Table | None:
        """The whole table, as it was given."""
        return self._table

    @property
    def view(self) -> pa.Table | None:
        """What is shown now: only the rows and columns that are, in that order. Copies the rows
        when they are sorted or filtered; for a large table, ask in a thread."""
        if self._table is None:
            return None
        from lakeshell.tui.widgets.grid.view import shown_table

        return shown_table(self._table, tuple(self.body.columns.order), self._rows)

    @property
    def time_zone(self) -> str:
        """The zone in which timestamps are shown."""
        return self._time_zone

    @property
    def cursor(self) -> tuple[int, int]:
        """Row and column of `table` under the cursor; -1 where there is none."""
        column = self.body.column
        return self._row, -1 if column is None else column

    @property
    def is_busy(self) -> bool:
        """Whether a thread sorts, filters, searches or copies."""
        return bool(self._pending)

    def focus(self, scroll_visible: bool = True) -> ResultGrid:
        """The keys go to the cells."""
        self.body.focus(scroll_visible)
        return self

    @property
    def _rows(self) -> Any:
        return None if self._arrangement is None else self._arrangement.rows

    @property
    def _row(self) -> int:
        texts = self.body.texts
        return texts.table_row(self.body.row) if texts is not None and texts.count else -1

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
        if self.body.anchor is not None:
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

    # Sorting and filtering
    def action_sort(self) -> None:
        """Sort by the column under the cursor: up, down, not at all."""
        if (column := self.body.column) is not None:
            self._sort_by(column)

    def _sort_by(self, column: int) -> None:
        from lakeshell.tui.widgets.grid.view import Sort

        now = self._sort
        if now is None or now.column != column:
            self._sort = Sort(column)
        else:
            self._sort = None if now.descending else Sort(column, True)
        self._arrange("sorting")

    def action_filter(self) -> None:
        """Type a filter."""
        self.prompt.ask("filter", self._filter)

    def _set_filter(self, text: str) -> None:
        self._filter = text
        self._arrange("filtering")

    def _arrange(self, doing: str) -> None:
        from lakeshell.tui.widgets.grid.view import Arrangement, arrange

        table = self._table
        if table is None:
            return
        sort, text, zone = self._sort, self._filter, self._time_zone
        shown = tuple(self.body.columns.order)
        before = self._arrangement or Arrangement()
        self._ask_thread(
            "arrange",
            doing,
            lambda is_current: arrange(
                table,
                sort,
                text,
                shown=shown,
                time_zone=zone,
                before=before,
                is_current=is_current,
            ),
        )

    def _arranged(self, arrangement: Arrangement) -> None:
        from lakeshell.tui.widgets.grid.view import position_of

        body = self.body
        if body.texts is None:
            return
        row = self._row
        resorted = arrangement.sort != body.sort
        self._arrangement = arrangement
        body.sort = arrangement.sort
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

    # Searching
    def action_find(self) -> None:
        """Type what to look for."""
        self.prompt.ask("find", self._find)

    def action_find_cell(self) -> None:
        """Look for what the cell under the cursor holds."""
        if self.body.texts is None or self.body.column is None or not self.body.count:
            return
        text = self.body.texts.whole_text(self.body.column, self.body.row, _MOST_FOUND)
        self._look_for(text)
        self.action_next(1)

    def action_next(self, step: int) -> None:
        """Go to the next or previous cell that was looked for."""
        if not (self._find or self._filter):
            self._say("Nothing to look for yet: / filters, ctrl+f finds.")
        elif self._places_found is None:
            self._steps += step
            self._search()
        else:
            self._go(step)

    def _look_for(self, text: str) -> None:
        self._find = text
        self._places_found, self._steps = None, 0
        self._mark()
        self._tell()

    def _mark(self) -> None:
        """Let cells that hold the text stand out."""
        from lakeshell.render.safe_text import safe_text
        from lakeshell.tui.widgets.grid.filters import parse_condition

        self.body.match = None
        if self._table is not None:
            text = self._find or self._filter
            condition = parse_condition(text, self._table.column_names)
            if condition is not None and condition.operator == "contains":
                self.body.match = re.compile(re.escape(safe_text(condition.value)), re.I)
        self.body.refresh()

    def _search(self) -> None:
        from lakeshell.tui.widgets.grid.view import matching_positions

        table = self._table
        if table is None:
            return
        text, zone, found_rows = self._find or self._filter, self._time_zone, self._rows
        shown = tuple(self.body.columns.order)
        self._ask_thread(
            "search",
            "searching",
            lambda is_current: matching_positions(
                table, text, found_rows, shown=shown, time_zone=zone, is_current=is_current
            ).to_numpy(zero_copy_only=False),
        )

    def _searched(self, positions: Any) -> None:
        self._places_found = positions
        steps, self._steps = self._steps, 0
        for _ in range(abs(steps)):
            self._go(1 if steps > 0 else -1)

    def _go(self, step: int) -> None:
        """To the next matching cell: further in this row, else in the next matching row."""
        import numpy as np

        found = self._places_found
        if not len(found):
            self._say("Not found.")
            return
        body = self.body
        in_row = [place for place in self._matching_places(body.row) if
                  (place - body.place) * step > 0]
        index = int(np.searchsorted(found, body.row))
        here = index < len(found) and int(found[index]) == body.row
        if here and in_row:
            body.move_to(body.row, in_row[0] if step > 0 else in_row[-1])
            return
        index = index + (1 if here else 0) if step > 0 else index - 1
        if not 0 <= index < len(found):
            self._say("From the top again." if step > 0 else "From the end again.")
        position = int(found[index % len(found)])
        places = self._matching_places(position) or [body.place]
        body.move_to(position, places[0] if step > 0 else places[-1])

    def _matching_places(self, position: int) -> list[int]:
        from lakeshell.tui.widgets.grid.filters import mask, parse_condition

        assert self._table is not None
        assert self.body.texts is not None
        if not self.body.count:
            return []
        one = self._table.slice(self.body.texts.table_row(position), 1)
        order = self.body.columns.order
        condition = parse_condition(self._find or self._filter, one.column_names, order)
        if condition is None:
            return []
        from dataclasses import replace

        wanted = set(condition.columns)
        return [
            place
            for place, column in enumerate(order)
            if column in wanted
            and mask(one, replace(condition, columns=(column,)), self._time_zone)[0].as_py()
        ]

    # The prompt
    def action_go_to_row(self) -> None:
        """Type a row's number."""
        self.prompt.ask("row", "")

    def on_grid_prompt_typed(self, event: GridPrompt.Typed) -> None:
        """Filter as you type, once the typing rests for a moment."""
        event.stop()
        if event.purpose != "filter":
            return
        if self._pause is not None:
            self._pause.stop()
        text = event.text
        self._pause = self.set_timer(_TYPING_PAUSE, lambda: self._set_filter(text))

    def on_grid_prompt_done(self, event: GridPrompt.Done) -> None:
        """Take what was typed, or leave things as they were."""
        event.stop()
        if self._pause is not None:
            self._pause.stop()
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
        digits = re.sub(r"[,._\s]", "", text)
        if not digits.isdecimal() or len(digits) > 18:
            self._say(f"{fit(text, 30)} is not a row's number.")
            return
        self.body.drop_selection()
        self.body.move_to(int(digits) - 1, self.body.place)

    # Copying
    def action_copy(self) -> None:
        """Copy the selected cells as TSV, or the cell under the cursor as it is."""
        if self.body.anchor is None:
            self._copy_cell()
            return
        positions, places = self.body.selection
        self._copy(positions, list(places), None)

    def action_copy_row(self) -> None:
        """Copy the rows of the selection, or this row, as TSV."""
        self._copy(self.body.selection[0], list(range(len(self.body.columns.order))), None)

    def action_copy_as(self) -> None:
        """Choose a form and copy the selection, or this row, in it."""
        from lakeshell.tui.screens.dialogs import Choose
        from lakeshell.tui.widgets.grid.copying import FORMATS

        positions, places = self.body.selection
        chosen = list(places)
        if self.body.anchor is None:
            chosen = list(range(len(self.body.columns.order)))

        def copy(form: str | None) -> None:
            if form == "in" and self.body.anchor is None:
                # A list of one value is of little use: all that are shown of this column.
                self._copy(range(self.body.count), [self.body.place], form)
            elif form is not None:
                self._copy(positions, chosen, form)

        self.app.push_screen(Choose("Copy as", list(FORMATS)), copy)

    def _copy_cell(self) -> None:
        column, row = self.body.column, self._row
        if self._table is None or column is None or row < 0:
            return
        one = self._table.column(column).slice(row, 1)
        zone = self._time_zone

        def written(is_current: Callable[[], bool]) -> tuple[str, str]:
            from lakeshell.tui.widgets.grid.copying import cell_text

            return cell_text(one, zone), "cell"

        self._ask_thread("copy", "copying", written)

    def _copy(self, positions: range, places: list[int], form: str | None) -> None:
        table, order, zone = self._table, self.body.columns.order, self._time_zone
        if table is None or not places or not self.body.count:
            return
        columns = [order[place] for place in places]
        row_numbers = self._rows

        def written(is_current: Callable[[], bool]) -> tuple[str, str]:
            from lakeshell.tui.widgets.grid.copying import formatted, tsv_rows
            from lakeshell.tui.widgets.grid.view import pick

            part = table.select(columns)
            if row_numbers is None:
                part = part.slice(positions.start, len(positions))
            else:
                part = pick(part, row_numbers.slice(positions.start, len(positions)))
            if part.nbytes > 4 * _MOST_COPIED:
                raise _TooLarge
            text = tsv_rows(part, zone) if form is None else formatted(part, form, zone)
            return text, rows(len(positions))

        self._ask_thread("copy", "copying", written)

    def _copied(self, text: str, what: str) -> None:
        size = len(text.encode("utf-8", "surrogateescape"))
        if size > _MOST_COPIED:
            self._too_large()
            return
        try:
            text.encode()
        except UnicodeEncodeError:
            # The clipboard is UTF-8; a file keeps such bytes.
            text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        self.app.copy_to_clipboard(text)
        told = f"Copied: {what}, {format_bytes(size)}."
        if size * 4 // 3 > _OSC52_LIMIT:
            told += " Many terminals take no more than 100 kB; export it if it does not arrive."
        self.app.notify(told, markup=False, timeout=6 if size * 4 // 3 > _OSC52_LIMIT else 2)

    def _too_large(self) -> None:
        self.app.notify(
            f"More than {format_bytes(_MOST_COPIED)} is too large for a clipboard; export it.",
            severity="warning",
            markup=False,
        )

    # Looking closer
    def action_inspect(self) -> None:
        """The whole value under the cursor."""
        column, row = self.body.column, self._row
        if self._table is not None and column is not None and row >= 0:
            from lakeshell.tui.screens.inspector import CellInspector

            self.app.push_screen(CellInspector(self._table, row, column, self._time_zone))

    def action_transpose(self) -> None:
        """The row under the cursor, a column a line."""
        if self.body.texts is not None and self._table is not None and self.body.count:
            from lakeshell.tui.widgets.grid.row_screen import RowScreen

            self.app.push_screen(
                RowScreen(
                    self._table,
                    self.body.texts,
                    list(self.body.columns.order),
                    self.body.row,
                    self._time_zone,
                ),
                self._row_screen_closed,
            )

    def _row_screen_closed(self, cell: tuple[int, int] | None) -> None:
        if cell is not None:
            position, column = cell
            self.body.move_to(position, self.body.columns.place(column) or 0)

    def action_statistics(self) -> None:
        """The column under the cursor in figures."""
        column = self.body.column
        if self._table is not None and column is not None:
            from lakeshell.tui.widgets.grid.statistics_screen import StatisticsScreen

            shown_rows = self._rows
            self.app.push_screen(
                StatisticsScreen(self._table, column, shown_rows, self._time_zone)
            )

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
        self._sort_by(event.column)

    def _tell_focus(self) -> None:
        self._tell()
        row, column = self.cursor
        if row >= 0 and column >= 0:
            self.post_message(self.CellFocused(self, row, column))

    # The footer
    def _tell(self) -> None:
        self._footer.update(Text(self._footer_text(), no_wrap=True, overflow="ellipsis"))

    def _footer_text(self) -> str:
        if self._table is None:
            return ""
        body, texts = self.body, self.body.texts
        assert texts is not None
        total = format_count(self._table.num_rows)
        more = " (more exist)" if self._truncated else ""
        parts = []
        if self._filter:
            parts.append(f"{format_count(body.count)} of {total} rows{more}")
            if body.count:
                parts.append(f"row {format_count(body.row + 1)}")
        elif body.count:
            parts.append(f"row {format_count(body.row + 1)} of {total}{more}")
        else:
            parts.append("no rows")
        if (column := body.column) is not None:
            parts.append(f"{fit(texts.names[column], 30)} {fit(texts.types[column], 40)}")
        if body.anchor is not None:
            positions, places = body.selection
            parts.append(f"{format_count(len(positions))}×{len(places)} selected")
        if body.columns.hidden:
            parts.append(f"{body.columns.hidden} hidden")
        parts += [f"{doing} …" for doing in self._pending.values()]
        if self._problem:
            parts.append(self._problem)
        return " " + " · ".join(parts)

    def _say(self, sentence: str) -> None:
        """In the footer, until the next key that changes it."""
        self._problem = sentence
        self._tell()
        self._problem = ""

    # Threads
    def _ask_thread(
        self, work: str, doing: str, question: Callable[[Callable[[], bool]], Any]
    ) -> None:
        """Answer a question in a thread. `question` gets a function that says whether anybody
        still waits for the answer."""
        number = self._numbers.get(work, 0) + 1
        self._numbers[work] = number
        self._pending[work] = doing
        self._tell()

        def is_current() -> bool:
            return self._numbers[work] == number and self.is_attached

        def answer() -> None:
            try:
                message = self.Answered(work, number, question(is_current))
            except InterruptedError:
                return
            except _TooLarge:
                message = self.Answered(work, number, None)
            except Exception as error:
                # A thread must not end the program; whatever it was is told in the footer.
                message = self.Answered(work, number, None, _sentence(error))
            if is_current():
                self.post_message(message)

        self.run_worker(answer, thread=True, group=work, exit_on_error=False)

    def _forget(self, work: str) -> None:
        self._numbers[work] = self._numbers.get(work, 0) + 1
        self._pending.pop(work, None)

    def on_result_grid_answered(self, event: Answered) -> None:
        """Use an answer, unless something else has been asked meanwhile."""
        event.stop()
        if self._numbers.get(event.work) != event.number:
            return
        self._pending.pop(event.work, None)
        if event.error is not None:
            self._steps = 0
            self._say(event.error)
        elif event.work == "arrange":
            self._arranged(event.answer)
        elif event.work == "search":
            self._searched(event.answer)
        elif event.answer is None:
            self._too_large()
        else:
            self._copied(*event.answer)
        if event.error is None:
            self._tell()


class _TooLarge(Exception):
    """More than a clipboard takes."""


def _sentence(error: Exception) -> str:
    from lakeshell.errors import LakeshellError
    from lakeshell.render.safe_text import safe_text

    text = error.message if isinstance(error, LakeshellError) else f"{error}" or repr(error)
    return fit(safe_text(text), 200)
