"""What the dock's tabs read of one table: each fact once, whichever tab asks first."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from lakeshell.sql.names import display_name

if TYPE_CHECKING:
    from lakeshell.delta.description import Description
    from lakeshell.delta.log import Snapshot
    from lakeshell.delta.tables import DeltaTable
    from lakeshell.session.session import Session


class TableFacts:
    """Facts about the table `parts`, as they were when they were first asked for.

    The methods ask Spark, so they are for worker threads.
    """

    def __init__(self, parts: tuple[str, ...], kind: str) -> None:
        self.parts = parts
        self.kind = kind
        self._lock = threading.RLock()
        self._description: Description | None = None
        self._delta: DeltaTable | None = None
        self._snapshot: Snapshot | None = None
        self._log_time: int | None = None

    @property
    def name(self) -> str:
        """The name for people; not neutralised."""
        return display_name(self.parts)

    @property
    def log_folder(self) -> str | None:
        """The Delta log's folder if the table is known to have one on this machine."""
        if self._delta is None or self._log_time is None:
            return None
        return f"{self._delta.location}/_delta_log"

    @property
    def is_unchanged(self) -> bool:
        """Whether the table's log is known to be as it was when it was read."""
        folder = self.log_folder
        return folder is not None and _changed(folder) == self._log_time

    def description(self, session: Session) -> Description:
        """What DESCRIBE EXTENDED tells."""
        from lakeshell.delta.description import describe

        with self._lock:
            if self._description is None:
                self._description = describe(session, self.parts)
            return self._description

    def delta(self, session: Session) -> DeltaTable:
        """The Delta table; CommandError when it is none."""
        from lakeshell.delta.tables import delta_table

        with self._lock:
            if self._delta is None:
                delta = delta_table(session, self.name)
                self._log_time = _changed(f"{delta.location}/_delta_log")
                self._delta = delta
            return self._delta

    def snapshot(self, session: Session) -> Snapshot:
        """The latest version by its log; CommandError when it is no Delta table."""
        from lakeshell.delta.log import read_snapshot

        with self._lock:
            if self._snapshot is None:
                self._snapshot = read_snapshot(session, self.delta(session))
            return self._snapshot

    def missing(self, session: Session, what: str) -> str | None:
        """A sentence when there is no such thing as `what` ("history") for this relation."""
        described = self.description(session)
        if described.is_view:
            return f"{self.name} is a view: it has no {what} of its own."
        if not described.is_delta:
            kind = described.provider or "foreign"
            return f"{self.name} is a {kind} table: only Delta tables have {what}."
        return None


def _changed(folder: str) -> int | None:
    """When a folder got or lost a file, in nanoseconds; None when it is not on this machine."""
    try:
        return Path(folder).stat().st_mtime_ns
    except OSError:
        return None
