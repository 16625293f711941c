"""What runs Python cells: in this process, or in a kernel's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from lakeshell.home import Home


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

    def stop_jobs(self) -> None:
        """Stop the Spark jobs of the cell that was interrupted."""

    def mark_lost(self) -> None:
        """The server was seen to be gone."""


class Cells(Protocol):
    """One Python namespace that lives as long as its shell."""

    @property
    def namespace(self) -> dict[str, Any]:
        """Its names and values as far as this process can see them; completion reads it."""

    def assign(self, name: str, value: str) -> None:
        """Give the cells a variable."""

    def run(self, code: str, *, file: str, first_line: int = 1, limit: int = 1000) -> None:
        """Run `code`, whose first line is line `first_line` of `file`.

        Output goes to the sink while it runs. Raises CellError, Interrupted after the Spark jobs of
        the cell were stopped, ServerDied.
        """

    def interrupt(self) -> bool:
        """Stop the cell that runs, from another thread; False when this cannot be done here."""
