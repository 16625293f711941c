"""What looking at twenty streams every second costs the supervisor and the JVM, in share of a core.

    python benchmarks/streams_cost.py [FOLDER]

Streams of a static source, which have nothing to do: what the JVM uses beyond its idle share is
the looking. Prints the shares without and with a reader that asks once a second.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import psutil

from lakeshell.config import load_config
from lakeshell.home import Home
from lakeshell.session.launch import stop_server
from lakeshell.session.session import Session

_STREAMS = 20
_SECONDS = 20.0


def main() -> int:
    """Start the streams, measure, stop."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
    home = Home(folder / "home").create()
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
            print(f"{label}: supervisor {shares[0]:.1f} %, JVM {shares[1]:.1f} % of a core")
        return 0
    finally:
        session.close()
        stop_server(home)


if __name__ == "__main__":
    sys.exit(main())
