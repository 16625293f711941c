"""The statement history as prompt_toolkit asks for it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable

from prompt_toolkit.history import History

from lakeshell.history import StatementHistory, mask_secrets
from lakeshell.repl.keys import QUIT_WORDS

_RECALLED = 2000  # statements that arrow keys and Ctrl-R reach


class PromptHistory(History):
    """What was typed in the language of the prompt, by every shell of the home.

    Read anew for each prompt. What this shell typed is recalled with its secrets, which never
    reach the disk.
    """

    def __init__(self, statements: StatementHistory, language: Callable[[], str]) -> None:
        super().__init__()
        self._statements = statements
        self._language = language
        self._as_typed: dict[str, str] = {}

    async def load(self) -> AsyncGenerator[str, None]:
        """The statements, newest first."""
        for text in self.load_history_strings():
            yield text

    def load_history_strings(self) -> Iterable[str]:
        """The statements, newest first."""
        language = self._language()
        for entry in self._statements.recent(_RECALLED):
            if entry.language == language:
                yield self._as_typed.get(entry.text, entry.text)

    def append_string(self, string: str) -> None:
        """Remember what was typed."""
        self.store_string(string)

    def store_string(self, string: str) -> None:
        """Remember what was typed."""
        if string.strip() in QUIT_WORDS:
            return
        masked = mask_secrets(string.strip())
        if masked != string.strip():
            self._as_typed[masked] = string.strip()
        self._statements.add(string, self._language())
