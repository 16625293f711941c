"""One row of a result, a column a line: for rows that are wider than the screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Footer, Static

from lakeshell.render.safe_text import display_width, fit, pad
from lakeshell.tui.keys import bindings
from lakeshell.tui.threads import in_background
from lakeshell.tui.widgets.choice_list import ChoiceList

if TYPE_CHECKING:
    import pyarrow as pa

    from lakeshell.tui.widgets.grid.cells import CellTexts

_WIDEST_NAME, _WIDEST_TYPE = 30, 16


class RowScreen(ModalScreen["tuple[int, int] | None"]):
    """The row at a position of what a grid shows; `n` and `N` go to its neighbours.

    Closes with the position and the place of the column where the person was.
    """

    BINDINGS = bindings("row")

    @dataclass
    class Copied(Message):
        """Text for the clipboard, and what it is."""

        text: str
        what: str

    def __init__(
        self,
        table: pa.Table,
        texts: CellTexts,
        order: list[int],
        position: int,
        place: int,
        time_zone: str,
    ) -> None:
        super().__init__()
        self._table = table
        self._cell_texts = texts
        self._order = order
        self._position = position
        self._first_place = place
        self._time_zone = time_zone
        names = [display_width(texts.names[column]) for column in order]
        types = [display_width(texts.types[column]) for column in order]
        self._name_width = min(max(names, default=0), _WIDEST_NAME)
        self._type_width = min(max(types, default=0), _WIDEST_TYPE)

    def compose(self) -> ComposeResult:
        """Which row it is, and its columns."""
        with Vertical(id="row"):
            yield Static("", id="row-title")
            yield ChoiceList(self._line, id="row-list")
        yield Footer()

    def on_mount(self) -> None:
        """Begin at the column where the grid's cursor stood."""
        self._show(self._first_place)
        self.call_after_refresh(self.query_one(ChoiceList).choose, self._first_place)

    def _show(self, place: int) -> None:
        self.query_one(ChoiceList).show(len(self._order), place)
        title = f"Row {self._position + 1:,} of {self._cell_texts.count:,}"
        self.query_one("#row-title", Static).update(Text(title, style="bold"))

    def _line(self, number: int, width: int) -> Text:
        texts, column = self._cell_texts, self._order[number]
        name = pad(fit(texts.names[column], self._name_width), self._name_width)
        kind = pad(fit(texts.types[column], self._type_width), self._type_width)
        room = max(width - self._name_width - self._type_width - 6, 1)
        value, is_null = texts.line(column, self._position, 4 * room + 64)
        line = Text(f" {name}  ", style="bold")
        line.append(f"{kind}  ", style="not bold dim")
        return line.append(fit(value, room), style="not bold dim italic" if is_null else "not bold")

    @property
    def _place(self) -> int:
        return max(self.query_one(ChoiceList).cursor, 0)

    # Keys
    def action_close(self) -> None:
        """Back to the rows."""
        self.dismiss((self._position, self._place))

    def action_step(self, by: int) -> None:
        """To a neighbouring row, in the same column."""
        wanted = self._position + by
        if 0 <= wanted < self._cell_texts.count:
            self._position = wanted
            self._show(self._place)

    def action_move(self, by: int) -> None:
        """To another column."""
        self.query_one(ChoiceList).move(by)

    def action_page(self, by: int) -> None:
        """By screens."""
        self.query_one(ChoiceList).page(by)

    def action_edge(self, end: bool) -> None:
        """To the first or last column."""
        self.query_one(ChoiceList).choose(len(self._order) - 1 if end else 0)

    @on(ChoiceList.Highlighted)
    def _highlighted(self, event: ChoiceList.Highlighted) -> None:
        event.stop()

    @on(ChoiceList.Clicked)
    def _clicked(self, event: ChoiceList.Clicked) -> None:
        event.stop()

    def action_inspect(self) -> None:
        """The whole value."""
        from lakeshell.tui.screens.inspector import CellInspector

        row = self._cell_texts.table_row(self._position)
        column = self._order[self._place]
        self.app.push_screen(CellInspector(self._table, row, column, self._time_zone))

    def action_copy(self) -> None:
        """Copy the value."""
        from lakeshell.tui.widgets.grid.copying import cell_text

        row = self._cell_texts.table_row(self._position)
        one = self._table.column(self._order[self._place]).slice(row, 1)
        self._copy(one, "cell", lambda: cell_text(one, self._time_zone))

    def action_copy_all(self) -> None:
        """Copy the row as JSON."""
        from lakeshell.tui.widgets.grid.copying import formatted

        row = self._cell_texts.table_row(self._position)
        one = self._table.select(self._order).slice(row, 1)
        self._copy(one, "row", lambda: formatted(one, "json", self._time_zone))

    def _copy(self, part: Any, what: str, write: Callable[[], str]) -> None:
        """Write it in a thread; it may be large."""
        from lakeshell.tui.widgets.grid.taking import is_too_large, tell_too_large

        if is_too_large(part):
            tell_too_large(self.app)
        else:
            in_background(lambda: self.post_message(self.Copied(write(), what)), "copy")

    def on_row_screen_copied(self, message: Copied) -> None:
        """Put it on the clipboard."""
        from lakeshell.tui.widgets.grid.taking import copy_text

        copy_text(self.app, message.text, message.what)
