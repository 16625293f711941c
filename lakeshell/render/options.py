"""How results are to be written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RenderOptions:
    """`width` in cells of the terminal, None for no limit; `timezone` is an IANA name."""

    width: int | None = None
    color: bool = False
    unicode: bool = True
    timezone: str = "UTC"
