"""The tables of a home that were dropped and can be brought back.

Each is an entry in the store and a folder in the home, `dropped/<token>`, in which `files` is the
folder of the table. The entry comes before the folder and goes before it: a folder without an
entry is what a process has left that ended in between.
"""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lakeshell.config import load_config
from lakeshell.dialect.objects.store import Store
from lakeshell.dialect.tables.delta_log import Action, read_metadata
from lakeshell.dialect.tables.table_folder import LOG
from lakeshell.errors import StatementError
from lakeshell.home import Home
from lakeshell.locks import FileLock

KIND = "dropped table"
"""Their kind in the store; names are tokens."""

LINKING, DROPPING, DROPPED, RETURNING = "linking", "dropping", "dropped", "returning"
"""The states of one: its files are being kept; its DROP is under way; it can be brought back; that
has begun. A process may end in any of them."""

EXTERNAL = "EXTERNAL"
_DAY = 86400.0  # seconds
_WAIT = 120.0  # seconds for another shell's DROP or UNDROP


@dataclass(frozen=True)
class DroppedTable:
    """One of them. `name` is whole and canonical, `id` what its Delta log calls it, `location` as
    Spark and the user know it. Times are in seconds since the epoch; `deleted` is that of the DROP.
    `remembered` is what the store said of the table: kind, name and fields of each entry."""

    token: str
    id: str
    name: tuple[str, str, str]
    type: str
    location: str
    comment: str | None
    owner: str
    created: float
    updated: float
    deleted: float
    state: str
    remembered: tuple[tuple[str, tuple[str, ...], dict[str, Any]], ...] = ()

    @property
    def is_external(self) -> bool:
        """Whether its files stayed where they were."""
        return self.type == EXTERNAL


class DroppedTables:
    """Those of one home. Methods that change something are called with `alone` entered."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._store = Store(home)

    @property
    def keeps(self) -> bool:
        """Whether the settings want dropped tables to be kept."""
        return load_config(self.home).tables.undrop_days > 0

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """No other shell drops tables of this home or brings them back in here.

        Raises StatementError when another one does not come to an end.
        """
        self.home.drop_lock.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.home.drop_lock)
        if not lock.acquire(_WAIT):
            raise StatementError(
                "Another shell is still dropping tables, or bringing one back.",
                hint="Try again when it has finished.",
            )
        with lock:
            yield

    def files(self, table: DroppedTable) -> Path:
        """The folder of its files; there is none for an external one."""
        return self.home.dropped / table.token / "files"

    def all(self) -> list[DroppedTable]:
        """Those of the last days, the latest drop first."""
        since = self._since()
        found = [_read(key[0], fields) for key, fields in self._store.all(KIND)]
        return sorted(
            (table for table in found if table.deleted > since),
            key=lambda table: table.deleted,
            reverse=True,
        )

    def put(self, table: DroppedTable, **changed: Any) -> DroppedTable:
        """Remember it, with these fields changed."""
        table = dataclasses.replace(table, **changed)
        fields = asdict(table)
        del fields["token"]
        self._store.put(KIND, [table.token], fields)
        return table

    def settle(self, table: DroppedTable) -> None:
        """Its DROP has taken place. An external one that was dropped before has the same files."""
        for other in self.all() if table.is_external else ():
            if other.is_external and (other.name, other.id) == (table.name, table.id):
                self.forget(other)
        self.put(table, state=DROPPED, deleted=time.time())

    def forget(self, table: DroppedTable) -> None:
        """It is there again, or shall not come back: delete what is kept of it."""
        self._store.delete(KIND, [table.token])
        shutil.rmtree(self.home.dropped / table.token, ignore_errors=True)

    def sweep(self) -> None:
        """Delete what is too old, and what ended processes have left; not while it is in use."""
        kept = self.home.dropped
        folders = {path.name for path in kept.iterdir()} if kept.is_dir() else set()
        since = self._since()
        # Read after the folders: an entry is there before its folder is.
        entries = [_read(key[0], fields) for key, fields in self._store.all(KIND)]
        for table in entries:
            if table.deleted <= since:
                self.forget(table)
        for name in folders - {table.token for table in entries}:
            shutil.rmtree(kept / name, ignore_errors=True)

    def _since(self) -> float:
        return time.time() - load_config(self.home).tables.undrop_days * _DAY


def new_token() -> str:
    """A name for a table that is about to be dropped."""
    return uuid.uuid4().hex


def metadata_of(folder: Path) -> Action | None:
    """What the Delta log of a folder says of its table; None when there is no such log."""
    try:
        return read_metadata(folder / LOG)
    except (OSError, ValueError):
        return None


def sweep(home: Home) -> None:
    """Delete what is too old, unless tables are being dropped or brought back at this moment."""
    if home.dropped.is_dir():
        lock = FileLock(home.drop_lock)
        if lock.acquire():
            with lock:
                DroppedTables(home).sweep()


def _read(token: str, fields: dict[str, Any]) -> DroppedTable:
    catalog, schema, name = fields["name"]
    remembered = tuple((kind, tuple(key), dict(one)) for kind, key, one in fields["remembered"])
    rest = {key: value for key, value in fields.items() if key not in ("name", "remembered")}
    return DroppedTable(token, name=(catalog, schema, name), remembered=remembered, **rest)
