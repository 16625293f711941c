"""The main screen: catalog, editor over results, the table's dock, the status line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer, Tab

from lakeshell.errors import LakeshellError
from lakeshell.interpreter import Source
from lakeshell.tui.editor.run_text import placed
from lakeshell.tui.keys import Key, bindings
from lakeshell.tui.layout import Division, Layout
from lakeshell.tui.messages import (
    CancelRequested,
    ConnectionChanged,
    EditorReady,
    ExplainRequested,
    InsertRequested,
    MetadataChanged,
    OpenTextRequested,
    PlaceChosen,
    RunEvent,
    RunFinished,
    RunRequested,
    RunStarted,
    StreamChosen,
    TabChosen,
    TabClosed,
    TableChosen,
    TextRunRequested,
)
from lakeshell.tui.panes.catalog import CatalogPane
from lakeshell.tui.panes.dock import DockPane
from lakeshell.tui.panes.dock_history import VersionsTable
from lakeshell.tui.panes.editor import EditorPane
from lakeshell.tui.panes.plugged import built
from lakeshell.tui.panes.results import EXPLAIN, EXPLAINING, ResultsPane
from lakeshell.tui.panes.status import StatusLine
from lakeshell.tui.screens.jump import JumpTarget
from lakeshell.tui.threads import in_background
from lakeshell.tui.workbench import Workbench

if TYPE_CHECKING:
    from lakeshell.commands.panes import PaneSpec
    from lakeshell.tui.editor.run_text import Passage

_WATCH = 1.0  # seconds between two looks whether the server is there


class MainScreen(Screen[None]):
    """Knows the panes, and carries what one says to the others."""

    BINDINGS = bindings("everywhere")
    CSS_PATH: ClassVar[list[str | PurePath]] = [
        "../editor.tcss",
        "../results.tcss",
        "../grid.tcss",
        "../catalog.tcss",
        "../dock.tcss",
    ]

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self.bench = bench
        self.catalog = CatalogPane(bench)
        self.editor = EditorPane(bench)
        self.results = ResultsPane(bench)
        self.dock = DockPane(bench)
        self.status = StatusLine(bench)
        self.plugged: list[Widget] = []
        layout = Layout.restored(bench.state.get("layout"))
        self.division = Division(
            self.catalog, self.editor, self.results, self.dock, layout, self.plugged
        )
        self._told_lost = False

    def compose(self) -> ComposeResult:
        """Left catalog, centre editor over results, right dock."""
        with Horizontal(id="body"):
            yield self.catalog
            with Vertical(id="centre"):
                yield self.editor
                yield self.results
            yield self.dock
        yield self.status
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Typing goes into the editor."""
        self._divide()
        self.editor.focus_text()
        self.call_after_refresh(self.post_message, EditorReady())
        self.set_interval(_WATCH, self._watch_server)
        self.call_after_refresh(self._add_plugged)

    # Runs
    def on_run_requested(self, request: RunRequested) -> None:
        """Start it, unless its tab is busy."""
        if self.bench.start(request) is None:
            self.notify("This tab still runs something; escape cancels it.", severity="warning")

    def on_text_run_requested(self, request: TextRunRequested) -> None:
        """Run a pane's own text in the active tab."""
        source = Source(request.text, "<command>")
        self.post_message(RunRequested(self.editor.active_tab, source))

    def on_run_started(self, message: RunStarted) -> None:
        """Show that the tab runs."""
        self.editor.clear_error(message.tab)
        self.editor.set_running(message.tab, True)
        self.results.run_started(message)
        self.status.draw()

    def on_run_event(self, message: RunEvent) -> None:
        """Show it."""
        self.results.run_event(message)

    def on_run_finished(self, message: RunFinished) -> None:
        """Show how it ended, and where it failed."""
        latest = self.bench.runs.get(message.tab)
        if latest is not None and latest.number != message.number:
            return  # the tab runs something else by now
        self.editor.set_running(message.tab, False)
        self.results.run_finished(message)
        self.status.say(self.results.status_text)
        if message.error is not None:
            position = getattr(message.error, "position", None)
            if position is not None:
                position = placed(position, message.first_line, message.first_column)
            self.editor.mark_error(message.tab, position, message.error.message)
        self.dock.refresh_table()
        self.status.draw()

    def on_cancel_requested(self, message: CancelRequested) -> None:
        """Stop what the tab runs."""
        self.bench.cancel(message.tab or self.editor.active_tab)

    def on_place_chosen(self, message: PlaceChosen) -> None:
        """The cursor goes there."""
        self.editor.choose_tab(message.tab)
        area = self.editor.area
        row, column = message.position.line - 1, message.position.column - 1
        area.move_cursor(area.clamp_visitable((row, column)), center=True)
        self.editor.focus_text()

    def on_explain_requested(self, message: ExplainRequested) -> None:
        """The plan of the statement at the cursor."""
        self.action_explain()

    def action_explain(self) -> None:
        """Ask Spark for the plan of the statement at the cursor, and show it."""
        tab = self.editor.tab

        def explain(passage: Passage | None, is_current: bool) -> None:
            if passage is None or passage.language != "sql" or passage.text.startswith("%"):
                self.notify("There is no SQL statement here to explain.", severity="warning")
                return
            source = Source(f"{EXPLAIN}{passage.text}", EXPLAINING, "sql")
            column = passage.first_column - len(EXPLAIN)
            if is_current:
                self.editor.expect(tab, passage)
            self.post_message(RunRequested(tab.id, source, passage.first_line, column))

        self.editor.find_statement(explain)

    # Text
    def on_insert_requested(self, message: InsertRequested) -> None:
        """Into the editor."""
        self.editor.insert(message.text)

    def on_open_text_requested(self, message: OpenTextRequested) -> None:
        """In a new tab."""
        self.editor.open_text(message.text, message.title, message.language)

    # Tabs, tables, names
    def on_tab_chosen(self, message: TabChosen) -> None:
        """Its results come with it."""
        self.results.show_tab(message.tab)
        self._warm_python()

    def on_tab_closed(self, message: TabClosed) -> None:
        """So are its run and its results."""
        self.bench.forget(message.tab)
        self.results.close_tab(message.tab)

    def on_table_chosen(self, message: TableChosen) -> None:
        """In the dock."""
        in_catalog = self.catalog.has_focus_within
        self.dock.show_table(message.parts, message.kind)
        self._reveal(self.dock)
        if in_catalog and not self.catalog.display:  # it has made room
            self.dock.focus()

    def on_connection_changed(self, message: ConnectionChanged) -> None:
        """The status line tells."""
        self.status.draw()
        self._warm_python()

    def _warm_python(self) -> None:
        if self.editor.tab.language == "python":
            self.bench.warm_python()

    def on_metadata_changed(self, message: MetadataChanged) -> None:
        """The tree shows what is known now."""
        self.editor.names_changed()
        self.catalog.show_names()
        self.status.draw()

    # Keys: what the editor does is the editor's
    def action_run_statement(self) -> None:
        """Run the selection, else the statement at the cursor."""
        self._after_typing(self.editor.action_run_statement)

    def action_run_all(self) -> None:
        """Run the whole tab."""
        self._after_typing(self.editor.action_run_all)

    def action_format(self) -> None:
        """Lay out the tab's text."""
        self._after_typing(self.editor.action_format)

    def action_history(self) -> None:
        """Statements of the past."""
        self._after_typing(self.editor.action_history)

    def _after_typing(self, act: Callable[[], object]) -> None:
        """Do it once what was typed before it is in the text: a key that goes before all others
        overtakes those that still wait for the editor."""
        self.editor.area.call_later(act)

    def action_cancel(self) -> None:
        """End a zoom, else stop what the active tab runs."""
        if not self.bench.cancel(self.editor.active_tab) and self.division.zoomed is not None:
            self.action_zoom()

    def action_export(self) -> None:
        """Write the result in front to a file."""
        self.results.open_export()

    def action_restart_server(self) -> None:
        """Open a new session, and start the server for it if there is none."""
        self._ask_server_again()

    def part_of(self, key: Key) -> Widget | None:
        """The widget that does what a key of KEYS does; None while it is not there."""
        results, history = self.results, self.dock.history_tab.query(VersionsTable)
        parts: dict[str, Widget | None] = {
            "editor": self.editor,
            "results": results,
            "grid": results.grid if results.grid is results.front else None,
            "chart": results.chart if results.chart is results.front else None,
            "catalog": self.catalog.names if self.catalog.display else None,
            "dock": self.dock if self.dock.has_table else None,
            "versions": next((table for table in history if table.is_on_screen), None),
        }
        return parts.get(key.where, self)

    def act(self, key: Key) -> None:
        """Do what a key of KEYS does, where it does it: for the palette."""
        if key.action == "quit":
            self.app.call_later(self.app.action_quit)
        elif (part := self.part_of(key)) is not None:
            self.call_later(self.app.run_action, key.action, part)

    def still_running(self) -> list[str]:
        """What would be stopped by leaving, in sentences."""
        running, doing = len(self.bench.running), self.dock.maintenance_tab.doing
        sentences = []
        if running:
            one = "A tab still runs something."
            sentences.append(one if running == 1 else f"{running} tabs still run.")
        if doing is not None:
            sentences.append(f"The maintenance still runs: {doing}.")
        if self.results.is_fetching:
            sentences.append("Rows are still being fetched.")
        return sentences

    def ask_command(self, name: str, summary: str) -> None:
        """Ask for the arguments of a % command, and run it in the active tab."""
        from lakeshell.tui.screens.dialogs import Ask

        def run(line: str | None) -> None:
            if line is not None:
                self.post_message(TextRunRequested(line.strip()))

        self.app.push_screen(Ask(f"%{name}: {summary}", f"%{name} "), run)

    # Keys: panes
    def action_focus_editor(self) -> None:
        """Go on typing."""
        self._reveal(self.editor)
        self.editor.focus_text()

    def action_focus_results(self) -> None:
        """To what the run gave."""
        self._reveal(self.results)
        self.results.focus()

    def action_focus_catalog(self) -> None:
        """To the tree, which is shown for it."""
        self._reveal(self.catalog)
        self.catalog.focus()

    def action_focus_dock(self) -> None:
        """To the table's dock, which is shown for it."""
        self._reveal(self.dock)
        self.dock.focus()

    def action_toggle_catalog(self) -> None:
        """Show or hide the tree."""
        self._toggle(self.catalog)

    def action_toggle_dock(self) -> None:
        """Show or hide the table's dock."""
        self._toggle(self.dock)

    def action_zoom(self) -> None:
        """The pane with the focus has the whole screen, or no longer."""
        self.division.zoom(self._focused_pane())
        self._divide()

    def action_resize(self, direction: str, by: int) -> None:
        """Make the pane with the focus wider or higher."""
        self.division.resize(self._focused_pane(), direction, by, *self.size)
        self._divide()
        self.bench.state.put("layout", self.division.layout.remembered())

    def action_help(self) -> None:
        """The keys, those of the focused part first."""
        from lakeshell.tui.screens.help import HelpScreen

        pane, results = self._focused_pane(), self.results
        parts: dict[Widget, str] = {
            self.editor: "editor",
            self.catalog: "catalog",
            self.dock: "dock",
        }
        if pane is results:
            front = results.front
            is_grid, is_chart = front is results.grid, front is results.chart
            parts[results] = "grid" if is_grid else "chart" if is_chart else "lines"
        where = parts.get(pane, "everywhere")
        self.app.push_screen(HelpScreen(where, self.bench.config.tui.keys))

    def action_jump(self) -> None:
        """Letters on the panes and their tabs."""
        from lakeshell.tui.screens.jump import JumpScreen

        self.app.push_screen(JumpScreen(list(self._jump_targets())))

    def action_streams(self) -> None:
        """The streams of the home."""
        self._show_streams()

    def on_stream_chosen(self, message: StreamChosen) -> None:
        """Among the streams of the home."""
        self._show_streams(message.run_id)

    def _show_streams(self, chosen: str | None = None) -> None:
        from lakeshell.tui.screens.streams import StreamsScreen

        self.app.push_screen(StreamsScreen(self.bench, chosen))

    # How the screen is divided
    def on_resize(self, event: events.Resize) -> None:
        """Sides give way in a narrow terminal."""
        self._divide()

    def _divide(self) -> None:
        focused = self.focused
        self.division.apply(self.size.width or self.app.size.width)
        if focused is not None and not all(w.display for w in focused.ancestors_with_self):
            self.editor.focus_text()

    def _toggle(self, pane: Widget) -> None:
        shown = self.division.toggle(pane, self.size.width)
        self._divide()
        self.bench.state.put("layout", self.division.layout.remembered())
        if shown:
            pane.focus()
        elif self.focused is None or pane in self.focused.ancestors_with_self:
            self.editor.focus_text()

    def _reveal(self, pane: Widget) -> None:
        if self.division.zoomed is not None:
            self.division.zoomed = pane
        if not pane.display and pane in (self.catalog, self.dock):
            self.division.show(pane, True)
        self._divide()

    def _focused_pane(self) -> Widget:
        focused = self.focused
        above = focused.ancestors_with_self if focused is not None else ()
        for pane in (self.catalog, self.results, self.dock, *self.plugged):
            if pane in above:
                return pane
        return self.editor

    def _jump_targets(self) -> Iterator[JumpTarget]:
        for pane, go in (
            (self.editor, self.action_focus_editor),
            (self.results, self.action_focus_results),
            (self.catalog, self.action_focus_catalog),
            (self.dock, self.action_focus_dock),
        ):
            if pane.display:
                yield JumpTarget(pane.region, go)
        for tab in self.query(Tab):
            if tab.display and tab.region:
                yield JumpTarget(tab.region, partial(_choose, tab))

    # The server
    def _watch_server(self) -> None:
        """Say once that the server is gone; the next statement, or a key, starts it again."""
        lost = self.bench.has_lost_server
        if lost and not self._told_lost:
            self.notify(
                "The server is gone. The next statement starts it again, alt+x at once; "
                "your text is all here.",
                severity="error",
                timeout=15,
            )
        self._told_lost = lost
        self.status.lost = lost
        if self.bench.has_stream_news:
            in_background(self.bench.tell_failed_streams, "failed-streams")

    def _ask_server_again(self) -> None:
        bench = self.bench
        if bench.connection.session is None:
            if not bench.connection.is_opening:
                bench.connection.start()
            return

        def reopen() -> None:
            try:
                bench.session.ensure_alive()
            except LakeshellError as error:
                bench.notify(error.message, "warning")
            # A fault of ours, or a connection that breaks: the next statement meets it again.
            except Exception as fault:
                bench.notify(f"No session: {type(fault).__name__}: {fault}", "warning")
            bench.post(ConnectionChanged())

        in_background(reopen, "reopen")

    # Panes of plugins
    def _add_plugged(self) -> None:
        """Ask plugins for their panes, in a thread; the first frame does not wait for it."""

        def read() -> list[PaneSpec]:
            return list(self.bench.registry.panes)

        async def add() -> None:
            for spec in await asyncio.to_thread(read):
                pane = built(spec)
                if isinstance(pane, str):
                    self.bench.notify(pane, "warning")
                    continue
                self.plugged.append(pane)
                if spec.place == "left":
                    await self.query_one("#body").mount(pane, before=0)
                elif spec.place == "right":
                    await self.query_one("#body").mount(pane)
                else:
                    await self.query_one("#centre").mount(pane)
                self._divide()

        self.run_worker(add(), group="plugged")


def _choose(tab: Tab) -> None:
    tab.post_message(Tab.Clicked(tab))
