"""The streams screen on a server that answers from a list."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, DataTable, Static
from tui.fakes import fake_workbench, program
from tui.waiting import until

from lakeshell.tui.app import LakeshellApp
from lakeshell.tui.screens.streams import StreamsScreen
from lakeshell.tui.widgets.sparkline import sparkline


def stream(name: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"id-of-{name}",
        "run_id": f"run-of-{name}",
        "name": name,
        "state": "running",
        "status": "Waiting for data to arrive",
        "source": "rate 1/s",
        "sink": "default.t",
        "sink_table": ["default", "t"],
        "trigger": "every 1 s",
        "checkpoint": "/mnt/c",
        "checkpoint_is_temporary": False,
        "batch": 3,
        "batch_ms": 1_250,
        "input_rate": 20.0,
        "input_series": [2.0, 2.0, 2.0],
        "processed_rate": 12.5,
        "processed_series": [1.0, 2.0, 4.0],
        "backlog": None,
        "latency": {"p50": 900.0, "p95": 1_200.0, "p99": 1_240.0, "max": 1_250.0},
        "state_rows": None,
        "state_bytes": None,
        "watermark": None,
        "error": None,
        "error_class": None,
        "hint": None,
        **fields,
    }


class Control:
    """The control API of a server with these streams."""

    def __init__(self, *streams: dict[str, Any]) -> None:
        self.all = list(streams)
        self.stopped: list[str] = []
        self.restarted: list[str] = []

    def streams(self) -> list[dict[str, Any]]:
        return self.all

    def stream(self, wanted: str) -> dict[str, Any] | None:
        found = [s for s in self.all if s["run_id"] == wanted]
        return {**found[0], "progress": {"batchId": found[0]["batch"]}} if found else None

    def stop_stream(self, wanted: str) -> dict[str, Any]:
        self.stopped.append(wanted)
        return {}

    def restart_stream(self, wanted: str) -> dict[str, Any]:
        self.restarted.append(wanted)
        return {"refusal": None, "run_id": "another"}


@asynccontextmanager
async def opened(
    tmp_path: Path, control: Control, size: tuple[int, int] = (100, 30)
) -> AsyncIterator[tuple[LakeshellApp, Pilot[int], StreamsScreen]]:
    bench = fake_workbench(tmp_path)
    screen = StreamsScreen(bench)
    screen.control = lambda: control  # type: ignore[method-assign,assignment,return-value]
    async with program(bench, size=size) as (app, pilot):
        await app.push_screen(screen)
        yield app, pilot, screen


def text_of(screen: StreamsScreen) -> str:
    return str(screen.query_one("#streams-text", Static).content)


@pytest.mark.asyncio
@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_it_lists_streams_and_tells_of_the_chosen(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    bad = stream(
        "bad\x1b[2J",
        state="failed",
        error="it broke [bold]",
        error_class="BROKEN",
        hint="Mend it [/].",
        state_rows=1_200,
        state_bytes=34_567,
    )
    async with opened(tmp_path, Control(stream("copy"), bad), size) as (_app, pilot, screen):
        table = screen.query_one(DataTable)
        await until(pilot, lambda: table.row_count == 2)
        await until(pilot, lambda: "batchId" in text_of(screen))
        assert re.search(r"input +20\.0 rows/s .*███\n", text_of(screen))
        assert re.search(r"processed +12\.5 rows/s .*▃▅█\n", text_of(screen))
        await pilot.press("down")
        await until(pilot, lambda: "it broke [bold] [BROKEN]\nMend it [/].\n" in text_of(screen))
        assert re.search(r"state +1,200 rows, 3[34]", text_of(screen))
        assert "(p50 900, p95 1,200, p99 1,240)" in text_of(screen)
        assert "\x1b" not in str(table.get_row_at(1)[0])


@pytest.mark.asyncio
async def test_without_a_stream_it_says_how_to_start_one(tmp_path: Path) -> None:
    async with opened(tmp_path, Control()) as (_app, pilot, screen):
        await until(pilot, lambda: "readStream" in text_of(screen))


@pytest.mark.asyncio
async def test_it_stops_only_after_a_yes(tmp_path: Path) -> None:
    control = Control(stream("copy"))
    async with opened(tmp_path, control) as (app, pilot, screen):
        await until(pilot, lambda: screen.chosen is not None)
        await pilot.press("S")
        await until(pilot, lambda: app.screen is not screen)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        assert control.stopped == []
        await pilot.press("S")
        await until(pilot, lambda: len(app.screen.query(Button)) > 0)
        for button in app.screen.query(Button):
            if "Stop" in str(button.label):
                button.press()
        await until(pilot, lambda: control.stopped == ["run-of-copy"])


@pytest.mark.asyncio
async def test_it_opens_the_table_of_the_sink(tmp_path: Path) -> None:
    async with opened(tmp_path, Control(stream("copy", sink_table=["default", "a`b"]))) as (
        app,
        pilot,
        screen,
    ):
        asked = app.bench.connection.wait().asked
        await until(pilot, lambda: screen.chosen is not None)
        await pilot.press("o")
        await until(pilot, lambda: any("`a``b`" in text for text in asked))


def test_a_sparkline_is_as_wide_as_asked() -> None:
    assert sparkline([0, 1, 2, 4], 6) == "  ▁▃▅█"
    assert sparkline([], 3) == "   "
    assert sparkline([0, 0], 2) == "▁▁"
    assert sparkline([1, 2, 3], 0) == ""


@pytest.mark.asyncio
async def test_a_stream_that_fails_unwatched_is_told_in_the_corner(tmp_path: Path) -> None:
    bench = fake_workbench(tmp_path)
    async with program(bench, size=(100, 30), notifications=True) as (app, pilot):
        session: Any = bench.connection.session
        session.failures.append("The stream orders has failed. \x1b[2JIt broke [/].")
        await until(pilot, lambda: len(app._notifications) == 1)
        (told,) = app._notifications
        assert "The stream orders has failed." in told.message
        assert "\x1b" not in told.message
