"""The line above a grid in which a filter, a search or a row number is typed."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Label

from lakeshell.tui.widgets.safe_input import SafeInput

_LABELS = {"filter": "Filter", "find": "Find", "row": "Go to"}
_HINTS = {
    "filter": "text   column:text   amount>10   day=2024-03   name is null",
    "find": "text, or a condition as for the filter; n and N go on",
    "row": "a row's number, or part of a column's name",
}


class GridPrompt(Horizontal):
    """Hidden until `ask`. `purpose` is ``filter``, ``find`` or ``row``."""

    @dataclass
    class Typed(Message):
        """The text has changed."""

        purpose: str
        text: str

    @dataclass
    class Done(Message):
        """Enter (`accepted`) or escape; the line is hidden again."""

        purpose: str
        text: str
        accepted: bool

    def __init__(self) -> None:
        super().__init__()
        self.purpose = "filter"
        self._label = Label("")
        self.input = _Line()
        self.display = False

    def compose(self) -> ComposeResult:
        """What it is for, and the line."""
        yield self._label
        yield self.input

    def ask(self, purpose: str, text: str = "") -> None:
        """Show the line, with `text` selected."""
        self.purpose = purpose
        self._label.update(Content(_LABELS[purpose]))
        self.input.placeholder = _HINTS[purpose]
        with self.input.prevent(Input.Changed):
            self.input.value = text
        self.display = True
        self.input.focus()
        self.input.select_all()

    def finish(self, accepted: bool) -> None:
        """Hide the line and tell what was typed."""
        if not self.display:
            return
        self.display = False
        self.post_message(self.Done(self.purpose, self.input.value, accepted))

    def on_input_changed(self, event: Input.Changed) -> None:
        """As you type."""
        event.stop()
        if self.display:
            self.post_message(self.Typed(self.purpose, event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        event.stop()
        self.finish(True)


class _Line(SafeInput):
    """Escape gives up."""

    def on_key(self, event: events.Key) -> None:
        """Escape, before anything else takes it."""
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            prompt = self.parent
            assert isinstance(prompt, GridPrompt)
            prompt.finish(False)
