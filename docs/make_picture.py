"""Runs commands in a real terminal and draws what it shows as an SVG: `docs/terminal.svg`.

`python docs/make_picture.py` uses a lakehouse of its own in a temporary folder.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

import pexpect
import pyte

COLUMNS, LINES = 96, 40
CELL_WIDTH, LINE_HEIGHT, MARGIN = 8.4, 18, 16

COLORS = {
    "default": "#d7dae0", "black": "#3b4048", "red": "#e06c75", "green": "#98c379",
    "brown": "#e5c07b", "yellow": "#e5c07b", "blue": "#61afef", "magenta": "#c678dd",
    "cyan": "#56b6c2", "white": "#d7dae0",
}  # fmt: skip

COMMANDS = (
    "create or replace table sales as select id, id % 5 as shop, id * 1.5 amount from range(1000)",
    "update sales set amount = 0 where id < 10",
    "select shop, count(*) as n, sum(amount) as total from sales group by shop order by shop",
)


def main() -> None:
    """Run the commands and write the picture."""
    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.Stream(screen)
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "LAKESHELL_HOME": home, "TERM": "xterm-256color"}
        lakeshell = f"{sys.executable} -m lakeshell"
        # As on any but the first day: the server is warm.
        warm = subprocess.run(
            [
                sys.executable,
                "-m",
                "lakeshell",
                "-e",
                ";".join((*COMMANDS * 2, "drop table sales")),
            ],
            env=environment,
            capture_output=True,
            check=False,
        )
        print(warm.stderr.decode())
        for shown, arguments in [
            *((f'lakeshell -e "{sql}"', ["-e", sql]) for sql in COMMANDS),
            ("lakeshell history sales", ["history", "sales"]),
            ('lakeshell -e "select * from sale"', ["-e", "select * from sale"]),
        ]:
            stream.feed(f"\x1b[32m$\x1b[0m {shown}\r\n")
            child = pexpect.spawn(
                sys.executable,
                ["-m", "lakeshell", *arguments],
                env=environment,
                dimensions=(LINES, COLUMNS),
                encoding="utf-8",
                timeout=120,
            )
            stream.feed(child.read())
            child.close()
        pexpect.run(f"{lakeshell} server stop", env=environment, timeout=300)
    target = Path(__file__).with_name("terminal.svg")
    target.write_text(svg(screen), encoding="utf-8")


def svg(screen: pyte.Screen) -> str:
    """The screen's lines, without the empty ones at its end."""
    last = max((y for y, line in enumerate(screen.display) if line.strip()), default=0)
    width = COLUMNS * CELL_WIDTH + 2 * MARGIN
    height = (last + 1) * LINE_HEIGHT + 2 * MARGIN
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" '
        f'width="{width:.0f}" height="{height}" font-family="Menlo, Consolas, monospace" '
        'font-size="14">',
        '<rect width="100%" height="100%" rx="8" fill="#21252b"/>',
    ]
    for y in range(last + 1):
        baseline = MARGIN + (y + 0.75) * LINE_HEIGHT
        for start, text, fill, bold in runs(screen, y):
            weight = ' font-weight="bold"' if bold else ""
            out.append(
                f'<text x="{MARGIN + start * CELL_WIDTH:.1f}" y="{baseline:.1f}" fill="{fill}"'
                f' textLength="{len(text) * CELL_WIDTH:.1f}" xml:space="preserve"{weight}>'
                f"{escape(text)}</text>"
            )
    out.append("</svg>")
    return "\n".join(out) + "\n"


def runs(screen: pyte.Screen, y: int) -> list[tuple[int, str, str, bool]]:
    """Stretches of one colour in a line: column, text, colour, bold."""
    found: list[tuple[int, str, str, bool]] = []
    for x in range(COLUMNS):
        cell = screen.buffer[y][x]
        fill = COLORS.get(cell.fg, COLORS["default"])
        if found and found[-1][2:] == (fill, cell.bold) and cell.data != " ":
            start, text, *_ = found[-1]
            if start + len(text) == x:
                found[-1] = (start, text + cell.data, fill, cell.bold)
                continue
        if cell.data != " ":
            found.append((x, cell.data, fill, cell.bold))
    return found


if __name__ == "__main__":
    main()
