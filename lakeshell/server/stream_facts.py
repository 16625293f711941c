"""What Spark's progress of a streaming query says, as facts a person reads: places, backlog, pace.

Pure functions over the JSON of `StreamingQueryProgress` (Spark: `StreamingQueryProgress.json`) and
the texts of sources, sinks and triggers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

# Spark's `DeltaSource[viewfs://lake/mnt/x]`, `FileStreamSource[file:/x]`, `KafkaV2[Subscribe[t]]`.
_NAMED = re.compile(r"(?P<kind>[\w.$]+)\[(?P<inside>.*?)\]?\s*\Z", re.DOTALL)
_RATE = re.compile(r"rowsPer(?P<per>Second|Batch|MicroBatch)=(?P<rows>\d+)")
_WAREHOUSE = re.compile(r"viewfs://lake/warehouse/(?:(?P<schema>[^/]+)\.db/)?(?P<table>[^/]+)/?\Z")
_PROCESSING_TIME = re.compile(r"ProcessingTimeTrigger\((\d+)\)")
_CONTINUOUS = re.compile(r"ContinuousTrigger\((\d+)\)")
_TEMPORARY = re.compile(r"/temporary-[0-9a-f-]{36}/?\Z")

Shown = Callable[[str], str]


def source_text(description: str, shown: Shown = str) -> str:
    """A source in a few words; `shown` turns a path of the server into the user's own."""
    found = _NAMED.match(description)
    if not found:
        return description.rsplit(".", 1)[-1].split("@")[0]
    kind, inside = found["kind"].rsplit(".", 1)[-1], found["inside"]
    if kind.startswith("Rate"):
        rate = _RATE.search(inside)
        if not rate:
            return "rate"
        return f"rate {rate['rows']}/{'s' if rate['per'] == 'Second' else 'batch'}"
    if kind.startswith("Kafka"):
        topics = re.search(r"(?:Subscribe|SubscribePattern|Assign)\[(.*?)\]?\Z", inside)
        return f"kafka {topics[1] if topics else inside}"
    table = table_of_path(inside)
    if table:
        return ".".join(table)
    if kind in ("DeltaSource", "FileStreamSource", "CloudFilesSource"):
        return shown(plain_path(inside))
    return f"{kind}[{shown(inside)}]"


def sink_path(description: str, shown: Shown = str) -> str | None:
    """The folder into which a sink writes, as the user knows it; None for one without."""
    found = _NAMED.match(description)
    if found and found["kind"].rsplit(".", 1)[-1] in ("DeltaSink", "FileSink"):
        return shown(plain_path(found["inside"]))
    return None


def sink_text(description: str) -> str:
    """A sink that is neither table nor folder, in a word: foreachBatch, memory, console."""
    words = {
        "NoopTable": "noop",
        "ForeachBatchSink": "foreachBatch",
        "MemorySink": "memory",
        "Foreach": "foreach",
    }
    name = description.split("@")[0].split("[")[0].rsplit(".", 1)[-1]
    name = name.removesuffix("$")
    for prefix, word in words.items():
        if name.startswith(prefix):
            return word
    return "console" if name.startswith("Console") else name or "?"


def table_of_path(path: str) -> tuple[str, str] | None:
    """Schema and name of the managed table that lies at a path of the warehouse."""
    found = _WAREHOUSE.search(path)
    return (found["schema"] or "default", found["table"]) if found else None


def trigger_text(trigger: str) -> str:
    """A trigger in a few words."""
    if found := _PROCESSING_TIME.match(trigger):
        return f"every {_interval(int(found[1]))}" if int(found[1]) else "at once"
    if found := _CONTINUOUS.match(trigger):
        return f"continuous {_interval(int(found[1]))}"
    if trigger.startswith("AvailableNow"):
        return "availableNow"
    return "once" if trigger.startswith("OneTime") else trigger.split("@")[0]


def is_temporary(checkpoint: str) -> bool:
    """Whether Spark made up the checkpoint folder and forgets it with the query."""
    return bool(_TEMPORARY.search(checkpoint))


def backlog(sources: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
    """What the sources say is still to be read: `{"text", "amount", "unit"}`; None if none says.

    `unit` is files, rows (Kafka's offsets) or bytes. Of several sources the amounts are added,
    unless their units differ: then the text names each.
    """
    found: dict[str, float] = {}
    for source in sources:
        one = _behind(source)
        if one is not None:
            found[one[1]] = found.get(one[1], 0) + one[0]
    if not found:
        return None
    text = ", ".join(f"{_number(amount)} {unit}" for unit, amount in found.items())
    unit, amount = next(iter(found.items()))
    return {"text": text, "amount": amount, "unit": unit}


def _behind(source: Mapping[str, Any]) -> tuple[float, str] | None:
    metrics = source.get("metrics") or {}
    for key, unit in (("numFilesOutstanding", "files"), ("numBytesOutstanding", "bytes")):
        amount = _float(metrics.get(key))
        if amount is not None:
            return amount, unit
    latest, end = _partitions(source.get("latestOffset")), _partitions(source.get("endOffset"))
    if latest and end:
        return sum(max(latest[p] - end.get(p, 0), 0) for p in latest), "rows"
    return None


def _partitions(offset: Any) -> dict[tuple[str, str], int]:
    """Kafka's offsets, `{"topic": {"0": 17}}`, by topic and partition; nothing for others'."""
    if isinstance(offset, str):
        try:
            offset = json.loads(offset)
        except ValueError:
            return {}
    if not isinstance(offset, Mapping):
        return {}
    found = {}
    for topic, partitions in offset.items():
        if not isinstance(partitions, Mapping):
            return {}
        for number, at in partitions.items():
            if not isinstance(at, int):
                return {}
            found[str(topic), str(number)] = at
    return found


def state_rows(progress: Mapping[str, Any]) -> int | None:
    """Rows in the state of aggregations, joins and deduplications; None for a stateless query."""
    operators = progress.get("stateOperators") or []
    return sum(int(one.get("numRowsTotal") or 0) for one in operators) if operators else None


def state_bytes(progress: Mapping[str, Any]) -> int | None:
    """Memory of that state, in bytes; None for a stateless query."""
    operators = progress.get("stateOperators") or []
    return sum(int(one.get("memoryUsedBytes") or 0) for one in operators) if operators else None


def watermark(progress: Mapping[str, Any]) -> str | None:
    """Up to when events are complete; None without a watermark, or before the first event."""
    found = (progress.get("eventTime") or {}).get("watermark")
    return None if found is None or str(found).startswith("1970-01-01T00:00:00") else str(found)


def percentiles(values: Sequence[float]) -> dict[str, float] | None:
    """Median, 95th and 99th percentile and maximum, by nearest rank; None without values."""
    ordered = sorted(values)
    if not ordered:
        return None
    last = len(ordered) - 1
    return {
        "p50": ordered[round(0.5 * last)],
        "p95": ordered[round(0.95 * last)],
        "p99": ordered[round(0.99 * last)],
        "max": ordered[-1],
    }


def batch_facts(progress: Mapping[str, Any]) -> dict[str, Any]:
    """One batch, as the list of the last ones shows it; durations in milliseconds."""
    durations = progress.get("durationMs") or {}
    return {
        "batch": progress.get("batchId"),
        "time": progress.get("timestamp"),
        "rows": progress.get("numInputRows"),
        "input_rate": _float(progress.get("inputRowsPerSecond")) or 0.0,
        "processed_rate": _float(progress.get("processedRowsPerSecond")) or 0.0,
        "duration": durations.get("triggerExecution"),
        "durations": durations,
    }


def _float(value: Any) -> float | None:
    """A number of Spark's JSON, which writes NaN and metrics as strings."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if number == number and abs(number) != float("inf") else None


def plain_path(path: str) -> str:
    """`file:/x` and `file:///x` as `/x`."""
    return re.sub(r"\Afile:/+", "/", path)


def _interval(milliseconds: int) -> str:
    for size, unit in ((3_600_000, "h"), (60_000, "min"), (1000, "s")):
        if milliseconds >= size and milliseconds % size == 0:
            return f"{milliseconds // size} {unit}"
    return f"{milliseconds} ms"


def _number(amount: float) -> str:
    return f"{int(amount):,}"
