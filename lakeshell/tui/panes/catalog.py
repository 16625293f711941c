"""The catalog tree: catalogs, schemas, what is in them, and the streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static

from lakeshell.render.safe_text import safe_text
from lakeshell.tui.panes.catalog_acts import CatalogActs
from lakeshell.tui.panes.catalog_lake import KnownLake
from lakeshell.tui.panes.catalog_line import PATHS, RELATIONS, STREAMS, Key, Line, keys_above
from lakeshell.tui.panes.catalog_lines import tree_lines
from lakeshell.tui.panes.catalog_tree import CatalogTree, fit_end, full_name
from lakeshell.tui.panes.catalog_watch import LakeWatch
from lakeshell.tui.widgets.safe_input import SafeInput
from lakeshell.tui.workbench import Workbench

if TYPE_CHECKING:
    from typing_extensions import Self

_SOON = 0.05  # seconds; names come in bursts
_TICK = 1.0  # seconds, while something is waited for
_STREAMS_OPEN = 3.0  # seconds between two looks at the streams, while they are listed
_STREAMS_CLOSED = 10.0  # … and while there is only their number, or none
_NAMED = RELATIONS | {"function", "volume", "stream"}
_REMEMBERED = "catalog.open"


class CatalogPane(Vertical):
    """Posts TableChosen, StreamChosen, InsertRequested, OpenTextRequested and TextRunRequested."""

    class LakeChanged(Message):
        """Another shell has changed the lakehouse."""

    class ListedChanged(Message):
        """Something has come into a folder that is shown, or has gone."""

    class LakeRead(Message):
        """Folders or streams are not what they were when they were read before."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(id="catalog")
        self.border_title = Text("Catalog")
        self._bench = bench
        self._lake = KnownLake(bench, lambda: self.post_message(self.LakeRead()))
        self._watch = LakeWatch(
            bench.home,
            lambda: self.post_message(self.LakeChanged()),
            lambda: self.post_message(self.ListedChanged()),
        )
        self._acts = CatalogActs(self, bench, self._lake)
        self._opened: set[Key] = set()
        self._current: tuple[str, str] | None = None
        self._due = False
        self._missed = False
        self.names = CatalogTree()

    def compose(self) -> ComposeResult:
        """The filter, which is hidden at first, over the tree over a line about it."""
        yield SafeInput(id="catalog-filter", placeholder="filter names", select_on_focus=False)
        yield self.names
        yield Static(id="catalog-hint", markup=False)

    def on_mount(self) -> None:
        """Open what was open the last time."""
        remembered = self._bench.state.get(_REMEMBERED, [])
        if isinstance(remembered, list):
            self._opened = {tuple(map(str, key)) for key in remembered if isinstance(key, list)}
        self.query_one(Input).display = False
        self.set_interval(_TICK, self._tick)
        if not self._is_remote:
            self._watch.start()
        self.rebuild()

    def on_unmount(self) -> None:
        """Look after the lake no longer."""
        self._watch.stop()

    def focus(self, scroll_visible: bool = True) -> Self:
        """The keys go to the tree."""
        self.names.focus(scroll_visible)
        return self

    def on_show(self) -> None:
        """What happened while nobody looked is shown now."""
        if self._missed:
            self._missed = False
            self._lake.look_again()

    # What is shown
    def show_names(self) -> None:
        """Show what is known by now: called when the metadata has changed."""
        if not self._due and self.is_mounted:
            self._due = True
            self.set_timer(_SOON, self.rebuild)

    def rebuild(self) -> None:
        """Build the lines from what is known, what is open and what is looked for."""
        self._due = False
        self._open_current()
        wanted = self.filter_text
        self._lake.begin()
        lines = tree_lines(self._lake, self._opened, wanted)
        self._lake.end()
        self._watch.folders = self._lake.delta_logs
        self._watch.listed = self._lake.listed
        self.names.show_lines(lines, wanted)
        self._hint()

    @property
    def filter_text(self) -> str:
        """What names are filtered by; empty for no filter."""
        field = self.query_one(Input)
        return field.value.strip() if field.display else ""

    def _open_current(self) -> None:
        """The schema that one works in is open when it becomes the current one."""
        if self._bench.metadata.catalogs() is None:
            return
        current = self._lake.current
        if current != self._current:
            self._current = current
            self._opened |= {("catalog", current[0]), ("schema", *current)}

    def _tick(self) -> None:
        if self._is_seen:
            listed = STREAMS in self._opened or bool(self.filter_text)
            self._lake.read_streams(_STREAMS_OPEN if listed else _STREAMS_CLOSED)
        if self._lake.waiting() is not None or self.names.lines[:1] == ():
            self.rebuild()

    def _hint(self) -> None:
        wanted = self.filter_text
        line = self.names.cursor_line
        if wanted:
            found = sum(1 for line in self.names.lines if line.kind in _NAMED)
            hint = f"{found} found" if found else "nothing found"
        else:
            hint = full_name(line) if line is not None else ""
        place = self.query_one("#catalog-hint", Static)
        if line is not None and line.kind in PATHS and not wanted:
            hint = fit_end(hint, place.content_size.width)
        place.update(Text(safe_text(hint)))

    # What happens elsewhere
    @on(LakeChanged)
    def _lake_changed(self) -> None:
        if self._is_seen:
            self._lake.look_again()
        else:
            self._missed = True

    @on(ListedChanged)
    def _listed_changed(self) -> None:
        if self._is_seen:
            self._lake.read_folders()
        else:
            self._missed = True

    @on(LakeRead)
    def _lake_read(self) -> None:
        self.show_names()

    @property
    def _is_seen(self) -> bool:
        return self.display and self.size.width > 0

    @property
    def _is_remote(self) -> bool:
        session = self._bench.connection.session
        return session is not None and session.is_remote and not self._bench.home.metastore.exists()

    # The filter
    @on(Input.Changed, "#catalog-filter")
    def _filter_changed(self) -> None:
        self.show_names()

    @on(Input.Submitted, "#catalog-filter")
    def _filter_done(self) -> None:
        self.names.focus()

    def key_down(self) -> None:
        """From the filter into what it found."""
        if self.query_one(Input).has_focus:
            self.names.focus()

    def key_escape(self) -> None:
        """Out of the filter."""
        if self.query_one(Input).has_focus:
            self._unfilter()

    def _unfilter(self) -> None:
        field = self.query_one(Input)
        line = self.names.cursor_line
        field.value = ""
        field.display = False
        if line is not None:  # what was found stays in sight
            self._opened |= set(keys_above(line))
        self.rebuild()
        self.names.focus()
        if line is not None:
            self.names.move_to(line.key)

    # What the person wants
    @on(CatalogTree.Moved)
    def _moved(self) -> None:
        self._hint()

    @on(CatalogTree.Typed)
    def _typed(self, typed: CatalogTree.Typed) -> None:
        typed.stop()
        field = self.query_one(Input)
        field.replace(typed.text, *sorted(field.selection))

    @on(CatalogTree.Wanted)
    def _wanted(self, wanted: CatalogTree.Wanted) -> None:
        wanted.stop()
        line, act = wanted.line, wanted.act
        if act == "filter":
            field = self.query_one(Input)
            field.display = True
            field.action_select_all()
            field.focus()
        elif act == "unfilter":
            self._unfilter()
        elif act == "refresh":
            self._look_again()
        elif line is None:
            return
        elif act == "toggle" or (act in ("choose", "preview") and not _can_be_chosen(line)):
            self._toggle(line)
        else:
            self._acts.do(act, line)

    def _toggle(self, line: Line) -> None:
        if not line.opens:
            return
        self._opened ^= {line.key}
        if line.key == STREAMS and STREAMS in self._opened:
            self._lake.read_streams(0)
        self._bench.state.put(_REMEMBERED, sorted(map(list, self._opened)))
        self.rebuild()

    def _look_again(self) -> None:
        connection = self._bench.connection
        if connection.session is None and connection.error and not connection.is_opening:
            connection.start()
        self._lake.look_again()
        self.rebuild()


def _can_be_chosen(line: Line) -> bool:
    return line.kind in RELATIONS or not (line.opens or line.kind == "note")
