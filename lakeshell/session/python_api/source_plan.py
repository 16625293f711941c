"""What a DataFrame's plan says of its names (`spark/connect/relations.proto`)."""

from __future__ import annotations

from typing import Any

from lakeshell.errors import UsageError
from lakeshell.sql.names import parse_name

# What leaves the columns of its input with their names and qualifiers.
_KEEPS_NAMES = frozenset({
    "filter", "sort", "limit", "offset", "deduplicate", "sample", "repartition",
    "repartition_by_expression", "hint", "with_watermark",
})  # fmt: skip


class SourcePlan:
    """The plan of one DataFrame of Connect."""

    def __init__(self, frame: Any) -> None:
        self._root = frame._plan.to_proto(frame.sparkSession.client).root

    @property
    def alias(self) -> str | None:
        """The name that can stand before its columns: its alias, or its table's own name."""
        relation = self._root
        while True:
            kind = relation.WhichOneof("rel_type")
            if kind == "subquery_alias":
                return str(relation.subquery_alias.alias)
            if kind == "read" and relation.read.HasField("named_table"):
                return _last_part(relation.read.named_table.unparsed_identifier)
            if kind not in _KEEPS_NAMES:
                return None
            relation = getattr(relation, kind).input

    def plan_ids(self) -> set[int]:
        """Its id and those of the DataFrames it is made of, by which `df.column` names them."""
        found: set[int] = set()
        _collect(self._root, found)
        return found


def _collect(message: Any, found: set[int]) -> None:
    if message.DESCRIPTOR.name == "Relation":
        found.add(message.common.plan_id)
    for field, value in message.ListFields():
        if field.message_type is None or field.message_type.GetOptions().map_entry:
            continue
        for part in value if field.is_repeated else (value,):
            _collect(part, found)


def _last_part(name: str) -> str | None:
    try:
        return parse_name(name)[-1]
    except UsageError:
        return None
