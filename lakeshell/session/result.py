"""What a statement gives: rows as an Arrow table, metrics, and the events on the way there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Union

from lakeshell.errors import LakeshellError

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Result:
    """The outcome of one statement, cell output or command.

    `table` holds the rows in Arrow (column names may repeat), or None where the statement has no
    rows to show (DDL, DML). `truncated` is True when more rows exist than were fetched. `elapsed`
    is in seconds. `metrics` are counts by Delta's names (``num_inserted_rows`` …). `title` names
    the result where a face shows several. `metadata` is True where the values describe objects
    (DESCRIBE, SHOW, EXPLAIN) rather than being the user's rows. `tag` marks the statement's Spark
    jobs and executions; empty where lakeshell did not send it itself.
    """

    table: pa.Table | None
    truncated: bool = False
    elapsed: float = 0.0
    metrics: Mapping[str, int] = field(default_factory=dict)
    title: str | None = None
    metadata: bool = False
    tag: str = ""

    @property
    def row_count(self) -> int:
        """Rows in `table` (after cutting), 0 without one."""
        return 0 if self.table is None else int(self.table.num_rows)


@dataclass(frozen=True)
class Started:
    """A statement or cell begins; `text` is what will run, `index` counts from 1 in its source."""

    text: str
    index: int
    language: str


@dataclass(frozen=True)
class Stage:
    """How far a Spark stage is; `bytes_read` in bytes."""

    id: int
    tasks_done: int
    tasks_total: int
    bytes_read: int
    done: bool


@dataclass(frozen=True)
class Progress:
    """How far a running statement is; a later one replaces an earlier one.

    Counts are of the whole operation so far; `elapsed` in seconds, `bytes_read` in bytes. `tag` as
    in Result. `doing`: a command's own words, told instead of stages and tasks.
    """

    stages_done: int
    stages_total: int
    tasks_done: int
    tasks_total: int
    tasks_running: int
    bytes_read: int
    elapsed: float
    can_replace: bool = True
    stages: tuple[Stage, ...] = ()
    tag: str = ""
    doing: str = ""

    @property
    def fraction(self) -> float:
        """Share of the tasks known so far that are done, 0 to 1."""
        return self.tasks_done / self.tasks_total if self.tasks_total else 0.0


@dataclass(frozen=True)
class Text:
    """Plain text that is a result: printed by a cell, or by a command."""

    text: str


@dataclass(frozen=True)
class Html(Text):
    """A page or a piece of one; `text` is what a terminal shows of it."""

    html: str


@dataclass(frozen=True)
class Notice:
    """A remark for the person at the shell, never part of the results."""

    text: str
    level: str = "info"  # info | warning


@dataclass(frozen=True)
class Figure(Notice):
    """A figure that a cell has drawn; `path` is its file, a PNG or a page of HTML."""

    path: str = ""


@dataclass(frozen=True)
class Failed:
    """A statement, cell or command failed; `error` is already placed in the user's file."""

    error: LakeshellError


Event = Union[Started, Progress, Result, Text, Notice, Failed]
Sink = Callable[[Event], None]
