"""Streams as tables: the list of all, and what is known of one."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lakeshell.render.metrics import format_bytes

if TYPE_CHECKING:
    import pyarrow as pa


def called(stream: Mapping[str, Any]) -> str:
    """What people call it."""
    return str(stream["name"] or stream["id"][:8])


def streams_table(streams: Sequence[Mapping[str, Any]], *, without_empty: bool = False) -> pa.Table:
    """A row for each stream: rates in rows a second, latencies in milliseconds of a batch.
    `without_empty` leaves out what no stream has, for people on a narrow terminal."""
    import pyarrow as pa

    # What moves stands first: a narrow terminal leaves out columns on the right.
    schema = pa.schema(
        [
            ("name", pa.string()),
            ("state", pa.string()),
            ("batch", pa.int64()),
            ("in_per_s", pa.float64()),
            ("done_per_s", pa.float64()),
            ("backlog", pa.string()),
            ("p50_ms", pa.int64()),
            ("p95_ms", pa.int64()),
            ("p99_ms", pa.int64()),
            ("source", pa.string()),
            ("sink", pa.string()),
            ("trigger", pa.string()),
            ("state_rows", pa.int64()),
            ("state_size", pa.string()),
            ("watermark", pa.string()),
            ("error", pa.string()),
        ]
    )
    rows = [_row(stream, schema.names) for stream in streams]
    table = pa.Table.from_pylist(rows, schema=schema)
    if not without_empty or not rows:
        return table
    return table.select([n for n in schema.names if any(row[n] is not None for row in rows)])


def _row(stream: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    latency = stream["latency"] or {}
    size = stream["state_bytes"]
    return {
        **{key: stream.get(key) for key in names},
        "name": called(stream),
        "in_per_s": round(stream["input_rate"], 1),
        "done_per_s": round(stream["processed_rate"], 1),
        "backlog": (stream["backlog"] or {}).get("text"),
        **{f"{key}_ms": _whole(latency.get(key)) for key in ("p50", "p95", "p99")},
        "state_size": None if size is None else format_bytes(size),
        "error": (stream["error"] or "").split("\n", 1)[0] or None,
    }


def facts_of(stream: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is known of one stream, by name."""
    return [(key, str(value)) for key, value in _facts(stream) if value not in (None, "")]


def _facts(stream: Mapping[str, Any]) -> list[tuple[str, Any]]:
    durations = stream.get("durations") or {}
    state = f"{stream['state']} ({stream['status']})" if stream["status"] else stream["state"]
    temporary = " (temporary: lost when it ends)" if stream["checkpoint_is_temporary"] else ""
    size = stream["state_bytes"]
    return [
        ("name", stream["name"]),
        ("id", stream["id"]),
        ("state", state),
        ("error", stream["error"]),
        ("error class", stream["error_class"]),
        ("what to do", stream["hint"]),
        ("source", stream["source"]),
        ("sink", stream["sink"]),
        ("path", stream["sink_path"]),
        ("trigger", stream["trigger"]),
        ("output mode", stream["output_mode"]),
        ("checkpoint", f"{stream['checkpoint']}{temporary}"),
        ("started", _when(stream["started"])),
        ("ended", _when(stream["ended"])),
        ("batch", stream["batch"]),
        ("batch time", stream["batch_time"]),
        ("rows", stream["rows"]),
        ("rows/s in", f"{stream['input_rate']:.1f}"),
        ("rows/s done", f"{stream['processed_rate']:.1f}"),
        ("batch takes", _latency(durations)),
        ("backlog", (stream["backlog"] or {}).get("text")),
        ("state rows", stream["state_rows"]),
        ("state size", None if size is None else format_bytes(size)),
        ("watermark", stream["watermark"]),
        ("restart", stream.get("restart_refusal") or "%stream restart goes on at the checkpoint"),
    ]


def _latency(durations: Mapping[str, float]) -> str | None:
    if not durations:
        return None
    half, most, nearly, longest = (durations[key] for key in ("p50", "p95", "p99", "max"))
    return f"{half:.0f} ms (95 %: {most:.0f} ms, 99 %: {nearly:.0f} ms, longest {longest:.0f} ms)"


def _when(seconds: Any) -> str | None:
    if not isinstance(seconds, (int, float)):
        return None
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
