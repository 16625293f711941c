"""What the runs of one editor tab gave, as data: statements, outputs, which one is in front."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lakeshell.errors import Interrupted, LakeshellError, Position
from lakeshell.session.result import Event, Failed, Notice, Progress, Result, Started, Text
from lakeshell.tui.editor.run_text import placed

if TYPE_CHECKING:
    from lakeshell.interpreter import Source
    from lakeshell.render.charts import Chart
    from lakeshell.tui.panes.results_plan import Plan

PARTS = ("results", "chart", "messages", "plan", "progress")

MOST_OUTPUTS = 200  # of a run; the oldest go first
MOST_TEXT = 4_000_000  # characters of one output that are kept
MOST_NOTICES = 1_000  # of a statement

_ids = itertools.count(1)


@dataclass
class Statement:
    """One statement, cell or command of a run, and what became of it.

    `position` is its place in the tab's text, None when it is not in it (a nested run). `outcome`
    is running, ok, failed, cancelled or not run. `elapsed` in seconds.
    """

    number: int
    text: str
    language: str = "sql"
    position: Position | None = None
    outcome: str = "running"
    elapsed: float = 0.0
    results: list[Result] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    error: LakeshellError | None = None
    error_position: Position | None = None
    tag: str = ""
    began: float = field(default_factory=time.monotonic)

    @property
    def first_line(self) -> str:
        """The first line of its text that holds anything."""
        lines = (line.strip() for line in self.text[:2_000].split("\n"))
        return next((line for line in lines if line and not line.startswith("--")), self.text[:200])


@dataclass
class Output:
    """One result of a run: `body` is rows, text or an error. `title` without a number."""

    statement: Statement
    body: Result | list[str] | LakeshellError
    number: str
    title: str
    pinned: bool = False
    id: int = field(default_factory=lambda: next(_ids))
    revision: int = 0  # of its text
    characters: int = 0
    shortened: bool = False

    @property
    def result(self) -> Result | None:
        """Its rows; None for text and errors."""
        return self.body if isinstance(self.body, Result) else None


@dataclass
class TabResults:
    """Everything that one editor tab has to show. `first_line` and `first_column` are where its
    last source begins in the tab's text; `source` is that."""

    tab: str
    outputs: list[Output] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    active: int = 0  # id of the output in front; 0: the latest
    part: str = "results"
    run: int = 0
    is_running: bool = False
    began: float = 0.0
    elapsed: float = 0.0
    progress: Progress | None = None
    stages: list[dict[str, Any]] = field(default_factory=list)
    stages_tag: str = ""
    error: LakeshellError | None = None
    source: Source | None = None
    first_line: int = 1
    first_column: int = 1
    explaining: bool = False
    returns: bool = False  # to Results, when the statement is over
    chosen: bool = False  # the person chose a part during this run
    dropped: int = 0
    chart: Chart | None = None
    chart_columns: tuple[str, ...] = ()
    plans: dict[str, list[Plan]] = field(default_factory=dict)
    explained: Plan | None = None
    folded: set[tuple[str, int, int]] = field(default_factory=set)
    _find_from: int = 0

    # What is looked at
    @property
    def output(self) -> Output | None:
        """The output in front."""
        for output in self.outputs:
            if output.id == self.active:
                return output
        return self.outputs[-1] if self.outputs else None

    @property
    def statement(self) -> Statement | None:
        """The statement that the output in front is of; else the latest one."""
        output = self.output
        if output is not None and not self.is_running:
            return output.statement
        if self.statements:
            return self.statements[-1]
        return output.statement if output is not None else None

    @property
    def has_given(self) -> bool:
        """Whether the latest statement has given something to look at."""
        last = self.statements[-1] if self.statements else None
        return any(output.statement is last for output in self.outputs)

    def step(self, by: int) -> None:
        """The output after or before, from the last to the first."""
        output = self.output
        if output is not None:
            at = self.outputs.index(output) + by
            self.active = self.outputs[at % len(self.outputs)].id

    def close(self, id: int) -> None:
        """Drop an output; its neighbour comes to the front."""
        at = next((n for n, output in enumerate(self.outputs) if output.id == id), None)
        if at is None:
            return
        was = self.output
        del self.outputs[at]
        if was is not None and was.id == id and self.outputs:
            self.active = self.outputs[min(at, len(self.outputs) - 1)].id

    # What happens
    def start(self, run: int, source: Source | None, line: int, column: int) -> None:
        """A run begins: only what is pinned stays."""
        self.outputs = [output for output in self.outputs if output.pinned]
        self.statements = []
        self.begin(run, source, line, column)

    def begin(self, run: int, source: Source | None, line: int, column: int) -> None:
        """A run begins, and what was there stays."""
        self.run, self.source, self.first_line, self.first_column = run, source, line, column
        self.is_running, self.began, self.elapsed = True, time.monotonic(), 0.0
        self.progress, self.stages, self.stages_tag, self.error = None, [], "", None
        self.returns = self.chosen = False
        self.dropped = self._find_from = self.active = 0

    def event(self, event: Event) -> None:
        """What a run gives on its way."""
        if isinstance(event, Progress):
            self.progress = event
            if event.tag and self.statements:
                self.statements[-1].tag = event.tag
        elif isinstance(event, Started):
            self._started(event)
        elif isinstance(event, Failed):
            self._failed(event.error)
        else:
            statement = self._current()
            if isinstance(event, Notice):
                if len(statement.notices) < MOST_NOTICES:
                    statement.notices.append(event)
            elif isinstance(event, Text):
                self._text(statement, event.text)
            else:
                self._result(statement, event)

    def finish(self, error: LakeshellError | None, elapsed: float) -> None:
        """The run is over."""
        self.is_running, self.elapsed = False, elapsed
        if error is not None and self.error is not error:
            self._failed(error)
        for statement in self.statements:
            _end(statement)

    def placed(self, position: Position | None) -> Position | None:
        """A place in the source that ran, as a place in the tab's text."""
        return None if position is None else placed(position, self.first_line, self.first_column)

    def _current(self) -> Statement:
        if not self.statements:
            self.statements.append(Statement(1, self.source.text if self.source else ""))
        return self.statements[-1]

    def _started(self, event: Started) -> None:
        if self.statements:
            _end(self.statements[-1])
        self.progress = None
        number = len(self.statements) + 1
        statement = Statement(number, event.text, event.language, self._place(event.text))
        self.statements.append(statement)

    def _place(self, text: str) -> Position | None:
        """Statements come in their order: each is looked for behind the one before."""
        source = self.source.text if self.source is not None else ""
        at = source.find(text, self._find_from) if text else -1
        if at < 0:
            return None
        self._find_from = at + len(text)
        before = source[:at]
        line = before.count("\n") + 1
        return self.placed(Position(line, at - (before.rfind("\n") + 1) + 1))

    def _failed(self, error: LakeshellError) -> None:
        if error is self.error:
            return  # the command that ran the file that failed
        self.error = error
        statement = self._current()
        statement.error = error
        # A notebook that this text runs has lines of its own.
        elsewhere = self.source is not None and getattr(error, "source", None) not in (
            None, self.source.name
        )  # fmt: skip
        position = None if elsewhere else getattr(error, "position", None)
        statement.error_position = self.placed(position)
        _end(statement, "cancelled" if isinstance(error, Interrupted) else "failed")
        if not isinstance(error, Interrupted):
            self._add(statement, error, "error")

    def _text(self, statement: Statement, text: str) -> None:
        last = self.outputs[-1] if self.outputs else None
        if last is None or last.statement is not statement or not isinstance(last.body, list):
            last = self._add(statement, [], "text")
        assert isinstance(last.body, list)
        last.body.append(text)
        last.characters += len(text)
        while last.characters > MOST_TEXT and len(last.body) > 1:
            last.characters -= len(last.body.pop(0))
            last.shortened = True
        last.revision += 1

    def _result(self, statement: Statement, result: Result) -> None:
        statement.results.append(result)
        statement.tag = result.tag or statement.tag
        if self.explaining:
            return
        if result.table is not None:
            self._add(statement, result, result.title or statement.first_line)

    def _add(self, statement: Statement, body: Any, title: str) -> Output:
        before = sum(output.statement is statement for output in self.outputs)
        number = f"{statement.number}.{before + 1}" if before else f"{statement.number}"
        output = Output(statement, body, number, title)
        self.outputs.append(output)
        fresh = [one for one in self.outputs if not one.pinned]
        if len(fresh) > MOST_OUTPUTS:
            self.outputs.remove(fresh[0])
            self.dropped += 1
        if isinstance(body, LakeshellError):
            self.active = output.id
        return output


def _end(statement: Statement, outcome: str = "ok") -> None:
    if statement.outcome != "running":
        return
    statement.outcome = outcome
    told = sum(result.elapsed for result in statement.results)
    statement.elapsed = told or time.monotonic() - statement.began
