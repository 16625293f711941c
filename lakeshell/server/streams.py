"""Every streaming query of the home, whoever started it: read from the JVM, remembered for an hour.

Each Connect session has a StreamingQueryManager of its own; Spark's SharedState knows the running
queries of all. A listener would need a callback from the JVM for every batch; looking once a second
costs three round trips however many streams there are (`benchmarks/streams_cost.py`).

How a stream ends is written into the home (`session/stream_definitions.py`); one that is said to
run there after its server is gone was lost, and can be started again (`stream_again.py`).
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lakeshell.dialect.names.catalogs import Catalogs
from lakeshell.dialect.names.shown import NamesShown
from lakeshell.dialect.streaming.snapshot import is_snapshot
from lakeshell.home import Home
from lakeshell.server import stream_facts as facts
from lakeshell.server.connect_sessions import ConnectSessions, Owner
from lakeshell.server.jvm_calls import TextOfAll
from lakeshell.server.stream_again import Again, refusal_of
from lakeshell.server.stream_run import REMEMBERED, Stream
from lakeshell.session.lake_paths import LakePaths
from lakeshell.session.lost_streams import lost_streams
from lakeshell.session.stream_definitions import RUNNING, STOPPED, Definitions

if TYPE_CHECKING:
    from lakeshell.server.jvm import Spark

_EVERY = 1.0  # seconds between looks
_MOST_ENDED = 100
_BATCHES = 15  # shown of one stream; each takes two calls
_LINGER = 60.0  # seconds that a session outlives the last of its streams when its shell is gone
_TOUCH = 10.0  # seconds between two marks that a session is in use
_MISSED = 2  # looks that must miss a stream before the home is told that it has ended
_VALUE = ("java.util.Map$Entry", "getValue")
_QUERY = "org.apache.spark.sql.execution.streaming.runtime.StreamExecution"
_PROGRESS = "org.apache.spark.sql.streaming.StreamingQueryProgress"
_STATUS = "org.apache.spark.sql.streaming.StreamingQueryStatus"


class NoSuchStream(Exception):
    """No stream has that name or id."""


class Streams:
    """The streams of one life of a server, which `life` names. Thread-safe."""

    def __init__(self, spark: Spark, home: Home, life: str) -> None:
        self._spark = spark
        self._home = home
        self._life = life
        self._shown = LakePaths(home).text
        self._catalogs = Catalogs(home)
        self._definitions = Definitions(home)
        self._sessions = ConnectSessions(spark)
        self._again = Again(spark, home, life, self._sessions)
        self._streams: dict[str, Stream] = {}  # by run id
        self._missed: dict[str, int] = {}  # looks, by run id
        self._left: dict[Owner, float] = {}  # sessions without a shell, and when last in use
        self._lock = threading.Lock()
        self._closing = False
        self._looked = self._touched = 0.0
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

    def close(self) -> None:
        """The server ends in good order: streams that run now are wanted again."""
        with self._lock:
            self._closing = True
            self._definitions.end_with_server(self._life)

    def all(self) -> list[dict[str, Any]]:
        """All streams, those that ended last; see `Stream.shown` for the keys."""
        with self._lock:
            self._look()
            streams = list(self._streams.values())
        # A SELECT … FROM STREAM that is over is no stream any more.
        kept = [stream for stream in streams if not (stream.ended and is_snapshot(stream.name))]
        found = [self._told(stream) for stream in kept] + self._lost()
        return sorted(found, key=lambda s: (s["ended"] or 0, s["name"] or "", s["started"]))

    def show(self, wanted: str) -> dict[str, Any]:
        """One stream with its progress, last batches, durations and hour; raises NoSuchStream."""
        with self._lock:
            self._look()
            stream = self._find(wanted)
            if stream is None:
                return self._show_lost(wanted)
            refusal = refusal_of(self._definitions, stream)
            return {
                **self._told(stream),
                "progress": stream.progress,
                "batches": self._batches(stream),
                "durations": facts.percentiles([point[4] for point in stream.points]),
                "hour": [list(point) for point in stream.points],
                "restart_refusal": refusal,
            }

    def stop(self, wanted: str) -> dict[str, Any]:
        """Stop a stream and wait until it has ended, or forget a lost one; raises NoSuchStream."""
        with self._lock:
            self._look()
            stream = self._find(wanted)
        if stream is None:
            lost = self._show_lost(wanted)
            self._definitions.ended(str(lost["run_id"]), STOPPED)
            return {**lost, "state": STOPPED}
        if stream.ended is None:
            stream.query.stop()
            self._definitions.ended(stream.run_id, STOPPED)
        with self._lock:
            self._look(at_once=True)
        return self.show(stream.run_id)

    def restart(self, wanted: str) -> dict[str, Any]:
        """Start a stream again where its checkpoint left off: `{"refusal", "run_id"}`."""
        with self._lock:
            self._look()
            stream = self._find(wanted)
        run_id = stream.run_id if stream else str(self._show_lost(wanted)["run_id"])
        if stream is not None:
            refusal = refusal_of(self._definitions, stream)
            if refusal is not None:
                return {"refusal": refusal, "run_id": None}
            if stream.ended is None:
                self.stop(run_id)
        answer = self._again.start(run_id, stream)
        if (owner := answer.pop("owner", None)) is not None:
            self._keep(owner)
        with self._lock:
            self._look(at_once=True)
        return answer

    def recover(self) -> list[dict[str, Any]]:
        """Start again what ran when the server died: of each its name, id, and why not, if not."""
        with self._again.one_at_a_time:
            found = []
            for definition in self._definitions.lost(self._life):
                answer = self._again.start(definition.run_id, None)
                if (owner := answer.pop("owner", None)) is not None:
                    self._keep(owner)
                found.append({"name": definition.name, "id": definition.id, **answer})
        with self._lock:
            self._look(at_once=True)
        return found

    def leave(self, user: str, session: str) -> list[str]:
        """The shell of a session ends: the names of its streams, for which the session stays. With
        none, the session is left to the shell to end."""
        owner = Owner(user, session)
        running = self._sessions.running(owner)
        if running:
            self._keep(owner)
        return sorted(name or run_id[:8] for run_id, name in running)

    # Looking
    def _watch(self) -> None:
        while self._spark.process.poll() is None and not self._closing:
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
        if self._closing or (now - self._looked < _EVERY / 2 and not at_once):
            return
        self._looked = now
        clock = time.time()
        running = [s for s in self._streams.values() if s.ended is None]
        size = int(self._active.size())
        ids = self._run_ids(self._active.entrySet()) if size else []
        for stream in running:
            if stream.run_id not in ids:
                stream.end(clock)
        if any(run_id not in self._streams for run_id in ids):
            for query in self._active.values():
                if str(query.runId()) not in self._streams:
                    self._meet(query, clock)
        if size:
            self._read(ids, clock)
        self._write_ends(ids, clock)
        self._look_after_sessions(now)
        self._forget(clock)

    def _read(self, ids: list[str], clock: float) -> None:
        queries = self._active.entrySet()
        for text in self._last(queries):
            stream_of = self._streams.get(_run_id(text))
            if stream_of is not None:
                stream_of.take(text, clock)
        statuses = self._statuses(queries)
        if len(statuses) == len(ids) == int(self._active.size()):
            for run_id, status in zip(ids, statuses, strict=True):
                if run_id in self._streams:
                    self._streams[run_id].status = json.loads(status)

    def _meet(self, query: Any, clock: float) -> Stream:
        owner = self._sessions.owner(str(query.id()), str(query.runId()))
        stream = Stream.of(query, owner, clock)
        # Its earlier runs are of no interest any more.
        for old in [s for s in self._streams.values() if s.id == stream.id and s.ended]:
            stream.points.extend(old.points)
            del self._streams[old.run_id]
        self._streams[stream.run_id] = stream
        return stream

    def _write_ends(self, ids: list[str], clock: float) -> None:
        """Into the home, once it is certain that the stream has ended and not the JVM with it."""
        for definition in self._definitions.running(self._life):
            run_id = definition.run_id
            if run_id in ids:
                self._missed.pop(run_id, None)
                continue
            self._missed[run_id] = self._missed.get(run_id, 0) + 1
            stream = self._streams.get(run_id)
            if stream is None:
                # It came and went between two looks.
                query = self._sessions.query(definition.id, run_id)
                if query is not None and not query.isActive():
                    stream = self._meet(query, clock)
                    stream.end(clock)
            if self._missed[run_id] < _MISSED:
                continue
            del self._missed[run_id]
            self._definitions.ended(
                run_id,
                stream.state if stream is not None else STOPPED,
                error=stream.error if stream else None,
                error_class=stream.error_class if stream else None,
                hint=stream.hint if stream else None,
            )

    def _look_after_sessions(self, now: float) -> None:
        """Those with running streams do not expire; those that were left for them end later."""
        in_use = {s.owner for s in self._streams.values() if s.owner and s.ended is None}
        if now - self._touched > _TOUCH:
            self._touched = now
            for owner in in_use:
                self._sessions.touch(owner)
        for owner, used in list(self._left.items()):
            if owner in in_use:
                self._left[owner] = now
            elif now - used > _LINGER:
                del self._left[owner]
                if not self._sessions.running(owner):
                    self._sessions.release(owner)

    def _keep(self, owner: Owner) -> None:
        with self._lock:
            self._left[owner] = time.monotonic()

    def _forget(self, clock: float) -> None:
        ended = sorted(
            (s for s in self._streams.values() if s.ended is not None),
            key=lambda s: s.ended or 0.0,
        )
        for number, stream in enumerate(reversed(ended)):
            if number >= _MOST_ENDED or clock - (stream.ended or 0.0) > REMEMBERED:
                del self._streams[stream.run_id]

    # Telling
    def _told(self, stream: Stream) -> dict[str, Any]:
        return stream.shown(self._shown, NamesShown(self._catalogs.stored))

    def _lost(self) -> list[dict[str, Any]]:
        known = {stream.id for stream in self._streams.values() if stream.state == RUNNING}
        return [one for one in lost_streams(self._home, self._life) if one["id"] not in known]

    def _show_lost(self, wanted: str) -> dict[str, Any]:
        for one in self._lost():
            if wanted in (one["name"], one["id"], one["run_id"]) or (
                len(wanted) >= 4 and one["id"].startswith(wanted)
            ):
                return {
                    **one,
                    "progress": {},
                    "batches": [],
                    "durations": None,
                    "hour": [],
                    "restart_refusal": None,
                }
        raise NoSuchStream(wanted)

    def _batches(self, stream: Stream) -> list[dict[str, Any]]:
        """The last batches that Spark remembers, the newest first."""
        recent = stream.query.recentProgress()
        count = len(recent)
        texts = [str(recent[at].json()) for at in range(max(count - _BATCHES, 0), count)]
        return [facts.batch_facts(json.loads(text)) for text in reversed(texts)]

    def _find(self, wanted: str) -> Stream | None:
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
        return None


def _run_id(text: str) -> str:
    """The run of a progress, without parsing it all: `{"id":"…","runId":"…"`."""
    at = text.find('"runId":"')
    return text[at + 9 : at + 45] if at >= 0 else ""
