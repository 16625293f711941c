"""Figures of Python cells are saved, named, and numbered over the cells of a run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# The part of matplotlib's interface that cells and the backend meet.
MATPLOTLIB = {
    "__init__.py": "",
    "backend_bases.py": "class FigureManagerBase: ...\n",
    "backends/__init__.py": "",
    "backends/backend_agg.py": "class FigureCanvasAgg: ...\n",
    "pyplot.py": """
import importlib, os
_figures = {}

class Figure:
    def __init__(self, number): self.number, self.drawn = number, ""
    def savefig(self, path):
        if self.drawn == "bad": raise ValueError("no such colour")
        path.write_text(self.drawn)

def figure(number=None):
    number = number or max(_figures, default=0) + 1
    return _figures.setdefault(number, Figure(number))

def get_fignums(): return sorted(_figures)
def close(number): del _figures[number]
def plot(what): figure(max(_figures, default=None)).drawn = what
def show():
    module = os.environ["MPLBACKEND"].removeprefix("module://")
    importlib.import_module(module).show()
""",
}
PLOTLY = {
    "__init__.py": "",
    "graph_objs.py": """
class Figure:
    def __init__(self, what): self.what = what
    def to_html(self, **_): return f"<p>{self.what}"
    def show(self):
        import plotly.io
        plotly.io.renderers[plotly.io.renderers.default].render(self)
""",
    "io/__init__.py": """
class Renderers(dict): default = None
renderers = Renderers()
def to_html(figure, **options): return figure.to_html(**options)
""",
    "io/base_renderers.py": "class ExternalRenderer: ...\n",
}
RUNNER = """
import sys
from pathlib import Path
from lakeshell.home import Home
from lakeshell.session.python_api.figures import Figures

figures = Figures()
notices = []
def cell(code):
    with figures.of_cell(Home(Path(sys.argv[1])), lambda event: print(event.level, event.text)):
        print("runs")
        exec(code, globals())
"""


@pytest.fixture
def libraries(tmp_path: Path) -> Path:
    """A folder with both, as small as they can be."""
    folder = tmp_path / "lib"
    for package, files in (("matplotlib", MATPLOTLIB), ("plotly", PLOTLY)):
        for name, text in files.items():
            path = folder / package / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return folder


def run(libraries: Path, code: str) -> list[str]:
    """What is printed, with `…` for the folder of the run, whose files are appended."""
    home = libraries.parent / "home"
    env = {k: v for k, v in os.environ.items() if k != "MPLBACKEND"}
    env["PYTHONPATH"] = os.pathsep.join([str(libraries), env.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", RUNNER + code, str(home)],
        capture_output=True, text=True, check=True, env=env,
    )  # fmt: skip
    (folder,) = (home / "figures").iterdir()
    lines = done.stdout.replace(str(folder), "…").splitlines()
    files = (f"{path.name}: {path.read_text()}" for path in sorted(folder.iterdir()))
    return [*lines, *files]


def test_figures_that_are_shown_and_those_left_open(libraries: Path) -> None:
    code = """
cell("import matplotlib.pyplot as plt; plt.plot('one'); plt.show(); plt.plot('two')")
cell("plt.plot('three')")
"""
    assert run(libraries, code) == [
        "runs", "info figure saved: …/figure-1.png", "info figure saved: …/figure-2.png",
        "runs", "info figure saved: …/figure-3.png",
        "figure-1.png: one", "figure-2.png: two", "figure-3.png: three",
    ]  # fmt: skip


def test_a_figure_that_cannot_be_drawn_is_told_and_closed(libraries: Path) -> None:
    code = """
cell("import matplotlib.pyplot as plt; plt.plot('bad')")
cell("plt.plot('good')")
"""
    assert run(libraries, code) == [
        "runs", "warning figure not saved: ValueError: no such colour",
        "runs", "info figure saved: …/figure-2.png",
        "figure-2.png: good",
    ]  # fmt: skip


def test_pages_of_plotly(libraries: Path) -> None:
    code = """
cell("import plotly.io; from plotly.graph_objs import Figure; Figure('shown').show()")
cell("print(figures.show(Figure('last')), figures.show('text'))")
"""
    assert run(libraries, code) == [
        "runs", "info figure saved: …/figure-1.html",
        "runs", "info figure saved: …/figure-2.html", "True False",
        "figure-1.html: <p>shown", "figure-2.html: <p>last",
    ]  # fmt: skip
