"""The bar above the text that finds and replaces."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from lakeshell.render.safe_text import fit, safe_text
from lakeshell.tui.editor.finding import Wanted
from lakeshell.tui.keys import bindings
from lakeshell.tui.widgets.safe_input import SafeInput


class Toggle(Static):
    """A word that is on or off, and clicked to change."""

    def __init__(self, label: str, action: str, tip: str) -> None:
        super().__init__(Text(f" {label} "), classes="find--toggle")
        self._does = action
        self.tooltip = Text(tip)

    async def on_click(self) -> None:
        """Do what its key does."""
        bar = self.screen.query_one(FindBar)
        await bar.run_action(self._does)


class FindBar(Vertical):
    """Hidden until asked for. Says in messages what to find; the editor does it."""

    BINDINGS = bindings("find")

    @dataclass
    class Changed(Message):
        """Something else is looked for."""

        wanted: Wanted

    @dataclass
    class Step(Message):
        """To the next match (1) or the previous (-1)."""

        by: int

    @dataclass
    class Replace(Message):
        """Replace the current match, or all of them, by `text`."""

        text: str
        all: bool

    class Closed(Message):
        """No longer looked for."""

    def __init__(self) -> None:
        super().__init__(id="find-bar")
        self._is_pattern = False
        self._match_case = False
        self.display = False

    def compose(self) -> ComposeResult:
        """A line to find, and one to replace."""
        with Horizontal():
            yield SafeInput(placeholder="Find", id="find-text", compact=True)
            yield Static(id="find-count")
            yield Toggle("Aa", "toggle_case", "Match case")
            yield Toggle(".*", "toggle_pattern", "Regular expression")
            yield Toggle("↑", "step(-1)", "Previous")
            yield Toggle("↓", "step(1)", "Next")
            yield Toggle("✕", "close", "Close")
        with Horizontal(id="find-replace"):
            yield SafeInput(placeholder="Replace by", id="replace-text", compact=True)
            yield Toggle("Replace", "replace(False)", "Replace this one (enter)")
            yield Toggle("All", "replace(True)", "Replace all")

    @property
    def wanted(self) -> Wanted:
        """What is looked for."""
        text = self.query_one("#find-text", Input).value
        return Wanted(text, self._is_pattern, self._match_case)

    def open(self, text: str = "", *, replace: bool = False) -> None:
        """Show the bar and type into it; `text` is looked for unless it is empty."""
        self.display = True
        self.query_one("#find-replace").display = replace
        entry = self.query_one("#find-text", Input)
        if text:
            entry.value = text
        entry.focus()
        entry.action_select_all()
        self.post_message(self.Changed(self.wanted))

    def close(self) -> None:
        """Hide it."""
        if self.display:
            self.display = False
            self.post_message(self.Closed())

    def say(self, text: str, *, wrong: bool = False) -> None:
        """How many there are, or what is wrong with the pattern."""
        shown = Text(f" {fit(safe_text(text), 40)} ")
        label = self.query_one("#find-count", Static)
        label.update(shown)
        label.set_class(wrong, "-wrong")

    # Keys
    def action_step(self, by: int) -> None:
        """Go to another match."""
        self.post_message(self.Step(by))

    def action_toggle_case(self) -> None:
        """Capitals count, or do not."""
        self._match_case = not self._match_case
        self._toggled("toggle_case", self._match_case)

    def action_toggle_pattern(self) -> None:
        """A regular expression, or plain text."""
        self._is_pattern = not self._is_pattern
        self._toggled("toggle_pattern", self._is_pattern)

    def action_replace(self, all: bool) -> None:
        """Replace this match, or all."""
        self.post_message(self.Replace(self.query_one("#replace-text", Input).value, all))

    def action_close(self) -> None:
        """Back to the text."""
        self.close()

    def _toggled(self, action: str, on: bool) -> None:
        for toggle in self.query(Toggle):
            if toggle._does == action:
                toggle.set_class(on, "-on")
        self.post_message(self.Changed(self.wanted))

    @on(Input.Changed, "#find-text")
    def _find_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(self.wanted))

    @on(Input.Submitted, "#find-text")
    def _find_next(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Step(1))

    @on(Input.Submitted, "#replace-text")
    def _replace_next(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_replace(False)

    @on(Input.Changed, "#replace-text")
    def _replacement_changed(self, event: Input.Changed) -> None:
        event.stop()

    def on_key(self, event: events.Key) -> None:
        """Tab goes between the two fields, not out of the bar."""
        if event.key in ("tab", "shift+tab") and self.query_one("#find-replace").display:
            event.stop()
            event.prevent_default()
            first, second = self.query(Input)
            (second if first.has_focus else first).focus()
