"""What lakeshell remembers of objects that Spark's metastore cannot hold.

One SQLite file in the home, for all shells at once: an object is a kind, a name and fields.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lakeshell.errors import CommandError
from lakeshell.home import Home

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,  -- parts in small letters, joined by U+001F
    fields TEXT NOT NULL,  -- JSON
    PRIMARY KEY (kind, name)
) WITHOUT ROWID
"""
_WAIT = 10.0  # seconds for another shell's write
_BETWEEN = "\x1f"


class Store:
    """Objects of one home. Names are compared without regard to case.

    Every method raises CommandError when the file cannot be used.
    """

    def __init__(self, home: Home) -> None:
        self._path = home.objects_db

    def put(self, kind: str, name: Sequence[str], fields: Mapping[str, Any]) -> None:
        """Remember an object, or its new fields."""
        with self._open() as database:
            database.execute(
                "INSERT INTO objects VALUES (?, ?, ?) "
                "ON CONFLICT (kind, name) DO UPDATE SET fields = excluded.fields",
                (kind, _key(name), json.dumps(dict(fields), ensure_ascii=False)),
            )

    def add(self, kind: str, name: Sequence[str], fields: Mapping[str, Any]) -> bool:
        """Remember an object if there is none of this name; whether there was none."""
        with self._open() as database:
            done = database.execute(
                "INSERT OR IGNORE INTO objects VALUES (?, ?, ?)",
                (kind, _key(name), json.dumps(dict(fields), ensure_ascii=False)),
            )
            return done.rowcount == 1

    def get(self, kind: str, name: Sequence[str]) -> dict[str, Any] | None:
        """The fields of an object; None when there is none."""
        if not self._path.exists():
            return None
        with self._open() as database:
            found = database.execute(
                "SELECT fields FROM objects WHERE kind = ? AND name = ?", (kind, _key(name))
            ).fetchone()
        return None if found is None else _fields(found[0])

    def all(
        self, kind: str, under: Sequence[str] = ()
    ) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
        """Names, in small letters, and fields of a kind; `under` is how the names begin."""
        if not self._path.exists():
            return []
        with self._open() as database:
            rows = database.execute(
                "SELECT name, fields FROM objects WHERE kind = ? ORDER BY name", (kind,)
            ).fetchall()
        wanted = tuple(part.lower() for part in under)
        found = [(tuple(name.split(_BETWEEN)), _fields(fields)) for name, fields in rows]
        return [one for one in found if one[0][: len(wanted)] == wanted]

    def delete(self, kind: str, name: Sequence[str]) -> bool:
        """Forget an object; whether there was one."""
        if not self._path.exists():
            return False
        with self._open() as database:
            done = database.execute(
                "DELETE FROM objects WHERE kind = ? AND name = ?", (kind, _key(name))
            )
            return done.rowcount == 1

    def delete_under(self, kind: str, under: Sequence[str]) -> None:
        """Forget every object of a kind whose name begins so."""
        for name, _ in self.all(kind, under):
            self.delete(kind, name)

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with contextlib.closing(sqlite3.connect(self._path, timeout=_WAIT)) as file, file:
                file.execute(_SCHEMA)
                yield file
        except sqlite3.Error as error:
            raise CommandError(
                f"{self._path} cannot be used: {error}.",
                hint="It holds what catalogs, volumes and grants there are; other shells may be "
                "writing it.",
            ) from error


def _key(name: Sequence[str]) -> str:
    return _BETWEEN.join(part.lower() for part in name)


def _fields(text: str) -> dict[str, Any]:
    value = json.loads(text)
    return value if isinstance(value, dict) else {}
