"""The history palette and the snippets."""

from __future__ import annotations

from pathlib import Path

import pytest
from tui.editors import EditorApp, editor_app
from tui.waiting import until

from lakeshell.tui.editor.snippets import fill, load_snippets


def app_with(folder: Path, *texts: str) -> EditorApp:
    app = editor_app(folder)
    for text in texts:
        app.bench.history.add(text)
    return app


@pytest.mark.asyncio
async def test_a_statement_is_found_and_inserted(tmp_path: Path) -> None:
    app = app_with(tmp_path, "select 1 from orders", "select 2 from items", "drop table x")
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("f8")
        await until(pilot, lambda: "3 of 3" in "\n".join(app.lines()))
        await pilot.press(*"from sel ord")
        await until(pilot, lambda: "1 of 3" in "\n".join(app.lines()))
        await pilot.press("enter")
        await until(pilot, lambda: app.text == "select 1 from orders")
        assert app.main.requests == []


@pytest.mark.asyncio
async def test_the_one_before_runs_again(tmp_path: Path) -> None:
    app = app_with(tmp_path, "select 1", "select 2")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f8")
        await until(pilot, lambda: "2 of 2" in "\n".join(app.lines()))
        await pilot.press("down", "ctrl+j")
        await until(pilot, lambda: app.main.requests)
        assert app.main.requests[0].source.text == "select 1"
        assert app.text == ""


@pytest.mark.asyncio
async def test_a_statement_is_forgotten_after_a_question(tmp_path: Path) -> None:
    app = app_with(tmp_path, "select 1", "select secret", "select 1", "select secret")
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("f8")
        await until(pilot, lambda: "2 of 2" in "\n".join(app.lines()))
        await pilot.press("ctrl+d")
        await until(pilot, lambda: "Forget this statement?" in "\n".join(app.lines()))
        await pilot.press("n")
        assert len(app.bench.history.recent()) == 4
        await pilot.press("ctrl+d")
        await until(pilot, lambda: "Forget this statement?" in "\n".join(app.lines()))
        await pilot.press("y")
        await until(pilot, lambda: "1 of 1" in "\n".join(app.lines()))
        await until(pilot, lambda: len(app.bench.history.recent()) == 2)
        assert {entry.text for entry in app.bench.history.recent()} == {"select 1"}


@pytest.mark.asyncio
async def test_an_empty_history_says_so(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("f8")
        await until(pilot, lambda: "nothing was run yet" in "\n".join(app.lines()))
        await pilot.press("enter", "ctrl+d", "down", "escape")
        await until(pilot, lambda: app.screen is app.main)


@pytest.mark.asyncio
async def test_hostile_statements_are_shown_and_act_nowhere(tmp_path: Path) -> None:
    hostile = "select '\x1b[2J\u202e[bold]\x9b👩‍👩‍👧\x00'"
    app = app_with(tmp_path, hostile, "select " + "x" * 90_000)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("f8")
        await until(pilot, lambda: "2 of 2" in "\n".join(app.lines()))
        await pilot.press("down")
        await pilot.pause()
        shown = "\n".join(app.lines())
        assert "[bold]" in shown
        assert not any(c in shown for c in "\x1b\u202e\x9b\x00")
        await pilot.press("enter")
        await until(pilot, lambda: app.text == hostile)


# Snippets
@pytest.mark.asyncio
async def test_a_snippet_and_its_places(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("alt+i")
        await until(pilot, lambda: app.screen is not app.main)
        await pilot.press(*"time travel ver", "enter")
        await until(pilot, lambda: "VERSION AS OF 0" in app.text)
        await pilot.press(*"orders", "tab", *"12")
        assert app.text == "SELECT *\nFROM orders VERSION AS OF 12;"


@pytest.mark.asyncio
async def test_ones_own_snippets_come_first(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    folder = app.bench.home.root / "snippets"
    folder.mkdir()
    (folder / "day.sql").write_text("-- Orders of a day\nSELECT * FROM o WHERE day = '${1:x}'\n")
    (folder / "broken.sql").write_bytes(b"\xff")
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("alt+i")
        await until(pilot, lambda: "Orders of a day" in "\n".join(app.lines()))
        await until(pilot, lambda: "broken.sql cannot be read" in app.said[0])
        await pilot.press("enter")
        await until(pilot, lambda: app.text == "SELECT * FROM o WHERE day = 'x'")
        assert app.editor.area.selected_text == "x"


def test_snippets_of_a_settings_file(tmp_path: Path) -> None:
    (tmp_path / "snippets.toml").write_text(
        '[a]\ntext = "x $1"\nlanguage = "python"\n[b]\nnothing = 1\n'
    )
    own = [s for s in load_snippets(tmp_path)[0] if s.is_own]
    assert [(s.title, s.text, s.language) for s in own] == [("a", "x $1", "python")]
    assert "b has no text" in load_snippets(tmp_path)[1]
    (tmp_path / "snippets.toml").write_text("[")
    assert "cannot be read" in load_snippets(tmp_path)[1]


def test_every_built_in_snippet_fills(tmp_path: Path) -> None:
    for snippet in load_snippets(tmp_path)[0]:
        filled = fill(snippet.text)
        assert "${" not in filled.text
        assert all(0 <= start <= end <= len(filled.text) for start, end in filled.stops)
