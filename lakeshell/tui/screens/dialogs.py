"""Questions over the screen: yes or no, type a word, type a text, choose one of several.

Every text that is asked about may hold a name of the user's: it is neutralised here, and shown
as it is, never as markup.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen, ScreenResultType
from textual.suggester import SuggestFromList
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from lakeshell.render.safe_text import safe_text
from lakeshell.tui.keys import bindings
from lakeshell.tui.widgets.safe_input import SafeInput

_PAUSE = 0.5  # seconds without a key, by which a person has seen a question that came by itself


def _lines(text: str) -> Text:
    return Text("\n".join(safe_text(line) for line in text.split("\n")))


class _Dialog(ModalScreen[ScreenResultType]):
    """What they have in common: a text that scrolls by pages where the screen is too low for it."""

    def text(self, text: str) -> VerticalScroll:
        """What is asked."""
        return VerticalScroll(Static(_lines(text)), classes="dialog-text", can_focus=False)

    def key_pagedown(self) -> None:
        """Read on."""
        self.query_one(".dialog-text", VerticalScroll).scroll_page_down(animate=False)

    def key_pageup(self) -> None:
        """Read again."""
        self.query_one(".dialog-text", VerticalScroll).scroll_page_up(animate=False)


class Confirm(_Dialog[bool]):
    """`question`, answered by `yes` or Cancel. Escape says no; so does enter, with `danger`.

    One that is `sudden` comes while the person may be typing: it hears no key but escape until
    they have paused, so that a letter meant for their text is no answer.
    """

    BINDINGS = bindings("dialog")

    def __init__(
        self, question: str, *, yes: str = "Run", danger: bool = False, sudden: bool = False
    ) -> None:
        super().__init__()
        self._question = question
        self._yes = yes
        self._danger = danger
        self._sudden = sudden
        self._last_key = 0.0  # on the monotonic clock

    def compose(self) -> ComposeResult:
        """The question over its two answers."""
        with Vertical(classes="dialog"):
            yield self.text(self._question)
            with Horizontal(classes="dialog-buttons"):
                yield Button(
                    Text(f"{safe_text(self._yes)} (y)"),
                    id="yes",
                    variant="error" if self._danger else "primary",
                )
                yield Button("Cancel (n)", id="no")

    def on_mount(self) -> None:
        """What enter answers: no, where yes destroys something."""
        self.query_one("#no" if self._danger else "#yes", Button).focus()
        self._last_key = time.monotonic()

    def on_key(self, event: events.Key) -> None:
        """Let no key answer that was meant for something else."""
        before, self._last_key = self._last_key, time.monotonic()
        if self._sudden and event.key != "escape" and self._last_key - before < _PAUSE:
            event.stop()
            event.prevent_default()

    def action_answer(self, answer: bool) -> None:
        """Y and n."""
        self.dismiss(answer)

    def action_close(self) -> None:
        """Escape."""
        self.dismiss(False)

    def on_button_pressed(self, pressed: Button.Pressed) -> None:
        """Enter and clicks."""
        self.dismiss(pressed.button.id == "yes")


class TypeToConfirm(_Dialog[bool]):
    """`question`, answered yes only by typing `word`."""

    BINDINGS = bindings("dialog.text")

    def __init__(self, question: str, word: str) -> None:
        super().__init__()
        self._question = question
        self._word = word

    def compose(self) -> ComposeResult:
        """The question, the word to type, and where."""
        with Vertical(classes="dialog danger"):
            yield self.text(self._question)
            yield Static(Text(f"Type {safe_text(self._word)} to go on; escape leaves."))
            yield SafeInput(id="word")

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _submitted(self, submitted: Input.Submitted) -> None:
        submitted.stop()
        if submitted.value.strip() == self._word:
            self.dismiss(True)
        else:
            self.query_one(Input).add_class("wrong")

    @on(Input.Changed)
    def _changed(self, changed: Input.Changed) -> None:
        changed.stop()
        self.query_one(Input).remove_class("wrong")

    def action_close(self) -> None:
        """Escape."""
        self.dismiss(False)


class Ask(_Dialog["str | None"]):
    """A line of text for `prompt`, beginning with `value`; None when the person leaves."""

    BINDINGS = bindings("dialog.text")

    def __init__(self, prompt: str, value: str = "", *, suggestions: Sequence[str] = ()) -> None:
        super().__init__()
        self._prompt = prompt
        self._value = value
        self._suggestions = suggestions

    def compose(self) -> ComposeResult:
        """The prompt over the field."""
        # A suggestion is shown as it is: what cannot be shown is not suggested.
        suggestions = [text for text in self._suggestions if safe_text(text) == text]
        with Vertical(classes="dialog"):
            yield self.text(self._prompt)
            yield SafeInput(
                self._value,
                id="answer",
                suggester=SuggestFromList(suggestions) if suggestions else None,
            )

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _submitted(self, submitted: Input.Submitted) -> None:
        submitted.stop()
        self.dismiss(submitted.value)

    def action_close(self) -> None:
        """Escape."""
        self.dismiss(None)


class Choose(_Dialog["str | None"]):
    """One of `options`, pairs of an id and its label; None when the person leaves."""

    BINDINGS = bindings("dialog.text")

    def __init__(self, title: str, options: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._title = title
        self._options = options

    def compose(self) -> ComposeResult:
        """The title over the list."""
        with Vertical(classes="dialog"):
            yield self.text(self._title)
            yield OptionList(*(Option(Text(safe_text(label))) for _, label in self._options))

    def on_mount(self) -> None:
        """Choose at once."""
        self.query_one(OptionList).focus()

    @on(OptionList.OptionSelected)
    def _selected(self, selected: OptionList.OptionSelected) -> None:
        selected.stop()
        self.dismiss(self._options[selected.option_index][0])

    def action_close(self) -> None:
        """Escape."""
        self.dismiss(None)
