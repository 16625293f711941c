"""Counts of things in words."""

from __future__ import annotations

from lakeshell.render.metrics import format_count


def counted(number: int, noun: str) -> str:
    """`1 file`, `1,234 files`."""
    return f"{format_count(number)} {noun}{'' if number == 1 else 's'}"
