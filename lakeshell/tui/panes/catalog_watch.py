"""Notices that another shell has changed the lakehouse, without asking its server anything.

The metastore is a Derby database in the home: whoever makes, changes or drops a schema, table,
view or function writes its transaction log, whose files are looked at every two seconds. That costs
some 0.1 ms, and nothing is read from Spark as long as nothing has changed.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection
from pathlib import Path

from lakeshell.home import Home

_EVERY = 2.0  # seconds


class LakeWatch:
    """Calls `on_change`, in its own thread, after a change. `folders` are other folders to look
    at: those of Delta logs, in which every commit makes a file."""

    def __init__(self, home: Home, on_change: Callable[[], object], every: float = _EVERY) -> None:
        self._log = home.metastore / "log"
        self._on_change = on_change
        self._every = every
        self._ended = threading.Event()
        self.folders: Collection[Path] = ()

    def start(self) -> None:
        """Look from now on."""
        threading.Thread(target=self._look, name="lake-watch", daemon=True).start()

    def stop(self) -> None:
        """Look no longer."""
        self._ended.set()

    def _look(self) -> None:
        log, times = _files(self._log), _times(self.folders)
        while not self._ended.wait(self._every):
            log_before, times_before = log, times
            log, times = _files(self._log), _times(self.folders)
            # A folder that was not looked at before has not changed.
            if log != log_before or any(times_before.get(f, t) != t for f, t in times.items()):
                self._on_change()


def _files(folder: Path) -> frozenset[tuple[str, int, int]]:
    try:
        with os.scandir(folder) as entries:
            stats = ((entry.name, entry.stat()) for entry in entries if entry.is_file())
            return frozenset((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)
    except OSError:
        return frozenset()


def _times(folders: Collection[Path]) -> dict[Path, int]:
    times = {}
    for folder in folders:
        try:
            times[folder] = folder.stat().st_mtime_ns
        except OSError:
            times[folder] = 0
    return times
