"""The whole screen as a picture, compared with the one that was looked at and kept.

`LAKESHELL_KEEP_SNAPSHOTS=1 pytest tests/tui/test_snapshots.py` keeps what is drawn now; look at the
files before committing them. A picture belongs to the version of Textual that drew it: under
another one its lines, without their colours, are compared.
"""

from __future__ import annotations

import html
import os
import re
from pathlib import Path

import pyarrow as pa
import pytest
import textual
from textual.pilot import Pilot
from tui.fakes import fake_workbench, program
from tui.waiting import until

from lakeshell.config import TuiSettings
from lakeshell.tui.app import LakeshellApp

SNAPSHOTS = Path(__file__).with_name("snapshots")
QUERY = "-- what they spent\nselect name, amount, 'a\\tb' as note\nfrom sales s where amount > 1;"
ROWS = pa.table(
    {
        "name": ["Ann", None, "李小龍", "\x1b[31mred[/x]"],
        "amount": [12.5, 3.0, None, 1_000_000.0],
        "note": ["a\tb"] * 4,
    }
)


def picture(app: LakeshellApp) -> str:
    """The screen as SVG, without what differs from run to run."""
    svg = app.export_screenshot(title="lakeshell")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"terminal-\d+", "terminal", svg)
    svg = re.sub(r"\d+\.\d\d(&#160;| )s\b", r"0.00\1s", svg)
    return f"<!-- Textual {textual.__version__} -->\n{svg}"


def lines(svg: str) -> list[str]:
    """The text of a picture."""
    texts = re.findall(r"<text [^>]*>(.*?)</text>", svg, re.DOTALL)
    return [html.unescape(text).replace("\xa0", " ") for text in texts]


def assert_is_kept(app: LakeshellApp, name: str) -> None:
    """Compare with the kept picture `name`, or keep it."""
    drawn = picture(app)
    file = SNAPSHOTS / f"{name}.svg"
    if os.environ.get("LAKESHELL_KEEP_SNAPSHOTS"):
        SNAPSHOTS.mkdir(exist_ok=True)
        file.write_text(drawn, encoding="utf-8")
    kept = file.read_text(encoding="utf-8")
    assert "".join(lines(drawn)) == "".join(lines(kept))
    if kept.splitlines()[0] == drawn.splitlines()[0]:
        assert drawn == kept


async def shown(app: LakeshellApp, pilot: Pilot[int]) -> None:
    """A query with its result, the keyboard in the result, and nothing that moves."""
    main = app.main
    main.editor.area.text = QUERY
    await pilot.press("f7")
    await until(pilot, lambda: main.results.grid is not None)
    await until(pilot, lambda: not main.results.current.is_running)
    await pilot.press("f3")
    before = ""
    while before != (now := picture(app)) or "reading …" in now:
        before = now
        await pilot.pause(0.4)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("size", "theme"),
    [((80, 24), "lakeshell-dark"), ((120, 36), "lakeshell-light"), ((200, 60), "lakeshell-dark")],
)
async def test_a_result_looks_as_it_was_kept(
    tmp_path: Path, size: tuple[int, int], theme: str
) -> None:
    bench = fake_workbench(
        tmp_path, [(r"(?s).*from sales s.*", ROWS)], tui=TuiSettings(theme=theme)
    )
    try:
        async with program(bench, size=size) as (app, pilot):
            await shown(app, pilot)
            assert_is_kept(app, f"result-{size[0]}x{size[1]}")
    finally:
        bench.close()
