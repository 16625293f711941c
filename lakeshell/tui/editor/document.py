"""The text of an editor tab as Textual's TextArea wants it, exact and fast for long files.

Lines end at ``\\n`` only: Textual's own document also splits at form feeds and U+2028 and would
lose them. Widths are kept a line, so that a key in a file of 10,000 lines costs one line's work.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from itertools import accumulate
from typing import overload

from textual._cells import cell_len  # what TextArea measures with
from textual.document._document import Document, EditResult, Location
from textual.document._wrapped_document import WrappedDocument
from textual.geometry import Size

from lakeshell.render.safe_text import is_safe, safe_text

_MOST_MARKS = 8  # combining marks on one letter; as in safe_text


def shown_line(line: str) -> str:
    """`line` as it may reach a terminal, character for character, so that columns stay the same.

    Tabs stay: the editor expands them. Control characters become their pictures, what is invisible
    or reorders text a replacement character.
    """
    if line.isascii() and line.isprintable():
        return line
    if safe_text(line.replace("\t", " ")) == line.replace("\t", " "):
        return line
    shown: list[str] = []
    marks = 0
    for character in line:
        if unicodedata.category(character) in ("Mn", "Me"):
            marks += 1
            hidden = marks > _MOST_MARKS or not shown
            shown.append("\u25cc" if hidden or not is_safe(character) else character)
            continue
        marks = 0
        if character == "\t" or is_safe(character):
            shown.append(character)
        elif character < " ":
            shown.append(chr(0x2400 + ord(character)))
        else:
            shown.append("\u2421" if character == "\x7f" else "\ufffd")
    return "".join(shown)


class CodeDocument(Document):
    """Lines of text; `self[row]` is a line as it is shown, `lines` and `text` are what is there.

    Always joined by ``\\n``; which line ends a file has is the file's matter.
    """

    def __init__(self, text: str) -> None:
        super().__init__("")
        self._lines = text.split("\n")
        self._widths: list[int] | None = None
        self._tab_width = 4
        self._joined: str | None = text
        self._starts = [0]  # where the lines begin in `text`, as far as that was asked for

    @property
    def text(self) -> str:
        """All of it; joined once after each edit."""
        if self._joined is None:
            self._joined = "\n".join(self._lines)
        return self._joined

    def get_size(self, tab_width: int) -> Size:
        """The cells of the longest line, and the number of lines."""
        if self._widths is None or tab_width != self._tab_width:
            self._tab_width = tab_width
            self._widths = [self._width(line) for line in self._lines]
        return Size(max(self._widths, default=0), len(self._lines))

    def replace_range(self, start: Location, end: Location, text: str) -> EditResult:
        """Put `text` in the place of a range."""
        (top, left), (bottom, right) = sorted((start, end))
        lines = self._lines
        replaced = self.get_text_range((top, left), (bottom, right))
        before = lines[top][:left] if top < len(lines) else ""
        after = lines[bottom][right:] if bottom < len(lines) else ""
        new = text.split("\n")
        end_column = len(new[-1]) + (len(before) if len(new) == 1 else 0)
        new[0] = before + new[0]
        new[-1] += after
        lines[top : bottom + 1] = new
        del self._starts[top + 1 :]
        if self._widths is not None:
            self._widths[top : bottom + 1] = [self._width(line) for line in new]
        self._joined = None
        return EditResult((top + len(new) - 1, end_column), replaced)

    def get_text_range(self, start: Location, end: Location) -> str:
        """The text between two places."""
        (top, left), (bottom, right) = sorted((start, end))
        lines = self._lines
        if top == bottom:
            return lines[top][left:right] if top < len(lines) else ""
        pieces = [lines[top][left:], *lines[top + 1 : bottom]]
        if bottom < len(lines):
            pieces.append(lines[bottom][:right])
        return "\n".join(pieces)

    def offset(self, location: Location) -> int:
        """The offset in `text` of a place."""
        row, column = location
        row = min(row, len(self._lines))
        self._find_starts(row)
        return self._starts[row] + column

    def location(self, offset: int) -> Location:
        """The place of an offset in `text`; the end for what lies behind it."""
        lines, offset = self._lines, max(offset, 0)
        if self._starts[-1] <= offset:
            self._find_starts(len(lines))
        row = min(bisect_right(self._starts, offset), len(lines)) - 1
        return row, min(offset - self._starts[row], len(lines[row]))

    def _find_starts(self, row: int) -> None:
        known = len(self._starts)
        if row >= known:
            lengths = (len(line) + 1 for line in self._lines[known - 1 : row])
            self._starts.extend(accumulate(lengths, initial=self._starts.pop()))

    def get_index_from_location(self, location: Location) -> int:
        """As `offset`."""
        return self.offset(location)

    def get_location_from_index(self, index: int) -> Location:
        """As `location`."""
        return self.location(index)

    @overload
    def __getitem__(self, line_index: int) -> str: ...

    @overload
    def __getitem__(self, line_index: slice) -> list[str]: ...

    def __getitem__(self, line_index: int | slice) -> str | list[str]:
        """Lines as they are shown."""
        if isinstance(line_index, slice):
            return [shown_line(line) for line in self._lines[line_index]]
        return shown_line(self._lines[line_index])

    def shown(self, row: int, most: int) -> str:
        """The beginning of a line as it is shown, `most` characters of it."""
        return shown_line(self._lines[row][:most])

    def _width(self, line: str) -> int:
        if line.isascii() and line.isprintable():
            return len(line)
        return cell_len(shown_line(line).expandtabs(self._tab_width))


class UnwrappedDocument(WrappedDocument):
    """A view that wraps nothing: row and line are the same, whatever is edited."""

    def __init__(self, document: CodeDocument, tab_width: int = 4) -> None:
        super().__init__(document, 0, tab_width)

    def wrap(self, width: int, tab_width: int | None = None) -> None:
        """Note how many lines there are."""
        if tab_width:
            self._tab_width = tab_width
        self._offset_to_line_info = []
        self._line_index_to_offsets = []
        self._wrap_offsets = []
        self._tab_width_cache = []
        self._fit()

    def wrap_range(self, start: Location, old_end: Location, new_end: Location) -> None:
        """As many rows as there are lines now."""
        self._fit()

    @property
    def height(self) -> int:
        """The number of lines."""
        return len(self._offset_to_line_info)

    def get_sections(self, line_index: int) -> list[str]:
        """A line is one section."""
        return [self.document[line_index]]

    def _fit(self) -> None:
        count, known = self.document.line_count, len(self._offset_to_line_info)
        if count < known:
            del self._offset_to_line_info[count:]
            del self._line_index_to_offsets[count:]
            del self._wrap_offsets[count:]
            del self._tab_width_cache[count:]
        for row in range(known, count):
            self._offset_to_line_info.append((row, 0))
            self._line_index_to_offsets.append([row])
            self._wrap_offsets.append([])
            self._tab_width_cache.append([])
