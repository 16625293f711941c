"""Search in the statements that were run: words first, letters in their order after that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lakeshell.history import Entry

MOST = 500
"""Entries in one answer."""


@dataclass(frozen=True)
class Remembered:
    """A statement, prepared for searching."""

    entry: Entry
    line: str
    lower: str


@dataclass(frozen=True)
class Found:
    """The entries that fit, the newest first, and how many there are in all."""

    entries: tuple[Remembered, ...]
    total: int


def prepare(entries: Sequence[Entry]) -> list[Remembered]:
    """Each text once, as it was last run, newest first."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for entry in entries:
        if (key := (entry.text, entry.language)) not in seen:
            seen.add(key)
            line = " ".join(entry.text[:2_000].split())
            kept.append(Remembered(entry, line, entry.text.lower()))
    return kept


def search(
    entries: Sequence[Remembered], typed: str, is_stale: Callable[[], bool] = lambda: False
) -> Found:
    """The entries that hold every word of `typed`; behind them those that hold its letters in that
    order. Gives up, with nothing, when `is_stale`."""
    words = typed.lower().split()
    if not words:
        return Found(tuple(entries[:MOST]), len(entries))
    letters = "".join(words)
    holding: list[Remembered] = []
    loose: list[Remembered] = []
    for number, entry in enumerate(entries):
        if number % 500 == 0 and is_stale():
            return Found((), 0)
        if all(word in entry.lower for word in words):
            holding.append(entry)
        elif len(letters) > 2 and len(loose) < MOST and _in_order(letters, entry.lower[:300]):
            loose.append(entry)
    found = holding + loose
    return Found(tuple(found[:MOST]), len(found))


def _in_order(letters: str, text: str) -> bool:
    """Whether the letters are in the text in this order, not too far apart."""
    first = at = text.find(letters[0])
    for letter in letters[1:]:
        if at < 0:
            return False
        at = text.find(letter, at + 1)
    return at >= 0 and at - first < 6 * len(letters)
