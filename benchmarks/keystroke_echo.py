"""From a keystroke to its echo on a real pseudo-terminal: at rest, and with everything going on.

`python benchmarks/keystroke_echo.py [--keys N] [--write]` types digits and waits for each until
the screen shows it. Under load, one tab runs a query that keeps both cores busy, another fetches
1,000,000 rows x 10 columns again and again, and five streams report every second. `harlequin`,
where it is installed, is measured at rest. Milliseconds, of N keys.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from tui_report import write_section
from tui_terminal import Terminal

F7, CTRL_N = "\x1b[18~", "\x0e"
GAP = 0.05  # seconds between two keys: a fast typist has three times that
A_LINE = 40

STREAMS = """%python
for number in range(5):
    rows = spark.readStream.format("rate").option("rowsPerSecond", 10).load()
    writer = rows.writeStream.format("noop").queryName(f"s{number}")
    writer.trigger(processingTime="1 second").start()
print(len(spark.streams.active), "streams go on")
"""
QUERY = "select count(*) as pairs from range(10000000000) a join range(1000) b;"
RESULT = "select " + ", ".join(f"id * {n} as c{n}" for n in range(1, 11)) + " from range(1000000);"


def echoes(terminal: Terminal, keys: int) -> list[float]:
    """Milliseconds from each of so many keys to its echo."""
    digits = random.Random(1)
    times, line = [], ""
    for _ in range(keys):
        if len(line) == A_LINE:
            terminal.send("\r")
            terminal.settle(GAP)
            line = ""
        key = digits.choice("123456789")
        line += key
        began = time.perf_counter()
        terminal.send(key)
        terminal.wait_for_change(line)
        times.append((time.perf_counter() - began) * 1000)
        terminal.settle(max(0.0, GAP - (time.perf_counter() - began)))
    return times


def in_new_tab(terminal: Terminal, text: str) -> None:
    """Write and run it there."""
    terminal.send(CTRL_N)
    terminal.settle(0.5)
    terminal.paste(text)
    terminal.settle(0.5)
    terminal.send(F7)


def row(name: str, times: list[float]) -> str:
    """A line of the table."""
    p95 = statistics.quantiles(times, n=20)[-1]
    return f"| {name} | {statistics.median(times):.0f} ms | {p95:.0f} ms | {max(times):.0f} ms |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=300)
    parser.add_argument("--write", action="store_true", help="into RESULTS_TUI.md")
    flags = parser.parse_args()
    lines = ["| | p50 | p95 | worst |", "|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "h"
        home.mkdir()
        (home / "lakeshell.toml").write_text("[tui]\nlimit = 1000000\n")
        program = [sys.executable, "-m", "lakeshell"]
        try:
            with Terminal(program, {"LAKESHELL_HOME": str(home)}) as terminal:
                terminal.wait_for("● Spark")
                terminal.settle(3)
                lines.append(row("lakeshell, at rest", echoes(terminal, flags.keys)))
                in_new_tab(terminal, STREAMS)
                terminal.wait_for("5 streams go on")
                in_new_tab(terminal, RESULT * 20)
                in_new_tab(terminal, QUERY)
                terminal.wait_for("2 tabs run")
                terminal.send(CTRL_N)
                terminal.settle(2)
                name = "lakeshell, a query, a result that loads and 5 streams beside it"
                lines.append(row(name, echoes(terminal, flags.keys)))
                if "2 tabs run" not in terminal.text:
                    print("The load ended before the keys did.", file=sys.stderr)
        finally:
            stop = [*program, "--home", str(home), "server", "stop"]
            subprocess.run(stop, check=False, capture_output=True)
    if harlequin := shutil.which("harlequin"):
        with Terminal([harlequin, ":memory:"], {}) as terminal:
            terminal.wait_for("Run Query")
            terminal.settle(3)
            lines.append(row("harlequin, at rest", echoes(terminal, flags.keys)))
    print("\n".join(lines))
    if flags.write:
        title = f"## Keystroke to echo\n\n{flags.keys} keys, 120x36, through a pseudo-terminal.\n\n"
        write_section("keystroke echo", title + "\n".join(lines))


if __name__ == "__main__":
    main()
