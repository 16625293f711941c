"""What becomes of a statement: other text for Spark, work of lakeshell's own, or a refusal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, Union

if TYPE_CHECKING:
    import pyarrow as pa

    from lakeshell.home import Home
    from lakeshell.sql.widgets import Widgets


class Engine(Protocol):
    """What carrying out a statement needs of the session it is run in."""

    @property
    def home(self) -> Home:
        """The lakehouse."""

    @property
    def widgets(self) -> Widgets:
        """Those of the notebook, or of the shell."""

    def execute(self, text: str) -> pa.Table | None:
        """Run a statement, in the dialect or not; its rows, None when it has none."""

    def rows(self, text: str) -> list[dict[str, Any]]:
        """Its rows as dictionaries."""

    def notice(self, text: str) -> None:
        """Tell the person something that is no result."""

    def stream_view(self, name: str, stream: Stream, how: str = "") -> None:
        """Make a temporary view that is a stream. `how`: nothing, `replace` or `global`, or both.

        Raises StatementError; its position is one in the stream's query.
        """

    def drain(self, writing: StreamWriting) -> str:
        """Run a stream until it has read what is there now; the id that its checkpoint gives it.

        It is stopped when the statement is cancelled or its time is over. Raises StatementError
        when it fails, in the words of what made it fail.
        """


@dataclass(frozen=True)
class StreamSource:
    """A data source of Spark's that is read as a stream. `schema` is DDL, empty where the source
    finds it out; `metadata`: its hidden column `_metadata` is one of the columns."""

    format: str
    path: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    schema: str = ""
    metadata: bool = False


@dataclass(frozen=True)
class Stream:
    """A query that gives a stream: it reads tables by STREAM and `sources` by these names.

    `given` is the statement that it was written in, `origin` finds the place in it of one in the
    query; without it that is not known.
    """

    query: str
    sources: Mapping[str, StreamSource] = field(default_factory=dict)
    given: str = ""
    origin: Callable[[int], int] | None = None


@dataclass(frozen=True)
class StreamWriting:
    """Where the rows of `query`, a plain one over a streaming view, go: they are appended to
    `table`, or kept in memory as the view `memory`, at most `limit` of them (0: all).

    `checkpoint` is a folder, `mode` append or complete, `columns_added`: new columns of the query
    become columns of the table. `name` is what lists of streams show.
    """

    query: str
    checkpoint: str
    table: str = ""
    memory: str = ""
    mode: str = "append"
    limit: int = 0
    columns_added: bool = False
    name: str = ""


@dataclass(frozen=True)
class Answer:
    """What carrying out a statement gave: rows, counts by Delta's names, or nothing.

    `metadata`: the rows describe objects instead of being the user's. `then`, if any, is a
    statement for Spark that has been found out on the way; its rows are the answer. So are those
    of `stream`, which Python gets as it is.
    """

    table: pa.Table | None = None
    metrics: Mapping[str, int] = field(default_factory=dict)
    metadata: bool = False
    then: str = ""
    stream: Stream | None = None


@dataclass(frozen=True)
class Edit:
    """Put `text` for what stands from `start` to `end`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Rewrite:
    """Spark is given the statement with these edits. `notices` tell what is ignored."""

    construct: str
    edits: Sequence[Edit]
    notices: Sequence[str] = ()


@dataclass(frozen=True)
class Action:
    """lakeshell carries it out itself."""

    construct: str
    run: Callable[[Engine], Answer]


@dataclass(frozen=True)
class Refusal:
    """It cannot be done on one machine, or not yet: the ledger says why."""

    construct: str


Step = Union[Rewrite, Action, Refusal]
