"""Commands run through the real interpreter, on a session that is real or told what to answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from lakeshell.commands.options import Options
from lakeshell.config import Config
from lakeshell.home import Home
from lakeshell.interpreter import Interpreter, Source
from lakeshell.session.result import Event, Notice, Result, Text


@dataclass
class FakeSession:
    """Answers statements by the first pattern that matches; `sent` are all of them."""

    answers: list[tuple[str, Any]] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    is_remote: bool = False
    time_zone: str = "UTC"

    def on(self, pattern: str, answer: Any) -> None:
        """Answer with rows (dictionaries), a table, or by raising an error."""
        self.answers.append((pattern, answer))

    def execute(self, text: str, **_: Any) -> Result:
        self.sent.append(text)
        for pattern, answer in self.answers:
            if re.search(pattern, text):
                if isinstance(answer, Exception):
                    raise answer
                table = answer if isinstance(answer, pa.Table) else pa.Table.from_pylist(answer)
                return Result(table)
        return Result(None)

    def cancel(self) -> bool:
        return False

    def stream_failures(self) -> list[str]:
        return []

    def leave(self) -> list[str]:
        self.close()
        return []

    def close(self) -> None:
        pass


@dataclass
class Shell:
    """Runs command lines; `events` is what came out, `answer` what the person says if asked."""

    home: Home
    folder: Path
    session: Any  # a FakeSession, or a real one
    config: Config = field(default_factory=Config)
    options: Options = field(default_factory=Options)
    interactive: bool = False
    answer: bool = False
    events: list[Event] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)

    def run(self, text: str) -> None:
        """Run text as a script would, in one interpreter."""
        self.interpreter.run(Source(text, "test.sql", folder=self.folder))

    def words(self, *words: str) -> None:
        """Run a command as the command line gives it."""
        self.interpreter.run_words(list(words))

    @property
    def interpreter(self) -> Interpreter:
        if not hasattr(self, "_interpreter"):
            self._interpreter = Interpreter(
                self.home,
                self.config,
                self.options,
                sink=self.events.append,
                open_session=lambda **_: self.session,
                confirm=self._confirm,
                variables=self.variables,
                interactive=self.interactive,
            )
        return self._interpreter

    def _confirm(self, question: str) -> bool:
        self.questions.append(question)
        return self.answer

    def clear(self) -> None:
        """Forget what came out so far."""
        self.events.clear()

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Text))

    @property
    def notices(self) -> str:
        return "\n".join(event.text for event in self.events if isinstance(event, Notice))

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of the last result that has some."""
        tables = [e.table for e in self.events if isinstance(e, Result) and e.table is not None]
        return list(tables[-1].to_pylist())


DETAIL = {
    "format": "delta",
    "location": "/mnt/t",
    "partitionColumns": ["day"],
    "numFiles": 1,
    "sizeInBytes": 10,
}
