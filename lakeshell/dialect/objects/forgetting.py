"""What is kept of an object goes with it when it is dropped, and moves when it is renamed.

A table that is made later under the same name must not come into the grants of the one before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lakeshell.dialect.after import Rows
from lakeshell.dialect.families.grants import KIND as GRANT
from lakeshell.dialect.families.policies import FILTER_KIND, MASK_KIND
from lakeshell.dialect.families.procedures import KIND as PROCEDURE
from lakeshell.dialect.families.tags import KIND as TAG
from lakeshell.dialect.names.catalogs import canonical
from lakeshell.dialect.objects.store import Store
from lakeshell.dialect.python_functions import KIND as PYTHON_FUNCTION
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.views.protected import KIND as MATERIALIZED_VIEW
from lakeshell.errors import StatementError
from lakeshell.home import Home
from lakeshell.sql.names import quote_name, quote_string

_KINDS = {"TABLE": 3, "VIEW": 3, "FUNCTION": 3, "PROCEDURE": 3, "VOLUME": 3, "SCHEMA": 2,
          "DATABASE": 2, "CATALOG": 1}  # fmt: skip
_STORED_AS = {"VIEW": "TABLE", "DATABASE": "SCHEMA"}
_TAGGED = (GRANT, TAG)  # their names begin with the object's kind
_OF_TABLES = (FILTER_KIND, MASK_KIND, MATERIALIZED_VIEW)
_ROUTINES = (PROCEDURE, PYTHON_FUNCTION)

Entries = tuple[tuple[str, tuple[str, ...], dict[str, Any]], ...]
"""Of the store: kind, name and fields of each."""

_INSIDE = ("SCHEMA", "TABLE", "FUNCTION", "PROCEDURE", "VOLUME")


def follow(text: str, home: Home, rows: Rows) -> None:
    """Called when a statement has been carried out: forgets what it dropped, renames what it
    renamed. `rows` asks Spark, which happens only when something is kept under that name."""
    reader = Reader(text)
    try:
        if reader.words("DROP"):
            _dropped(reader, Store(home), rows)
        elif reader.words("ALTER", "TABLE") or reader.words("ALTER", "VIEW"):
            name = reader.need_name()
            if reader.words("RENAME", "TO"):
                _renamed(Store(home), rows, name, reader.need_name())
    except StatementError:
        return  # no such statement: whatever it was, it has been carried out


def _dropped(reader: Reader, store: Store, rows: Rows) -> None:
    reader.words("MATERIALIZED")
    kind = reader.one_of(*_KINDS)
    if not kind:
        return
    reader.if_exists()
    written = reader.need_name()
    kept_as = _STORED_AS.get(kind, kind)
    if not _is_kept(store, kept_as, written):
        return
    name = _whole(rows, written, _KINDS[kind])
    if kept_as == "TABLE" and _exists(rows, name):
        return  # a temporary view of that name was dropped
    _forget(store, kept_as, name)


def remembered(store: Store, name: Sequence[str]) -> Entries:
    """What is kept of a table, to be put back when it is brought back. `name` is whole."""
    tagged = [(kind, one) for kind in _TAGGED for one in store.all(kind, ("TABLE", *name))]
    others = [(kind, one) for kind in _OF_TABLES for one in store.all(kind, name)]
    return tuple((kind, key, fields) for kind, (key, fields) in (*tagged, *others))


def _forget(store: Store, kind: str, name: tuple[str, ...]) -> None:
    inside = _INSIDE if kind in ("CATALOG", "SCHEMA") else ()
    for entries in _TAGGED:
        for one in (kind, *inside):
            store.delete_under(entries, (one, *name))
    if kind == "TABLE" or inside:
        for entries in _OF_TABLES:
            store.delete_under(entries, name)
    if inside:
        for entries in _ROUTINES:
            store.delete_under(entries, name)


def _renamed(store: Store, rows: Rows, old: tuple[str, ...], new: tuple[str, ...]) -> None:
    if not _is_kept(store, "TABLE", old):
        return
    name = _whole(rows, old, 3)
    # A name without a schema is meant in the schema of the table.
    other = (*name[:2], *new) if len(new) == 1 else _whole(rows, new, 3)
    for entries in _TAGGED:
        for key, fields in store.all(entries, ("TABLE", *name)):
            store.put(entries, ("TABLE", *other, *key[4:]), {**fields, "object": list(other)})
            store.delete(entries, key)
    for entries in _OF_TABLES:
        for key, fields in store.all(entries, name):
            store.put(entries, (*other, *key[3:]), {**fields, "table": list(other)})
            store.delete(entries, key)


def _is_kept(store: Store, kind: str, written: tuple[str, ...]) -> bool:
    """Whether anything is kept of an object whose name may be that, or of what is in it."""
    depth = {"CATALOG": 1, "SCHEMA": 2}.get(kind, 3)
    last = canonical(written[-1]) if kind == "CATALOG" else written[-1].lower()
    tagged = [key[1:] for entries in _TAGGED for key, _ in store.all(entries)]
    others = [key for entries in (*_OF_TABLES, *_ROUTINES) for key, _ in store.all(entries)]
    return any(len(key) >= depth and key[depth - 1] == last for key in (*tagged, *others))


def _whole(rows: Rows, name: tuple[str, ...], parts: int) -> tuple[str, ...]:
    missing = parts - len(name)
    if missing > 0:
        row = rows("SELECT current_catalog() AS catalog, current_schema() AS schema")[0]
        name = (str(row["catalog"]), str(row["schema"]))[:missing] + name
    return (canonical(name[0]), *name[1:])


def _exists(rows: Rows, name: tuple[str, ...]) -> bool:
    found = rows(f"SHOW TABLES IN {quote_name(name[:2])} LIKE {quote_string(name[2])}")
    return any(
        str(row["tableName"]).lower() == name[2].lower() and not row["isTemporary"] for row in found
    )
