"""What a person takes out of a result grid: copies of cells, and a closer look at them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.app import App

from lakeshell.render.metrics import format_bytes, rows
from lakeshell.tui.widgets.grid.frame import GridFrame

_OSC52_LIMIT = 100_000  # bytes of base64 that common terminals take
_MOST_COPIED = 8 << 20  # bytes; beyond, terminals hang


class TakingGrid(GridFrame):
    """Copies cells, rows, ranges, columns; shows one cell or one row."""

    # Copying
    def action_copy(self) -> None:
        """Copy the selected cells as TSV, or the cell under the cursor as it is."""
        if self.body.held is None:
            self._copy_cell()
        else:
            positions, places = self.body.selection
            self._copy(positions, list(places), None)

    def action_copy_row(self) -> None:
        """Copy the rows of the selection, or this row, as TSV."""
        self._copy(self.body.selection[0], list(range(len(self.body.columns.order))), None)

    def action_copy_column(self) -> None:
        """Copy all shown values of this column, a line each."""
        self._copy(range(self.body.count), [self.body.place], None)

    def action_copy_as(self) -> None:
        """Choose a form and copy the selection, or this row, in it."""
        from lakeshell.tui.screens.dialogs import Choose
        from lakeshell.tui.widgets.grid.copying import FORMATS

        positions, places = self.body.selection
        chosen = list(places)
        if self.body.held is None:
            chosen = list(range(len(self.body.columns.order)))

        def copy(form: str | None) -> None:
            if form == "in" and self.body.held is None:
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

        def written(is_current: Callable[[], bool]) -> tuple[str, str] | None:
            from lakeshell.tui.widgets.grid.copying import cell_text

            return None if is_too_large(one) else (cell_text(one, zone), "cell")

        self._ask_thread("copy", "copying", written, self._copied)

    def _copy(self, positions: range, places: list[int], form: str | None) -> None:
        table, order, zone = self._table, self.body.columns.order, self._time_zone
        if table is None or not places or not self.body.count or not order:
            return
        columns = [order[place] for place in places]
        row_numbers = self._rows

        def written(is_current: Callable[[], bool]) -> tuple[str, str] | None:
            from lakeshell.tui.widgets.grid.copying import formatted, tsv_rows
            from lakeshell.tui.widgets.grid.view import pick

            part = table.select(columns)
            if row_numbers is None:
                part = part.slice(positions.start, len(positions))
            else:
                part = pick(part, row_numbers.slice(positions.start, len(positions)))
            if is_too_large(part):
                return None
            text = tsv_rows(part, zone) if form is None else formatted(part, form, zone)
            return text, rows(len(positions))

        self._ask_thread("copy", "copying", written, self._copied)

    def _copied(self, answer: Any) -> None:
        if answer is None:
            tell_too_large(self.app)
        else:
            copy_text(self.app, *answer)

    # Looking closer
    def action_inspect(self) -> None:
        """The whole value under the cursor."""
        row, column = self.cursor
        if self._table is not None and column >= 0 and row >= 0:
            from lakeshell.tui.screens.inspector import CellInspector

            self.app.push_screen(CellInspector(self._table, row, column, self._time_zone))

    def action_transpose(self) -> None:
        """The row under the cursor, a column a line."""
        texts, table = self.body.texts, self._table
        if texts is None or table is None or not self.body.count or not self.body.columns.order:
            return
        from lakeshell.tui.widgets.grid.row_screen import RowScreen

        def closed(cell: tuple[int, int] | None) -> None:
            if cell is not None:
                self.body.move_to(*cell)

        order = list(self.body.columns.order)
        self.app.push_screen(
            RowScreen(table, texts, order, self.body.row, self.body.place, self._time_zone), closed
        )


def copy_text(app: App[Any], text: str, what: str) -> None:
    """Put data on the clipboard of the person's terminal, and tell how much it was."""
    # The clipboard is UTF-8; bytes that are none stay only in files.
    data = text.encode("utf-8", "surrogateescape")
    if len(data) > _MOST_COPIED:
        tell_too_large(app)
        return
    app.copy_to_clipboard(data.decode("utf-8", "replace"))
    told = f"Copied: {what}, {format_bytes(len(data))}."
    is_long = len(data) * 4 // 3 > _OSC52_LIMIT
    if is_long:
        told += " Many terminals take no more than 100 kB; export it if it does not arrive."
    app.notify(told, timeout=6 if is_long else 2)


def is_too_large(part: Any) -> bool:
    """Whether rows or values are so large that their text need not be written to know it."""
    return int(part.nbytes) > 4 * _MOST_COPIED


def tell_too_large(app: App[Any]) -> None:
    """More than a terminal's clipboard takes."""
    app.notify(
        f"More than {format_bytes(_MOST_COPIED)} is too large for a clipboard; export it.",
        severity="warning",
    )
