"""The dock and the catalog on real tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Static
from tui.waiting import until

from lakeshell.config import Config
from lakeshell.home import Home
from lakeshell.session.session import Session
from lakeshell.tui.panes.catalog import CatalogPane
from lakeshell.tui.panes.dock import DockPane
from lakeshell.tui.workbench import Workbench

STYLES = Path(__file__).parents[3] / "lakeshell" / "tui"


class PaneApp(App[None]):
    CSS_PATH = [str(STYLES / "dock.tcss"), str(STYLES / "catalog.tcss")]  # noqa: RUF012

    def __init__(self, pane: Any) -> None:
        super().__init__()
        self.pane = pane

    def compose(self) -> ComposeResult:
        yield self.pane


@pytest.mark.asyncio
async def test_a_table_is_looked_at_optimized_and_vacuumed(
    lakehouse: Home, config: Config, session: Session, schema: str
) -> None:
    session.execute(
        "CREATE TABLE t (id BIGINT NOT NULL, day STRING) USING delta "
        "TBLPROPERTIES ('delta.deletedFileRetentionDuration' = 'interval 0 seconds')"
    )
    for number in (1, 2):
        session.execute(f"INSERT INTO t VALUES ({number}, 'd')")
    bench = Workbench(lakehouse, config)
    bench.connection.start()
    dock = DockPane(bench)
    app = PaneApp(dock)

    def told(selector: str) -> str:
        return str(dock.query_one(selector, Static).content)

    async with app.run_test(size=(40, 50)) as pilot:
        await pilot.pause()
        dock.show_table((schema, "t"))
        await until(pilot, lambda: "1 … 2, no NULLs" in told("#schema-text"), 60)
        # What another session does is seen.
        session.execute("INSERT INTO t VALUES (3, 'd')")
        await until(pilot, lambda: "1 … 3, no NULLs" in told("#schema-text"), 60)
        dock.focus()
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: len(dock.history_tab._versions) == 4, 60)
        dock._tabbed.active = "tab-maintenance"
        await until(pilot, lambda: dock.maintenance_tab.loads, 60)
        await pilot.click("#optimize")
        await until(pilot, lambda: "after:  1 file" in told("#upkeep-result"), 60)
        assert "before: 3 files" in told("#upkeep-result")
        await pilot.click("#vacuum")
        await until(pilot, lambda: "3 files would be deleted" in told("#upkeep-result"), 60)
    bench.close()


@pytest.mark.asyncio
async def test_the_tree_sees_what_another_session_makes(
    lakehouse: Home, config: Config, session: Session, schema: str
) -> None:
    session.execute("CREATE TABLE first (id INT) USING delta")
    bench = Workbench(lakehouse, config)
    bench.connection.start()
    pane = CatalogPane(bench)
    bench.post = lambda message: app.call_later(pane.show_names)
    app = PaneApp(pane)

    def labels() -> list[str]:
        return [line.label for line in pane.names.lines]

    async with app.run_test(size=(40, 50)) as pilot:
        await until(pilot, lambda: schema in labels(), 60)
        pane.names.move_to(("schema", "spark_catalog", schema))
        pane.names.focus()
        await pilot.press("l")
        await until(pilot, lambda: "first" in labels(), 60)
        session.execute("CREATE TABLE second (id INT) USING delta")
        await until(pilot, lambda: "second" in labels(), 60)
        session.execute("DROP TABLE first")
        await until(pilot, lambda: "first" not in labels(), 60)
    bench.close()
