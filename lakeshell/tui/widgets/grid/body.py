"""Draws the visible cells of a grid, line by line, and moves its cursor; nothing else is built."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from lakeshell.render.safe_text import fit, pad
from lakeshell.tui.widgets.grid.columns import GAP, ColumnLayout, Span
from lakeshell.tui.widgets.styles import part_style

if TYPE_CHECKING:
    from lakeshell.tui.widgets.grid.cells import CellTexts
    from lakeshell.tui.widgets.grid.order import Sort

_LOW = 7  # lines below which the types are not shown
_PARTS = (
    "header",
    "header-cursor",
    "type",
    "cell",
    "cursor",
    "cursor-row",
    "selected",
    "null",
    "match",
    "rule",
)


class GridBody(ScrollView, inherit_bindings=False):
    """The cells. Rows are positions in what is shown, columns are places (see `columns`)."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"grid--{part}" for part in _PARTS}
    ALLOW_SELECT = False
    can_focus = True

    @dataclass
    class CursorMoved(Message):
        """The cursor stands on another cell, or more or fewer cells are selected."""

    @dataclass
    class RowClicked(Message):
        """A row was clicked twice; its position."""

        position: int

    @dataclass
    class HeaderClicked(Message):
        """A column's header was clicked; the column's number in the table. `more` with shift or
        ctrl."""

        column: int
        more: bool = False

    def __init__(self) -> None:
        super().__init__()
        self.texts: CellTexts | None = None
        self.columns = ColumnLayout([])
        self.row = 0
        self.place = 0
        self.held: tuple[int, int] | None = None  # the other end of the selection
        self._keeps = False  # whether plain moves extend the selection
        self.sorts: tuple[Sort, ...] = ()
        self.match: re.Pattern[str] | None = None
        self.empty_text = "no rows"
        self._spans: list[Span] = []
        self._spans_for: tuple[int, int] | None = None
        self._dragging = False
        self._resizing: int | None = None  # the column whose edge the mouse holds
        self._was_resized = False

    # What is shown
    def show(self, texts: CellTexts, columns: ColumnLayout) -> None:
        """Show another table, from its first cell on."""
        self.texts = texts
        self.columns = columns
        self.row = self.place = 0
        self.drop_selection()
        self.sorts = ()
        self.match = None
        self.scroll_to(0, 0, animate=False, force=True)
        self.relayout()

    def rows_changed(self, row: int) -> None:
        """Other rows are shown now; the cursor goes to the row at position `row`."""
        self.drop_selection()
        self.relayout()
        self.move_to(row, self.place)

    def relayout(self) -> None:
        """Widths or rows have changed."""
        self.columns.set_room(self.size.width)
        self._spans_for = None
        self.virtual_size = Size(self.columns.scrolled_width, self.count + self.header_height)
        self.refresh()

    @property
    def count(self) -> int:
        """Rows that are shown."""
        return 0 if self.texts is None else self.texts.count

    @property
    def header_height(self) -> int:
        """Lines of the header: names, and types where there is room."""
        return 1 if self.size.height < _LOW else 2

    @property
    def page(self) -> int:
        """Rows that fit on the screen."""
        return max(1, self.size.height - self.header_height)

    @property
    def column(self) -> int | None:
        """The table's column under the cursor."""
        order = self.columns.order
        return order[self.place] if self.place < len(order) else None

    @property
    def selection(self) -> tuple[range, range]:
        """The selected positions and places; without a selection, the cursor's cell."""
        row, place = self.held or (self.row, self.place)
        rows = range(min(row, self.row), max(row, self.row) + 1)
        return rows, range(min(place, self.place), max(place, self.place) + 1)

    # The cursor
    def move_to(self, row: int, place: int, *, extend: bool = False) -> None:
        """Put the cursor on a cell, as near as there is one, and scroll to it. `extend` selects
        from where it was."""
        row = max(0, min(row, self.count - 1))
        place = max(0, min(place, len(self.columns.order) - 1))
        before = (self.row, self.place, self.held)
        if extend and self.held is None:
            self.held = (self.row, self.place)
        elif not extend and not self._keeps:
            self.held = None
        old = self.selection[0]
        self.row, self.place = row, place
        self._scroll_to_cursor()
        if before != (row, place, self.held):
            # Lines that look different: where the cursor or the selection was and is.
            new = self.selection[0]
            if self.held is before[2] is None and before[1] == place:
                self._refresh_rows(old)
                self._refresh_rows(new)
            else:
                self.refresh()
            self.post_message(self.CursorMoved())

    def select_from_here(self) -> None:
        """Begin a selection at the cursor, or drop the one there is."""
        if self.held is None:
            self.held = (self.row, self.place)
            self._keeps = True
        else:
            self.drop_selection()
        self.refresh()
        self.post_message(self.CursorMoved())

    def drop_selection(self) -> None:
        """Select nothing but the cursor's cell."""
        self.held = None
        self._keeps = False

    def _scroll_to_cursor(self) -> None:
        x, y = self.scroll_offset
        top = y
        if self.row < y:
            top = self.row
        elif self.row >= y + self.page:
            top = self.row - self.page + 1
        left = self.columns.scroll_to(self.place, x, self.size.width) if self.columns.order else 0
        if (left, top) != (x, y):
            self.scroll_to(left, top, animate=False, force=True)

    def _refresh_rows(self, rows: range) -> None:
        y = self.header_height - self.scroll_offset.y
        self.refresh(Region(0, y + rows.start, self.size.width, len(rows)))
        if self.header_height:
            self.refresh(Region(0, 0, self.size.width, self.header_height))

    # Drawing
    def render_line(self, y: int) -> Strip:
        """One line of the header or of the rows, exactly as wide as the widget."""
        width = self.size.width
        if self.texts is None or not width:
            return Strip.blank(width, self._style("cell"))
        if not self.columns.order:
            return self._sentence("(no columns)" if y == 0 else "", width)
        spans = self._visible_spans()
        if y < self.header_height:
            return self._header(y, spans, width)
        position = y - self.header_height + self.scroll_offset.y
        if position >= self.count:
            first = not self.count and y == self.header_height
            return self._sentence(self.empty_text if first else "", width)
        return self._cells(position, spans, width)

    def _visible_spans(self) -> list[Span]:
        key = (self.scroll_offset.x, self.size.width)
        if self._spans_for != key:
            self._spans = self.columns.spans(*key)
            self._spans_for = key
        return self._spans

    def _header(self, y: int, spans: list[Span], width: int) -> Strip:
        assert self.texts is not None
        usual = self._style("header")
        segments: list[Segment] = []
        for span in spans:
            column = span.column
            room = self.columns.width(column)
            if y == 0:
                name = self.texts.names[column]
                if mark := self._sort_mark(column):
                    name = f"{fit(name, max(room - len(mark) - 1, 0))} {mark}"
                text = fit(name, room)
                style = self._style("header-cursor") if span.place == self.place else usual
            else:
                text = fit(self.texts.types[column], room)
                style = usual + self._style("type", partial=True)
            text = pad(text, room, right=self.texts.numeric[column])
            segments += self._clipped(text, span, style)
        return self._strip(segments, spans, width, usual)

    def _sort_mark(self, column: int) -> str:
        for number, sort in enumerate(self.sorts, 1):
            if sort.column == column:
                mark = "▼" if sort.descending else "▲"
                return f"{mark}{number}" if len(self.sorts) > 1 else mark
        return ""

    def _cells(self, position: int, spans: list[Span], width: int) -> Strip:
        assert self.texts is not None
        rows, places = self.selection
        here = position == self.row
        usual = self._style("cursor-row" if here else "cell")
        segments: list[Segment] = []
        for span in spans:
            text, null = self.texts.cell(span.column, position, self.columns.width(span.column))
            style = usual
            if here and span.place == self.place:
                style = self._style("cursor")
            elif self.held is not None and position in rows and span.place in places:
                style = self._style("selected")
            if null:
                style += self._style("null", partial=True)
            elif self.match is not None and (found := self.match.search(text)):
                segments += self._marked(text, span, style, found)
                continue
            segments += self._clipped(text, span, style)
        return self._strip(segments, spans, width, usual)

    def _marked(self, text: str, span: Span, style: Style, found: re.Match[str]) -> list[Segment]:
        """A cell in which the text that was looked for stands out."""
        start, stop = found.span()
        mark = style + self._style("match", partial=True)
        parts = [
            Segment(" " + text[:start], style),
            Segment(text[start:stop], mark),
            Segment(text[stop:] + self._edge(span), style),
        ]
        return self._cropped(parts, span)

    def _clipped(self, text: str, span: Span, style: Style) -> list[Segment]:
        return self._cropped([Segment(f" {text}{self._edge(span)}", style)], span)

    def _cropped(self, parts: list[Segment], span: Span) -> list[Segment]:
        whole = self.columns.width(span.column) + GAP
        if not span.skip and span.width == whole:
            return parts
        return list(
            Strip(parts)
            .crop(span.skip, span.skip + span.width)
            .adjust_cell_length(span.width, parts[0].style)
        )

    def _edge(self, span: Span) -> str:
        return "│" if span.place == self.columns.frozen - 1 else " "

    def _strip(self, segments: list[Segment], spans: list[Span], width: int, rest: Style) -> Strip:
        used = spans[-1].x + spans[-1].width if spans else 0
        if used < width:
            segments.append(Segment(" " * (width - used), rest))
        return Strip(Segment.simplify(segments), width)

    def _sentence(self, text: str, width: int) -> Strip:
        style = self._style("cell")
        line = pad(fit(f" {text}" if text else "", width), width)
        return Strip([Segment(line, style + self._style("null", partial=True))], width)

    def _style(self, part: str, *, partial: bool = False) -> Style:
        name = f"grid--{part}"
        return part_style(self, name) if partial else self.get_component_rich_style(name)

    # Mouse
    def cell_at(self, x: int, y: int) -> tuple[int, int] | None:
        """Position and place of the cell drawn at a point of the widget; position -1 is the
        header; None beside all cells."""
        span = next((s for s in self._visible_spans() if s.x <= x < s.x + s.width), None)
        if span is None or self.texts is None:
            return None
        if y < self.header_height:
            return -1, span.place
        position = y - self.header_height + self.scroll_offset.y
        return (position, span.place) if position < self.count else None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """The cursor goes where the mouse is; with shift, cells are selected up to there."""
        cell = self.cell_at(event.x, event.y)
        self._was_resized = False
        if event.button != 1 or cell is None:
            return
        if cell[0] < 0:
            self._resizing = self._edge_at(event.x)
            if self._resizing is not None:
                self.capture_mouse()
            return
        if not event.shift:
            self.drop_selection()
            self.refresh()
        self.move_to(*cell, extend=event.shift)
        self._dragging = True
        self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Dragging selects cells, or moves the edge of a column."""
        if self._resizing is not None:
            place = self.columns.place(self._resizing)
            span = next((s for s in self._visible_spans() if s.place == place), None)
            if span is not None:
                width = event.x - span.x + span.skip - 1
                self.columns.resize(self._resizing, width - self.columns.width(self._resizing))
                self._was_resized = True
                self.relayout()
            return
        if not self._dragging:
            return
        cell = self.cell_at(event.x, event.y)
        if cell is not None and cell[0] >= 0 and cell != (self.row, self.place):
            self.move_to(*cell, extend=True)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Dragging ends."""
        if self._dragging or self._resizing is not None:
            self._dragging, self._resizing = False, None
            self.release_mouse()

    def _edge_at(self, x: int) -> int | None:
        """The column whose right edge is there."""
        for span in self._visible_spans():
            whole = self.columns.width(span.column) + GAP
            if x == span.x + span.width - 1 and span.skip + span.width == whole:
                return span.column
        return None

    def on_click(self, event: events.Click) -> None:
        """A header sorts; a second click chooses the row."""
        cell = self.cell_at(event.x, event.y)
        if cell is None or self._was_resized:
            return
        if cell[0] < 0:
            if self._edge_at(event.x) is None:
                more = event.shift or event.ctrl
                self.post_message(self.HeaderClicked(self.columns.order[cell[1]], more))
        elif event.chain == 2:
            self.post_message(self.RowClicked(cell[0]))

    def on_resize(self, event: events.Resize) -> None:
        """More or less room for the columns; the cursor stays in sight."""
        self.relayout()
        self._scroll_to_cursor()
