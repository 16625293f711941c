"""The catalogs of a home. Spark has one; each of the others is a prefix of the schemas in it.

The schema `sales` of a catalog `retail` is Spark's schema `retail__sales`: Hive's names hold
letters, digits and `_` only. A catalog's own name has no `__` and does not end in `_`, so the first
`__` behind the name of a known catalog is always the place where both meet.
"""

from __future__ import annotations

import re
from pathlib import Path

from lakeshell.dialect.objects.store import Store
from lakeshell.home import Home

SPARK = "spark_catalog"
"""Spark's own catalog, by Spark's name."""

OTHER_NAMES = ("main", "hive_metastore")
"""How Databricks calls the catalog that is always there: other names of Spark's."""

BETWEEN = "__"
DEFAULT = "default"
KIND = "catalog"
"""The kind of a catalog in the store."""

_GOOD = re.compile(r"[A-Za-z0-9_]+\Z")
_LONGEST = 60  # characters; Hive's schema names have 128 in all
_COUNTER = slice(24, 28)  # of SQLite's header: changes with every write


class Catalogs:
    """Those that were created. Asking costs the reading of a few bytes while none is added."""

    def __init__(self, home: Home) -> None:
        self._path: Path = home.objects_db
        self._store = Store(home)
        self._seen: tuple[int, bytes] | None = None
        self._stored: frozenset[str] = frozenset()

    @property
    def stored(self) -> frozenset[str]:
        """Their names in small letters. Raises CommandError when the file cannot be used."""
        try:
            with self._path.open("rb") as file:
                seen = (self._path.stat().st_ino, file.read(100)[_COUNTER])
        except FileNotFoundError:
            return frozenset()
        if seen != self._seen:
            self._stored = frozenset(name[0] for name, _ in self._store.all(KIND))
            self._seen = seen
        return self._stored


def canonical(catalog: str) -> str:
    """The name under which what belongs to a catalog is kept."""
    name = catalog.lower()
    return SPARK if name in OTHER_NAMES else name


def schema_in_spark(catalog: str, schema: str) -> str:
    """Spark's name for a schema of a catalog that was created."""
    return f"{catalog.lower()}{BETWEEN}{schema}"


def split_schema(name: str, stored: frozenset[str]) -> tuple[str, str] | None:
    """The catalog and the schema that one of Spark's schemas is; None for one of Spark's own."""
    catalog, between, schema = name.partition(BETWEEN)
    if between and schema and catalog.lower() in stored:
        return catalog.lower(), schema
    return None


def why_not(name: str) -> str | None:
    """What keeps a catalog from having this name, as the end of a sentence."""
    lowered = name.lower()
    if not _GOOD.match(name):
        return "may hold letters, digits and _ only"
    if BETWEEN in name or name.endswith("_"):
        return "may not hold __ nor end in _"
    if len(name) > _LONGEST:
        return f"may have {_LONGEST} characters at most"
    if lowered in ("system", "session", "global_temp", "builtin", "parquet", "delta", "csv"):
        return "is a word that means something else in Spark"
    return None
