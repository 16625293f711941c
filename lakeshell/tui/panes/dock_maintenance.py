"""The dock's Maintenance: OPTIMIZE, VACUUM after its dry run, statistics, properties."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, SelectionList, Static
from textual.widgets.selection_list import Selection

from lakeshell.errors import Interrupted, LakeshellError
from lakeshell.render.safe_text import safe_text
from lakeshell.session.result import Event, Progress
from lakeshell.tui.messages import TextRunRequested
from lakeshell.tui.panes.confirming import confirming_word
from lakeshell.tui.panes.dock_facts import TableFacts
from lakeshell.tui.panes.dock_tab import DockTab
from lakeshell.tui.panes.dock_words import (
    heading,
    histogram,
    joined,
    layout_line,
    shown,
)
from lakeshell.tui.panes.spark_call import SparkCall
from lakeshell.tui.workbench import Workbench

if TYPE_CHECKING:
    from lakeshell.delta.log import Snapshot
    from lakeshell.session.result import Sink
    from lakeshell.session.session import Session

_TICK = 0.25  # seconds
_MOST_COLUMNS = 200
_MOST_DOOMED = 200  # paths listed
_MOST_PROPERTIES = 200
_UNSORTABLE = ("array", "map", "struct", "variant", "binary", "boolean")
_OFTEN_SET = (
    "delta.appendOnly = true",
    "delta.autoOptimize.autoCompact = true",
    "delta.autoOptimize.optimizeWrite = true",
    "delta.columnMapping.mode = name",
    "delta.dataSkippingNumIndexedCols = 32",
    "delta.deletedFileRetentionDuration = interval 7 days",
    "delta.enableChangeDataFeed = true",
    "delta.enableDeletionVectors = true",
    "delta.logRetentionDuration = interval 30 days",
)


@dataclass(frozen=True)
class _Read:
    """`snapshot` is None for what is no Delta table; `sortable` are columns for ZORDER BY."""

    snapshot: Snapshot | None
    sortable: tuple[str, ...] = ()
    clustering: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)


class MaintenanceTab(DockTab):
    """Posts TableChanged when something was done. `doing` is what runs just now."""

    def __init__(self, bench: Workbench, id: str) -> None:
        super().__init__(bench, id)
        self.doing: str | None = None
        self._doing_to: TableFacts | None = None  # what it is done to
        self._found: _Read | None = None
        self._call: SparkCall[Any] | None = None
        self._progress: Progress | None = None
        self._doomed: list[str] = []
        self._began = 0.0

    def compose(self) -> ComposeResult:
        """What there is, what can be done about it, and what came of it."""
        yield self._state
        with VerticalScroll(id="upkeep", can_focus=False):
            yield Static(id="upkeep-layout")
            with Horizontal(classes="dock-buttons", id="upkeep-acts"):
                yield Button("OPTIMIZE", id="optimize", compact=True)
                yield Button("VACUUM", id="vacuum", compact=True)
                yield Button("ANALYZE", id="analyze", compact=True)
                yield Button("Profile", id="profile", compact=True)
            with Horizontal(classes="dock-buttons", id="upkeep-properties"):
                yield Button("Set property", id="set-property", compact=True)
                yield Button("Unset", id="unset-property", compact=True)
            with Vertical(id="upkeep-zorder"):
                yield Static(Text("ZORDER BY, in the order chosen"), classes="dock-label")
                yield SelectionList[str](id="zorder", compact=True)
            yield Static(id="upkeep-result")
            with Horizontal(classes="dock-buttons", id="upkeep-doomed"):
                yield Button("Delete them", id="vacuum-now", variant="error", compact=True)
                yield Button("Keep them", id="vacuum-not", compact=True)
            yield Button("Stop", id="stop", compact=True)

    def on_mount(self) -> None:
        """Time goes on while something runs."""
        self.clear()
        self._enable()
        self.set_interval(_TICK, self._turn)

    # What is known
    def read(self, session: Session, facts: TableFacts) -> _Read | str:
        """The layout, the columns and the properties; of a view a sentence."""
        from lakeshell.delta.properties import table_properties

        described = facts.description(session)
        if described.is_view:
            return f"{facts.name} is a view: it stores nothing, so there is nothing to maintain."
        if not described.is_delta:
            return _Read(None, properties=table_properties(session, facts.parts))
        snapshot = facts.snapshot(session)
        return _Read(
            snapshot,
            tuple(
                column.name
                for column in described.columns
                if column.name not in snapshot.partition_columns
                and not column.type.startswith(_UNSORTABLE)
            )[:_MOST_COLUMNS],
            tuple(facts.delta(session).detail.get("clusteringColumns") or ()),
            snapshot.properties,
        )

    def choose(self, facts: TableFacts | None) -> None:
        """Another table: what was found for the last one no longer counts."""
        self._doomed = []
        self.query_one("#upkeep-result", Static).update("")
        super().choose(facts)
        self._enable()

    def draw(self, found: Any) -> None:
        """Show it; the choice of columns stays as long as they are the same."""
        name = self.facts.name if self.facts is not None else ""
        old, self._found = self._found, found
        self.query_one("#upkeep").display = True
        self.query_one("#upkeep-layout", Static).update(layout_text(found.snapshot, name))
        is_delta = found.snapshot is not None
        for part in ("#optimize", "#vacuum"):
            self.query_one(part).display = is_delta
        # Spark refuses to ANALYZE a Delta table, whose log has its statistics.
        self.query_one("#analyze").display = not is_delta
        clustered = f"clustered by {', '.join(found.clustering)}" if found.clustering else ""
        if clustered:
            self.query_one("#upkeep-layout", Static).update(
                joined([layout_text(found.snapshot, name), Text(shown(clustered), style="dim")])
            )
        # OPTIMIZE clusters a clustered table by itself; Delta refuses ZORDER there.
        self.query_one("#upkeep-zorder").display = bool(found.sortable) and not found.clustering
        if old is None or old.sortable != found.sortable:
            columns = self.query_one("#zorder", SelectionList)
            columns.clear_options()
            columns.add_options(
                Selection(Content(safe_text(column)), column) for column in found.sortable
            )

    def clear(self) -> None:
        """Show nothing."""
        self._found = None
        self.query_one("#upkeep").display = False
        self.query_one("#zorder", SelectionList).clear_options()

    # What the person wants
    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        facts = self.facts
        acts: Mapping[str, Callable[[TableFacts], object]] = {
            "optimize": self._optimize,
            "vacuum": self._dry_run,
            "vacuum-now": self._ask_vacuum,
            "vacuum-not": self._keep,
            "analyze": self._analyze,
            "profile": self._profile,
            "set-property": self._ask_property,
            "unset-property": self._choose_property,
        }
        if event.button.id == "stop":
            self.stop()
        elif facts is not None and self.doing is None:
            acts[event.button.id or ""](facts)

    def stop(self) -> None:
        """Stop what runs, and its Spark jobs."""
        if self._call is not None:
            self._call.cancel()

    def _optimize(self, facts: TableFacts) -> None:
        from lakeshell.delta.log import read_snapshot
        from lakeshell.delta.maintenance import optimize

        columns = list(self.query_one("#zorder", SelectionList).selected)

        def work(session: Session, sink: Sink) -> Text:
            table = facts.delta(session)
            before = read_snapshot(session, table)
            optimize(session, table, zorder=columns, sink=sink)
            return change_text(before, read_snapshot(session, table))

        how = f"OPTIMIZE … ZORDER BY {', '.join(columns)}" if columns else "OPTIMIZE"
        self._start(facts, how, work)

    def _dry_run(self, facts: TableFacts) -> None:
        from lakeshell.delta.maintenance import vacuum_dry_run

        def found(paths: list[str]) -> Text:
            self._doomed = paths
            return doomed_text(paths, facts.name)

        self._start(
            facts,
            "VACUUM … DRY RUN",
            lambda session, sink: vacuum_dry_run(session, facts.delta(session), sink=sink),
            found,
        )

    def _keep(self, facts: TableFacts) -> None:
        self._doomed = []
        self.query_one("#upkeep-result", Static).update("")
        self._enable()

    def _ask_vacuum(self, facts: TableFacts) -> None:
        from lakeshell.delta.maintenance import vacuum
        from lakeshell.tui.screens.dialogs import TypeToConfirm

        count = how_many(self._doomed)

        def work(session: Session, sink: Sink) -> Text:
            vacuum(session, facts.delta(session), sink=sink)
            now = layout_line(facts.snapshot(session))
            return Text(f"{count} deleted. The current version keeps {now}.")

        def answered(agreed: bool | None) -> None:
            if agreed and self.doing is None:
                self._doomed = []
                self._start(facts, "VACUUM", work)

        question = (
            f"Delete {count} of {safe_text(facts.name)} for good? "
            "Versions that need them can no longer be read."
        )
        self.app.push_screen(TypeToConfirm(question, confirming_word(facts.parts[-1])), answered)

    def _analyze(self, facts: TableFacts) -> None:
        from lakeshell.delta.description import describe
        from lakeshell.delta.statistics import analyze

        def work(session: Session, sink: Sink) -> Text:
            analyze(session, facts.parts, sink=sink)
            counted = describe(session, facts.parts).details.get("Statistics", "")
            return Text(shown(f"Spark knows now: {counted}" if counted else "Spark has counted."))

        self._start(facts, "ANALYZE", work)

    def _profile(self, facts: TableFacts) -> None:
        self.post_message(TextRunRequested(f"%profile {facts.name}"))

    def _ask_property(self, facts: TableFacts) -> None:
        from lakeshell.delta.properties import parse_property, set_property
        from lakeshell.tui.screens.dialogs import Ask

        def answered(text: str | None) -> None:
            if not text or self.doing is not None:
                return
            try:
                name, value = parse_property(text)
            except LakeshellError as error:
                self._report(facts, error_text(error))
                return

            def work(session: Session, _: Sink) -> Text:
                set_property(session, facts.parts, name, value)
                return Text(shown(f"{name} = {value}"))

            self._start(facts, "SET TBLPROPERTIES", work)

        known = [f"{k} = {v}" for k, v in sorted(self._properties().items())]
        suggestions = (*known[:_MOST_PROPERTIES], *_OFTEN_SET)
        self.app.push_screen(Ask("Property: name = value", suggestions=suggestions), answered)

    def _choose_property(self, facts: TableFacts) -> None:
        from lakeshell.delta.properties import unset_property
        from lakeshell.tui.screens.dialogs import Choose

        properties = sorted(self._properties().items())[:_MOST_PROPERTIES]
        if not properties:
            self._report(facts, Text("No property is set."))
            return

        def answered(number: str | None) -> None:
            if number is None or self.doing is not None:
                return
            name = properties[int(number)][0]

            def work(session: Session, _: Sink) -> Text:
                unset_property(session, facts.parts, name)
                return Text(shown(f"{name} is no longer set."))

            self._start(facts, "UNSET TBLPROPERTIES", work)

        # An id is a number: a property may be called anything.
        options = [(str(i), shown(f"{k} = {v}")) for i, (k, v) in enumerate(properties)]
        self.app.push_screen(Choose("Unset which property?", options), answered)

    def _properties(self) -> dict[str, str]:
        """Those that a person has set: constraints and the protocol are changed otherwise."""
        properties = self._found.properties if self._found is not None else {}
        hidden = ("delta.constraints.", "delta.minReader", "delta.minWriter", "transient_lastDdl")
        return {k: v for k, v in properties.items() if not k.startswith(hidden)}

    # How it goes
    def _start(
        self,
        facts: TableFacts,
        doing: str,
        work: Callable[[Session, Sink], Any],
        draw: Callable[[Any], Text] = lambda done: done,
    ) -> None:
        self.doing, self._doing_to = doing, facts
        self._progress, self._began = None, time.monotonic()
        self._enable()
        self._turn()
        self.run_worker(self._act(facts, doing, work, draw), group="act")

    async def _act(
        self,
        facts: TableFacts,
        doing: str,
        work: Callable[[Session, Sink], Any],
        draw: Callable[[Any], Text],
    ) -> None:
        self._call = SparkCall(self._bench, work, on_event=self._hear)
        try:
            done = await self._call.result()
            seconds = time.monotonic() - self._began
            title = Text(f"✓ {shown(doing)} in {seconds:.1f} s", style="bold")
            report = joined([title, draw(done)])
        except Interrupted:
            report = Text(f"{shown(doing)} was stopped.", style="yellow")
        except LakeshellError as error:
            report = error_text(error)
        finally:
            self.doing = self._call = None
        self._report(facts, report)
        self._enable()
        self.post_message(self.TableChanged())

    def _hear(self, event: Event) -> None:
        if isinstance(event, Progress):
            self._progress = event

    def _turn(self) -> None:
        if self.doing is None:
            return
        connection = self._bench.connection
        told = f"{shown(self.doing)} … {time.monotonic() - self._began:.0f} s"
        if self._doing_to is not None and not self._is_shown(self._doing_to):
            told = f"{shown(self._doing_to.name)}: {told}"
        if connection.session is None:
            told += f", {safe_text(connection.doing)}"
        elif self._progress is not None and self._progress.tasks_total:
            told += f", {self._progress.tasks_done} of {self._progress.tasks_total} tasks"
        self.query_one("#upkeep-result", Static).update(Text(told))

    def _report(self, facts: TableFacts, report: Text) -> None:
        """Below the buttons; as a message when another table is looked at by now."""
        result = self.query_one("#upkeep-result", Static)
        if self._is_shown(facts):
            result.update(report)
        else:
            result.update("")
            self._doomed = []
            self._bench.notify(f"{safe_text(facts.name)}: {report.plain}", "info")

    def _is_shown(self, facts: TableFacts) -> bool:
        return self.facts is not None and self.facts.parts == facts.parts

    def _enable(self) -> None:
        busy = self.doing is not None
        stop = self.query_one("#stop", Button)
        had_focus = self.has_focus_within
        for button in self.query(Button):
            button.disabled = busy and button is not stop
        stop.display = busy
        # The button that was pressed cannot keep the focus, and escape is to reach the dock.
        if had_focus:
            (stop if busy else next(b for b in self.query(Button) if b.display)).focus()
        self.query_one("#upkeep-doomed").display = bool(self._doomed) and not busy


def layout_text(snapshot: Snapshot | None, name: str) -> Text:
    """What there is to maintain, and what is recommended."""
    if snapshot is None:
        return Text("It is no Delta table: OPTIMIZE and VACUUM are not for it.", style="dim")
    from lakeshell.delta.files import small_file_warning

    lines = [Text(layout_line(snapshot), style="bold")]
    warning = small_file_warning(snapshot.files, name)
    if warning:
        lines.append(Text(f"⚠ {shown(warning)}", style="yellow"))
    return joined(lines)


def change_text(before: Snapshot, after: Snapshot) -> Text:
    """The files before and after, as sums and by size."""
    if before.version == after.version:
        return Text("There was nothing to merge.")
    return joined(
        [
            Text(f"before: {layout_line(before)}"),
            Text(f"after:  {layout_line(after)}"),
            Text(),
            heading("Sizes before"),
            *histogram(before.files),
            heading("Sizes after"),
            *histogram(after.files),
        ]
    )


def how_many(paths: list[str]) -> str:
    """`3 files`; `1,000 files or more` where the dry run stops naming them."""
    from lakeshell.delta.maintenance import DRY_RUN_LIMIT
    from lakeshell.delta.wording import counted

    return counted(len(paths), "file") + (" or more" if len(paths) >= DRY_RUN_LIMIT else "")


def doomed_text(paths: list[str], name: str) -> Text:
    """What a VACUUM would delete."""
    if not paths:
        return Text(
            "There is nothing to delete: every file is used, or was until a short while ago. "
            f"%vacuum {shown(name)} --retain HOURS looks closer.",
        )
    lines = [Text(f"{how_many(paths)} would be deleted:")]
    lines += [Text(shown(_tail(path)), style="dim") for path in paths[:_MOST_DOOMED]]
    if len(paths) > _MOST_DOOMED:
        lines.append(Text(f"and {len(paths) - _MOST_DOOMED:,} more", style="dim"))
    return joined(lines)


def _tail(path: str) -> str:
    """The end of a path, where files differ: the folder's name and the file's."""
    return "/".join(path.split("/")[-2:])


def error_text(error: LakeshellError) -> Text:
    """A failure in words, with its hint."""
    words = f"✗ {error.message}" + (f"\n{error.hint}" if error.hint else "")
    return Text(safe_text(words, multiline=True), style="red")
