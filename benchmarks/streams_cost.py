"""What looking at twenty streams every second costs the supervisor and the JVM, in share of a core.

    python benchmarks/streams_cost.py [--write]

Streams of a table that gets no rows have nothing to do: what the supervisor and the JVM use beyond
their idle share is the looking.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import psutil

from lakeshell.config import load_config
from lakeshell.home import Home
from lakeshell.session.launch import stop_server
from lakeshell.session.session import Session

sys.path.insert(0, str(Path(__file__).parent))
from tui_report import write_section

_STREAMS = 20
_SECONDS = 20.0


def main() -> None:
    """Start the streams, measure, stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="into RESULTS_TUI.md")
    flags = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lines = measured(Home(Path(folder) / "home").create())
    print("\n".join(lines))
    if flags.write:
        title = f"## Looking at {_STREAMS} streams once a second\n\nShares of one core.\n\n"
        write_section("streams", title + "\n".join(lines))


def measured(home: Home) -> list[str]:
    """The table, line by line."""
    lines = ["| | supervisor | JVM |", "|---|---|---|"]
    session = Session(home, load_config(home))
    try:
        spark = session.spark
        session.execute("CREATE TABLE IF NOT EXISTS src (id BIGINT)")
        for number in range(_STREAMS):
            rows = spark.readStream.table("src")
            writer = rows.writeStream.format("noop").queryName(f"s{number}")
            writer.trigger(processingTime="1 hour").start()
        while any(s["batch"] is None for s in session.control.streams()):
            time.sleep(1)
        status = session.control.status()
        supervisor = psutil.Process(status["pid"])
        jvm = psutil.Process(status["jvm_pid"])
        time.sleep(5)
        for label, pause in (("nobody looks", 0.0), ("a screen looks", 1.0)):
            before = [sum(p.cpu_times()[:2]) for p in (supervisor, jvm)]
            begun = time.monotonic()
            while time.monotonic() - begun < _SECONDS:
                if pause:
                    session.control.streams()
                    session.control.stream("s0")
                time.sleep(pause or 1.0)
            took = time.monotonic() - begun
            after = [sum(p.cpu_times()[:2]) for p in (supervisor, jvm)]
            shares = [(b - a) / took * 100 for a, b in zip(before, after, strict=True)]
            lines.append(f"| {label} | {shares[0]:.1f} % | {shares[1]:.1f} % |")
        return lines
    finally:
        session.close()
        stop_server(home)


if __name__ == "__main__":
    main()
