"""Times lakeshell against spark-sql on the same statements, jars and Java, in one run.

`python benchmarks/run.py [--rounds N]` writes benchmarks/RESULTS.md. Wall-clock seconds of whole
processes; the median of the rounds; the peer takes its turn in every round, so that a machine that
slows down slows both.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from pathlib import Path

import psutil

from lakeshell.engine.jars import cache_folder, cached_jars, pyspark_jars
from lakeshell.engine.java import bundled_java

HERE = Path(__file__).resolve().parent
STATEMENTS = HERE / "thirteen.sql"


@dataclass
class Timing:
    """Seconds of one thing in every round."""

    name: str
    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Over the rounds."""
        return statistics.median(self.seconds)


def main() -> None:
    """Measure, print and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", type=Path, default=HERE / "RESULTS.md")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="lakeshell-bench-") as name:
        scratch = Path(name)
        home = scratch / "home"
        lakeshell = [sys.executable, "-m", "lakeshell", "--home", str(home)]
        run([*lakeshell, "setup"])
        help_time = Timing("lakeshell --help")
        one_cold = Timing("lakeshell -e 'select 1', server not running")
        one_warm = Timing("lakeshell -e 'select 1', server warm")
        cold = Timing("lakeshell -f thirteen.sql, server not running")
        warm = Timing("lakeshell -f thirteen.sql, server warm")
        peer = Timing("spark-sql -f thirteen.sql")
        peer_one = Timing("spark-sql -e 'select 1'")
        stop = [*lakeshell, "server", "stop"]
        for number in range(arguments.rounds):
            print(f"round {number + 1} of {arguments.rounds}", flush=True)
            help_time.seconds.append(run([*lakeshell, "--help"]))
            peer_one.seconds.append(spark_sql(scratch / f"one{number}", "-e", "select 1"))
            one_cold.seconds.append(run([*lakeshell, "-e", "select 1"]))
            run(stop)
            peer.seconds.append(spark_sql(scratch / f"peer{number}", "-f", str(STATEMENTS)))
            cold.seconds.append(run([*lakeshell, "-f", str(STATEMENTS)]))
            forget(lakeshell)
            warm.seconds.append(run([*lakeshell, "-f", str(STATEMENTS)]))
            one_warm.seconds.append(
                statistics.median(run([*lakeshell, "-e", "select 1"]) for _ in range(5))
            )
            forget(lakeshell)
            run(stop)
            shutil.rmtree(home)
        text = report(arguments.rounds, help_time, one_cold, one_warm, peer_one, cold, warm, peer)
    print(text)
    arguments.output.write_text(text, encoding="utf-8")


def forget(lakeshell: list[str]) -> None:
    """Drop the tables, so that the statements start from nothing again."""
    run([*lakeshell, "-e", "DROP TABLE bench_orders; DROP TABLE bench_events"])


def run(command: list[str], **options: object) -> float:
    """Seconds of one process, which must succeed."""
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]
    seconds = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return seconds


def spark_sql(folder: Path, *arguments: str) -> float:
    """Seconds of Spark's own shell with Delta set up as its documentation says, nothing tuned.

    The launcher script is left out: the JVM is started as the script would start it.
    """
    folder.mkdir()
    jars = [*pyspark_jars(), *cached_jars(cache_folder(os.environ.get("LAKESHELL_JARS")))]
    java = bundled_java()
    opens = [
        f"--add-opens=java.base/{package}=ALL-UNNAMED"
        for package in (
            "java.lang", "java.lang.invoke", "java.lang.reflect", "java.io", "java.net",
            "java.nio", "java.util", "java.util.concurrent", "java.util.concurrent.atomic",
            "jdk.internal.ref", "sun.nio.ch", "sun.nio.cs", "sun.security.action",
            "sun.util.calendar",
        )
    ]  # fmt: skip
    command = [
        str(java.executable), "-Xmx8g", *opens, "-cp", os.pathsep.join(map(str, jars)),
        "org.apache.spark.deploy.SparkSubmit",
        "--conf", "spark.sql.extensions=io.delta.sql.DeltaSparkSessionExtension",
        "--conf", "spark.sql.catalog.spark_catalog=org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "--class", "org.apache.spark.sql.hive.thriftserver.SparkSQLCLIDriver",
        "spark-internal", *arguments,
    ]  # fmt: skip
    environment = {k: v for k, v in os.environ.items() if k not in ("SPARK_HOME", "JAVA_HOME")}
    return run(command, cwd=folder, env=environment)


def report(rounds: int, *timings: Timing) -> str:
    """The results as Markdown."""
    _, one_cold, one_warm, peer_one, cold, warm, peer = timings
    ratio: Callable[[Timing, Timing], str] = lambda a, b: f"{a.median / b.median:.1f}×"  # noqa: E731
    memory = psutil.virtual_memory().total / 2**30
    lines = [
        "# Results",
        "",
        f"{date.today()}, {os.cpu_count()} cores ({processor()}), {memory:.0f} GiB, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"Java {bundled_java().full_version}, Spark {version('pyspark')}, "
        f"Delta {version('delta-spark')}. {rounds} rounds; medians, least and most.",
        "",
        "Made by `python benchmarks/run.py`: whole processes, wall clock, both programs in every "
        "round on the same jars and Java. spark-sql is set up as Delta's documentation says, with "
        "nothing else changed.",
        "",
        "| | seconds (median) | least | most |",
        "|---|---|---|---|",
    ]
    for timing in timings:
        least, most = min(timing.seconds), max(timing.seconds)
        lines.append(f"| {timing.name} | {timing.median:.2f} | {least:.2f} | {most:.2f} |")
    lines += [
        "",
        "| spark-sql takes | times lakeshell's |",
        "|---|---|",
        f"| thirteen statements, server not running | {ratio(peer, cold)} |",
        f"| thirteen statements, server warm | {ratio(peer, warm)} |",
        f"| `select 1`, server not running | {ratio(peer_one, one_cold)} |",
        f"| `select 1`, server warm | {ratio(peer_one, one_warm)} |",
        "",
    ]
    return "\n".join(lines)


def processor() -> str:
    """The processor's name, as far as the system tells."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"


if __name__ == "__main__":
    main()
