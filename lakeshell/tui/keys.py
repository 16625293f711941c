"""Every key of the full-screen face: an id, what it does, and the keys it has unless remapped.

`[tui.keys]` in lakeshell.toml maps ids to other keys: `"run.statement" = "ctrl+r"`. Several keys are
separated by commas. A key that many terminals never send (ctrl+enter, ctrl+space) is never alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from textual.binding import Binding

from lakeshell.errors import ConfigError


@dataclass(frozen=True)
class Key:
    """`where` is the part of the screen in which it counts, for the help."""

    id: str
    keys: str
    action: str
    description: str
    where: str
    show: bool = False
    priority: bool = False


KEYS = (
    # Everywhere
    Key("run.statement", "f5,ctrl+j,ctrl+enter", "run_statement", "Run", "everywhere", True, True),
    Key("run.all", "f7", "run_all", "Run all", "everywhere", priority=True),
    Key("run.cancel", "escape", "cancel", "Cancel", "everywhere"),
    Key("palette", "ctrl+p", "command_palette", "Palette", "everywhere", True, True),
    Key("help", "f1", "help", "Help", "everywhere", True, True),
    Key("focus.editor", "f2", "focus_editor", "Editor", "everywhere", priority=True),
    Key("focus.results", "f3", "focus_results", "Results", "everywhere", priority=True),
    Key("focus.catalog", "f6", "focus_catalog", "Catalog", "everywhere", priority=True),
    Key("focus.dock", "f11", "focus_dock", "Table dock", "everywhere", priority=True),
    Key("format", "f4", "format", "Format", "everywhere", priority=True),
    Key("history", "f8", "history", "History", "everywhere", True, True),
    Key("toggle.catalog", "f9", "toggle_catalog", "Catalog on/off", "everywhere", priority=True),
    Key("toggle.dock", "shift+f9,alt+d", "toggle_dock", "Dock on/off", "everywhere", priority=True),
    Key("zoom", "f10", "zoom", "Zoom pane", "everywhere", priority=True),
    Key("streams", "f12,alt+s", "streams", "Streams", "everywhere", True, True),
    Key("jump", "ctrl+g", "jump", "Jump", "everywhere", True, True),
    Key("export", "ctrl+e", "export", "Export", "everywhere", priority=True),
    Key("quit", "ctrl+q", "quit", "Quit", "everywhere", True, True),
    Key("pane.narrower", "alt+left", "resize('width', -4)", "Narrower", "everywhere"),
    Key("pane.wider", "alt+right", "resize('width', 4)", "Wider", "everywhere"),
    Key("pane.lower", "alt+down", "resize('height', -2)", "Lower", "everywhere"),
    Key("pane.higher", "alt+up", "resize('height', 2)", "Higher", "everywhere"),
    # The catalog tree
    Key("catalog.choose", "enter", "want('choose')", "Show in the dock", "catalog"),
    Key("catalog.preview", "p,space", "want('preview')", "Preview rows", "catalog", True),
    Key("catalog.insert", "i", "want('insert')", "Insert the name", "catalog", True),
    Key("catalog.ddl", "d", "want('ddl')", "DDL in a new tab", "catalog"),
    Key("catalog.drop", "D,delete", "want('drop')", "Drop (asks)", "catalog"),
    Key("catalog.use", "u", "want('use')", "USE schema", "catalog"),
    Key("catalog.copy", "y", "want('copy')", "Copy the name", "catalog"),
    Key("catalog.menu", "m", "want('menu')", "Menu", "catalog", True),
    Key("catalog.refresh", "r", "want('refresh')", "Read again", "catalog"),
    Key("catalog.filter", "slash", "want('filter')", "Filter", "catalog", True),
    Key("catalog.unfilter", "escape", "want('unfilter')", "No filter", "catalog"),
    Key("catalog.next", "n", "found(1)", "Next that is found", "catalog"),
    Key("catalog.previous", "N", "found(-1)", "The one before", "catalog"),
    Key("catalog.down", "down,j", "move(1)", "Down", "catalog"),
    Key("catalog.up", "up,k", "move(-1)", "Up", "catalog"),
    Key("catalog.page.down", "pagedown", "page(1)", "Page down", "catalog"),
    Key("catalog.page.up", "pageup", "page(-1)", "Page up", "catalog"),
    Key("catalog.first", "home,g", "first", "To the top", "catalog"),
    Key("catalog.last", "end,G", "last", "To the bottom", "catalog"),
    Key("catalog.open", "right,l", "open", "Open", "catalog"),
    Key("catalog.close", "left,h", "close", "Close", "catalog"),
)


def bindings(where: str, keys: Iterable[Key] = KEYS) -> list[Binding]:
    """The bindings of one part of the screen."""
    return [
        Binding(
            key.keys, key.action, key.description, show=key.show, priority=key.priority, id=key.id
        )
        for key in keys
        if key.where == where
    ]


def check_keymap(wanted: Mapping[str, str], known: Iterable[str]) -> None:
    """ConfigError naming an id of `[tui.keys]` that there is not."""
    ids = list(known)
    for name in wanted:
        if name not in ids:
            near = get_close_matches(name, ids, n=3)
            raise ConfigError(
                f"[tui.keys] has no key {name!r}.",
                hint=f"Did you mean {' or '.join(near)}?" if near else "F1 lists them.",
            )
