"""What the full-screen face remembers: the text of its editor tabs and its layout, in the home.

Several of them may be open on one home. Each takes the first free slot, which a file lock holds as
long as the process lives, and finds there what the last one in that slot had on its screen.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
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
        self._waiting: dict[str, str] = {}  # what was put and is not written yet, as JSON
        self._wake = threading.Condition()
        self._writer: threading.Thread | None = None
        self._is_over = False

    def tabs(self) -> list[TabState]:
        """The tabs of the last one in this slot; none at the very first start."""
        known = {field.name for field in fields(TabState)}
        try:
            # A later lakeshell may have noted more of them than this one knows.
            return [
                TabState(**{name: value for name, value in tab.items() if name in known})
                for tab in self.get("tabs", [])
            ]
        except (AttributeError, TypeError):
            return []

    def save_tabs(self, tabs: Sequence[TabState]) -> bool:
        """Remember the tabs as they are now; False when that failed. Waits for the disk."""
        return self._write({"tabs": json.dumps([asdict(tab) for tab in tabs])})

    def get(self, key: str, default: Any = None) -> Any:
        """What was put under `key`, a JSON value."""
        with self._wake:
            text = self._waiting.get(key)
        try:
            if text is None:
                with self._lock:
                    query = "SELECT value FROM tui_state WHERE slot = ? AND key = ?"
                    row = self._open().execute(query, (self._slot, key)).fetchone()
                text = None if row is None else row[0]
            return default if text is None else json.loads(text)
        except (sqlite3.Error, ValueError, OSError):
            return default

    def put(self, key: str, value: Any) -> None:
        """Remember a JSON value. Returns at once: a thread writes it."""
        with self._wake:
            self._waiting[key] = json.dumps(value)
            if self._writer is None:
                self._writer = threading.Thread(
                    target=self._write_waiting, name="tui-state", daemon=True
                )
                self._writer.start()
            self._wake.notify()

    def close(self) -> None:
        """Write what waits, and give the slot back."""
        with self._wake:
            self._is_over = True
            self._wake.notify()
        if self._writer is not None:
            self._writer.join(2 * _BUSY_TIMEOUT)
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
        if self._slot_lock is not None:
            self._slot_lock.release()

    def _write_waiting(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._waiting or self._is_over)
                if not self._waiting:
                    return
                values = dict(self._waiting)
            self._write(values)
            with self._wake:
                for key, text in values.items():
                    if self._waiting[key] == text:
                        del self._waiting[key]

    def _write(self, values: Mapping[str, str]) -> bool:
        with self._lock:
            try:
                db = self._open()
                db.executemany(
                    "INSERT OR REPLACE INTO tui_state VALUES (?, ?, ?)",
                    [(self._slot, key, text) for key, text in values.items()],
                )
                db.commit()
            except (sqlite3.Error, OSError):
                return False
            return True

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
