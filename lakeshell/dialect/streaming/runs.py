"""Filling a table from a stream: a run until everything that is there has been read.

What has been read is kept in a checkpoint beside the table, in a folder that Delta leaves alone: it
goes where the table goes, and is gone with it. Spark writes down what a batch reads before it reads
it, and Delta refuses a batch that it already has, so every row comes once, whatever is interrupted.
"""

from __future__ import annotations

import contextlib
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from lakeshell.dialect.objects.securables import columns_of
from lakeshell.dialect.steps import Engine, Stream, StreamWriting
from lakeshell.dialect.streaming.targets import Target
from lakeshell.errors import CommandError, LakeshellError, StatementError
from lakeshell.locks import FileLock
from lakeshell.sql.names import display_name, quote_identifier, quote_name
from lakeshell.sql.places import offset_at, position_at

_WAIT = 600.0  # seconds for another shell that fills the same table
_TRIES = 50  # every one of them widens the schema
_NEW_COLUMNS = (
    "UNKNOWN_FIELD_EXCEPTION", "DELTA_SCHEMA_CHANGED", "DELTA_STREAMING_METADATA_EVOLUTION",
)  # fmt: skip
_NO_STREAM = "is not a temp view of streaming logical plan"


@dataclass(frozen=True)
class Place:
    """What is kept of one stream into a table."""

    folder: Path

    @property
    def checkpoint(self) -> str:
        """As Spark names it."""
        return f"file://{self.folder / 'checkpoint'}"

    @property
    def schemas(self) -> str:
        """Where its sources keep the columns that they have found."""
        return f"file://{self.folder / 'schemas'}"

    @property
    def is_known(self) -> bool:
        """Whether it is known what the stream has read: a copy of a table has other places."""
        return self.folder.is_dir()

    def begin(self) -> None:
        """From now on it is known: nothing."""
        self.folder.mkdir(parents=True, exist_ok=True)

    def forget(self) -> None:
        """The stream begins from the start."""
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def alone(streams: Path) -> Iterator[None]:
    """One stream at a time fills a table from SQL. Raises CommandError after minutes."""
    streams.mkdir(exist_ok=True)
    lock = FileLock(streams / "lock")
    if not lock.acquire(_WAIT):
        raise CommandError("Another shell has been filling this table from a stream for minutes.")
    with lock:
        yield


@dataclass(frozen=True)
class Filling:
    """How a stream's rows get into `table`, a whole name of `target`: `select` makes the query from
    the quoted name of a view and its columns; `grows`: new columns become the table's."""

    table: tuple[str, ...]
    target: Target
    place: Place
    select: Callable[[str, list[str]], str]
    grows: bool = False


def fill(engine: Engine, filling: Filling, stream: Callable[[], Stream]) -> int:
    """Append what is new; the number of rows. `stream` is asked again when columns have been added
    to what is read. Raises StatementError."""
    view = f"stream_{uuid.uuid4().hex}"
    before = filling.target.last_version
    try:
        for left in reversed(range(_TRIES)):
            make_view(engine, view, stream(), "replace")
            query = filling.select(quote_identifier(view), columns_of(engine, (view,)))
            writing = StreamWriting(
                query,
                filling.place.checkpoint,
                quote_name(filling.table),
                columns_added=filling.grows,
                name=display_name(filling.table[2:]),
            )
            try:
                return filling.target.rows_since(before, drained(engine, writing))
            except StatementError as error:
                if not left or not _is_cured_by_a_retry(error):
                    raise
        raise AssertionError("the last try returns or raises")
    finally:
        drop_view(engine, view)


def _is_cured_by_a_retry(error: StatementError) -> bool:
    """Whether columns are new, and the next run knows them."""
    is_new = (error.error_class or "").startswith(_NEW_COLUMNS)
    return is_new and not error.message.endswith("automatic retry: false")


def everything(view: str, columns: list[str]) -> str:
    """The plain query over a view that is a stream."""
    return f"SELECT * FROM STREAM {view}"


def make_view(engine: Engine, name: str, stream: Stream, how: str = "") -> None:
    """Make the view of a stream. Raises StatementError, placed in the statement it stands in."""
    try:
        engine.stream_view(name, stream, how)
    except StatementError as error:
        if error.position is not None:
            if stream.origin is not None:
                offset = stream.origin(offset_at(stream.query, error.position))
                error.position = position_at(stream.given, offset)
            error.is_placed = stream.origin is not None
        raise


def drop_view(engine: Engine, name: str) -> None:
    """Drop a temporary view of ours, whatever has happened."""
    with contextlib.suppress(LakeshellError):
        engine.execute(f"DROP VIEW IF EXISTS {quote_identifier(name)}")


def drained(engine: Engine, writing: StreamWriting) -> str:
    """Run it, in complete mode where the query allows no other: its aggregates change with every
    row that comes."""
    try:
        return engine.drain(writing)
    except StatementError as error:
        if error.error_class != "STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION":
            raise
    return engine.drain(replace(writing, mode="complete"))


def is_no_stream(error: StatementError) -> bool:
    """Whether what was to be read as a stream is none."""
    return _NO_STREAM in error.message
