"""Fetching more rows of a result that was cut: its query runs again with a higher limit."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual import on
from textual.actions import SkipAction
from textual.message import Message
from textual.widget import Widget

from lakeshell.dialect.secrets_read import values_read
from lakeshell.errors import Interrupted, LakeshellError
from lakeshell.notebooks.redaction import conceal, shown_rows
from lakeshell.render.metrics import format_seconds
from lakeshell.render.safe_text import fit
from lakeshell.session.result import Result
from lakeshell.tui.threads import in_background

if TYPE_CHECKING:
    from lakeshell.tui.panes.results_model import Output, TabResults
    from lakeshell.tui.workbench import Workbench

_TIMES = 10  # as many rows as there are
_MOST_ROWS = 5_000_000  # in memory; an export writes them all


@dataclass
class MoreCame(Message, bubble=False):
    """More rows of an output, or why there are none."""

    tab: str
    output: int
    result: Result | None
    error: str = ""


class ResultsFetch(Widget):
    """The part of the results pane that fetches more rows."""

    _bench: Workbench

    if TYPE_CHECKING:

        @property
        def current(self) -> TabResults: ...

        def results_of(self, tab: str) -> TabResults: ...

        def replace_result(self, tab: TabResults, output: Output, result: Result) -> None: ...

        def draw(self) -> None: ...

    def begin_fetch(self) -> None:
        """Nothing is fetched yet."""
        self._fetching = ""  # the tab
        self._fetch_began = 0.0
        self._fetch_thread: int | None = None
        self._fetch_stopped = threading.Event()

    @property
    def is_fetching(self) -> bool:
        """Whether rows are being fetched."""
        return bool(self._fetching)

    @property
    def fetch_text(self) -> str:
        """What is being done."""
        return f"fetching, {format_seconds(time.monotonic() - self._fetch_began)} (escape stops)"

    def action_fetch_more(self) -> None:
        """Ten times as many rows."""
        self._fetch(_TIMES)

    def action_fetch_all(self) -> None:
        """All rows there are, as long as they are not too many for memory."""
        self._fetch(_MOST_ROWS)

    def action_stop_fetch(self) -> None:
        """Leave the rows as they are."""
        if not self._fetching:
            raise SkipAction
        self.stop_fetching(self._fetching)

    def stop_fetching(self, tab: str) -> None:
        """Stop what is fetched for a tab."""
        if self._fetching == tab and tab:
            self._fetch_stopped.set()
            session, thread = self._bench.connection.session, self._fetch_thread
            if session is not None and thread is not None:
                in_background(lambda: session.cancel(thread), "cancel")

    def _fetch(self, times: int) -> None:
        from lakeshell.sql.classify import classify

        tab = self.current
        output = tab.output
        result = output.result if output is not None else None
        if output is None or result is None or not result.truncated:
            self.notify("All rows are here.")
            return
        statement = output.statement
        if statement.language != "sql" or not classify(statement.text).can_limit:
            sentence = "Only a query can be run again for more rows; set a higher limit instead."
            self.notify(sentence, severity="warning")
            return
        if result.row_count >= _MOST_ROWS:
            self.notify("More rows are too many for memory; export writes all.", severity="warning")
            return
        if self._fetching:
            self.notify("Rows are being fetched already.")
            return
        self._fetching, self._fetch_began = tab.tab, time.monotonic()
        self._fetch_stopped.clear()
        limit = min(times * max(result.row_count, 1), _MOST_ROWS)
        text, id, name = statement.text, output.id, tab.tab
        title = result.title

        def fetch() -> None:
            self._fetch_thread = threading.get_ident()
            try:
                bound = self.bound_text(tab, text)
                session = self._bench.session
                if self._fetch_stopped.is_set():
                    raise Interrupted
                more = session.execute(bound, limit=limit, timeout=None)
                more = shown_rows(more, values_read(self._bench.home))
                message = MoreCame(name, id, replace(more, title=title))
            except Interrupted:
                message = MoreCame(name, id, None, "Stopped; the rows are as they were.")
            except LakeshellError as error:
                conceal(error, values_read(self._bench.home))
                message = MoreCame(name, id, None, error.message)
            except Exception as error:
                message = MoreCame(name, id, None, f"{type(error).__name__}: {error}")
            self.post_message(message)

        in_background(fetch, "fetch")
        self.draw()

    def bound_text(self, tab: TabResults, text: str) -> str:
        """A statement with the tab's variables in it. Raises UsageError for one without a value."""
        from lakeshell.interpreter import HERE
        from lakeshell.sql.variables import bind

        interpreter = self._bench.interpreter(tab.tab)
        folder = str(tab.source.folder) if tab.source is not None else "."
        variables = {HERE: folder, **interpreter.variables}
        return bind(text, variables=variables, parameters=interpreter.parameters).text

    @on(MoreCame)
    def _more_came(self, message: MoreCame) -> None:
        self._fetching, self._fetch_thread = "", None
        tab = self.results_of(message.tab)
        output = next((one for one in tab.outputs if one.id == message.output), None)
        if message.result is None:
            self.notify(fit(message.error, 300), severity="warning")
        elif output is not None:
            self.replace_result(tab, output, message.result)
        self.draw()
