"""Tables that mean harm, or are merely odd: nothing acts on the terminal, nothing ends the grid."""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa
import pytest
from tui.grids import GridApp
from tui.waiting import until

HOSTILE = [
    "[bold red]markup[/]",
    "\x1b[2J\x1b]0;title\x07\x1b[31mred",
    "\x9b31m\x90dcs\x9c",
    "\u202eright\u2066to\u2069left",
    "nul\x00nul",
    "one\ntwo\r\nthree\tfour",
    "👩‍👩‍👧‍👦🇳🇴 é \u0301\u0301",
    "שלום العربية",
    "漢字" * 20,
    None,
    "null",
    "",
]
ACTING = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
EVERY_KEY = (
    *("down", "right", "pagedown", "pageup", "end", "G", "g", "home", "s", "S", "f", "minus"),
    *("plus", "equals_sign", "greater_than_sign", "less_than_sign", "shift+down", "y", "Y", "C"),
    *("escape", "asterisk", "n", "N", "slash", "x", "enter", "escape", "space", "escape"),
    *("t", "n", "down", "enter", "escape", "escape"),
)


async def survives(table: pa.Table, size: tuple[int, int] = (80, 24)) -> None:
    """Every key on a table, and nothing on the screen that acts."""
    app = GridApp(table)
    async with app.run_test(size=size) as pilot:
        for key in EVERY_KEY:
            await pilot.press(key)
            for line in app.lines():
                assert not ACTING.search(line), (key, line)
        await until(pilot, lambda: not app.grid.is_busy)


@pytest.mark.asyncio
async def test_hostile_values_and_names() -> None:
    await survives(pa.table({text or "": HOSTILE for text in HOSTILE}))


@pytest.mark.asyncio
async def test_wide_characters_keep_columns_in_line() -> None:
    from lakeshell.render.safe_text import display_width

    app = GridApp(pa.table({"text": HOSTILE, "number": list(range(len(HOSTILE)))}))
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        body = app.grid.body
        for y in range(14):
            text = "".join(segment.text for segment in body.render_line(y))
            assert display_width(text) == 60
        end = body.columns.start(1) + 1 + body.columns.width(1)
        for y in range(2, 14):
            text = "".join(segment.text for segment in body.render_line(y).crop(0, end))
            assert text.endswith(str(y - 2))


@pytest.mark.asyncio
async def test_repeated_and_empty_names() -> None:
    table = pa.Table.from_arrays(
        [pa.array([2, 1]), pa.array([4, 3]), pa.array([5, 6])], ["a", "a", ""]
    )
    await survives(table)
    app = GridApp(table)
    async with app.run_test() as pilot:
        await pilot.press("right", "s")
        await until(pilot, lambda: app.grid.view and app.grid.view.column(1).to_pylist() == [3, 4])


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "table",
    [
        pa.table({}),
        pa.table({"a": pa.array([], pa.int64())}),
        pa.table({"a": pa.nulls(3)}),
        pa.Table.from_batches([], pa.schema([("a", pa.struct([])), ("b", pa.binary())])),
    ],
    ids=["no columns", "no rows", "void", "no batches"],
)
async def test_empty_tables(table: pa.Table) -> None:
    await survives(table)


@pytest.mark.asyncio
async def test_cells_of_a_megabyte() -> None:
    big = "x" * 1_000_000
    table = pa.table(
        {
            "text": [big, "漢" * 400_000, "small"],
            "binary": [big.encode(), b"", None],
            "list": [list(range(100_000)), [], None],
        }
    )
    await survives(table)


@pytest.mark.asyncio
async def test_two_thousand_columns() -> None:
    await survives(pa.table({f"c{n}": [n, None] for n in range(2_000)}))
    app = GridApp(pa.table({f"c{n}": [n, None] for n in range(2_000)}))
    async with app.run_test() as pilot:
        await pilot.press("end")
        assert "c1999" in app.lines()[0]
        await pilot.press("number_sign", *"c1234", "enter")
        assert "c1234" in app.lines()[0]


NESTED: list[tuple[Any, Any]] = [
    (pa.struct([("a", pa.int32()), ("b", pa.string())]), {"a": 1, "b": "\x1b[31m"}),
    (pa.map_(pa.string(), pa.int64()), [("k", 1)]),
    (pa.list_(pa.struct([("x", pa.float64())])), [{"x": float("nan")}]),
    (pa.decimal128(38, 10), 1),
    (pa.float32(), 0.1),
    (pa.timestamp("us", "UTC"), 10**17),
    (pa.timestamp("us"), -(10**16)),
    (pa.duration("us"), 10**9),
    (pa.time64("us"), 10**9),
    (pa.bool_(), True),
    (pa.binary(3), b"abc"),
    (pa.date32(), 3_000_000),
]


@pytest.mark.asyncio
@pytest.mark.parametrize(("kind", "value"), NESTED, ids=[str(kind) for kind, _ in NESTED])
async def test_every_type(kind: pa.DataType, value: Any) -> None:
    if pa.types.is_date(kind):
        column = pa.array([value, None, value], pa.int32()).cast(kind)
    else:
        column = pa.array([value, None, value], kind)
    await survives(pa.table({"v": column}))


@pytest.mark.asyncio
@pytest.mark.parametrize("size", [(1, 1), (10, 3), (80, 24), (200, 60)])
async def test_every_size(size: tuple[int, int]) -> None:
    await survives(pa.table({"a": HOSTILE, "b": range(len(HOSTILE))}), size)
