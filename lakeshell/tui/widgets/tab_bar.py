"""The line of editor tabs: titles, which has unsaved changes, which runs something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.message import Message
from textual.widget import Widget

from lakeshell.render.safe_text import display_width, fit, safe_text
from lakeshell.tui.editor.tabs import EditorTab
from lakeshell.tui.widgets.spinner import spinner

_TURN = 0.12  # seconds
_WIDEST = 24


class TabBar(Widget, can_focus=False):
    """One line; the active tab is always in sight."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"tab-bar--active", "tab-bar--running", "tab-bar--note"}

    @dataclass
    class Wanted(Message):
        """A click: choose, close or rename `tab`, or open a new one (`what` is "new"); "language"
        changes that of the active one."""

        what: str
        tab: str = ""

    def __init__(self) -> None:
        super().__init__(id="tab-bar")
        self._tabs: Sequence[EditorTab] = ()
        self._active = ""
        self._turn = 0
        self._spots: list[tuple[int, int, str, str]] = []  # cells, what, tab

    def on_mount(self) -> None:
        """Turn the spinners."""
        self.set_interval(_TURN, self._spin)

    def show(self, tabs: Sequence[EditorTab], active: str) -> None:
        """Draw these."""
        self._tabs, self._active = tabs, active
        self.refresh()

    def _spin(self) -> None:
        if any(tab.is_running for tab in self._tabs):
            self._turn += 1
            self.refresh()

    def title(self, tab: EditorTab) -> str:
        """The title as it is shown, marks included."""
        mark = f"{spinner(self._turn)} " if tab.is_running else ""
        changed = " ●" if tab.has_changes else ""
        return f"{mark}{fit(safe_text(tab.title), _WIDEST)}{changed}"

    def render(self) -> Text:
        """The line, scrolled so that the active tab is seen."""
        active = next((tab for tab in self._tabs if tab.id == self._active), None)
        label = f" {'Python' if active is not None and active.language == 'python' else 'SQL'} "
        room = max(self.size.width - len(label), 1)
        text = Text(no_wrap=True, end="")
        spots: list[tuple[int, int, str, str]] = []
        at = seen_to = 0
        for tab in self._tabs:
            is_active = tab.id == self._active
            name = "tab-bar--active" if is_active else "tab-bar--running" * tab.is_running
            style = self.get_component_rich_style(name) if name else Style()
            shown = f" {self.title(tab)} "
            width = display_width(shown)
            text.append(shown, style=style)
            text.append("✕ ", style=style + Style(dim=True))
            spots.append((at, at + width, "choose", tab.id))
            spots.append((at + width, at + width + 2, "close", tab.id))
            at += width + 2
            if is_active:
                seen_to = at
        text.append(" + ")
        spots.append((at, at + 3, "new", ""))
        cut = max(min(seen_to + 3, at + 3) - room, 0)
        line = Text(no_wrap=True, end="")
        line.append_text(_from_cell(text, cut))
        line.truncate(room)
        line.append(" " * (room - line.cell_len))
        line.append(label, style=self.get_component_rich_style("tab-bar--note"))
        self._spots = [(a - cut, min(b - cut, room), what, tab) for a, b, what, tab in spots]
        self._spots.append((room, self.size.width, "language", self._active))
        return line

    def on_click(self, event: events.Click) -> None:
        """What stands there."""
        for start, end, what, tab in self._spots:
            if start <= event.x < end:
                again = what == "choose" and event.chain == 2
                middle = what == "choose" and event.button == 2
                self.post_message(
                    self.Wanted("rename" if again else "close" if middle else what, tab)
                )
                return


def _from_cell(text: Text, cell: int) -> Text:
    """What is right of a cell."""
    if cell <= 0:
        return text
    count = 0
    for number, character in enumerate(text.plain):
        if count >= cell:
            return text[number:]
        count += display_width(character)
    return text[len(text) :]
