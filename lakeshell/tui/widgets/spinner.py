"""The sign that turns while something is going on."""

from __future__ import annotations

_TURNS = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"


def spinner(turn: int) -> str:
    """The sign at its so many-th turn."""
    return _TURNS[turn % len(_TURNS)]
