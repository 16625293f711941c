"""What runs Python cells: in this process, or in a kernel's."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

from lakeshell.session.result import Event, Sink

if TYPE_CHECKING:
    from lakeshell.home import Home
    from lakeshell.sql.widgets import Widgets


class NotebookExit(SystemExit):
    """The notebook that runs has ended itself, well, and gives `value` to who started it."""

    def __init__(self, value: str) -> None:
        super().__init__(0)
        self.value = value


class PythonRestart(SystemExit):
    """The cells begin anew without their names; the Spark session stays."""


class CellSession(Protocol):
    """What cells need of their session."""

    @property
    def generation(self) -> int:
        """Another number when `spark` is another."""

    @property
    def lakehouse(self) -> Home | None:
        """The lakehouse; None on another cluster."""

    @property
    def spark(self) -> Any:
        """pyspark's SparkSession."""

    def stop_jobs(self, tag: str = "") -> None:
        """Stop the Spark jobs of the cell that was interrupted; they carry `tag`."""

    def mark_lost(self) -> None:
        """The server was seen to be gone."""


class CellTools(Protocol):
    """What a notebook gives its Python cells besides Spark: `dbutils` and its like.

    It goes to a kernel with every cell and comes back with what it has learnt.
    """

    @property
    def widgets(self) -> Widgets:
        """Those of the notebook."""

    def serving(
        self,
        namespace: dict[str, Any],
        session: CellSession,
        sink: Sink,
        display: Callable[..., None],
    ) -> AbstractContextManager[None]:
        """While a cell runs in `namespace`."""

    def redacted(self, event: Event) -> Event:
        """The event without the secrets that were read."""

    def learn(self, other: Any) -> None:
        """Take over what the copy in a kernel has learnt."""


class Cells(Protocol):
    """One Python namespace that lives as long as its shell."""

    @property
    def namespace(self) -> dict[str, Any]:
        """Its names and values as far as this process can see them; completion reads it."""

    def assign(self, name: str, value: str) -> None:
        """Give the cells a variable."""

    def run(
        self,
        code: str,
        *,
        file: str,
        first_line: int = 1,
        limit: int = 1000,
        tools: CellTools | None = None,
    ) -> None:
        """Run `code`, whose first line is line `first_line` of `file`.

        Output goes to the sink while it runs. Raises CellError, Interrupted after the Spark jobs of
        the cell were stopped, ServerDied; NotebookExit when it ends its notebook.
        """

    def interrupt(self) -> bool:
        """Stop the cell that runs, from another thread; False when this cannot be done here."""
