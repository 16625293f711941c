"""The dock of the chosen table: its Schema, History, Files and Maintenance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static, TabbedContent, TabPane

from lakeshell.render.safe_text import safe_text
from lakeshell.tui.keys import bindings
from lakeshell.tui.panes.catalog_watch import LakeWatch
from lakeshell.tui.panes.dock_facts import TableFacts
from lakeshell.tui.panes.dock_files import FilesTab
from lakeshell.tui.panes.dock_history import HistoryTab
from lakeshell.tui.panes.dock_maintenance import MaintenanceTab
from lakeshell.tui.panes.dock_schema import SchemaTab
from lakeshell.tui.panes.dock_tab import DockTab
from lakeshell.tui.workbench import Workbench

if TYPE_CHECKING:
    from typing_extensions import Self

_NOTHING = "Choose a table in the catalog: enter, or a double click."
_REMEMBERED = "dock.tab"
_SOON_WATCHED = 2.5  # seconds after which the watch knows a new folder


class DockPane(Vertical):
    """Posts TextRunRequested. Each tab reads its facts when it is looked at."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("dock")]

    class LakeChanged(Message):
        """The catalog, or the log of the table that is shown, has changed on the disk."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(id="dock")
        self.border_title = Text("Table")
        self._bench = bench
        self._facts: TableFacts | None = None
        self._missed = False
        self._watch = LakeWatch(bench.home, lambda: self.post_message(self.LakeChanged()))
        self.schema_tab = SchemaTab(bench, "dock-schema")
        self.history_tab = HistoryTab(bench, "dock-history")
        self.files_tab = FilesTab(bench, "dock-files")
        self.maintenance_tab = MaintenanceTab(bench, "dock-maintenance")

    @property
    def tabs(self) -> dict[str, DockTab]:
        """The tabs by their titles, in their order."""
        return {
            "Schema": self.schema_tab,
            "History": self.history_tab,
            "Files": self.files_tab,
            "Maintenance": self.maintenance_tab,
        }

    def compose(self) -> ComposeResult:
        """A hint, or the tabs."""
        yield Static(Text(_NOTHING), id="dock-nothing")
        with TabbedContent(id="dock-tabs"):
            for title, tab in self.tabs.items():
                with TabPane(title, id=f"tab-{title.lower()}"):
                    yield tab

    def on_mount(self) -> None:
        """The tab of the last time, and no table yet."""
        remembered = self._bench.state.get(_REMEMBERED, "")
        if remembered in self.tabs:
            self._tabbed.active = f"tab-{str(remembered).lower()}"
        self._watch.start()
        self._show()

    def on_unmount(self) -> None:
        """Look after the table no longer."""
        self._watch.stop()

    def focus(self, scroll_visible: bool = True) -> Self:
        """The keys go to the tab that is looked at."""
        inner = self.active_tab if self._facts is not None else None
        target = next((w for w in inner.query("*") if w.focusable), None) if inner else None
        if target is not None:
            target.focus(scroll_visible)
        else:
            super().focus(scroll_visible)
        return self

    # What the main screen calls
    @property
    def has_table(self) -> bool:
        """Whether it shows a table, and is shown itself."""
        return self.display and self._facts is not None

    def show_table(self, parts: tuple[str, ...], kind: str = "table") -> None:
        """Show another table; of several asked for in a row only the last one is drawn."""
        if self._facts is not None and self._facts.parts == parts:
            self.read_anew()
            return
        self._facts = TableFacts(parts, kind)
        if self.is_mounted:
            self._show()

    def refresh_table(self) -> None:
        """A statement has run: read anew what is shown, unless the log says nothing happened."""
        if self._facts is not None and self._facts.is_unchanged:
            return
        self._follow()

    def _follow(self) -> None:
        """Something may have changed; without a server, nothing that could be read."""
        if not self._bench.has_lost_server:
            self.read_anew()

    def read_anew(self) -> None:
        """Read what is shown from the beginning; it stays on the screen until then."""
        if self._facts is None or not self.is_mounted:
            return
        if not self._is_seen:
            self._missed = True
            return
        self._facts = TableFacts(self._facts.parts, self._facts.kind)
        for tab in self.tabs.values():
            tab.renew(self._facts)
        self._look()

    def _show(self) -> None:
        facts = self._facts
        self.query_one("#dock-nothing").display = facts is None
        self._tabbed.display = facts is not None
        self.border_title = Text(safe_text(facts.name)) if facts is not None else Text("Table")
        for tab in self.tabs.values():
            tab.choose(facts)
        self._look()

    @property
    def _tabbed(self) -> TabbedContent:
        return self.query_one("#dock-tabs", TabbedContent)

    @property
    def active_tab(self) -> DockTab:
        """The tab that is looked at."""
        active = self._tabbed.active
        return next(t for title, t in self.tabs.items() if f"tab-{title.lower()}" == active)

    @property
    def _is_seen(self) -> bool:
        return self.display and self.size.width > 0

    def _look(self) -> None:
        if self._is_seen:
            self.active_tab.look()
        else:
            self._missed = True

    def on_show(self) -> None:
        """What happened while nobody looked is read now."""
        if self._missed:
            self._missed = False
            if self._facts is not None and self.active_tab.facts is self._facts:
                self.read_anew()

    # What happens
    @on(TabbedContent.TabActivated)
    def _tab_activated(self) -> None:
        title = next(title for title, tab in self.tabs.items() if tab is self.active_tab)
        self._bench.state.put(_REMEMBERED, title)
        self._look()

    @on(DockTab.Drawn)
    def _drawn(self) -> None:
        log = self._facts.log_folder if self._facts is not None else None
        self._watch.folders = [Path(log)] if log is not None else []
        # What is committed before the folder is looked at for the first time shows here only.
        self.set_timer(_SOON_WATCHED, self._look_at_log)

    def _look_at_log(self) -> None:
        if self._facts is not None and self._facts.log_folder and not self._facts.is_unchanged:
            self._follow()

    @on(DockTab.TableChanged)
    def _table_changed(self) -> None:
        self.read_anew()

    @on(LakeChanged)
    def _lake_changed(self) -> None:
        self._follow()

    # Keys
    def action_tab(self, by: int) -> None:
        """So many tabs on."""
        titles = list(self.tabs)
        at = next(i for i, title in enumerate(titles) if self.tabs[title] is self.active_tab)
        self._tabbed.active = f"tab-{titles[(at + by) % len(titles)].lower()}"
        self.call_after_refresh(self.focus)

    def action_read_anew(self) -> None:
        """Read the table again."""
        connection = self._bench.connection
        if connection.session is None and connection.error and not connection.is_opening:
            connection.start()
        self.read_anew()

    def action_stop(self) -> None:
        """Stop the maintenance that runs."""
        self.maintenance_tab.stop()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape belongs to the dock only while its maintenance runs."""
        return self.maintenance_tab.doing is not None if action == "stop" else True
