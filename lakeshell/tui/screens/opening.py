"""The first frame: the panes' frames and the text as it was, drawn before the rest is imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Static

from lakeshell.render.safe_text import safe_text
from lakeshell.tui.keys import KEYS
from lakeshell.tui.layout import Division, Layout
from lakeshell.tui.state import TabState

_WIDEST = 1_000  # characters of a line that may be seen


class OpeningScreen(Screen[None]):
    """Stands where the main screen will stand, and looks like it."""

    def __init__(
        self, tabs: Sequence[TabState], layout: Layout, remapped: Mapping[str, str]
    ) -> None:
        super().__init__()
        self._remapped = remapped
        self._tabs = tabs
        self._layout = layout

    def compose(self) -> ComposeResult:
        """Left catalog, centre editor over results, right dock; below what goes on, and keys."""
        catalog, editor, results, dock = (
            Static(id=name, markup=False) for name in ("catalog", "editor", "results", "dock")
        )
        catalog.border_title = "Catalog"
        with Horizontal(id="body"):
            yield catalog
            with Vertical(id="centre"):
                yield editor
                yield results
            yield dock
        yield Static(" Opening …", id="status")
        yield Static(self._keys(), id="opening-keys", markup=False)
        self._division = Division(catalog, editor, results, dock, self._layout)
        self._editor = editor

    def on_mount(self) -> None:
        """Divide the screen."""
        width, height = self.app.size
        self._division.apply(width)
        self._editor.update(self._text(height))

    def _text(self, rows: int) -> Text:
        """Titles and the beginning of the tab in front."""
        text = Text(no_wrap=True, overflow="crop")
        for tab in self._tabs:
            text.append(f" {safe_text(tab.title)} ✕ ", style="bold" if tab.active else "dim")
        front = next((tab for tab in self._tabs if tab.active), None)
        lines = front.text.splitlines() if front else []
        first = max(0, (front.row if front else 0) - rows // 4)
        for number, line in enumerate(lines[first : first + rows], first + 1):
            text.append(f"\n{number:<3}", style="dim")
            text.append(safe_text(line[:_WIDEST]))
        return text

    def _keys(self) -> Text:
        text = Text(no_wrap=True, overflow="crop")
        for key in KEYS:
            if key.show and key.where == "everywhere":
                keys = self._remapped.get(key.id, key.keys)
                name = keys.split(",")[0].replace("ctrl+", "^")
                text.append(f" {name}", style="bold").append(f" {key.description} ")
        return text
