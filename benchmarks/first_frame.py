"""From the start of a cold process to the first frame, on a real pseudo-terminal.

`python benchmarks/first_frame.py [--rounds N] [--write]` starts `lakeshell` and, where it is
installed, `harlequin` (DuckDB in memory) in turn, and waits until the screen shows the editor's
frame and the footer. Wall seconds; the median and the worst of N. The server is not running: the
first frame must not need it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import pexpect
import pyte

sys.path.insert(0, str(Path(__file__).parent))
from tui_report import write_section

COLUMNS, LINES = 120, 36


def first_frame(command: list[str], shown: str, env: dict[str, str]) -> float:
    """Seconds until the screen shows `shown`."""
    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.ByteStream(screen)
    began = time.perf_counter()
    child = pexpect.spawn(
        command[0], command[1:], dimensions=(LINES, COLUMNS), env={**os.environ, **env}
    )
    screen.write_process_input = child.send
    try:
        while time.perf_counter() - began < 30:
            try:
                stream.feed(child.read_nonblocking(65536, timeout=0.01))
            except pexpect.TIMEOUT:
                continue
            if any(shown in line for line in screen.display):
                return time.perf_counter() - began
        raise SystemExit(f"{command[0]} showed no {shown!r} within 30 s:\n{screen.display}")
    finally:
        child.close(force=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--write", action="store_true", help="into RESULTS_TUI.md")
    flags = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        env = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LAKESHELL_HOME": f"{folder}/h"}
        peers = {"lakeshell": ([sys.executable, "-m", "lakeshell"], "Palette")}
        if harlequin := shutil.which("harlequin"):
            peers["harlequin :memory:"] = ([harlequin, ":memory:"], "Run Query")
        times: dict[str, list[float]] = {name: [] for name in peers}
        for round_ in range(flags.rounds + 1):
            for name, (command, shown) in peers.items():
                seconds = first_frame(command, shown, env)
                if round_:  # the first one fills the disk cache
                    times[name].append(seconds)
        # A shell that was killed while it started a server leaves that server to its auto-stop.
        os.system(f"{sys.executable} -m lakeshell --home {folder}/h server stop >/dev/null 2>&1")
    lines = ["| program | first frame, median | worst |", "|---|---|---|"]
    for name, seconds in times.items():
        lines.append(f"| {name} | {statistics.median(seconds):.2f} s | {max(seconds):.2f} s |")
    print("\n".join(lines))
    if flags.write:
        title = "## First frame of a cold process\n\n"
        write_section("first frame", title + "\n".join(lines))


if __name__ == "__main__":
    main()
