"""The popup that offers what could be typed next, beside the cursor."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual.geometry import Offset

from lakeshell.catalog.candidates import Candidate
from lakeshell.render.safe_text import display_width, fit, pad, safe_text
from lakeshell.tui.widgets.choice_list import ChoiceList

_MOST_ROWS = 8
_WIDEST_NAME = 40
_WIDEST_META = 28
_SIGNS = {
    "column": "c", "alias": "a", "cte": "w", "table": "t", "view": "v", "temp view": "v",
    "schema": "s", "function": "ƒ", "keyword": "k", "type": "τ", "file": "/", "command": "%",
    "option": "-", "choice": "-", "setting": "=", "variable": "$", "format": "f", "name": "n",
}  # fmt: skip


class CompletionPopup(ChoiceList):
    """Candidates for [start, cursor) of a text; hidden while there are none."""

    def __init__(self) -> None:
        super().__init__(self._row, id="completion")
        self.candidates: list[Candidate] = []
        self.has_moved = False
        self._name_width = self._meta_width = 0
        self.display = False

    @property
    def is_open(self) -> bool:
        """Whether it offers something."""
        return bool(self.display)

    @property
    def chosen(self) -> Candidate | None:
        """The candidate that enter takes."""
        return self.candidates[self.cursor] if 0 <= self.cursor < len(self.candidates) else None

    def offer(self, candidates: Sequence[Candidate], beside: Offset, typed: int) -> None:
        """Show candidates at the cursor's place on the screen, below what was typed of them
        (`typed` cells); the line that was chosen stays so if it is still offered."""
        kept = self.chosen.text if self.has_moved and self.chosen is not None else None
        self.candidates = list(candidates)
        if not self.candidates:
            self.close()
            return
        texts = [candidate.text for candidate in self.candidates]
        cursor = texts.index(kept) if kept in texts else 0
        self.has_moved = self.has_moved and kept in texts
        names = [fit(safe_text(c.shown), _WIDEST_NAME) for c in self.candidates]
        metas = [fit(safe_text(self._meta(c)), _WIDEST_META) for c in self.candidates]
        self._name_width = max(map(display_width, names))
        self._meta_width = max(map(display_width, metas))
        width = self._name_width + self._meta_width + 5
        height = min(len(self.candidates), _MOST_ROWS)
        screen = self.screen.size
        x = max(min(beside.x - typed - 3, screen.width - width), 0)
        below = screen.height - beside.y - 1
        y = beside.y + 1 if below >= height or below > beside.y else beside.y - height
        self.styles.width, self.styles.height = width, min(height, max(below, beside.y))
        self.absolute_offset = Offset(x, max(y, 0))
        self.display = True
        self.show(len(self.candidates), cursor)
        self.refresh(layout=True)

    def narrow(self, typed: str) -> None:
        """Keep what fits the word that is being typed, until the engine has answered."""
        wanted = typed.lower()
        kept = [c for c in self.candidates if wanted in c.shown.lower()]
        if not kept:
            self.close()
        elif len(kept) < len(self.candidates):
            self.candidates = kept
            self.has_moved = False
            self.styles.height = min(len(kept), _MOST_ROWS)
            self.show(len(kept))

    def close(self) -> None:
        """Offer nothing."""
        self.candidates = []
        self.count = 0  # it may be drawn once more before it is gone
        self.has_moved = False
        self.display = False

    def _meta(self, candidate: Candidate) -> str:
        return candidate.meta or candidate.kind

    def _row(self, number: int, width: int) -> Text:
        candidate = self.candidates[number]
        name = fit(safe_text(candidate.shown), _WIDEST_NAME)
        meta = fit(safe_text(self._meta(candidate)), _WIDEST_META)
        text = Text(f" {_SIGNS.get(candidate.kind, '·')} ", style="dim")
        text.append(pad(name, self._name_width), style="bold" * (candidate.kind == "column"))
        text.append(f" {meta} ", style="dim")
        return text
