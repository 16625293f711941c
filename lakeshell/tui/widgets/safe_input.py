"""A line to type in that may begin with text of data: a path, a title, a cell's value."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Input

from lakeshell.tui.editor.document import shown_line


class SafeInput(Input):
    """Textual's Input sends its value to the terminal as it is; here it is shown as in the editor,
    character for character, and kept as it is."""

    @property
    def _value(self) -> Text:
        shown = shown_line(self.value).replace("\t", "→")
        return Text(shown, no_wrap=True, overflow="ignore", end="")
