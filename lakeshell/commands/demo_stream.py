"""lakeshell demo stream: made-up sales arrive as files, and two Auto Loader streams read them."""

from __future__ import annotations

import json
import math
import random
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import click

from lakeshell.commands.context import CommandContext
from lakeshell.errors import CommandError

SCHEMA = "demo_stream"
_FOLDER = "demo_stream"  # below /mnt
_COLUMNS = "time TIMESTAMP, shop STRING, product STRING, amount DOUBLE"
_SHOPS = ("Aarhus", "Bergen", "Cork", "Delft", "Evora")
_PRODUCTS = ("kettle", "lamp", "rug", "shelf", "stool")
_LEAST, _MOST = 20, 220  # sales a second; between them it goes up and down
_WAVE = 30.0  # seconds from one height to the next
_LATE = 8.0  # seconds by which a sale may be late; the watermark waits for ten

_TOTALS = """
SELECT window.start AS since, shop, count(*) AS sales, round(sum(amount), 2) AS amount
FROM {view} GROUP BY window(time, '10 seconds'), shop
"""


@click.command("stream")
@click.option(
    "--seconds",
    type=click.IntRange(1, 3600),
    default=60,
    show_default=True,
    help="How long sales arrive.",
)
@click.pass_obj
def demo_stream_command(context: CommandContext, seconds: int) -> None:
    """Let made-up sales arrive for a minute, and two streams read them: something to look at.

    One stream appends every sale to the table demo_stream.sales, the other adds up each shop's
    sales in windows of ten seconds, with a watermark, into demo_stream.totals. Ctrl-C stops both.

    \b
    Examples:
      lakeshell demo stream
      lakeshell demo stream --seconds 300
    """
    folder = context.home.mnt / _FOLDER / "sales"
    folder.mkdir(parents=True, exist_ok=True)
    context.query(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    with _streams(context) as streams:
        context.notice(
            f"Two streams run for {seconds} seconds: demo sales and demo totals. Look at them in "
            "another terminal with lakeshell streams --watch, or in the full screen with F12."
        )
        fed, files = _feed(context, folder, seconds)
        context.progress(seconds, seconds, "the streams read what is left", seconds)
        _settle(streams)
    for file in files:  # read, and of no use any more
        file.unlink(missing_ok=True)
    context.notice(
        f"{fed:,} sales have arrived, and both streams have stopped. What they wrote:\n"
        f"  SELECT * FROM {SCHEMA}.sales ORDER BY time DESC\n"
        f"  SELECT * FROM {SCHEMA}.totals ORDER BY since, shop\n"
        "Run it again, and they go on where they were."
    )


@contextmanager
def _streams(context: CommandContext) -> Iterator[list[Any]]:
    """Both streams, stopped at the end, however that comes."""
    spark = context.session.spark
    view = f"demo_{uuid.uuid4().hex}"
    started: list[Any] = []
    try:
        files = spark.readStream.format("cloudFiles").schema(_COLUMNS)
        files = files.option("cloudFiles.format", "json").option("cloudFiles.maxFilesPerTrigger", 5)
        sales = files.load(f"/mnt/{_FOLDER}/sales")
        started.append(_started(sales, "sales"))
        sales.withWatermark("time", "10 seconds").createOrReplaceTempView(view)
        started.append(_started(spark.sql(_TOTALS.format(view=view)), "totals"))
        yield started
    finally:
        with suppress(Exception):  # with a server that is gone they are gone
            for query in started:
                query.stop()
            spark.catalog.dropTempView(view)


def _started(frame: Any, name: str) -> Any:
    writer = frame.writeStream.queryName(f"demo {name}").outputMode("append")
    writer = writer.option("checkpointLocation", f"/mnt/{_FOLDER}/checkpoints/{name}")
    return writer.trigger(processingTime="1 second").toTable(f"{SCHEMA}.{name}")


def _feed(context: CommandContext, folder: Path, seconds: int) -> tuple[int, list[Path]]:
    """Write a file of sales a second; how many sales, and the files."""
    began = time.monotonic()
    fed, files = 0, []
    while (passed := time.monotonic() - began) < seconds:
        height = (1 - math.cos(2 * math.pi * passed / _WAVE)) / 2
        sales = [_sale() for _ in range(round(_LEAST + (_MOST - _LEAST) * height))]
        files.append(_write(folder, sales))
        fed += len(sales)
        left = math.ceil(seconds - passed)
        context.progress(round(passed), seconds, f"{fed:,} sales, {left} s to go", passed)
        # A statement, so that whoever cancels this is heard.
        context.session.execute("SELECT 1")
        time.sleep(max(0.0, 1.0 - (time.monotonic() - began - passed)))
    return fed, files


def _sale() -> dict[str, Any]:
    late = random.random() ** 4 * _LATE
    when = datetime.fromtimestamp(time.time() - late, tz=timezone.utc)
    return {
        "time": when.isoformat(timespec="milliseconds"),
        "shop": random.choice(_SHOPS),
        "product": random.choice(_PRODUCTS),
        "amount": round(random.lognormvariate(3, 0.8), 2),
    }


def _write(folder: Path, sales: list[dict[str, Any]]) -> Path:
    """A file that appears whole."""
    name = f"{time.time_ns()}.json"
    part = folder / f".{name}"
    part.write_text("".join(json.dumps(sale) + "\n" for sale in sales), encoding="utf-8")
    return part.rename(folder / name)


def _settle(streams: list[Any]) -> None:
    """Wait until the streams have read everything. Raises what one has failed with."""
    for query in streams:
        try:
            query.processAllAvailable()
        except Exception as error:
            from lakeshell.render.stream_errors import is_stream_failure, stream_failure

            if not is_stream_failure(str(error)):
                raise
            told = stream_failure(str(error))
            raise CommandError(
                f"The stream {query.name} has failed. {told.text}", hint=told.hint
            ) from error
