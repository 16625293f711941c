"""Keys of the prompt: when Enter runs and when it continues, Tab, and how a line is left."""

from __future__ import annotations

import re
from collections.abc import Callable

from prompt_toolkit.application.current import get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import Condition, has_focus, has_selection, vi_insert_mode
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from lakeshell.sql.statements import is_complete

_INDENT = "    "
QUIT_WORDS = frozenset(
    ("exit", "quit", "\\q", "exit;", "quit;", "exit()", "quit()", ":q", "%quit", "%exit")
)


def shell_bindings(language: Callable[[], str]) -> KeyBindings:
    """The bindings of the prompt, whose language is `language`."""
    bindings = KeyBindings()
    at_prompt = has_focus(DEFAULT_BUFFER)

    @Condition
    def choosing() -> bool:
        state = get_app().current_buffer.complete_state
        return state is not None and state.current_completion is not None

    @Condition
    def in_vi_navigation() -> bool:
        app = get_app()
        return app.editing_mode.value == "VI" and not vi_insert_mode()

    @bindings.add("enter", filter=at_prompt & choosing)
    def _take(event: KeyPressEvent) -> None:
        """Take the chosen completion; the statement is not run yet."""
        event.current_buffer.complete_state = None

    @bindings.add("enter", filter=at_prompt & ~choosing)
    def _enter(event: KeyPressEvent) -> None:
        """Run what is complete, else continue on the next line."""
        buffer = event.current_buffer
        if in_vi_navigation() or is_ready(buffer.document, language()):
            buffer.validate_and_handle()
        else:
            new_line(buffer, language())

    @bindings.add("escape", "enter", filter=at_prompt)
    def _force(event: KeyPressEvent) -> None:
        """Run as it stands."""
        event.current_buffer.validate_and_handle()

    @bindings.add("tab", filter=at_prompt)
    def _tab(event: KeyPressEvent) -> None:
        """Indent Python, else complete."""
        buffer = event.current_buffer
        line_is_blank = not buffer.document.current_line_before_cursor.strip()
        if buffer.complete_state:
            buffer.complete_next()
        elif language() == "python" and line_is_blank:
            buffer.insert_text(_INDENT)
        else:
            buffer.start_completion(insert_common_part=True)

    @bindings.add("backspace", filter=at_prompt & ~has_selection & ~in_vi_navigation)
    def _backspace(event: KeyPressEvent) -> None:
        """Delete, and offer what fits the rest: prompt_toolkit offers only while one inserts."""
        buffer = event.current_buffer
        if not buffer.delete_before_cursor(count=event.arg):
            event.app.output.bell()
        elif re.search(r"[\w.%]$", buffer.document.current_line_before_cursor):
            buffer.start_completion()

    @bindings.add("s-tab", filter=at_prompt)
    def _back_tab(event: KeyPressEvent) -> None:
        """The completion before."""
        event.current_buffer.complete_previous()

    return bindings


def is_ready(document: Document, language: str) -> bool:
    """Whether Enter runs the text: it is complete, and the cursor is not in the midst of it."""
    text = document.text
    word = text.strip()
    if not word or word in QUIT_WORDS or word.startswith("?"):
        return True
    in_the_midst = "\n" in document.text_after_cursor.rstrip("\n")
    return not in_the_midst and is_complete(text, language)


def new_line(buffer: Buffer, language: str) -> None:
    """Continue below, indented as the line before; deeper behind a colon of Python."""
    line = buffer.document.current_line_before_cursor
    indent = line[: len(line) - len(line.lstrip())]
    if language == "python" and line.rstrip().endswith(":"):
        indent += _INDENT
    buffer.insert_text("\n" + indent)
