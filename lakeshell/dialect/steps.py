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


@dataclass(frozen=True)
class Answer:
    """What carrying out a statement gave: rows, counts by Delta's names, or nothing.

    `metadata`: the rows describe objects instead of being the user's. `then`, if any, is a
    statement for Spark that has been found out on the way; its rows are the answer.
    """

    table: pa.Table | None = None
    metrics: Mapping[str, int] = field(default_factory=dict)
    metadata: bool = False
    then: str = ""


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
