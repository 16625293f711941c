"""The editor: tabs of SQL and Python, run by statement, selection or whole."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import TextArea

from lakeshell.errors import Position
from lakeshell.interpreter import Source
from lakeshell.tui.messages import RunRequested
from lakeshell.tui.state import TabState
from lakeshell.tui.workbench import Workbench


class EditorPane(Vertical):
    """The tabs. Posts RunRequested, TabChosen and TabClosed."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(id="editor")
        self._bench = bench

    def compose(self) -> ComposeResult:
        yield TextArea()

    @property
    def active_tab(self) -> str:
        """The id of the tab that is in front."""
        return "1"

    def insert(self, text: str) -> None:
        """Put `text` at the cursor of the active tab."""
        self.query_one(TextArea).insert(text)

    def open_text(self, text: str, title: str, language: str = "sql") -> None:
        """Show `text` in a new tab."""

    def mark_error(self, tab: str, position: Position | None, message: str) -> None:
        """Underline the word at `position` of that tab's text and say `message` there."""

    def clear_error(self, tab: str) -> None:
        """Take the mark away."""

    def set_running(self, tab: str, running: bool) -> None:
        """Show in its title that a tab runs something."""

    def tab_states(self) -> list[TabState]:
        """Every tab, to be restored at the next start."""
        return []

    def focus_text(self) -> None:
        """Go on typing."""
        self.query_one(TextArea).focus()

    def action_run_statement(self) -> None:
        """Run the selection, else the statement at the cursor."""
        self.post_message(RunRequested("1", Source(self.query_one(TextArea).text, "<tab>")))
