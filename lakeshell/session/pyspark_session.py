"""pyspark's own client on the session of the shell, for Python cells."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from typing import Any

from lakeshell.session.remote import Remote


def join_session(remote: Remote) -> Any:
    """A pyspark SparkSession that shares views, settings and current schema with the SQL."""
    from pyspark.logger import PySparkLogger
    from pyspark.sql import SparkSession
    from pyspark.sql.connect.client.retries import DefaultPolicy

    # It logs every refused call with a stack trace; the exception says it already.
    logging.getLogger("pyspark.sql.connect").setLevel(logging.CRITICAL)
    for name in ("DataFrameQueryContextLogger", "SQLQueryContextLogger"):
        PySparkLogger.getLogger(name).setLevel(logging.CRITICAL)
    spark: Any = SparkSession.builder.remote(remote.url()).create()
    # Stock: fifteen retries over ten minutes before a dead server is reported.
    spark.client.set_retry_policies([DefaultPolicy(max_retries=2)])
    return spark


@contextlib.contextmanager
def active(spark: Any) -> Iterator[None]:
    """While `spark` is what `SparkSession.getActiveSession()` and `builder.getOrCreate()` give."""
    from pyspark.sql.connect.session import SparkSession

    if not isinstance(spark, SparkSession):
        yield
        return
    held: Any = SparkSession._active_session  # of this thread
    before = getattr(held, "session", None)
    held.session = spark
    try:
        yield
    finally:
        held.session = before
