"""Notices that another shell has changed the lakehouse, without asking its server anything.

The metastore is a Derby database in the home: whoever makes, changes or drops a schema, table,
view or function writes its transaction log, whose files are looked at every two seconds. That costs
some 0.1 ms, and nothing is read from Spark as long as nothing has changed. Folders change their
time when something comes into them or goes.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path

from lakeshell.home import Home

_EVERY = 2.0  # seconds
_CLOCK = 20_000_000  # nanoseconds by which the times of files may lag behind the clock

_State = tuple[frozenset[tuple[str, int, int]], dict[Path, int], dict[Path, int]]


class LakeWatch:
    """Calls `on_change` or `on_listed`, in its own thread, after a change.

    `folders` are other folders to look at: those of Delta logs, in which every commit makes a file.
    `listed` are folders of which only the names are shown: for them it is `on_listed`.
    """

    def __init__(
        self,
        home: Home,
        on_change: Callable[[], object],
        on_listed: Callable[[], object] = lambda: None,
        every: float = _EVERY,
    ) -> None:
        self._log = home.metastore / "log"
        self._on_change = on_change
        self._on_listed = on_listed
        self._every = every
        self._ended = threading.Event()
        self.folders: Collection[Path] = ()
        self.listed: Collection[Path] = ()

    def start(self) -> None:
        """Look from now on."""
        since = time.time_ns()
        threading.Thread(target=self._look, args=(since,), name="lake-watch", daemon=True).start()

    def stop(self) -> None:
        """Look no longer."""
        self._ended.set()

    def _look(self, looked: int) -> None:
        # No folder has been looked at yet, also none that is named before this thread begins.
        before: _State = (_files(self._log), {}, {})
        while not self._ended.wait(self._every):
            looking = time.time_ns()
            now = self._state()
            since = looked - _CLOCK
            if now[0] != before[0] or _changed(before[1], now[1], since):
                self._on_change()
            if _changed(before[2], now[2], since):
                self._on_listed()
            before, looked = now, looking

    def _state(self) -> _State:
        return _files(self._log), _times(self.folders), _times(self.listed)


def _files(folder: Path) -> frozenset[tuple[str, int, int]]:
    try:
        with os.scandir(folder) as entries:
            stats = ((entry.name, entry.stat()) for entry in entries if entry.is_file())
            return frozenset((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)
    except OSError:
        return frozenset()


def _changed(before: dict[Path, int], now: dict[Path, int], since: int) -> bool:
    # A folder that was not looked at before has been read since then: it may have changed after.
    return any(
        before[folder] != time if folder in before else time >= since
        for folder, time in now.items()
    )


def _times(folders: Collection[Path]) -> dict[Path, int]:
    times = {}
    for folder in folders:
        try:
            times[folder] = folder.stat().st_mtime_ns
        except OSError:
            times[folder] = 0
    return times
