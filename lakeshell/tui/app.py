"""The full-screen program: its look, its screens, its beginning and its end."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events
from textual.app import App
from textual.css.query import NoMatches
from textual.message import Message
from textual.theme import BUILTIN_THEMES

from lakeshell.config import Config
from lakeshell.home import Home
from lakeshell.render.safe_text import safe_text
from lakeshell.tui.driver import TerminalDriver
from lakeshell.tui.keys import KEYS, check_keymap
from lakeshell.tui.layout import Layout
from lakeshell.tui.messages import EditorReady, TerminalGone
from lakeshell.tui.palette import LakeshellCommands, PercentCommands
from lakeshell.tui.screens.opening import OpeningScreen
from lakeshell.tui.state import TuiState
from lakeshell.tui.themes import THEMES, check_theme

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel

    from lakeshell.commands.options import Options
    from lakeshell.session.remote import Remote
    from lakeshell.sql.variables import Parameter
    from lakeshell.tui.screens.main import MainScreen
    from lakeshell.tui.workbench import Workbench

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class LakeshellApp(App[int]):
    """lakeshell, full screen, on one lakehouse."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["lakeshell.tcss"]
    TITLE = "lakeshell"
    COMMANDS = App.COMMANDS | {LakeshellCommands, PercentCommands}

    def __init__(self, config: Config, state: TuiState, build: Callable[[], Workbench]) -> None:
        """`build` makes the workbench, after the first frame is drawn."""
        super().__init__(driver_class=TerminalDriver)
        self.config = config
        self.state = state
        self.bench: Workbench
        self.main: MainScreen
        self.is_open = False  # whether `bench` and `main` are there
        self._build = build
        self._has_failed = False
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = self._first_theme()
        self.set_keymap(dict(config.tui.keys))
        # What is typed before there is an editor waits for it.
        self._early: list[events.Key | events.Paste] | None = []

    def on_mount(self) -> None:
        """Hear what comes from outside."""
        self._listen_to_signals()
        self.theme_changed_signal.subscribe(self, self._remember_theme)

    def get_default_screen(self) -> OpeningScreen:
        """The first frame."""
        layout = Layout.restored(self.state.get("layout"))
        return OpeningScreen(self.state.tabs(), layout, self.config.tui.keys)

    async def on_ready(self) -> None:
        """The first frame is drawn: build the workbench and go to it."""
        from lakeshell.tui.screens.main import MainScreen

        self.bench = bench = self._build()
        bench.post = self._deliver
        bench.confirm = self._confirm
        bench.notify = lambda text, level: self.notify(
            text, severity="warning" if level == "warning" else "information"
        )
        self.main = MainScreen(bench)
        await self.push_screen(self.main)
        self.is_open = True

    async def on_event(self, event: events.Event) -> None:
        """Keep what is typed before there is an editor; a mouse has nothing to hit yet."""
        if self._early is not None:
            if isinstance(event, (events.Key, events.Paste)):
                self._early.append(event)
                return
            if isinstance(event, events.MouseEvent):
                return
        await super().on_event(event)

    async def on_editor_ready(self, message: EditorReady) -> None:
        """What was typed before there was an editor goes to it, before what was typed since; then
        Spark may have the machine."""
        early, self._early = self._early or (), None
        for event in early:
            await self.on_event(event)
        self.bench.connection.start()

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """A sentence in the corner, from any thread. Whoever says it, and whatever `markup` says:
        what it names may come from data, so that it is plain text."""
        super().notify(
            safe_text(message, multiline=True),
            title=title,
            severity=severity,
            timeout=timeout,
            markup=False,
        )

    # The look
    def _first_theme(self) -> str:
        """The one chosen last, as long as the configured one is the same as then."""
        configured = self.config.tui.theme
        remembered = self.state.get("theme")
        if isinstance(remembered, list) and remembered[:1] == [configured]:
            chosen = remembered[-1]
            if chosen in self.available_themes:
                return str(chosen)
        return configured

    def _remember_theme(self, theme: object) -> None:
        self.state.put("theme", [self.config.tui.theme, self.theme])

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
            self.push_screen(Confirm(question, yes="Run", danger=True, sudden=True), take)

        self.call_later(ask)
        while not answered.wait(0.1):
            if not self.is_running:
                return False
        return answer

    # The end
    async def action_quit(self) -> None:
        """Leave; what runs is asked about first."""
        running = self.main.still_running()
        if not running:
            self.exit(0)
            return
        from lakeshell.tui.screens.dialogs import Confirm

        question = f"{' '.join(running)} Leaving stops it; the text of the tabs is kept."

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

    def _handle_exception(self, error: Exception) -> None:
        # A screen that was just being opened when the program ends gets no widgets any more.
        is_ending = self._exit or (self.is_open and not self.is_running)
        if not (is_ending and isinstance(error, NoMatches)):
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """A fault of ours: one sentence, and the whole of it in a file."""
        if self._has_failed:  # what a fault brings down with it is not told
            return
        self._has_failed = True
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


def _close(bench: Workbench) -> None:
    """End everything, and say on the terminal, which is the person's own again, what goes on."""
    if names := bench.close():
        from lakeshell.session.session_streams import go_on

        with contextlib.suppress(OSError):  # the terminal may be gone
            print(safe_text(go_on(names)), file=sys.stderr)


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
    ends = contextlib.ExitStack()
    state = TuiState(home)
    ends.callback(state.close)

    def build() -> Workbench:
        from lakeshell.tui.workbench import Workbench

        bench = Workbench(
            home,
            config,
            remote=remote,
            variables=variables,
            parameters=parameters,
            options=options,
            state=state,
        )
        ends.callback(_close, bench)
        return bench

    with ends:
        app = LakeshellApp(config, state, build)
        left = app.run(mouse=config.tui.mouse)
        return app.return_code or left or 0
