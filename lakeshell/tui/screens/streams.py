"""The streams of the home, whoever started them."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Static

from lakeshell.tui.workbench import Workbench


class StreamsScreen(Screen[None]):
    """Every streaming query, anew at least every second while it is on top."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self._bench = bench

    def compose(self) -> ComposeResult:
        yield Static("")
