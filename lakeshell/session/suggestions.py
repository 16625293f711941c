"""Did you mean: the nearest names that exist, for a name that Spark does not know."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from lakeshell.errors import LakeshellError, StatementError
from lakeshell.sql.names import parse_name, quote_identifier

if TYPE_CHECKING:
    from lakeshell.session.session import Session

_TIMEOUT = 10.0  # seconds; a hint is not worth more


def add_suggestion(error: StatementError, session: Session) -> None:
    """Give `error` a hint with near names, where it is about a name; asks the server for them."""
    if error.hint or not error.error_class:
        return
    try:
        names, wanted = _candidates(error, session)
    except LakeshellError:
        return
    near = difflib.get_close_matches(wanted.lower(), {name.lower() for name in names}, n=3)
    if near:
        shown = [name for name in names if name.lower() in near]
        error.hint = f"Did you mean {' or '.join(dict.fromkeys(shown))}?"


def _candidates(error: StatementError, session: Session) -> tuple[list[str], str]:
    error_class = (error.error_class or "").split(".")[0]
    parameters = error.parameters
    if error_class == "TABLE_OR_VIEW_NOT_FOUND":
        *schema, table = _parts(parameters.get("relationName", ""))
        return _tables(session, schema[-1:]), ".".join([*schema[-1:], table])
    if error_class == "UNRESOLVED_ROUTINE":
        name = _parts(parameters.get("routineName", ""))[-1]
        return _column(session, "SHOW FUNCTIONS", 0), name
    if error_class == "SCHEMA_NOT_FOUND":
        name = _parts(parameters.get("schemaName", ""))[-1]
        return _column(session, "SHOW SCHEMAS", 0), name
    return [], ""


def _parts(name: str) -> tuple[str, ...]:
    try:
        return parse_name(name) or ("",)
    except LakeshellError:
        return (name,)


def _tables(session: Session, schema: Iterable[str]) -> list[str]:
    """Tables and views of the schemas near what was written: bare in the current one."""
    schemas = list(schema)
    if not schemas:
        return _column(session, "SHOW TABLES", 1)
    known = _column(session, "SHOW SCHEMAS", 0)
    near = difflib.get_close_matches(schemas[0].lower(), [k.lower() for k in known], n=2)
    found = []
    for name in near:
        listing = _column(session, f"SHOW TABLES IN {quote_identifier(name)}", 1)
        found += [f"{name}.{table}" for table in listing]
    return found


def _column(session: Session, sql: str, index: int) -> list[str]:
    table = session.execute(sql, timeout=_TIMEOUT).table
    return [] if table is None else [str(v) for v in table.column(index).to_pylist()]
