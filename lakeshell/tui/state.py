"""What the full-screen face remembers: the text of its editor tabs and its layout, in the home.

Several of them may be open on one home. Each takes the first free slot, which a file lock holds as
long as the process lives, and finds there what the last one in that slot had on its screen.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from lakeshell.home import Home
from lakeshell.locks import FileLock

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tui_state (
    slot INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (slot, key)
)
"""
_BUSY_TIMEOUT = 1.0  # seconds
_SLOTS = 100


@dataclass(frozen=True)
class TabState:
    """An editor tab as it can be restored. `path` is its file, None when it has none; `saved` is
    False when the file does not hold `text`. `row` and `column` of the cursor count from 0.
    `newline`, `bom` and `stamp` are the file's, as `tui.editor.files` reads them."""

    title: str
    text: str
    language: str = "sql"
    path: str | None = None
    saved: bool = True
    row: int = 0
    column: int = 0
    active: bool = False
    newline: str = "\n"
    bom: bool = False
    stamp: str | None = None


class TuiState:
    """The memory of one full-screen face. Safe from any thread; never raises: without a database
    that can be written, nothing is remembered."""

    def __init__(self, home: Home) -> None:
        self._path = home.state_db
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._slot, self._slot_lock = _take_slot(home)

    def tabs(self) -> list[TabState]:
        """The tabs of the last one in this slot; none at the very first start."""
        found = self.get("tabs", [])
        try:
            return [TabState(**tab) for tab in found]
        except TypeError:
            return []

    def save_tabs(self, tabs: Sequence[TabState]) -> None:
        """Remember the tabs as they are now."""
        self.put("tabs", [asdict(tab) for tab in tabs])

    def get(self, key: str, default: Any = None) -> Any:
        """What was put under `key`, a JSON value."""
        with self._lock:
            try:
                query = "SELECT value FROM tui_state WHERE slot = ? AND key = ?"
                row = self._open().execute(query, (self._slot, key)).fetchone()
                return default if row is None else json.loads(row[0])
            except (sqlite3.Error, ValueError, OSError):
                return default

    def put(self, key: str, value: Any) -> None:
        """Remember a JSON value."""
        with self._lock:
            try:
                db = self._open()
                text = json.dumps(value)
                db.execute(
                    "INSERT OR REPLACE INTO tui_state VALUES (?, ?, ?)", (self._slot, key, text)
                )
                db.commit()
            except (sqlite3.Error, OSError):
                return

    def close(self) -> None:
        """Give the slot back."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
        if self._slot_lock is not None:
            self._slot_lock.release()

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(
                self._path, timeout=_BUSY_TIMEOUT, check_same_thread=False
            )
            self._connection.execute(_SCHEMA)
        return self._connection


def _take_slot(home: Home) -> tuple[int, FileLock | None]:
    for slot in range(1, _SLOTS):
        lock = FileLock(home.root / "run" / f"tui-{slot}.lock")
        try:
            if lock.acquire():
                return slot, lock
        except OSError:
            break
    return _SLOTS, None
