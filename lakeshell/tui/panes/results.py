"""What a run gave: Results, Chart, Messages, Plan and Progress of the active editor tab."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textual import on
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.widget import Widget

from lakeshell.errors import LakeshellError, Position
from lakeshell.render.safe_text import fit, safe_text
from lakeshell.session.result import Result
from lakeshell.tui.keys import bindings
from lakeshell.tui.messages import (
    ExplainRequested,
    PlaceChosen,
    RunEvent,
    RunFinished,
    RunStarted,
)
from lakeshell.tui.panes.results_bars import Label, LabelBar
from lakeshell.tui.panes.results_export import ResultsExport
from lakeshell.tui.panes.results_fetch import ResultsFetch
from lakeshell.tui.panes.results_lines import LinesView
from lakeshell.tui.panes.results_messages import message_items
from lakeshell.tui.panes.results_model import PARTS, Output, TabResults
from lakeshell.tui.panes.results_plan import plan_items
from lakeshell.tui.panes.results_progress import progress_items
from lakeshell.tui.panes.results_views import OutputViews
from lakeshell.tui.panes.results_watch import ResultsWatch
from lakeshell.tui.panes.results_words import empty_items, muted_item, status_words
from lakeshell.tui.widgets.chart import ChartView
from lakeshell.tui.widgets.spinner import spinner
from lakeshell.tui.workbench import Workbench

if TYPE_CHECKING:
    from lakeshell.tui.widgets.grid import ResultGrid

EXPLAIN = "EXPLAIN FORMATTED "
EXPLAINING = "<explain>"  # the name of a source that is only explained

_TICK = 0.1  # seconds
_SHOW_PROGRESS = 1.0  # seconds that a statement runs before its progress is shown
_TITLE = 20  # cells
_REST = 2.0  # times as long as a drawing took, the interface does other things
_NAMES = {part: f"{number} {part.capitalize()}" for number, part in enumerate(PARTS, 1)}
_SHORT = {
    "results": "1 Res", "chart": "2 Cht", "messages": "3 Msg",
    "plan": "4 Plan", "progress": "5 Prog",
}  # fmt: skip


class ResultsPane(ResultsFetch, ResultsExport, ResultsWatch, Vertical, can_focus=True):
    """Keeps what the runs of every editor tab gave, and shows that of the active one.

    Posts PlaceChosen and ExplainRequested.
    """

    BINDINGS = bindings("results")

    def __init__(self, bench: Workbench) -> None:
        super().__init__(id="results")
        self._bench = bench
        self._all: dict[str, TabResults] = {}
        self._tab = ""
        self._views = OutputViews(lambda view: self.query_one("#results-body").mount(view))
        self._is_dirty = True
        self._turn = 0
        self._rests_until = 0.0  # on the monotonic clock
        self.begin_watch()
        self.begin_fetch()
        self.bar = LabelBar(id="results-bar")
        self.strip = LabelBar(id="results-strip")
        self.chart = ChartView()
        self.messages = LinesView(id="results-messages")
        self.plan = LinesView(id="results-plan")
        self.progress = LinesView(id="results-progress")
        self.empty = LinesView(id="results-empty")

    def compose(self) -> ComposeResult:
        """Parts, outputs, and what is in front."""
        yield self.bar
        yield self.strip
        with Container(id="results-body"):
            yield self.empty
            yield self.chart
            yield self.messages
            yield self.plan
            yield self.progress

    def on_mount(self) -> None:
        """Draw what changes, a few times a second."""
        self.set_interval(_TICK, self._tick)
        self.draw()

    # What the main screen calls
    def show_tab(self, tab: str) -> None:
        """Show what belongs to that editor tab."""
        self._tab = tab
        self.draw()

    def close_tab(self, tab: str) -> None:
        """Drop what belongs to an editor tab that is gone."""
        if (gone := self._all.pop(tab, None)) is not None:
            for output in gone.outputs:
                self._views.drop(output.id)
        self.stop_fetching(tab)
        self.draw()

    def run_started(self, started: RunStarted) -> None:
        """A run of a tab begins: what the last one gave is replaced, unless it is pinned."""
        tab = self.results_of(started.tab)
        run = self._bench.runs.get(started.tab)
        source, row, column = None, 1, 1
        if run is not None and run.number == started.number:
            request = run.request
            source, row, column = request.source, request.first_line, request.first_column
        tab.explaining = source is not None and source.name == EXPLAINING
        if tab.explaining:
            tab.begin(started.number, source, row, column)
            tab.statements = []
            tab.part = "plan"
        else:
            tab.start(started.number, source, row, column)
            tab.explained = None
            tab.plans = {tag: plans for tag, plans in tab.plans.items() if _has_tag(tab, tag)}
            tab.part = "results" if tab.part == "progress" else tab.part
            self._drop_views_of_gone()
        if not self._zone:
            self.learn_time_zone()
        self._is_dirty = True
        if self._tab == "":
            self._tab = started.tab
        self.draw()

    def run_event(self, message: RunEvent) -> None:
        """A result, text, a remark, a failure, or how far it is."""
        tab = self.results_of(message.tab)
        if message.number != tab.run:
            return
        tab.event(message.event)
        if isinstance(message.event, Result) and tab.explaining:
            self.take_explained(tab, message.event)
        self._is_dirty = True

    def run_finished(self, finished: RunFinished) -> None:
        """It is over."""
        tab = self.results_of(finished.tab)
        if finished.number != tab.run:
            return
        tab.finish(finished.error, finished.elapsed)
        self._return(tab)
        if tab.error is not None and not tab.chosen:
            tab.part = "results" if not tab.explaining else "messages"
        tab.explaining = False
        self._drop_views_of_gone()
        self.draw()

    def focus(self, scroll_visible: bool = True) -> ResultsPane:
        """The keys go to what is in front."""
        self._focus_front()
        return self

    def on_focus(self) -> None:
        """It holds the focus only until what is in front is there."""
        self.call_after_refresh(self._pass_focus)

    def _pass_focus(self) -> None:
        if self.has_focus:
            self._focus_front()

    def _focus_front(self) -> None:
        if not self.is_attached:
            return
        target = self.focus_target
        if target.is_attached and target.focusable:
            self.screen.set_focus(target, scroll_visible=False)
        else:
            # A grid that is just being made; keys must not go to another pane meanwhile.
            self.screen.set_focus(self, scroll_visible=False)
            self.call_after_refresh(self._pass_focus)

    @property
    def focus_target(self) -> Widget:
        """The widget that takes the keys of what is in front."""
        from lakeshell.tui.widgets.grid import ResultGrid

        front = self.front
        if isinstance(front, ResultGrid):
            return front.body
        return self.chart.lines if front is self.chart else front

    @property
    def status_text(self) -> str:
        """What is in front, in a few words: rows, whether there are more, time. Safe text."""
        return status_words(self.current)

    # What is looked at
    @property
    def current(self) -> TabResults:
        """The results of the active editor tab."""
        return self.results_of(self._tab)

    def results_of(self, tab: str) -> TabResults:
        """The results of an editor tab."""
        if tab not in self._all:
            self._all[tab] = TabResults(tab)
        return self._all[tab]

    @property
    def front(self) -> Widget:
        """The widget in front."""
        tab = self.current
        if tab.part != "results":
            return {
                "chart": self.chart,
                "messages": self.messages,
                "plan": self.plan,
                "progress": self.progress,
            }[tab.part]
        output = tab.output
        return self.empty if output is None else self._views.of(output, self.time_zone)

    @property
    def grid(self) -> ResultGrid | None:
        """The grid of the output in front; None when that is no rows."""
        output = self.current.output
        return self._views.grid_of(output) if output is not None else None

    # Drawing
    def mark_dirty(self) -> None:
        """Draw soon."""
        self._is_dirty = True

    def _tick(self) -> None:
        tab = self.current
        self._turn += 1
        if tab.is_running:
            statement = tab.statements[-1] if tab.statements else None
            since = statement.began if statement is not None else tab.began
            slow = time.monotonic() - since > _SHOW_PROGRESS
            runs = statement is not None and statement.outcome == "running" and not tab.has_given
            if slow and runs and tab.part == "results" and not tab.chosen:
                tab.part, tab.returns = "progress", True
                self._is_dirty = True
            self._is_dirty = self._is_dirty or self._turn % 2 == 0
            self.watch_stages(tab)
        if self.is_fetching:
            self._is_dirty = True
        is_over = bool(tab.statements) and tab.statements[-1].outcome != "running"
        if tab.returns and (is_over or tab.has_given):
            self._return(tab)
        now = time.monotonic()
        if self._is_dirty and now >= self._rests_until:
            self.draw()
            self._rests_until = now + (1 + _REST) * (time.monotonic() - now)

    def _return(self, tab: TabResults) -> None:
        if tab.returns:
            tab.returns = False
            if tab.part == "progress":
                tab.part = "results"
            self._is_dirty = True

    def draw(self) -> None:
        """Show the state of the active tab."""
        if not self.is_mounted or not self.is_attached:
            return
        self._is_dirty = False
        tab = self.current
        had_focus = self.has_focus_within
        self._draw_bars(tab)
        front = self.front
        if had_focus and not front.has_focus_within:
            # Hiding what has the focus would give it to another pane.
            self.screen.set_focus(self, scroll_visible=False)
        for view in [*self._views.all(), self.empty, self.chart, self.messages, self.plan,
                     self.progress]:  # fmt: skip
            view.display = view is front
        width = max(self.content_size.width, 20)
        if front is self.messages:
            self.messages.show(message_items(tab) or [muted_item("Nothing has been run yet.")])
        elif front is self.progress:
            self.progress.show(progress_items(tab, width))
        elif front is self.plan:
            self._draw_plan(tab)
        elif front is self.chart:
            self._draw_chart(tab)
        elif front is self.empty:
            self.empty.show(empty_items(tab))
        elif tab.output is not None:
            self._views.draw(tab.output, self.content_size.width)
        if had_focus and not front.has_focus_within:
            self._focus_front()

    def _draw_bars(self, tab: TabResults) -> None:
        labels = [Label(part, _NAMES[part], short=_SHORT[part]) for part in PARTS]
        note, role = self.status_text, "note"
        if self.is_fetching or tab.is_running:
            note = self.fetch_text if self.is_fetching else note
            note, role = f"{spinner(self._turn)} {note}", "accent"
        elif tab.part == "results" and tab.output is not None:
            result = tab.output.result
            if result is not None and result.truncated:
                note, role = f"{note} · a: all, m: more", "warning"
        self.bar.show(labels, tab.part, note, role)
        outputs = [
            Label(
                str(output.id),
                f"{output.number} {fit(safe_text(output.title), _TITLE)}",
                "◆" if output.pinned else "✗" if isinstance(output.body, LakeshellError) else "",
                "accent" if output.pinned else "error",
                closable=True,
            )
            for output in tab.outputs
        ]
        self.strip.display = len(outputs) > 1 or any(output.pinned for output in tab.outputs)
        active = tab.output
        self.strip.show(outputs, str(active.id) if active is not None else "")

    # Outputs
    def replace_result(self, tab: TabResults, output: Output, result: Result) -> None:
        """More rows of an output have come."""
        output.body = result
        self._views.extend(output, result)
        self.draw()

    def _drop_views_of_gone(self) -> None:
        self._views.keep({output.id for tab in self._all.values() for output in tab.outputs})

    # Chart and plan
    def _draw_chart(self, tab: TabResults) -> None:
        output = tab.output
        result = output.result if output is not None else None
        table = result.table if result is not None else None
        chart = None
        # The choice of the tab counts as long as the columns are the same.
        if table is not None and tuple(table.column_names) == tab.chart_columns:
            chart = tab.chart
        truncated = result is not None and result.truncated
        self.chart.show(table, chart, time_zone=self.time_zone, truncated=truncated)

    @on(ChartView.Changed)
    def _chart_changed(self, message: ChartView.Changed) -> None:
        message.stop()
        tab = self.current
        result = tab.output.result if tab.output is not None else None
        if result is not None and result.table is not None:
            tab.chart, tab.chart_columns = message.chart, tuple(result.table.column_names)

    def _draw_plan(self, tab: TabResults) -> None:
        if tab.explained is not None:
            plans = [tab.explained]
        else:
            statement = tab.statement
            if statement is None:
                words = "Nothing has been run. alt+q explains the statement at the cursor."
                self.plan.show([muted_item(words)])
                return
            self.watch_plan(tab, statement)
            plans = tab.plans.get(statement.tag, [])
            if not plans:
                self.plan.show([muted_item(self.plan_remark(tab, statement))])
                return
        opened = {key[1:] for key in tab.folded if key[0] == "opened"}
        closed = {key[1:] for key in tab.folded if key[0] == "closed"}
        items = plan_items(
            plans,
            {("node", *key) for key in closed},
            {("node", *key) for key in opened},
        )
        self.plan.show(items)

    @on(LinesView.Chosen)
    def _line_chosen(self, message: LinesView.Chosen) -> None:
        message.stop()
        key = message.key
        if isinstance(key, tuple) and key[0] == "place" and isinstance(key[1], Position):
            self.post_message(PlaceChosen(self._tab, key[1]))
        elif isinstance(key, tuple) and key[0] == "node":
            self._fold(("opened", key[1], key[2]), None)

    @on(LinesView.Folded)
    def _line_folded(self, message: LinesView.Folded) -> None:
        message.stop()
        key = message.key
        if isinstance(key, tuple) and key[0] == "node":
            is_closed = None if message.open is None else not message.open
            self._fold(("closed", key[1], key[2]), is_closed)

    def _fold(self, key: tuple[str, int, int], on: bool | None) -> None:
        folded = self.current.folded
        if on is None:
            on = key not in folded
        (folded.add if on else folded.discard)(key)
        self.draw()

    # Bars
    @on(LabelBar.Wanted)
    def _bar_clicked(self, message: LabelBar.Wanted) -> None:
        message.stop()
        if message.bar is self.bar:
            if message.what == "note":
                output = self.current.output
                if output is not None and output.result is not None and output.result.truncated:
                    self.action_fetch_all()
            elif message.key:
                self.action_show_part(message.key)
        elif message.what == "close":
            self._close(int(message.key))
        elif message.what == "choose":
            self.current.active = int(message.key)
            self.current.chosen = True
            if self.current.part == "progress":
                self.current.part = "results"
            self.draw()
            self.focus()

    # Keys
    def action_show_part(self, part: str) -> None:
        """Bring a part to the front."""
        tab = self.current
        tab.part, tab.chosen, tab.returns = part, True, False
        self.draw()
        self.focus()

    def action_step_output(self, by: int) -> None:
        """To the next result, from the last to the first."""
        tab = self.current
        tab.step(by)
        tab.chosen = True
        if tab.part == "progress":
            tab.part = "results"
        self.draw()
        self.focus()

    def action_pin(self) -> None:
        """Keep the result in front when the tab runs again, or no longer."""
        output = self.current.output
        if output is None:
            raise SkipAction
        output.pinned = not output.pinned
        self.draw()

    def action_close_output(self) -> None:
        """Close the result in front."""
        output = self.current.output
        if output is None:
            raise SkipAction
        self._close(output.id)

    def _close(self, id: int) -> None:
        had_focus = self.has_focus_within
        self.current.close(id)
        self._views.drop(id)
        self.draw()
        if had_focus:
            self.focus()

    def action_explain(self) -> None:
        """Show the plan of the statement at the editor's cursor, without running it."""
        self.post_message(ExplainRequested())


def _has_tag(tab: TabResults, tag: str) -> bool:
    return any(output.statement.tag == tag for output in tab.outputs)
