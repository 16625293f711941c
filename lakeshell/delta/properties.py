"""Properties of a table (TBLPROPERTIES): read, set and unset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakeshell.delta.tables import rows, table_errors
from lakeshell.errors import UsageError
from lakeshell.sql.names import quote_name, quote_string

if TYPE_CHECKING:
    from lakeshell.session.session import Session


def table_properties(session: Session, parts: tuple[str, ...]) -> dict[str, str]:
    """The properties by name; CommandError when there is no such table."""
    with table_errors(session, parts):
        found = rows(session, f"SHOW TBLPROPERTIES {quote_name(parts)}")
    return {str(row["key"]): str(row["value"]) for row in found}


def parse_property(text: str) -> tuple[str, str]:
    """`name = value` as its two parts; UsageError when it is something else.

    Quotes around either, as SQL has them, are taken off.
    """
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not name:
        raise UsageError(
            f"{text!r} is not a property.", hint="Write it as delta.appendOnly = true."
        )
    return _bare(name), _bare(value)


def _bare(text: str) -> str:
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1] if quoted else text


def set_property(session: Session, parts: tuple[str, ...], name: str, value: str) -> None:
    """Set one property. CommandError with Delta's own sentence when it refuses."""
    pair = f"{quote_string(name)} = {quote_string(value)}"
    with table_errors(session, parts):
        rows(session, f"ALTER TABLE {quote_name(parts)} SET TBLPROPERTIES ({pair})")


def unset_property(session: Session, parts: tuple[str, ...], name: str) -> None:
    """Take one property away; nothing happens when it is not set."""
    with table_errors(session, parts):
        rows(
            session,
            f"ALTER TABLE {quote_name(parts)} UNSET TBLPROPERTIES IF EXISTS ({quote_string(name)})",
        )
