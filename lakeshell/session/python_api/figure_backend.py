"""matplotlib's backend in Python cells (`MPLBACKEND=module://…`): draws into memory, and shows by
saving files."""

from __future__ import annotations

from typing import Any

from matplotlib.backend_bases import FigureManagerBase as FigureManager
from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas

from lakeshell.session.python_api.figures import show_open

__all__ = ["FigureCanvas", "FigureManager", "show"]


def show(*_: Any, **__: Any) -> None:
    """`plt.show()`."""
    show_open()
