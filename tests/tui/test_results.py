"""The results pane on a session that answers from a list."""

from __future__ import annotations

import re
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tui.fakes import Answer, fake_workbench, program
from tui.waiting import until

from lakeshell.errors import Position, StatementError
from lakeshell.session.result import Result

ONE = pa.table({"one": [1]})
SALES = pa.table({"city": ["Bern", "Rom", "Oslo"], "sales": [3, 5, 2]})


def failing(text: str) -> Answer:
    return StatementError(
        "no such table", hint="ask for one that is there", position=Position(1, 8),
        detail="org.apache.spark.sql.AnalysisException: [NO_TABLE] no such table; 'Project",
    )  # fmt: skip


ANSWERS: Sequence[tuple[str, Answer]] = (
    (r"select 1", ONE),
    (r"select 2", pa.table({"two": [2]})),
    (r"select \* from sales", SALES),
    (r"select \* from many.*", pa.table({"id": range(60_000)})),
    (r"select bad", failing),
    (r"insert.*", Result(None, metrics={"num_inserted_rows": 3}, elapsed=0.5)),
    (r"select evil", pa.table({"\x1b[31m[/x]\u202e": ["[red]\x1b]0;x\x07"]})),
)


@asynccontextmanager
async def opened(
    folder: Path, size: tuple[int, int] = (120, 36)
) -> AsyncIterator[tuple[Any, Any, Any]]:
    bench = fake_workbench(folder, ANSWERS)
    try:
        async with program(bench, size=size) as (app, pilot):
            yield pilot, app.main.results, app.main
    finally:
        bench.close()


async def run(pilot: Any, main: Any, text: str) -> None:
    """Put text into the editor and run all of it."""
    main.editor.area.text = text
    before = main.results.current.run
    await pilot.press("f7")
    tab = main.results.current
    await until(pilot, lambda: tab.run > before and not tab.is_running)
    await pilot.pause()


def plain(bar: Any) -> str:
    return str(bar.render().plain)


@pytest.mark.asyncio
async def test_rows_are_shown_and_the_status_tells_how_many(tmp_path: Path) -> None:
    async with opened(tmp_path) as (pilot, results, main):
        await run(pilot, main, "select * from sales")
        await until(pilot, lambda: results.grid is not None and results.grid.table is not None)
        assert results.grid.table.num_rows == 3
        assert results.status_text.startswith("3 rows")
        assert not results.strip.display


@pytest.mark.asyncio
async def test_every_statement_has_its_own_result(tmp_path: Path) -> None:
    async with opened(tmp_path) as (pilot, results, main):
        await run(pilot, main, "select 1; insert into t select 1; select 2")
        assert [output.number for output in results.current.outputs] == ["1", "3"]
        assert "1 select 1" in plain(results.strip)
        results.focus()
        await pilot.press("left_square_bracket")
        assert results.grid.table.column_names == ["one"]
        await pilot.press("right_square_bracket")
        assert results.grid.table.column_names == ["two"]


@pytest.mark.asyncio
async def test_a_pinned_result_outlives_the_next_run(tmp_path: Path) -> None:
    async with opened(tmp_path) as (pilot, results, main):
        await run(pilot, main, "select 1")
        results.focus()
        await pilot.press("p")
        await run(pilot, main, "select 2")
        names = [one.result.table.column_names[0] for one in results.current.outputs]
        assert names == ["one", "two"]
        results.focus()
        await pilot.press("ctrl+w")
        assert results.grid.table.column_names == ["one"]
        await pilot.press("p")
        await run(pilot, main, "select 2")
        assert len(results.current.outputs) == 1


@pytest.mark.asyncio
async def test_an_error_is_told_in_full_and_leads_to_its_place(tmp_path: Path) -> None:
    async with opened(tmp_path) as (pilot, results, main):
        await run(pilot, main, "select 1;\n\nselect bad")
        text = results.front.plain
        assert "no such table" in text
        assert "hint: ask for one that is there" in text
        assert "AnalysisException" not in text
        assert results.front.has_class("output-error")
        results.focus()
        await pilot.press("3")
        assert results.front is results.messages
        await pilot.press("down", "enter")
        await until(pilot, lambda: main.editor.area.has_focus)
        assert main.editor.area.cursor_location == (2, 7)


@pytest.mark.asyncio
async def test_messages_tell_rows_and_what_was_written(tmp_path: Path) -> None:
    async with opened(tmp_path) as (pilot, results, main):
        await run(pilot, main, "select 1; insert into t select 1")
        results.action_show_part("messages")
        assert "1 row," in results.messages.plain
        assert "3 rows inserted" in results.messages.plain


@pytest.mark.asyncio
async def test_only_a_write_is_told_in_the_results(tmp_path: Path) -> None:
    async with opened(tmp_path) as (pilot, results, main):
        await run(pilot, main, "insert into t select 1")
        assert results.front is results.empty
        assert "3 rows inserted" in results.empty.plain


@pytest.mark.asyncio
async def test_more_rows_are_fetched_on_request(tmp_path: Path) -> None:
    async with opened(tmp_path) as (pilot, results, main):
        main.bench.options.limit = 100
        await run(pilot, main, "select * from many")
        assert results.current.output.result.truncated
        assert "a: all" in plain(results.bar)
        results.focus()
        await pilot.press("m")
        await until(pilot, lambda: results.grid.table.num_rows == 1_000)
        await pilot.press(*"s", *"s", "slash", *"id<50", "enter")
        await until(pilot, lambda: results.grid.body.count == 50 and not results.grid.is_busy)
        await pilot.press("g", "down", "down", "greater_than_sign")
        width = results.grid.body.columns.width(0)
        assert results.grid.cursor == (47, 0)
        await pilot.press("a")
        await until(pilot, lambda: results.grid.table.num_rows == 60_000)
        assert not results.current.output.result.truncated
        # Sorted, filtered, and on the row that one looked at, as before.
        await until(pilot, lambda: results.grid.body.count == 50 and not results.grid.is_busy)
        assert results.grid.view["id"].to_pylist() == list(range(49, -1, -1))
        assert results.grid.cursor == (47, 0)
        assert results.grid.body.columns.width(0) == width


PLAN = """== Physical Plan ==
* Project (2)
+- * Range (1)


(1) Range [codegen id : 1]
Output [1]: [id#0L]

(2) Project [codegen id : 1]
Output [1]: [1 AS 1#2]
Input [1]: [id#0L]
"""


@pytest.mark.asyncio
@pytest.mark.parametrize("before", ["", "-- long\n" * 10_000], ids=["short", "long"])
async def test_the_statement_at_the_cursor_is_explained(tmp_path: Path, before: str) -> None:
    async with opened(tmp_path) as (pilot, results, main):
        session = main.bench.connection.wait()
        session.answers.insert(0, ("explain formatted select 2", pa.table({"plan": [PLAN]})))
        main.editor.area.text = f"{before}select 1;\nselect 2"
        main.editor.area.move_cursor(main.editor.area.document.end)
        await pilot.press("alt+q")
        await until(
            pilot, lambda: "Project" in results.plan.plain and "Range" in results.plan.plain
        )
        assert results.front is results.plan
        assert "select 2" not in session.asked
        main.editor.area.text = "-- nothing"
        await pilot.press("alt+q")
        await until(pilot, lambda: any("no SQL" in n.message for n in main.app._notifications))


@pytest.mark.asyncio
async def test_the_end_does_not_wait_for_rows_that_are_fetched(tmp_path: Path) -> None:
    async with opened(tmp_path) as (pilot, results, main):
        session = main.bench.connection.wait()
        main.bench.options.limit = 100
        await run(pilot, main, "select * from many")
        session.hold = re.compile("many")
        results.focus()
        await pilot.press("a")
        await until(pilot, lambda: session.asked.count("select * from many") == 2)
    fetching = [thread for thread in threading.enumerate() if thread.name == "fetch"]
    assert [thread.daemon for thread in fetching] == [True]
    session.hold = None


@pytest.mark.asyncio
async def test_the_chart_of_a_result_and_its_choice(tmp_path: Path) -> None:
    async with opened(tmp_path) as (pilot, results, main):
        await run(pilot, main, "select * from sales")
        results.focus()
        await pilot.press("2")
        await until(pilot, lambda: "Bern" in results.chart.lines.plain)
        assert results.chart.chart.kind == "bar"
        for key, what in (("c", "Chart"), ("x", "Across"), ("v", "Values"), ("b", "A series")):
            await pilot.press(key)
            await until(pilot, lambda w=what: main.app.screen._title.startswith(w))
            await pilot.press("escape")
            await until(pilot, lambda: main.app.screen is main)
        await pilot.press("y")
        assert "Bern" in main.app.clipboard
        results.chart._choose("kind", "pie")
        await until(pilot, lambda: "%" in results.chart.lines.plain)
        await run(pilot, main, "select * from sales")
        await pilot.pause(0.2)
        assert results.current.chart.kind == "pie"


@pytest.mark.asyncio
async def test_another_editor_tab_has_its_own_results(tmp_path: Path) -> None:
    async with opened(tmp_path) as (pilot, results, main):
        await run(pilot, main, "select 1")
        first = main.editor.active_tab
        main.editor.action_new_tab()
        await until(pilot, lambda: results.current.tab != first)
        assert "No results yet" in results.empty.plain
        main.editor.choose_tab(first)
        await until(pilot, lambda: results.current.tab == first)
        assert results.grid.table.column_names == ["one"]


@pytest.mark.asyncio
async def test_a_long_statement_shows_its_progress_and_then_its_rows(tmp_path: Path) -> None:
    async with opened(tmp_path) as (pilot, results, main):
        session = main.bench.connection.wait()
        session.hold = re.compile("select 1")
        main.editor.area.text = "select 1"
        await pilot.press("f7")
        await until(pilot, lambda: results.front is results.progress)
        assert "running" in results.progress.plain
        session.hold = None
        await until(pilot, lambda: results.grid is not None)
        assert results.current.part == "results"


@pytest.mark.asyncio
async def test_what_a_long_cell_prints_comes_before_its_progress(tmp_path: Path) -> None:
    from lakeshell.session.result import Started, Text
    from lakeshell.tui.messages import RunEvent, RunStarted

    async with opened(tmp_path) as (pilot, results, main):
        tab = main.editor.active_tab
        main.on_run_started(RunStarted(tab, 7, "print()"))
        main.on_run_event(RunEvent(tab, 7, Started("print()", 1, "python")))
        await until(pilot, lambda: results.front is results.progress)
        main.on_run_event(RunEvent(tab, 7, Text("half of it\n")))
        await until(pilot, lambda: results.front.plain == "half of it")
        results.current.statements[-1].began -= 60
        results.mark_dirty()
        await pilot.pause(0.3)
        assert results.front.plain == "half of it"


@pytest.mark.asyncio
async def test_hostile_names_do_not_act(tmp_path: Path) -> None:
    async with opened(tmp_path, (80, 24)) as (pilot, results, main):
        await run(pilot, main, "select evil; select 1")
        results.focus()
        for key in ("1", "left_square_bracket", "2", "3", "4", "5"):
            await pilot.press(key)
            await pilot.pause()
            for bar in (results.bar, results.strip):
                assert "\x1b" not in plain(bar)
            assert "\x1b" not in getattr(results.front, "plain", "")


@pytest.mark.asyncio
async def test_it_fits_into_a_small_screen(tmp_path: Path) -> None:
    async with opened(tmp_path, (80, 24)) as (pilot, results, main):
        await run(pilot, main, "select 1; select * from sales")
        results.focus()
        assert results.grid.body.size.height >= 3
        assert "Plan" in plain(results.bar)


@pytest.mark.asyncio
async def test_rows_are_exported_from_the_pane(tmp_path: Path) -> None:
    from lakeshell.tui.screens.export import ExportScreen

    async with opened(tmp_path) as (pilot, results, main):
        results.open_export()
        await pilot.pause()
        assert not isinstance(main.app.screen, ExportScreen)
        await run(pilot, main, "select * from sales")
        results.open_export()
        await until(pilot, lambda: main.app.screen.query_one("#export-path").has_focus)
        await pilot.press("escape")
        await until(pilot, lambda: main.app.screen is main)


@pytest.mark.asyncio
async def test_printed_text_is_read_whole_and_tracebacks_too(tmp_path: Path) -> None:
    from lakeshell.errors import CellError
    from lakeshell.session.result import Failed, Started, Text
    from lakeshell.tui.messages import RunEvent, RunFinished, RunStarted

    async with opened(tmp_path) as (pilot, results, main):
        tab = main.editor.active_tab
        main.on_run_started(RunStarted(tab, 7, "print()"))
        main.on_run_event(RunEvent(tab, 7, Started("print()", 1, "python")))
        for part in ("hello ", "\x1b[2Jworld\n", "x" * 500):
            main.on_run_event(RunEvent(tab, 7, Text(part)))
        results.draw()
        await until(pilot, lambda: "hello ␛[2Jworld" in results.front.plain)
        assert "x" * 500 in results.front.plain
        error = CellError("ZeroDivisionError: division", detail="  line 3, in f\n  1/0")
        main.on_run_event(RunEvent(tab, 7, Failed(error)))
        main.on_run_finished(RunFinished(tab, 7, error, 0.1))
        await until(pilot, lambda: "line 3, in f" in results.front.plain)
        assert results.front.plain.count("1/0") == 1
        assert len(results.current.outputs) == 2


@pytest.mark.asyncio
async def test_of_a_flood_the_end_is_shown_and_the_program_goes_on(tmp_path: Path) -> None:
    from lakeshell.session.result import Started, Text
    from lakeshell.tui.messages import RunEvent, RunStarted

    async with opened(tmp_path) as (pilot, results, main):
        tab = main.editor.active_tab
        main.on_run_started(RunStarted(tab, 7, "print()"))
        main.on_run_event(RunEvent(tab, 7, Started("print()", 1, "python")))
        for hundred in range(300):
            numbers = range(100 * hundred, 100 * hundred + 100)
            main.on_run_event(RunEvent(tab, 7, Text("".join(f"{n}\n" for n in numbers))))
        await until(pilot, lambda: results.front.plain.endswith("29999"))
        lines = results.front.plain.split("\n")
        assert lines[:2] == ["… what came before is not shown", "10000"]
        assert results.current.outputs[0].body[0].startswith("0\n")  # and kept all the same


def test_of_a_long_script_the_last_statements_are_listed() -> None:
    from lakeshell.tui.panes.results_messages import message_items
    from lakeshell.tui.panes.results_model import Statement, TabResults

    tab = TabResults("1")
    tab.statements = [Statement(n, f"select {n}", outcome="ok") for n in range(1, 5_001)]
    lines = [item.text.plain for item in message_items(tab)]
    assert lines[0] == "The first 3,000 statements are not listed."
    assert "select 3001" in lines[1]
    assert "select 5000" in lines[-2]


@pytest.mark.asyncio
async def test_a_click_on_a_part_and_on_a_result(tmp_path: Path) -> None:
    async with opened(tmp_path) as (pilot, results, main):
        await run(pilot, main, "select 1; select 2")
        await pilot.click("#results-strip", offset=(3, 0))
        await until(pilot, lambda: results.grid.table.column_names == ["one"])
        at = plain(results.bar).index("Messages")
        await pilot.click("#results-bar", offset=(at, 0))
        await until(pilot, lambda: results.front is results.messages)


@pytest.mark.asyncio
async def test_stages_have_bars_and_skew_is_told(tmp_path: Path) -> None:
    from lakeshell.session.result import Progress, Stage, Started
    from lakeshell.tui.panes.results_model import TabResults
    from lakeshell.tui.panes.results_progress import progress_items

    tab = TabResults("1")
    tab.begin(1, None, 1, 1)
    tab.event(Started("select 1", 1, "sql"))
    stages = (Stage(0, 4, 4, 2048, True), Stage(1, 1, 8, 0, False))
    tab.event(Progress(1, 2, 5, 12, 2, 2048, 1.5, stages=stages, tag="lakeshell-1-1"))
    tab.stages = [{"id": 1, "tasks": 8, "done": 1, "running": 2, "failed": 1, "skew": 9.0}]
    told = "\n".join(item.text.plain for item in progress_items(tab, 100))
    assert "5 of 12 tasks" in told
    assert "4/4" in told
    assert "1/8 · 2 running · 1 failed" in told
    assert "9 times the median" in told
