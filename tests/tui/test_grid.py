"""The result grid by key and mouse: moving, sorting, filtering, finding, columns, copying."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from textual.pilot import Pilot
from tui.grids import GridApp
from tui.waiting import until

from lakeshell.tui.widgets.grid.prompt import GridPrompt

CITIES = pa.table(
    {
        "city": ["Oslo", None, "Bern", "null", "Oslo", "Rome"],
        "people": pa.array([700, 5, 130, None, 20, 2800], pa.int64()),
        "day": pa.array([19000, 19001, None, 19040, 19400, 19000], pa.int32()).cast(pa.date32()),
    }
)


def shown(app: GridApp, column: int = 0) -> list[Any]:
    assert app.grid.view is not None
    return list(app.grid.view.column(column).to_pylist())


async def idle(pilot: Pilot[None], app: GridApp) -> None:
    await pilot.pause()
    await until(pilot, lambda: not app.grid.is_busy and app.grid._pause is None)


async def filtered(pilot: Pilot[None], app: GridApp, text: str) -> None:
    await pilot.press("slash")
    app.grid.prompt.input.value = text
    await pilot.press("enter")
    await idle(pilot, app)


@pytest.mark.asyncio
async def test_null_differs_from_the_word_and_numbers_stand_right() -> None:
    app = GridApp(CITIES)
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.pause()
        lines = app.lines()
        assert lines[0].split() == ["city", "people", "day"]
        assert lines[1].split() == ["string", "bigint", "date"]
        assert [line.split("2022")[0].rstrip()[-3:] for line in (lines[2], lines[3])] == [
            "700",
            "  5",
        ]
        texts = app.grid.body.texts
        assert texts is not None
        assert [texts.cell(0, row, 6) for row in (1, 3)] == [("NULL  ", True), ("null  ", False)]
        styles = [app.grid.body.render_line(y)._segments[0].style for y in (3, 5)]
        assert styles[0].italic
        assert not styles[1].italic


@pytest.mark.asyncio
async def test_the_foot_line_tells_where_the_cursor_is() -> None:
    app = GridApp(CITIES, truncated=True)
    async with app.run_test(size=(100, 12)) as pilot:
        await pilot.press("down", "right")
        assert app.grid.foot_line == "row 2 of 6 (more exist) · 3 columns · people bigint"
        assert app.grid.foot_line in app.screen_text()
        await filtered(pilot, app, "people>100")
        assert app.grid.foot_line.startswith(
            "row 1 of 3 · 3 columns · filtered 3 of 6 (more exist)"
        )
        assert [m for m in app.heard if (m.row, m.column) == (1, 1)]


@pytest.mark.asyncio
async def test_sorting_is_stable_by_several_columns_nulls_last() -> None:
    app = GridApp(CITIES)
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.press("s")
        await idle(pilot, app)
        assert shown(app) == ["Bern", "Oslo", "Oslo", "Rome", "null", None]
        assert shown(app, 1) == [130, 700, 20, 2800, None, 5]
        await pilot.press("right", "S")
        await idle(pilot, app)
        assert shown(app, 1) == [130, 20, 700, 2800, None, 5]
        assert "▲1" in app.lines()[0]
        assert "▲2" in app.lines()[0]
        await pilot.press("s")
        await idle(pilot, app)
        assert shown(app, 1) == [2800, 700, 130, 20, 5, None]
        await pilot.press("s")
        await idle(pilot, app)
        assert shown(app, 1) == CITIES.column(1).to_pylist()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("os", [700, 20]),
        ("city:ROM", [2800]),
        ("people>=130", [700, 130, 2800]),
        ("people<>5", [700, 130, 20, 2800]),
        ("day=2022-01", [700, 5, 2800]),
        ("day is null", [130]),
        ("city is not null", [700, 130, None, 20, 2800]),
        ("city=null", [None]),
        ("2022-02", [None]),
        ("nothing:here", []),
    ],
)
async def test_filters(text: str, people: list[int | None]) -> None:
    app = GridApp(CITIES)
    async with app.run_test(size=(80, 12)) as pilot:
        await filtered(pilot, app, text)
        assert shown(app, 1) == people


@pytest.mark.asyncio
async def test_it_filters_while_you_type_and_escape_takes_the_filter_away() -> None:
    app = GridApp(CITIES)
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.press("slash", "r", "o")
        await until(pilot, lambda: shown(app) == ["Rome"])
        assert app.focused is app.grid.prompt.input
        await pilot.press("backspace", "backspace")
        await until(pilot, lambda: len(shown(app)) == 6)
        await pilot.press("o", "s", "enter")
        await until(pilot, lambda: len(shown(app)) == 2)
        assert app.focused is app.grid.body
        await pilot.press("escape")
        await until(pilot, lambda: len(shown(app)) == 6)


@pytest.mark.asyncio
async def test_a_pause_that_ended_while_more_was_typed_does_not_lose_the_last_text() -> None:
    app = GridApp(CITIES)
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.press("slash", "r")
        app.grid.on_grid_prompt_typed(GridPrompt.Typed("filter", "ro"))
        late = app.grid._pause
        assert late is not None
        app.grid.on_grid_prompt_typed(GridPrompt.Typed("filter", ""))
        assert late._callback is not None
        late._callback()  # was on its way when it was stopped
        await until(pilot, lambda: not app.grid.is_busy and app.grid._pause is None)
        assert len(shown(app)) == 6


@pytest.mark.asyncio
async def test_a_value_that_the_column_cannot_have_is_told() -> None:
    app = GridApp(CITIES)
    async with app.run_test(size=(120, 12)) as pilot:
        await filtered(pilot, app, "people>many")
        assert "many is not a number." in app.screen_text()
        assert len(shown(app)) == 6


@pytest.mark.asyncio
async def test_a_filter_keeps_the_sort_and_the_other_way_round() -> None:
    app = GridApp(CITIES)
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.press("right", "s")
        await idle(pilot, app)
        await filtered(pilot, app, "people>=20")
        assert shown(app, 1) == [20, 130, 700, 2800]
        await pilot.press("s")
        await idle(pilot, app)
        assert shown(app, 1) == [2800, 700, 130, 20]


@pytest.mark.asyncio
async def test_finding_goes_from_match_to_match_and_around() -> None:
    app = GridApp(CITIES)
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.press("down", "ctrl+f", *"oslo", "enter")
        await until(pilot, lambda: app.grid.cursor == (4, 0))
        await pilot.press("n")
        await until(pilot, lambda: app.grid.cursor == (0, 0))
        await pilot.press("N")
        await until(pilot, lambda: app.grid.cursor == (4, 0))
        await pilot.press("escape", "g", "down", "asterisk")
        await idle(pilot, app)
        assert app.grid.cursor == (1, 0)
        assert app.grid._find == "`city` is null"


@pytest.mark.asyncio
async def test_go_to_a_row_or_a_column() -> None:
    app = GridApp(pa.table({"a": range(1000), "b": range(1000), "long name": range(1000)}))
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.press("number_sign", *"700", "enter")
        assert app.grid.cursor == (699, 0)
        await pilot.press("number_sign", *"name", "enter")
        assert app.grid.cursor == (699, 2)
        await pilot.press("number_sign", *"zzz", "enter")
        assert "zzz is neither a row's number nor a column." in app.grid.foot_line
        await pilot.press("G")
        assert app.grid.cursor == (999, 2)
        assert " 999 " in app.screen_text()
        await pilot.press("g", "pagedown")
        assert app.grid.cursor == (9, 2)


@pytest.mark.asyncio
async def test_columns_are_hidden_shown_frozen_and_fitted() -> None:
    names = {f"column {n}": ["x" * 30, "y"] for n in range(12)}
    app = GridApp(pa.table(names))
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.press("right", "minus")
        assert "1 hidden" in app.grid.foot_line
        assert app.grid.view is not None
        assert app.grid.view.column_names[:2] == ["column 0", "column 2"]
        await pilot.press("home", "f", "end")
        first = app.lines()[0]
        assert "column 0" in first
        assert "column 11" in first
        assert "column 5" not in first
        await pilot.press("plus")
        assert app.grid.view.num_columns == 12
        width = app.grid.body.columns.width(11)
        await pilot.press("greater_than_sign")
        assert app.grid.body.columns.width(11) == width + 4
        await pilot.press("equals_sign")
        assert app.grid.body.columns.width(11) == 30
        for _ in range(20):
            await pilot.press("minus")
        assert app.grid.view.num_columns == 1


@pytest.mark.asyncio
async def test_mouse_selects_sorts_and_resizes() -> None:
    app = GridApp(CITIES)
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.pause()
        body = app.grid.body
        await pilot.click(body, offset=(2, 4))
        assert app.grid.cursor == (2, 0)
        people = body.columns.start(1) + 2
        await pilot.click(body, offset=(people, 5), shift=True)
        assert body.selection == (range(2, 4), range(2))
        await pilot.click(body, offset=(people, 0))
        await idle(pilot, app)
        assert shown(app, 1) == [5, 20, 130, 700, 2800, None]
        edge, width = body.columns.start(1) - 1, body.columns.width(0)
        await pilot.mouse_down(body, offset=(edge, 0))
        await pilot.hover(body, offset=(edge + 7, 0))
        await pilot.mouse_up(body, offset=(edge + 7, 0))
        await idle(pilot, app)
        assert body.columns.width(0) == width + 7
        assert shown(app, 1) == [5, 20, 130, 700, 2800, None]  # the edge sorts nothing
        await pilot.click(body, offset=(2, 3), times=2)
        assert app.heard[-1].row == 4


@pytest.mark.asyncio
async def test_copies() -> None:
    app = GridApp(CITIES)
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.press("right", "y")
        await until(pilot, lambda: app.clipboard == "700")
        await pilot.press("Y")
        await until(pilot, lambda: app.clipboard == "Oslo\t700\t2022-01-08")
        await pilot.press("shift+down", "shift+right", "ctrl+c")
        await until(pilot, lambda: app.clipboard == "700\t2022-01-08\n5\t2022-01-09")
        await pilot.press("escape", "left", "C")
        await until(pilot, lambda: app.clipboard == "700\n5\n130\n\n20\n2800")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("csv", "city,people\nOslo,700\n,5\n"),
        ("tsv", "city\tpeople\nOslo\t700\n\t5\n"),
        ("json", '[\n{"city": "Oslo", "people": 700},\n{"city": null, "people": 5}\n]\n'),
        (
            "insert",
            "INSERT INTO table_name (`city`, `people`) VALUES\n  ('Oslo', 700L),\n  (NULL, 5L);\n",
        ),
        ("in", "IN ('Oslo')"),
    ],
)
async def test_copies_in_a_form(form: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app = GridApp(CITIES)
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.press("shift+down", "shift+right")

        def push_screen(screen: Any, callback: Any) -> None:
            callback(form)

        monkeypatch.setattr(app, "push_screen", push_screen)
        app.grid.action_copy_as()
        await until(pilot, lambda: app.clipboard == text)


@pytest.mark.asyncio
async def test_another_table_takes_the_place_of_the_first() -> None:
    app = GridApp(CITIES)
    async with app.run_test(size=(80, 12)) as pilot:
        await filtered(pilot, app, "os")
        await pilot.press("G", "right", "s")
        app.grid.show(pa.table({"n": [3, 1, 2]}))
        await idle(pilot, app)
        assert shown(app) == [3, 1, 2]
        assert app.grid.cursor == (0, 0)
        app.grid.show(None)
        await pilot.pause()
        assert app.grid.foot_line == ""
        await pilot.press(
            "s", "slash", "escape", "y", "space", "t", "G", "minus", "f", "equals_sign"
        )
        await idle(pilot, app)
