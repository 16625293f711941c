"""What a write did, in numbers: from the row that Delta returns for it, or from its history."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

# Delta's column names (org.apache.spark.sql.delta.commands.*Command), in the order they are told.
_NAMES = (
    "num_affected_rows",
    "num_inserted_rows",
    "num_updated_rows",
    "num_deleted_rows",
    "num_copied_rows",
)


def metrics_from_rows(table: pa.Table) -> dict[str, int]:
    """The counts in a one-row result whose columns are all counts of Delta; else nothing.

    UPDATE and DELETE return `num_affected_rows`; MERGE tells inserted, updated and deleted apart.
    """
    if table.num_rows != 1 or not table.column_names:
        return {}
    if not set(table.column_names) <= set(_NAMES):
        return {}
    row = table.to_pylist()[0]
    return {name: int(row[name]) for name in _NAMES if row.get(name) is not None}


def metrics_from_history(table: pa.Table | None, started: float) -> dict[str, int]:
    """The rows that an INSERT or CTAS wrote, from `DESCRIBE HISTORY t LIMIT 1`.

    Delta returns nothing for those. A commit older than `started` (seconds since the epoch) is not
    the statement's own.
    """
    if table is None or table.num_rows != 1:
        return {}
    row = table.to_pylist()[0]
    written = dict(row.get("operationMetrics") or ()).get("numOutputRows")
    when = row.get("timestamp")
    # Delta's commits are dated in milliseconds.
    if written is None or when is None or when.timestamp() < started - 0.002:
        return {}
    return {"num_inserted_rows": int(written)}
