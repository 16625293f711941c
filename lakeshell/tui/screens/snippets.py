"""The snippets palette: pieces of SQL and Python to begin with."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from lakeshell.render.safe_text import fit, safe_text
from lakeshell.tui.editor.code_area import CodeArea
from lakeshell.tui.editor.snippets import Snippet, fill
from lakeshell.tui.keys import bindings
from lakeshell.tui.widgets.choice_list import ChoiceList
from lakeshell.tui.widgets.safe_input import SafeInput


class SnippetsScreen(ModalScreen["Snippet | None"]):
    """Choose one by typing."""

    BINDINGS = bindings("palette")

    def __init__(self, snippets: Sequence[Snippet], language: str = "sql") -> None:
        super().__init__()
        # Those of the tab's language first, one's own before that.
        self._all = sorted(snippets, key=lambda s: (s.language != language, not s.is_own))
        self._shown = list(self._all)

    def compose(self) -> ComposeResult:
        """The palette."""
        with Vertical(id="snippets"):
            yield SafeInput(placeholder="Search snippets", compact=True)
            yield ChoiceList(self._row, id="snippets-list")
            preview = CodeArea("", "sql", id="snippets-preview")
            preview.read_only = True
            preview.show_line_numbers = False
            preview.can_focus = False
            yield preview
            keys = Text("enter inserts · tab: next place · yours: the home's folder snippets/")
            yield Static(keys, id="snippets-keys")

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(Input).focus()
        self.query_one(ChoiceList).show(len(self._shown))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        words = event.value.lower().split()
        self._shown = [
            snippet
            for snippet in self._all
            if all(word in f"{snippet.title}\n{snippet.text}".lower() for word in words)
        ]
        self.query_one(ChoiceList).show(len(self._shown))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if (snippet := self.chosen) is not None:
            self.dismiss(snippet)

    @property
    def chosen(self) -> Snippet | None:
        """The snippet under the cursor."""
        cursor = self.query_one(ChoiceList).cursor
        return self._shown[cursor] if 0 <= cursor < len(self._shown) else None

    @on(ChoiceList.Highlighted)
    def _preview(self, event: ChoiceList.Highlighted) -> None:
        event.stop()
        preview, snippet = self.query_one("#snippets-preview", CodeArea), self.chosen
        preview.code_language = snippet.language if snippet is not None else "sql"
        preview.load_text(fill(snippet.text).text if snippet is not None else "")

    @on(ChoiceList.Clicked)
    def _clicked(self, event: ChoiceList.Clicked) -> None:
        event.stop()
        self.query_one(Input).focus()

    def on_key(self, event: events.Key) -> None:
        """Arrows move in the list while the field has the focus."""
        if self.query_one(ChoiceList).take_key(event.key):
            event.stop()
            event.prevent_default()

    def _row(self, number: int, width: int) -> Text:
        snippet = self._shown[number]
        kind = "yours" if snippet.is_own else "Python" if snippet.language == "python" else "SQL"
        text = Text(f" {kind:<7}", style="dim")
        return text.append(fit(safe_text(snippet.title), max(width - 9, 4)), style="not dim")
