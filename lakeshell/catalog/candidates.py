"""What completion offers: candidates, matched against what was typed and put in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MOST = 200
"""Candidates in one answer."""

_RANK = {
    "column": 0, "alias": 1, "cte": 1, "choice": 1, "command": 1, "option": 2, "setting": 2,
    "variable": 2, "table": 3, "view": 3, "temp view": 3, "name": 3, "file": 3, "schema": 4,
    "type": 4, "format": 4, "function": 5, "keyword": 6,
}  # fmt: skip
# These are known by heart or read off a list: fuzzy matches of them are noise.
_BY_BEGINNING = frozenset(("keyword", "option", "choice"))


@dataclass(frozen=True)
class Candidate:
    """One thing to insert instead of [`start`, cursor).

    `label` is what a menu shows and what is matched, `kind` what it is (a key of the ranking:
    column, table, function …), `meta` a remark on it: a type, a help text. `label` and `meta` come
    from data: a face neutralises them.
    """

    text: str
    kind: str
    start: int
    label: str = ""
    meta: str = ""

    @property
    def shown(self) -> str:
        """The label, or else the text itself."""
        return self.label or self.text


def ranked(typed: str, candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates that fit `typed`: beginning with it first, then holding it, then fuzzily."""
    wanted = typed.lower()
    found = []
    seen = set()
    for number, candidate in enumerate(candidates):
        fit = _fit(wanted, candidate.shown.lower())
        if fit is None or (fit and candidate.kind in _BY_BEGINNING):
            continue
        if (candidate.text, candidate.kind) in seen:
            continue
        # What stands there already is no offer.
        if candidate.text == typed and candidate.kind != "keyword":
            continue
        seen.add((candidate.text, candidate.kind))
        found.append((fit, _RANK.get(candidate.kind, 7), number, candidate))
    found.sort(key=lambda entry: entry[:3])
    return [entry[-1] for entry in found[:MOST]]


def _fit(wanted: str, name: str) -> int | None:
    """0 the name begins with it, 1 a part of the name does, 2 it is inside, 3 its letters are."""
    if name.startswith(wanted):
        return 0
    at = name.find(wanted)
    if at > 0:
        while at > 0:
            if not name[at - 1].isalnum():
                return 1
            at = name.find(wanted, at + 1)
        return 2
    # One letter would fit half of all names.
    if len(wanted) < 2 or name[:1] != wanted[:1]:
        return None
    letters = iter(name)
    return 3 if all(letter in letters for letter in wanted) else None
