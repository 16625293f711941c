"""Export: the path, the format, the rows; what goes wrong is one sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input, Select, Static
from tui.fakes import Answer, fake_workbench
from tui.grids import STYLES
from tui.waiting import until

from lakeshell.errors import StatementError
from lakeshell.render.formats import OutputFormat
from lakeshell.session.result import Result
from lakeshell.tui.screens.dialogs import Confirm
from lakeshell.tui.screens.export import ExportScreen
from lakeshell.tui.workbench import Workbench

WHOLE = pa.table({"n": range(2_000), "t": ["x"] * 2_000})
CUT = Result(WHOLE.slice(0, 500), truncated=True)
QUERY = "SELECT * FROM numbers"


class ExportApp(App[None]):
    CSS_PATH: ClassVar[list[Any]] = [STYLES / "lakeshell.tcss", STYLES / "grid.tcss"]

    def __init__(
        self, folder: Path, result: Result, answers: Sequence[tuple[str, Answer]] = (), **more: Any
    ) -> None:
        super().__init__()
        self.files = folder / "files"
        self.files.mkdir()
        self.bench: Workbench = fake_workbench(folder, answers)
        self.dialog = ExportScreen(self.bench, result, folder=self.files, **more)
        self.answers: list[Path | None] = []

    def on_mount(self) -> None:
        self.push_screen(self.dialog, self.answers.append)

    @property
    def told(self) -> str:
        return str(self.dialog.query_one("#export-told", Static).render())


async def typed(pilot: Pilot[None], app: ExportApp, path: str) -> None:
    await pilot.pause()
    app.dialog.query_one("#export-path", Input).value = path
    await pilot.press("enter")


@pytest.mark.asyncio
async def test_typing_replaces_the_name_and_keeps_the_suffix(tmp_path: Path) -> None:
    app = ExportApp(tmp_path, CUT)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.dialog.query_one("#export-path", Input).has_focus)
        await pilot.press(*"sales")
        assert app.dialog.query_one("#export-path", Input).value == "sales.csv"


async def written(pilot: Pilot[None], app: ExportApp, name: str) -> None:
    await until(pilot, lambda: app.answers == [app.files / name])


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("out.csv", lambda path: path.read_text().count("\n") == 501),
        ("out.jsonl", lambda path: path.read_text().startswith('{"n": 0, "t": "x"}\n')),
        ("OUT.PARQUET", lambda path: pq.read_table(path).equals(CUT.table)),
    ],
)
async def test_the_name_tells_the_format(
    tmp_path: Path, name: str, read: Callable[[Path], bool]
) -> None:
    app = ExportApp(tmp_path, replace(CUT, truncated=False))
    async with app.run_test(size=(80, 24)) as pilot:
        await typed(pilot, app, name)
        await written(pilot, app, name)
    assert read(app.files / name)


@pytest.mark.asyncio
async def test_all_rows_of_a_cut_result_are_asked_for_again(tmp_path: Path) -> None:
    app = ExportApp(tmp_path, CUT, [(r"SELECT \* FROM numbers", WHOLE)], query=QUERY)
    async with app.run_test(size=(80, 24)) as pilot:
        await typed(pilot, app, "all.parquet")
        await written(pilot, app, "all.parquet")
    assert pq.read_table(app.files / "all.parquet").num_rows == 2_000


@pytest.mark.asyncio
async def test_the_rows_can_be_chosen(tmp_path: Path) -> None:
    view = WHOLE.slice(7, 2).select(["n"])
    app = ExportApp(tmp_path, CUT, [(r"SELECT.*", WHOLE)], query=QUERY, view=view)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.dialog.query_one("#export-rows", Select).value = "view"
        await typed(pilot, app, "view.csv")
        await written(pilot, app, "view.csv")
    assert (app.files / "view.csv").read_text() == "n\n7\n8\n"


@pytest.mark.asyncio
async def test_what_changes_data_never_runs_again(tmp_path: Path) -> None:
    app = ExportApp(tmp_path, CUT, query="DELETE FROM numbers")
    async with app.run_test(size=(80, 24)) as pilot:
        await typed(pilot, app, "fetched.parquet")
        await written(pilot, app, "fetched.parquet")
    assert pq.read_table(app.files / "fetched.parquet").num_rows == 500
    session: Any = app.bench.connection.wait()
    assert session.asked == []


@pytest.mark.asyncio
async def test_a_file_is_replaced_only_after_yes(tmp_path: Path) -> None:
    app = ExportApp(tmp_path, Result(WHOLE.slice(0, 1)))
    target = app.files / "[b]old.csv"
    target.write_text("precious")
    async with app.run_test(size=(80, 24)) as pilot:
        await typed(pilot, app, "[b]old.csv")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.dialog)
        assert target.read_text() == "precious"
        await typed(pilot, app, "[b]old.csv")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.click("#yes")
        await written(pilot, app, "[b]old.csv")
    assert target.read_text() == "n,t\n0,x\n"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("", "Name a file."),
        ("sub/", "This is a folder"),
        ("no/such/x.csv", "There is no folder"),
        ("x.what", "The name does not tell the format"),
        ("x\x00.csv", "This is no path."),
    ],
)
async def test_a_wrong_path_is_told(tmp_path: Path, path: str, sentence: str) -> None:
    app = ExportApp(tmp_path, Result(WHOLE))
    (app.files / "sub").mkdir()
    async with app.run_test(size=(80, 24)) as pilot:
        await typed(pilot, app, path)
        await until(pilot, lambda: sentence in app.told)
        assert app.screen is app.dialog
        await pilot.press("escape")
        await until(pilot, lambda: app.answers == [None])


@pytest.mark.asyncio
async def test_a_failure_is_one_sentence_and_can_be_tried_again(tmp_path: Path) -> None:
    app = ExportApp(
        tmp_path,
        CUT,
        [(r"SELECT.*", StatementError("The table is [red]gone\x1b[0m."))],
        query=QUERY,
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await typed(pilot, app, "x.csv")
        await until(pilot, lambda: "The table is [red]gone␛[0m." in app.told)
        app.dialog.query_one("#export-rows", Select).value = "fetched"
        await typed(pilot, app, "x.csv")
        await written(pilot, app, "x.csv")


@pytest.mark.asyncio
async def test_escape_stops_the_query(tmp_path: Path) -> None:
    import re

    app = ExportApp(tmp_path, CUT, [(r"SELECT.*", WHOLE)], query=QUERY)
    session: Any = app.bench.connection.wait()
    session.hold = re.compile("numbers")
    async with app.run_test(size=(80, 24)) as pilot:
        await typed(pilot, app, "x.csv")
        await until(pilot, lambda: session.asked)
        await pilot.press("escape")
        await until(pilot, lambda: "nothing was written" in app.told)
    assert session.cancelled
    assert not list(app.files.iterdir())


@pytest.mark.asyncio
async def test_formats_of_plugins(tmp_path: Path) -> None:
    app = ExportApp(tmp_path, Result(WHOLE.slice(0, 2)))

    def fails(result: Result, stream: Any, options: Any) -> None:
        raise RuntimeError("plugin [fault]")

    def writes(result: Result, stream: Any, options: Any) -> None:
        stream.write(b"%d rows" % result.row_count)

    app.bench.registry.formats["counts"] = OutputFormat("counts", "[i]", ".cnt", writes)
    app.bench.registry.formats["bad"] = OutputFormat("bad", "", ".bad", fails)
    async with app.run_test(size=(80, 24)) as pilot:
        await typed(pilot, app, "x.bad")
        await until(pilot, lambda: "plugin [fault]" in app.told)
        app.dialog.query_one("#export-format", Select).value = "counts"
        await typed(pilot, app, "x")
        await written(pilot, app, "x")
    assert (app.files / "x").read_text() == "2 rows"


@pytest.mark.asyncio
async def test_tab_completes_the_path(tmp_path: Path) -> None:
    app = ExportApp(tmp_path, Result(WHOLE.slice(0, 1)))
    (app.files / "reports").mkdir()
    (app.files / "reports" / "june.csv").write_text("")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        entry = app.dialog.query_one("#export-path", Input)
        entry.value = "rep"
        await until(pilot, lambda: app.dialog._shown == ["reports/"])
        await pilot.press("tab")
        assert entry.value == "reports/"
        await until(pilot, lambda: app.dialog._shown == ["june.csv"])
        await pilot.press("j", "tab")
        assert entry.value == "reports/june.csv"
        await pilot.press("tab")
        await until(pilot, lambda: app.dialog.focused is not entry)


@pytest.mark.asyncio
async def test_a_snapshot_is_exported_as_it_was_shown(tmp_path: Path) -> None:
    from lakeshell.tui.widgets.grid.view import Snapshot

    view = Snapshot(WHOLE, (1, 0), pa.array([9, 3], pa.uint64()))
    app = ExportApp(tmp_path, Result(WHOLE), view=view)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.dialog.query_one("#export-rows", Select).value = "view"
        await typed(pilot, app, "view.csv")
        await written(pilot, app, "view.csv")
    assert (app.files / "view.csv").read_text() == "t,n\nx,9\nx,3\n"
