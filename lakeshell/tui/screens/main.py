"""The main screen: catalog, editor over results, the table's dock, the status line."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Footer

from lakeshell.interpreter import Source
from lakeshell.tui.keys import bindings
from lakeshell.tui.messages import (
    CancelRequested,
    ConnectionChanged,
    InsertRequested,
    MetadataChanged,
    OpenTextRequested,
    RunEvent,
    RunFinished,
    RunRequested,
    RunStarted,
    TabChosen,
    TabClosed,
    TableChosen,
    TextRunRequested,
)
from lakeshell.tui.panes.catalog import CatalogPane
from lakeshell.tui.panes.dock import DockPane
from lakeshell.tui.panes.editor import EditorPane
from lakeshell.tui.panes.results import ResultsPane
from lakeshell.tui.panes.status import StatusLine
from lakeshell.tui.workbench import Workbench


class MainScreen(Screen[None]):
    """Knows the panes, and carries what one says to the others."""

    BINDINGS = bindings("everywhere")

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self.bench = bench
        self.catalog = CatalogPane(bench)
        self.editor = EditorPane(bench)
        self.results = ResultsPane(bench)
        self.dock = DockPane(bench)
        self.status = StatusLine(bench)

    def compose(self) -> ComposeResult:
        """Left catalog, centre editor over results, right dock."""
        with Horizontal(id="body"):
            yield self.catalog
            with Vertical(id="centre"):
                yield self.editor
                yield self.results
            yield self.dock
        yield self.status
        yield Footer()

    def on_mount(self) -> None:
        """Typing goes into the editor."""
        self.editor.focus_text()

    # Runs
    def on_run_requested(self, request: RunRequested) -> None:
        """Start it, unless its tab is busy."""
        if self.bench.start(request) is None:
            self.notify("This tab still runs something; escape cancels it.", severity="warning")

    def on_text_run_requested(self, request: TextRunRequested) -> None:
        """Run a pane's own text in the active tab."""
        source = Source(request.text, "<command>")
        self.post_message(RunRequested(self.editor.active_tab, source))

    def on_run_started(self, message: RunStarted) -> None:
        """Show that the tab runs."""
        self.editor.clear_error(message.tab)
        self.editor.set_running(message.tab, True)
        self.results.run_started(message)
        self.status.draw()

    def on_run_event(self, message: RunEvent) -> None:
        """Show it."""
        self.results.run_event(message)

    def on_run_finished(self, message: RunFinished) -> None:
        """Show how it ended, and where it failed."""
        self.editor.set_running(message.tab, False)
        self.results.run_finished(message)
        if message.error is not None:
            position = getattr(message.error, "position", None)
            if position is not None:
                position = placed(position, message)
            self.editor.mark_error(message.tab, position, message.error.message)
        self.dock.refresh_table()
        self.status.draw()

    def on_cancel_requested(self, message: CancelRequested) -> None:
        """Stop what the tab runs."""
        self.bench.cancel(message.tab or self.editor.active_tab)

    # Text
    def on_insert_requested(self, message: InsertRequested) -> None:
        """Into the editor."""
        self.editor.insert(message.text)

    def on_open_text_requested(self, message: OpenTextRequested) -> None:
        """In a new tab."""
        self.editor.open_text(message.text, message.title, message.language)

    # Tabs, tables, names
    def on_tab_chosen(self, message: TabChosen) -> None:
        """Its results come with it."""
        self.results.show_tab(message.tab)

    def on_tab_closed(self, message: TabClosed) -> None:
        """So are its run and its results."""
        self.bench.forget(message.tab)
        self.results.close_tab(message.tab)

    def on_table_chosen(self, message: TableChosen) -> None:
        """In the dock."""
        self.dock.show_table(message.parts, message.kind)

    def on_connection_changed(self, message: ConnectionChanged) -> None:
        """The status line tells."""
        self.status.draw()

    def on_metadata_changed(self, message: MetadataChanged) -> None:
        """The tree shows what is known now."""
        self.catalog.show_names()
        self.status.draw()

    # Keys
    def action_run_statement(self) -> None:
        """Run the selection, else the statement at the cursor."""
        self.editor.action_run_statement()

    def action_focus_editor(self) -> None:
        """Go on typing."""
        self.editor.focus_text()

    def action_cancel(self) -> None:
        """Stop what the active tab runs."""
        self.bench.cancel(self.editor.active_tab)


def placed(position: object, message: RunFinished) -> object:
    """A place in the source that ran, as a place in the tab's text."""
    from lakeshell.errors import Position

    assert isinstance(position, Position)
    column = position.column + (message.first_column - 1 if position.line == 1 else 0)
    return Position(position.line + message.first_line - 1, column)
