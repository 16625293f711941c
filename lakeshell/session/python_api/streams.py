"""What writers of streams have on Databricks: `.table()`, and batches that know the dialect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lakeshell.home import Home

LAKEHOUSE = "_lakeshell_home"
"""The attribute of a taught session that holds its Home."""


def complete_stream_writer() -> None:
    """Give pyspark's class what it lacks; once is enough, and twice does no harm."""
    from pyspark.sql.connect.streaming.readwriter import DataStreamWriter

    if getattr(DataStreamWriter, "table", None) is not None:
        return
    plain = DataStreamWriter.foreachBatch

    def foreach_batch(self: Any, func: Callable[[Any, int], None]) -> Any:
        home = getattr(self._session, LAKEHOUSE, None)
        return plain(self, func if home is None else TaughtBatch(func, home))

    foreach_batch.__doc__ = plain.__doc__
    DataStreamWriter.foreachBatch = foreach_batch
    DataStreamWriter.table = DataStreamWriter.toTable


class TaughtBatch:
    """A function for foreachBatch, run where it finds what cells have: `delta.tables`, the dialect
    in `spark.sql`. Spark runs it in a process of its own beside the server."""

    def __init__(self, function: Callable[[Any, int], None], home: Home) -> None:
        self._function = function
        self._home = home

    def __call__(self, frame: Any, batch: int) -> None:
        from lakeshell.session.pyspark_dialect import teach
        from lakeshell.sql.widgets import Widgets

        spark = frame.sparkSession
        if getattr(spark, LAKEHOUSE, None) is None:
            teach(spark, self._home, print, Widgets)  # what it prints goes to the server's log
        self._function(frame, batch)
