"""read_files(…) and cloud_files(…): files as a table or a stream, wherever a query names one."""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from functools import partial

from lakeshell.dialect.dialect import edited
from lakeshell.dialect.files.reading import source
from lakeshell.dialect.ledger import handled
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Action, Answer, Edit, Engine, Step
from lakeshell.dialect.streaming.calls import CLOUD, FileCall, file_calls, streamed_tables
from lakeshell.dialect.streaming.inserts import WHAT as INSERT
from lakeshell.dialect.streaming.inserts import insert, read_insert
from lakeshell.dialect.streaming.queries import StreamQuery, stream_query
from lakeshell.dialect.streaming.runs import make_view
from lakeshell.errors import StatementError

_READ = "read_files(…)"
_STREAM = "STREAM read_files(…)"
_CLOUD = "cloud_files(…)"
_VIEW = "CREATE TEMPORARY VIEW … FROM STREAM read_files(…)"

CONSTRUCTS = (
    handled(
        _READ,
        "the files are read in place, all of them where columns are inferred; what does not fit is "
        "in _rescued_data.",
        "SELECT * FROM read_files('/mnt/raw', format => 'csv', header => true)",
    ),
    handled(
        _STREAM,
        "Auto Loader reads the files; a SELECT alone shows what the stream gives now.",
        "SELECT * FROM STREAM read_files('/mnt/raw', format => 'json')",
    ),
    handled(
        _CLOUD,
        "the same as STREAM read_files, with Auto Loader's own names of options.",
        "SELECT * FROM cloud_files('/mnt/raw', 'json')",
    ),
    handled(
        _VIEW,
        "the view is a stream, for SQL and for spark.readStream.table.",
        "CREATE TEMPORARY VIEW raw AS SELECT * FROM STREAM read_files('/mnt/raw')",
    ),
    handled(
        INSERT,
        "adds what is new since the same statement ran last, every row once; what it has read is "
        "kept beside the table's files.",
        "INSERT INTO orders SELECT * FROM STREAM read_files('/mnt/raw', format => 'json')",
    ),
)
_QUERY = frozenset({"SELECT", "WITH", "FROM", "VALUES", "TABLE"})


def whole(reader: Reader) -> Step | None:
    """A statement with such a call, or an INSERT from a stream."""
    calls = file_calls(reader)
    streams = [call for call in calls if call.is_stream]
    reader.at = 0
    if reader.next.word == "INSERT" and (streams or streamed_tables(reader.tokens)):
        return Action(INSERT, partial(insert, read_insert(reader)))
    if streams:
        return _over_stream(reader, _CLOUD if streams[0].function == CLOUD else _STREAM)
    return Action(_READ, partial(_read, reader, calls)) if calls else None


def _read(reader: Reader, calls: Sequence[FileCall], engine: Engine) -> Answer:
    edits = [Edit(call.start, call.end, source(engine, call.reading)) for call in calls]
    return Answer(then=edited(reader.text, edits))


def _over_stream(reader: Reader, construct: str) -> Step:
    if reader.next.word in _QUERY or reader.next.text == "(":
        return Action(construct, partial(_select, stream_query(reader.text)))
    if reader.words("CREATE"):
        how = ["replace"] if reader.words("OR", "REPLACE") else []
        how += ["global"] if reader.words("GLOBAL") else []
        if reader.one_of("TEMP", "TEMPORARY") and reader.words("VIEW"):
            name = reader.need_name("the name of the view")
            reader.need_words("AS")
            start = reader.next.start
            query = stream_query(reader.rest(), reader.text, start)
            return Action(_VIEW, partial(_view, name, query, " ".join(how)))
    raise StatementError(
        f"{construct} can be read by SELECT, INSERT INTO, CREATE TEMPORARY VIEW and CREATE "
        "STREAMING TABLE.",
        hint="CREATE OR REFRESH STREAMING TABLE t AS SELECT … keeps its rows in a table.",
    )


def _select(query: StreamQuery, engine: Engine) -> Answer:
    return Answer(stream=query.stream(engine, _schemas(engine)))


def _view(name: tuple[str, ...], query: StreamQuery, how: str, engine: Engine) -> Answer:
    if len(name) > 1 and name[0].lower() != "global_temp":
        raise StatementError("A temporary view has a name of one part.")
    make_view(engine, name[-1], query.stream(engine, _schemas(engine)), how)
    return Answer()


def _schemas(engine: Engine) -> str:
    """A place for the columns that a stream finds, as long as nothing is made of it."""
    return f"file://{engine.home.tmp}/{os.getpid()}-schemas-{uuid.uuid4().hex}"
