"""Asking the server, in threads, for the plan and the stages of a statement."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual import on
from textual.message import Message
from textual.widget import Widget

from lakeshell.dialect.secrets_read import values_read
from lakeshell.errors import LakeshellError
from lakeshell.notebooks.redaction import hidden
from lakeshell.session.plan import Plan, parse_explain, plans_of
from lakeshell.session.result import Result
from lakeshell.tui.threads import in_background

if TYPE_CHECKING:
    from lakeshell.tui.panes.results_model import Statement, TabResults
    from lakeshell.tui.workbench import Workbench

_AGAIN = 1.0  # seconds between two questions
_LATE = 4.0  # seconds after its end in which the figures of a statement may still come


@dataclass
class PlansCame(Message, bubble=False):
    """The plans of a statement, as far as the server knows them."""

    tab: str
    tag: str
    plans: list[Plan]


@dataclass
class StagesCame(Message, bubble=False):
    """The stages of a running statement."""

    tab: str
    tag: str
    stages: list[dict[str, Any]]


class ResultsWatch(Widget):
    """The part of the results pane that asks the server."""

    _bench: Workbench

    if TYPE_CHECKING:

        def results_of(self, tab: str) -> TabResults: ...

        def mark_dirty(self) -> None: ...

    def begin_watch(self) -> None:
        """Nothing has been asked yet."""
        self._asked: dict[str, tuple[float, float]] = {}  # tag: first, last
        self._stages_asked = 0.0

    def watch_stages(self, tab: TabResults) -> None:
        """Ask for the stages of what runs, once a second."""
        progress = tab.progress
        now = time.monotonic()
        if progress is None or not progress.tag or tab.part != "progress":
            return
        if now - self._stages_asked < _AGAIN:
            return
        self._stages_asked = now
        self._ask("stages", tab.tab, progress.tag)

    def watch_plan(self, tab: TabResults, statement: Statement) -> None:
        """Ask for the plans of a statement, again until their figures have come."""
        tag, now = statement.tag, time.monotonic()
        if not tag:
            return
        ended = statement.began + statement.elapsed + _LATE
        first, last = self._asked.get(tag, (0.0, 0.0))
        if first and last > ended and last > first + _LATE / 2 and statement.outcome != "running":
            return
        if now - last < _AGAIN:
            self.set_timer(_AGAIN, self.mark_dirty)
            return
        self._asked[tag] = (first or now, now)
        self._ask("executions", tab.tab, tag)
        self.set_timer(_AGAIN, self.mark_dirty)

    def plan_remark(self, tab: TabResults, statement: Statement) -> str:
        """Why there is no plan to show."""
        if not statement.tag:
            return "Spark ran nothing for this. e explains the statement at the cursor."
        first, last = self._asked.get(statement.tag, (0.0, 0.0))
        if last - first < _LATE / 2:
            return "Asking the server for the plan …"
        return "Spark needed no job for this, so it tells no figures. e explains the statement."

    def take_explained(self, tab: TabResults, result: Result) -> None:
        """The answer to EXPLAIN FORMATTED."""
        table = result.table
        text = table.column(0)[0].as_py() if table is not None and table.num_rows else ""
        tab.explained = parse_explain(str(text))
        tab.folded.clear()
        if tab.explained is None:
            self.notify(str(text)[:500], severity="warning")

    def _ask(self, what: str, tab: str, tag: str) -> None:
        def ask() -> None:
            session = self._bench.connection.session
            # Looking starts no server: that is left to the next statement.
            if session is None or session.is_remote or session.is_lost:
                return
            try:
                if what == "stages":
                    stages = session.control.stages(tag)
                    self.post_message(StagesCame(tab, tag, stages))
                else:
                    executions = session.control.executions(tag)
                    plans = plans_of(hidden(executions, values_read(session.home)))
                    self.post_message(PlansCame(tab, tag, plans))
            # Asked again, as long as somebody looks.
            except (LakeshellError, LookupError, TypeError, ValueError):
                return

        in_background(ask, what)

    @on(PlansCame)
    def _plans_came(self, message: PlansCame) -> None:
        tab = self.results_of(message.tab)
        if message.plans:
            tab.plans[message.tag] = message.plans
        self.mark_dirty()

    @on(StagesCame)
    def _stages_came(self, message: StagesCame) -> None:
        tab = self.results_of(message.tab)
        progress = tab.progress
        if progress is not None and progress.tag == message.tag:
            tab.stages, tab.stages_tag = message.stages, message.tag
        self.mark_dirty()
