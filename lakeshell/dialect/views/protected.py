"""Tables that users may not write into: materialized views are written by their refresh only."""

from __future__ import annotations

import contextlib
import contextvars
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from lakeshell.dialect.objects.store import Store
from lakeshell.dialect.reader import Reader
from lakeshell.errors import StatementError
from lakeshell.home import Home
from lakeshell.sql.names import display_name, quote_name, quote_string

KIND = "materialized view"
"""Their kind in the store; names are whole."""

DEFINITION = "lakeshell.view.definition"
"""The table property by which a table is known as a materialized view."""

_VERB = re.compile(r"\b(?:INSERT|UPDATE|DELETE|MERGE|TRUNCATE)\b", re.IGNORECASE)
_VERBS = ("INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE")
_BEFORE_NAME = ("WITH", "SCHEMA", "EVOLUTION", "INTO", "OVERWRITE", "FROM", "TABLE")

_refreshing: contextvars.ContextVar[bool] = contextvars.ContextVar("refreshing", default=False)

Rows = Callable[[str], Sequence[Mapping[str, Any]]]


@contextlib.contextmanager
def writing() -> Iterator[None]:
    """Writes in here are those of a refresh."""
    token = _refreshing.set(True)
    try:
        yield
    finally:
        _refreshing.reset(token)


def refuse_writes(text: str, home: Home, rows: Rows) -> None:
    """Raises StatementError when a statement writes into a materialized view. `rows` asks Spark,
    which happens only for a table whose last name is that of a view."""
    if _refreshing.get() or not _VERB.search(text) or not home.objects_db.exists():
        return
    target = _target(text)
    if not target:
        return
    store = Store(home)
    last = target[-1].lower()
    for name, _ in store.all(KIND):
        if name[-1] == last and _is_view(rows, store, name) and _same(rows, target, name):
            raise StatementError(
                f"{display_name(target)} is a materialized view: only its query writes into it.",
                error_class="MATERIALIZED_VIEW_OPERATION_NOT_ALLOWED",
                hint=f"Write into the tables it is made from, then REFRESH MATERIALIZED VIEW "
                f"{display_name(target)}.",
            )


def _target(text: str) -> tuple[str, ...]:
    """The table that an INSERT, UPDATE, DELETE, MERGE or TRUNCATE writes into; nothing for others,
    and for a table named by its path."""
    reader = Reader(text)
    if reader.next.word in ("WITH", "FROM"):  # WITH … INSERT INTO, FROM … INSERT INTO
        depth = 0
        while not reader.is_over and not (depth == 0 and reader.next.word == "INSERT"):
            depth += (reader.next.text == "(") - (reader.next.text == ")")
            reader.at += 1
    if not reader.one_of(*_VERBS):
        return ()
    while reader.one_of(*_BEFORE_NAME):
        pass
    try:
        return reader.need_name()
    except StatementError:
        return ()


def _is_view(rows: Rows, store: Store, name: tuple[str, ...]) -> bool:
    """Whether it still is one: DROP TABLE drops it without telling the store."""
    schema = rows(f"SHOW TABLES IN {quote_name(name[:2])} LIKE {quote_string(name[2])}")
    if any(str(row["tableName"]).lower() == name[2] for row in schema):
        properties = rows(f"SHOW TBLPROPERTIES {quote_name(name)}")
        if any(row["key"] == DEFINITION for row in properties):
            return True
    store.delete(KIND, name)
    return False


def _same(rows: Rows, target: tuple[str, ...], name: tuple[str, ...]) -> bool:
    missing = 3 - len(target)
    if missing > 0:
        row = rows("SELECT current_catalog() AS catalog, current_schema() AS schema")[0]
        target = (str(row["catalog"]), str(row["schema"]))[:missing] + target
    return tuple(part.lower() for part in target) == name
