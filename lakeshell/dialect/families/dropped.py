"""Dropped tables, which Databricks keeps for a week and Spark does not."""

from __future__ import annotations

from lakeshell.dialect.ledger import unsupported
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Refusal, Step

_UNDROP = "UNDROP TABLE"
_LIST = "SHOW TABLES DROPPED"

CONSTRUCTS = (
    unsupported(_UNDROP, "Spark deletes the files of a managed table when it is dropped; nothing "
                "is left to bring back.", "UNDROP TABLE sales.orders"),
    unsupported(_LIST, "Spark deletes the files of a managed table when it is dropped, and "
                "remembers nothing of it.", "SHOW TABLES DROPPED IN sales"),
)  # fmt: skip


def whole(reader: Reader) -> Step | None:
    """The two."""
    if reader.words("UNDROP"):
        return Refusal(_UNDROP)
    return Refusal(_LIST) if reader.words("SHOW", "TABLES", "DROPPED") else None
