"""The table's dock on a session that answers from a list."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Button, SelectionList, Static
from tui.fakes import Answer, FakeSession, fake_workbench
from tui.waiting import until

from lakeshell.errors import StatementError
from lakeshell.tui.messages import TextRunRequested
from lakeshell.tui.panes.dock import DockPane
from lakeshell.tui.workbench import Workbench

WIDTH = 40
T = ("s", "t")


def described(**details: str) -> pa.Table:
    """The answer of DESCRIBE EXTENDED for a table of three columns."""
    table = [
        ("id", "bigint", "the key"),
        ("name", "string", None),
        ("day", "date", None),
        ("# Partition Information", "", ""),
        ("# col_name", "data_type", "comment"),
        ("day", "date", None),
        ("", "", ""),
        ("# Detailed Table Information", "", ""),
        *[(name.replace("_", " "), value, "") for name, value in details.items()],
    ]
    return rows(["col_name", "data_type", "comment"], table)


def rows(names: list[str], values: list[tuple[Any, ...]]) -> pa.Table:
    columns = list(zip(*values, strict=True)) or [()] * len(names)
    return pa.table({n: pa.array(list(c)) for n, c in zip(names, columns, strict=True)})


SCHEMA = {
    "type": "struct",
    "fields": [
        {"name": "id", "type": "long", "nullable": False, "metadata": {}},
        {"name": "name", "type": "string", "nullable": True, "metadata": {}},
        {"name": "day", "type": "date", "nullable": True, "metadata": {}},
    ],
}


def snapshot_answer(files: int, properties: dict[str, str]) -> pa.Table:
    """The answer of the query on a table's log: `files` data files and the metadata."""
    adds = [
        {
            "add": {
                "path": f"day=2024-01-0{1 + i % 2}/part-{i}.parquet",
                "partitionValues": [("day", f"2024-01-0{1 + i % 2}")],
                "size": 1000 + i,
                "modificationTime": 0,
                "stats": json.dumps(
                    {
                        "numRecords": 10,
                        "minValues": {"id": i, "name": "a\x1b[2J"},
                        "maxValues": {"id": i + 5, "name": "z"},
                        "nullCount": {"id": 0, "name": 1},
                    }
                ),
                "stats_parsed": None,
                "deletionVector": None,
            },
            "meta": None,
        }
        for i in range(files)
    ]
    meta = {
        "name": None,
        "description": "orders [bold]of[/] the day",
        "schemaString": json.dumps(SCHEMA),
        "partitionColumns": ["day"],
        "configuration": list(properties.items()),
    }
    text = pa.string()
    add_type = pa.struct(
        {
            "path": text, "partitionValues": pa.map_(text, text), "size": pa.int64(),
            "modificationTime": pa.int64(), "stats": text, "stats_parsed": text,
            "deletionVector": pa.struct({"cardinality": pa.int64()}),
        }
    )  # fmt: skip
    meta_type = pa.struct(
        {
            "name": text, "description": text, "schemaString": text,
            "partitionColumns": pa.list_(text), "configuration": pa.map_(text, text),
        }
    )  # fmt: skip
    return pa.table(
        {
            "add": pa.array([*[a["add"] for a in adds], None], add_type),
            "meta": pa.array([*[None for _ in adds], meta], meta_type),
        }
    )


class Lake:
    """One Delta table `s.t` that can be optimized, restored and given properties."""

    def __init__(self) -> None:
        self.files = 12
        self.version = 3
        self.properties = {"delta.constraints.ok": "id > 0", "color": "[red]x"}
        self.doomed = ["/lake/t/day=1/old-0.parquet", "/lake/t/day=1/old-1.parquet"]

    def answers(self) -> list[tuple[str, Answer]]:
        """For `fake_workbench`."""
        return [
            (r"DESCRIBE EXTENDED `s`\.`t`", described(Type="MANAGED", Provider="delta")),
            (r"DESCRIBE EXTENDED `s`\.`other`", described(Type="MANAGED", Provider="delta")),
            (r"DESCRIBE EXTENDED `s`\.`v`", described(Type="VIEW", View_Text="SELECT 1 AS one")),
            (r"DESCRIBE EXTENDED `s`\.`q`", described(Type="MANAGED", Provider="parquet")),
            (
                r"DESCRIBE EXTENDED `s`\.`gone`",
                StatementError("no", error_class="TABLE_OR_VIEW_NOT_FOUND"),
            ),
            (r"SHOW TBLPROPERTIES `s`\.`q`", rows(["key", "value"], [("owner", "me")])),
            (r"ANALYZE TABLE `s`\.`q` .*", None),
            (
                r"DESCRIBE DETAIL .*",
                rows(
                    ["format", "location", "partitionColumns"],
                    [("delta", "/nowhere/t", ["day"])],
                ),
            ),
            (
                r"SELECT _metadata.file_name AS name FROM binaryFile.*",
                lambda _: rows(["name"], [(f"{v:020d}.json",) for v in range(self.version + 1)]),
            ),
            (r"WITH actions AS .*", lambda _: snapshot_answer(self.files, self.properties)),
            (r"DESCRIBE HISTORY .*", lambda _: self.history()),
            (r"OPTIMIZE .*", self.optimize),
            (r"RESTORE TABLE .*", self.restore),
            (
                r"VACUUM `s`\.`t` DRY RUN",
                lambda _: (
                    rows(["path"], [(p,) for p in self.doomed])
                    if self.doomed
                    else pa.table({"path": pa.array([], pa.string())})
                ),
            ),
            (r"VACUUM `s`\.`t`", None),
            (r"ALTER TABLE .*", self.alter),
        ]

    def history(self) -> pa.Table:
        text = pa.string()
        times = [dt.datetime(2024, 1, 1 + v, tzinfo=dt.timezone.utc) for v in self._numbers]
        names = ["WRITE", "MERGE", "DELETE", "OPTIMIZE", "RESTORE", "SET TBLPROPERTIES"]
        count = self.version + 1
        return pa.table(
            {
                "version": pa.array(self._numbers, pa.int64()),
                "timestamp": pa.array(times, pa.timestamp("us", "UTC")),
                "userId": pa.array([None] * count, text),
                "userName": pa.array(["ann\x1b]0;x\x07"] * count, text),
                "operation": pa.array([names[v % 6] for v in self._numbers], text),
                "operationParameters": pa.array(
                    [[("mode", "Append")]] * count, pa.map_(text, text)
                ),
                "operationMetrics": pa.array(
                    [[("numOutputRows", "7"), ("numFiles", "1")]] * count, pa.map_(text, text)
                ),
            }
        )

    @property
    def _numbers(self) -> list[int]:
        return list(range(self.version, -1, -1))

    def optimize(self, _: str) -> pa.Table:
        self.version += 1
        removed, self.files = self.files, 2
        metrics = {
            "numFilesAdded": 2, "numFilesRemoved": removed, "partitionsOptimized": 2,
            "filesAdded": {"totalSize": 2000}, "filesRemoved": {"totalSize": 12000},
        }  # fmt: skip
        return pa.table({"path": ["/nowhere/t"], "metrics": [metrics]})

    def restore(self, _: str) -> None:
        self.version += 1

    def alter(self, text: str) -> None:
        self.version += 1
        if found := re.search(r"SET TBLPROPERTIES \('(.*)' = '(.*)'\)", text):
            self.properties[found[1]] = found[2]
        elif found := re.search(r"IF EXISTS \('(.*)'\)", text):
            self.properties.pop(found[1], None)


class DockApp(App[None]):
    CSS_PATH = str(Path(__file__).parents[2] / "lakeshell" / "tui" / "dock.tcss")

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self.dock = DockPane(bench)
        self.heard: list[Message] = []
        self.told: list[str] = []
        bench.notify = lambda text, level: self.told.append(text)

    def compose(self) -> ComposeResult:
        yield self.dock

    def on_text_run_requested(self, message: TextRunRequested) -> None:
        self.heard.append(message)

    @property
    def texts(self) -> list[str]:
        return [m.text for m in self.heard if isinstance(m, TextRunRequested)]


Opened = tuple[DockApp, Pilot[None], FakeSession]


@asynccontextmanager
async def opened(
    folder: Path, lake: Lake, *, opening: bool = False, size: tuple[int, int] = (WIDTH, 30)
) -> AsyncIterator[Opened]:
    bench = fake_workbench(folder, lake.answers(), opening=opening)
    app = DockApp(bench)
    try:
        async with app.run_test(size=size) as pilot:
            yield app, pilot, bench.connection._session  # type: ignore[attr-defined]
    finally:
        bench.close()


def screen(app: App[Any]) -> str:
    """The text on the screen."""
    width, height = app.size
    lines = app.screen._compositor.render_strips()
    return "\n".join(strip.text[:width] for strip in lines[:height])


def text_of(app: DockApp, selector: str) -> str:
    return str(app.dock.query_one(selector, Static).content)


async def tab(app: DockApp, pilot: Pilot[None], name: str) -> None:
    """Go to a tab by a click on its title, and wait until it has been read."""
    title = f"#--content-tab-tab-{name.lower()}"
    await until(pilot, lambda: app.screen.query_one(title).region.width)
    await pilot.pause()
    await pilot.click(title)
    await until(pilot, lambda: app.dock.active_tab is app.dock.tabs[name])
    await until(pilot, lambda: app.dock.active_tab.loads)


@pytest.mark.asyncio
async def test_schema_tells_columns_statistics_and_properties(tmp_path: Path) -> None:
    async with opened(tmp_path, Lake(), size=(WIDTH, 60)) as (app, pilot, _):
        app.dock.show_table(T)
        await until(pilot, lambda: app.dock.schema_tab.loads)
        shown = screen(app)
    assert "id bigint NOT NULL" in shown
    assert "the key" in shown
    assert "0 … 16, no NULLs" in shown
    assert "12 NULLs" in shown
    assert "day date ◆partition" in shown
    assert "2 partitions" in shown
    assert "CHECK (id > 0)" in shown
    assert "color [red]x" in shown
    assert "orders [bold]of[/] the day" in shown
    assert "\x1b" not in shown
    assert "120 rows" in shown


@pytest.mark.asyncio
async def test_all_tabs_fit_in_forty_columns(tmp_path: Path) -> None:
    async with opened(tmp_path, Lake()) as (app, pilot, _):
        app.dock.show_table(T)
        await until(pilot, lambda: app.dock.schema_tab.loads)
        assert all(title in screen(app) for title in app.dock.tabs)
        await tab(app, pilot, "History")
        assert all(word in screen(app) for word in ("Preview", "Compare", "Copy", "Restore"))
        await tab(app, pilot, "Maintenance")
        assert all(word in screen(app) for word in ("OPTIMIZE", "VACUUM", "Profile", "Unset"))


@pytest.mark.asyncio
async def test_only_the_last_of_quickly_chosen_tables_is_shown(tmp_path: Path) -> None:
    async with opened(tmp_path, Lake()) as (app, pilot, session):
        session.hold = re.compile(r"DESCRIBE EXTENDED `s`\.`other`")
        app.dock.show_table(("s", "other"))
        await until(pilot, lambda: any("other" in text for text in session.asked))
        app.dock.show_table(("s", "v"))
        await until(pilot, lambda: app.dock.schema_tab.loads)
        session.hold = None
        await until(pilot, lambda: "SELECT 1 AS one" in text_of(app, "#schema-text"))
        await pilot.pause(0.1)
        assert "SELECT 1 AS one" in text_of(app, "#schema-text")
        assert str(app.dock.border_title) == "s.v"


@pytest.mark.asyncio
async def test_a_server_that_starts_is_told_and_does_not_block(tmp_path: Path) -> None:
    async with opened(tmp_path, Lake(), opening=True) as (app, pilot, session):
        app.dock.show_table(T)
        await until(pilot, lambda: "Starting Spark" in screen(app))
        await pilot.press("right_square_bracket")
        app.dock._bench.connection.open()  # type: ignore[attr-defined]
        await until(pilot, lambda: "NOT NULL" in text_of(app, "#schema-text") or True)
        await until(pilot, lambda: app.dock.active_tab.loads)
        assert session.asked


@pytest.mark.asyncio
async def test_a_table_that_is_gone_is_said(tmp_path: Path) -> None:
    async with opened(tmp_path, Lake()) as (app, pilot, _):
        app.dock.show_table(("s", "gone"))
        await until(pilot, lambda: "There is no table s.gone." in " ".join(screen(app).split()))


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("name", "title", "sentence"),
    [
        ("v", "History", "s.v is a view: it has no history of its own."),
        ("v", "Maintenance", "s.v is a view: it stores nothing"),
        ("q", "Files", "s.q is a parquet table: only Delta tables have files."),
        ("q", "Maintenance", "OPTIMIZE and VACUUM are not for it."),
    ],
)
async def test_what_is_no_delta_table_says_so(
    tmp_path: Path, name: str, title: str, sentence: str
) -> None:
    async with opened(tmp_path, Lake()) as (app, pilot, _):
        app.dock.show_table(("s", name), "view" if name == "v" else "table")
        await tab(app, pilot, title)
        await until(pilot, lambda: sentence in " ".join(screen(app).split()))


@pytest.mark.asyncio
async def test_history_previews_compares_and_copies(tmp_path: Path) -> None:
    async with opened(tmp_path, Lake()) as (app, pilot, _):
        app.dock.show_table(T)
        await tab(app, pilot, "History")
        assert "RESTORE" not in screen(app)
        app.dock.focus()
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.texts)
        assert app.texts == ["SELECT * FROM `s`.`t` VERSION AS OF 2 LIMIT 100"]
        await pilot.press("equals_sign", "down", "down", "equals_sign")
        await until(pilot, lambda: len(app.texts) == 2)
        assert app.texts[1] == "%diff s.t 0 2"
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard == "VERSION AS OF 0")
        assert "\x1b" not in text_of(app, "#version-text")
        await pilot.click("#preview")
        await until(pilot, lambda: len(app.texts) == 3)


@pytest.mark.asyncio
async def test_a_restore_asks_for_the_name(tmp_path: Path) -> None:
    lake = Lake()
    async with opened(tmp_path, lake) as (app, pilot, session):
        app.dock.show_table(T)
        await tab(app, pilot, "History")
        app.dock.focus()
        await pilot.press("G", "R")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        assert not any(text.startswith("RESTORE") for text in session.asked)
        await pilot.press("R")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        await pilot.press("t", "enter")
        await until(pilot, lambda: "RESTORE TABLE `s`.`t` TO VERSION AS OF 0" in session.asked)
        await until(pilot, lambda: app.told == ["s.t is as it was in version 0."])
        await until(pilot, lambda: app.dock.history_tab._versions[0].version == 4)


@pytest.mark.asyncio
async def test_files_tell_sizes_partitions_and_the_remedy(tmp_path: Path) -> None:
    async with opened(tmp_path, Lake(), size=(WIDTH, 50)) as (app, pilot, _):
        app.dock.show_table(T)
        await tab(app, pilot, "Files")
        shown = " ".join(text_of(app, "#files-text").split())
    assert "12 files, 11.8 KiB" in shown
    assert "%optimize s.t merges them" in shown
    assert "█" in shown
    assert "day=2024-01-01 6 files" in shown


@pytest.mark.asyncio
async def test_optimize_with_columns_tells_before_and_after(tmp_path: Path) -> None:
    lake = Lake()
    async with opened(tmp_path, lake, size=(WIDTH, 50)) as (app, pilot, session):
        app.dock.show_table(T)
        await tab(app, pilot, "Maintenance")
        columns = app.dock.query_one("#zorder", SelectionList)
        assert [o.value for o in columns.options] == ["id", "name"]
        columns.select("name")
        columns.select("id")
        await pilot.click("#optimize")
        await until(pilot, lambda: "after:" in text_of(app, "#upkeep-result"))
        assert "OPTIMIZE `s`.`t` ZORDER BY (`name`, `id`)" in session.asked
        told = text_of(app, "#upkeep-result")
        assert "before: 12 files" in told
        assert "after:  2 files" in told
        await until(pilot, lambda: text_of(app, "#upkeep-layout").startswith("2 files"))


@pytest.mark.asyncio
async def test_what_runs_can_be_stopped(tmp_path: Path) -> None:
    async with opened(tmp_path, Lake()) as (app, pilot, session):
        app.dock.show_table(T)
        await tab(app, pilot, "Maintenance")
        session.hold = re.compile("OPTIMIZE")
        await pilot.click("#optimize")
        await until(pilot, lambda: any(t.startswith("OPTIMIZE") for t in session.asked))
        assert app.dock.query_one("#vacuum", Button).disabled
        await pilot.press("escape")
        await until(pilot, lambda: "was stopped" in text_of(app, "#upkeep-result"))
        assert not app.dock.query_one("#vacuum", Button).disabled


@pytest.mark.asyncio
async def test_vacuum_lists_and_asks_before_it_deletes(tmp_path: Path) -> None:
    async with opened(tmp_path, Lake(), size=(WIDTH, 50)) as (app, pilot, session):
        app.dock.show_table(T)
        await tab(app, pilot, "Maintenance")
        assert not app.dock.query_one("#upkeep-doomed").display
        await pilot.click("#vacuum")
        await until(pilot, lambda: "old-1.parquet" in text_of(app, "#upkeep-result"))
        assert "VACUUM `s`.`t`" not in session.asked
        await pilot.click("#vacuum-now")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        await pilot.press("x", "enter")
        await pilot.pause()
        assert "VACUUM `s`.`t`" not in session.asked
        await pilot.press("backspace", "t", "enter")
        await until(pilot, lambda: "VACUUM `s`.`t`" in session.asked)
        await until(pilot, lambda: "2 files deleted" in text_of(app, "#upkeep-result"))


@pytest.mark.asyncio
async def test_an_empty_dry_run_offers_nothing(tmp_path: Path) -> None:
    lake = Lake()
    lake.doomed = []
    async with opened(tmp_path, lake) as (app, pilot, _):
        app.dock.show_table(T)
        await tab(app, pilot, "Maintenance")
        await pilot.click("#vacuum")
        await until(pilot, lambda: "nothing to delete" in text_of(app, "#upkeep-result"))
        assert not app.dock.query_one("#upkeep-doomed").display


@pytest.mark.asyncio
async def test_properties_are_set_and_unset(tmp_path: Path) -> None:
    lake = Lake()
    async with opened(tmp_path, lake, size=(80, 50)) as (app, pilot, _):
        app.dock.show_table(T)
        await tab(app, pilot, "Maintenance")
        await pilot.click("#set-property")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        await pilot.press(*"a.b = it", "enter")
        await until(pilot, lambda: lake.properties.get("a.b") == "it")
        await until(pilot, lambda: "a.b" in app.dock.maintenance_tab._properties())
        await pilot.click("#unset-property")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        await pilot.press("enter")
        await until(pilot, lambda: "a.b" not in lake.properties)
        assert "delta.constraints.ok" in lake.properties


@pytest.mark.asyncio
async def test_a_foreign_table_can_be_analyzed(tmp_path: Path) -> None:
    async with opened(tmp_path, Lake()) as (app, pilot, session):
        app.dock.show_table(("s", "q"))
        await tab(app, pilot, "Maintenance")
        assert not app.dock.query_one("#optimize").display
        await pilot.click("#analyze")
        await until(
            pilot,
            lambda: "ANALYZE TABLE `s`.`q` COMPUTE STATISTICS FOR ALL COLUMNS" in session.asked,
        )
        await until(pilot, lambda: "✓ ANALYZE" in text_of(app, "#upkeep-result"))


@pytest.mark.asyncio
async def test_another_table_is_not_told_what_the_last_one_did(tmp_path: Path) -> None:
    async with opened(tmp_path, Lake()) as (app, pilot, session):
        app.dock.show_table(T)
        await tab(app, pilot, "Maintenance")
        session.hold = re.compile("OPTIMIZE")
        await pilot.click("#optimize")
        await until(pilot, lambda: any(t.startswith("OPTIMIZE") for t in session.asked))
        app.dock.show_table(("s", "q"))
        await until(pilot, lambda: text_of(app, "#upkeep-result").startswith("s.t: OPTIMIZE"))
        session.hold = None
        await until(pilot, lambda: any("s.t: ✓ OPTIMIZE" in told for told in app.told))
        assert "OPTIMIZE" not in text_of(app, "#upkeep-result")


@pytest.mark.asyncio
async def test_a_run_makes_the_dock_read_anew(tmp_path: Path) -> None:
    lake = Lake()
    async with opened(tmp_path, lake) as (app, pilot, session):
        app.dock.show_table(T)
        await tab(app, pilot, "History")
        lake.version += 1
        session.is_lost = True
        asked = len(session.asked)
        app.dock.refresh_table()  # would start another server
        await pilot.pause(0.1)
        assert len(session.asked) == asked
        session.is_lost = False
        app.dock.refresh_table()
        await until(pilot, lambda: app.dock.history_tab._versions[0].version == 4)
