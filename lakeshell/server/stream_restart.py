"""Starting a streaming query again from what Spark still holds of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lakeshell.server.stream_facts import is_temporary
from lakeshell.session.stream_start import NO_CHECKPOINT

if TYPE_CHECKING:
    from lakeshell.server.jvm import Spark

_IN_PYTHON = ("foreach",)  # sinks whose function lives in the shell that started them


def restart_refusal(query: Any, checkpoint: str) -> str | None:
    """Why a query cannot be started again from here; None if it can."""
    if is_temporary(checkpoint):
        return NO_CHECKPOINT
    sink = str(query.sink().getClass().getSimpleName())
    if sink.lower().startswith(_IN_PYTHON):
        return f"Its sink ({sink}) calls code of its shell; run the code that starts it."
    if str(query.getClass().getSimpleName()) != "MicroBatchExecution":
        return "Only streams in micro-batches can be restarted from here."
    return None


def restart_query(spark: Spark, query: Any, name: str | None, checkpoint: str) -> str:
    """Start it as it was; the id of the new run.

    What StreamingQueryManager.startQuery wants is all kept in the StreamExecution (Spark:
    `DataStreamWriter.startQuery`). Raises the Java error when Spark refuses.
    """
    jvm = spark.gateway.jvm
    option = jvm.scala.Option
    session = query.sparkSession()
    dataset = getattr(getattr(jvm.org.apache.spark.sql.classic, "Dataset$"), "MODULE$")
    streams = session.streams()
    started = streams.startQuery(
        option.apply(name),
        getattr(streams, "startQuery$default$2")(),
        option.apply(checkpoint),
        dataset.ofRows(session, query.analyzedPlan()),
        _private(query, "extraOptions"),
        query.sink(),
        query.outputMode(),
        False,
        True,
        query.trigger(),
        getattr(streams, "startQuery$default$11")(),
        getattr(streams, "startQuery$default$12")(),
        getattr(streams, "startQuery$default$13")(),
    )
    return str(started.runId())


def _private(query: Any, name: str) -> Any:
    found = query.getClass().getDeclaredField(name)
    found.setAccessible(True)
    return found.get(query)
