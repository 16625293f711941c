"""Lines of coloured text that scroll, wrap and can be walked: text, errors, messages, plans.

A line is a Rich `Text` whose span styles are names of roles (ROLES); the widget knows
their colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Span, Text
from textual import events
from textual.actions import SkipAction
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from lakeshell.render.safe_text import safe_text
from lakeshell.tui.keys import bindings
from lakeshell.tui.widgets.styles import part_style

ROLES = ("muted", "accent", "error", "warning", "success", "strong", "bar", "rest",
         "c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7")  # fmt: skip
_LONGEST = 20_000  # characters of one line that are wrapped
_MOST_LINES = 100_000


@dataclass(frozen=True)
class Item:
    """A line, before it is wrapped; one that has a `key` can be chosen. `copied` is what `y` copies
    of it, its own text when None. `indent` is that of its continuation lines."""

    text: Text
    key: object = None
    copied: str | None = None
    indent: int = 0


def line(*pieces: str | tuple[str, str]) -> Text:
    """A line of texts and (text, role) pairs, each made safe."""
    text = Text(no_wrap=True, end="")
    for piece in pieces:
        if isinstance(piece, str):
            text.append(safe_text(piece))
        else:
            text.append(safe_text(piece[0]), style=piece[1])
    return text


def paragraph(text: str, role: str = "") -> list[Item]:
    """The lines of a text that may have several."""
    safe = safe_text(text, multiline=True).expandtabs(4)
    return [Item(Text(one, style=role, end="")) for one in safe.split("\n")]


class LinesView(ScrollView, can_focus=True):
    """Shows items. Posts Chosen for enter or a click on one that has a key, Folded for left,
    right and space on it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"lines--cursor", *(f"lines--{role}" for role in ROLES)}
    BINDINGS = bindings("lines")

    @dataclass
    class Chosen(Message):
        """This item was chosen."""

        view: LinesView
        key: object

    @dataclass
    class Folded(Message):
        """This item is to be opened or closed; `open` None: the other way."""

        view: LinesView
        key: object
        open: bool | None

    def __init__(
        self, items: Sequence[Item] = (), *, id: str | None = None, classes: str = ""
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._items: list[Item] = list(items)
        self._lines: list[tuple[Text, int]] = []  # wrapped, with the number of its item
        self._cursor = 0
        self._wrapped_to = 0

    @property
    def plain(self) -> str:
        """All of it as text."""
        return "\n".join(item.text.plain for item in self._items)

    @property
    def cursor_key(self) -> object:
        """The key of the item under the cursor; None when it has none."""
        return self._items[self._cursor].key if self._cursor < len(self._items) else None

    def show(self, items: Sequence[Item], *, keep: bool = True, end: bool = False) -> None:
        """Show other items; `keep` stays where it is, `end` goes to the last line."""
        at_end = self.scroll_offset.y >= self.max_scroll_y - 1
        key = self.cursor_key
        self._items = list(items)
        if not keep:
            self._cursor = 0
        elif key is not None:
            places = [n for n, item in enumerate(self._items) if item.key == key]
            self._cursor = places[0] if places else 0
        if self.cursor_key is None:
            chosen = [n for n, item in enumerate(self._items) if item.key is not None]
            self._cursor = chosen[0] if chosen else 0
        self._wrap()
        if not keep:
            self.scroll_to(0, 0, animate=False)
        elif end and at_end:
            self.scroll_end(animate=False)

    def on_resize(self) -> None:
        """Wrap to the new width."""
        if self.scrollable_content_region.width != self._wrapped_to:
            self._wrap()

    def _wrap(self) -> None:
        width = self.scrollable_content_region.width
        self._wrapped_to = width
        if width <= 0:
            self._lines = []
            return
        lines: list[tuple[Text, int]] = []
        for number, item in enumerate(self._items):
            if len(lines) >= _MOST_LINES:
                break
            text = item.text
            if len(text) <= width and text.cell_len <= width:
                lines.append((text, number))
                continue
            if len(text) > _LONGEST:
                text = text[:_LONGEST] + Text(" …", style="muted")
            indent = min(item.indent, width // 2)
            copy = text.copy()
            copy.no_wrap = False
            wrapped = list(copy.wrap(self.app.console, width - indent, overflow="fold"))
            for index, one in enumerate(wrapped):
                if index and indent:
                    shifted = Text(" " * indent)
                    shifted.append_text(one)
                    one = shifted
                lines.append((one, number))
        self._lines = lines
        self.virtual_size = Size(width, len(lines))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width = self.scrollable_content_region.width
        at = self.scroll_offset.y + y
        base = self.rich_style
        if at >= len(self._lines):
            return Strip.blank(width, base)
        text, number = self._lines[at]
        is_cursor = self.has_focus and number == self._cursor and self.cursor_key is not None
        shown = Text(text.plain, end="", no_wrap=True)
        spans = []
        if isinstance(text.style, str) and text.style:
            spans.append(Span(0, len(text.plain), self._role(text.style)))
        for span in text.spans:
            spans.append(Span(span.start, span.end, self._role(span.style)))
        shown.spans = spans
        segments = [s for s in shown.render(self.app.console, end="") if s.text]
        if is_cursor:
            # Only the background: the colours of the roles keep their meaning.
            cursor = Style(bgcolor=self.get_component_rich_style("lines--cursor").bgcolor)
            segments = [Segment(s.text, (s.style or Style()) + cursor) for s in segments]
            strip = Strip(segments).extend_cell_length(width, cursor)
        else:
            strip = Strip(segments).extend_cell_length(width)
        return strip.crop(0, width).apply_style(base)

    def _role(self, style: str | Style) -> Style:
        """The style of a role; of `a on b`, the colour of `a` on that of `b`."""
        if not isinstance(style, str):
            return style
        name, _, below = style.partition(" on ")
        if name not in ROLES:
            return Style(bgcolor=self._role(below).color) if below else Style()
        found = part_style(self, f"lines--{name}")
        if name[0] == "c" and name[1:].isdigit():
            found = Style(color=found.color)
        return found + Style(bgcolor=self._role(below).color) if below else found

    def on_focus(self) -> None:
        """The cursor appears."""
        self.refresh()

    def on_blur(self) -> None:
        """The cursor goes."""
        self.refresh()

    # Keys
    def action_move(self, by: int) -> None:
        """To the next item that can be chosen; else scroll."""
        places = [n for n, item in enumerate(self._items) if item.key is not None]
        if not places:
            self.scroll_relative(y=by, animate=False)
            return
        at = places.index(self._cursor) if self._cursor in places else 0
        self._go(places[min(max(at + by, 0), len(places) - 1)])

    def action_edge(self, end: bool) -> None:
        """To the first or last line."""
        places = [n for n, item in enumerate(self._items) if item.key is not None]
        if places:
            self._go(places[-1 if end else 0])
        self.scroll_to(0, self.max_scroll_y if end else 0, animate=False)

    def action_page(self, pages: int) -> None:
        """By a screen."""
        height = max(self.scrollable_content_region.height - 1, 1)
        if self.cursor_key is not None:
            self.action_move(pages * height)
        else:
            self.scroll_relative(y=pages * height, animate=False)

    def _go(self, number: int) -> None:
        self._cursor = number
        rows = [n for n, (_, item) in enumerate(self._lines) if item == number]
        if rows:
            height = max(self.scrollable_content_region.height, 1)
            top = self.scroll_offset.y
            if rows[0] < top:
                self.scroll_to(0, rows[0], animate=False)
            elif rows[-1] >= top + height:
                self.scroll_to(0, min(rows[-1] - height + 1, rows[0]), animate=False)
        self.refresh()

    def action_choose(self) -> None:
        """Choose the item under the cursor."""
        if self.cursor_key is None:
            raise SkipAction
        self.post_message(self.Chosen(self, self.cursor_key))

    def action_fold(self, how: str) -> None:
        """Open, close, or the other way."""
        if self.cursor_key is None:
            raise SkipAction
        state = {"open": True, "close": False}.get(how)
        self.post_message(self.Folded(self, self.cursor_key, state))

    def action_copy(self, everything: bool = False) -> None:
        """Copy the item under the cursor, else all of it."""
        if everything or self.cursor_key is None:
            text = self.plain
        else:
            item = self._items[self._cursor]
            text = item.text.plain if item.copied is None else item.copied
        self.app.copy_to_clipboard(text)
        self.app.notify("Copied.")

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked."""
        at = self.scroll_offset.y + event.y
        if 0 <= at < len(self._lines):
            number = self._lines[at][1]
            if self._items[number].key is not None:
                self._cursor = number
                self.refresh()
                self.post_message(self.Chosen(self, self._items[number].key))
