"""Completion while typing: one thread answers the latest question, older ones are dropped."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lakeshell.catalog.candidates import Candidate

if TYPE_CHECKING:
    from lakeshell.tui.workbench import Workbench


@dataclass(frozen=True)
class Question:
    """What could stand at `offset` of `text`? `number` counts the questions; candidates' starts
    are moved by `base`, where `text` begins in the tab."""

    number: int
    tab: str
    text: str
    offset: int
    base: int
    language: str
    folder: Path | None
    explicit: bool


class Asking:
    """Answers questions in a thread of its own, which begins with the first one.

    `answer` is called in that thread.
    """

    def __init__(
        self, bench: Workbench, answer: Callable[[Question, list[Candidate]], object]
    ) -> None:
        self._bench = bench
        self._answer = answer
        self._latest: Question | None = None
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._over = False

    def ask(self, question: Question) -> None:
        """Answer this one next; what was not answered yet never will be."""
        with self._wake:
            self._latest = question
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="completion", daemon=True)
                self._thread.start()
            self._wake.notify()

    def close(self) -> None:
        """End the thread when it has answered."""
        with self._wake:
            self._over = True
            self._wake.notify()

    def _work(self) -> None:
        while True:
            with self._wake:
                while self._latest is None and not self._over:
                    self._wake.wait()
                question, self._latest = self._latest, None
                if self._over or question is None:
                    return
            found = self._candidates(question)
            with self._wake:
                if self._over:
                    return
                if self._latest is not None:
                    continue
            self._answer(question, found)

    def _candidates(self, question: Question) -> list[Candidate]:
        from lakeshell.catalog.completion import complete

        try:
            return complete(
                question.text,
                question.offset,
                self._bench.surroundings(question.tab, question.folder),
                language=question.language,
                explicit=question.explicit,
            )
        # Half-typed text and plugins fail in many ways; typing goes on without an offer.
        except Exception:
            return []
