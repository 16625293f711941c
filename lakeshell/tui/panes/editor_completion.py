"""The editor's completion: when to ask, what to show, and what its keys do."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events, on
from textual.message import Message

from lakeshell.catalog.candidates import Candidate
from lakeshell.render.safe_text import display_width, safe_text
from lakeshell.tui.editor.code_area import CodeArea
from lakeshell.tui.editor.completing import Asking, Question
from lakeshell.tui.panes.editor_part import EditorPart
from lakeshell.tui.widgets.choice_list import ChoiceList
from lakeshell.tui.widgets.completion import CompletionPopup
from lakeshell.tui.widgets.find_bar import FindBar

_LONG = 20_000  # characters; of longer texts only the statements around the cursor are looked at
_ROWS_BELOW = 200
_OPENS = "._%/$"


@dataclass
class Answered(Message):
    """What could stand at the cursor when `question` was asked."""

    question: Question
    candidates: list[Candidate]


class EditorCompletion(EditorPart):
    """Part of EditorPane."""

    _asking: Asking | None = None
    _question: Question | None = None
    _asked_at: tuple[int, tuple[int, int]] = (0, (0, 0))  # revision and cursor
    _question_count = 0

    @property
    def popup(self) -> CompletionPopup:
        """The popup."""
        return self.query_one(CompletionPopup)

    # Asking
    @on(CodeArea.Typed)
    def _typed(self, message: CodeArea.Typed) -> None:
        if message.area is not self.area:
            return
        message.stop()
        text = message.text
        if text.isalpha() or (text and text in _OPENS):
            self._ask()
        elif self.popup.is_open and (text.isalnum() or not text):
            if self._typed_part():
                self._ask()
            else:
                self.close_popup()
        else:
            self.close_popup()

    def action_complete(self) -> None:
        """Ask, even where nothing was typed yet."""
        self._ask(explicit=True)

    def names_changed(self) -> None:
        """Names have come: ask the latest question again, if it still stands."""
        if self._question is not None and self._asked_at == self._now():
            self._ask(explicit=self._question.explicit)

    def _now(self) -> tuple[int, tuple[int, int]]:
        return self.area.revision, self.area.cursor_location

    def _ask(self, *, explicit: bool = False) -> None:
        area, tab = self.area, self.tab
        if not area.selection.is_empty:
            return
        text, offset, base, language = self._around_cursor()
        self._question_count += 1
        self._question = Question(
            self._question_count, tab.id, text, offset, base, language, tab.folder, explicit
        )
        self._asked_at = self._now()
        if self.popup.is_open:
            self.popup.narrow(self._typed_part())
        if self._asking is None:
            self._asking = Asking(self._bench, self._answer)
        self._asking.ask(self._question)

    def _around_cursor(self) -> tuple[str, int, int, str]:
        """The text to look at, the cursor in it, where it begins, and its language."""
        area = self.area
        text, offset = area.text, area.cursor_offset_in_text
        if len(text) <= _LONG:
            return text, offset, 0, self.tab.language
        row = area.cursor_location[0]
        top = area.colours.statement_start(row)
        lines = area.code.lines
        base = area.code.offset((top, 0))
        piece = "\n".join(lines[top : row + _ROWS_BELOW])
        return piece, offset - base, base, area.colours.state(top).language

    def _answer(self, question: Question, candidates: list[Candidate]) -> None:
        """Called in the asking thread."""
        self.post_message(Answered(question, candidates))

    def on_answered(self, message: Answered) -> None:
        """Show it, unless the cursor has moved on."""
        message.stop()
        stale = message.question is not self._question or self._asked_at != self._now()
        if stale or not self.area.has_focus:
            return
        base = message.question.base
        if not message.candidates:
            self.popup.close()
            return
        typed = message.question.offset - message.candidates[0].start
        line = self.area.code.lines[self.area.cursor_location[0]]
        column = self.area.cursor_location[1]
        shown = safe_text(line[max(column - typed, 0) : column])
        moved = [
            Candidate(c.text, c.kind, c.start + base, c.label, c.meta) for c in message.candidates
        ]
        self.popup.offer(moved, self.area.cursor_screen_offset, display_width(shown))

    def _typed_part(self) -> str:
        """What was typed of the candidates' word."""
        chosen = self.popup.chosen
        if chosen is None:
            return ""
        return self.area.text[chosen.start : self.area.cursor_offset_in_text]

    def text_changed(self) -> None:
        """Typed, pasted or taken back: what is offered has to fit what stands there now."""
        if self.popup.is_open:
            if typed := self._typed_part():
                self.popup.narrow(typed)
            else:
                self.close_popup()

    def cursor_moved(self) -> None:
        """Without typing: what was offered does not belong here."""
        revision, cursor = self._asked_at
        if self.area.revision == revision and self.area.cursor_location != cursor:
            self.close_popup()

    def close_popup(self) -> None:
        """Offer nothing, and wait for no answer."""
        self._question = None
        if self.is_ready:
            self.popup.close()

    def stop_completing(self) -> None:
        """End the thread."""
        if self._asking is not None:
            self._asking.close()

    # Taking
    def take_key(self, event: events.Key) -> bool:
        """A key that the popup, a snippet's places or the find bar take before the text does."""
        key = event.key
        if self.popup.is_open:
            if key in ("tab", "enter"):
                return self._take(by_enter=key == "enter")
            if key in ("up", "down", "pageup", "pagedown"):
                self.popup.has_moved = True
                if key in ("up", "down"):
                    self.popup.move(-1 if key == "up" else 1, around=True)
                else:
                    self.popup.page(-1 if key == "pageup" else 1)
                return True
            if key == "escape":
                self.close_popup()
                return True
        if key in ("tab", "shift+tab", "escape") and self._take_stop(key):
            return True
        if key == "escape":
            bar = self.query_one(FindBar)
            if bar.display:
                bar.close()
                return True
            if self.tab.error and not self.tab.is_running:
                self.clear_error(self.tab.id)
                return True
        return False

    def _take(self, *, by_enter: bool) -> bool:
        """Insert the chosen candidate; enter behind a finished word is a new line."""
        chosen, typed = self.popup.chosen, self._typed_part()
        if chosen is None or (
            by_enter
            and not self.popup.has_moved
            and (not typed or chosen.text.lower() == typed.lower())
        ):
            self.close_popup()
            return False
        area = self.area
        start = area.code.location(chosen.start)
        self.close_popup()
        area.history.checkpoint()
        result = area.replace(
            chosen.text, start, area.cursor_location, maintain_selection_offset=False
        )
        area.move_cursor(result.end_location)
        if chosen.text.endswith((".", "/")):
            self._ask()
        return True

    @on(ChoiceList.Clicked, "#completion")
    def _clicked(self, message: ChoiceList.Clicked) -> None:
        message.stop()
        self.popup.has_moved = True
        self._take(by_enter=False)

    @on(ChoiceList.Highlighted, "#completion")
    def _highlighted(self, message: ChoiceList.Highlighted) -> None:
        message.stop()

    # A snippet's places
    def insert_snippet(self, text: str) -> None:
        """Put a snippet at the cursor, indented as the line is, and choose its first place."""
        from lakeshell.tui.editor.snippets import fill

        area = self.area
        row, column = min(area.selection)
        line = area.code.lines[row][:column]
        blanks = line[: len(line) - len(line.lstrip())]
        filled = fill(text.replace("\n", "\n" + blanks))
        base = area.code.offset((row, column))
        self._forget_stops()
        result = area.replace(filled.text, *area.selection, maintain_selection_offset=False)
        area.move_cursor(result.end_location)
        for number, (start, end) in enumerate(filled.stops):
            area.track(f"stop {number}", base + start, base + end)
        if filled.stops:
            self._choose_stop(0)
        self.focus_text()

    def _forget_stops(self) -> None:
        for name in [name for name in self.area.tracked_names if name.startswith("stop")]:
            self.area.untrack(name)

    def _take_stop(self, key: str) -> bool:
        names = [name for name in self.area.tracked_names if name.startswith("stop")]
        if not names:
            return False
        if key == "escape":
            self._forget_stops()
            self.area.move_cursor(self.area.cursor_location)
            return True
        at = self.area.cursor_offset_in_text
        spans = {name: self.area.tracked(name) or (0, 0) for name in names}
        now = [n for n, name in enumerate(names) if spans[name][0] <= at <= spans[name][1]]
        if not now:
            self._forget_stops()
            return False
        wanted = now[0] + (1 if key == "tab" else -1)
        if wanted < 0:
            return True
        if wanted >= len(names):
            self.area.move_cursor(self.area.code.location(spans[names[-1]][1]))
            self._forget_stops()
            return True
        self._choose_stop(wanted)
        return True

    def _choose_stop(self, number: int) -> None:
        from textual.document._document import Selection

        names = [name for name in self.area.tracked_names if name.startswith("stop")]
        start, end = self.area.tracked(names[number]) or (0, 0)
        code = self.area.code
        self.close_popup()
        self.area.selection = Selection(code.location(start), code.location(end))
