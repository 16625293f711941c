"""What a message that starts a stream says: its source, its sink, its trigger, its checkpoint, and
whether it carries programs.

The message is Spark's WriteStreamOperationStart (spark/connect/commands.proto).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_CHECKPOINT = "checkpointlocation"
_CHECKPOINTS = "spark.sql.streaming.checkpointLocation"
# Messages that hold pickled Python, by the name of their type.
_PROGRAMS = frozenset({"PythonUDF", "PythonUDTF", "PythonDataSource", "StreamingForeachFunction"})


def source_of(message: Any) -> str:
    """What it reads, in a few words: tables by name, folders by path, else the format."""
    found: list[str] = []
    for one in _messages(message.input):
        if one.DESCRIPTOR.name == "NamedTable" and one.unparsed_identifier:
            found.append(one.unparsed_identifier)
        elif one.DESCRIPTOR.name == "DataSource":
            options = {key.lower(): value for key, value in one.options.items()}
            paths = [*one.paths] or [options[key] for key in ("path",) if key in options]
            topics = [options[key] for key in ("subscribe", "subscribepattern") if key in options]
            found.append(" ".join([one.format, *paths, *topics]).strip())
        elif one.DESCRIPTOR.name == "SQL":
            found.append(" ".join(one.query.split())[:60])
    return ", ".join(dict.fromkeys(found)) or "?"


def sink_of(message: Any) -> str:
    """Where it writes: the table, the path, foreachBatch, foreach or the format."""
    kind = message.WhichOneof("sink_destination")
    if kind is not None:
        return str(getattr(message, kind))
    if message.HasField("foreach_batch"):
        return "foreachBatch"
    if message.HasField("foreach_writer"):
        return "foreach"
    return str(message.options.get("path") or message.format or "?")


def trigger_of(message: Any) -> str:
    """Its trigger in a few words."""
    kind = message.WhichOneof("trigger")
    if kind in (None, "once", "available_now"):
        return {None: "at once", "once": "once", "available_now": "availableNow"}[kind]
    interval = str(getattr(message, kind))
    return interval if kind == "real_time_batch_duration" else f"every {interval}"


def ends_by_itself(trigger: str) -> bool:
    """Whether such a stream ends when all that is there has been read."""
    return trigger in ("once", "availableNow")


def checkpoint_of(message: Any, settings: Mapping[str, str]) -> str | None:
    """Its checkpoint folder; None where Spark makes one up, which ends with the query."""
    for key, value in message.options.items():
        if key.lower() == _CHECKPOINT:
            return str(value)
    folder = settings.get(_CHECKPOINTS)
    return f"{folder}/{message.query_name}" if folder and message.query_name else None


def carries_programs(message: Any) -> bool:
    """Whether running it runs Python that was pickled into it."""
    return any(one.DESCRIPTOR.name in _PROGRAMS for one in _messages(message))


def _messages(message: Any) -> Iterator[Any]:
    """It and all messages in it."""
    waiting = [message]  # not recursive: a plan may be a thousand steps deep
    while waiting:
        one = waiting.pop()
        yield one
        for entry, value in one.ListFields():
            if entry.message_type is None:
                continue
            if entry.message_type.GetOptions().map_entry:
                value = value.values()
            elif hasattr(value, "DESCRIPTOR"):
                value = (value,)
            waiting += [inner for inner in value if hasattr(inner, "ListFields")]
