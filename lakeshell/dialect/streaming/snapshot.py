"""SELECT … FROM STREAM: what the stream gives now."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import uuid
from typing import TYPE_CHECKING

from lakeshell.dialect.once import tell_once
from lakeshell.dialect.steps import Engine, Stream, StreamWriting
from lakeshell.dialect.streaming.runs import drained, make_view
from lakeshell.errors import LakeshellError
from lakeshell.sql.names import quote_identifier

if TYPE_CHECKING:
    import pyarrow as pa

_NAME = "snapshot_{}"
_STREAM = re.compile(r"snapshot_[0-9a-f]{32}_rows")
NOTICE = "A stream has no end: these are the rows that it gives now."


def is_snapshot(name: str | None) -> bool:
    """Whether a stream of this name fetches such rows."""
    return name is not None and _STREAM.fullmatch(name) is not None


def snapshot(engine: Engine, stream: Stream, limit: int) -> pa.Table | None:
    """The rows, one more than `limit` where there are more (0: all). Raises StatementError."""
    name = _NAME.format(uuid.uuid4().hex)
    view, kept = f"{name}_stream", f"{name}_rows"
    folder = engine.home.tmp / f"{os.getpid()}-{name}"
    try:
        make_view(engine, view, stream)
        tell_once(engine, NOTICE)
        drained(
            engine,
            StreamWriting(
                f"SELECT * FROM STREAM {quote_identifier(view)}",
                f"file://{folder}",
                memory=kept,
                limit=limit and limit + 1,
            ),
        )
        return engine.execute(f"SELECT * FROM {quote_identifier(kept)}")
    finally:
        for one in (view, kept):
            with contextlib.suppress(LakeshellError):
                engine.execute(f"DROP VIEW IF EXISTS {quote_identifier(one)}")
        shutil.rmtree(folder, ignore_errors=True)
