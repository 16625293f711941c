"""The editor alone on a screen, and what it asks of the rest of the program."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.screen import Screen
from tui.fakes import Answer, fake_workbench

import lakeshell.tui
from lakeshell.tui.keys import bindings
from lakeshell.tui.messages import MetadataChanged, RunRequested, TabChosen, TabClosed
from lakeshell.tui.panes.editor import EditorPane
from lakeshell.tui.workbench import Workbench

_STYLES = Path(lakeshell.tui.__file__).parent


class EditorScreen(Screen[None]):
    """Carries keys and messages as the main screen does."""

    BINDINGS = bindings("everywhere")

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self.editor = EditorPane(bench)
        self.requests: list[RunRequested] = []
        self.chosen: list[str] = []
        self.closed: list[str] = []
        self.cancelled = 0

    def compose(self) -> ComposeResult:
        yield self.editor

    def on_mount(self) -> None:
        self.editor.focus_text()

    def on_run_requested(self, message: RunRequested) -> None:
        self.requests.append(message)

    def on_tab_chosen(self, message: TabChosen) -> None:
        self.chosen.append(message.tab)

    def on_tab_closed(self, message: TabClosed) -> None:
        self.closed.append(message.tab)

    def on_metadata_changed(self, message: MetadataChanged) -> None:
        self.editor.names_changed()

    def action_run_statement(self) -> None:
        self.editor.action_run_statement()

    def action_run_all(self) -> None:
        self.editor.action_run_all()

    def action_format(self) -> None:
        self.editor.action_format()

    def action_history(self) -> None:
        self.editor.action_history()

    def action_cancel(self) -> None:
        self.cancelled += 1


class EditorApp(App[None]):
    """An app of one editor. `said` are its notifications."""

    CSS_PATH: ClassVar = [_STYLES / "lakeshell.tcss", _STYLES / "editor.tcss"]

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self.bench = bench
        self.main = EditorScreen(bench)
        self.said: list[str] = []

    @property
    def editor(self) -> EditorPane:
        return self.main.editor

    @property
    def text(self) -> str:
        return self.editor.area.text

    def on_mount(self) -> None:
        self.bench.post = self.main.post_message
        self.push_screen(self.main)

    def notify(self, message: Any, **options: Any) -> None:  # type: ignore[override]
        self.said.append(str(message))
        super().notify(message, **options)

    def put(self, text: str, row: int = 0, column: int = 0) -> None:
        """Another text in the active tab, the cursor there."""
        self.editor.area.replace_all(text)
        self.editor.area.move_cursor((row, column))

    def lines(self) -> list[str]:
        """The screen as text."""
        return ["".join(s.text for s in strip) for strip in self.screen._compositor.render_strips()]


def editor_app(
    folder: Path, answers: Sequence[tuple[str, Answer]] = (), *, opening: bool = False
) -> EditorApp:
    """An app on an empty home in `folder`."""
    return EditorApp(fake_workbench(folder, answers, opening=opening))
