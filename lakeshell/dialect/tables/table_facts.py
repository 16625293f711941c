"""What the catalog says of tables: their whole names, kinds and places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lakeshell.dialect.after import Rows
from lakeshell.dialect.names.catalogs import canonical
from lakeshell.errors import StatementError
from lakeshell.sql.names import quote_name, quote_string

_DETAILS = "# Detailed Table Information"
_WANTED = ("Catalog", "Database", "Table", "Type", "Provider", "Location", "Owner")


@dataclass(frozen=True)
class TableFacts:
    """`name` is whole and canonical, `location` as the user or Spark knows it."""

    name: tuple[str, str, str]
    type: str
    location: str
    owner: str


def delta_table(rows: Rows, name: str) -> TableFacts | None:
    """The Delta table that a name, in SQL, means now; None for a view, another format, no table."""
    try:
        described = rows(f"DESCRIBE TABLE EXTENDED {name}")
    except StatementError:
        return None
    keys = [str(row["col_name"]) for row in described]
    if _DETAILS not in keys:
        return None
    # The last one: a column may be called so.
    begin = len(keys) - keys[::-1].index(_DETAILS)
    values = [str(row["data_type"]) for row in described]
    return _facts(dict(zip(keys[begin:], values[begin:], strict=True)))


def delta_tables(rows: Rows, schema: Sequence[str], like: str = "*") -> list[TableFacts]:
    """Those of a schema, also where a folder is gone; none when there is no such schema."""
    try:
        listed = rows(f"SHOW TABLE EXTENDED IN {quote_name(schema)} LIKE {quote_string(like)}")
    except StatementError:
        return []
    found: list[TableFacts | None] = []
    for row in listed:
        if not row["isTemporary"] and "\nProvider: delta" in row["information"]:
            told = _told(str(row["information"]))
            table = quote_name((*schema, str(row["tableName"])))
            found.append(delta_table(rows, table) if told is None else _facts(told))
    return [facts for facts in found if facts is not None]


def _told(information: str) -> dict[str, str] | None:
    """Lines `key: value`; None when a comment may have put one of them in."""
    pairs = [line.partition(": ") for line in information.split("\n")]
    keys = [key for key, _, _ in pairs]
    if any(keys.count(key) > 1 for key in _WANTED):
        return None
    return {key: value for key, _, value in pairs}


def _facts(told: Mapping[str, Any]) -> TableFacts | None:
    if told.get("Provider") != "delta" or any(key not in told for key in _WANTED[:6]):
        return None
    name = (canonical(told["Catalog"]), told["Database"], told["Table"])
    return TableFacts(name, told["Type"], told["Location"], told.get("Owner", ""))
