"""The catalog tree: catalogs, schemas, and what is in them."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from lakeshell.tui.workbench import Workbench


class CatalogPane(Vertical):
    """Posts TableChosen, InsertRequested, OpenTextRequested and TextRunRequested."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(id="catalog")
        self._bench = bench

    def compose(self) -> ComposeResult:
        yield Static("")

    def show_names(self) -> None:
        """Show what is known by now: called when the metadata has changed."""
