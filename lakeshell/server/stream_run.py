"""One run of a streaming query: what was seen of it, and how the control API tells it."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lakeshell.dialect.names.shown import NamesShown
from lakeshell.render.stream_errors import stream_failure
from lakeshell.server import stream_facts as facts
from lakeshell.server.connect_sessions import Owner
from lakeshell.session.stream_definitions import FAILED, FINISHED, RUNNING, STOPPED

REMEMBERED = 3600.0  # seconds: points of a running stream, and streams that have ended
_SERIES = 60  # points of the short series
_FOR_LATENCY = 300  # batches of which the list tells the latency
_MOST_POINTS = 3600


@dataclass
class Stream:
    """One run of a streaming query. `query` is Spark's StreamExecution; a point is its time, rows a
    second in and done, rows, and milliseconds of a batch."""

    query: Any
    run_id: str
    id: str
    name: str | None
    sink: str
    trigger: str
    output_mode: str
    checkpoint: str
    started: float
    owner: Owner | None = None
    ended: float | None = None
    error: str | None = None
    error_class: str | None = None
    hint: str | None = None
    status: dict[str, Any] = field(default_factory=dict)
    text: str = ""  # the JSON of the last progress
    progress: dict[str, Any] = field(default_factory=dict)
    points: deque[tuple[float, float, float, int, float]] = field(
        default_factory=lambda: deque(maxlen=_MOST_POINTS)
    )

    @classmethod
    def of(cls, query: Any, owner: Owner | None, clock: float) -> Stream:
        """What a StreamExecution says of itself."""
        name = query.name()
        return cls(
            query=query,
            run_id=str(query.runId()),
            id=str(query.id()),
            name=str(name) if name is not None else None,
            sink=str(query.sink().toString()),
            trigger=str(query.trigger().toString()),
            output_mode=str(query.outputMode().toString()),
            checkpoint=str(query.resolvedCheckpointRoot()),
            started=clock,
            owner=owner,
        )

    @property
    def state(self) -> str:
        """As in stream_definitions."""
        if self.ended is None:
            return RUNNING
        if self.error is not None:
            return FAILED
        by_itself = self.trigger.startswith(("AvailableNow", "OneTime"))
        return FINISHED if by_itself else STOPPED

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
        while self.points and now - self.points[0][0] > REMEMBERED:
            self.points.popleft()

    def end(self, clock: float) -> None:
        """It has ended: ask it how."""
        self.ended = clock
        last = self.query.lastProgress()
        if last is not None:
            self.take(str(last.json()), clock)
        failure = self.query.exception()
        if failure.isDefined():
            told = stream_failure(str(failure.get().toString()))
            self.error, self.error_class, self.hint = told.text, told.error_class, told.hint
            if self.error_class is None:
                self.error_class = str(failure.get().getCondition() or "") or None

    def shown(self, path_shown: Callable[[str], str], names: NamesShown) -> dict[str, Any]:
        """In JSON: rates in rows a second, `batch_ms`, `latency` and series of the last batches,
        times in seconds since the epoch, paths and names as the user knows them."""
        progress = self.progress
        sources = progress.get("sources") or []
        batch = facts.batch_facts(progress)
        path = facts.sink_path(self.sink)
        table = facts.table_of_path(path) if path is not None else None
        points = list(self.points)
        running = self.ended is None
        return {
            "id": self.id,
            "run_id": self.run_id,
            "name": self.name,
            "session": self.owner.session if self.owner else None,
            "state": self.state,
            "status": self.status.get("message") or "" if running else "",
            "source": ", ".join(
                facts.source_text(str(s.get("description")), path_shown) for s in sources
            ),
            "sink": names.text(".".join(table))
            if table
            else path_shown(path)
            if path is not None
            else facts.sink_text(self.sink),
            "sink_table": list(table) if table else None,
            "sink_path": path_shown(path) if path is not None else None,
            "trigger": facts.trigger_text(self.trigger),
            "output_mode": self.output_mode.lower(),
            "checkpoint": path_shown(facts.plain_path(self.checkpoint)),
            "checkpoint_is_temporary": facts.is_temporary(self.checkpoint),
            "batch": batch["batch"],
            "batch_time": batch["time"],
            "batch_ms": batch["duration"],
            "latency": facts.percentiles([p[4] for p in points[-_FOR_LATENCY:]]),
            "rows": batch["rows"],
            "input_rate": batch["input_rate"] if running else 0.0,
            "processed_rate": batch["processed_rate"] if running else 0.0,
            "input_series": [point[1] for point in points[-_SERIES:]],
            "processed_series": [point[2] for point in points[-_SERIES:]],
            "backlog": facts.backlog(sources),
            "state_rows": facts.state_rows(progress),
            "state_bytes": facts.state_bytes(progress),
            "watermark": facts.watermark(progress),
            "started": self.started,
            "ended": self.ended,
            "error": path_shown(self.error) if self.error else None,
            "error_class": self.error_class,
            "hint": self.hint,
        }
