"""The keys of the editor's text: pairs, indentation, lines, comments, undo."""

from __future__ import annotations

from pathlib import Path

import pytest
from tui.editors import editor_app


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("language", "keys", "text"),
    [
        ("sql", [*"count(x)"], "count(x)"),
        ("sql", [*"f(", "y"], "f(y)"),
        ("sql", [*"f(g(", "1", ")", ")", ";"], "f(g(1));"),
        ("sql", [*"(", "backspace"], ""),
        ("sql", [*"'it", "'", ";"], "'it';"),
        ("sql", [*"it's"], "it's"),
        ("sql", [*"-- don't (x"], "-- don't (x"),
        ("sql", [*"'a (b"], "'a (b'"),
        ("sql", [*"x", "home", "("], "(x"),
        ("sql", [*"`a b", "`", "."], "`a b`."),
        ("sql", [*"x", "shift+home", "("], "(x)"),
        ("sql", [*"(", "enter", "1"], "(\n    1\n)"),
        ("sql", [*"    x", "enter", "y"], "    x\n    y"),
        ("sql", [*"    x", "enter", "backspace", "y"], "    x\ny"),
        ("python", [*"if x:", "enter", *"return", "enter", "y"], "if x:\n    return\ny"),
        ("python", [*'"""', "a"], '"""a'),
        ("python", [*"r'", "a"], "r'a'"),
        ("python", [*"x = {", "enter", "1"], "x = {\n    1\n}"),
        ("python", [*"f'", "{", "x"], "f'{x'"),
    ],
)
async def test_pairs_and_indentation(
    tmp_path: Path, language: str, keys: list[str], text: str
) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.editor.area.code_language = language
        app.editor.action_complete = lambda: None  # type: ignore[method-assign]
        app.editor._ask = lambda **options: None  # type: ignore[method-assign]
        await pilot.press(*keys)
        assert app.text == text


@pytest.mark.asyncio
async def test_pasted_text_is_taken_as_it_is(tmp_path: Path) -> None:
    from textual import events

    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.editor.area.post_message(events.Paste("select (\r\n  'a', [b\r\x1b"))
        await pilot.pause()
        assert app.text == "select (\n  'a', [b\n\x1b"


@pytest.mark.asyncio
async def test_comments_come_and_go(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.put("select\n  1,\n\n  2")
        await pilot.press("ctrl+home", "ctrl+shift+end", "ctrl+underscore")
        assert app.text == "-- select\n--   1,\n\n--   2"
        await pilot.press("ctrl+underscore")
        assert app.text == "select\n  1,\n\n  2"
        app.editor.area.code_language = "python"
        app.editor.area.move_cursor((1, 0))
        await pilot.press("ctrl+underscore")
        assert app.text == "select\n  # 1,\n\n  2"


@pytest.mark.asyncio
async def test_lines_are_duplicated_moved_and_indented(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.put("a\nb\nc", 1, 1)
        await pilot.press("alt+y")
        assert app.text == "a\nb\nb\nc"
        assert app.editor.area.cursor_location == (2, 1)
        await pilot.press("alt+p", "alt+p")
        assert app.text == "b\na\nb\nc"
        assert app.editor.area.cursor_location == (0, 1)
        await pilot.press("alt+p")
        assert app.text == "b\na\nb\nc"
        await pilot.press("alt+n")
        assert app.text == "a\nb\nb\nc"
        await pilot.press("home", "shift+down", "shift+down", "tab")
        assert app.text == "a\n    b\n    b\nc"
        await pilot.press("shift+tab")
        assert app.text == "a\nb\nb\nc"


@pytest.mark.asyncio
async def test_undo_and_redo(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.put("select 1\nfrom t", 0, 3)
        await pilot.press("alt+y", "alt+y", "ctrl+z", "ctrl+z")
        assert app.text == "select 1\nfrom t"
        await pilot.press("ctrl+y", "ctrl+y")
        assert app.text == "select 1\n" * 3 + "from t"


@pytest.mark.asyncio
async def test_go_to_line(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.put("\n".join(f"line {n}" for n in range(300)))
        await pilot.press("ctrl+l")
        await pilot.pause()
        await pilot.press(*"200:3", "enter")
        await pilot.pause()
        assert app.editor.area.cursor_location == (199, 2)
        assert app.editor.area.has_focus
        await pilot.press("ctrl+l")
        await pilot.pause()
        await pilot.press(*"x[b]", "enter")
        await pilot.pause()
        assert "is no line" in app.said[-1]
