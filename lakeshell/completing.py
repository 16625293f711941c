"""What completion may draw from in a shell, put together from its parts; for every face."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakeshell.catalog.command_words import CommandWords, command_words
from lakeshell.catalog.completion import Surroundings
from lakeshell.catalog.files import lakehouse_roots
from lakeshell.catalog.metadata import SessionMetadata
from lakeshell.errors import LakeshellError
from lakeshell.home import Home

if TYPE_CHECKING:
    from lakeshell.interpreter import Interpreter

_SWITCHES = {"sql": "SQL from here on", "python": "Python from here on"}


class Completing:
    """The surroundings of the text of a shell's interpreters.

    `ready` gives one if there is one already, best one with a session; `make` makes one: commands
    are known without a session, the names of Python cells only with one, which is never waited for.
    """

    def __init__(
        self,
        home: Home,
        metadata: SessionMetadata,
        *,
        ready: Callable[[], Interpreter | None],
        make: Callable[[], Interpreter],
    ) -> None:
        self._home = home
        self._metadata = metadata
        self._ready = ready
        self._make = make
        self._words: dict[str, CommandWords | None] = {}

    def surroundings(
        self, folder: Path | None = None, *, of: Interpreter | None = None
    ) -> Surroundings:
        """What there is now; relative paths begin in `folder`, else in the working directory. `of`
        is the interpreter of the text, where there are several: its variables count."""
        interpreter = of or self._ready()
        return Surroundings(
            metadata=self._metadata,
            folder=folder or Path.cwd(),
            roots=lakehouse_roots(self._home),
            commands=self._summaries,
            command=self._command_words,
            formats=lambda: tuple(interpreter.registry.formats) if interpreter else (),
            variables=interpreter.variables if interpreter else {},
            namespace=self._namespace,
        )

    def _summaries(self) -> dict[str, str]:
        registry = self._make().registry
        return {**{name: registry.summary(name) for name in registry.commands}, **_SWITCHES}

    def _command_words(self, name: str) -> CommandWords | None:
        if name not in self._words:
            try:
                self._words[name] = command_words(self._make().registry.command(name))
            except LakeshellError:
                return None
        return self._words[name]

    def _namespace(self) -> dict[str, Any]:
        interpreter = self._ready()
        # The cells' namespace needs a session; looking at names must not wait for one.
        if interpreter is None or not interpreter.has_session:
            return {}
        return interpreter.cells.namespace
