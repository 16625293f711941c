"""Find and replace in a text: every match of a word or a pattern."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST = 10_000
"""Matches that are counted and shown; more are announced."""


@dataclass(frozen=True)
class Wanted:
    """What is looked for."""

    text: str
    is_pattern: bool = False
    match_case: bool = False

    def pattern(self) -> re.Pattern[str]:
        """As a regular expression. Raises re.error when it is none."""
        flags = re.MULTILINE | (0 if self.match_case else re.IGNORECASE)
        return re.compile(self.text if self.is_pattern else re.escape(self.text), flags)


def find(text: str, wanted: Wanted) -> list[tuple[int, int]]:
    """The matches as offsets, at most MOST; empty ones do not count. Raises re.error."""
    if not wanted.text:
        return []
    found: list[tuple[int, int]] = []
    for match in wanted.pattern().finditer(text):
        if match.end() > match.start():
            found.append(match.span())
            if len(found) == MOST:
                break
    return found


def replacement(wanted: Wanted, matched: re.Match[str], new: str) -> str:
    """What stands in the place of a match; groups (\\1) count in patterns. Raises re.error."""
    return matched.expand(new) if wanted.is_pattern else new


def replace_all(text: str, wanted: Wanted, new: str) -> tuple[str, int]:
    """`text` with every match replaced, and how many there were. Raises re.error."""
    count = 0

    def change(matched: re.Match[str]) -> str:
        nonlocal count
        if matched.end() == matched.start():
            return ""
        count += 1
        return replacement(wanted, matched, new)

    return wanted.pattern().sub(change, text), count
