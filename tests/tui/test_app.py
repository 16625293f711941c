"""The whole screen on a session that answers from a list."""

from __future__ import annotations

from pathlib import Path

import pytest
from tui.fakes import fake_workbench

from lakeshell.tui.app import LakeshellApp


@pytest.mark.asyncio
async def test_it_opens_and_runs(tmp_path: Path) -> None:
    import pyarrow as pa

    bench = fake_workbench(tmp_path, [("select 1", pa.table({"1": [1]}))])
    app = LakeshellApp(bench)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await pilot.press(*"select 1")
        await pilot.press("f5")
        await pilot.pause(0.3)
        assert "select 1" in bench.connection.wait().asked
    bench.close()
