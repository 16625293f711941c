"""From the start of a cold process to the first frame, on a real pseudo-terminal.

`python benchmarks/first_frame.py [--rounds N] [--write]` starts `lakeshell` and, where it is
installed, `harlequin` (DuckDB in memory) in turn, and waits until the screen shows the panes'
frames, the text and the keys below. Wall seconds; the median and the worst of N. No server runs:
the first frame must not need it.
"""

from __future__ import annotations

import argparse
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


def first_frame(command: list[str], shown: str, env: dict[str, str]) -> float:
    """Seconds from the start of the process until the screen shows `shown`."""
    with Terminal(command, env) as terminal:
        terminal.wait_for(shown)
        return time.perf_counter() - terminal.began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--write", action="store_true", help="into RESULTS_TUI.md")
    flags = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        env = {"LAKESHELL_HOME": f"{folder}/h"}
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
        stop = [sys.executable, "-m", "lakeshell", "--home", f"{folder}/h", "server", "stop"]
        subprocess.run(stop, check=False, capture_output=True)
    lines = ["| program | first frame, median | worst |", "|---|---|---|"]
    for name, seconds in times.items():
        lines.append(f"| {name} | {statistics.median(seconds):.2f} s | {max(seconds):.2f} s |")
    print("\n".join(lines))
    if flags.write:
        title = "## First frame of a cold process\n\n"
        write_section("first frame", title + "\n".join(lines))


if __name__ == "__main__":
    main()
