"""The whole screen on a session that answers from a list."""

from __future__ import annotations

from pathlib import Path

import pytest
from tui.fakes import fake_workbench, program
from tui.waiting import until


@pytest.mark.asyncio
async def test_it_opens_and_runs(tmp_path: Path) -> None:
    import pyarrow as pa

    bench = fake_workbench(tmp_path, [("select 1", pa.table({"1": [1]}))])
    async with program(bench, size=(120, 36)) as (_app, pilot):
        await pilot.press(*"select 1")
        await pilot.press("f5")
        await until(pilot, lambda: "select 1" in bench.connection.wait().asked)
    bench.close()
