"""What an editor tab shows: Textual's TextArea with our document, colours and marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.document._document import EditResult, Location
from textual.document._document_navigator import DocumentNavigator
from textual.document._edit import Edit
from textual.strip import Strip
from textual.widgets import TextArea

from lakeshell.tui.editor.colours import CLASSES, Colours
from lakeshell.tui.editor.document import CodeDocument, UnwrappedDocument
from lakeshell.tui.keys import bindings
from lakeshell.tui.widgets.styles import part_style

# Keys of panes and tabs.
_OURS = {"ctrl+k", "ctrl+shift+k", "ctrl+w", "ctrl+e", "ctrl+a", "f6", "f7"}
_BRACKET = re.compile(r"[()\[\]{}]")
_PARTNER = {"(": ")", "[": "]", "{": "}", ")": "(", "]": "[", "}": "{"}
_MATCHING_ROWS = 2_000  # a partner farther away is not looked for
_WORD = re.compile(r"\w+|`[^`]*`|[^\w\s]")
_BEYOND = 500  # characters of a line that are drawn beyond the edge
_UNDO_STEPS = 1_000


def _text_keys() -> list[Binding]:
    """TextArea's keys but those that mean something else here."""
    kept = []
    for binding in TextArea.BINDINGS:
        assert isinstance(binding, Binding)
        keys = [key for key in binding.key.split(",") if key not in _OURS]
        if keys:
            kept.append(Binding(",".join(keys), binding.action, binding.description, show=False))
    return kept


Range = tuple[Location, Location]


class CodeText(TextArea, inherit_bindings=False):
    """Text with colours, marks and ranges that are followed through edits."""

    BINDINGS: ClassVar[list[BindingType]] = [*_text_keys(), *bindings("text")]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"code--{name}" for name in CLASSES),
        "code--error", "code--running", "code--match", "code--current-match",
    }  # fmt: skip

    def __init__(self, text: str, language: str, *, id: str | None = None) -> None:
        self._code_styles: dict[str, Style] = {}
        self._marks: dict[str, list[Range]] = {}
        self._marks_of_row: dict[int, tuple[tuple[int, int | None, str], ...]] = {}
        self._tracked: dict[str, tuple[int, int]] = {}
        self.colours = Colours(lambda: self.code.lines, language)
        self.revision = 0  # counts the edits
        super().__init__(
            text,
            id=id,
            soft_wrap=False,
            tab_behavior="indent",
            show_line_numbers=True,
            max_checkpoints=_UNDO_STEPS,
        )

    # The document
    @property
    def code(self) -> CodeDocument:
        """The document, by its own type."""
        assert isinstance(self.document, CodeDocument)
        return self.document

    @property
    def code_language(self) -> str:
        """The language of the tab: "sql" or "python"."""
        return self.colours.language

    @code_language.setter
    def code_language(self, language: str) -> None:
        self.colours.begin_again(language)
        self._line_cache.clear()
        self.refresh()

    @property
    def cursor_offset_in_text(self) -> int:
        """The cursor as an offset in `text`."""
        return self.code.offset(self.cursor_location)

    def _set_document(self, text: str, language: str | None) -> None:
        self.document = CodeDocument(text)
        self.wrapped_document = UnwrappedDocument(self.document, self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self.colours.begin_again(self.colours.language)
        self.revision += 1
        self._marks, self._marks_of_row, self._tracked = {}, {}, {}
        self._line_cache.clear()
        self.move_cursor((0, 0))
        self._rewrap_and_refresh_virtual_size()

    def edit(self, edit: Edit) -> EditResult:
        """Do an edit; the colours follow."""
        top, bottom = edit.top[0], edit.bottom[0]
        self.revision += 1
        span = None
        if self._tracked:
            span = self.code.offset(edit.top), self.code.offset(edit.bottom)
        result = super().edit(edit)
        self.colours.edited(top, bottom, result.end_location[0])
        if span:
            self._shift_tracked(*span, len(edit.text))
        return result

    def _undo_batch(self, edits: Sequence[Edit]) -> None:
        self.revision += 1
        super()._undo_batch(edits)
        self._forget_from(edits)

    def _redo_batch(self, edits: Sequence[Edit]) -> None:
        self.revision += 1
        super()._redo_batch(edits)
        self._forget_from(edits)

    def _forget_from(self, edits: Sequence[Edit]) -> None:
        self._tracked.clear()
        if edits:
            self.colours.forget_from(min(edit.top[0] for edit in edits))

    def _build_highlight_map(self) -> None:
        """Nothing: lines are coloured as they are drawn."""

    # Drawing
    def notify_style_update(self) -> None:
        """Other styles, other colours."""
        self._code_styles.clear()
        super().notify_style_update()

    def _app_theme_changed(self) -> None:
        self._code_styles.clear()
        self._line_cache.clear()
        super()._app_theme_changed()

    def get_line(self, line_index: int) -> Text:
        """A line with its colours and marks."""
        # Of a very long line only what may be seen; twice the width, since letters may have none.
        seen = self.scroll_offset[0] + 2 * self.size.width + _BEYOND
        text = Text(self.code.shown(line_index, seen), end="", no_wrap=True)
        for start, end, name in self.colours.spans(line_index):
            text.stylize(self._code_style(name), start, end)
        for left, right, name in self._marks_of_row.get(line_index, ()):
            text.stylize(self._code_style(name), left, right)
        return text

    def render_line(self, y: int) -> Strip:
        """A line of the screen, from the cache when nothing it shows has changed."""
        theme = self._theme
        if theme is not None and theme.cursor_line_style is not None:
            # Only the background: what is written there keeps its colours.
            theme.cursor_line_style = Style(bgcolor=theme.cursor_line_style.bgcolor)
        row = self.scroll_offset[1] + y
        lines = self.code.lines
        if row >= len(lines):
            return self._render_line(y)
        selection, (cursor_row, _) = self.selection, self.selection.end
        bracket = self._matching_bracket_location
        key = (
            row,
            lines[row],
            self.colours.state(row),
            self.size,
            self.gutter_width,
            self.scroll_offset[0],
            selection if selection.contains_line(row) else None,
            (self._draw_cursor, bracket) if row == cursor_row else None,
            bracket if bracket is not None and bracket[0] == row else None,
            self._marks_of_row.get(row),
            self.has_focus,
        )
        if (strip := self._line_cache.get(key)) is None:
            strip = self._render_line(y)
            self._line_cache[key] = strip
        return strip

    def _code_style(self, name: str) -> Style:
        if name not in self._code_styles:
            self._code_styles[name] = part_style(self, f"code--{name}")
        return self._code_styles[name]

    # Marks
    def set_marks(self, name: str, ranges: Sequence[Range]) -> None:
        """Show these ranges as `name` (error, running, match, current-match) and no others."""
        if list(ranges) == self._marks.get(name, []):
            return
        self._marks[name] = list(ranges)
        rows: dict[int, list[tuple[int, int | None, str]]] = {}
        for kind in ("running", "match", "current-match", "error"):
            for (top, left), (bottom, right) in self._marks.get(kind, ()):
                for row in range(top, bottom + 1):
                    end = right if row == bottom else None
                    rows.setdefault(row, []).append((left if row == top else 0, end, kind))
        self._marks_of_row = {row: tuple(marks) for row, marks in rows.items()}
        self.refresh()

    def marks(self, name: str) -> list[Range]:
        """The ranges that are shown as `name`."""
        return self._marks.get(name, [])

    def track(self, name: str, start: int, end: int) -> None:
        """Follow [start, end) of the text through the edits to come."""
        self._tracked[name] = (start, end)

    def tracked(self, name: str) -> tuple[int, int] | None:
        """Where it is now; None when it was edited away or is not followed."""
        return self._tracked.get(name)

    @property
    def tracked_names(self) -> list[str]:
        """What is followed, in the order in which it was begun."""
        return list(self._tracked)

    def untrack(self, name: str) -> None:
        """Follow it no longer."""
        self._tracked.pop(name, None)

    def _shift_tracked(self, start: int, end: int, length: int) -> None:
        """[start, end) has been replaced by `length` characters."""
        by = length - (end - start)
        for name, (first, last) in list(self._tracked.items()):
            if end <= first and not (name.startswith("stop") and start == first == end):
                self._tracked[name] = (first + by, last + by)
            elif start >= first and end <= last and name.startswith("stop"):
                self._tracked[name] = (first, last + by)  # it was filled in
            elif start < last or (start == last and name.startswith("stop")):
                del self._tracked[name]

    def word_at(self, location: Location) -> tuple[Location, Location]:
        """The range of the word, or the sign, at a place."""
        row, column = self.clamp_visitable(location)
        line = self.code.lines[row]
        for word in _WORD.finditer(line):
            if word.end() > column:
                return (row, max(word.start(), 0)), (row, word.end())
        return (row, max(len(line.rstrip()) - 1, 0)), (row, max(len(line), 1))

    def find_matching_bracket(self, bracket: str, search_from: Location) -> Location | None:
        """The partner of the bracket there, unless it is very far away."""
        if bracket not in _PARTNER or not bracket:
            return None
        row, column = search_from
        forward = bracket in "([{"
        lines, depth = self.code.lines, 0
        last = row + _MATCHING_ROWS if forward else row - _MATCHING_ROWS
        rows = range(row, min(last, len(lines))) if forward else range(row, max(last, -1), -1)
        for at in rows:
            found = [(m.start(), m.group()) for m in _BRACKET.finditer(lines[at])]
            for place, character in found if forward else reversed(found):
                if at == row and (place < column if forward else place > column):
                    continue
                if character == bracket:
                    depth += 1
                elif character == _PARTNER[bracket]:
                    depth -= 1
                    if depth == 0:
                        return at, place
        return None
