"""The catalog tree on a session that answers from a list."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from tui.fakes import Answer, FakeSession, fake_workbench
from tui.waiting import until

from lakeshell.tui.messages import (
    InsertRequested,
    MetadataChanged,
    OpenTextRequested,
    StreamChosen,
    TableChosen,
    TextRunRequested,
)
from lakeshell.tui.panes.catalog import CatalogPane

STYLES = Path(__file__).parents[2] / "lakeshell" / "tui" / "catalog.tcss"
ORDERS = ("table", "spark_catalog", "sales", "orders")


def answers(tables: list[str]) -> list[tuple[str, Answer]]:
    """A catalog with the schemas default and sales; `tables` are in sales."""

    def shown(_: str) -> pa.Table:
        count = len(tables)
        text = pa.string()
        return pa.table(
            {
                "n": pa.array(["sales"] * count, text),
                "t": pa.array(tables, text),
                "temp": pa.array([False] * count, pa.bool_()),
            }
        )

    def drop(text: str) -> None:
        tables.remove(text.rpartition(".")[2].strip("`"))

    return [
        (r"SHOW CATALOGS", pa.table({"c": ["spark_catalog"]})),
        (r"SHOW SCHEMAS IN .*", pa.table({"n": ["default", "sales"]})),
        (r"SHOW TABLES IN .*`sales`", shown),
        (r"SHOW VIEWS IN .*", pa.table({"n": ["sales"], "v": ["recent"]})),
        (r"SHOW USER FUNCTIONS IN .*", pa.table({"f": ["spark_catalog.sales.tax"]})),
        (r"SHOW CREATE TABLE .*", pa.table({"createtab_stmt": ["CREATE TABLE orders (id INT)"]})),
        (
            r"DESCRIBE TABLE .*",
            pa.table({"n": ["id"], "t": ["bigint"], "c": pa.array([None], pa.string())}),
        ),
        (r"DROP TABLE .*", drop),
    ]


class TreeApp(App[None]):
    CSS_PATH = str(STYLES)

    def __init__(self, bench: Any) -> None:
        super().__init__()
        self.pane = CatalogPane(bench)
        self.heard: list[Message] = []
        bench.post = self.post_message

    def compose(self) -> ComposeResult:
        yield self.pane

    def on_metadata_changed(self, _: MetadataChanged) -> None:
        self.pane.show_names()

    def on_table_chosen(self, message: TableChosen) -> None:
        self.heard.append(message)

    def on_stream_chosen(self, message: StreamChosen) -> None:
        self.heard.append(message)

    def on_insert_requested(self, message: InsertRequested) -> None:
        self.heard.append(message)

    def on_open_text_requested(self, message: OpenTextRequested) -> None:
        self.heard.append(message)

    def on_text_run_requested(self, message: TextRunRequested) -> None:
        self.heard.append(message)

    @property
    def labels(self) -> list[str]:
        return [line.label for line in self.pane.names.lines]


@asynccontextmanager
async def opened(
    folder: Path, tables: list[str], *, opening: bool = False
) -> AsyncIterator[tuple[TreeApp, Pilot[None], FakeSession]]:
    bench = fake_workbench(folder, answers(tables), opening=opening)
    app = TreeApp(bench)
    try:
        async with app.run_test(size=(40, 30)) as pilot:
            if not opening:
                bench.metadata.attach(bench.session)
                app.pane.names.focus()
                await until(pilot, lambda: "sales" in app.labels)
            yield app, pilot, bench.connection._session  # type: ignore[attr-defined]
    finally:
        bench.close()


async def open_sales(app: TreeApp, pilot: Pilot[None]) -> None:
    """Open the schema, and put the cursor on its first table."""
    app.pane.names.move_to(("schema", "spark_catalog", "sales"))
    await pilot.press("l")
    await until(pilot, lambda: "tax" in app.labels)
    await pilot.press("l")


@pytest.mark.asyncio
async def test_a_server_that_starts_is_said_in_the_tree(tmp_path: Path) -> None:
    async with opened(tmp_path, [], opening=True) as (app, pilot, session):
        await until(pilot, lambda: any("Starting Spark" in label for label in app.labels))
        assert session.asked == []


@pytest.mark.asyncio
async def test_keys_choose_preview_insert_and_show_ddl(tmp_path: Path) -> None:
    async with opened(tmp_path, ["orders", "recent"]) as (app, pilot, _):
        await open_sales(app, pilot)
        line = app.pane.names.cursor_line
        assert line is not None
        assert line.key == ORDERS
        await pilot.press("enter", "p", "i", "d")
        await until(pilot, lambda: len(app.heard) == 4)
        chosen, preview, insert, ddl = app.heard
        assert chosen == TableChosen(("sales", "orders"), "table")
        assert preview == TextRunRequested("SELECT * FROM `sales`.`orders` LIMIT 100")
        assert insert == InsertRequested("sales.orders")
        assert ddl == OpenTextRequested("CREATE TABLE orders (id INT);", "orders")


@pytest.mark.asyncio
async def test_columns_come_when_a_table_is_opened(tmp_path: Path) -> None:
    async with opened(tmp_path, ["orders"]) as (app, pilot, session):
        await open_sales(app, pilot)
        assert not any(text.startswith("DESCRIBE TABLE") for text in session.asked)
        await pilot.press("l")
        await until(pilot, lambda: "id" in app.labels)


@pytest.mark.asyncio
async def test_a_drop_asks_for_the_name(tmp_path: Path) -> None:
    tables = ["orders", "other"]
    async with opened(tmp_path, tables) as (app, pilot, session):
        await open_sales(app, pilot)
        await pilot.press("D")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        await pilot.press(*"other", "enter", "escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        assert tables == ["orders", "other"]
        await pilot.press("D")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        await pilot.press(*"orders", "enter")
        await until(pilot, lambda: "DROP TABLE `sales`.`orders`" in session.asked)
        await until(pilot, lambda: "orders" not in app.labels)


@pytest.mark.asyncio
async def test_the_filter_finds_as_one_types(tmp_path: Path) -> None:
    async with opened(tmp_path, ["orders", "customers"]) as (app, pilot, _):
        await pilot.press("slash", *"cust")
        await until(pilot, lambda: "customers" in app.labels and "orders" not in app.labels)
        await pilot.press("escape")
        await until(pilot, lambda: "default" in app.labels)


@pytest.mark.asyncio
async def test_the_menu_opens_by_key_and_right_click(tmp_path: Path) -> None:
    async with opened(tmp_path, ["orders"]) as (app, pilot, _):
        await open_sales(app, pilot)
        await pilot.press("m")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        row = app.pane.names.lines.index(app.pane.names.cursor_line)
        await pilot.click("#catalog-tree", offset=(8, row), button=3)
        await until(pilot, lambda: len(app.screen_stack) == 2)


@pytest.mark.asyncio
async def test_hostile_names_do_not_reach_the_screen(tmp_path: Path) -> None:
    async with opened(tmp_path, ["a\x1b[2Jb", "[red]x[/red]"]) as (app, pilot, _):
        await open_sales(app, pilot)
        await pilot.pause()
        text = "".join(strip.text for strip in app.screen._compositor.render_strips())
        assert "\x1b" not in text
        assert "[red]x[/red]" in text


@pytest.mark.asyncio
async def test_thousands_of_tables_are_shown(tmp_path: Path) -> None:
    async with opened(tmp_path, [f"t{n:04}" for n in range(5000)]) as (app, pilot, _):
        await open_sales(app, pilot)
        await pilot.press("G")
        await until(pilot, lambda: app.pane.names.cursor_line is not None)
        assert "t4999" in app.labels


@pytest.mark.asyncio
async def test_keys_that_follow_fast_are_for_the_filter(tmp_path: Path) -> None:
    async with opened(tmp_path, ["update_log", "orders"]) as (app, pilot, _):
        app.pane.names.move_to(("schema", "spark_catalog", "sales"))
        for key in ("slash", "u", "p", "d"):  # u: USE, p: preview, d: DDL
            app.post_message(events.Key(key, "/" if key == "slash" else key))
        await until(pilot, lambda: app.pane.filter_text == "upd")
        await until(pilot, lambda: "update_log" in app.labels and "orders" not in app.labels)
        assert app.heard == []
        await pilot.press("down", "slash", "o")  # what was looked for is typed over
        await until(pilot, lambda: app.pane.filter_text == "o")
