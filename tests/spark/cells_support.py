"""Python cells of a session, for tests: what they print, and their names."""

from __future__ import annotations

from typing import Any

from lakeshell.session.python_cells import PythonCells
from lakeshell.session.result import Notice, Text
from lakeshell.session.session import Session


class CellRun:
    """Runs cells; `names` are theirs."""

    def __init__(self, session: Session) -> None:
        self.events: list[Any] = []
        self._cells = PythonCells(session, self.events.append)

    @property
    def names(self) -> dict[str, Any]:
        return self._cells.namespace

    def run(self, code: str, file: str = "cell.py") -> str:
        """What the cell prints."""
        self.events.clear()
        self._cells.run(code, file=file)
        return "".join(event.text for event in self.events if isinstance(event, Text))

    def notices(self) -> list[str]:
        """What the last cell was told."""
        return [event.text for event in self.events if isinstance(event, Notice)]
