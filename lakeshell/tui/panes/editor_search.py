"""The editor's find, replace, and go to line."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence

from textual import on
from textual.document._document import Selection

from lakeshell.tui.editor.finding import MOST, TooSlow, Wanted, find, replace_all, replacement
from lakeshell.tui.panes.editor_part import EditorPart
from lakeshell.tui.widgets.find_bar import FindBar

_MARKED = 2_000  # matches that are coloured


class EditorSearch(EditorPart):
    """Part of EditorPane."""

    _wanted = Wanted("")
    _matches: Sequence[tuple[int, int]] = ()
    _problem = ""

    @property
    def find_bar(self) -> FindBar:
        """The bar."""
        return self.query_one(FindBar)

    def action_find(self) -> None:
        """Look for a word; the selection, if it is of one line."""
        self._open(replace=False)

    def action_find_and_replace(self) -> None:
        """Look for a word and replace it."""
        self._open(replace=True)

    def _open(self, *, replace: bool) -> None:
        chosen = self.area.selected_text
        self.find_bar.open(chosen if "\n" not in chosen else "", replace=replace)

    def action_go_to_line(self) -> None:
        """Ask for a line."""
        from lakeshell.tui.screens.dialogs import Ask

        count = self.area.code.line_count

        def go(answer: str | None) -> None:
            number = re.fullmatch(r"\s*(\d+)(?:\s*[:,]\s*(\d+))?\s*", answer or "")
            if number:
                place = (int(number[1]) - 1, int(number[2] or 1) - 1)
                self.area.move_cursor(self.area.clamp_visitable(place), center=True)
            elif answer:
                self.tell(f"{answer!r} is no line.", "warning")
            self.focus_text()

        self.app.push_screen(Ask(f"Go to line (1 to {count:,})"), go)

    # Messages of the bar
    @on(FindBar.Changed)
    def _wanted_changed(self, message: FindBar.Changed) -> None:
        message.stop()
        self._wanted = message.wanted
        self._search()
        self._go_to(self._near())

    @on(FindBar.Closed)
    def _bar_closed(self, message: FindBar.Closed) -> None:
        message.stop()
        self.area.set_marks("match", [])
        self.area.set_marks("current-match", [])
        if self._current() is not None:
            # It was selected to be seen; a selection that is left would be all that F5 runs.
            self.area.move_cursor(min(self.area.selection))
        self._matches = []
        self.focus_text()

    @on(FindBar.Step)
    def _step(self, message: FindBar.Step) -> None:
        message.stop()
        if self._matches:
            current = self._current()
            if current is not None:
                number = current + message.by
            else:
                number = self._near() - (message.by < 0)
            self._go_to(number % len(self._matches))

    @on(FindBar.Replace)
    def _replace(self, message: FindBar.Replace) -> None:
        message.stop()
        area = self.area
        if not self._matches or area.read_only:
            return
        try:
            if message.all:
                text, count = replace_all(area.text, self._wanted, message.text)
                area.history.checkpoint()
                area.replace_all(text)
                area.history.checkpoint()
                self.tell(f"{count:,} replaced; ctrl+z takes it back.")
                return
            current = self._current()
            if current is None:
                self._go_to(self._near())
                return
            start, end = self._matches[current]
            matched = self._wanted.pattern().match(area.text, start)
            if matched is None:
                return
            new = replacement(self._wanted, matched, message.text)
        except TooSlow:
            self.find_bar.say("this pattern takes too long", wrong=True)
            return
        except (re.error, IndexError) as error:
            self.find_bar.say(f"no pattern: {error}", wrong=True)
            return
        code = area.code
        area.history.checkpoint()
        result = area.replace(
            new, code.location(start), code.location(end), maintain_selection_offset=False
        )
        area.move_cursor(result.end_location)
        self._search()
        self._go_to(self._near())

    # Searching
    def search_again(self) -> None:
        """The text is another one: so are the matches."""
        if self.is_ready and self.find_bar.display:
            self._search()

    def _search(self) -> None:
        area = self.area
        try:
            self._problem = ""
            self._matches = find(area.text, self._wanted)
        except (re.error, TooSlow, OverflowError, RecursionError) as error:
            self._matches = ()
            slow = isinstance(error, TooSlow)
            self._problem = "this pattern takes too long" if slow else f"no pattern: {error}"
            self._say()
            area.set_marks("match", [])
            area.set_marks("current-match", [])
            return
        code = area.code
        area.set_marks("match", [
            (code.location(start), code.location(end)) for start, end in self._matches[:_MARKED]
        ])  # fmt: skip
        self._say()

    def _current(self) -> int | None:
        """The match that is selected."""
        start, end = sorted(map(self.area.code.offset, self.area.selection))
        at = bisect.bisect_left(self._matches, (start, end))
        found = at < len(self._matches) and self._matches[at] == (start, end)
        return at if found else None

    def _near(self) -> int:
        """The first match at or behind the cursor's place; the first of all behind the last."""
        start = self.area.code.offset(min(self.area.selection))
        at = bisect.bisect_left(self._matches, (start, start))
        return at if at < len(self._matches) else 0

    def _go_to(self, number: int) -> None:
        if not 0 <= number < len(self._matches):
            self.area.set_marks("current-match", [])
            self._say()
            return
        code = self.area.code
        start, end = map(code.location, self._matches[number])
        self.area.selection = Selection(start, end)
        self.area.scroll_cursor_visible()
        self.area.set_marks("current-match", [(start, end)])
        self._say()

    def _say(self) -> None:
        if self._problem:
            self.find_bar.say(self._problem, wrong=True)
            return
        if not self._wanted.text:
            self.find_bar.say("")
            return
        count = len(self._matches)
        current = self._current()
        place = f"{current + 1:,} of " if current is not None else ""
        more = "+" if count == MOST else ""
        self.find_bar.say(f"{place}{count:,}{more}" if count else "not found", wrong=not count)
