"""The statement that would make a table, view or function again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakeshell.delta.log import read_snapshot
from lakeshell.delta.schema import create_table_ddl
from lakeshell.delta.tables import delta_table, rows, table_errors
from lakeshell.errors import CommandError, StatementError
from lakeshell.sql.names import display_name, quote_name

if TYPE_CHECKING:
    from lakeshell.session.session import Session


def relation_ddl(session: Session, parts: tuple[str, ...]) -> str:
    """The CREATE statement of a table or view, with its `;`.

    For a Delta table it is put together from its log, as Delta itself has no SHOW CREATE TABLE.
    Raises CommandError when there is no such relation.
    """
    try:
        with table_errors(session, parts):
            shown = rows(session, f"SHOW CREATE TABLE {quote_name(parts)}")
    except CommandError as error:
        refused = error.__cause__
        if not isinstance(refused, StatementError) or not (refused.error_class or "").startswith(
            "DELTA_"
        ):
            raise
        delta = delta_table(session, display_name(parts))
        return create_table_ddl(
            delta, read_snapshot(session, delta), managed=_is_managed(session, parts)
        )
    return str(shown[0]["createtab_stmt"]).rstrip() + ";"


def _is_managed(session: Session, parts: tuple[str, ...]) -> bool:
    if parts[0].lower() == "delta" and "/" in parts[-1]:
        return False
    described = rows(session, f"DESCRIBE EXTENDED {quote_name(parts)}")
    return any(row["col_name"] == "Type" and row["data_type"] == "MANAGED" for row in described)


def function_ddl(session: Session, parts: tuple[str, ...]) -> str:
    """What Spark tells of a function, as comment lines: it has no statement that shows one."""
    told = rows(session, f"DESCRIBE FUNCTION EXTENDED {quote_name(parts)}")
    lines = [line for row in told for line in str(row["function_desc"]).split("\n")]
    return "\n".join(f"-- {line}".rstrip() for line in lines) + "\n"
