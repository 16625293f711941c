"""Shows one value of a result in full: JSON and nested values indented, binary as hex."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.segment import Segment
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Size
from textual.message import Message
from textual.screen import ModalScreen
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Footer, Static

from lakeshell.render.safe_text import display_width, fit, safe_text
from lakeshell.tui.keys import bindings
from lakeshell.tui.threads import in_background

if TYPE_CHECKING:
    import pyarrow as pa

    from lakeshell.tui.widgets.grid.whole_value import WholeValue


class TextLines(ScrollView, inherit_bindings=False):
    """Safe lines of any number; only what is seen is drawn."""

    can_focus = True
    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[str] = []

    @property
    def lines(self) -> list[str]:
        """What is shown."""
        return self._lines

    def show(self, lines: list[str], *, is_wrapped: bool) -> None:
        """Show other lines, from their beginning."""
        self._lines = lines
        width = self.size.width if is_wrapped else max(map(display_width, lines), default=0)
        self.virtual_size = Size(width, len(lines))
        self.scroll_to(0, 0, animate=False, force=True)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line."""
        x, top = self.scroll_offset
        width, number = self.size.width, y + top
        line = self._lines[number] if number < len(self._lines) else ""
        strip = Strip([Segment(line, self.rich_style)])
        return strip.crop_extend(x, x + width, self.rich_style)


class CellInspector(ModalScreen[None]):
    """The value of a table's cell; `p` shows it pretty or as it is, `y` copies it."""

    BINDINGS = bindings("cell")

    @dataclass
    class Read(Message):
        """The value has been read."""

        value: WholeValue

    @dataclass
    class Laid(Message):
        """Its lines for a width; `number` counts what was asked for."""

        number: int
        lines: list[str]
        is_wrapped: bool

    def __init__(self, table: pa.Table, row: int, column: int, time_zone: str) -> None:
        super().__init__()
        self._column: Any = table.column(column).slice(row, 1)
        self._column_name = table.column_names[column]
        self._row_number = row
        self._time_zone = time_zone
        self._value: WholeValue | None = None
        self._raw = False
        self._wraps = True
        self._asked = 0
        self._laid_for = 0

    def compose(self) -> ComposeResult:
        """Name and type, the value, the keys."""
        with Vertical(id="cell"):
            yield Static("", id="cell-title")
            yield TextLines()
            yield Static("", id="cell-foot")
        yield Footer()

    def on_mount(self) -> None:
        """Read the value in a thread; it may be large."""
        self.query_one(TextLines).focus()
        self._tell("reading …")
        in_background(self._read, "inspect")

    # Threads
    def _read(self) -> None:
        from lakeshell.tui.widgets.grid.whole_value import WholeValue, whole_value

        try:
            value = whole_value(self._column, self._time_zone)
        except Exception as error:  # a value that breaks its own type's rules
            text = f"This value cannot be shown: {error}"
            value = WholeValue(text, text, "")
        self.post_message(self.Read(value))

    def _lay(self, number: int, text: str, width: int) -> None:
        from lakeshell.tui.widgets.grid.whole_value import wrapped

        self.post_message(self.Laid(number, wrapped(text, width), width > 0))

    def on_cell_inspector_read(self, message: Read) -> None:
        """Lay it out."""
        self._value = message.value
        self._layout_value()

    def _layout_value(self) -> None:
        value = self._value
        width = self.query_one(TextLines).scrollable_content_region.width
        if value is None or width <= 0:
            return
        self._asked += 1
        self._laid_for = width
        text = value.plain if self._raw else value.pretty
        arguments = (self._asked, text, width if self._wraps else 0)
        in_background(lambda: self._lay(*arguments), "inspect")

    def on_cell_inspector_laid(self, message: Laid) -> None:
        """Show the lines, unless others were asked for since."""
        if message.number != self._asked or self._value is None:
            return
        lines = self.query_one(TextLines)
        lines.set_class(self._value.is_null, "-null")
        lines.show(message.lines, is_wrapped=message.is_wrapped)
        count = len(message.lines)
        parts = [self._value.size, f"{count:,} line{'' if count == 1 else 's'}"]
        if self._value.has_forms:
            parts.append("as it is" if self._raw else "pretty")
        self._tell(" · ".join(part for part in parts if part))

    def on_resize(self, event: events.Resize) -> None:
        """Wrap again for another width."""
        self.call_after_refresh(self._relayout)

    def _relayout(self) -> None:
        # Called after the next refresh of whatever is on top by then: this may be closed.
        for lines in self.query(TextLines):
            if lines.scrollable_content_region.width != self._laid_for:
                self._layout_value()

    def _tell(self, sentence: str) -> None:
        from lakeshell.tui.widgets.grid.type_names import type_name

        name = fit(safe_text(self._column_name[:300]), 60)
        title = Text(name, style="bold", no_wrap=True, overflow="ellipsis")
        title.append(f"  {safe_text(type_name(self._column.type))}", style="not bold dim")
        title.append(f"  row {self._row_number + 1:,}", style="not bold dim")
        self.query_one("#cell-title", Static).update(title)
        self.query_one("#cell-foot", Static).update(Text(sentence, no_wrap=True))

    # Keys
    def action_close(self) -> None:
        """Back to the rows."""
        self.dismiss(None)

    def action_copy(self) -> None:
        """Copy the value itself."""
        from lakeshell.tui.widgets.grid.taking import is_too_large, tell_too_large

        if is_too_large(self._column):
            tell_too_large(self.app)
        else:
            in_background(self._copy, "copy")

    @dataclass
    class Copied(Message):
        """The value as text for the clipboard."""

        text: str

    def _copy(self) -> None:
        from lakeshell.tui.widgets.grid.copying import cell_text

        self.post_message(self.Copied(cell_text(self._column, self._time_zone)))

    def on_cell_inspector_copied(self, message: Copied) -> None:
        """Put it there."""
        from lakeshell.tui.widgets.grid.taking import copy_text

        copy_text(self.app, message.text, "cell")

    def action_toggle_raw(self) -> None:
        """Pretty, or as it is."""
        self._raw = not self._raw
        self._layout_value()

    def action_toggle_wrap(self) -> None:
        """Long lines wrapped, or to be scrolled."""
        self._wraps = not self._wraps
        self._layout_value()

    def action_scroll(self, lines: int) -> None:
        """By lines."""
        self.query_one(TextLines).scroll_relative(y=lines, animate=False)

    def action_scroll_sideways(self, cells: int) -> None:
        """By cells, where lines are not wrapped."""
        self.query_one(TextLines).scroll_relative(x=cells, animate=False)

    def action_page(self, pages: int) -> None:
        """By screens."""
        height = max(self.query_one(TextLines).size.height - 1, 1)
        self.action_scroll(pages * height)

    def action_top(self) -> None:
        """To the beginning."""
        self.query_one(TextLines).scroll_to(0, 0, animate=False)

    def action_bottom(self) -> None:
        """To the end."""
        lines = self.query_one(TextLines)
        lines.scroll_to(y=lines.max_scroll_y, animate=False)
