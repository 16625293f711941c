"""Text of data in the lines one types in and in the corner: nothing of it acts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from textual.app import App, ComposeResult
from textual.widgets import Input
from tui.editors import editor_app
from tui.fakes import fake_workbench, program
from tui.grids import GridApp
from tui.waiting import until

from lakeshell.tui.screens.dialogs import Ask
from lakeshell.tui.widgets.safe_input import SafeInput

EVIL = "a\x1b]0;x\x07\u202eb[/red]"


def on_screen(app: App[Any]) -> str:
    strips = app.screen._compositor.render_strips()
    text = "\n".join("".join(segment.text for segment in strip) for strip in strips)
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "\u202e" not in text
    return text


class OneLine(App[None]):
    def compose(self) -> ComposeResult:
        yield SafeInput(f"{EVIL}\tc\nd")


@pytest.mark.asyncio
async def test_a_line_shows_what_it_holds_character_for_character() -> None:
    app = OneLine()
    async with app.run_test(size=(60, 10)) as pilot:
        assert "a␛]0;x␇\ufffdb[/red]→c␊d" in on_screen(app)
        assert app.query_one(SafeInput).value == f"{EVIL}\tc\nd"
        await pilot.press("home", "right", "delete")
        assert app.query_one(SafeInput).value == f"{EVIL}\tc\nd".replace("\x1b", "")


@pytest.mark.asyncio
async def test_a_selection_that_is_looked_for(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.put(EVIL)
        await pilot.press("home", "shift+end", "ctrl+f")
        await until(pilot, lambda: app.editor.find_bar.wanted.text == EVIL)
        await until(pilot, lambda: "1 of 1" in on_screen(app))


@pytest.mark.asyncio
async def test_a_cell_that_is_looked_for() -> None:
    app = GridApp(pa.table({"x": [EVIL, "b"]}))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("asterisk", "ctrl+f")
        await until(pilot, lambda: app.query_one(Input).value == EVIL)
        assert "Find" in on_screen(app)


@pytest.mark.asyncio
async def test_titles_suggestions_and_sentences(tmp_path: Path) -> None:
    bench = fake_workbench(tmp_path)
    async with program(bench, size=(100, 30), notifications=True) as (app, pilot):
        app.main.notify(f"from a widget {EVIL}")
        app.main.editor.tell(f"{EVIL} is saved.")
        bench.notify(f"from a thread {EVIL}", "warning")
        await until(pilot, lambda: on_screen(app).count("[/red]") == 3)
        app.push_screen(Ask("Title", EVIL, suggestions=[f"b{EVIL}", "c = 1"]))
        await until(pilot, lambda: app.screen.query_one(Input).value == EVIL)
        field = app.screen.query_one(Input)
        assert "a␛]0;x␇" in on_screen(app)
        for typed in ("b", "c"):
            field.value = ""
            await pilot.press(typed)
            await pilot.pause(0.1)
            on_screen(app)
        await until(pilot, lambda: "c = 1" in on_screen(app))
    bench.close()
