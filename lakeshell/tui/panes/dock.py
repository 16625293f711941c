"""The dock of the chosen table: its Schema, History, Files and Maintenance."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from lakeshell.tui.workbench import Workbench


class DockPane(Vertical):
    """Posts TextRunRequested and OpenTextRequested."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(id="dock")
        self._bench = bench

    def compose(self) -> ComposeResult:
        yield Static("")

    def show_table(self, parts: tuple[str, ...], kind: str = "table") -> None:
        """Show another table."""

    def refresh_table(self) -> None:
        """Something may have changed: read anew what is shown."""
