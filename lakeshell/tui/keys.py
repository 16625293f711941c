"""Every key of the full-screen face: an id, what it does, and the keys it has unless remapped.

`[tui.keys]` in lakeshell.toml maps ids to other keys: `"run.statement" = "ctrl+r"`. Several keys
are separated by commas. A key that many terminals never send (ctrl+enter, ctrl+space) or keep for
themselves (F1, F10, F11) is never alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from textual.binding import Binding, BindingType

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
    Key("explain", "shift+f5,alt+q", "explain", "Explain the statement", "everywhere"),
    Key("run.cancel", "escape", "cancel", "Cancel", "everywhere"),
    Key("palette", "ctrl+p", "command_palette", "Palette", "everywhere", True, True),
    Key("help", "f1,alt+h", "help", "Help", "everywhere", True, True),
    Key("help.question", "question_mark", "help", "Help", "everywhere"),
    Key("server.restart", "alt+x", "restart_server", "Start the server again", "everywhere"),
    Key("focus.editor", "f2", "focus_editor", "Editor", "everywhere", priority=True),
    Key("focus.results", "f3", "focus_results", "Results", "everywhere", priority=True),
    Key("focus.catalog", "f6", "focus_catalog", "Catalog", "everywhere", priority=True),
    Key("focus.dock", "f11,alt+o", "focus_dock", "Table dock", "everywhere", priority=True),
    Key("format", "f4", "format", "Format", "everywhere", priority=True),
    Key("history", "f8", "history", "History", "everywhere", True, True),
    Key("toggle.catalog", "f9", "toggle_catalog", "Catalog on/off", "everywhere", priority=True),
    Key("toggle.dock", "shift+f9,alt+d", "toggle_dock", "Dock on/off", "everywhere", priority=True),
    Key("zoom", "f10,alt+z", "zoom", "Zoom pane", "everywhere", priority=True),
    Key("streams", "f12,alt+s", "streams", "Streams", "everywhere", True, True),
    Key("jump", "ctrl+g", "jump", "Jump", "everywhere", True, True),
    Key("export", "ctrl+e", "export", "Export", "everywhere", priority=True),
    Key("quit", "ctrl+q", "quit", "Quit", "everywhere", True, True),
    Key("pane.narrower", "alt+left", "resize('width', -4)", "Narrower", "everywhere"),
    Key("pane.wider", "alt+right", "resize('width', 4)", "Wider", "everywhere"),
    Key("pane.lower", "alt+down", "resize('height', -2)", "Lower", "everywhere"),
    Key("pane.higher", "alt+up", "resize('height', 2)", "Higher", "everywhere"),
    # Help and jump mode
    Key("help.close", "escape,f1", "close", "Close", "help", True, True),
    Key("jump.close", "escape", "close", "Stay", "jumping", True),
    # Questions
    Key("dialog.yes", "y", "answer(True)", "Yes", "dialog"),
    Key("dialog.no", "n", "answer(False)", "No", "dialog"),
    Key("dialog.close", "escape", "close", "Leave", "dialog"),
    Key("dialog.text.close", "escape", "close", "Leave", "dialog.text"),
    # The editor
    Key("tab.new", "ctrl+n", "new_tab", "New tab", "editor", True),
    Key("tab.close", "ctrl+w", "close_tab", "Close tab", "editor"),
    Key("tab.next", "ctrl+k,ctrl+pagedown", "step_tab(1)", "Next tab", "editor"),
    Key("tab.previous", "ctrl+shift+k,ctrl+pageup,alt+k", "step_tab(-1)", "Tab before", "editor"),
    Key("tab.reopen", "ctrl+shift+t,alt+t", "reopen_tab", "Reopen closed tab", "editor"),
    Key("tab.rename", "alt+r", "rename_tab", "Rename tab", "editor"),
    Key("tab.language", "alt+l", "toggle_language", "SQL or Python", "editor"),
    Key("file.open", "ctrl+o", "open_file", "Open file", "editor"),
    Key("file.save", "ctrl+s", "save_file", "Save file", "editor"),
    Key("file.save.as", "ctrl+shift+s,alt+w", "save_file_as", "Save as", "editor"),
    Key("edit.complete", "ctrl+@,ctrl+space,alt+c", "complete", "Complete", "editor"),
    Key("edit.find", "ctrl+f", "find", "Find", "editor", True),
    Key("edit.replace", "ctrl+r,ctrl+h", "find_and_replace", "Find and replace", "editor"),
    Key("edit.line", "ctrl+l", "go_to_line", "Go to line", "editor"),
    Key("edit.comment", "ctrl+underscore,ctrl+slash", "toggle_comment", "Comment", "editor"),
    Key("edit.duplicate", "ctrl+shift+d,alt+y", "duplicate_lines", "Duplicate lines", "editor"),
    Key("edit.line.up", "ctrl+shift+up,alt+p", "move_lines(-1)", "Move lines up", "editor"),
    Key("edit.line.down", "ctrl+shift+down,alt+n", "move_lines(1)", "Move lines down", "editor"),
    Key("edit.outside", "alt+e", "edit_outside", "Edit in $EDITOR", "editor"),
    Key("edit.snippet", "alt+i", "snippets", "Insert a snippet", "editor"),
    Key("text.all", "ctrl+a", "select_all", "Select all", "text"),
    Key("text.top", "ctrl+home", "edge(False)", "Top", "text"),
    Key("text.bottom", "ctrl+end", "edge(True)", "Bottom", "text"),
    Key("text.select.top", "ctrl+shift+home", "edge(False, True)", "Select to the top", "text"),
    Key("text.select.bottom", "ctrl+shift+end", "edge(True, True)", "Select to the end", "text"),
    # Find and replace
    Key("find.next", "down", "step(1)", "Next match", "find"),
    Key("find.previous", "up,shift+enter", "step(-1)", "Match before", "find"),
    Key("find.case", "alt+c", "toggle_case", "Match case", "find"),
    Key("find.pattern", "alt+x", "toggle_pattern", "Regular expression", "find"),
    Key("find.replace.all", "alt+a", "replace(True)", "Replace all", "find"),
    Key("find.close", "escape", "close", "Close", "find"),
    # The history palette
    Key("history.insert", "enter", "insert", "Insert", "history", True, True),
    Key("history.run", "ctrl+j,ctrl+enter,f5", "run", "Run", "history", True, True),
    Key("history.delete", "ctrl+d,shift+delete", "delete", "Forget it", "history", True, True),
    Key("history.close", "escape", "close", "Close", "history", True),
    Key("palette.close", "escape", "dismiss(None)", "Close", "palette"),
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
    # The table's dock
    Key("dock.tab.next", "right_square_bracket", "tab(1)", "Next tab", "dock", True),
    Key("dock.tab.before", "left_square_bracket", "tab(-1)", "Tab before", "dock"),
    Key("dock.refresh", "r", "read_anew", "Read again", "dock", True),
    Key("dock.stop", "escape", "stop", "Stop the maintenance", "dock"),
    # Its versions
    Key("version.preview", "p,space", "want('preview')", "Preview version", "versions", True),
    Key("version.compare", "equals_sign,m", "want('mark')", "Mark, compare", "versions", True),
    Key("version.copy", "y", "want('copy')", "Copy VERSION AS OF", "versions", True),
    Key("version.restore", "R", "want('restore')", "Restore (asks)", "versions", True),
    Key("version.down", "down,j", "cursor_down", "Down", "versions"),
    Key("version.up", "up,k", "cursor_up", "Up", "versions"),
    Key("version.latest", "g,home", "scroll_top", "Latest", "versions"),
    Key("version.first", "G,end", "scroll_bottom", "First", "versions"),
    # The results
    Key("results.results", "1", "show_part('results')", "Results", "results"),
    Key("results.chart", "2", "show_part('chart')", "Chart", "results", True),
    Key("results.messages", "3", "show_part('messages')", "Messages", "results", True),
    Key("results.plan", "4", "show_part('plan')", "Plan", "results", True),
    Key("results.progress", "5", "show_part('progress')", "Progress", "results"),
    Key("results.next", "right_square_bracket", "step_output(1)", "Next result", "results"),
    Key("results.previous", "left_square_bracket", "step_output(-1)", "Result before", "results"),
    Key("results.pin", "p", "pin", "Pin the result", "results"),
    Key("results.close", "ctrl+w", "close_output", "Close the result", "results"),
    Key("results.more", "m", "fetch_more", "Ten times as many rows", "results"),
    Key("results.all", "a", "fetch_all", "All rows", "results"),
    Key("results.stop", "escape", "stop_fetch", "Stop fetching", "results"),
    Key("results.explain", "e", "explain", "Explain the statement", "results"),
    # Text, messages, plans
    Key("lines.up", "up,k", "move(-1)", "Up", "lines"),
    Key("lines.down", "down,j", "move(1)", "Down", "lines"),
    Key("lines.page_up", "pageup", "page(-1)", "Page up", "lines"),
    Key("lines.page_down", "pagedown", "page(1)", "Page down", "lines"),
    Key("lines.top", "home,g", "edge(False)", "To the top", "lines"),
    Key("lines.bottom", "end,G", "edge(True)", "To the bottom", "lines"),
    Key("lines.choose", "enter", "choose", "Go there", "lines"),
    Key("lines.fold", "space", "fold('toggle')", "Open or close", "lines"),
    Key("lines.close", "left,h", "fold('close')", "Close", "lines"),
    Key("lines.open", "right,l", "fold('open')", "Open", "lines"),
    Key("lines.copy", "y,ctrl+c", "copy", "Copy", "lines"),
    Key("lines.copy_all", "Y", "copy(True)", "Copy all", "lines"),
    # The chart
    Key("chart.kind", "c", "choose_chart('kind')", "Kind of chart", "chart", True),
    Key("chart.x", "x", "choose_chart('x')", "Across", "chart", True),
    Key("chart.y", "v", "choose_chart('y')", "Values", "chart", True),
    Key("chart.group", "b", "choose_chart('group')", "Series by", "chart", True),
    # The streams
    Key("streams.stop", "S,delete", "stop", "Stop (asks)", "streams", True),
    Key("streams.restart", "R", "restart", "Restart (asks)", "streams", True),
    Key("streams.open", "o,enter", "open_sink", "Open its table", "streams", True),
    Key("streams.close", "escape,q", "close", "Close", "streams", True),
    Key("streams.help", "f1,question_mark,alt+h", "help", "Help", "streams", True),
    # Result grids
    Key("grid.up", "up,k", "cursor(-1, 0)", "Up", "grid"),
    Key("grid.down", "down,j", "cursor(1, 0)", "Down", "grid"),
    Key("grid.left", "left,h", "cursor(0, -1)", "Left", "grid"),
    Key("grid.right", "right,l", "cursor(0, 1)", "Right", "grid"),
    Key("grid.page_up", "pageup", "page(-1)", "Page up", "grid"),
    Key("grid.page_down", "pagedown", "page(1)", "Page down", "grid"),
    Key("grid.first_column", "home,0", "row_edge(False)", "First column", "grid"),
    Key("grid.last_column", "end,dollar_sign", "row_edge(True)", "Last column", "grid"),
    Key("grid.top", "g,ctrl+home", "edge(False)", "First row", "grid"),
    Key("grid.bottom", "G,ctrl+end", "edge(True)", "Last row", "grid"),
    Key("grid.go_to_row", "number_sign,colon", "go_to_row", "Go to row or column", "grid"),
    Key("grid.extend_up", "shift+up", "cursor(-1, 0, True)", "Select up", "grid"),
    Key("grid.extend_down", "shift+down", "cursor(1, 0, True)", "Select down", "grid"),
    Key("grid.extend_left", "shift+left", "cursor(0, -1, True)", "Select left", "grid"),
    Key("grid.extend_right", "shift+right", "cursor(0, 1, True)", "Select right", "grid"),
    Key("grid.extend_page_up", "shift+pageup", "page(-1, True)", "Select page up", "grid"),
    Key("grid.extend_page_down", "shift+pagedown", "page(1, True)", "Select page down", "grid"),
    Key("grid.select", "v", "select", "Select cells", "grid"),
    Key("grid.drop", "escape", "drop", "Drop selection, search, filter", "grid"),
    Key("grid.choose", "enter", "choose", "Choose row", "grid"),
    Key("grid.filter", "slash", "filter", "Filter", "grid", True),
    Key("grid.sort", "s", "sort", "Sort", "grid", True),
    Key("grid.sort_more", "S", "sort(True)", "Sort by this, too", "grid"),
    Key("grid.inspect", "space", "inspect", "Inspect", "grid", True),
    Key("grid.transpose", "t", "transpose", "Row as list", "grid", True),
    Key("grid.copy", "y,ctrl+c", "copy", "Copy", "grid", True),
    Key("grid.copy_row", "Y", "copy_row", "Copy row", "grid"),
    Key("grid.copy_column", "C", "copy_column", "Copy column", "grid"),
    Key("grid.copy_as", "alt+y", "copy_as", "Copy as …", "grid"),
    Key("grid.find", "ctrl+f", "find", "Find", "grid"),
    Key("grid.find_cell", "asterisk", "find_cell", "Find this value", "grid"),
    Key("grid.next", "n", "next(1)", "Next match", "grid"),
    Key("grid.previous", "N", "next(-1)", "Previous match", "grid"),
    Key("grid.hide", "minus", "hide", "Hide column", "grid"),
    Key("grid.show_all", "plus", "show_all", "Show all columns", "grid"),
    Key("grid.freeze", "f", "freeze", "Freeze columns", "grid"),
    Key("grid.narrower", "less_than_sign", "widen(-4)", "Narrower column", "grid"),
    Key("grid.wider", "greater_than_sign", "widen(4)", "Wider column", "grid"),
    Key("grid.fit", "equals_sign", "fit", "Fit column", "grid"),
    # One cell, one row
    Key("cell.close", "escape,q,space", "close", "Close", "cell", True),
    Key("cell.copy", "y,ctrl+c", "copy", "Copy", "cell", True),
    Key("cell.raw", "p", "toggle_raw", "Pretty or as it is", "cell", True),
    Key("cell.wrap", "w", "toggle_wrap", "Wrap", "cell", True),
    Key("cell.up", "up,k", "scroll(-1)", "Up", "cell"),
    Key("cell.down", "down,j", "scroll(1)", "Down", "cell"),
    Key("cell.left", "left,h", "scroll_sideways(-8)", "Left", "cell"),
    Key("cell.right", "right,l", "scroll_sideways(8)", "Right", "cell"),
    Key("cell.page_up", "pageup", "page(-1)", "Page up", "cell"),
    Key("cell.page_down", "pagedown", "page(1)", "Page down", "cell"),
    Key("cell.top", "g,home", "top", "Top", "cell"),
    Key("cell.bottom", "G,end", "bottom", "Bottom", "cell"),
    Key("row.close", "escape,q,t", "close", "Close", "row", True),
    Key("row.inspect", "space,enter", "inspect", "Inspect", "row", True),
    Key("row.copy", "y,ctrl+c", "copy", "Copy value", "row", True),
    Key("row.copy_all", "Y", "copy_all", "Copy row as JSON", "row"),
    Key("row.next", "n,right,l", "step(1)", "Next row", "row", True),
    Key("row.previous", "N,left,h", "step(-1)", "Row before", "row", True),
    Key("row.up", "up,k", "move(-1)", "Up", "row"),
    Key("row.down", "down,j", "move(1)", "Down", "row"),
    Key("row.page_up", "pageup", "page(-1)", "Page up", "row"),
    Key("row.page_down", "pagedown", "page(1)", "Page down", "row"),
    Key("row.top", "g,home", "edge(False)", "First column", "row"),
    Key("row.bottom", "G,end", "edge(True)", "Last column", "row"),
    Key("export.close", "escape", "close", "Close", "export", True),
)


def bindings(where: str, keys: Iterable[Key] = KEYS) -> list[BindingType]:
    """The bindings of one part of the screen."""
    return [
        Binding(
            key.keys, key.action, key.description, show=key.show, priority=key.priority, id=key.id
        )
        for key in keys
        if key.where == where
    ]


def shown_keys(key: Key, remapped: str | None = None) -> str:
    """The keys of an action as people write them: `F5  ctrl+j`."""
    return "  ".join(dict.fromkeys(_shown(name) for name in (remapped or key.keys).split(",")))


_NAMES = {
    "question_mark": "?", "slash": "/", "number_sign": "#", "asterisk": "*", "minus": "-",
    "plus": "+", "less_than_sign": "<", "greater_than_sign": ">", "dollar_sign": "$",
    "left_square_bracket": "[", "right_square_bracket": "]", "underscore": "_",
    "full_stop": ".", "comma": ",", "equals_sign": "=", "vertical_line": "|", "at": "@",
    "exclamation_mark": "!", "circumflex_accent": "^", "colon": ":", "tilde": "~",
    "@": "space",
}  # fmt: skip


def _shown(name: str) -> str:
    *modifiers, last = name.strip().split("+")
    last = _NAMES.get(last, last)
    if len(last) > 1 and last[0] == "f" and last[1:].isdigit():
        last = last.upper()
    return "+".join([*modifiers, last])


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
