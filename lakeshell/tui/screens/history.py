"""The history palette: every statement that was run in this home, searched as you type."""

from __future__ import annotations

import time
from dataclasses import dataclass

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from lakeshell.history import Entry, StatementHistory
from lakeshell.render.safe_text import fit, safe_text
from lakeshell.tui.editor.code_area import CodeArea
from lakeshell.tui.editor.recall import Found, Remembered, prepare, search
from lakeshell.tui.keys import bindings
from lakeshell.tui.threads import in_background
from lakeshell.tui.widgets.choice_list import ChoiceList
from lakeshell.tui.widgets.safe_input import SafeInput

_CAPACITY = 10_000  # entries that are searched


@dataclass(frozen=True)
class Recalled:
    """What the person chose, and whether it is to run at once."""

    entry: Entry
    run: bool


class HistoryScreen(ModalScreen["Recalled | None"]):
    """A field to type into, the statements that fit, and the whole text of the chosen one."""

    BINDINGS = bindings("history")

    @dataclass
    class Read(Message):
        """The history is there."""

        entries: list[Remembered]

    @dataclass
    class Searched(Message):
        """What fits the search with this number."""

        number: int
        found: Found

    def __init__(self, history: StatementHistory) -> None:
        super().__init__()
        self._history = history
        self._entries: list[Remembered] = []
        self._found: Found = Found((), 0)
        self._number = 0
        self._is_read = False

    def compose(self) -> ComposeResult:
        """The palette."""
        with Vertical(id="recall"):
            with Horizontal(id="recall-line"):
                yield SafeInput(placeholder="Search statements", id="recall-text", compact=True)
                yield Static(id="recall-count")
            yield ChoiceList(self._row, id="recall-list")
            preview = CodeArea("", "sql", id="recall-preview")
            preview.read_only = True
            preview.show_line_numbers = False
            preview.can_focus = False
            yield preview
            keys = Text("enter inserts · ctrl+j runs · ctrl+d forgets · escape closes")
            yield Static(keys, id="recall-keys")

    def on_mount(self) -> None:
        """Type at once; the history comes from a thread."""
        self.query_one(Input).focus()
        in_background(self._read, "history")

    def _read(self) -> None:
        self.post_message(self.Read(prepare(self._history.recent(_CAPACITY))))

    def on_history_screen_read(self, message: Read) -> None:
        """Show the newest."""
        self._entries = message.entries
        self._is_read = True
        self._search(self.query_one(Input).value)

    # Searching
    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._search(event.value)

    def _search(self, typed: str) -> None:
        self._number += 1
        number, entries = self._number, self._entries

        def work() -> None:
            found = search(entries, typed, lambda: number != self._number)
            if number == self._number:
                self.post_message(self.Searched(number, found))

        in_background(work, "history-search")

    def on_history_screen_searched(self, message: Searched) -> None:
        """Show what fits, unless more was typed since."""
        if message.number != self._number:
            return
        self._found = message.found
        self.query_one("#recall-list", ChoiceList).show(len(message.found.entries))
        count = f"{message.found.total:,} of {len(self._entries):,}"
        if self._is_read and not self._entries:
            count = "nothing was run yet"
        self.query_one("#recall-count", Static).update(Text(count))

    def _row(self, number: int, width: int) -> Text:
        remembered = self._found.entries[number]
        when = time.strftime("%d %b %H:%M", time.localtime(remembered.entry.at))
        text = Text(f" {when}  ", style="dim")
        text.append("py  " if remembered.entry.language == "python" else "    ", style="dim")
        line = Text(fit(safe_text(remembered.line), max(width - text.cell_len - 1, 4)))
        line.highlight_words(self.query_one(Input).value.split(), "bold", case_sensitive=False)
        return text.append_text(line)

    @property
    def chosen(self) -> Entry | None:
        """The entry under the cursor."""
        cursor = self.query_one("#recall-list", ChoiceList).cursor
        entries = self._found.entries
        return entries[cursor].entry if 0 <= cursor < len(entries) else None

    @on(ChoiceList.Highlighted)
    def _preview(self, event: ChoiceList.Highlighted) -> None:
        event.stop()
        preview = self.query_one("#recall-preview", CodeArea)
        entry = self.chosen
        preview.code_language = entry.language if entry is not None else "sql"
        preview.load_text(entry.text if entry is not None else "")

    @on(ChoiceList.Clicked)
    def _clicked(self, event: ChoiceList.Clicked) -> None:
        event.stop()
        self.query_one(Input).focus()

    # Keys
    def on_key(self, event: object) -> None:
        """Arrows move in the list while the field has the focus."""
        from textual import events

        assert isinstance(event, events.Key)
        if self.query_one("#recall-list", ChoiceList).take_key(event.key):
            event.stop()
            event.prevent_default()

    def action_insert(self) -> None:
        """Into the editor."""
        self._choose(run=False)

    def action_run(self) -> None:
        """Run it again as it is."""
        self._choose(run=True)

    def action_delete(self) -> None:
        """Forget the chosen statement, wherever it was run in this home; asks."""
        from lakeshell.tui.screens.dialogs import Confirm

        if (entry := self.chosen) is None:
            return

        def answered(agreed: bool | None) -> None:
            if not agreed:
                return
            self._entries = [
                known
                for known in self._entries
                if (known.entry.text, known.entry.language) != (entry.text, entry.language)
            ]
            self._search(self.query_one(Input).value)
            in_background(lambda: self._history.forget(entry.text, entry.language), "history")

        shown = fit(safe_text(" ".join(entry.text[:500].split())), 200)
        self.app.push_screen(
            Confirm(f"Forget this statement?\n{shown}", yes="Forget", danger=True), answered
        )

    def action_close(self) -> None:
        """Nothing."""
        self.dismiss(None)

    def _choose(self, *, run: bool) -> None:
        if (entry := self.chosen) is not None:
            self.dismiss(Recalled(entry, run))
