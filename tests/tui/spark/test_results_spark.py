"""The results pane on the real server: rows, plans with figures, explaining, progress."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tui.fakes import program
from tui.waiting import until

from lakeshell.config import Config
from lakeshell.home import Home
from lakeshell.session.session import Session
from lakeshell.tui.workbench import Workbench

pytestmark = pytest.mark.spark


@asynccontextmanager
async def opened(home: Home, config: Config) -> AsyncIterator[tuple[Any, Any]]:
    bench = Workbench(home, config)
    try:
        async with program(bench, size=(120, 40)) as (app, pilot):
            await until(pilot, lambda: bench.connection.session is not None, 60)
            yield pilot, app.main
    finally:
        bench.close()


@pytest.mark.asyncio
async def test_a_query_tells_its_plan_with_rows_and_time(lakehouse: Home, config: Config) -> None:
    async with opened(lakehouse, config) as (pilot, main):
        main.editor.area.text = (
            "select id % 7 k, count(*) c from range(100000) group by 1 order by 2"
        )
        await pilot.press("f7")
        results = main.results
        await until(pilot, lambda: results.grid is not None and results.current.output, 60)
        await until(pilot, lambda: not results.current.is_running, 60)
        assert results.grid.table.num_rows == 7
        results.focus()
        await pilot.press("4")
        await until(pilot, lambda: "100,000 rows" in results.plan.plain, 60)
        assert "HashAggregate" in results.plan.plain


@pytest.mark.asyncio
async def test_explaining_shows_the_plan_and_keeps_the_rows(
    lakehouse: Home, config: Config
) -> None:
    async with opened(lakehouse, config) as (pilot, main):
        main.editor.area.text = "select 1 as one"
        await pilot.press("f7")
        results = main.results
        await until(pilot, lambda: results.grid is not None, 60)
        await until(pilot, lambda: not results.current.is_running, 60)
        main.editor.area.text = "select max(id) from range(10)"
        await pilot.press("alt+q")
        await until(pilot, lambda: "HashAggregate" in results.plan.plain, 60)
        assert results.current.outputs[0].result.table.column_names == ["one"]


def test_the_server_tells_plans_and_stages_by_tag(session: Session) -> None:
    result = session.execute("select count(*) from range(0, 1000, 1, 3)")
    (execution, *_) = session.control.executions(result.tag)
    assert any(node["name"] == "Range" for node in execution["nodes"])
    stages = session.control.stages(result.tag)
    assert sum(stage["done"] for stage in stages) >= 4
    assert session.control.executions("lakeshell-0-0") == []
