"""The completion popup: it knows aliases, never blocks, and takes its keys."""

from __future__ import annotations

import threading
from pathlib import Path

import pyarrow as pa
import pytest
from textual import events
from tui.editors import EditorApp, editor_app
from tui.fakes import Answer, fake_workbench
from tui.waiting import until

NAMES: list[tuple[str, Answer]] = [
    (
        r"SHOW TABLES.*",
        pa.table({"n": ["default", "default"], "t": ["orders", "items"], "temp": [False, False]}),
    ),
    (
        r"DESCRIBE.*orders.*",
        pa.table(
            {
                "col_name": ["order_id", "amount", "evil [b]\x1b[31m"],
                "data_type": ["bigint", "double", "string"],
                "comment": ["", "", ""],
            }
        ),
    ),
]


def offered(app: EditorApp) -> list[str]:
    popup = app.editor.popup
    return [c.shown for c in popup.candidates] if popup.is_open else []


def connected(app: EditorApp) -> None:
    session = app.bench.connection.session
    assert session is not None
    app.bench.metadata.attach(session)


@pytest.mark.asyncio
async def test_keywords_before_spark_is_there(tmp_path: Path) -> None:
    app = editor_app(tmp_path, opening=True)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*"sel")
        await until(pilot, lambda: "SELECT" in [c.upper() for c in offered(app)])
        assert "SELECT" in "\n".join(app.lines()).upper()
        await pilot.press("tab")
        assert app.text.strip().upper() == "SELECT"
        assert offered(app) == []


@pytest.mark.asyncio
async def test_what_is_pasted_or_taken_back_ends_the_offer(tmp_path: Path) -> None:
    app = editor_app(tmp_path, opening=True)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*"sel")
        await until(pilot, lambda: bool(offered(app)))
        app.editor.area.post_message(events.Paste("lers x"))
        await until(pilot, lambda: app.text == "sellers x")
        await until(pilot, lambda: not app.editor.popup.is_open)
        await pilot.press("tab")
        assert app.text.split() == ["sellers", "x"]
        app.put("")
        await pilot.press(*"sel")
        await until(pilot, lambda: bool(offered(app)))
        await pilot.press("ctrl+z")
        await until(pilot, lambda: not app.editor.popup.is_open)


@pytest.mark.asyncio
async def test_files_before_spark_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sales.csv").write_text("a\n1\n")
    monkeypatch.chdir(tmp_path)
    app = editor_app(tmp_path, opening=True)
    async with app.run_test(size=(100, 30)) as pilot:
        app.put("select * from csv.``", 0, 19)
        await pilot.press(*"./sa")
        await until(pilot, lambda: any("sales.csv" in c for c in offered(app)))
        await pilot.press("enter")
        assert "sales.csv" in app.text


@pytest.mark.asyncio
async def test_an_alias_brings_its_columns_when_they_come(tmp_path: Path) -> None:
    app = editor_app(tmp_path, NAMES)
    async with app.run_test(size=(100, 30)) as pilot:
        connected(app)
        app.put("select  from orders o", 0, 7)
        await pilot.press(*"o.")
        await until(pilot, lambda: "order_id" in offered(app))
        shown = "\n".join(app.lines())
        assert "evil [b]" in shown
        assert "\x1b" not in shown
        await pilot.press(*"am")
        await until(pilot, lambda: offered(app)[:1] == ["amount"])
        await pilot.press("enter")
        assert app.text == "select o.amount from orders o"


@pytest.mark.asyncio
async def test_arrows_choose_and_a_click_takes(tmp_path: Path) -> None:
    app = editor_app(tmp_path, NAMES)
    async with app.run_test(size=(100, 30)) as pilot:
        connected(app)
        app.put("select  from orders o", 0, 7)
        await pilot.press(*"o.")
        await until(pilot, lambda: len(offered(app)) > 2)
        second = app.editor.popup.candidates[1].text
        await pilot.press("down", "up", "down", "tab")
        assert app.text == f"select o.{second} from orders o"
        app.put("select  from orders o", 0, 7)
        await pilot.press(*"o.")
        await until(pilot, lambda: len(offered(app)) > 2)
        third = app.editor.popup.candidates[2].text
        await pilot.click("#completion", offset=(5, 2))
        await until(pilot, lambda: app.text == f"select o.{third} from orders o")


@pytest.mark.asyncio
async def test_escape_closes_it_and_cancels_only_then(tmp_path: Path) -> None:
    app = editor_app(tmp_path, opening=True)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*"sel")
        await until(pilot, lambda: offered(app))
        await pilot.press("escape")
        assert offered(app) == []
        assert app.main.cancelled == 0
        assert app.text == "sel"
        await pilot.press("escape")
        await until(pilot, lambda: app.main.cancelled == 1)


@pytest.mark.asyncio
async def test_enter_behind_a_finished_word_is_a_new_line(tmp_path: Path) -> None:
    app = editor_app(tmp_path, opening=True)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*"select")
        await until(pilot, lambda: offered(app))
        await pilot.press("enter", "x")
        assert app.text == "select\nx"


@pytest.mark.asyncio
async def test_nobody_waits_for_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from lakeshell.catalog import completion

    wait = threading.Event()
    monkeypatch.setattr(completion, "complete", lambda *a, **k: wait.wait(20) and [])
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*"select from", "enter", *"where")
        assert app.text == "select from\nwhere"
        await pilot.press("f7")
        await until(pilot, lambda: app.main.requests)
        wait.set()


@pytest.mark.asyncio
async def test_a_failing_completion_is_no_offer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lakeshell.catalog import completion

    asked = []

    def fail(*args: object, **options: object) -> None:
        asked.append(args)
        raise RuntimeError("half-typed")

    monkeypatch.setattr(completion, "complete", fail)
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*"se")
        await until(pilot, lambda: asked)
        await pilot.press(*"lect 1")
        assert app.text == "select 1"


@pytest.mark.asyncio
async def test_the_popup_is_on_the_screen_wherever_the_cursor_is(tmp_path: Path) -> None:
    app = editor_app(tmp_path, opening=True)
    async with app.run_test(size=(80, 24)) as pilot:
        app.put("\n" * 60 + " " * 200, 60, 200)
        await pilot.press(*"sel")
        await until(pilot, lambda: offered(app) and app.editor.popup.region.height)
        await until(pilot, lambda: app.screen.region.contains_region(app.editor.popup.region))


@pytest.mark.asyncio
async def test_python_names(tmp_path: Path) -> None:
    app = editor_app(tmp_path, opening=True)
    async with app.run_test(size=(100, 30)) as pilot:
        app.editor.action_toggle_language()
        app.put("spark_total = 1\n", 1, 0)
        await pilot.press(*"spark_t")
        await until(pilot, lambda: "spark_total" in offered(app))


def test_names_of_cells_are_known_in_every_tab_and_variables_in_their_own(tmp_path: Path) -> None:
    bench = fake_workbench(tmp_path)
    assert "help" in bench.surroundings("1").commands()  # makes an interpreter of no tab
    ran, other = bench.interpreter("2"), bench.interpreter("3")
    bench._kernel_of(ran.session).names = ("orders",)
    ran.variables["day"] = "monday"
    other.variables["week"] = "1"
    for tab in ("1", "2", "3"):
        assert "orders" in bench.surroundings(tab).namespace()
    assert "day" in bench.surroundings("2").variables
    assert set(bench.surroundings("3").variables) == {"week"}
    bench.close()
