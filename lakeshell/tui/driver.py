"""The terminal that the full screen is drawn on, for as long as it is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Any, cast

from textual import events
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from lakeshell.tui.messages import TerminalGone


class TerminalDriver(LinuxDriver):
    """Textual's driver for chords with alt, and for a terminal that goes away.

    Textual's own output thread dies of the first failed write (a closed window, a lost ssh); the
    program then waits for it for ever, with the text of the tabs unsaved. Here what can't be
    written is dropped, and the app is told once, so that it ends as it does after SIGHUP.
    """

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        file: Any = self._file
        self._file = cast(Any, _Output(file, self._tell_gone))

    def process_message(self, message: Message) -> None:
        """A chord with alt is a key, not the letter: else an editor would type it."""
        if isinstance(message, events.Key) and message.key.startswith("alt+"):
            message = events.Key(message.key, None)
        super().process_message(message)

    def _tell_gone(self) -> None:
        self._loop.call_soon_threadsafe(self._app.post_message, TerminalGone())


class _Output:
    """A text file whose failures to write are told once and then ignored."""

    def __init__(self, file: IO[str], gone: Callable[[], None]) -> None:
        self._wrapped = file
        self._gone = gone
        self._is_gone = False

    def write(self, text: str) -> None:
        self._try(lambda: self._wrapped.write(text))

    def flush(self) -> None:
        self._try(self._wrapped.flush)

    def fileno(self) -> int:
        return self._wrapped.fileno()

    def isatty(self) -> bool:
        return self._wrapped.isatty()

    def _try(self, act: Callable[[], object]) -> None:
        if self._is_gone:
            return
        try:
            act()
        except (OSError, ValueError):
            self._is_gone = True
            self._gone()
