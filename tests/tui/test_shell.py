"""The screen around the panes: layout, jump, help, palette, themes, the end, a lost server."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
import pytest
from textual import events
from textual.command import Command, CommandList
from textual.pilot import Pilot
from textual.widgets import Input, Static
from tui.fakes import fake_workbench, program
from tui.waiting import until

from lakeshell.commands.panes import PaneSpec
from lakeshell.config import TuiSettings
from lakeshell.errors import ConfigError
from lakeshell.tui.app import LakeshellApp
from lakeshell.tui.keys import KEYS, check_keymap
from lakeshell.tui.messages import EditorReady, TableChosen
from lakeshell.tui.screens.dialogs import Ask, Choose, Confirm, TypeToConfirm
from lakeshell.tui.screens.help import HelpScreen
from lakeshell.tui.screens.jump import JumpScreen
from lakeshell.tui.themes import THEMES, check_theme

ONE = [("select 1", pa.table({"1": [1]}))]


@asynccontextmanager
async def opened(
    folder: Path, *, size: tuple[int, int] = (120, 36), tui: TuiSettings | None = None
) -> AsyncIterator[tuple[LakeshellApp, Pilot[Any]]]:
    bench = fake_workbench(folder, ONE, tui=tui)
    try:
        async with program(bench, size=size) as (app, pilot):
            yield app, pilot
    finally:
        bench.close()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("size", "catalog", "dock"),
    [((80, 24), False, False), ((120, 36), True, False), ((200, 60), True, True)],
)
async def test_sides_give_way_in_a_narrow_terminal(
    tmp_path: Path, size: tuple[int, int], catalog: bool, dock: bool
) -> None:
    async with opened(tmp_path, size=size) as (app, pilot):
        await pilot.pause()
        assert (app.main.catalog.display, app.main.dock.display) == (catalog, dock)
        assert app.main.editor.size.width >= 30
        assert app.main.editor.size.height >= 4
        assert app.main.results.size.height >= 4


@pytest.mark.asyncio
async def test_a_side_that_was_asked_for_is_shown_and_remembered(tmp_path: Path) -> None:
    async with opened(tmp_path, size=(80, 24)) as (app, pilot):
        await pilot.press("f9")
        await until(pilot, lambda: app.main.catalog.display)
        await pilot.press("f6", "alt+right", "alt+right")
        width = app.main.division.layout.catalog_width
    async with opened(tmp_path, size=(80, 24)) as (app, pilot):
        await pilot.pause()
        assert app.main.catalog.display
        assert app.main.catalog.size.width + 2 == width == 38
        await pilot.press("f9")
        await until(pilot, lambda: not app.main.catalog.display)
        assert app.main.focused is app.main.editor.area


@pytest.mark.asyncio
async def test_where_both_sides_have_no_room_the_one_asked_for_last_stays(tmp_path: Path) -> None:
    async with opened(tmp_path, size=(80, 24)) as (app, pilot):
        main = app.main
        await pilot.press("f6")
        await until(pilot, lambda: main.catalog.display)
        main.post_message(TableChosen(("default", "t")))
        await until(pilot, lambda: main.dock.display)
        assert not main.catalog.display
        assert main.editor.size.width >= 28
        assert main.dock in main.focused.ancestors_with_self  # type: ignore[union-attr]
        await pilot.press("f9")
        await until(pilot, lambda: main.catalog.display and not main.dock.display)
        await pilot.resize_terminal(100, 30)
        await until(pilot, lambda: main.catalog.display and main.dock.display)
        assert main.editor.size.width >= 28
        main.dock.focus()
        for _ in range(9):
            await pilot.press("alt+right")  # no further than there is room
        width = main.division.layout.dock_width
        await pilot.press("alt+left")
        await until(pilot, lambda: main.division.layout.dock_width < width)
        assert width == 70


@pytest.mark.asyncio
async def test_zoom_gives_a_pane_the_screen_and_gives_it_back(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("f3", "f10")
        await until(pilot, lambda: not app.main.editor.display)
        assert not app.main.catalog.display
        assert app.main.results.size.width >= 110
        await pilot.press("f2")  # another pane comes in its place
        await until(pilot, lambda: app.main.editor.display)
        await pilot.press("f10")
        await until(pilot, lambda: app.main.results.display and app.main.catalog.display)


@pytest.mark.asyncio
async def test_the_share_of_the_results_changes(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        before = app.main.results.size.height
        await pilot.press("f3", "alt+up", "alt+up")
        await until(pilot, lambda: app.main.results.size.height > before)


@pytest.mark.asyncio
async def test_help_is_about_the_focused_part_first_and_is_searched(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("f6", "question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        text = shown(app.screen.query_one("#help-keys", Static))
        assert text.index("Catalog tree") < text.index("Everywhere")
        await pilot.press(*"vacuum nothing has this")
        await until(pilot, lambda: "Everywhere" not in shown(app.screen.query_one("#help-keys")))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
        app.main.results.action_show_part("chart")
        await pilot.press("f1")
        await until(
            pilot, lambda: shown(app.screen.query_one("#help-keys")).lstrip().startswith("Chart")
        )


@pytest.mark.asyncio
async def test_a_question_mark_in_the_editor_is_text(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("question_mark")
        await until(pilot, lambda: app.main.editor.area.text == "?")
        assert app.screen is app.main


@pytest.mark.asyncio
async def test_what_was_typed_before_there_was_an_editor_comes_first(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        app._early = [events.Key("a", "a"), events.Paste("b\n"), events.Key("c", "c")]
        app.post_message(EditorReady())
        app.post_message(events.Key("d", "d"))
        await until(pilot, lambda: app.main.editor.area.text == "ab\ncd")


@pytest.mark.asyncio
async def test_jump_goes_to_a_pane(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("ctrl+g")
        await until(pilot, lambda: isinstance(app.screen, JumpScreen))
        await pilot.press("s")
        results = app.main.results
        await until(
            pilot,
            lambda: (
                app.main.focused is not None and results in app.main.focused.ancestors_with_self
            ),
        )


@pytest.mark.asyncio
async def test_the_palette_runs_actions_and_commands(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("ctrl+p")
        await until(pilot, lambda: app.screen is not app.main)
        await pilot.press(*"catalog on")
        await until(pilot, lambda: offered(app)[:1] == ["Catalog on/off"])
        await pilot.press("enter")
        await until(pilot, lambda: not app.main.catalog.display)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: app.screen is not app.main)
        await pilot.press(*"%timing")
        await until(pilot, lambda: offered(app)[:1] == ["%timing"])
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        assert app.screen.query_one("#answer", Input).value == "%timing "


@pytest.mark.asyncio
async def test_the_palette_has_what_can_be_done_where_one_is(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        main = app.main

        async def listed() -> list[str]:
            await pilot.press("ctrl+p")
            await until(pilot, lambda: "Quit" in offered(app) and "%help" in offered(app))
            titles = offered(app)
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is main)
            return titles

        titles = await listed()
        assert "Catalog: Filter" in titles
        assert not [title for title in titles if title.startswith(("Grid: ", "Table: "))]
        await pilot.press(*"select 1", "f5")
        await until(pilot, lambda: main.results.grid is not None)
        titles = await listed()
        assert {"Grid: Sort", "Grid: Freeze columns", "Editor: Find"} <= set(titles)
        assert "Grid: Down" not in titles
        await pilot.press("ctrl+p")
        await until(pilot, lambda: app.screen is not main)
        await pilot.press(*"grid: sort")
        await until(pilot, lambda: "Grid: Sort" in offered(app)[:1])
        await pilot.press("enter")
        await until(pilot, lambda: bool(main.results.grid.body.sorts))  # type: ignore[union-attr]


@pytest.mark.asyncio
async def test_a_command_of_a_plugin_may_be_called_anything(tmp_path: Path) -> None:
    bench = fake_workbench(tmp_path, ONE)
    odd = click.Command("odd[/b]", short_help="It does [/x] and \x1b[1m.")
    bench.registry.commands = {"odd[/b]": odd}  # type: ignore[misc]
    async with program(bench, size=(120, 36)) as (app, pilot):
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "%odd[/b]" in offered(app))
        await pilot.press(*"odd")
        await until(pilot, lambda: offered(app)[:1] == ["%odd[/b]"])
        await pilot.pause()
        assert app.is_running
    bench.close()


@pytest.mark.asyncio
async def test_leaving_asks_while_something_runs(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        session: Any = app.bench.connection.wait()
        session.hold = re.compile("select 1")
        await pilot.press(*"select 1", "f5")
        await until(pilot, lambda: bool(app.bench.running))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: not app.is_running)
    assert app.return_code == 0


@pytest.mark.asyncio
async def test_leaving_asks_while_the_dock_or_the_results_are_at_work(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        app.main.dock.maintenance_tab.doing = "VACUUM"
        app.main.results._fetching = "1"
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app.screen.query_one("#no").has_focus)
        text = "\n".join(shown(widget) for widget in app.screen.query(Static))
        assert "The maintenance still runs: VACUUM." in text
        assert "Rows are still being fetched." in text
        await pilot.press("n")
        await until(pilot, lambda: app.screen is app.main)
        app.main.dock.maintenance_tab.doing = None
        app.main.results._fetching = ""
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app.return_value == 0)


@pytest.mark.asyncio
async def test_a_dialog_that_opens_as_the_program_ends_is_no_fault(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, _):
        app.exit(0)
        app.push_screen(Ask("Name?"))
    assert app.return_code == 0


@pytest.mark.asyncio
async def test_a_theme_is_remembered_until_another_is_configured(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        assert app.theme == "lakeshell-dark"
        app.theme = "lakeshell-light"
        await pilot.pause()
    async with opened(tmp_path) as (app, _):
        assert app.theme == "lakeshell-light"
    tui = TuiSettings(theme="lakeshell-contrast")
    async with opened(tmp_path, tui=tui) as (app, _):
        assert app.theme == "lakeshell-contrast"


def test_wrong_settings_name_what_is_near() -> None:
    with pytest.raises(ConfigError, match=r"run\.statment") as wrong:
        check_keymap({"run.statment": "f2"}, [key.id for key in KEYS])
    assert "run.statement" in str(wrong.value.hint)
    with pytest.raises(ConfigError, match="lakeshel-dark") as wrong:
        check_theme("lakeshel-dark", [theme.name for theme in THEMES])
    assert "lakeshell-dark" in str(wrong.value.hint)


def test_every_key_has_an_id_of_its_own_and_none_needs_a_modern_terminal() -> None:
    ids = [key.id for key in KEYS]
    assert len(ids) == len(set(ids))
    rarely_sent = {"ctrl+enter", "ctrl+space", "ctrl+slash", "f1", "f10", "f11"}
    for key in KEYS:
        assert set(key.keys.split(",")) - rarely_sent, key.id
        assert "ctrl+m" not in key.keys.split(","), key.id


def test_no_part_hides_a_key_of_what_it_stands_in() -> None:
    keys = {
        where: {name for key in KEYS if key.where == where for name in key.keys.split(",")}
        for where in {key.where for key in KEYS}
    }
    for inner, *around in (
        ("lines", "chart", "results", "everywhere"),
        ("grid", "results", "everywhere"),
        ("chart", "results", "everywhere"),
        ("versions", "dock", "everywhere"),
        ("text", "editor", "everywhere"),
        ("catalog", "everywhere"),
    ):
        for outer in around:
            # Escape goes on to the next part when the inner one has nothing to leave.
            assert keys[inner] & keys[outer] <= {"escape"}, (inner, outer)


@pytest.mark.asyncio
async def test_keys_are_remapped_by_id(tmp_path: Path) -> None:
    tui = TuiSettings(keys={"toggle.catalog": "ctrl+b"})
    async with opened(tmp_path, tui=tui) as (app, pilot):
        await pilot.press("f9")
        await pilot.pause()
        assert app.main.catalog.display
        await pilot.press("ctrl+b")
        await until(pilot, lambda: not app.main.catalog.display)


@pytest.mark.asyncio
async def test_a_lost_server_is_told_once_and_the_text_stays(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        session: Any = app.bench.connection.wait()
        asked: list[bool] = []
        session.ensure_alive = lambda: asked.append(True)
        await pilot.press(*"select 7")
        session.is_lost = True
        await until(pilot, lambda: "server is gone" in shown(app.main.status))
        assert app.main.editor.area.text == "select 7"
        await pilot.press("alt+x")
        await until(pilot, lambda: bool(asked))
        session.is_lost = False
        await until(pilot, lambda: not app.main.status.lost)


@pytest.mark.asyncio
async def test_plugins_add_panes_and_a_broken_one_is_told(tmp_path: Path) -> None:
    def broken() -> Static:
        raise RuntimeError("[b]no[/x]")

    bench = fake_workbench(tmp_path, ONE)
    bench.registry.panes = [  # type: ignore[misc]
        PaneSpec("good", "Mine [/x]", "right", lambda: Static("of a plugin", id="mine")),
        PaneSpec("bad", "Bad", "left", broken),
        PaneSpec("odd", None, "right", lambda: Static("untitled")),  # type: ignore[arg-type]
        "no pane at all",
    ]
    async with program(bench, size=(120, 36), notifications=True) as (app, pilot):
        await until(pilot, lambda: bool(app.main.query("#mine")))
        for told in ("Pane bad was not built", "Pane odd was not", "Pane of a plugin was not"):
            await until(pilot, lambda t=told: any(t in n.message for n in app._notifications))
        mine = app.main.plugged[0]
        app.main.division.zoom(mine)
        app.main._divide()
        await until(pilot, lambda: mine.size.width >= 116)
        app.main.division.zoom(mine)
        app.main._divide()
        await until(pilot, lambda: mine.size.width == 28 and app.main.editor.display)
    bench.close()


@pytest.mark.asyncio
async def test_dialogs_answer(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        given: list[object] = []
        app.push_screen(Confirm("Drop [b]t[/x]?\x1b[2J", danger=True), given.append)
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("enter")  # no, because it destroys
        await until(pilot, lambda: given == [False])
        app.push_screen(Confirm("Run?"), given.append)
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("enter")
        await until(pilot, lambda: given == [False, True])
        app.push_screen(TypeToConfirm("Drop it?", "t"), given.append)
        await until(pilot, lambda: isinstance(app.screen, TypeToConfirm))
        await pilot.press("x", "enter")
        await until(pilot, lambda: app.screen.query_one(Input).has_class("wrong"))
        assert given == [False, True]
        await pilot.press("backspace", "t", "enter")
        await until(pilot, lambda: given == [False, True, True])
        app.push_screen(Choose("Which?", [("a", "A [/x]"), ("b", "B")]), given.append)
        await until(pilot, lambda: isinstance(app.screen, Choose))
        await pilot.press("down", "enter")
        await until(pilot, lambda: given[-1] == "b")
        app.push_screen(Ask("Name?", "v"), given.append)
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press("end", "2", "enter")
        await until(pilot, lambda: given[-1] == "v2")
        app.push_screen(Ask("Name?"), given.append)
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press("escape")
        await until(pilot, lambda: given[-1] is None)


@pytest.mark.asyncio
async def test_a_long_question_leaves_room_for_its_answer(tmp_path: Path) -> None:
    question = "\n".join(f"line {number}" for number in range(40))
    options = [(str(number), f"option {number}") for number in range(40)]
    async with opened(tmp_path, size=(80, 24)) as (app, pilot):
        for dialog, answer in (
            (Confirm(question), "#no"),
            (TypeToConfirm(question, "t"), "#word"),
            (Ask(question), "#answer"),
            (Choose(question, options), "OptionList"),
        ):
            app.push_screen(dialog)
            await until(pilot, lambda d=dialog, a=answer: d.query_one(a).region.height > 0)
            inside = dialog.query_one(".dialog").content_region
            region = dialog.query_one(answer).region
            assert inside.contains_region(region), answer
            text = dialog.query_one(".dialog-text")
            if answer != "OptionList":
                for _ in range(5):
                    await pilot.press("pagedown")
                assert text.scroll_offset.y == text.max_scroll_y > 0
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is app.main)


def offered(app: LakeshellApp) -> list[str]:
    """What the palette lists now."""
    if not (lists := app.screen.query(CommandList)):
        return []
    commands = (option for option in lists.first().options if isinstance(option, Command))
    return [str(command.hit.text) for command in commands]


def shown(widget: Any) -> str:
    """The text that a widget shows."""
    lines = [widget.render_line(y).text for y in range(widget.size.height)]
    return "\n".join(lines)
