"""Auto Loader against Spark's own file stream, its start, and how it finds files in a full folder.

    python benchmarks/auto_loader.py [--write]

Every figure is the best of several rounds on a warm server; both sides of the ratio read the same
files in turns, into Delta tables, with the same schema.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lakeshell.config import load_config
from lakeshell.home import Home
from lakeshell.session.launch import stop_server
from lakeshell.session.session import Session

_FILES, _ROWS = 1_000, 100
_FULL = 100_000
_ROUNDS = 4
_SCHEMA = "id BIGINT, name STRING, price DOUBLE, at STRING, tags ARRAY<STRING>"
_RESULTS = Path(__file__).parent / "RESULTS_STREAMS.md"
_TITLE = "## Auto Loader\n"


def main() -> None:
    """Make the files, measure, stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="into RESULTS_STREAMS.md")
    flags = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home").create()
        try:
            lines = measured(home)
        finally:
            stop_server(home)
    print("\n".join(lines))
    if flags.write:
        write(lines)


def write(lines: list[str]) -> None:
    """Replace the section of RESULTS_STREAMS.md, or put it at the end."""
    text = _RESULTS.read_text(encoding="utf-8") if _RESULTS.exists() else "# Streams, measured\n\n"
    before, found, rest = text.partition(_TITLE)
    after = rest[rest.find("\n## ") + 1 :] if found and "\n## " in rest else ""
    section = f"{_TITLE}\n`python benchmarks/auto_loader.py`\n\n" + "\n".join(lines) + "\n"
    _RESULTS.write_text(f"{before}{section}{after}", encoding="utf-8")


def measured(home: Home) -> list[str]:
    """The table, line by line."""
    session = Session(home, load_config(home))
    bench = Bench(home, session)
    try:
        plain, loader = bench.against_spark()
        rows, start = bench.start()
        seconds, batch = bench.in_a_full_folder()
    finally:
        session.close()
    return [
        "| | seconds |",
        "|---|---|",
        f"| {_FILES:,} JSON files of {_ROWS} rows, Spark's json stream | {plain:.2f} |",
        f"| the same by Auto Loader ({loader / plain:.2f} times) | {loader:.2f} |",
        f"| availableNow over one new file, until its rows are in the table | {rows:.2f} |",
        f"| the same until the stream has ended | {start:.2f} |",
        f"| 10 new files among {_FULL:,}: finding them | {seconds:.2f} |",
        f"| 10 new files among {_FULL:,}: the whole batch | {batch:.2f} |",
    ]


class Bench:
    """The measurements, on one warm server."""

    def __init__(self, home: Home, session: Session) -> None:
        self._home = home
        self._session = session
        self._number = 0

    def against_spark(self) -> tuple[float, float]:
        """Seconds for all files: Spark's stream, Auto Loader."""
        self._files("many", _FILES, _ROWS)
        spark = self._session.spark
        plain = spark.readStream.format("json").schema(_SCHEMA).load("/mnt/many")
        location = "/mnt/schema_many"
        best = {"plain": 1e9, "loader": 1e9}
        for _ in range(_ROUNDS):
            loader = spark.readStream.format("cloudFiles").option("cloudFiles.format", "json")
            loader = loader.option("cloudFiles.inferColumnTypes", "true")
            loader = loader.option("cloudFiles.schemaLocation", location).load("/mnt/many")
            for name, frame in (("plain", plain), ("loader", loader)):
                best[name] = min(best[name], seconds(self._query(frame)))
        return best["plain"], best["loader"]

    def start(self) -> tuple[float, float]:
        """Seconds of a stream over one file: until its rows are in the table, until its end."""
        self._files("one", 1, 10)
        frame = self._loader("/mnt/one")
        rows, whole = [], []
        for number in range(_ROUNDS):
            table = f"one_{number}"
            written = self._home.warehouse / table / "_delta_log" / f"{1:020}.json"
            begun = time.monotonic()
            writer = frame.writeStream.option("checkpointLocation", f"/mnt/checkpoint_{table}")
            query = writer.trigger(availableNow=True).toTable(table)
            while query.isActive and not written.exists():
                time.sleep(0.01)
            rows.append(time.monotonic() - begun)
            query.awaitTermination()
            whole.append(time.monotonic() - begun)
        return min(rows), min(whole)

    def in_a_full_folder(self) -> tuple[float, float]:
        """Seconds of finding ten new files in a full folder, and of all of their batch."""
        self._files("full", _FULL, 1)
        checkpoint = "/mnt/checkpoint_full"
        frame = self._loader("/mnt/full", includeExistingFiles="false")
        seconds(self._query(frame, checkpoint))
        finding, whole = [], []
        writer = frame.writeStream.option("checkpointLocation", checkpoint)
        query = writer.trigger(processingTime="1 second").toTable("full_rows")
        for number in range(_ROUNDS):
            self._files("full", 10, 1, first=_FULL + 10 * number)
            batches = self._batches(query, number + 1)
            finding.append(batches[-1].durationMs["latestOffset"] / 1000)
            whole.append(batches[-1].durationMs["triggerExecution"] / 1000)
        query.stop()
        return min(finding), min(whole)

    def _batches(self, query: Any, count: int) -> list[Any]:
        deadline = time.monotonic() + 120
        while len(found := [p for p in query.recentProgress if p.numInputRows]) < count:
            if time.monotonic() > deadline:
                raise SystemExit(f"No batch took the new files: {query.status}")
            time.sleep(0.2)
        return found

    def _loader(self, path: str, **options: str) -> Any:
        reader = self._session.spark.readStream.format("cloudFiles").schema(_SCHEMA)
        reader = reader.option("cloudFiles.format", "json")
        for name, value in options.items():
            reader = reader.option(f"cloudFiles.{name}", value)
        return reader.load(path)

    def _query(self, frame: Any, checkpoint: str | None = None) -> Callable[[], None]:
        self._number += 1
        table, place = f"rows_{self._number}", checkpoint or f"/mnt/checkpoint_{self._number}"

        def run() -> None:
            writer = frame.writeStream.option("checkpointLocation", place)
            writer.trigger(availableNow=True).toTable(table).awaitTermination()

        return run

    def _files(self, folder: str, count: int, rows: int, first: int = 0) -> None:
        place = self._home.mnt / folder
        place.mkdir(parents=True, exist_ok=True)
        old = time.time() - 60
        for file in range(first, first + count):
            path = place / f"{file:07}.json"
            with path.open("w") as out:
                for row in range(rows):
                    out.write(
                        f'{{"id": {file * rows + row}, "name": "customer {row}", "price": {row}.5,'
                        f' "at": "2024-05-01T10:00:{row % 60:02}", "tags": ["a", "b{row}"]}}\n'
                    )
            os.utime(path, (old, old))


def seconds(run: Callable[[], None]) -> float:
    """How long `run` takes."""
    begun = time.monotonic()
    run()
    return time.monotonic() - begun


if __name__ == "__main__":
    main()
