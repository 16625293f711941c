"""Draws the full screen at work as SVG: `docs/full_screen_*.svg`, from the real program on Spark.

    python docs/make_screenshots.py [NAME …]

It runs the tour of `demo_data` in a lakehouse of its own in a temporary folder, then drives
`lakeshell` by keys, as a person would, and checks that each picture shows what it is made for. The
pictures hold text and shapes only: nothing is fetched when they are looked at.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from drawing import Cell, svg
from rich.cells import cell_len
from rich.color import blend_rgb
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import SVG_EXPORT_THEME as THEME
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import DataTable

from lakeshell.config import load_config
from lakeshell.home import Home
from lakeshell.tui.app import LakeshellApp
from lakeshell.tui.screens.streams import StreamsScreen
from lakeshell.tui.state import TabState, TuiState
from lakeshell.tui.workbench import Workbench

DOCS = Path(__file__).parent
TOUR = DOCS.parent / "demo_data" / "tour.sql"
PATIENCE = 120.0  # seconds for Spark to answer
STREAMS = 40.0  # seconds that the streams run before they are drawn

REVENUE = """\
-- Before Christmas: which shop sold what?
SELECT
  s.store,
  s.region,
  count(DISTINCT f.transaction_id) AS receipts,
  sum(f.revenue) FILTER (WHERE p.department = 'Kitchen') AS kitchen,
  sum(f.revenue) FILTER (WHERE p.department = 'Living')  AS living,
  sum(f.revenue) AS earned
FROM fact_sales AS f
JOIN dim_store   AS s USING (store_id)
JOIN dim_product AS p USING (product_id)
WHERE f.month >= '2024-10'
GROUP BY ALL
ORDER BY earned DESC;"""
WEEKS = """\
-- What did the departments earn, week by week?
SELECT trunc(day, 'WEEK') AS week, department, sum(revenue) AS revenue
FROM fact_sales
JOIN dim_product USING (product_id)
GROUP BY ALL
ORDER BY week, department;"""
MISTAKE = """\
-- Who changed the addresses? What were they?
SELECT id, was.email AS was, now.email AS now
FROM tour.customer_data VERSION AS OF 3 AS was
JOIN tour.customer_data VERSION AS OF 4 AS now USING (id)
WHERE was.email <> now.email;"""
PYTHON = """\
ticks = spark.readStream.format("rate").option("rowsPerSecond", 200).load()
(
    ticks.writeStream.queryName("ticks")
    .option("checkpointLocation", "/mnt/checkpoints/ticks")
    .trigger(processingTime="1 second")
    .toTable("tour.ticks")
)
(
    spark.readStream.format("rate").option("rowsPerSecond", 20).load()
    .selectExpr("value % 11 AS shop", "timestamp")
    .writeStream.queryName("till_rolls")
    .option("checkpointLocation", "/mnt/checkpoints/till_rolls")
    .trigger(processingTime="2 seconds")
    .toTable("tour.till_rolls")
)"""


# The pictures
@dataclass(frozen=True)
class Shot:
    """A picture: the terminal's size, and what brings the program to what it shows."""

    size: tuple[int, int]
    prepare: Callable[[LakeshellApp, Pilot[int]], object]
    shows: tuple[str, ...]


async def query(app: LakeshellApp, pilot: Pilot[int]) -> None:
    """The catalog unfolded, a join in the editor, its rows."""
    await open_tree(app, pilot)
    await run(app, pilot)
    if app.main.dock.display:
        await dock(app, pilot, ("tour_retail", "fact_sales"), "Schema", "rows")
    app.main.results.focus()
    await pilot.press("down", "down", "right", "right", "right")


async def chart(app: LakeshellApp, pilot: Pilot[int]) -> None:
    """The chart of a result."""
    app.main.editor.action_step_tab(1)
    await run(app, pilot)
    app.main.results.focus()
    await pilot.press("2", *["alt+up"] * 4)
    await until(pilot, lambda: app.main.results.chart.chart is not None)
    await pilot.press("c", "down", "enter")  # a line
    await pilot.press("b", "down", "down", "enter")  # for each department


async def history(app: LakeshellApp, pilot: Pilot[int]) -> None:
    """The versions of a table, and what changed between two of them."""
    main = app.main
    main.editor.action_step_tab(2)
    await pilot.press("f9")
    await dock(app, pilot, ("tour", "customer_data"), "History", "")
    versions = main.dock.query_one("#versions", DataTable)
    await until(pilot, lambda: versions.row_count > 5)
    main.dock.focus()
    await pilot.press(*["alt+right"] * 2, "down", "equals_sign", "down", "equals_sign")
    await until(pilot, lambda: main.results.grid is not None and not main.bench.running)
    app.clear_notifications()


async def streams(app: LakeshellApp, pilot: Pilot[int]) -> None:
    """Two streams that run."""
    app.main.editor.action_step_tab(3)
    await pilot.press("f7")
    await until(pilot, lambda: app.main.bench.running)
    await until(pilot, lambda: not app.main.bench.running)
    await pilot.press("f12")
    screen = app.screen
    assert isinstance(screen, StreamsScreen)
    await until(pilot, lambda: len(screen._streams) == 2)
    await asyncio.sleep(STREAMS)
    await pilot.press("down")
    await pilot.pause(2.5)


SHOTS = {
    "80x24": Shot((80, 24), query, ("SELECT", "revenue", "Berlin")),
    "120x36": Shot((120, 36), query, ("fact_sales", "SELECT", "Berlin", "Palette")),
    "200x60": Shot((200, 60), query, ("fact_sales", "SELECT", "Berlin", "Maintenance")),
    "chart": Shot((120, 36), chart, ("revenue", "department", "Kitchen", "2024")),
    "history": Shot((120, 36), history, ("RESTORE", "UPDATE", "CREATE TABLE")),
    "streams": Shot((120, 36), streams, ("ticks", "till_rolls", "running", "/mnt/checkpoints")),
}


# The program
def main() -> None:
    """Draw all pictures, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*SHOTS, []], help="default: all")
    parser.add_argument("--home", type=Path, help="a lakehouse in which the tour has run")
    flags = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lakeshell-") as folder:
        home = Home(flags.home or Path(folder) / "lakehouse").create()
        lakeshell = [sys.executable, "-m", "lakeshell", "--home", str(home.root)]
        try:
            if not flags.home:
                subprocess.run([*lakeshell, "-f", str(TOUR)], stdout=subprocess.DEVNULL, check=True)
            for name in flags.names or SHOTS:
                asyncio.run(draw(name, SHOTS[name], home))
        finally:
            if not flags.home:
                subprocess.run([*lakeshell, "server", "stop"], check=False)


async def draw(name: str, shot: Shot, home: Home) -> None:
    """Write one picture; SystemExit when it does not show what it should."""
    async with opened(home, shot.size) as (app, pilot):
        await shot.prepare(app, pilot)
        await pilot.pause(0.5)
        cells, text = screen_cells(app), screen_text(app)
    missing = [words for words in shot.shows if words not in text]
    if missing:
        raise SystemExit(f"{name} does not show {missing}:\n{text}")
    target = DOCS / f"full_screen_{name}.svg"
    target.write_text(svg(cells), encoding="utf-8")
    print(f"{target.name}: {target.stat().st_size / 1000:.0f} kB")


@asynccontextmanager
async def opened(
    home: Home, size: tuple[int, int]
) -> AsyncIterator[tuple[LakeshellApp, Pilot[int]]]:
    """The program on that lakehouse, as one finds it who has worked there before."""
    config = load_config(home)
    state = TuiState(home)
    state.save_tabs(
        [
            TabState("revenue.sql", REVENUE, row=3, column=11, active=True),
            TabState("weeks.sql", WEEKS),
            TabState("mistake.sql", MISTAKE),
            TabState("streams.py", PYTHON, "python"),
        ]
    )
    catalog = "spark_catalog"
    state.put(
        "catalog.open",
        [
            ["catalog", catalog],
            ["schema", catalog, "tour_retail"],
            ["table", catalog, "tour_retail", "dim_store"],
            ["table", catalog, "tour_retail", "fact_sales"],
            ["folder", "/mnt"],
        ],
    )
    state.put("layout", None)
    bench = Workbench(home, config, state=state)
    app = LakeshellApp(config, state, lambda: bench)
    try:
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: app.is_open and bench.is_connected)
            await asyncio.to_thread(bench.session.execute, "USE tour_retail")
            bench.metadata.refresh()
            await until(pilot, lambda: "tour_retail" in bench.metadata.current_schema)
            yield app, pilot
    finally:
        bench.close()


async def open_tree(app: LakeshellApp, pilot: Pilot[int]) -> None:
    """Wait for the names of the schema that is open."""
    tree = app.main.catalog.names
    if app.main.catalog.display:
        await until(pilot, lambda: any(line.label == "receipts" for line in tree.lines) or True)
        await until(pilot, lambda: any(line.label == "revenue" for line in tree.lines))


async def run(app: LakeshellApp, pilot: Pilot[int]) -> None:
    """Run the tab in front a few times: then everything is warm."""
    results = app.main.results
    for _ in range(3):
        await pilot.press("f5")
        await until(pilot, lambda: app.main.bench.running)
        await until(pilot, lambda: results.grid is not None and not app.main.bench.running)


async def dock(
    app: LakeshellApp, pilot: Pilot[int], parts: tuple[str, ...], tab: str, words: str
) -> None:
    """Show a table in the dock."""
    main = app.main
    if not main.dock.display:
        await pilot.press("f11")
    main.dock.show_table(parts)
    main.dock._tabbed.active = f"tab-{tab.lower()}"
    await until(pilot, lambda: main.dock.active_tab.loads)
    if words:
        await until(pilot, lambda: words in screen_text(app))


async def until(pilot: Pilot[int], condition: Callable[[], object]) -> None:
    """Let the program go on until the condition holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"waited in vain:\n{screen_text(pilot.app)}")
        await pilot.pause(0.05)


# The screen
def screen_text(app: App[int]) -> str:
    """The screen as text."""
    return "\n".join("".join(cell.text for cell in row) for row in screen_cells(app))


def screen_cells(app: App[int]) -> list[list[Cell]]:
    """What the program shows, line by line; as `App.export_screenshot` finds it out."""
    width, height = app.size
    console = Console(
        width=width, height=height, record=True, color_system="truecolor", file=StringIO()
    )
    stack = app._background_screens
    console.print(app.screen._compositor.render_update(full=True, screen_stack=stack))
    segments = Segment.filter_control(console._record_buffer)
    lines = list(Segment.split_and_crop_lines(segments, width, include_new_lines=False))
    return [[cell for segment in line for cell in _cells(segment)] for line in lines[:height]]


def _cells(segment: Segment) -> Iterator[Cell]:
    style = segment.style or Style()
    ink = style.color.get_truecolor(THEME) if style.color else THEME.foreground_color
    ground = style.bgcolor.get_truecolor(THEME) if style.bgcolor else THEME.background_color
    if style.reverse:
        ink, ground = ground, ink
    if style.dim:
        ink = blend_rgb(ink, ground, 0.4)
    look = (ink.hex, ground.hex, bool(style.bold), bool(style.italic), bool(style.underline))
    for character in segment.text:
        yield Cell(character, *look)
        for _ in range(cell_len(character) - 1):
            yield Cell("", *look)


if __name__ == "__main__":
    main()
