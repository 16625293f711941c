"""Jump mode: a letter on every part of the screen; typing it goes there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.geometry import Region
from textual.screen import ModalScreen
from textual.widgets import Label

from lakeshell.tui.keys import bindings


@dataclass(frozen=True)
class JumpTarget:
    """A place on the screen, and what going there does."""

    region: Region
    go: Callable[[], object]


# On the home row first; a person's fingers are there.
_LETTERS = "asdfgjklqwertyuiopzxcvbnm"


class JumpScreen(ModalScreen[None]):
    """Stands over the main screen until a letter is typed; any other key leaves."""

    BINDINGS = bindings("jumping")

    def __init__(self, targets: Sequence[JumpTarget]) -> None:
        super().__init__()
        self._targets = dict(zip(_LETTERS, targets, strict=False))

    def compose(self) -> ComposeResult:
        """A label in the corner of each target."""
        for letter, target in self._targets.items():
            label = Label(f" {letter} ", classes="jump-label", markup=False)
            label.styles.offset = (target.region.x, target.region.y)
            yield label

    def on_key(self, event: events.Key) -> None:
        """Go there."""
        event.stop()
        event.prevent_default()
        target = self._targets.get(event.character or "")
        self.dismiss(None)
        if target is not None:
            self.app.call_later(target.go)

    def on_click(self) -> None:
        """A click leaves, too."""
        self.dismiss(None)

    def action_close(self) -> None:
        """Back to where one was."""
        self.dismiss(None)
