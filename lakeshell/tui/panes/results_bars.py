"""The two lines above a result: its parts (Results, Chart, …), and the outputs of the run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.message import Message
from textual.widget import Widget

from lakeshell.render.safe_text import display_width, fit
from lakeshell.tui.widgets.styles import part_style


@dataclass(frozen=True)
class Label:
    """One choice: `text` is safe. `mark` stands in front in the colour of `role`; `short` where
    there is no room for `text`."""

    key: str
    text: str
    mark: str = ""
    role: str = ""
    closable: bool = False
    short: str = ""


class LabelBar(Widget, can_focus=False):
    """A line of labels, the active one always in sight, and a remark at the right end."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "label-bar--active", "label-bar--note", "label-bar--error", "label-bar--accent",
        "label-bar--warning",
    }  # fmt: skip

    @dataclass
    class Wanted(Message):
        """A click on a label; `what` is choose, close or note."""

        bar: LabelBar
        what: str
        key: str

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._labels: Sequence[Label] = ()
        self._active = ""
        self._note = ""
        self._note_role = "note"
        self._spots: list[tuple[int, int, str, str]] = []

    def show(
        self, labels: Sequence[Label], active: str, note: str = "", note_role: str = "note"
    ) -> None:
        """Draw these; `note` is safe text."""
        now = (tuple(labels), active, note, note_role)
        if now != (self._labels, self._active, self._note, self._note_role):
            self._labels, self._active, self._note, self._note_role = now
            self.refresh()

    def _style(self, role: str) -> Style:
        return part_style(self, f"label-bar--{role}") if role else Style()

    def render(self) -> Text:
        """The line."""
        width = max(self.size.width, 1)
        words = [label.text for label in self._labels]
        full = sum(display_width(word) + 2 for word in words)
        note = self._note
        if full + display_width(note) + 1 > width and any(one.short for one in self._labels):
            words = [one.short or one.text for one in self._labels]
            full = sum(display_width(word) + 2 for word in words)
        note = fit(note, max(width - full - 2, width // 4)) if note else ""
        room = width - (display_width(note) + 2 if note else 0)
        spots: list[tuple[int, int, str, str]] = []
        pieces: list[tuple[str, Style]] = []
        at, active_from, active_to = 0, 0, 0
        for label, word in zip(self._labels, words, strict=True):
            style = self._style("active") if label.key == self._active else Style()
            begin = at
            mark = f"{label.mark} " if label.mark else ""
            if mark:
                pieces.append((f" {mark}", style + self._style(label.role)))
                pieces.append((f"{word} ", style))
            else:
                pieces.append((f" {word} ", style))
            at += display_width(mark) + display_width(word) + 2
            spots.append((begin, at, "choose", label.key))
            if label.closable:
                pieces.append(("✕ ", style + Style(dim=True)))
                spots.append((at, at + 2, "close", label.key))
                at += 2
            if label.key == self._active:
                active_from, active_to = begin, at
        cut = max(min(active_from, at - room), active_to - room, 0) if at > room else 0
        text = Text(no_wrap=True, end="")
        seen = 0
        for word, style in pieces:
            for character in word:
                cells = display_width(character)
                if seen >= cut and seen + cells <= cut + room:
                    text.append(character, style=style)
                seen += cells
        text.append(" " * max(room - text.cell_len, 0))
        if note:
            text.append(f" {note} ", style=self._style(self._note_role))
        self._spots = [(a - cut, min(b - cut, room), what, key) for a, b, what, key in spots]
        self._spots.append((room, width, "note", ""))
        return text

    def on_click(self, event: events.Click) -> None:
        """What stands there."""
        for start, end, what, key in self._spots:
            if start <= event.x < end:
                middle = what == "choose" and event.button == 2
                self.post_message(self.Wanted(self, "close" if middle else what, key))
                return
