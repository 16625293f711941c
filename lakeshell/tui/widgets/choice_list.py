"""A list of lines to choose one from, however many there are: only what is seen is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.text import Text
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget


class ChoiceList(Widget, can_focus=False):
    """`draw(number, width)` gives a line as Text; keys come from whoever shows the list."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"choice-list--cursor"}

    @dataclass
    class Highlighted(Message):
        """Another line is the chosen one; -1 without lines."""

        choice_list: ChoiceList
        number: int

        @property
        def control(self) -> ChoiceList:
            """The list."""
            return self.choice_list

    @dataclass
    class Clicked(Message):
        """A line was clicked."""

        choice_list: ChoiceList
        number: int

        @property
        def control(self) -> ChoiceList:
            """The list."""
            return self.choice_list

    def __init__(self, draw: Callable[[int, int], Text], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._draw_row = draw
        self.count = 0
        self.cursor = -1
        self._top = 0

    def show(self, count: int, cursor: int = 0) -> None:
        """There are `count` lines now."""
        self.count = count
        self._top = 0
        self.cursor = -1
        self.choose(cursor)

    def choose(self, number: int) -> None:
        """Move to a line, and bring it into sight."""
        self.cursor = min(max(number, 0), self.count - 1)
        height = max(self.size.height, 1)
        self._top = min(max(self._top, self.cursor - height + 1, 0), max(self.cursor, 0))
        self.refresh()
        self.post_message(self.Highlighted(self, self.cursor))

    def move(self, by: int, *, around: bool = False) -> None:
        """Up or down by lines; `around`: from the last to the first."""
        wanted = self.cursor + by
        if around and self.count and not 0 <= wanted < self.count:
            wanted %= self.count
        self.choose(wanted)

    def page(self, by: int) -> None:
        """Up or down by pages."""
        self.move(by * max(self.size.height - 1, 1))

    def take_key(self, key: str) -> bool:
        """Move as a key says; False when it moves nothing."""
        moves = {"up": -1, "down": 1, "ctrl+p": -1, "ctrl+n": 1}
        if key in moves:
            self.move(moves[key])
        elif key in ("pageup", "pagedown"):
            self.page(1 if key == "pagedown" else -1)
        else:
            return False
        return True

    def render_line(self, y: int) -> Strip:
        """One line."""
        width, style = self.size.width, self.rich_style
        number = self._top + y
        if number >= self.count:
            return Strip([Segment(" " * width, style)], width)
        if number == self.cursor:
            style = self.get_component_rich_style("choice-list--cursor")
        text = self._draw_row(number, width)
        text.no_wrap, text.end = True, ""
        strip = Strip(text.render(self.app.console), text.cell_len)
        return strip.adjust_cell_length(width).apply_style(style)

    def on_resize(self) -> None:
        """Keep the chosen line in sight."""
        if self.cursor >= 0:
            height = max(self.size.height, 1)
            self._top = min(max(self._top, self.cursor - height + 1), self.cursor)

    def on_click(self, event: events.Click) -> None:
        """Choose the line there."""
        number = self._top + event.y
        if number < self.count:
            self.choose(number)
            self.post_message(self.Clicked(self, number))

    def on_mouse_scroll_down(self) -> None:
        """A line down."""
        self.move(1)

    def on_mouse_scroll_up(self) -> None:
        """A line up."""
        self.move(-1)
