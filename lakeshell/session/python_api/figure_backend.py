"""matplotlib's backend in Python cells (`MPLBACKEND=module://…`): draws into memory, and shows by
saving files."""

from __future__ import annotations

import importlib
from typing import Any

from lakeshell.session.python_api.figures import show_open

# Not imported by statements: matplotlib is none of lakeshell's dependencies.
FigureManager = importlib.import_module("matplotlib.backend_bases").FigureManagerBase
FigureCanvas = importlib.import_module("matplotlib.backends.backend_agg").FigureCanvasAgg

__all__ = ["FigureCanvas", "FigureManager", "show"]


def show(*_: Any, **__: Any) -> None:
    """`plt.show()`."""
    show_open()
