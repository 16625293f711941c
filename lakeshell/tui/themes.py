"""The looks of the full-screen face: dark, light, and one of high contrast."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from textual.theme import Theme

from lakeshell.errors import ConfigError

DEFAULT = "lakeshell-dark"

THEMES = (
    Theme(
        name="lakeshell-dark",
        primary="#4aa3df",
        secondary="#2f7fb8",
        accent="#f2a65a",
        foreground="#d8dee4",
        background="#0e1519",
        surface="#131c22",
        panel="#22303a",
        success="#7cc47f",
        warning="#e5c05c",
        error="#e06c75",
        dark=True,
        variables={"block-cursor-text-style": "none", "footer-key-foreground": "#4aa3df"},
    ),
    Theme(
        name="lakeshell-light",
        primary="#0b6aa8",
        secondary="#3c86b8",
        accent="#b45309",
        foreground="#1c2733",
        background="#fbfcfd",
        surface="#f1f4f6",
        panel="#d9e1e7",
        success="#1f7a34",
        warning="#8a6100",
        error="#b42331",
        dark=False,
        variables={"block-cursor-text-style": "none", "footer-key-foreground": "#0b6aa8"},
    ),
    Theme(
        name="lakeshell-contrast",
        primary="#00d7ff",
        secondary="#87d7ff",
        accent="#ffd700",
        foreground="#ffffff",
        background="#000000",
        surface="#000000",
        panel="#5f5f5f",
        success="#5fff5f",
        warning="#ffff5f",
        error="#ff8787",
        dark=True,
        variables={
            "block-cursor-text-style": "bold",
            "footer-key-foreground": "#ffd700",
            "border": "#ffffff",
        },
    ),
)


def check_theme(name: str, known: Iterable[str]) -> None:
    """ConfigError naming a theme that there is not."""
    names = sorted(known)
    if name not in names:
        near = get_close_matches(name, names, n=3)
        raise ConfigError(
            f"[tui] theme: there is no {name!r}.",
            hint=f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(names)}.",
        )
