"""The streaming queries of the home, as the catalog tree tells them: read in the background.

Only the supervisor's control API is asked, and nobody when no server runs: looking starts none.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from lakeshell.endpoint import read_endpoint
from lakeshell.errors import ServerError
from lakeshell.home import Home
from lakeshell.session.control import ControlClient
from lakeshell.tui.threads import in_background

_STATES = ("failed", "running", "stopped")
_LONGEST = 300  # characters of an error


class Stream(NamedTuple):
    """One streaming query. `state` is running, stopped or failed; `error` the first line of why;
    `table` the schema and name of the managed table that it writes, empty for another sink."""

    run_id: str
    name: str
    state: str
    error: str = ""
    sink: str = ""
    table: tuple[str, ...] = ()

    @property
    def detail(self) -> str:
        """What to tell behind its name."""
        return self.error if self.state == "failed" else f"→ {self.sink}" if self.sink else ""


class KnownStreams:
    """The streams as they were when last asked for. `on_change` is called, in another thread, when
    they are not what they were."""

    def __init__(self, home: Home, on_change: Callable[[], object]) -> None:
        self._home = home
        self._on_change = on_change
        self._known: Sequence[Stream] = ()
        self._writing: dict[tuple[str, ...], list[Stream]] = {}
        self._lock = threading.Lock()
        self._asked = float("-inf")
        self._reading = False

    def known(self) -> Sequence[Stream]:
        """All that are running, and those of the last hour that have ended."""
        return self._known

    def writing(self, schema: str, table: str) -> Sequence[Stream]:
        """Those that write a managed table."""
        return self._writing.get((schema.lower(), table.lower()), ())

    def ask(self, every: float = 0.0) -> None:
        """Read them anew, unless that was done less than `every` seconds ago."""
        with self._lock:
            if self._reading or time.monotonic() - self._asked < every:
                return
            self._reading = True
        in_background(self._read, "tree-streams")

    def _read(self) -> None:
        try:
            endpoint = read_endpoint(self._home)
            told = ControlClient(endpoint).streams() if endpoint is not None else []
            streams = tuple(_stream(fields) for fields in told)
        except (ServerError, ValueError):
            return  # it is starting, ending or busy: what was known is good until it answers
        finally:
            with self._lock:
                self._asked = time.monotonic()
                self._reading = False
        if streams != self._known:
            self._writing = _by_table(streams)
            self._known = streams
            self._on_change()


def _by_table(streams: Sequence[Stream]) -> dict[tuple[str, ...], list[Stream]]:
    writing: dict[tuple[str, ...], list[Stream]] = {}
    for stream in streams:
        if stream.table:
            writing.setdefault(tuple(part.lower() for part in stream.table), []).append(stream)
    return writing


def summary(streams: Sequence[Stream]) -> tuple[str, str]:
    """How many there are in each state, in words, and the state that one should know of first."""
    counts = Counter(stream.state for stream in streams)
    states = [state for state in _STATES if counts[state]]
    return ", ".join(f"{counts[state]} {state}" for state in states), states[0]


def _stream(fields: dict[str, Any]) -> Stream:
    """A stream of the control API; `server/streams.py` tells the keys."""
    state = str(fields.get("state"))
    return Stream(
        run_id=str(fields["run_id"]),
        name=str(fields.get("name") or str(fields.get("id"))[:8]),
        state=state if state in _STATES else "stopped",
        error=str(fields.get("error") or "").strip().partition("\n")[0][:_LONGEST],
        sink=str(fields.get("sink") or ""),
        table=tuple(map(str, fields.get("sink_table") or ())),
    )
