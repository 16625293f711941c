"""What the full screen remembers, and what becomes of it when the disk does not follow."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from tui.editors import editor_app
from tui.fakes import fake_workbench
from tui.waiting import until

from lakeshell.home import Home
from lakeshell.tui.state import TabState, TuiState


def test_what_was_put_is_there_at_once_and_for_the_next_one(tmp_path: Path) -> None:
    home = Home(tmp_path).create()
    state = TuiState(home)
    for number in range(50):
        state.put("layout", {"width": number})
        assert state.get("layout") == {"width": number}
    state.put("theme", ["a", "b"])
    state.close()
    again = TuiState(home)
    assert again.get("layout") == {"width": 49}
    assert again.get("theme") == ["a", "b"]
    assert again.get("nothing", 7) == 7
    again.close()


def test_nobody_waits_for_another_who_writes(tmp_path: Path) -> None:
    state = TuiState(Home(tmp_path).create())
    done = threading.Event()

    def put() -> None:
        state.put("theme", "x")
        done.set()

    with state._lock:  # as long as the text of the tabs is written
        threading.Thread(target=put, daemon=True).start()
        assert done.wait(20)
        assert state.get("theme") == "x"
    state.close()


def test_a_database_that_is_locked_is_told_of(tmp_path: Path) -> None:
    home = Home(tmp_path).create()
    state = TuiState(home)
    assert state.save_tabs([])
    other = sqlite3.connect(home.state_db)
    other.execute("BEGIN EXCLUSIVE")
    assert not state.save_tabs([TabState("t", "lost")])
    other.rollback()
    assert state.save_tabs([TabState("t", "kept")])
    state.close()
    other.close()


def test_tabs_of_a_later_lakeshell_are_restored_as_far_as_they_are_known(tmp_path: Path) -> None:
    home = Home(tmp_path).create()
    state = TuiState(home)
    state.put("tabs", [{"title": "a", "text": "select 1", "colour": "blue"}])
    assert state.tabs() == [TabState("a", "select 1")]
    state.put("tabs", [["no", "tab"]])
    assert state.tabs() == []
    state.close()


@pytest.mark.asyncio
async def test_text_that_cannot_be_kept_is_told_once_and_tried_again(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    told: list[str] = []
    app.bench.notify = lambda text, level: told.append(text)
    async with app.run_test(size=(100, 30)) as pilot:
        state, tries = app.bench.state, []
        real = state.save_tabs

        def fails(tabs: list[TabState]) -> bool:
            tries.append(tabs)
            return False

        state.save_tabs = fails  # type: ignore[method-assign,assignment]
        await pilot.press("x")
        await until(pilot, lambda: len(tries) >= 2)
        assert len(told) == 1
        assert "cannot be kept" in told[0]
        state.save_tabs = real  # type: ignore[method-assign]
        await until(pilot, lambda: [tab.text for tab in state.tabs()] == ["x"])


def test_a_statement_is_in_the_history_once_it_runs(tmp_path: Path) -> None:
    from lakeshell.interpreter import Source
    from lakeshell.tui.messages import RunRequested

    bench = fake_workbench(tmp_path)
    over = threading.Event()
    bench.post = lambda message: over.set() if type(message).__name__ == "RunFinished" else None
    bench.start(RunRequested("1", Source("select nothing", "t")))
    assert over.wait(20)
    assert [entry.text for entry in bench.history.recent()] == ["select nothing"]
    bench.close()
