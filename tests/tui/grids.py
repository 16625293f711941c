"""A screen with nothing but a result grid, for its tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
from textual.app import App, ComposeResult

import lakeshell.tui
from lakeshell.tui.widgets.grid import ResultGrid

STYLES = Path(lakeshell.tui.__file__).parent


class GridApp(App[None]):
    """Shows one table; `clipboard` is what was copied, `heard` the grid's messages."""

    CSS_PATH: ClassVar[list[Any]] = [STYLES / "lakeshell.tcss", STYLES / "grid.tcss"]

    def __init__(self, table: pa.Table | None, **options: Any) -> None:
        super().__init__()
        self.grid = ResultGrid(table, **options)
        self.heard: list[Any] = []

    def compose(self) -> ComposeResult:
        yield self.grid

    def on_mount(self) -> None:
        self.grid.focus()

    def on_result_grid_row_chosen(self, message: ResultGrid.RowChosen) -> None:
        self.heard.append(message)

    def on_result_grid_cell_focused(self, message: ResultGrid.CellFocused) -> None:
        self.heard.append(message)

    def lines(self) -> list[str]:
        """What stands on the screen, a text a line."""
        return ["".join(s.text for s in strip) for strip in self.screen._compositor.render_strips()]

    def screen_text(self) -> str:
        """All of it."""
        return "\n".join(self.lines())
