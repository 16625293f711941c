"""The editor's find and replace."""

from __future__ import annotations

from pathlib import Path

import pytest
from tui.editors import EditorApp, editor_app
from tui.waiting import until


def said(app: EditorApp) -> str:
    return str(app.editor.query_one("#find-count").render()).strip()


@pytest.mark.asyncio
async def test_matches_are_counted_and_stepped_through(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.put("one two\nOne\ntwo one")
        await pilot.press("ctrl+f", *"one")
        await until(pilot, lambda: said(app) == "1 of 3")
        await pilot.press("enter")
        await until(pilot, lambda: said(app) == "2 of 3")
        assert app.editor.area.selection.start == (1, 0)
        await pilot.press("up", "up")
        await until(pilot, lambda: said(app) == "3 of 3")
        await pilot.press("alt+c")
        await until(pilot, lambda: said(app).endswith("of 2"))
        await pilot.press("escape")
        await until(pilot, lambda: app.editor.area.has_focus)
        assert app.editor.area.marks("match") == []
        assert app.editor.area.selected_text == ""  # F5 runs the statement, not the word


@pytest.mark.asyncio
async def test_a_pattern_replaces_with_its_groups(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.put("a1 a2\na3")
        await pilot.press("ctrl+r", "alt+x", *r"a(\d)", "tab", *r"b\1")
        await until(pilot, lambda: said(app) == "1 of 3")
        await pilot.press("enter")
        await until(pilot, lambda: app.text == "b1 a2\na3")
        await pilot.press("alt+a")
        await until(pilot, lambda: app.text == "b1 b2\nb3")
        assert app.said[-1].startswith("2 replaced")
        await pilot.press("escape")
        await until(pilot, lambda: app.editor.area.has_focus)
        await pilot.press("ctrl+z")
        assert app.text == "b1 a2\na3"


@pytest.mark.asyncio
async def test_a_broken_pattern_is_said(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.put("a(b")
        await pilot.press("ctrl+f", *"a(")
        await until(pilot, lambda: said(app) == "1 of 1")
        await pilot.press("alt+x")
        await until(pilot, lambda: said(app).startswith("no pattern"))
        await pilot.press("enter", "alt+x", *"zz")
        await until(pilot, lambda: said(app) == "not found")


@pytest.mark.asyncio
async def test_matches_follow_the_text(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.put("x x")
        await pilot.press("ctrl+f", "x")
        await until(pilot, lambda: said(app) == "1 of 2")
        app.editor.focus_text()
        await pilot.press("ctrl+end", *" x")
        await until(pilot, lambda: said(app).endswith("3"))
        await pilot.press("ctrl+n")
        await until(pilot, lambda: said(app) == "not found")


@pytest.mark.asyncio
async def test_a_slow_pattern_does_not_stop_the_screen(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.put("a" * 60 + "!")
        await pilot.press("ctrl+f", "alt+x", *"(a+)+$")
        await until(pilot, lambda: "too long" in said(app))
        await pilot.press("enter", "alt+a", "escape")
        await until(pilot, lambda: app.editor.area.has_focus)
        assert app.text == "a" * 60 + "!"
