"""Text to run, with the places that errors in it are told by."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from lakeshell.errors import Position
from lakeshell.notebooks.jupyter import SIGN
from lakeshell.notebooks.notebook import Notebook, position_in_cell


@dataclass(frozen=True)
class Source:
    """Text to run: `name` is what errors call it, `folder` what relative paths start from.

    `path` is the file it was read from. `cell_lines` as in Notebook.
    """

    text: str
    name: str
    language: str = "sql"
    folder: Path = field(default_factory=Path.cwd)
    path: Path | None = None
    cell_lines: tuple[int, ...] = ()

    @classmethod
    def of(cls, notebook: Notebook) -> Source:
        """The text of a file."""
        return cls(
            notebook.text,
            notebook.name,
            notebook.language,
            notebook.path.parent,
            notebook.path,
            notebook.cell_lines,
        )

    def placed(self, position: Position) -> tuple[str, Position]:
        """What errors call the place, and where it is: a Jupyter cell has lines of its own."""
        if not self.cell_lines:
            return self.name, position
        number, inside = position_in_cell(self.cell_lines, position)
        shift = len(self._line(position)) - len(self.line(position))
        column = max(inside.column - shift, 1)
        return f"{self.name}[cell {number}]", Position(inside.line, column)

    def line(self, position: Position) -> str:
        """The line of a place, as the user knows it; empty behind the last one."""
        line = self._line(position)
        if self.cell_lines:
            sign = SIGN[self.language]
            return line.removeprefix(f"{sign} MAGIC ").removeprefix(f"{sign} MAGIC")
        return line

    def _line(self, position: Position) -> str:
        lines = self.text.split("\n")
        return lines[position.line - 1].rstrip("\r") if position.line <= len(lines) else ""
