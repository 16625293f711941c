"""One cell in full, and one row as a list."""

from __future__ import annotations

import pyarrow as pa
import pytest
from textual.pilot import Pilot
from tui.grids import GridApp
from tui.waiting import until

from lakeshell.tui.screens.inspector import CellInspector, TextLines
from lakeshell.tui.widgets.grid.row_screen import RowScreen
from lakeshell.tui.widgets.grid.whole_value import pretty_json, whole_value, wrapped

JSON = '{"id": 12345678901234567890.10, "tags": ["a", "b:c"], "none": {}, "id": 2}'
PRETTY = """{
  "id": 12345678901234567890.10,
  "tags": [
    "a",
    "b:c"
  ],
  "none": {},
  "id": 2
}"""


async def inspected(pilot: Pilot[None], app: GridApp) -> list[str]:
    await pilot.press("space")
    await until(pilot, lambda: isinstance(app.screen, CellInspector))
    await until(pilot, lambda: app.screen.query_one(TextLines).lines)
    await pilot.pause()
    return app.screen.query_one(TextLines).lines


@pytest.mark.asyncio
async def test_json_is_pretty_and_copied_as_it_is() -> None:
    app = GridApp(pa.table({"j": [JSON]}))
    async with app.run_test(size=(80, 24)) as pilot:
        assert await inspected(pilot, app) == PRETTY.split("\n")
        assert "j  string  row 1" in app.screen_text()
        await pilot.press("p")
        await until(
            pilot, lambda: app.screen.query_one(TextLines).lines[0].startswith('{"id": 123')
        )
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard == JSON)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.screen_stack[0])


@pytest.mark.asyncio
async def test_nested_values_are_indented() -> None:
    kind = pa.list_(pa.struct([("name", pa.string()), ("n", pa.int64())]))
    app = GridApp(pa.table({"s": pa.array([[{"name": "x", "n": 1}, None]], kind)}))
    async with app.run_test(size=(80, 24)) as pilot:
        lines = await inspected(pilot, app)
        assert lines == ["[", "  {", '    "name": "x",', '    "n": 1', "  },", "  null", "]"]
        assert "array<struct<name:string,n:bigint>>" in app.screen_text()
        assert "2 elements" in app.screen_text()


@pytest.mark.asyncio
async def test_binary_is_hex() -> None:
    app = GridApp(pa.table({"b": [b"lakehouse \x00\x1b[31m!\xff"]}))
    async with app.run_test(size=(100, 24)) as pilot:
        lines = await inspected(pilot, app)
        assert lines[0].startswith("00000000  6c 61 6b 65 68")
        assert lines[0].endswith("lakehouse ..[31m")
        assert lines[1].startswith("00000010  21 ff")
        assert lines[1].endswith("  !.")


@pytest.mark.asyncio
async def test_a_megabyte_wraps_and_scrolls() -> None:
    app = GridApp(pa.table({"t": ["word " * 200_000 + "end"]}))
    async with app.run_test(size=(80, 24)) as pilot:
        lines = await inspected(pilot, app)
        width = app.screen.query_one(TextLines).size.width
        assert max(map(len, lines)) <= width
        assert "end" not in app.screen_text()
        await pilot.press("G")
        await until(pilot, lambda: "word end" in app.screen_text())
        await pilot.press("w")
        await until(pilot, lambda: len(app.screen.query_one(TextLines).lines) == 1)


@pytest.mark.asyncio
async def test_null_and_hostile_text() -> None:
    app = GridApp(pa.table({"[b]": [None, "a\x1b]0;x\x07\u202eb[red]"]}))
    async with app.run_test(size=(80, 24)) as pilot:
        assert await inspected(pilot, app) == ["NULL"]
        assert app.screen.query_one(TextLines).has_class("-null")
        await pilot.press("escape", "down")
        lines = await inspected(pilot, app)
        assert lines == ["a␛]0;x␇\\u202eb[red]"]
        assert "[b]" in app.screen_text()


@pytest.mark.asyncio
async def test_a_row_as_a_list() -> None:
    table = pa.table({"city": ["Oslo", "Rome"], "people": [700, None], "[x]": ["\x1b[1m", "z"]})
    app = GridApp(table)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("right", "t")
        await until(pilot, lambda: isinstance(app.screen, RowScreen))
        await until(pilot, lambda: "Row 1 of 2" in app.screen_text())
        assert "people  bigint  700" in app.screen_text()
        assert "[x]     string  ␛[1m" in app.screen_text()
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard == "700")
        await pilot.press("n")
        await until(pilot, lambda: "people  bigint  NULL" in app.screen_text())
        await pilot.press("Y")
        row = '[\n{"city": "Rome", "people": null, "[x]": "z"}\n]\n'
        await until(pilot, lambda: app.clipboard == row)
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, CellInspector))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: app.screen is app.screen_stack[0])
        assert app.grid.cursor == (1, 2)


@pytest.mark.asyncio
async def test_one_that_is_closed_at_once_lays_nothing_out() -> None:
    app = GridApp(pa.table({"t": ["x"]}))
    async with app.run_test(size=(80, 24)) as pilot:
        inspector = CellInspector(pa.table({"t": ["x"]}), 0, 0, "UTC")
        await app.push_screen(inspector)
        inspector.dismiss(None)
        await until(pilot, lambda: not inspector.is_attached)
        inspector._relayout()  # as Textual does, with the next refresh of another screen


def test_text_that_is_no_json_or_too_deep_is_left_alone() -> None:
    assert pretty_json("{not json}") is None
    assert pretty_json("[" * 100_000 + "]" * 100_000) is None
    value = whole_value(pa.chunked_array([["{not json}"]]), "UTC")
    assert value.pretty == "{not json}"
    assert not value.has_forms


def test_wrapping_loses_nothing_and_splits_no_cluster() -> None:
    text = "漢字👩‍👩‍👧‍👦" * 10
    lines = wrapped(text, 7)
    assert "".join(lines) == text
    assert wrapped("one two three", 8) == ["one two ", "three"]
    assert wrapped("abcdefghij", 4) == ["abcd", "efgh", "ij"]
    assert wrapped("👩‍👩‍👧‍👦", 1) != []


@pytest.mark.asyncio
async def test_what_no_clipboard_takes_is_not_even_written() -> None:
    app = GridApp(pa.table({"t": ["x" * 40_000_000]}))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for screen, keys in (("t", "yY"), ("space", "y")):
            await pilot.press(screen)
            await until(pilot, lambda: len(app.screen_stack) == 2)
            for key in keys:
                before = len(app._notifications)
                await pilot.press(key)
                await until(pilot, lambda n=before: len(app._notifications) > n)
            await pilot.press("escape")
            await until(pilot, lambda: len(app.screen_stack) == 1)
        assert all("too large" in note.message for note in app._notifications)
        assert app.clipboard == ""
