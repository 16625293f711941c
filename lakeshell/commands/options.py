"""How this shell runs and shows statements: flags set it, `%set` and `%timing` change it."""

from __future__ import annotations

from dataclasses import dataclass

from lakeshell.config import ShellSettings


@dataclass
class Options:
    """`limit` in rows (0: all), `timeout` in seconds."""

    limit: int = 1000
    timeout: float | None = None
    format: str = "table"
    timing: bool = True
    pager: bool = True
    echo: bool = False
    keep_going: bool = False
    confirm_destructive: bool = False
    edit_mode: str = "emacs"  # or vi

    @classmethod
    def of(cls, settings: ShellSettings) -> Options:
        """The options that lakeshell.toml asks for."""
        return cls(
            limit=settings.limit,
            format=settings.format,
            timing=settings.timing,
            pager=settings.pager,
            confirm_destructive=settings.confirm_destructive,
            edit_mode=settings.edit_mode,
        )
