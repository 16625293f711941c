"""The catalog tree's widget: draws the lines that are visible, moves the cursor, tells the pane
what is wanted.

Not Textual's `Tree`: that holds an object a node and measures every label at every change, which
takes a second in a schema of 5,000 tables; and its nodes would have to be kept in step by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from lakeshell.render.safe_text import display_width, fit, safe_text
from lakeshell.sql.names import display_name
from lakeshell.tui.keys import bindings
from lakeshell.tui.panes.catalog_line import PATHS, RELATIONS, Key, Line
from lakeshell.tui.widgets.styles import part_style

_ICONS = {
    "catalog": "◈", "schema": "▤", "group": "▤", "table": "▦", "view": "◫", "temp view": "◌",
    "function": "ƒ", "column": "·", "folder": "▱", "file": "▫", "note": " ",
    "volumes": "▣", "volume": "▣", "streams": "≋",
}  # fmt: skip
_STATES = {"running": "●", "stopped": "○", "failed": "✗"}
_FILTER = "want('filter')"
_WIDE = 44  # cells from which on a level takes two cells instead of one


class CatalogTree(ScrollView, can_focus=True):
    """Shows `Line`s. Posts Wanted, Typed and Moved."""

    BINDINGS = bindings("catalog")
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "catalog--cursor", "catalog--cursor-blurred", "catalog--hover", "catalog--icon",
        "catalog--detail", "catalog--note", "catalog--current", "catalog--hit",
        "catalog--running", "catalog--stopped", "catalog--failed",
    }  # fmt: skip

    @dataclass
    class Wanted(Message):
        """The person wants something done with a line: `act` is toggle, open, choose, preview,
        insert, ddl, drop, use, copy, menu; or, with any line or none, refresh, filter, unfilter."""

        act: str
        line: Line | None

    @dataclass
    class Typed(Message):
        """Typed for the filter, before that had the focus."""

        text: str

    class Moved(Message):
        """The cursor is on another line."""

    def __init__(self) -> None:
        super().__init__(id="catalog-tree")
        self.lines: Sequence[Line] = ()
        self.wanted = ""  # what is filtered by, to be shown in the names
        self._places: dict[Key, int] = {}
        self._cursor = 0
        self._hovered = -1
        self._hands_over = False

    # What is shown
    def show_lines(self, lines: Sequence[Line], wanted: str = "") -> None:
        """Show these; the cursor stays on its line as long as that is there."""
        at = self.cursor_line
        self.lines = lines
        self.wanted = wanted.strip().lower().rpartition(".")[2]
        self._places = {line.key: index for index, line in enumerate(lines)}
        if at is not None:
            self._cursor = self._places.get(at.key, self._cursor)
        self._cursor = max(0, min(self._cursor, len(lines) - 1))
        self.virtual_size = Size(0, len(lines))
        self.refresh()

    @property
    def cursor_line(self) -> Line | None:
        """The line under the cursor."""
        return self.lines[self._cursor] if self._cursor < len(self.lines) else None

    def move_to(self, key: Key) -> bool:
        """Put the cursor on the line with that key; False when there is none."""
        if key not in self._places:
            return False
        self._move(self._places[key])
        return True

    def _move(self, to: int) -> None:
        self._cursor = max(0, min(to, len(self.lines) - 1))
        self.scroll_to_region(Region(0, self._cursor, 1, 1), animate=False, x_axis=False)
        self.refresh()
        self.post_message(self.Moved())

    # Drawing
    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        index = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        base = self.rich_style
        if index >= len(self.lines):
            return Strip.blank(width, base)
        line = self.lines[index]
        style = base
        if index == self._cursor:
            name = "catalog--cursor" if self.has_focus else "catalog--cursor-blurred"
            style = self.get_component_rich_style(name)
        elif index == self._hovered:
            style = self.get_component_rich_style("catalog--hover")
        return Strip(self._segments(line, width, style)).adjust_cell_length(width, style)

    def _segments(self, line: Line, width: int, style: Style) -> list[Segment]:
        def part(name: str) -> Style:
            return style + part_style(self, f"catalog--{name}")

        indent = line.depth * self._indent
        arrow = ("▾ " if line.is_open else "▸ ") if line.opens else "  "
        segments = [
            Segment(" " * indent + arrow, style),
            Segment(f"{_icon(line)} ", part(line.state or "icon")),
        ]
        room = max(width - indent - 4, 1)
        detail = safe_text(line.detail)
        # Of a long type some is shown, but never at the cost of the name.
        label = fit(safe_text(line.label), room)
        left = room - display_width(label) - 1
        if line.kind == "note":
            return [*segments, Segment(label, part("note"))]
        segments += self._named(label, part("current") if line.marked else style, part("hit"))
        if detail and left > 2:
            segments.append(Segment(" " + fit(detail, left), part("detail")))
        return segments

    def _named(self, label: str, style: Style, hit: Style) -> list[Segment]:
        at = label.lower().find(self.wanted) if self.wanted else -1
        if at < 0:
            return [Segment(label, style)]
        end = at + len(self.wanted)
        pieces = ((label[:at], style), (label[at:end], hit), (label[end:], style))
        return [Segment(text, look) for text, look in pieces if text]

    @property
    def _indent(self) -> int:
        return 2 if self.size.width >= _WIDE else 1

    # The mouse
    def _line_at(self, event: events.MouseEvent) -> int:
        offset = event.get_content_offset(self)
        return -1 if offset is None else offset.y + self.scroll_offset.y

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Show the whole name of what is cut."""
        index = self._line_at(event)
        if index == self._hovered:
            return
        self._hovered = index
        line = self.lines[index] if 0 <= index < len(self.lines) else None
        self.tooltip = Text(full_name(line)) if line is not None else None
        self.refresh()

    def on_leave(self) -> None:
        """Nothing is pointed at."""
        self._hovered = -1
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Open or close; twice: choose; the right button: all there is to do."""
        index = self._line_at(event)
        if not 0 <= index < len(self.lines):
            return
        self._move(index)
        line = self.lines[index]
        if event.button == 3:
            self._want("menu")
        elif line.opens and (event.chain < 2 or line.kind not in RELATIONS):
            self._want("toggle")
        elif event.chain == 2:
            if line.opens:
                self._want("toggle")  # the first click opened or closed it
            self._want("choose")

    # The keys
    def on_key(self, event: events.Key) -> None:
        """What is typed fast behind the filter's key is for the filter, not a key of the tree."""
        if self._hands_over:
            event.stop()
            if event.character is not None and event.is_printable:
                self.post_message(self.Typed(event.character))
            return
        found = self.screen.active_bindings.get(event.key)
        if found is not None and found.node is self and found.binding.action == _FILTER:
            event.stop()
            self._hands_over = True
            self._want("filter")

    def on_blur(self) -> None:
        """The filter, or another, has the keys."""
        self._hands_over = False

    def action_move(self, by: int) -> None:
        """So many lines down."""
        self._move(self._cursor + by)

    def action_page(self, pages: int) -> None:
        """So many pages down."""
        self._move(self._cursor + pages * max(self.size.height - 1, 1))

    def action_first(self) -> None:
        """To the top."""
        self._move(0)

    def action_last(self) -> None:
        """To the bottom."""
        self._move(len(self.lines) - 1)

    def action_open(self) -> None:
        """Open what is closed, or go to the first line in it."""
        line = self.cursor_line
        if line is None or not line.opens:
            return
        if line.is_open:
            self._move(self._cursor + 1)
        else:
            self._want("toggle")

    def action_close(self) -> None:
        """Close what is open, or go to what holds the line."""
        line = self.cursor_line
        if line is None:
            return
        if line.opens and line.is_open:
            self._want("toggle")
            return
        above = range(self._cursor - 1, -1, -1)
        self._move(next((i for i in above if self.lines[i].depth < line.depth), self._cursor))

    def action_found(self, by: int) -> None:
        """To the next line whose name holds what is filtered by."""
        count = len(self.lines)
        for step in range(1, count + 1):
            index = (self._cursor + by * step) % count
            if self.wanted and self.wanted in self.lines[index].label.lower():
                self._move(index)
                return

    def action_want(self, act: str) -> None:
        """Let the pane do it."""
        self._want(act)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape belongs to the tree only while there is a filter."""
        if action == "want" and parameters == ("unfilter",):
            return bool(self.wanted)
        return True

    def _want(self, act: str) -> None:
        self.post_message(self.Wanted(act, self.cursor_line))


def _icon(line: Line) -> str:
    if line.kind == "stream":
        return _STATES.get(line.state, " ")
    return _ICONS.get(line.key[0]) or _ICONS.get(line.kind, " ")


def full_name(line: Line) -> str:
    """A line in words, for a tooltip or the line below the tree."""
    name, told = display_name(line.parts) or line.label, [line.kind, line.detail]
    if line.kind == "note":
        name, told = line.label, []
    elif line.kind in PATHS:
        name, told = line.key[-1], [line.kind if line.kind == "volume" else "", line.detail]
    elif line.kind == "stream":
        name, told = line.label, [line.state, line.detail]
    elif line.kind not in RELATIONS:
        told = [line.detail if line.kind in ("column", "group") else line.kind]
    return safe_text("  ".join(filter(None, (name, *told))))


def fit_end(text: str, width: int) -> str:
    """The end of `text` in at most `width` cells: of a path that is what tells most."""
    if display_width(text) <= width:
        return text
    text = text[-width:]
    while text and display_width(text) >= width:
        text = text[1:]
    return f"…{text}"
