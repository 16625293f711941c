"""What a write did, in numbers: from the row that Delta returns for it."""

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
