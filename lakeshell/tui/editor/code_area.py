"""The text widget of an editor tab, as it is typed in: brackets, new lines, whole lines."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from textual import events
from textual.document._document import Location, Selection
from textual.message import Message

from lakeshell.tui.editor.code_text import CodeText
from lakeshell.tui.editor.pairs import CLOSERS, PAIRS, indentation, partner

_INDENT = 4


class CodeArea(CodeText):
    """Text for code. `intercept` may take a key before it is typed."""

    @dataclass
    class Typed(Message):
        """A key has put `text` in, or taken something away (empty)."""

        area: CodeArea
        text: str

        @property
        def control(self) -> CodeArea:
            """The text it was typed in."""
            return self.area

    def __init__(self, text: str, language: str, *, id: str | None = None) -> None:
        self._closers: set[tuple[int, int]] = set()  # self-made: row, distance from the line's end
        self.intercept: Callable[[events.Key], bool] = lambda event: False
        super().__init__(text, language, id=id)

    async def _on_key(self, event: events.Key) -> None:
        if self.intercept(event):
            event.stop()
            event.prevent_default()
            return
        if event.key == "escape":
            event.prevent_default()  # not "focus the next one": the screen's keys decide
            return
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self._restart_blink()
            self._new_line()
            self.post_message(self.Typed(self, "\n"))
            return
        if event.key == "tab" and self.selection.start[0] != self.selection.end[0]:
            event.stop()
            event.prevent_default()
            self.indent_lines()
            return
        if event.key == "shift+tab":
            event.stop()
            event.prevent_default()
            self.indent_lines(back=True)
            return
        if self._type_pair(event):
            event.stop()
            event.prevent_default()
            self._restart_blink()
            self.post_message(self.Typed(self, event.character or ""))
            return
        # TextArea's own handler comes after this one, by way of the message pump.
        if event.is_printable and event.character:
            self.post_message(self.Typed(self, event.character))
        elif event.key in ("backspace", "delete"):
            self.post_message(self.Typed(self, ""))

    def action_edge(self, bottom: bool, select: bool = False) -> None:
        """To the first or the last place of the text."""
        self.move_cursor(self.code.end if bottom else (0, 0), select=select)

    async def _on_paste(self, event: events.Paste) -> None:
        """Terminals send a carriage return for each line."""
        event.stop()
        event.prevent_default()
        text = event.text.replace("\r\n", "\n").replace("\r", "\n")
        if result := self._replace_via_keyboard(text, *self.selection):
            self.move_cursor(result.end_location)
            self.focus()

    def _new_line(self) -> None:
        """Break the line; between two brackets, open a block."""
        row, column = min(self.selection)
        state, line = self.colours.state(row), self.code.lines[row]
        before, after = line[:column], line[max(self.selection)[1] :]
        blanks = indentation(
            before,
            _INDENT,
            is_python=state.language == "python",
            in_text=bool(state.open) or self._is_in_text(row, column),
        )
        below = ""
        opener = before[-1:]
        if self.selection.is_empty and opener and opener in "([{" and after[:1] == PAIRS[opener]:
            below = "\n" + before[: len(before) - len(before.lstrip())]
        if self._replace_via_keyboard("\n" + blanks + below, *self.selection) and below:
            self.move_cursor((row + 1, len(blanks)))

    def _type_pair(self, event: events.Key) -> bool:
        """Brackets and quotes that close themselves; True when the key is done."""
        character = event.character or ""
        row, column = self.cursor_location
        line = self.code.lines[row]
        if self.read_only:
            return False
        if not self.selection.is_empty:
            if character not in PAIRS:
                return False
            start, end = sorted(self.selection)
            text = self.code.get_text_range(start, end)
            self.replace(
                character + text + PAIRS[character], start, end, maintain_selection_offset=False
            )
            shift = int(end[0] == start[0])
            self.selection = Selection((start[0], start[1] + 1), (end[0], end[1] + shift))
            return True
        behind = (row, len(line) - column)  # an edit before a closer leaves this as it is
        if event.key == "backspace" and behind in self._closers:
            self._closers.discard(behind)
            if column and line[column : column + 1] == PAIRS.get(line[column - 1]):
                self.delete((row, column - 1), (row, column + 1), maintain_selection_offset=False)
                return True
        if event.key == "backspace" and column > 1 and not line[:column].strip(" "):
            step = (column - 1) % _INDENT + 1
            self.delete((row, column - step), (row, column), maintain_selection_offset=False)
            return True
        if character in CLOSERS and behind in self._closers and line[column] == character:
            self._closers.discard(behind)
            self.move_cursor((row, column + 1))
            return True
        closing = character and partner(
            character, line, column, in_text=self._is_in_text(row, column)
        )
        if not closing:
            return False
        if any(at != row for at, _ in self._closers):
            self._closers.clear()
        self.replace(character + closing, (row, column), (row, column))
        self.move_cursor((row, column + 1))
        self._closers.add((row, behind[1] + 1))
        return True

    def _is_in_text(self, row: int, column: int) -> bool:
        """Whether a place is inside a string or a comment."""
        if column == 0:
            return bool(self.colours.state(row).open)
        line = self.code.lines[row]
        for start, end, name in self.colours.spans(row):
            if start < column <= end and name in ("string", "comment"):
                if name == "comment" or column < end:
                    return True
                goes_on = end == len(line) and bool(self.colours.state(row + 1).open)
                return goes_on or end - start < 2 or line[end - 1] not in "'\"$"
        return False

    def replace_all(self, text: str) -> None:
        """Other text for the whole tab, in one step that can be undone; the cursor stays about."""
        cursor = self.cursor_location
        self.replace(text, (0, 0), self.code.end, maintain_selection_offset=False)
        self.move_cursor(self.clamp_visitable(cursor))

    def _selected_rows(self) -> tuple[int, int]:
        (top, _), (bottom, column) = sorted(self.selection)
        return top, bottom - (bottom > top and column == 0)

    def _change_rows(self, change: Callable[[list[str]], list[str]]) -> None:
        """Put what `change` makes of the selected lines in their place, in one step."""
        top, bottom = self._selected_rows()
        old = self.code.lines[top : bottom + 1]
        new = change(old)
        if new == old:
            return
        start, end = self.selection
        self.replace(
            "\n".join(new), (top, 0), (bottom, len(old[-1])), maintain_selection_offset=False
        )

        def moved(place: Location) -> Location:
            row, column = place
            if not top <= row <= bottom:
                return place
            return row, max(column + len(new[row - top]) - len(old[row - top]), 0)

        self.selection = Selection(moved(start), moved(end))

    def indent_lines(self, *, back: bool = False) -> None:
        """Move the selected lines by one step of indentation."""

        def change(lines: list[str]) -> list[str]:
            if not back:
                return [" " * _INDENT + line if line.strip() else line for line in lines]
            return [re.sub(rf"\A(?: {{1,{_INDENT}}}|\t)", "", line) for line in lines]

        self._change_rows(change)

    def toggle_comment(self) -> None:
        """Make the selected lines comments, or take the comment signs away."""
        sign = "#" if self.colours.state(self._selected_rows()[0]).language == "python" else "--"

        def change(lines: list[str]) -> list[str]:
            written = [line for line in lines if line.strip()] or lines
            if all(line.lstrip().startswith(sign) for line in written):
                return [re.sub(rf"\A(\s*){re.escape(sign)} ?", r"\1", line) for line in lines]
            depth = min(len(line) - len(line.lstrip()) for line in written)
            blank_too = not any(line.strip() for line in lines)
            return [
                f"{line[:depth]}{sign} {line[depth:]}" if blank_too or line.strip() else line
                for line in lines
            ]

        self._change_rows(change)

    def duplicate_lines(self) -> None:
        """The selected lines once more, below."""
        top, bottom = self._selected_rows()
        lines = "\n".join(self.code.lines[top : bottom + 1])
        row, column = self.cursor_location
        end = (bottom, len(self.code.lines[bottom]))
        self.replace("\n" + lines, end, end, maintain_selection_offset=False)
        self.move_cursor((row + bottom - top + 1, column))

    def move_lines(self, by: int) -> None:
        """The selected lines one line up (-1) or down (1)."""
        top, bottom = self._selected_rows()
        lines = self.code.lines
        if not (top + by >= 0 and bottom + by < len(lines)):
            return
        start, end = self.selection
        moving = lines[top : bottom + 1]
        if by < 0:
            first, last, new = top - 1, bottom, [*moving, lines[top - 1]]
        else:
            first, last, new = top, bottom + 1, [lines[bottom + 1], *moving]
        self.replace(
            "\n".join(new), (first, 0), (last, len(lines[last])), maintain_selection_offset=False
        )
        self.selection = Selection((start[0] + by, start[1]), (end[0] + by, end[1]))
