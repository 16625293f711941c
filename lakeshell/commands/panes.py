"""What a plugin says of a pane for the full-screen face."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class PaneSpec:
    """A pane by its `id`, `title` and place; `build` makes the widget once the screen is open."""

    id: str
    title: str
    place: str  # left | bottom | right
    build: Callable[[], Any]
