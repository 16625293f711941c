"""What a person is told once in a shell, however many statements give a reason to say it."""

from __future__ import annotations

from lakeshell.dialect.steps import Engine

_told: set[str] = set()


def tell_once(engine: Engine, text: str) -> None:
    """Say it unless this process has said it before."""
    if text not in _told:
        _told.add(text)
        engine.notice(text)
