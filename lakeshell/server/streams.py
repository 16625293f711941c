"""Every streaming query of the home, whoever started it: read from the JVM, remembered for an hour.

Each Connect session has a StreamingQueryManager of its own; Spark's SharedState knows the running
queries of all. A listener would need a callback from the JVM for every batch; looking once a second
costs three round trips however many streams there are (`benchmarks/streams_cost.py`).
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lakeshell.dialect.catalogs import Catalogs
from lakeshell.dialect.shown import NamesShown
from lakeshell.home import Home
from lakeshell.render.errors import split_spark_message
from lakeshell.server import stream_facts as facts
from lakeshell.server.jvm_calls import TextOfAll
from lakeshell.server.stream_restart import restart_query, restart_refusal
from lakeshell.session.lake_paths import LakePaths

if TYPE_CHECKING:
    from lakeshell.server.jvm import Spark

_EVERY = 1.0  # seconds between looks
_REMEMBERED = 3600.0  # seconds: points of a running stream, and streams that have ended
_SERIES = 60  # points of the short series
_MOST_POINTS = 3600
_MOST_ENDED = 100
_BATCHES = 15  # shown of one stream; each takes two calls
_VALUE = ("java.util.Map$Entry", "getValue")
_QUERY = "org.apache.spark.sql.execution.streaming.runtime.StreamExecution"
_PROGRESS = "org.apache.spark.sql.streaming.StreamingQueryProgress"
_STATUS = "org.apache.spark.sql.streaming.StreamingQueryStatus"


class NoSuchStream(Exception):
    """No stream has that name or id."""


@dataclass
class Stream:
    """One run of a streaming query. `query` is Spark's StreamExecution."""

    query: Any
    run_id: str
    id: str
    name: str | None
    sink: str
    trigger: str
    output_mode: str
    checkpoint: str
    started: float
    ended: float | None = None
    error: str | None = None
    error_class: str | None = None
    status: dict[str, Any] = field(default_factory=dict)
    text: str = ""  # the JSON of the last progress
    progress: dict[str, Any] = field(default_factory=dict)
    points: deque[tuple[float, float, float, int, float]] = field(
        default_factory=lambda: deque(maxlen=_MOST_POINTS)
    )

    def take(self, text: str, now: float) -> None:
        """The JSON of its latest progress."""
        if text == self.text:
            return
        self.text, self.progress = text, json.loads(text)
        batch = facts.batch_facts(self.progress)
        self.points.append(
            (
                now,
                batch["input_rate"],
                batch["processed_rate"],
                int(batch["rows"] or 0),
                float(batch["duration"] or 0),
            )
        )
        while self.points and now - self.points[0][0] > _REMEMBERED:
            self.points.popleft()


class Streams:
    """The streams of one server. Thread-safe."""

    def __init__(self, spark: Spark, home: Home) -> None:
        self._spark = spark
        self._shown = LakePaths(home).text
        self._catalogs = Catalogs(home)
        self._streams: dict[str, Stream] = {}  # by run id
        self._lock = threading.Lock()
        self._looked = 0.0
        gateway = spark.gateway
        self._active = spark.session.sharedState().activeStreamingQueries()
        self._run_ids = TextOfAll(
            gateway, _VALUE, (_QUERY, "runId"), ("java.util.UUID", "toString")
        )
        self._last = TextOfAll(gateway, _VALUE, (_QUERY, "lastProgress"), (_PROGRESS, "json"))
        self._statuses = TextOfAll(gateway, _VALUE, (_QUERY, "status"), (_STATUS, "json"))

    def start(self) -> None:
        """Look every second from now on, so that the last hour is known to whoever asks."""
        threading.Thread(target=self._watch, daemon=True, name="streams").start()

    def all(self) -> list[dict[str, Any]]:
        """All streams, the running ones first, then by name; see `_shown_as` for the keys."""
        with self._lock:
            self._look()
            found = [self._shown_as(stream) for stream in self._streams.values()]
        return sorted(found, key=lambda s: (s["ended"] or 0, s["name"] or "", s["started"]))

    def show(self, wanted: str) -> dict[str, Any]:
        """One stream with its progress, last batches, durations and hour; raises NoSuchStream."""
        with self._lock:
            self._look()
            stream = self._find(wanted)
            durations = [point[4] for point in stream.points]
            return {
                **self._shown_as(stream),
                "progress": stream.progress,
                "batches": self._batches(stream),
                "durations": facts.percentiles(durations),
                "hour": [list(point) for point in stream.points],
                "restart_refusal": restart_refusal(stream.query, stream.checkpoint),
            }

    def stop(self, wanted: str) -> dict[str, Any]:
        """Stop a stream and wait until it has ended; raises NoSuchStream."""
        with self._lock:
            self._look()
            stream = self._find(wanted)
        if stream.ended is None:
            stream.query.stop()
        with self._lock:
            self._look(at_once=True)
        return self.show(stream.run_id)

    def restart(self, wanted: str) -> dict[str, Any]:
        """Start a stream again where its checkpoint left off: `{"refusal", "run_id"}`."""
        with self._lock:
            self._look()
            stream = self._find(wanted)
        refusal = restart_refusal(stream.query, stream.checkpoint)
        if refusal is not None:
            return {"refusal": refusal, "run_id": None}
        if stream.ended is None:
            self.stop(stream.run_id)
        try:
            run_id = restart_query(self._spark, stream.query, stream.name, stream.checkpoint)
        except Exception as error:
            from lakeshell.server.jvm import first_cause

            return {"refusal": first_cause(error), "run_id": None}
        with self._lock:
            self._look(at_once=True)
        return {"refusal": None, "run_id": run_id}

    # Looking
    def _watch(self) -> None:
        while self._spark.process.poll() is None:
            try:
                with self._lock:
                    self._look()
            # The JVM is ending, or a query was half gone; the next look tells.
            except Exception as error:
                print(f"streams: {error}", flush=True)
                time.sleep(10 * _EVERY)
            time.sleep(_EVERY)

    def _look(self, *, at_once: bool = False) -> None:
        """Read what is new, at most twice a second. One call when no stream runs."""
        now = time.monotonic()
        if now - self._looked < _EVERY / 2 and not at_once:
            return
        self._looked = now
        clock = time.time()
        running = [s for s in self._streams.values() if s.ended is None]
        size = int(self._active.size())
        if not size and not running:
            self._forget(clock)
            return
        queries = self._active.entrySet()
        ids = self._run_ids(queries) if size else []
        for stream in running:
            if stream.run_id not in ids:
                self._end(stream, clock)
        if any(run_id not in self._streams for run_id in ids):
            for query in self._active.values():
                if (run_id := str(query.runId())) not in self._streams:
                    self._meet(query, run_id, clock)
        if size:
            for text in self._last(queries):
                stream_of = self._streams.get(_run_id(text))
                if stream_of is not None:
                    stream_of.take(text, clock)
            statuses = self._statuses(queries)
            if len(statuses) == len(ids) == int(self._active.size()):
                for run_id, status in zip(ids, statuses, strict=True):
                    if run_id in self._streams:
                        self._streams[run_id].status = json.loads(status)
        self._forget(clock)

    def _meet(self, query: Any, run_id: str, clock: float) -> None:
        name = query.name()
        stream = Stream(
            query=query,
            run_id=run_id,
            id=str(query.id()),
            name=str(name) if name is not None else None,
            sink=str(query.sink().toString()),
            trigger=str(query.trigger().toString()),
            output_mode=str(query.outputMode().toString()),
            checkpoint=str(query.resolvedCheckpointRoot()),
            started=clock,
        )
        # Its earlier runs are of no interest any more.
        for old in [s for s in self._streams.values() if s.id == stream.id and s.ended]:
            stream.points.extend(old.points)
            del self._streams[old.run_id]
        self._streams[run_id] = stream

    def _end(self, stream: Stream, clock: float) -> None:
        stream.ended = clock
        last = stream.query.lastProgress()
        if last is not None:
            stream.take(str(last.json()), clock)
        failure = stream.query.exception()
        if failure.isDefined():
            error = failure.get()
            cause = error.getCause()
            words = split_spark_message(str((cause if cause is not None else error).toString()))
            stream.error = words.text
            stream.error_class = words.error_class or str(error.getCondition())

    def _forget(self, clock: float) -> None:
        ended = sorted(
            (s for s in self._streams.values() if s.ended is not None),
            key=lambda s: s.ended or 0.0,
        )
        for number, stream in enumerate(reversed(ended)):
            if number >= _MOST_ENDED or clock - (stream.ended or 0.0) > _REMEMBERED:
                del self._streams[stream.run_id]

    def _batches(self, stream: Stream) -> list[dict[str, Any]]:
        """The last batches that Spark remembers, the newest first."""
        recent = stream.query.recentProgress()
        count = len(recent)
        texts = [str(recent[at].json()) for at in range(max(count - _BATCHES, 0), count)]
        return [facts.batch_facts(json.loads(text)) for text in reversed(texts)]

    def _find(self, wanted: str) -> Stream:
        """By name, id, run id or the beginning of one that only one has; the running one first."""
        streams = sorted(self._streams.values(), key=lambda s: (s.ended is not None, -s.started))
        tests: tuple[Callable[[Stream], bool], ...] = (
            lambda s: s.run_id == wanted,
            lambda s: s.name == wanted,
            lambda s: s.id == wanted,
        )
        for test in tests:
            if found := [s for s in streams if test(s)]:
                return found[0]
        if len(wanted) >= 4:
            found = [s for s in streams if wanted in (s.id[: len(wanted)], s.run_id[: len(wanted)])]
            if len(found) == 1:
                return found[0]
        raise NoSuchStream(wanted)

    def _shown_as(self, stream: Stream) -> dict[str, Any]:
        """A stream in JSON: rates in rows a second, `batch_ms` and series of the last batches,
        times in seconds since the epoch, paths as the user knows them."""
        progress = stream.progress
        sources = progress.get("sources") or []
        batch = facts.batch_facts(progress)
        path = facts.sink_path(stream.sink)
        table = facts.table_of_path(path) if path is not None else None
        points = list(stream.points)[-_SERIES:]
        running = stream.ended is None
        return {
            "id": stream.id,
            "run_id": stream.run_id,
            "name": stream.name,
            "state": "running" if running else "failed" if stream.error else "stopped",
            "status": stream.status.get("message") or "" if running else "",
            "source": ", ".join(
                facts.source_text(str(s.get("description")), self._shown) for s in sources
            ),
            "sink": NamesShown(self._catalogs.stored).text(".".join(table))
            if table
            else self._shown(path)
            if path is not None
            else facts.sink_text(stream.sink),
            "sink_table": list(table) if table else None,
            "sink_path": self._shown(path) if path is not None else None,
            "trigger": facts.trigger_text(stream.trigger),
            "output_mode": stream.output_mode.lower(),
            "checkpoint": self._shown(facts.plain_path(stream.checkpoint)),
            "checkpoint_is_temporary": facts.is_temporary(stream.checkpoint),
            "batch": batch["batch"],
            "batch_time": batch["time"],
            "batch_ms": batch["duration"],
            "rows": batch["rows"],
            "input_rate": batch["input_rate"] if running else 0.0,
            "processed_rate": batch["processed_rate"] if running else 0.0,
            "input_series": [point[1] for point in points],
            "processed_series": [point[2] for point in points],
            "backlog": facts.backlog(sources),
            "state_rows": facts.state_rows(progress),
            "watermark": (progress.get("eventTime") or {}).get("watermark"),
            "started": stream.started,
            "ended": stream.ended,
            "error": self._shown(stream.error) if stream.error else None,
            "error_class": stream.error_class,
        }


def _run_id(text: str) -> str:
    """The run of a progress, without parsing it all: `{"id":"…","runId":"…"`."""
    at = text.find('"runId":"')
    return text[at + 9 : at + 45] if at >= 0 else ""
