"""Volumes and streams in the catalog tree: real folders, and a control API that tells of streams
from a list."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from textual.pilot import Pilot
from textual.widgets import DataTable, Static
from tui.fakes import Answer, fake_workbench, program
from tui.test_catalog import TreeApp, answers
from tui.test_streams import stream
from tui.waiting import until

from lakeshell.endpoint import Endpoint
from lakeshell.home import Home
from lakeshell.locks import FileLock
from lakeshell.tui.messages import InsertRequested, StreamChosen, TextRunRequested
from lakeshell.tui.panes import catalog_folders
from lakeshell.tui.panes.catalog import CatalogPane
from lakeshell.tui.panes.catalog_line import STREAMS, Line, keys_above
from lakeshell.tui.screens.streams import StreamsScreen

TOKEN = "the token of the server"
SALES = ("schema", "spark_catalog", "sales")
VOLUMES = ("volumes", "spark_catalog", "sales")
LANDING = ("volume", "spark_catalog", "sales", "/Volumes/spark_catalog/sales/landing")
EVIL = "e\x1b[2J[red]x[b]\u202egnp\nz"


class Server:
    """A control API in `home`. `streams` are what it tells, None for a server that is in trouble;
    `asked` are the paths that it was asked for."""

    def __init__(self, home: Home) -> None:
        self.streams: list[dict[str, Any]] | None = []
        self.asked: list[str] = []
        self._lock = FileLock(home.supervisor_lock)
        assert self._lock.acquire()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                known = self.headers["Authorization"] == f"Bearer {TOKEN}"
                answer = outer.answer(self.path) if known else None
                self.send_response(200 if answer is not None else 500)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *_: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        port = self._http.server_address[1]
        Endpoint(os.getpid(), os.getpid(), 1, port, TOKEN, "0", 0.0).write(home)

    def answer(self, path: str) -> Any:
        if self.streams is None:
            return None
        name = path.removeprefix("/streams").strip("/")
        return (
            next((s for s in self.streams if s["run_id"] == name), None) if name else (self.streams)
        )

    def end(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._lock.release()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    found = Server(Home(tmp_path / "home").create())
    yield found
    found.end()


@asynccontextmanager
async def opened(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    catalogs: tuple[str, ...] = ("spark_catalog",),
    size: tuple[int, int] = (60, 40),
) -> AsyncIterator[tuple[TreeApp, Pilot[None]]]:
    """The tree of a session on this machine, with the table orders in the schema sales."""
    monkeypatch.setattr("lakeshell.catalog.metadata.server_is_alive", lambda session: True)
    known: list[tuple[str, Answer]] = [(r"SHOW CATALOGS", pa.table({"c": list(catalogs)}))]
    bench = fake_workbench(folder, known + answers(["orders"]))
    bench.connection.wait().is_remote = False  # type: ignore[misc]
    app = TreeApp(bench)
    try:
        async with app.run_test(size=size) as pilot:
            bench.metadata.attach(bench.session)
            app.pane.names.focus()
            await until(pilot, lambda: "sales" in app.labels)
            yield app, pilot
    finally:
        bench.close()


async def open_line(app: TreeApp, pilot: Pilot[None], *keys: tuple[str, ...]) -> None:
    """Open these lines, one after the other."""
    for key in keys:
        await until(pilot, partial(app.pane.names.move_to, key), saying=f"no line {key}")
        await pilot.press("l")
        await until(pilot, partial(is_open, app, key))


def is_open(app: TreeApp, key: tuple[str, ...]) -> bool:
    return line_of(app.pane, key).is_open


def line_of(pane: CatalogPane, key: tuple[str, ...]) -> Line:
    return next(line for line in pane.names.lines if line.key == key)


def keys_of(app: TreeApp) -> list[tuple[str, ...]]:
    return [line.key for line in app.pane.names.lines]


def shown(app: TreeApp) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def volume(folder: Path, path: str, **files: str) -> Path:
    """A volume in the home of `folder`, with files by their stems."""
    made = folder / "home" / "volumes" / path
    made.mkdir(parents=True)
    for stem, text in files.items():
        (made / f"{stem}.csv").write_text(text)
    return made


# Volumes
@pytest.mark.asyncio
async def test_a_volume_is_under_the_schema_that_its_path_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("spark_catalog/sales/landing", "main/Sales/raw", "dev/sales/x", "main/other/y"):
        volume(tmp_path, path)
    (tmp_path / "home/volumes/spark_catalog/sales/a_file").write_text("no volume")
    async with opened(tmp_path, monkeypatch) as (app, pilot):
        await open_line(app, pilot, SALES, VOLUMES)
        await until(pilot, lambda: "raw" in app.labels)
        group = app.labels.index("volumes")
        assert app.labels[group : group + 3] == ["volumes", "landing", "raw"]
        assert line_of(app.pane, VOLUMES).detail == "2"
        raw = line_of(app.pane, ("volume", *SALES[1:], "/Volumes/main/Sales/raw"))
        assert raw.detail == "main"
        assert "/Volumes" in app.labels  # where the others are


@pytest.mark.asyncio
async def test_a_catalog_that_is_called_main_has_its_own_volumes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    volume(tmp_path, "main/sales/raw")
    async with opened(tmp_path, monkeypatch, catalogs=("main", "spark_catalog")) as (app, pilot):
        await open_line(app, pilot, SALES)
        await until(pilot, lambda: "tax" in app.labels)
        main = ("catalog", "main"), ("schema", "main", "sales"), ("volumes", "main", "sales")
        await open_line(app, pilot, *main)
        await until(pilot, lambda: "raw" in app.labels)
        assert VOLUMES not in keys_of(app)


@pytest.mark.asyncio
async def test_folders_are_read_when_they_come_into_sight(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    volume(tmp_path, "spark_catalog/sales/landing", a="1")
    read: list[str] = []
    listed = catalog_folders._listed

    def noted(folder: Path) -> Any:
        read.append(folder.name)
        return listed(folder)

    monkeypatch.setattr(catalog_folders, "_listed", noted)
    async with opened(tmp_path, monkeypatch) as (app, pilot):
        await until(pilot, lambda: "spark_catalog" in read)  # for the current schema
        assert "sales" not in read
        await open_line(app, pilot, SALES)
        await until(pilot, lambda: VOLUMES in keys_of(app))
        assert "landing" not in read
        await open_line(app, pilot, VOLUMES, LANDING)
        await until(pilot, lambda: "a.csv" in app.labels)


@pytest.mark.asyncio
async def test_keys_open_insert_and_preview_in_a_volume(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = volume(tmp_path, "spark_catalog/sales/landing")
    (place / "it's").mkdir()
    (place / "it's" / "a.json").write_text("{}")
    async with opened(tmp_path, monkeypatch) as (app, pilot):
        await open_line(app, pilot, SALES, VOLUMES)
        await until(pilot, lambda: app.pane.names.move_to(LANDING))
        await pilot.press("i", "enter")
        inner = f"{LANDING[-1]}/it's"
        await open_line(app, pilot, ("folder", *SALES[1:], inner))
        file = ("file", *SALES[1:], f"{inner}/a.json")
        await until(pilot, lambda: app.pane.names.move_to(file))
        await pilot.press("i", "enter")
        await until(pilot, lambda: len(app.heard) == 3)
        assert app.heard == [
            InsertRequested("'/Volumes/spark_catalog/sales/landing'"),
            InsertRequested("'/Volumes/spark_catalog/sales/landing/it\\'s/a.json'"),
            TextRunRequested(f"SELECT * FROM json.`{inner}/a.json` LIMIT 100"),
        ]
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard == f"{inner}/a.json")


@pytest.mark.asyncio
async def test_the_filter_finds_volumes_and_leaves_the_cursor_on_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    volume(tmp_path, "spark_catalog/sales/landing")
    volume(tmp_path, "spark_catalog/default/other")
    async with opened(tmp_path, monkeypatch) as (app, pilot):
        await pilot.press("slash", *"land")
        await until(pilot, lambda: LANDING in keys_of(app) and "other" not in app.labels)
        hint = app.pane.query_one("#catalog-hint", Static)
        await until(pilot, lambda: str(hint.content) == "1 found")
        await pilot.press("enter", "G", "escape")
        await until(pilot, lambda: "/Volumes" in app.labels)
        assert app.pane.names.cursor_line == line_of(app.pane, LANDING)
        await pilot.press("slash", *"sales.land")
        await until(pilot, lambda: LANDING in keys_of(app) and "orders" not in app.labels)


@pytest.mark.asyncio
async def test_a_volume_that_is_made_meanwhile_comes_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    volume(tmp_path, "spark_catalog/sales/landing")
    async with opened(tmp_path, monkeypatch) as (app, pilot):
        await open_line(app, pilot, SALES, VOLUMES)
        await pilot.pause(2.5)  # it has been looked at
        volume(tmp_path, "spark_catalog/sales/later")
        await until(pilot, lambda: "later" in app.labels)


@pytest.mark.asyncio
async def test_a_schema_without_volumes_has_no_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    volume(tmp_path, "spark_catalog/other/landing")
    async with opened(tmp_path, monkeypatch) as (app, pilot):
        await open_line(app, pilot, SALES)
        await until(pilot, lambda: "tax" in app.labels)
        assert "volumes" not in app.labels


@pytest.mark.asyncio
async def test_hostile_names_of_volumes_do_not_reach_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = volume(tmp_path, f"spark_catalog/sales/{EVIL}")
    (place / "bytes\udcff.csv").write_text("")
    key = (*LANDING[:-1], f"/Volumes/spark_catalog/sales/{EVIL}")
    async with opened(tmp_path, monkeypatch) as (app, pilot):
        await open_line(app, pilot, SALES, VOLUMES, key)
        await until(pilot, lambda: "bytes\\xff.csv" in shown(app))
        text = shown(app)
        assert "e␛[2J[red]x[b]\\u202egnp⏎z" in text
        assert not {"\x1b", "\u202e"} & set(text)
        await pilot.press("i", "m")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        assert app.heard == [InsertRequested(f"'{key[-1]}'")]
        assert not {"\x1b", "\u202e"} & set(shown(app))
        await pilot.press("escape")
    # What is open is remembered, whatever its name is.
    async with opened(tmp_path, monkeypatch) as (app, pilot):
        await until(pilot, lambda: "bytes\udcff.csv" in app.labels)


@pytest.mark.parametrize(
    ("kind", "key", "above"),
    [
        ("folder", ("folder", "/mnt/a/b"), [("folder", "/mnt"), ("folder", "/mnt/a")]),
        ("volume", ("volume", "c", "s", "/Volumes/c/s/v"), []),
        ("file", ("file", "c", "s", "/Volumes/c/s/v/f"), [("volume", "c", "s", "/Volumes/c/s/v")]),
        (
            "file",
            ("file", "c", "s", "/Volumes/main/s/v/d/f"),
            [
                ("volume", "c", "s", "/Volumes/main/s/v"),
                ("folder", "c", "s", "/Volumes/main/s/v/d"),
            ],
        ),
    ],
)
def test_what_has_to_be_open_above_a_path(
    kind: str, key: tuple[str, ...], above: list[tuple[str, ...]]
) -> None:
    inside = [("catalog", "c"), ("schema", "c", "s"), ("volumes", "c", "s")] if key[2:] else []
    assert keys_above(Line(key, kind, 0, "", parts=key[-1:])) == [*inside, *above]


# Streams
@pytest.mark.asyncio
async def test_without_a_server_or_a_stream_there_is_no_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    async with opened(tmp_path, monkeypatch) as (app, pilot):
        await until(pilot, lambda: "/streams" in server.asked)
        await pilot.pause(0.2)
        assert STREAMS not in keys_of(app)
    server.streams = [stream("copy")]
    (tmp_path / "home" / "server.json").unlink()
    server.asked.clear()
    async with opened(tmp_path, monkeypatch) as (app, pilot):
        await pilot.press("r")
        await pilot.pause(1.5)
        assert STREAMS not in keys_of(app)
        assert server.asked == []
        assert not (tmp_path / "home" / "server.json").exists()


@pytest.mark.asyncio
async def test_streams_are_listed_with_state_and_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    server.streams = [
        stream("copy", sink="sales.orders", sink_table=["sales", "orders"]),
        stream("bad", state="failed", error="it broke [bold]\nand more"),
        stream("", state="stopped", id="0123456789", sink_table=["sales", "ORDERS"]),
    ]
    async with opened(tmp_path, monkeypatch) as (app, pilot):
        await until(pilot, lambda: STREAMS in keys_of(app))
        root = line_of(app.pane, STREAMS)
        assert (root.detail, root.state) == ("1 failed, 1 running, 1 stopped", "failed")
        await open_line(app, pilot, STREAMS, SALES)
        text = shown(app)
        assert "● copy → sales.orders" in text
        assert "✗ bad it broke [bold]" in text
        assert "and more" not in text
        assert "○ 01234567" in text
        await until(pilot, lambda: "orders ← copy, 01234567 (stopped)" in shown(app))


@pytest.mark.asyncio
async def test_a_list_that_is_open_keeps_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    monkeypatch.setattr("lakeshell.tui.panes.catalog._STREAMS_OPEN", 0.1)
    server.streams = [stream("copy")]
    async with opened(tmp_path, monkeypatch) as (app, pilot):
        await open_line(app, pilot, STREAMS)
        key = ("stream", "run-of-copy")
        assert line_of(app.pane, key).state == "running"
        server.streams = [stream("copy", state="failed", error="gone"), stream("new")]
        await until(pilot, lambda: line_of(app.pane, key).state == "failed")
        assert "new" in app.labels
        server.streams = None  # one that does not answer has not forgotten them
        before = len(server.asked)
        await until(pilot, lambda: len(server.asked) > before + 1)
        assert "new" in app.labels
        server.streams = []
        await until(pilot, lambda: STREAMS not in keys_of(app))


@pytest.mark.asyncio
async def test_r_reads_the_streams_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    async with opened(tmp_path, monkeypatch) as (_, pilot):
        await until(pilot, lambda: server.asked)
        await pilot.pause(0.2)
        count = len(server.asked)
        await pilot.press("r")
        await until(pilot, lambda: len(server.asked) > count, timeout=5)


@pytest.mark.asyncio
async def test_enter_chooses_a_stream_and_the_filter_finds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    server.streams = [stream("copy"), stream("it's")]
    async with opened(tmp_path, monkeypatch) as (app, pilot):
        await until(pilot, lambda: STREAMS in keys_of(app))
        await pilot.press("slash", *"it")
        await until(pilot, lambda: app.labels == ["Streams", "it's"])
        await pilot.press("enter", "G", "enter", "i")
        await until(pilot, lambda: len(app.heard) == 2)
        assert app.heard == [StreamChosen("run-of-it's"), InsertRequested('"it\'s"')]
        await pilot.press("escape")
        await until(pilot, lambda: "copy" in app.labels)
        assert app.pane.names.cursor_line == line_of(app.pane, ("stream", "run-of-it's"))


@pytest.mark.asyncio
async def test_hostile_streams_do_not_reach_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    server.streams = [
        stream(EVIL, state="failed", error=EVIL, sink_table=["sales", "orders"]),
        stream("other", sink=EVIL),
    ]
    async with opened(tmp_path, monkeypatch, size=(80, 30)) as (app, pilot):
        await open_line(app, pilot, STREAMS, SALES)
        await until(pilot, lambda: "← e␛" in shown(app))
        app.pane.names.move_to(("stream", f"run-of-{EVIL}"))
        await pilot.press("m")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        text = shown(app)
        assert "e␛[2J[red]x[b]\\u202egnp⏎z" in text
        assert not {"\x1b", "\u202e"} & set(text)


@pytest.mark.asyncio
@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_enter_opens_the_streams_screen_with_that_stream(
    tmp_path: Path, server: Server, size: tuple[int, int]
) -> None:
    server.streams = [stream(name) for name in ("a", "b", "c")]
    async with program(fake_workbench(tmp_path), size=size) as (app, pilot):
        await pilot.press("f6")
        tree = app.main.catalog.names
        await until(pilot, lambda: tree.move_to(STREAMS))
        await pilot.press("enter")
        await until(pilot, lambda: tree.move_to(("stream", "run-of-b")))
        server.asked.clear()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, StreamsScreen))
        screen = app.screen
        assert isinstance(screen, StreamsScreen)
        await until(pilot, lambda: screen.query_one(DataTable).row_count == 3)
        # It stays on that one when the list is read again.
        await until(pilot, lambda: server.asked.count("/streams/run-of-b") > 2)
        assert screen.chosen == server.streams[1]
        assert set(server.asked) == {"/streams", "/streams/run-of-b"}
