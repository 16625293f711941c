"""Writing the result in front to a file, for the results pane."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from textual.widget import Widget

from lakeshell.errors import LakeshellError
from lakeshell.tui.threads import in_background

if TYPE_CHECKING:
    from lakeshell.tui.panes.results_model import TabResults
    from lakeshell.tui.widgets.grid import ResultGrid
    from lakeshell.tui.workbench import Workbench


class ResultsExport(Widget):
    """The part of the results pane that exports."""

    _bench: Workbench
    _zone = ""

    if TYPE_CHECKING:

        @property
        def current(self) -> TabResults: ...

        def bound_text(self, tab: TabResults, text: str) -> str: ...

        @property
        def grid(self) -> ResultGrid | None: ...

    @property
    def time_zone(self) -> str:
        """The session's zone, as far as it is known; asked for in a thread."""
        return self._zone or "UTC"

    def open_export(self) -> None:
        """Ask where the result in front is to be written, and write it."""
        from lakeshell.tui.screens.export import ExportScreen

        output = self.current.output
        result = output.result if output is not None else None
        if output is None or result is None or result.table is None:
            self.notify("There are no rows to export.", severity="warning")
            return
        grid = self.grid
        view = grid.snapshot if grid is not None else None
        statement = output.statement
        query = None
        if statement.language == "sql":
            with contextlib.suppress(LakeshellError):
                query = self.bound_text(self.current, statement.text)
        self.app.push_screen(
            ExportScreen(self._bench, result, query=query, view=view, time_zone=self.time_zone)
        )

    def learn_time_zone(self) -> None:
        """Ask the session for its zone."""

        def ask() -> None:
            session = self._bench.connection.session
            if session is not None:
                # Asked again with the next run; a connection that breaks raises anything.
                with contextlib.suppress(Exception):
                    self._zone = session.time_zone

        in_background(ask, "zone")
