"""The panes of plugins, each built by somebody else's code: a broken one costs only itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from lakeshell.render.safe_text import safe_text

if TYPE_CHECKING:
    from lakeshell.commands.panes import PaneSpec


class PluginPane(Vertical):
    """The frame of a plugin's pane."""

    def __init__(self, title: str, widget: Widget) -> None:
        super().__init__(widget, classes="plugged")
        self.border_title = Content(safe_text(title))


def built(spec: PaneSpec) -> PluginPane | str:
    """The pane that a plugin asks for; a sentence, not neutralised, when it cannot be built."""
    try:
        widget = spec.build()
        if not isinstance(widget, Widget):
            raise TypeError("its build() made no Textual widget")
        return PluginPane(spec.title, widget)
    # A plugin may raise anything, and name anything; the others and the screen must not suffer.
    except Exception as fault:
        name = getattr(spec, "id", "of a plugin")
        return f"Pane {name} was not built: {type(fault).__name__}: {fault}"
