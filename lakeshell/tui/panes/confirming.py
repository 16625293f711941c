"""What a person types to confirm that something of a table goes for good."""

from __future__ import annotations

_LONGEST = 40  # characters that a person can be asked to type


def confirming_word(name: str) -> str:
    """The name, unless it can hardly be typed: then `yes`."""
    is_typed = name.isascii() and name.isprintable() and name.strip() == name
    return name if is_typed and 0 < len(name) <= _LONGEST else "yes"
