"""Asks for a file: a path that completes itself while it is typed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from lakeshell.tui.keys import bindings
from lakeshell.tui.screens.path_names import name_line, names_in
from lakeshell.tui.threads import in_background
from lakeshell.tui.widgets.choice_list import ChoiceList
from lakeshell.tui.widgets.safe_input import SafeInput

_MOST = 500
_OPENED = (
    ".sql",
    ".py",
    ".ipynb",
    ".txt",
    ".md",
    ".json",
    ".toml",
    ".yaml",
    ".yml",
    ".ddl",
    ".hql",
)


class PathScreen(ModalScreen["Path | None"]):
    """Tab takes the chosen name, enter opens it; in a folder, enter goes into it."""

    BINDINGS = bindings("palette")

    @dataclass
    class Listed(Message):
        """The names in a folder; `folder` as it was typed."""

        folder: str
        names: list[str]

    def __init__(self, title: str, value: str, *, saving: bool = False) -> None:
        super().__init__()
        self._title_text = title
        self._value = value
        self._saving = saving
        self._folder: str | None = None
        self._names: list[str] = []
        self._shown: list[str] = []
        self._moved = False  # with the arrows, so that enter means the name there

    def compose(self) -> ComposeResult:
        """The dialog."""
        with Vertical(id="path"):
            yield Static(Text(self._title_text), id="path-title")
            yield SafeInput(self._value, id="path-text", compact=True, select_on_focus=False)
            yield ChoiceList(self._row, id="path-list")
            verb = "saves" if self._saving else "opens"
            yield Static(Text(f"tab completes · enter {verb} · escape closes"), id="path-keys")

    def on_mount(self) -> None:
        """Type at once, at the end."""
        entry = self.query_one(Input)
        entry.focus()
        entry.cursor_position = len(entry.value)
        self._look(entry.value)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._look(event.value)

    def _look(self, value: str) -> None:
        folder = value[: value.rfind("/") + 1]
        if folder != self._folder:
            self._folder, self._names = folder, []
            in_background(lambda: self._list(folder), "folder")
        self._filter()

    def _list(self, folder: str) -> None:
        names = names_in(Path(), folder, lambda path: path.suffix.lower() in _OPENED)
        self.post_message(self.Listed(folder, names))

    def on_path_screen_listed(self, message: Listed) -> None:
        """Show them, unless another folder was typed since."""
        if message.folder == self._folder:
            self._names = message.names
            self._filter()

    def _filter(self) -> None:
        value = self.query_one(Input).value
        typed = value[value.rfind("/") + 1 :].lower()
        names = [n for n in self._names if typed.startswith(".") or not n.startswith(".")]
        begin = [n for n in names if n.lower().startswith(typed)]
        hold = [n for n in names if typed in n.lower() and n not in begin]
        self._shown = (begin + hold)[:_MOST]
        self.query_one(ChoiceList).show(len(self._shown))
        self._moved = False

    def on_key(self, event: events.Key) -> None:
        """Arrows move in the list; tab takes the name there."""
        choices = self.query_one(ChoiceList)
        if event.key == "tab":
            self._take(choices.cursor)
        elif choices.take_key(event.key):
            self._moved = True
        else:
            return
        event.stop()
        event.prevent_default()

    def _take(self, number: int) -> None:
        if 0 <= number < len(self._shown):
            entry = self.query_one(Input)
            entry.value = (self._folder or "") + self._shown[number]
            entry.cursor_position = len(entry.value)

    @on(ChoiceList.Clicked)
    def _clicked(self, event: ChoiceList.Clicked) -> None:
        event.stop()
        self._take(event.number)
        self.query_one(Input).focus()

    @on(ChoiceList.Highlighted)
    def _highlighted(self, event: ChoiceList.Highlighted) -> None:
        event.stop()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        value = self.query_one(Input).value.strip()
        unknown = not self._saving and not _exists(value)
        if self._moved or (value and unknown):
            self._take(self.query_one(ChoiceList).cursor)
            value = self.query_one(Input).value.strip()
        if not value:
            return
        try:
            path = Path(value).expanduser()
            is_folder = path.is_dir()
        except (OSError, ValueError, RuntimeError):
            self.notify("This is no path.", severity="warning")
            return
        if is_folder:
            if not value.endswith("/"):
                self.query_one(Input).value = value + "/"
            return
        self.dismiss(path.absolute())

    def _row(self, number: int, width: int) -> Text:
        return name_line(self._shown[number], width)


def _exists(value: str) -> bool:
    try:
        return Path(value).expanduser().exists()
    except (OSError, ValueError, RuntimeError):
        return False
