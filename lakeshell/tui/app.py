"""The full-screen program: its look, its screens, its beginning and its end."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import tempfile
import threading
import traceback
from collections.abc import Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events
from textual.app import App
from textual.message import Message
from textual.theme import BUILTIN_THEMES

from lakeshell.config import Config
from lakeshell.home import Home
from lakeshell.render.safe_text import safe_text
from lakeshell.tui.driver import TerminalDriver
from lakeshell.tui.keys import KEYS, check_keymap
from lakeshell.tui.messages import EditorReady, TerminalGone
from lakeshell.tui.palette import LakeshellCommands, PercentCommands
from lakeshell.tui.screens.main import MainScreen
from lakeshell.tui.themes import THEMES, check_theme
from lakeshell.tui.workbench import Workbench

if TYPE_CHECKING:
    from lakeshell.commands.options import Options
    from lakeshell.session.remote import Remote
    from lakeshell.sql.variables import Parameter

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class LakeshellApp(App[int]):
    """lakeshell, full screen, on one lakehouse."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [
        "lakeshell.tcss",
        "editor.tcss",
        "results.tcss",
        "grid.tcss",
        "catalog.tcss",
        "dock.tcss",
        "streams.tcss",
    ]
    TITLE = "lakeshell"
    COMMANDS = App.COMMANDS | {LakeshellCommands, PercentCommands}

    def __init__(self, bench: Workbench) -> None:
        super().__init__(driver_class=TerminalDriver)
        self.bench = bench
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = self._first_theme()
        self.set_keymap(dict(bench.config.tui.keys))
        self.main = MainScreen(bench)
        self._early: list[events.Key | events.Paste] | None = []

    async def on_event(self, event: events.Event) -> None:
        """What is typed before there is an editor waits for it."""
        if self._early is not None and isinstance(event, (events.Key, events.Paste)):
            self._early.append(event)
            return
        await super().on_event(event)

    def on_editor_ready(self, message: EditorReady) -> None:
        """What was typed before there was an editor goes to it."""
        early, self._early = self._early or (), None
        for event in early:
            if isinstance(event, events.Key):
                self.post_message(events.Key(event.key, event.character))
            else:
                self.post_message(events.Paste(event.text))

    def on_mount(self) -> None:
        """Draw first; the server starts behind it."""
        self.bench.post = self._deliver
        self.bench.confirm = self._confirm
        self.bench.notify = lambda text, level: self.notify(
            safe_text(text),
            severity="warning" if level == "warning" else "information",
            markup=False,
        )
        self._listen_to_signals()
        self.theme_changed_signal.subscribe(self, self._remember_theme)
        self.push_screen(self.main)
        self.call_after_refresh(self.bench.connection.start)

    # The look
    def _first_theme(self) -> str:
        """The one chosen last, as long as the configured one is the same as then."""
        configured = self.bench.config.tui.theme
        remembered = self.bench.state.get("theme")
        if isinstance(remembered, list) and remembered[:1] == [configured]:
            chosen = remembered[-1]
            if chosen in self.available_themes:
                return str(chosen)
        return configured

    def _remember_theme(self, theme: object) -> None:
        self.bench.state.put("theme", [self.bench.config.tui.theme, self.theme])

    # From other threads
    def _deliver(self, message: Message) -> None:
        """To the main screen, from any thread, whatever stands above it."""
        self.main.post_message(message)

    def _confirm(self, question: str) -> bool:
        """Ask the person, and wait for the answer: for a thread that runs their text."""
        from lakeshell.tui.screens.dialogs import Confirm

        answered = threading.Event()
        answer = False

        def take(said: bool | None) -> None:
            nonlocal answer
            answer = bool(said)
            answered.set()

        def ask() -> None:
            self.push_screen(Confirm(question, yes="Run", danger=True), take)

        self.call_later(ask)
        while not answered.wait(0.1):
            if not self.is_running:
                return False
        return answer

    # The end
    async def action_quit(self) -> None:
        """Leave; what runs is asked about first."""
        running = len(self.bench.running)
        if not running:
            self.exit(0)
            return
        from lakeshell.tui.screens.dialogs import Confirm

        what = "A tab still runs something." if running == 1 else f"{running} tabs still run."
        question = f"{what} Leaving stops it; the text of the tabs is kept."

        def leave(really: bool | None) -> None:
            if really:
                self.exit(0)

        self.push_screen(Confirm(question, yes="Stop and leave", danger=True), leave)

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            # Not in the main thread (a test): signals are somebody else's.
            with contextlib.suppress(ValueError, RuntimeError, NotImplementedError):
                loop.add_signal_handler(number, self._end_by_signal, number)

    def _end_by_signal(self, number: int) -> None:
        """The conventional exit code; the panes save their text as they go."""
        self.exit(128 + number, return_code=128 + number)

    def on_terminal_gone(self, message: TerminalGone) -> None:
        """As the signal that should have told it."""
        self._end_by_signal(signal.SIGHUP)

    def _fatal_error(self) -> None:
        """A fault of ours: one sentence, and the whole of it in a file."""
        fault = self._exception or RuntimeError("unknown")
        try:
            with tempfile.NamedTemporaryFile(
                "w", prefix="lakeshell-", suffix=".log", delete=False, encoding="utf-8"
            ) as log:
                traceback.print_exception(fault, file=log)
            where = f"The details are in {log.name}. "
        except OSError:
            where = ""
        told = safe_text(f"{type(fault).__name__}: {str(fault)[:200]}")
        self.panic(
            Text(
                f"lakeshell met a fault of its own: {told}\n"
                f"{where}The text of your tabs is kept for the next start."
            )
        )


def run(
    home: Home,
    config: Config,
    *,
    remote: Remote | None = None,
    variables: Mapping[str, str] | None = None,
    parameters: Mapping[str, Parameter] | None = None,
    options: Options | None = None,
) -> int:
    """Open the workbench and stay in it until the person leaves; the exit code.

    ConfigError where `[tui]` names a key or a theme that there is not.
    """
    check_keymap(config.tui.keys, (key.id for key in KEYS))
    check_theme(config.tui.theme, [*BUILTIN_THEMES, *(theme.name for theme in THEMES)])
    home.create()
    bench = Workbench(
        home, config, remote=remote, variables=variables, parameters=parameters, options=options
    )
    try:
        app = LakeshellApp(bench)
        left = app.run(mouse=config.tui.mouse)
        return app.return_code or left or 0
    finally:
        bench.close()
