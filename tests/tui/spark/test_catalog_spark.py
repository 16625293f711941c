"""Volumes and streams of a real lakehouse in the catalog tree."""

from __future__ import annotations

import pytest
from tui.test_catalog import TreeApp
from tui.waiting import until

from lakeshell.config import Config
from lakeshell.home import Home
from lakeshell.session.session import Session
from lakeshell.tui.panes.catalog_line import STREAMS, Line
from lakeshell.tui.workbench import Workbench

PATIENCE = 120.0  # seconds


@pytest.mark.asyncio
async def test_a_stream_runs_into_a_table_and_a_volume_is_written(
    lakehouse: Home, config: Config, session: Session, schema: str
) -> None:
    rate = session.spark.readStream.format("rate").load().selectExpr("value AS id")
    writer = rate.writeStream.queryName(schema).option("checkpointLocation", f"/mnt/{schema}")
    query = writer.toTable(f"{schema}.pulse")
    bench = Workbench(lakehouse, config)
    bench.connection.start()
    app = TreeApp(bench)
    run = str(query.runId)
    try:
        async with app.run_test(size=(60, 40)) as pilot:

            def line(*key: str) -> Line:
                return next(x for x in app.pane.names.lines if x.key[: len(key)] == key)

            async def opened(*key: str) -> None:
                await until(pilot, lambda: app.pane.names.move_to(key), PATIENCE)
                await pilot.press("l")

            await pilot.pause()
            app.pane.names.focus()
            await opened(*STREAMS)
            await until(pilot, lambda: line("stream", run).state == "running", PATIENCE)
            assert line("stream", run).detail == f"→ {schema}.pulse"
            await opened("schema", "spark_catalog", schema)
            table = "table", "spark_catalog", schema, "pulse"
            await until(pilot, lambda: line(*table).detail == f"← {schema}", PATIENCE)
            session.execute(
                f"INSERT OVERWRITE DIRECTORY '/Volumes/main/{schema}/landing' USING csv SELECT 1"
            )
            await opened("volumes", "spark_catalog", schema)
            await opened("volume", "spark_catalog", schema, f"/Volumes/main/{schema}/landing")
            await until(pilot, lambda: line("file", "spark_catalog", schema), PATIENCE)
            query.stop()
            await until(pilot, lambda: line("stream", run).state == "stopped", PATIENCE)
    finally:
        query.stop()
        bench.close()
