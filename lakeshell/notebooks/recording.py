"""What each cell of a notebook gave while it ran, for the file that is written of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from lakeshell.notebooks.notebook import Notebook
from lakeshell.session.result import Event, Failed, Html, Notice, Result, Text
from lakeshell.sql.statements import Unit


@dataclass
class Recording:
    """`outputs` holds the Text, Html, Result, Notice and Failed events of each cell; `ran` tells
    the cells that ran, in their order."""

    notebook: Notebook
    outputs: dict[int, list[Event]] = field(default_factory=dict)
    ran: list[int] = field(default_factory=list)

    def on_unit(self, unit: Unit) -> None:
        """A statement, cell or command of the notebook begins."""
        cell = self.notebook.cell_at(unit.start)
        if not self.ran or self.ran[-1] != cell:
            self.ran.append(cell)

    def take(self, event: Event) -> None:
        """An event of the cell that runs, or of what it runs."""
        if not self.ran or self.notebook.cells[self.ran[-1]].kind == "markdown":
            return
        outputs = self.outputs.setdefault(self.ran[-1], [])
        if type(event) is Text:
            if outputs and type(outputs[-1]) is Text:
                event = Text(outputs.pop().text + event.text)  # type: ignore[union-attr]
            outputs.append(event)
        elif isinstance(event, Result):
            outputs += [event] if event.table is not None and event.table.num_columns else []
        elif isinstance(event, (Html, Notice, Failed)):
            outputs.append(event)

    @property
    def has_rows(self) -> bool:
        """Whether there is a table among the outputs."""
        return any(isinstance(e, Result) for events in self.outputs.values() for e in events)
