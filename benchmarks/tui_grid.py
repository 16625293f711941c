"""How fast the result grid is with a million rows, beside textual-fastdatatable's DataTable.

    python benchmarks/tui_grid.py [--write]

A key's time runs from the moment it is posted to the end of the first frame that shows what it
did. The peer is measured in the same process, by the same keys; it is skipped where it is not
installed. `--write` puts the numbers into RESULTS_TUI.md, in the part between the grid's marks.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
from textual import events
from textual.app import App, ComposeResult
from textual.widget import Widget

import lakeshell.tui
from lakeshell.tui.widgets.grid import ResultGrid

sys.path.insert(0, str(Path(__file__).parent))
from tui_report import write_section

ROWS = 1_000_000
PAGES = 300
STYLES = Path(lakeshell.tui.__file__).parent
FRAME_LIMIT = 5.0  # seconds to wait for one frame


class Frames(App[None]):
    """Notes when each frame is out, and what `state` was in it."""

    CSS_PATH = [STYLES / "lakeshell.tcss", STYLES / "grid.tcss"]  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self.animation_level = "none"
        self.state: Callable[[], Any] = lambda: None
        self.frames: list[tuple[float, Any]] = []

    def compose(self) -> ComposeResult:
        yield Widget()

    def _display(self, screen: Any, renderable: Any) -> None:
        super()._display(screen, renderable)
        with contextlib.suppress(Exception):
            self.frames.append((time.perf_counter(), self.state()))

    async def until_frame(self, shown: Callable[[Any], bool], since: float) -> float:
        """Milliseconds from `since` to the first frame whose state is what is awaited."""
        while time.perf_counter() - since < FRAME_LIMIT:
            for at, state in self.frames:
                if at >= since and shown(state):
                    return (at - since) * 1000
            await asyncio.sleep(0.001)
        raise TimeoutError("no such frame")

    async def key(self, key: str, shown: Callable[[Any], bool], character: str | None) -> float:
        """Milliseconds from a key to the frame that shows what it did."""
        self.frames.clear()
        since = time.perf_counter()
        self.post_message(events.Key(key, character))
        return await self.until_frame(shown, since)


def million() -> pa.Table:
    """Ten columns of the types that results have."""
    import numpy as np

    random = np.random.default_rng(7)
    numbers = random.integers(0, 10**9, ROWS)
    words = np.array([f"{word} {n}" for word in ("oslo", "bern", "rome") for n in range(3_000)])
    day = pa.array(numbers % 20_000, pa.int32()).cast(pa.date32())
    moment = pa.array(numbers * 1_000_000, pa.int64()).cast(pa.timestamp("us", "UTC"))
    cents = pa.array(numbers % 100_000, pa.int64()).cast(pa.decimal128(22, 2))
    return pa.table(
        {
            "id": np.arange(ROWS),
            "amount": numbers,
            "ratio": random.random(ROWS),
            "city": words[numbers % len(words)],
            "note": words[numbers // 7 % len(words)],
            "day": day,
            "moment": moment,
            "price": cents,
            "paid": pa.array(numbers % 2 == 0),
            "maybe": pa.array(numbers, mask=numbers % 3 == 0),
        }
    )


def memory() -> float:
    """Megabytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def quantile(times: list[float], share: float) -> float:
    return sorted(times)[min(int(len(times) * share), len(times) - 1)]


async def pages(app: Frames, row: Callable[[], int]) -> list[float]:
    """Times of page-down."""
    app.state = row
    times = []
    for _ in range(PAGES):
        before = row()
        times.append(await app.key("pagedown", lambda state, b=before: state > b, None))
    return times


async def ours(table: pa.Table) -> dict[str, str]:
    numbers: dict[str, str] = {}
    app = Frames()
    async with app.run_test(size=(160, 50)):
        grid = ResultGrid()
        await app.mount(grid)
        grid.focus()
        await asyncio.sleep(0.2)
        before = memory()
        app.state = lambda: grid.body.count
        app.frames.clear()
        since = time.perf_counter()
        grid.show(table)
        numbers["visible"] = f"{await app.until_frame(lambda s: s == ROWS, since):.0f} ms"
        times = await pages(app, lambda: grid.body.row)
        numbers["page-down p50"] = f"{quantile(times, 0.5):.1f} ms"
        numbers["page-down p95"] = f"{quantile(times, 0.95):.1f} ms"
        numbers["memory beside the table"] = f"{memory() - before:.0f} MB"
        numbers["filter box echo p95"] = f"{quantile(await typing(app, grid), 0.95):.1f} ms"
        for name, act in (
            ("filter text in every column", lambda: grid._set_filter("rome 12")),
            ("filter amount>500000000", lambda: grid._set_filter("amount>500000000")),
            ("no filter, sort text", lambda: (grid._set_filter(""), grid._sort_by(3, False))),
            ("sort by a second column", lambda: grid._sort_by(1, True)),
        ):
            since = time.perf_counter()
            act()
            while grid.is_busy or grid._pause is not None:
                await asyncio.sleep(0.001)
            numbers[name] = f"{(time.perf_counter() - since) * 1000:.0f} ms"
        numbers["memory after all that"] = f"{memory() - before:.0f} MB"
    return numbers


async def typing(app: Frames, grid: ResultGrid) -> list[float]:
    """Times from a key to its letter in the filter's box, while filters run behind it."""
    grid.action_filter()
    await asyncio.sleep(0.2)
    box = grid.prompt.input
    app.state = lambda: box.value
    times = []
    for _ in range(5):
        for letter in "rome 12":
            wanted = box.value + letter
            key = "space" if letter == " " else letter
            times.append(await app.key(key, lambda state, w=wanted: state == w, letter))
            await asyncio.sleep(0.08)
        while box.value:
            wanted = box.value[:-1]
            times.append(await app.key("backspace", lambda state, w=wanted: state == w, None))
    grid.prompt.finish(False)
    await asyncio.sleep(0.2)
    return times


async def peer(table: pa.Table) -> dict[str, str]:
    from textual_fastdatatable import ArrowBackend, DataTable

    numbers: dict[str, str] = {}
    app = Frames()
    async with app.run_test(size=(160, 50)):
        await asyncio.sleep(0.2)
        before = memory()
        since = time.perf_counter()
        widget: Any = DataTable(backend=ArrowBackend(table))
        app.state = lambda: widget.row_count if widget.size.height else 0
        app.frames.clear()
        await app.mount(widget)
        numbers["visible"] = f"{await app.until_frame(lambda s: s == ROWS, since):.0f} ms"
        widget.focus()
        await asyncio.sleep(0.2)
        times = await pages(app, lambda: widget.cursor_row)
        numbers["page-down p50"] = f"{quantile(times, 0.5):.1f} ms"
        numbers["page-down p95"] = f"{quantile(times, 0.95):.1f} ms"
        numbers["memory beside the table"] = f"{memory() - before:.0f} MB"
    return numbers


def lines(table: pa.Table, mine: dict[str, str], others: dict[str, str]) -> Iterator[str]:
    yield "## Result grid"
    yield ""
    yield f"{ROWS:,} rows x 10 columns ({table.nbytes / 1e6:.0f} MB of Arrow), screen 160x50."
    yield "Times of keys run to the end of the first frame that shows what they did."
    yield ""
    yield "| | lakeshell | textual-fastdatatable |"
    yield "|---|---|---|"
    for name, number in mine.items():
        yield f"| {name} | {number} | {others.get(name, '–')} |"


def main() -> None:
    """Measure, print, and with `--write` keep."""
    table = million()
    mine = asyncio.run(ours(table))
    others: dict[str, str] = {}
    try:
        others = asyncio.run(peer(table))
    except ImportError:
        print("textual-fastdatatable is not installed; no peer.", file=sys.stderr)
    except TimeoutError:
        print("The peer showed no frame in time.", file=sys.stderr)
    text = "\n".join(lines(table, mine, others))
    print(text)
    if "--write" in sys.argv[1:]:
        write_section("grid", text)


if __name__ == "__main__":
    main()
