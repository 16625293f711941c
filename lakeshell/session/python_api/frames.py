"""Rows that are here already as a DataFrame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


def frame_of(spark: Any, table: pa.Table) -> Any:
    """A DataFrame of these rows; pyspark itself makes none of no rows."""
    if table.num_rows:
        return spark.createDataFrame(table)
    from pyspark.sql.pandas.types import from_arrow_schema

    return spark.createDataFrame([], from_arrow_schema(table.schema))
