"""Runs and their tabs: what ends them, and what comes too late."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tui.fakes import fake_workbench, program
from tui.waiting import until

from lakeshell.errors import StatementError
from lakeshell.interpreter import Source
from lakeshell.session.result import Progress, Text
from lakeshell.tui.messages import RunEvent, RunFinished, RunRequested
from lakeshell.tui.screens.dialogs import Confirm

ONE = [("select 1", pa.table({"1": [1]}))]


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_tab_that_is_closed_takes_its_statement_with_it(tmp_path: Path) -> None:
    bench = fake_workbench(tmp_path, ONE)
    session: Any = bench.connection.wait()
    session.hold = re.compile("select 1")
    run = bench.start(RunRequested("7", Source("select 1", "t")))
    assert run is not None
    wait_for(lambda: "select 1" in session.asked)
    bench._interpreters.pop("7")  # as `forget` does, before the thread that cancels has begun
    bench.forget("7")
    wait_for(lambda: not run.is_alive)
    assert session.cancelled
    assert "7" not in bench._interpreters
    bench.close()


def test_of_the_progress_of_a_run_only_the_latest_counts() -> None:
    def progress(tasks: int, run: int = 1) -> RunEvent:
        return RunEvent("t", run, Progress(0, 1, tasks, 9, 1, 0, 0.1))

    assert progress(1).can_replace(progress(2))
    assert not progress(1).can_replace(progress(2, run=2))
    assert not progress(1).can_replace(RunEvent("t", 1, Text("printed")))
    assert not RunEvent("t", 1, Text("a")).can_replace(RunEvent("t", 1, Text("b")))


@pytest.mark.asyncio
async def test_what_destroys_asks_first_and_a_letter_of_the_text_is_no_answer(
    tmp_path: Path,
) -> None:
    bench = fake_workbench(tmp_path, [("drop table t", None)])
    async with program(bench, size=(120, 36)) as (app, pilot):
        session: Any = bench.connection.wait()
        tab = app.main.results.current

        async def asked() -> Confirm:
            await pilot.press("f5")
            await until(pilot, lambda: app.screen.query_one("#no").has_focus)
            assert isinstance(app.screen, Confirm)
            return app.screen

        await pilot.press(*"drop table t")
        await asked()
        await pilot.press("escape")
        await until(pilot, lambda: tab.run == 1 and not tab.is_running)
        assert "drop table t" not in session.asked
        assert "Not run." in [notice.text for notice in tab.statements[0].notices]
        question = await asked()
        for key in ("y", "enter"):
            question._last_key = time.monotonic() + 60  # as somebody who types just now
            await pilot.press(key)
            await pilot.pause()
            assert app.screen is question
        question._last_key = 0.0  # and who has paused
        await pilot.press("y")
        await until(pilot, lambda: "drop table t" in session.asked)
        await until(pilot, lambda: tab.run == 2 and not tab.is_running)
    bench.close()


@pytest.mark.asyncio
async def test_the_end_of_a_run_says_nothing_about_the_next_one(tmp_path: Path) -> None:
    bench = fake_workbench(tmp_path, ONE)
    async with program(bench, size=(120, 36)) as (app, pilot):
        session: Any = bench.connection.wait()
        session.hold = re.compile("select 1")
        await pilot.press(*"select 1", "f5")
        editor = app.main.editor
        await until(pilot, lambda: editor.tab.is_running)
        number = bench.runs[editor.active_tab].number
        late = RunFinished(editor.active_tab, number - 1, StatementError("of the one before"), 0.1)
        app.main.post_message(late)
        await pilot.pause()
        assert editor.tab.is_running
        assert not editor.tab.error
        session.hold = None
        await until(pilot, lambda: not editor.tab.is_running)
    bench.close()
