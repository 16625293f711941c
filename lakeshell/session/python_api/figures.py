"""Figures that cells draw: saved as files of the run, and named where they were shown.

matplotlib draws into memory and asks `figure_backend` to show; plotly is given a renderer. What a
cell has drawn and not shown is saved at its end, as a notebook shows it.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from datetime import datetime
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from lakeshell.home import Home
from lakeshell.session.result import Figure, Notice, Sink

_BACKEND = "module://lakeshell.session.python_api.figure_backend"
_PLOTLY = "plotly.io"
_current: ContextVar[Figures | None] = ContextVar("figures", default=None)


def show_open() -> None:
    """`plt.show()` of the cell that runs."""
    figures = _current.get()
    if figures is not None:
        figures.save_open()


class Figures:
    """Those of one shell's cells, numbered; their folder is made for the first one."""

    def __init__(self) -> None:
        self._home: Home | None = None
        self._sink: Sink | None = None
        self._folder: Path | None = None
        self._count = 0

    @contextlib.contextmanager
    def of_cell(self, home: Home | None, sink: Sink) -> Iterator[None]:
        """While a cell runs; what it leaves open is saved. `sink` is told where."""
        self._home, self._sink = home, sink
        os.environ.setdefault("MPLBACKEND", _BACKEND)
        _watch_plotly()
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)
            self.save_open()

    def show(self, value: Any) -> bool:
        """Save a value that is a figure of plotly; False when it is none."""
        if not type(value).__module__.startswith("plotly.graph_objs"):
            return False
        self.save_page(value.to_html(include_plotlyjs=True, full_html=True))
        return True

    def save_open(self) -> None:
        """Save and close the figures that matplotlib holds."""
        pyplot: Any = sys.modules.get("matplotlib.pyplot")
        if pyplot is None:
            return
        for number in pyplot.get_fignums():
            self._save(".png", pyplot.figure(number).savefig)
            pyplot.close(number)

    def save_page(self, page: str) -> None:
        """Save an interactive figure, a page of HTML."""
        self._save(".html", lambda path: path.write_text(page, encoding="utf-8"))

    def _save(self, suffix: str, write: Callable[[Path], Any]) -> None:
        try:
            path = self._next(suffix)
            write(path)
        except Exception as error:  # matplotlib draws only now, so any of its errors may come
            self._tell(Notice(f"figure not saved: {type(error).__name__}: {error}", "warning"))
        else:
            self._tell(Figure(f"figure saved: {path}", path=str(path)))

    def _next(self, suffix: str) -> Path:
        if self._folder is None:
            run = f"{datetime.now():%Y-%m-%d %H.%M.%S} {os.getpid()}"
            if self._home is None:
                self._folder = Path(tempfile.mkdtemp(prefix="lakeshell-figures-"))
            else:
                self._folder = self._home.figures(run)
            self._folder.mkdir(parents=True, exist_ok=True)
        self._count += 1
        return self._folder / f"figure-{self._count}{suffix}"

    def _tell(self, event: Notice) -> None:
        if self._sink is not None:
            self._sink(event)


# plotly


def _watch_plotly() -> None:
    """Let `fig.show()` save, from the moment that plotly is imported."""
    if _PLOTLY not in sys.modules and not any(isinstance(f, _AfterPlotly) for f in sys.meta_path):
        sys.meta_path.insert(0, _AfterPlotly())


class _AfterPlotly(MetaPathFinder):
    """Finds plotly as Python would, and adds the renderer when it has been loaded."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != _PLOTLY:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is None or spec.loader is None:
            return spec
        load = spec.loader.exec_module

        def load_and_add(module: ModuleType) -> None:
            load(module)
            _add_renderer(module)

        spec.loader.exec_module = load_and_add  # type: ignore[method-assign]
        return spec


def _add_renderer(plotly_io: Any) -> None:
    renderers = importlib.import_module("plotly.io.base_renderers")

    class Renderer(renderers.ExternalRenderer):  # type: ignore[name-defined, misc]
        def render(self, figure: Any) -> None:
            figures = _current.get()
            if figures is not None:
                page = plotly_io.to_html(figure, include_plotlyjs=True, full_html=True)
                figures.save_page(page)

    plotly_io.renderers["lakeshell"] = Renderer()
    plotly_io.renderers.default = "lakeshell"
