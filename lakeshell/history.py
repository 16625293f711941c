"""Statements that were run in a home: in SQLite, shared by its shells, with secrets masked.

History is a convenience: when its database is locked, read-only or damaged, that is told once and
the shell goes on without it.
"""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from lakeshell.sql.names import escape_string

_T = TypeVar("_T")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS statement_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    text TEXT NOT NULL,
    language TEXT NOT NULL,
    at REAL NOT NULL
)
"""
_BUSY_TIMEOUT = 1.0  # seconds; nobody waits longer for a convenience
_CAPACITY = 10_000  # statements
_PRUNE_EVERY = 200  # statements between two prunings
_LONGEST = 100_000  # characters; a longer statement is not one that somebody recalls

MASK = "********"
_SHORTEST_SECRET = 3  # characters; stars for every `a` would hide the message instead


@dataclass(frozen=True)
class Entry:
    """A statement as it was typed, secrets apart. `at` is seconds since the epoch."""

    id: int
    text: str
    language: str
    at: float


class StatementHistory:
    """The history in one database file, which is made when the first statement is added.

    `warn` is told in a sentence, once, why nothing is remembered. Safe from any thread.
    """

    def __init__(
        self,
        path: Path,
        *,
        warn: Callable[[str], None] = lambda text: None,
        capacity: int = _CAPACITY,
    ) -> None:
        self._path = path
        self._warn = warn
        self._capacity = capacity
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._broken = False

    def add(self, text: str, language: str = "sql") -> None:
        """Remember a statement unless it repeats the last one; secrets in it are masked."""
        text = mask_secrets(text.strip())
        if not text or len(text) > _LONGEST:
            return

        def insert(db: sqlite3.Connection) -> None:
            # One statement, so that two shells at once cannot both see another last one.
            db.execute(
                "INSERT INTO statement_history (text, language, at) SELECT ?, ?, ? "
                "WHERE NOT EXISTS (SELECT 1 FROM statement_history WHERE id = "
                "(SELECT max(id) FROM statement_history) AND text = ? AND language = ?)",
                (text, language, time.time(), text, language),
            )
            newest = db.execute("SELECT max(id) FROM statement_history").fetchone()[0]
            if newest % _PRUNE_EVERY == 0 or self._capacity < _PRUNE_EVERY:
                db.execute(
                    "DELETE FROM statement_history WHERE id <= (SELECT id FROM statement_history "
                    "ORDER BY id DESC LIMIT 1 OFFSET ?)",
                    (self._capacity,),
                )

        self._with_database(insert, create=True)

    def recent(self, limit: int = 1000, containing: str = "") -> list[Entry]:
        """The last statements, newest first; only those with `containing` in them, in any case."""

        def select(db: sqlite3.Connection) -> list[Entry]:
            rows = db.execute(
                "SELECT id, text, language, at FROM statement_history "
                "WHERE ? = '' OR instr(lower(text), lower(?)) > 0 ORDER BY id DESC LIMIT ?",
                (containing, containing, limit),
            )
            return [Entry(*row) for row in rows]

        return self._with_database(select) or []

    def entry(self, id: int) -> Entry | None:
        """One statement by its number."""

        def select(db: sqlite3.Connection) -> Entry | None:
            row = db.execute(
                "SELECT id, text, language, at FROM statement_history WHERE id = ?", (id,)
            ).fetchone()
            return Entry(*row) if row else None

        return self._with_database(select)

    def forget(self, text: str, language: str) -> None:
        """Remove a statement, however often it was run."""

        def delete(db: sqlite3.Connection) -> None:
            db.execute(
                "DELETE FROM statement_history WHERE text = ? AND language = ?", (text, language)
            )

        self._with_database(delete)

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _with_database(
        self, use: Callable[[sqlite3.Connection], _T], *, create: bool = False
    ) -> _T | None:
        """What `use` returns, or None when the database cannot be used."""
        with self._lock:
            if self._broken or not (create or self._connection or self._path.exists()):
                return None
            try:
                if self._connection is None:
                    self._connection = self._open()
                with self._connection:
                    return use(self._connection)
            except (sqlite3.Error, OSError) as error:
                # Busy passes by itself; everything else would fail again at every statement.
                self._broken = "locked" not in str(error)
                problem = error
        self._warn(f"Statements are not remembered: {self._path} cannot be used ({problem}).")
        return None

    def _open(self) -> sqlite3.Connection:
        new = not self._path.exists()
        connection = sqlite3.connect(self._path, timeout=_BUSY_TIMEOUT, check_same_thread=False)
        try:
            if new:
                self._path.chmod(0o600)
            # Several shells read while one writes.
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(_SCHEMA)
            connection.commit()
        except BaseException:
            connection.close()
            raise
        return connection


_NAME = re.compile(r"[\w.\-]+")
_SECRET_NAME = re.compile(
    r"passw(or)?d|passphrase|pwd|secret|token|credential|jaas\.config|bearer|basic$|identified$"
    r"|(access|account|api|private|sas|shared)[._\-]?key",
    re.IGNORECASE,
)
# What follows a name and is its value, quoted: name 'v', name = 'v', "name": "v", ("name", "v"),
# name => 'v', name BY 'v'.
_QUOTED = re.compile(
    r"""['"`]?\s*(?:=>|==?|:|,|\s)\s*(?:by\s+)?(?P<quote>'{3}|"{3}|'|")""", re.IGNORECASE
)
# … and bare: SET name=v, ;name=v in an address, --name v, Bearer v.
_BARE = re.compile(r"\s*=(?!>)\s*(?P<value>[^\s'\";,()&]+)")
_BARE_AFTER_SPACE = re.compile(r"\s+(?P<value>[\w.~+/=\-]+)")
_IN_ADDRESS = re.compile(r"(?<=://)[^\s/:@'\"]{1,100}:(?P<value>[^\s/@'\"]{1,200})(?=@)")


def mask_secrets(text: str) -> str:
    """`text` with the values of options named like a password or a token replaced by stars.

    >>> mask_secrets("OPTIONS (user 'me', password 'hunter2')")
    "OPTIONS (user 'me', password '********')"
    """
    pieces: list[str] = []
    kept = 0
    for name in _NAME.finditer(text):
        if name.start() < kept or not _SECRET_NAME.search(name[0]):
            continue
        span = _value_span(text, name[0], name.end())
        if span:
            pieces += [text[kept : span[0]], MASK]
            kept = span[1]
    masked = "".join(pieces) + text[kept:]
    return _IN_ADDRESS.sub(lambda m: m[0][: m.start("value") - m.start()] + MASK, masked)


def is_secret(name: str) -> bool:
    """Whether something of this name is a password, a token or the like."""
    return bool(_SECRET_NAME.search(name))


def secret_values(variables: Mapping[str, str]) -> list[str]:
    """The values of variables named like a password or a token, as they can stand in SQL."""
    found = [
        form
        for name, value in variables.items()
        if is_secret(name) and len(value) >= _SHORTEST_SECRET
        for form in (value, escape_string(value, "'"), escape_string(value, '"'))
    ]
    return sorted(set(found), key=len, reverse=True)


def without_values(text: str, values: Iterable[str]) -> str:
    """`text` with stars in place of these values."""
    for value in values:
        text = text.replace(value, MASK)
    return text


def _value_span(text: str, name: str, end: int) -> tuple[int, int] | None:
    """Where the value of the secret `name`, which ends at `end`, stands; without its quotes."""
    if quoted := _QUOTED.match(text, end):
        return quoted.end(), _closing(text, quoted.end(), quoted["quote"])
    follows = name.startswith("--") or name.lower() in ("bearer", "basic")
    bare = _BARE.match(text, end) or (follows and _BARE_AFTER_SPACE.match(text, end))
    return bare.span("value") if bare else None


def _closing(text: str, start: int, quote: str) -> int:
    """The offset of the quote that ends a value; the end of the text without one."""
    at = start
    while at < len(text):
        if text[at] == "\\":
            at += 2
        elif text.startswith(quote, at):
            if len(quote) == 1 and text.startswith(quote, at + 1):
                at += 2  # doubled: a quote in the value
            else:
                return at
        else:
            at += 1
    return len(text)
