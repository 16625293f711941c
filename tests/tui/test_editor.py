"""The editor: tabs, running, and what it remembers."""

from __future__ import annotations

from pathlib import Path

import pytest
from tui.editors import editor_app
from tui.fakes import fake_workbench
from tui.waiting import until

from lakeshell.errors import Position
from lakeshell.tui.state import TabState


@pytest.mark.asyncio
async def test_the_statement_at_the_cursor_runs(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.put("select 1;\n\n  select\n  2;\nselect 3", 3, 2)
        await pilot.press("f5")
        await until(pilot, lambda: app.main.requests)
        request = app.main.requests[0]
        assert request.source.text.strip().rstrip(";") == "select\n  2"
        assert (request.first_line, request.first_column) == (3, 3)
        assert request.source.language == "sql"


@pytest.mark.asyncio
async def test_a_selection_runs_from_where_it_begins(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.put("select 1, 2;\nselect 3", 0, 7)
        await pilot.press("shift+right", "f5")
        await until(pilot, lambda: app.main.requests)
        request = app.main.requests[0]
        assert request.source.text == "1"
        assert (request.first_line, request.first_column) == (1, 8)


@pytest.mark.asyncio
async def test_all_runs_from_the_top(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.put("select 1;\nselect 2", 1, 0)
        await pilot.press("f7")
        await until(pilot, lambda: app.main.requests)
        assert app.main.requests[0].source.text == "select 1;\nselect 2"
        assert (app.main.requests[0].first_line, app.main.requests[0].first_column) == (1, 1)


@pytest.mark.asyncio
async def test_nothing_to_run_is_said(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("f5", "f7")
        await until(pilot, lambda: len(app.said) == 2)
        assert app.main.requests == []


@pytest.mark.asyncio
async def test_a_statement_deep_in_a_long_file_runs_at_its_place(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.put("\n".join(f"select {n} as a_rather_long_name;" for n in range(5_000)), 4_000, 3)
        await pilot.press("f5")
        await until(pilot, lambda: app.main.requests)
        assert app.main.requests[0].first_line == 4_001
        assert "select 4000 " in app.main.requests[0].source.text


@pytest.mark.asyncio
async def test_an_error_is_underlined_where_it_is_until_the_next_edit(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.put("select 1;\nselect nope from t", 1, 0)
        await pilot.press("f5")
        await until(pilot, lambda: app.main.requests)
        tab = app.editor.active_tab
        app.editor.set_running(tab, True)
        app.editor.set_running(tab, False)
        app.editor.mark_error(tab, Position(2, 8), "Column \x1b[31mnope[/] [bold]is not there")
        await pilot.pause()
        assert app.editor.area.marks("error") == [((1, 7), (1, 11))]
        shown = "\n".join(app.lines())
        assert "Line 2: Column" in shown
        assert "[bold]is not there" in shown
        assert "\x1b" not in shown
        await pilot.press("end", "x")
        await until(pilot, lambda: not app.editor.area.marks("error"))
        assert "is not there" not in "\n".join(app.lines())


@pytest.mark.asyncio
async def test_an_error_follows_its_statement_when_lines_come_above(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.put("select 1;\nselect nope", 1, 0)
        await pilot.press("f5")
        await until(pilot, lambda: app.main.requests)
        app.editor.set_running(app.editor.active_tab, True)
        app.editor.area.replace("-- above\n", (0, 0), (0, 0))
        await pilot.pause()
        app.editor.set_running(app.editor.active_tab, False)
        app.editor.mark_error(app.editor.active_tab, Position(2, 8), "no")
        assert app.editor.area.marks("error") == [((2, 7), (2, 11))]


@pytest.mark.asyncio
async def test_an_error_in_a_tab_behind_waits_there(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.put("select nope")
        first = app.editor.active_tab
        await pilot.press("f5", "ctrl+n")
        await until(pilot, lambda: len(app.editor.tabs) == 2)
        app.editor.mark_error(first, Position(1, 8), "not there")
        await pilot.pause()
        assert "not there" not in "\n".join(app.lines())
        app.editor.choose_tab(first)
        await until(pilot, lambda: "not there" in "\n".join(app.lines()))


@pytest.mark.asyncio
async def test_an_error_of_text_from_elsewhere_underlines_nothing(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.put("select nope")
        await pilot.press("f5")
        await until(pilot, lambda: app.main.requests)
        tab = app.editor.active_tab
        for _ in range(2):  # the editor's own run, then one of another pane
            app.editor.clear_error(tab)
            app.editor.set_running(tab, True)
            app.editor.set_running(tab, False)
            app.editor.mark_error(tab, Position(1, 8), "no")
        assert app.editor.area.marks("error") == []
        assert app.editor.tab.error == "no"


# Tabs
@pytest.mark.asyncio
async def test_tabs_open_step_close_and_come_back(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*"one", "ctrl+n")
        await until(pilot, lambda: app.text == "")
        await pilot.press(*"two")
        assert [tab.title for tab in app.editor.tabs] == ["SQL 1", "SQL 2"]
        await pilot.press("ctrl+k")
        assert app.text == "one"
        await pilot.press("ctrl+k")
        await pilot.press("ctrl+w")
        await until(pilot, lambda: len(app.editor.tabs) == 1)
        assert app.text == "one"
        assert len(app.main.closed) == 1
        await pilot.press("alt+t")
        await until(pilot, lambda: app.text == "two")
        await pilot.press("ctrl+w", "ctrl+w")
        await until(pilot, lambda: len(app.editor.tabs) == 1 and app.text == "")
        await pilot.press(*"on")
        assert app.text == "on"


@pytest.mark.asyncio
async def test_a_tab_is_renamed(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("alt+r")
        await until(pilot, lambda: app.screen is not app.main)
        await pilot.press("end", *"[b]", "enter")
        await until(pilot, lambda: "SQL 1[b]" in app.lines()[1])


@pytest.mark.asyncio
async def test_a_tab_becomes_python(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("alt+l", *"x = 1", "f5")
        await until(pilot, lambda: app.main.requests)
        assert app.main.requests[0].source.language == "python"
        assert app.editor.tab.title == "Python 1"


@pytest.mark.asyncio
async def test_clicks_choose_open_and_close_tabs(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        bar = app.lines()[1]
        await pilot.click("#tab-bar", offset=(bar.index("+") - 1, 0))
        await until(pilot, lambda: len(app.editor.tabs) == 2)
        await pilot.click("#tab-bar", offset=(2, 0))
        await until(pilot, lambda: app.editor.tab.title == "SQL 1")
        await pilot.click("#tab-bar", offset=(app.lines()[1].index("✕") - 1, 0))
        await until(pilot, lambda: [tab.title for tab in app.editor.tabs] == ["SQL 2"])


@pytest.mark.asyncio
async def test_closing_what_runs_asks(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.put("select 1")
        app.editor.set_running(app.editor.active_tab, True)
        await pilot.press("ctrl+w")
        await until(pilot, lambda: app.screen is not app.main)
        await pilot.press("n")
        await until(pilot, lambda: app.screen is app.main)
        assert app.main.closed == []
        await pilot.press("ctrl+w")
        await until(pilot, lambda: app.screen is not app.main)
        await pilot.press("y")
        await until(pilot, lambda: app.main.closed)


# What it remembers
@pytest.mark.asyncio
async def test_tabs_are_restored_with_their_cursor(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.put("select 1\nfrom t", 1, 2)
        await pilot.press("ctrl+n", *"x")
    app.bench.close()
    again = editor_app(tmp_path)
    async with again.run_test(size=(100, 30)) as pilot:
        assert [tab.area.text for tab in again.editor.tabs] == ["select 1\nfrom t", "x"]
        assert again.text == "x"
        await pilot.press("ctrl+k")
        assert again.editor.area.cursor_location == (1, 2)
    again.bench.close()


@pytest.mark.asyncio
async def test_a_killed_program_loses_nothing(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*"select 42")
        # What stands in the database while the program still runs is what a kill leaves.
        await until(
            pilot, lambda: [tab.text for tab in app.bench.state.tabs()] == ["select 42"], 10
        )


@pytest.mark.asyncio
async def test_what_was_remembered_may_be_broken(tmp_path: Path) -> None:
    bench = fake_workbench(tmp_path)
    bench.state.put("tabs", [{"nonsense": 1}])
    bench.close()
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*"ok")
        assert app.text == "ok"
    bench.state.save_tabs([TabState("t", "a", row=99, column=99, language="klingon")])


# Hostile text
@pytest.mark.asyncio
async def test_hostile_text_is_shown_and_acts_nowhere(tmp_path: Path) -> None:
    text = "a\x00b\x1b[2Jc\u202edcba\u200b é\u0301 👩‍👩‍👧 [red]x[/red] \x9b31m\ttab\x7f\u2028end"
    bench = fake_workbench(tmp_path)
    bench.state.save_tabs([TabState("t\x1b[31m[b]", text + "\n" + "x" * 1_000_000 + "\nlast")])
    bench.close()
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        shown = "\n".join(app.lines())
        assert not any(c in shown for c in "\x00\x1b\u202e\u200b\x9b\x7f\u2028")
        assert "[red]x[/red]" in shown
        assert "last" in shown
        await pilot.press("end", "left", "left", "x", "down", "end", "y", "backspace", "home", "f5")
        await pilot.press("ctrl+z", "ctrl+z")
        assert "\x00" in app.text
        assert "\u2028" in app.text
