"""What a table or view says of itself in DESCRIBE EXTENDED, read into fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lakeshell.delta.tables import rows, table_errors
from lakeshell.sql.names import quote_name

if TYPE_CHECKING:
    from lakeshell.session.session import Session


@dataclass(frozen=True)
class DescribedColumn:
    """A column; `type` as Spark writes it."""

    name: str
    type: str
    comment: str | None = None


@dataclass(frozen=True)
class Description:
    """A table or view. `details` are the rows below Spark's heading "Detailed Table Information",
    by Spark's own names: Type, Provider, Location, Comment, Owner, View Text …"""

    columns: tuple[DescribedColumn, ...]
    partition_columns: tuple[str, ...] = ()
    clustering_columns: tuple[str, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_view(self) -> bool:
        """Whether it is a view; one of the session has no details at all."""
        return not self.details or self.details.get("Type", "").upper() == "VIEW"

    @property
    def is_delta(self) -> bool:
        """Whether it is a Delta table."""
        return self.provider == "delta"

    @property
    def provider(self) -> str:
        """The format of a table, in small letters; empty for a view."""
        return self.details.get("Provider", "").lower()


def describe(session: Session, parts: tuple[str, ...]) -> Description:
    """The description of a table or view; CommandError when there is none of that name."""
    with table_errors(session, parts):
        return read_description(rows(session, f"DESCRIBE EXTENDED {quote_name(parts)}"))


def read_description(described: Iterable[Mapping[str, Any]]) -> Description:
    """The rows of DESCRIBE EXTENDED: columns, then parts below headings such as
    `# Partition Information`."""
    columns: list[DescribedColumn] = []
    listed: dict[str, list[str]] = {"partition": [], "cluster": []}
    details: dict[str, str] = {}
    heading = "columns"
    for row in described:
        name, kind = str(row["col_name"] or ""), str(row["data_type"] or "")
        # A column may be called "# x"; a heading has no type.
        if name.startswith("# ") and (not kind or name == "# col_name"):
            if name != "# col_name":
                heading = _heading(name)
        elif not name:
            # A blank row ends the columns, as a heading does.
            heading = "" if heading == "columns" else heading
        elif heading == "columns":
            columns.append(DescribedColumn(name, kind, row["comment"] or None))
        elif heading in listed:
            listed[heading].append(_list_item(name, kind))
        elif heading == "details":
            details.setdefault(name, kind)
    return Description(
        tuple(columns), tuple(listed["partition"]), tuple(listed["cluster"]), details
    )


def _heading(text: str) -> str:
    for word in ("Partition", "Cluster"):
        if text.startswith(f"# {word}"):
            return word.lower()
    return "details" if text.startswith("# Detailed") else ""


def _list_item(name: str, kind: str) -> str:
    # `Part 0` is how some catalogs number partition columns.
    return kind if re.fullmatch(r"Part \d+", name) else name
