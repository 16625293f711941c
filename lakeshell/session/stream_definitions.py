"""The streams that were started in a home, kept so that they can be started again.

One SQLite file: a row for each query (Spark's id, which its checkpoint keeps too), written by the
shell that starts it, and from then on by the supervisor, which sees it end. The message and the
settings may hold passwords and are encrypted with the home's key.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lakeshell.endpoint import Endpoint
from lakeshell.home import Home
from lakeshell.session.sealed import Sealed

RUNNING = "running"
STOPPED = "stopped"  # by a person
FINISHED = "finished"  # by itself, as once and availableNow do
FAILED = "failed"
WITH_SERVER = "with server"  # ended in good order with the server, and wanted again

_SCHEMA = """
CREATE TABLE IF NOT EXISTS streams (
    id TEXT PRIMARY KEY,
    run_id TEXT NOT NULL,
    name TEXT,
    session TEXT NOT NULL,  -- of Connect, and whose it is
    user TEXT NOT NULL,
    server TEXT NOT NULL,  -- the life of a server
    schema TEXT NOT NULL,  -- the current one, as Spark knows it
    source TEXT NOT NULL,
    sink TEXT NOT NULL,
    trigger TEXT NOT NULL,
    checkpoint TEXT,  -- null: one that Spark made up
    message BLOB NOT NULL,
    settings BLOB NOT NULL,
    started REAL NOT NULL,
    state TEXT NOT NULL,
    ended REAL,
    error TEXT,
    error_class TEXT,
    hint TEXT,
    told INTEGER NOT NULL DEFAULT 0  -- its last change of state was told to a person
)
"""
_COLUMNS = (
    "id", "run_id", "name", "session", "user", "server", "schema", "source", "sink", "trigger",
    "checkpoint", "started", "state", "ended", "error", "error_class", "hint",
)  # fmt: skip
_SEALED = ("message", "settings")  # large, and seldom wanted
_WAIT = 10.0  # seconds for another process's write
_MOST_ENDED = 200  # kept


@dataclass(frozen=True)
class Definition:
    """One streaming query as it was started; times in seconds since the epoch.

    `message` is Spark's WriteStreamOperationStart in bytes, `settings` the session's: of one that
    was read from the home they are empty, and had by `Definitions.opened`.
    """

    id: str
    run_id: str
    name: str | None
    session: str
    user: str
    server: str
    schema: str
    source: str
    sink: str
    trigger: str
    checkpoint: str | None
    message: bytes = b""
    settings: Mapping[str, str] = field(default_factory=dict)
    started: float = 0.0
    state: str = RUNNING
    ended: float | None = None
    error: str | None = None
    error_class: str | None = None
    hint: str | None = None

    @property
    def called(self) -> str:
        """What people call it."""
        return self.name or self.id[:8]


def life_of(endpoint: Endpoint | None) -> str:
    """A name for one life of a server; empty without one."""
    return "" if endpoint is None else f"{endpoint.pid}-{endpoint.started:.3f}"


class Definitions:
    """The definitions of one home, safe for several processes.

    A file that cannot be read or written counts as empty: streams run without it, too.
    """

    def __init__(self, home: Home) -> None:
        self._path = home.streams_db
        self._sealed = Sealed(home)

    def note(self, definition: Definition) -> None:
        """Keep a stream that has just been started."""
        columns = (*_COLUMNS, *_SEALED)
        values: dict[str, Any] = {name: getattr(definition, name) for name in columns}
        with contextlib.suppress(OSError, ValueError):
            values["message"] = self._sealed.seal(definition.message)
            settings = json.dumps(dict(definition.settings), ensure_ascii=False).encode()
            values["settings"] = self._sealed.seal(settings)
            marks = ", ".join("?" * len(columns))
            with self._open(create=True) as database:
                database.execute(
                    f"INSERT OR REPLACE INTO streams ({', '.join(columns)}) VALUES ({marks})",
                    tuple(values.values()),
                )
                # A checkpoint that was emptied makes another query of the same stream.
                database.execute(
                    "DELETE FROM streams WHERE checkpoint = ? AND id <> ?",
                    (definition.checkpoint, definition.id),
                )
                database.execute(
                    "DELETE FROM streams WHERE ended IS NOT NULL AND id NOT IN (SELECT id FROM "
                    "streams ORDER BY ended IS NULL DESC, ended DESC LIMIT ?)",
                    (_MOST_ENDED,),
                )

    def all(self) -> list[Definition]:
        """Every one, the latest first."""
        return self._rows("ORDER BY started DESC")

    def of_run(self, run_id: str) -> Definition | None:
        """The one that was started as this run; None if there is none."""
        return next(iter(self._rows("WHERE run_id = ?", run_id)), None)

    def runs_in(self, session: str) -> bool:
        """Whether a stream of this session is said to run."""
        return bool(self._rows("WHERE state = ? AND session = ?", RUNNING, session))

    def running(self, server: str) -> list[Definition]:
        """Those that are said to run in this life of the server."""
        return self._rows("WHERE state = ? AND server = ?", RUNNING, server)

    def lost(self, server: str) -> list[Definition]:
        """Those that another life of the server took along: they ran, and nobody stopped them."""
        return self._rows(
            "WHERE state IN (?, ?) AND server <> ? ORDER BY started", RUNNING, WITH_SERVER, server
        )

    def opened(self, definition: Definition) -> tuple[bytes, dict[str, str]]:
        """The message and the settings of one that was read from here; ValueError or OSError
        where they cannot be decrypted, or are there no more."""
        with self._open() as database:
            found = database.execute(
                f"SELECT {', '.join(_SEALED)} FROM streams WHERE id = ?", (definition.id,)
            ).fetchone()
        if found is None:
            raise ValueError("it is there no more")
        message, settings = (self._sealed.opened(bytes(value)) for value in found)
        return message, json.loads(settings)

    def runs_again(self, id: str, run_id: str, session: str, server: str) -> None:
        """A stream was started once more."""
        with self._open() as database:
            database.execute(
                "UPDATE streams SET run_id = ?, session = ?, server = ?, state = ?, started = ?, "
                "ended = NULL, error = NULL, error_class = NULL, hint = NULL, told = 0 "
                "WHERE id = ?",
                (run_id, session, server, RUNNING, time.time(), id),
            )

    def ended(
        self,
        run_id: str,
        state: str,
        *,
        error: str | None = None,
        error_class: str | None = None,
        hint: str | None = None,
    ) -> None:
        """A run is over; what is known of its end already stays."""
        with self._open() as database:
            database.execute(
                "UPDATE streams SET state = ?, ended = ?, error = ?, error_class = ?, hint = ? "
                "WHERE run_id = ? AND state IN (?, ?)",
                (state, time.time(), error, error_class, hint, run_id, RUNNING, WITH_SERVER),
            )

    def end_with_server(self, server: str) -> None:
        """The server ends in good order, and its streams with it."""
        with self._open() as database:
            database.execute(
                "UPDATE streams SET state = ? WHERE state = ? AND server = ?",
                (WITH_SERVER, RUNNING, server),
            )

    def told(self, run_id: str) -> None:
        """A person knows how this run ended."""
        with self._open() as database:
            database.execute("UPDATE streams SET told = 1 WHERE run_id = ?", (run_id,))

    def to_tell_failed(self, session: str) -> list[Definition]:
        """Failed streams of a session whose failure nobody was told; they count as told now."""
        return self._take("state = ? AND session = ?", FAILED, session)

    def to_tell_lost(self, server: str) -> list[Definition]:
        """Streams that a crash took along, if nobody was told; they count as told now."""
        return self._take("state = ? AND server <> ?", RUNNING, server)

    def _take(self, condition: str, *values: str) -> list[Definition]:
        found = self._rows(f"WHERE told = 0 AND {condition} ORDER BY started", *values)
        if not found:
            return []
        taken: set[str] = set()
        with self._open() as database:  # of two shells one tells it
            for one in found:
                done = database.execute(
                    "UPDATE streams SET told = 1 WHERE run_id = ? AND told = 0", (one.run_id,)
                )
                if done.rowcount:
                    taken.add(one.run_id)
        return [one for one in found if one.run_id in taken]

    def _rows(self, condition: str, *values: str) -> list[Definition]:
        if not self._path.exists():
            return []
        rows: list[tuple[Any, ...]] = []
        with self._open() as database:
            rows = database.execute(
                f"SELECT {', '.join(_COLUMNS)} FROM streams {condition}", values
            ).fetchall()
        return [Definition(**dict(zip(_COLUMNS, row, strict=True))) for row in rows]

    @contextlib.contextmanager
    def _open(self, *, create: bool = False) -> Iterator[sqlite3.Connection]:
        """The file; where there is none and none is to be made, an empty one in memory."""
        there = self._path.exists()
        if create and not there:
            with contextlib.suppress(FileExistsError):
                os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with contextlib.suppress(sqlite3.Error):
            place = self._path if there or create else ":memory:"
            with contextlib.closing(sqlite3.connect(place, timeout=_WAIT)) as file, file:
                file.execute(_SCHEMA)
                yield file
                return
        # Reached where the file is broken: nothing is known and nothing is kept.
        with contextlib.closing(sqlite3.connect(":memory:")) as nothing:
            nothing.execute(_SCHEMA)
            yield nothing
