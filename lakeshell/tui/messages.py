"""What panes say: messages go up the tree, to whoever knows the other panes.

A pane never reaches into another one. The main screen hears these and calls the methods of the
pane concerned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from lakeshell.session.result import Progress

if TYPE_CHECKING:
    from lakeshell.errors import LakeshellError, Position
    from lakeshell.interpreter import Source
    from lakeshell.session.result import Event


class TerminalGone(Message):
    """There is no terminal any more to draw on."""


class EditorReady(Message):
    """The editor has the keyboard."""


@dataclass
class RunRequested(Message):
    """Run `source` for the editor tab `tab`.

    `first_line` and `first_column`, from 1, are where the source begins in that tab's text, so
    that an error finds its place there.
    """

    tab: str
    source: Source
    first_line: int = 1
    first_column: int = 1


@dataclass
class TextRunRequested(Message):
    """Run text that some pane made up (a preview, a % command) and show it in the active tab."""

    text: str


@dataclass
class CancelRequested(Message):
    """Stop what the editor tab `tab` runs; without one, what the active tab runs."""

    tab: str | None = None


@dataclass
class InsertRequested(Message):
    """Put `text` at the editor's cursor."""

    text: str


@dataclass
class OpenTextRequested(Message):
    """Show `text` in a new editor tab."""

    text: str
    title: str
    language: str = "sql"


@dataclass
class PlaceChosen(Message):
    """Show `position` of the editor tab `tab`, where its last run failed."""

    tab: str
    position: Position


@dataclass
class ExplainRequested(Message):
    """Show the plan of the statement at the editor's cursor, without running it."""


@dataclass
class TableChosen(Message):
    """The table whose dock is to be shown; the parts of its name, `kind` as in `catalog.model`."""

    parts: tuple[str, ...]
    kind: str = "table"


@dataclass
class StreamChosen(Message):
    """The streaming query that is to be shown, by the id of its run."""

    run_id: str


@dataclass
class TabChosen(Message):
    """Another editor tab is the active one."""

    tab: str


@dataclass
class TabClosed(Message):
    """An editor tab is gone, and its results with it."""

    tab: str


@dataclass
class RunStarted(Message):
    """A run of `tab` has begun. `number` counts the runs of this program."""

    tab: str
    number: int
    text: str


@dataclass
class RunEvent(Message):
    """What a run gives on its way: a result, text, a remark, a failure, how far it is."""

    tab: str
    number: int
    event: Event

    def can_replace(self, message: Message) -> bool:
        """Of the progress of one run only the latest counts."""
        return (
            isinstance(message, RunEvent)
            and isinstance(self.event, Progress)
            and isinstance(message.event, Progress)
            and message.number == self.number
        )


@dataclass
class RunFinished(Message):
    """A run is over. `error` says why it failed, `first_line` and `first_column` as requested;
    `elapsed` in seconds."""

    tab: str
    number: int
    error: LakeshellError | None
    elapsed: float
    first_line: int = 1
    first_column: int = 1


@dataclass
class ConnectionChanged(Message):
    """The session has been opened, lost, or is another step nearer."""


@dataclass
class MetadataChanged(Message):
    """Names that were asked for have come, or have changed."""
