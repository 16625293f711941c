"""Completion as prompt_toolkit asks for it; `lakeshell.catalog.completion` does the thinking."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from lakeshell.catalog.completion import Surroundings, complete
from lakeshell.render.safe_text import fit, safe_text

_WIDEST_LABEL = 40
_WIDEST_META = 48


class ShellCompleter(Completer):
    """Offers what the engine finds. `language` is that of the prompt."""

    def __init__(self, around: Callable[[], Surroundings], language: Callable[[], str]) -> None:
        self._around = around
        self._language = language

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """The candidates at the cursor, the best first."""
        cursor = document.cursor_position
        found = complete(
            document.text,
            cursor,
            self._around(),
            language=self._language(),
            explicit=complete_event.completion_requested,
        )
        for candidate in found:
            # Names and comments come from data.
            label = fit(safe_text(candidate.shown), _WIDEST_LABEL)
            meta = fit(safe_text(candidate.meta), _WIDEST_META)
            yield Completion(
                candidate.text,
                start_position=candidate.start - cursor,
                display=label,
                display_meta=meta,
                style=f"class:completion.{candidate.kind.replace(' ', '-')}",
            )
