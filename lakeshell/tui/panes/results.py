"""What a run gave: Results, Chart, Messages, Plan and Progress of the active editor tab."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from lakeshell.tui.messages import RunEvent, RunFinished, RunStarted
from lakeshell.tui.workbench import Workbench


class ResultsPane(Vertical):
    """Keeps what the runs of every editor tab gave, and shows that of the active one."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(id="results")
        self._bench = bench

    def compose(self) -> ComposeResult:
        yield Static("")

    def show_tab(self, tab: str) -> None:
        """Show what belongs to that editor tab."""

    def close_tab(self, tab: str) -> None:
        """Drop what belongs to an editor tab that is gone."""

    def run_started(self, started: RunStarted) -> None:
        """A run of a tab begins: what the last one gave is replaced, unless it is pinned."""

    def run_event(self, message: RunEvent) -> None:
        """A result, text, a remark, a failure, or how far it is."""

    def run_finished(self, finished: RunFinished) -> None:
        """It is over."""
