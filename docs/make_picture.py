"""Runs commands in a real terminal and draws what it shows as an SVG: `docs/terminal.svg`.

`python docs/make_picture.py` uses a lakehouse of its own in a temporary folder.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pexpect
import pyte
from drawing import Cell, svg

COLUMNS, LINES = 100, 40
GROUND = "#131c22"  # as the full screen's
COLORS = {
    "default": "#d7dae0", "black": "#5c6773", "red": "#e06c75", "green": "#98c379",
    "brown": "#e5c07b", "yellow": "#e5c07b", "blue": "#61afef", "magenta": "#c678dd",
    "cyan": "#56b6c2", "white": "#d7dae0",
}  # fmt: skip

COMMANDS = (
    "create table sales as select id, id % 5 shop, id * 1.5 amount from range(1000)",
    "update sales set amount = 0 where id < 10",
    "select shop, count(*) n, sum(amount) total from sales group by all order by all",
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
                ";".join((*COMMANDS, "drop table sales") * 4),
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
    target.write_text(svg(cells(screen)), encoding="utf-8")


def cells(screen: pyte.Screen) -> list[list[Cell]]:
    """The screen's lines, without the empty ones at its end."""
    last = max((y for y, line in enumerate(screen.display) if line.strip()), default=0)
    return [
        [
            Cell(cell.data, COLORS.get(cell.fg, COLORS["default"]), GROUND, cell.bold)
            for cell in (screen.buffer[y][x] for x in range(COLUMNS))
        ]
        for y in range(last + 1)
    ]


if __name__ == "__main__":
    main()
