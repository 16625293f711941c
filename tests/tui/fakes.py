"""A session that answers from a list, so that panes are tested without Spark."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Union

import pyarrow as pa
from textual.pilot import Pilot
from tui.waiting import until

from lakeshell.config import Config, TuiSettings
from lakeshell.errors import Interrupted, StatementError
from lakeshell.home import Home
from lakeshell.session.result import Result
from lakeshell.tui.app import LakeshellApp
from lakeshell.tui.workbench import Workbench

Answer = Union[pa.Table, Exception, Result, Callable[[str], "Answer"], None]


class FakeSession:
    """Answers a statement by the first pattern (regular expression, whole text, any case) that
    matches it. `asked` are the statements so far. Set `hold` to keep statements waiting until it
    is cleared or they are cancelled."""

    is_remote = True  # nobody looks for a server
    is_lost = False
    generation = 1
    time_zone = "UTC"

    def __init__(self, home: Home, answers: Sequence[tuple[str, Answer]] = ()) -> None:
        self.home = home
        self.answers = list(answers)
        self.asked: list[str] = []
        self.cancelled: list[int | None] = []
        self.failures: list[str] = []  # sentences on streams, each told once
        self.hold: re.Pattern[str] | None = None
        self._stop = threading.Event()

    def execute(
        self,
        text: str,
        *,
        limit: int = 0,
        timeout: float | None = None,
        sink: Any = None,
        kind: Any = None,
        widgets: Any = None,
    ) -> Result:
        self.asked.append(text)
        while self.hold is not None and self.hold.search(text):
            if self._stop.wait(0.01):
                self._stop.clear()
                raise Interrupted
        answer = self._answer(text)
        while callable(answer):
            answer = answer(text)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Result):
            return answer
        cut = bool(limit) and answer is not None and answer.num_rows > limit
        table = answer.slice(0, limit) if cut and answer is not None else answer
        return Result(table, truncated=cut, elapsed=0.01)

    def _answer(self, text: str) -> Answer:
        for pattern, answer in self.answers:
            if re.fullmatch(pattern, text.strip(), re.IGNORECASE | re.DOTALL):
                return answer
        return StatementError(f"nobody told the fake session about {text!r}")

    def cancel(self, thread: int | None = None) -> bool:
        self.cancelled.append(thread)
        self._stop.set()
        return True

    def ensure_alive(self) -> None:
        pass

    @property
    def has_stream_news(self) -> bool:
        return bool(self.failures)

    def stream_failures(self) -> list[str]:
        told, self.failures = self.failures, []
        return told

    def leave(self) -> list[str]:
        self.close()
        return []

    def close(self) -> None:
        pass


class FakeConnection:
    """A connection that is open, or (`opening`) one that still waits for its server."""

    error = None
    doing = "Starting Spark …"

    def __init__(self, session: FakeSession, *, opening: bool = False) -> None:
        self._session = session
        self._open = threading.Event()
        self._since = time.monotonic()
        if not opening:
            self._open.set()

    @property
    def session(self) -> FakeSession | None:
        return self._session if self._open.is_set() else None

    @property
    def is_opening(self) -> bool:
        return not self._open.is_set()

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self._since

    def start(self) -> None:
        pass

    def open(self) -> None:
        """The server is there."""
        self._open.set()

    def wait(self) -> FakeSession:
        self._open.wait(10)
        return self._session


def fake_workbench(
    folder: Path,
    answers: Sequence[tuple[str, Answer]] = (),
    *,
    opening: bool = False,
    tui: TuiSettings | None = None,
) -> Workbench:
    """A workbench on an empty home in `folder` and a session that answers `answers`.

    `bench.connection.wait()` is the FakeSession.
    """
    home = Home(folder / "home").create()
    names: list[tuple[str, Answer]] = [
        (r"SELECT current_catalog\(\).*", pa.table({"c": ["spark_catalog"], "s": ["default"]})),
        (r"SHOW SCHEMAS", pa.table({"namespace": ["default"]})),
        (r"SHOW VIEWS.*", pa.table({"n": pa.array([], pa.string())})),
        (
            r"SHOW TABLES.*",
            pa.table(
                {
                    "n": pa.array([], pa.string()),
                    "t": pa.array([], pa.string()),
                    "temp": pa.array([], pa.bool_()),
                }
            ),
        ),
        (r"SHOW FUNCTIONS.*", pa.table({"f": ["abs", "count"]})),
    ]
    session = FakeSession(home, [*answers, *names])
    connection: Any = FakeConnection(session, opening=opening)
    bench = Workbench(home, Config(tui=tui or TuiSettings()), connection=connection)
    bench.warm_python = lambda: None  # type: ignore[method-assign]
    return bench


@asynccontextmanager
async def program(bench: Workbench, **how: Any) -> AsyncIterator[tuple[LakeshellApp, Pilot[int]]]:
    """The whole program on a workbench that a test has made, opened and ready for keys; `how` is
    for `run_test`."""
    app = LakeshellApp(bench.config, bench.state, lambda: bench)
    async with app.run_test(**how) as pilot:
        await until(pilot, lambda: app.is_open and app.main.focused is not None)
        yield app, pilot
