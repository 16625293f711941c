"""The keys, those of the part one is in first; found by typing."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from lakeshell.tui.keys import KEYS, bindings, shown_keys
from lakeshell.tui.widgets.safe_input import SafeInput

_TITLES = {
    "everywhere": "Everywhere",
    "editor": "Editor",
    "find": "Find and replace",
    "history": "History palette",
    "catalog": "Catalog tree",
    "results": "Results",
    "grid": "Result grid",
    "cell": "Cell inspector",
    "row": "Row as a list",
    "chart": "Chart",
    "lines": "Messages, plan and progress",
    "export": "Export",
    "dock": "Table dock",
    "versions": "Versions of a table",
    "streams": "Streams",
    "text": "Text that can only be read",
}
_WORDS = (
    "% commands run in any tab: %help lists them, the palette asks for their arguments.\n"
    "Python tabs share the session with SQL: `spark`, `display`, temp views.\n"
    "Hold shift while you drag to select text with the mouse in most terminals.\n"
    "[tui.keys] in lakeshell.toml remaps: the names in grey are the ids."
)


class HelpScreen(ModalScreen[None]):
    """`where` is the part of the screen that had the focus; `remapped` are ids and their keys."""

    BINDINGS = bindings("help")

    def __init__(self, where: str, remapped: Mapping[str, str]) -> None:
        super().__init__()
        self._where = where
        self._remapped = remapped

    def compose(self) -> ComposeResult:
        """A field to search in over the keys."""
        with Vertical(id="help"):
            yield SafeInput(placeholder="find a key or what it does")
            with VerticalScroll():
                yield Static(id="help-keys")

    def on_mount(self) -> None:
        """All of them at first."""
        self.query_one("#help").border_title = "Keys — escape closes"
        self._show("")
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _typed(self, changed: Input.Changed) -> None:
        changed.stop()
        self._show(changed.value.strip().lower())

    def key_down(self) -> None:
        """Scroll while the field has the focus."""
        self.query_one(VerticalScroll).scroll_relative(y=3, animate=False)

    def key_up(self) -> None:
        """Scroll while the field has the focus."""
        self.query_one(VerticalScroll).scroll_relative(y=-3, animate=False)

    def key_pagedown(self) -> None:
        """Scroll while the field has the focus."""
        self.query_one(VerticalScroll).scroll_page_down(animate=False)

    def key_pageup(self) -> None:
        """Scroll while the field has the focus."""
        self.query_one(VerticalScroll).scroll_page_up(animate=False)

    def action_close(self) -> None:
        """Back to where one was."""
        self.dismiss(None)

    def _show(self, wanted: str) -> None:
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True)
        table.add_column()
        table.add_column(no_wrap=True)
        places = sorted(_TITLES, key=lambda place: place != self._where)
        for place in places:
            keys = [
                (shown_keys(key, self._remapped.get(key.id)), key.description, key.id)
                for key in KEYS
                if key.where == place
            ]
            found = [line for line in keys if wanted in " ".join(line).lower()]
            if not found:
                continue
            table.add_row(Text(_TITLES[place], style="bold underline"), "", "")
            for keys_text, description, id in found:
                table.add_row(
                    Text(keys_text, style="bold"), Text(description), Text(id, style="dim")
                )
            table.add_row("", "", "")
        if not wanted:
            table.add_row("", Text(_WORDS, style="italic"), "")
        self.query_one("#help-keys", Static).update(table)
