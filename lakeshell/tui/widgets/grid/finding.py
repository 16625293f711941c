"""Searching in a result grid: a text or condition, from cell to cell."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from lakeshell.tui.widgets.grid.frame import GridFrame

_MOST_FOUND = 200  # characters of a cell that `*` looks for


class FindingGrid(GridFrame):
    """`n` and `N` go to cells that hold what is looked for, or else what is filtered by."""

    def action_find(self) -> None:
        """Type what to look for."""
        self.prompt.ask("find", self._find)

    def action_find_cell(self) -> None:
        """Look for what the cell under the cursor holds."""
        row, column = self.cursor
        if self._table is None or row < 0 or column < 0:
            return
        from lakeshell.tui.widgets.grid.texts import column_texts

        one = self._table.column(column).slice(row, 1)
        try:
            text = next(iter(column_texts(one, self._time_zone)))[0].as_py()
        except UnicodeDecodeError:
            self._say("This is no text that can be looked for.")
            return
        if text is None:
            quoted = self._table.column_names[column].replace("`", "``")
            text = f"`{quoted}` is null"
        self._look_for(text[:_MOST_FOUND])
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
            self._searched,
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
        in_row = [
            place for place in self._matching_places(body.row) if (place - body.place) * step > 0
        ]
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
        wanted = set(condition.columns)
        return [
            place
            for place, column in enumerate(order)
            if column in wanted
            and mask(one, replace(condition, columns=(column,)), self._time_zone)[0].as_py()
        ]
