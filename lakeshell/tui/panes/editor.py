"""The editor: tabs of SQL and Python, run by statement, selection or whole."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.document._document import Selection
from textual.widgets import Static

from lakeshell.errors import Position
from lakeshell.interpreter import Source
from lakeshell.render.safe_text import safe_text
from lakeshell.tui.editor import run_text
from lakeshell.tui.editor.code_area import CodeArea
from lakeshell.tui.editor.tabs import EditorTab
from lakeshell.tui.keys import bindings
from lakeshell.tui.messages import RunRequested, TabChosen, TabClosed
from lakeshell.tui.panes.editor_completion import EditorCompletion
from lakeshell.tui.panes.editor_files import EditorFiles
from lakeshell.tui.panes.editor_search import EditorSearch
from lakeshell.tui.panes.editor_text import EditorText
from lakeshell.tui.state import TabState
from lakeshell.tui.threads import in_background
from lakeshell.tui.widgets.completion import CompletionPopup
from lakeshell.tui.widgets.find_bar import FindBar
from lakeshell.tui.widgets.tab_bar import TabBar
from lakeshell.tui.workbench import Workbench

_REMEMBER_EVERY = 1.0  # seconds; a killed program loses no more typing than that …
_REMEMBER_SHARE = 10  # … unless writing it down takes more than this part of the time
_CHECK_EVERY = 2.0  # seconds; so late is it seen that another program has written the file
_MOST_CLOSED = 20
_NUMBERED = re.compile(r"(SQL|Python) \d+\Z")
_KINDS = {"sql": "SQL", "python": "Python"}
_MARKED_ROWS = 2_000  # a longer region that runs is not coloured


class EditorPane(EditorCompletion, EditorSearch, EditorText, EditorFiles, Vertical):
    """The tabs. Posts RunRequested, TabChosen and TabClosed."""

    BINDINGS = bindings("editor")

    def __init__(self, bench: Workbench) -> None:
        super().__init__(id="editor")
        self._bench = bench
        self._tabs: list[EditorTab] = []
        self._active = ""
        self._count = 0
        self._closed_tabs: list[TabState] = []
        self._is_dirty = False
        self._is_remembered = True
        self._remembers_from = 0.0  # on the monotonic clock
        self._remembering = threading.Lock()
        self._start()

    def _start(self) -> None:
        """The tabs of the last time, or an empty one."""
        states = self._bench.state.tabs()
        for state in states:
            self._add(state)
        if not self._tabs:
            self._add(TabState("SQL 1", ""))
        active = [n for n, state in enumerate(states) if state.active]
        self._active = self._tabs[active[0] if active else 0].id

    def compose(self) -> ComposeResult:
        """Titles, find bar, texts, and what is wrong."""
        yield TabBar()
        yield FindBar()
        with Container(id="texts"):
            for tab in self._tabs:
                yield tab.area
        yield Static(id="editor-error")
        yield CompletionPopup()

    def on_mount(self) -> None:
        """Show the active tab; remember everything from now on."""
        self.is_ready = True
        self._show_active()
        self.post_message(TabChosen(self._active))
        self.set_interval(_REMEMBER_EVERY, self._remember)
        self.set_interval(_CHECK_EVERY, self.check_files)
        self.check_files()

    def on_unmount(self) -> None:
        """Nothing that was typed is lost."""
        self.is_ready = False
        self.stop_completing()
        with self._remembering:
            self._bench.state.save_tabs(self.tab_states())

    # Tabs
    @property
    def active_tab(self) -> str:
        """The id of the tab that is in front."""
        return self._active

    @property
    def tabs(self) -> list[EditorTab]:
        """All tabs, from left to right."""
        return self._tabs

    @property
    def tab(self) -> EditorTab:
        """The tab in front."""
        return self.tab_of(self._active) or self._tabs[0]

    @property
    def area(self) -> CodeArea:
        """The text in front."""
        return self.tab.area

    def tab_of(self, id: str) -> EditorTab | None:
        """A tab by its id; None when it is gone."""
        return next((tab for tab in self._tabs if tab.id == id), None)

    def tab_of_area(self, area: object) -> EditorTab | None:
        """The tab that shows this text."""
        return next((tab for tab in self._tabs if tab.area is area), None)

    def tab_states(self) -> list[TabState]:
        """Every tab, to be restored at the next start."""
        return [tab.state(active=tab.id == self._active) for tab in self._tabs]

    def _add(self, state: TabState, at: int | None = None) -> EditorTab:
        """A tab as it was; its widget is not mounted yet."""
        self._count += 1
        language = "python" if state.language == "python" else "sql"
        area = CodeArea(state.text, language, id=f"text-{self._count}")
        area.selection = Selection.cursor(area.clamp_visitable((state.row, state.column)))
        area.intercept = self.take_key
        area.display = False
        tab = EditorTab(
            str(self._count),
            state.title,
            area,
            Path(state.path) if state.path else None,
            state.saved,
            state.newline,
            state.bom,
            state.stamp,
            saved_revision=area.revision,
        )
        self._tabs.insert(len(self._tabs) if at is None else at, tab)
        return tab

    def add_tab(self, state: TabState, at: int | None = None) -> EditorTab:
        """Open another tab, right of the active one, and show it."""
        if at is None:
            at = self._tabs.index(self.tab) + 1
        tab = self._add(state, at)
        self.query_one("#texts").mount(tab.area)
        self.choose_tab(tab.id)
        return tab

    def choose_tab(self, id: str) -> None:
        """Bring a tab to the front."""
        if self.tab_of(id) is None:
            return
        self.close_popup()
        self._active = id
        self.area.display = True
        self.focus_text()  # before the old one is hidden: no key falls between them
        self._show_active()
        self._is_dirty = True
        self.post_message(TabChosen(id))
        self.search_again()
        self.check_files()

    def _show_active(self) -> None:
        for tab in self._tabs:
            tab.area.display = tab.id == self._active
        self.draw_tabs()
        self._show_error()

    def draw_tabs(self) -> None:
        """Draw the titles anew."""
        if self.is_ready:
            self.query_one(TabBar).show(self._tabs, self._active)

    def focus_text(self) -> None:
        """Go on typing: the very next key is the text's."""
        self.screen.set_focus(self.area)

    def open_text(self, text: str, title: str, language: str = "sql") -> None:
        """Show `text` in a new tab."""
        self.add_tab(TabState(title, text, language))

    @on(TabBar.Wanted)
    async def _bar_clicked(self, message: TabBar.Wanted) -> None:
        message.stop()
        if message.what == "new":
            self.action_new_tab()
        elif message.what == "close":
            self.close_tab(message.tab)
        elif message.what == "language":
            self.action_toggle_language()
        else:
            self.choose_tab(message.tab)
            if message.what == "rename":
                self.action_rename_tab()

    def action_new_tab(self) -> None:
        """An empty tab in the language of this one."""
        language = self.tab.language
        self.add_tab(TabState(self._new_title(language), "", language))

    def _new_title(self, language: str) -> str:
        titles = {tab.title for tab in self._tabs}
        number = 1
        while f"{_KINDS[language]} {number}" in titles:
            number += 1
        return f"{_KINDS[language]} {number}"

    def action_step_tab(self, by: int) -> None:
        """To the next tab, from the last to the first."""
        at = self._tabs.index(self.tab)
        self.choose_tab(self._tabs[(at + by) % len(self._tabs)].id)

    def action_close_tab(self) -> None:
        """Close the tab in front."""
        self.close_tab(self._active)

    def close_tab(self, id: str) -> None:
        """Close a tab; asks when its file lacks changes or it runs something."""
        tab = self.tab_of(id)
        if tab is None:
            return
        if tab.has_changes:
            self.ask_before_closing(tab)
        elif tab.is_running:
            self.confirm(
                f"{tab.title} still runs something. Cancel it and close the tab?",
                "Close",
                lambda: self.really_close(tab),
            )
        else:
            self.really_close(tab)

    def really_close(self, tab: EditorTab) -> None:
        """Close it; alt+t brings it back."""
        if tab not in self._tabs:
            return
        if tab.area.text.strip() or tab.path:
            self._closed_tabs.append(tab.state(active=False))
            del self._closed_tabs[:-_MOST_CLOSED]
            if tab.path is None:
                self.tell(f"{tab.title} is closed; alt+t brings it back.")
        at = self._tabs.index(tab)
        self._tabs.remove(tab)
        tab.area.remove()
        self.post_message(TabClosed(tab.id))
        if not self._tabs:
            self.query_one("#texts").mount(self._add(TabState("SQL 1", "")).area)
        if self.tab_of(self._active) is None:
            self.choose_tab(self._tabs[min(at, len(self._tabs) - 1)].id)
        self._is_dirty = True
        self.draw_tabs()

    def action_reopen_tab(self) -> None:
        """Bring back the tab that was closed last."""
        if self._closed_tabs:
            self.add_tab(self._closed_tabs.pop())
        else:
            self.tell("No tab was closed.")

    def action_rename_tab(self) -> None:
        """Ask for another title."""
        from lakeshell.tui.screens.dialogs import Ask

        tab = self.tab

        def rename(title: str | None) -> None:
            if title is not None and title.strip():
                tab.title = title.strip()
                self._is_dirty = True
                self.draw_tabs()

        self.app.push_screen(Ask("Title of the tab", tab.title), rename)

    def action_toggle_language(self) -> None:
        """SQL becomes Python, and back."""
        tab = self.tab
        language = "sql" if tab.language == "python" else "python"
        tab.area.code_language = language
        if _NUMBERED.match(tab.title):
            tab.title = self._new_title(language)
        self._is_dirty = True
        self.draw_tabs()
        self.post_message(TabChosen(tab.id))

    # Remembering
    @on(CodeArea.Changed)
    def _text_changed(self, message: CodeArea.Changed) -> None:
        if (tab := self.tab_of_area(message.text_area)) is None:
            return
        message.stop()
        self._is_dirty = True
        saved = tab.area.revision == tab.saved_revision
        if tab.saved != saved and tab.path is not None:
            tab.saved = saved
            self.draw_tabs()
        if tab.error:
            self.clear_error(tab.id)
        if tab.id == self._active:
            self.text_changed()
            self.search_again()

    @on(CodeArea.SelectionChanged)
    def _cursor_moved(self, message: CodeArea.SelectionChanged) -> None:
        if self.tab_of_area(message.text_area) is None:
            return
        message.stop()
        self._is_dirty = True
        self.cursor_moved()

    def _remember(self) -> None:
        """Write the tabs down, in a thread, if anything changed and nothing is being written."""
        if not self._is_dirty or time.monotonic() < self._remembers_from:
            return
        if not self._remembering.acquire(blocking=False):
            return
        self._is_dirty = False
        states = self.tab_states()

        def write() -> None:
            began = time.monotonic()
            try:
                kept = self._bench.state.save_tabs(states)
            finally:
                took = time.monotonic() - began
                self._remembers_from = began + _REMEMBER_SHARE * took
                self._remembering.release()
            if not kept:
                self._is_dirty = True  # tried again, and told once
                if self._is_remembered:
                    words = f"The text of the tabs cannot be kept ({self._bench.home.state_db})"
                    self._bench.notify(f"{words}; save it into files.", "warning")
            self._is_remembered = kept

        in_background(write, "remember")

    # Running
    def action_run_statement(self) -> None:
        """Run the selection, else the statement or cell at the cursor."""
        self.close_popup()
        tab, area = self.tab, self.area
        text = area.text
        start, end = sorted((area.code.offset(area.selection.start), area.cursor_offset_in_text))
        if start != end:
            language = area.colours.state(min(area.selection)[0]).language
            self._request(tab, run_text.selected(text, start, end, language, tab.language))
        else:
            self.find_statement(partial(self._request, tab))

    def find_statement(self, then: Callable[[run_text.Passage | None, bool], object]) -> None:
        """Tell `then` the statement or cell at the cursor, and whether the text is still the one
        in which it was found: a long text is split in a thread."""
        tab, area = self.tab, self.area
        text, offset, language = area.text, area.cursor_offset_in_text, tab.language
        if len(text) <= run_text.SHORT:
            then(run_text.statement_at(text, offset, language), True)
            return
        revision, app = area.revision, self.app

        def work() -> None:
            passage = run_text.statement_at(text, offset, language)
            app.call_later(lambda: then(passage, area.revision == revision))

        in_background(work, "statement-at")

    def action_run_all(self) -> None:
        """Run the whole tab."""
        self.close_popup()
        text = self.area.text
        whole = run_text.Passage(text, self.tab.language, 0, len(text), 1, 1)
        self._request(self.tab, whole if text.strip() else None)

    def _request(
        self, tab: EditorTab, passage: run_text.Passage | None, is_current: bool = True
    ) -> None:
        if passage is None:
            self.tell("There is nothing to run here.")
            return
        if is_current:
            self.expect(tab, passage)
        source = Source(
            passage.text,
            str(tab.path) if tab.path is not None else tab.title,
            passage.language,
            tab.folder or Path.cwd(),
        )
        self.post_message(RunRequested(tab.id, source, passage.first_line, passage.first_column))

    def expect(self, tab: EditorTab, passage: run_text.Passage) -> None:
        """The next run of `tab` is that of `passage`: its errors have a place in the text."""
        if not tab.is_running:
            tab.indent, tab.first_row = passage.indent, passage.first_line - 1
            tab.area.track("run", passage.start, passage.end)
            tab.is_expected = True

    def set_running(self, tab: str, running: bool) -> None:
        """Show in its title, and in the text, that a tab runs something."""
        if (found := self.tab_of(tab)) is None:
            return
        area = found.area
        if running and not found.is_expected:
            area.untrack("run")  # its text stands nowhere here
        found.is_running, found.is_expected = running, False
        span = area.tracked("run") if running else None
        ranges = []
        if span is not None:
            start, end = area.code.location(span[0]), area.code.location(span[1])
            if end[0] - start[0] <= _MARKED_ROWS:
                ranges.append((start, end))
        area.set_marks("running", ranges)
        self.draw_tabs()

    def mark_error(self, tab: str, position: Position | None, message: str) -> None:
        """Underline the word at `position` of that tab's text and say `message` there."""
        if (found := self.tab_of(tab)) is None:
            return
        found.error = message
        span = found.area.tracked("run")
        if position is not None and span is not None:
            # Lines may have come or gone above it since it began.
            row = position.line - 1 + found.area.code.location(span[0])[0] - found.first_row
            indent = found.indent if position.line - 1 > found.first_row else 0
            place = found.area.clamp_visitable((row, position.column - 1 + indent))
            found.area.set_marks("error", [found.area.word_at(place)])
            found.error = f"Line {row + 1}: {message}"
        self._show_error()

    def clear_error(self, tab: str) -> None:
        """Take the mark away."""
        if (found := self.tab_of(tab)) is not None:
            found.error = ""
            found.area.set_marks("error", [])
            self._show_error()

    def _show_error(self) -> None:
        if not self.is_ready:
            return
        line = self.query_one("#editor-error", Static)
        message = self.tab.error
        line.display = bool(message)
        if message:
            line.update(Text(safe_text(message[:2_000], multiline=True)))

    # Text from elsewhere
    def insert(self, text: str) -> None:
        """Put `text` at the cursor of the active tab, in the place of the selection."""
        area = self.area
        result = area.replace(text, *area.selection, maintain_selection_offset=False)
        area.move_cursor(result.end_location)
        self.focus_text()

    # What the parts share
    def tell(self, text: str, level: str = "information") -> None:
        """A sentence in the corner."""
        severity = "warning" if level == "warning" else "information"
        self.app.notify(text, severity=severity)  # type: ignore[arg-type]
