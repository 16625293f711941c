"""The prompt: what it shows, and the prompt_toolkit session that reads statements."""

from __future__ import annotations

from typing import Protocol

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import Completer, ThreadedCompleter
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import History
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding.vi_state import InputMode
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.output import ColorDepth, Output

from lakeshell.render.safe_text import fit, safe_text
from lakeshell.repl.highlight import shell_style
from lakeshell.repl.keys import shell_bindings
from lakeshell.repl.shown_text import ShowUnsafe

_WIDEST_NAME = 30
_VI_MODES = {
    InputMode.INSERT: "insert",
    InputMode.INSERT_MULTIPLE: "insert",
    InputMode.NAVIGATION: "normal",
    InputMode.REPLACE: "replace",
    InputMode.REPLACE_SINGLE: "replace",
}


class ShellState(Protocol):
    """What the prompt shows."""

    @property
    def language(self) -> str:
        """sql or python."""

    @property
    def schema(self) -> str:
        """The current schema."""

    @property
    def edit_mode(self) -> str:
        """emacs or vi."""

    def server_text(self) -> tuple[str, str]:
        """A style class of the toolbar (busy, error or empty) and what is to say of the server."""


class Prompt:
    """Reads statements from the terminal."""

    def __init__(
        self,
        state: ShellState,
        *,
        completer: Completer,
        history: History,
        lexer: Lexer,
        theme: str,
        color: bool,
        input: Input | None = None,
        output: Output | None = None,
    ) -> None:
        self._state = state
        self._session: PromptSession[str] = PromptSession(
            message=self._message,
            multiline=True,
            prompt_continuation=self._continuation,
            bottom_toolbar=self._toolbar,
            completer=ThreadedCompleter(completer),
            complete_while_typing=True,
            complete_in_thread=False,
            auto_suggest=AutoSuggestFromHistory(),
            enable_open_in_editor=True,
            tempfile_suffix=lambda: ".py" if state.language == "python" else ".sql",
            history=history,
            lexer=lexer,
            input_processors=[ShowUnsafe()],
            style=shell_style(theme),
            color_depth=None if color else ColorDepth.DEPTH_1_BIT,
            key_bindings=shell_bindings(lambda: state.language),
            include_default_pygments_style=False,
            reserve_space_for_menu=6,
            input=input,
            output=output,
        )

    def ask(self) -> str:
        """One statement, or several. Raises KeyboardInterrupt on Ctrl-C, EOFError on Ctrl-D."""
        vi = self._state.edit_mode == "vi"
        self._session.editing_mode = EditingMode.VI if vi else EditingMode.EMACS
        return self._session.prompt()

    def redraw(self) -> None:
        """Show the state anew; from any thread."""
        self._session.app.invalidate()

    def end(self, error: BaseException) -> bool:
        """Leave a prompt that is being shown, raising `error` from `ask`; False without one."""
        app = self._session.app
        if not app.is_running or app.loop is None:
            return False
        app.loop.call_soon_threadsafe(lambda: app.exit(exception=error))
        return True

    def complete_again(self) -> None:
        """Names have come that were asked for: offer them if the menu would be open."""
        app = self._session.app
        if app.is_running and app.loop is not None:
            app.loop.call_soon_threadsafe(self._restart_completion)

    def _restart_completion(self) -> None:
        buffer = self._session.default_buffer
        state = buffer.complete_state
        idle = state is None or (not state.completions or state.current_completion is None)
        wanted = buffer.text and buffer.document.text_before_cursor[-1:].strip() != ""
        behind_space = buffer.document.text_before_cursor[-1:] == " " and state is not None
        if idle and (wanted or behind_space):
            buffer.start_completion()
        self._session.app.invalidate()

    def _name(self) -> str:
        if self._state.language == "python":
            return "py"
        return fit(safe_text(self._state.schema), min(_WIDEST_NAME, max(self._columns() // 3, 6)))

    def _columns(self) -> int:
        return self._session.app.output.get_size().columns

    def _message(self) -> StyleAndTextTuples:
        style = "class:prompt.python" if self._state.language == "python" else "class:prompt"
        return [(style, f"{self._name()}> ")]

    def _continuation(self, width: int, line: int, wrapped: int) -> StyleAndTextTuples:
        mark = "-> " if not wrapped else "   "
        return [("class:continuation", mark.rjust(width))]

    def _toolbar(self) -> StyleAndTextTuples:
        kind, server = self._state.server_text()
        parts = []
        if self._state.edit_mode == "vi":
            mode = self._session.app.vi_state.input_mode
            parts.append(f"vi {_VI_MODES.get(mode, '')}".strip())
        if server:
            parts.append(safe_text(server))
        else:
            parts.append(
                "an empty line ends a block · %sql goes back"
                if self._state.language == "python"
                else "; and Enter runs · Alt-Enter runs anyway"
            )
            parts += ["Ctrl-R searches", "? helps"]
        style = f"class:bottom-toolbar.{kind}" if kind else ""
        return [(style, fit(" · ".join(parts), max(self._columns() - 1, 1)))]
