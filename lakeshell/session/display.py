"""What a value of a Python cell looks like as rows."""

from __future__ import annotations

import sys
import time
from typing import Any

from lakeshell.session.result import Result


def result_of(value: Any, limit: int) -> Result | None:
    """Rows for what has rows (Spark and pandas DataFrames, Arrow tables, lists of Row); else None.

    At most `limit` rows are fetched of a Spark DataFrame (0: all). Spark's own errors pass
    through.
    """
    started = time.monotonic()
    module = type(value).__module__
    table: Any = None
    if module.startswith("pyspark.sql.") and hasattr(value, "toArrow"):
        if getattr(value, "isStreaming", False):
            return None
        table = (value.limit(limit + 1) if limit else value).toArrow()
    elif module.startswith("pyspark.pandas."):
        return result_of(
            value.to_spark(index_col=None) if hasattr(value, "to_spark") else None, limit
        )
    elif module.startswith("pandas.") and "pandas" in sys.modules:
        table = _from_pandas(value)
    elif module.startswith("pyarrow"):
        table = _from_arrow(value)
    elif isinstance(value, list) and value and all(hasattr(v, "asDict") for v in value):
        import pyarrow as pa

        table = pa.Table.from_pylist([v.asDict(recursive=True) for v in value])
    if table is None:
        return None
    truncated = bool(limit) and table.num_rows > limit
    return Result(
        table.slice(0, limit) if truncated else table,
        truncated=truncated,
        elapsed=time.monotonic() - started,
    )


def _from_pandas(value: Any) -> Any:
    import pandas as pd
    import pyarrow as pa

    if isinstance(value, pd.Series):
        value = value.to_frame()
    if not isinstance(value, pd.DataFrame):
        return None
    plain_index = isinstance(value.index, pd.RangeIndex)
    frame = value if plain_index else value.reset_index()
    try:
        return pa.Table.from_pandas(frame, preserve_index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        # Columns of mixed types have no Arrow type; their text is better than nothing.
        return pa.Table.from_pandas(frame.astype(str), preserve_index=False)


def _from_arrow(value: Any) -> Any:
    import pyarrow as pa

    if isinstance(value, pa.RecordBatch):
        return pa.Table.from_batches([value])
    return value if isinstance(value, pa.Table) else None
