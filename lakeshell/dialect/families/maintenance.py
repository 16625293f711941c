"""Upkeep of tables: FSCK, and MSCK … SYNC METADATA."""

from __future__ import annotations

from functools import partial

from lakeshell.dialect.ledger import handled, ignored
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Action, Answer, Engine, Step
from lakeshell.dialect.tables.missing_files import fsck
from lakeshell.dialect.tables.table_folder import delta_folder

_FSCK = "FSCK REPAIR TABLE"
_SYNC = "MSCK REPAIR TABLE … SYNC METADATA"
CONSTRUCTS = (
    handled(_FSCK, "files that are gone are taken out of the table's log.",
            "FSCK REPAIR TABLE sales DRY RUN"),
    ignored(_SYNC, "schema and properties are read from the Delta log itself.",
            "MSCK REPAIR TABLE sales SYNC METADATA"),
)  # fmt: skip


def whole(reader: Reader) -> Step | None:
    """One of them."""
    if reader.words("FSCK", "REPAIR", "TABLE"):
        name = reader.need_name("a table")
        dry = reader.words("DRY", "RUN")
        reader.need_end()
        return Action(_FSCK, partial(fsck, name, dry))
    if not reader.words("MSCK", "REPAIR", "TABLE"):
        return None
    name = reader.need_name("a table")
    if not reader.words("SYNC", "METADATA"):
        return None  # adding and dropping partitions is Spark's
    reader.need_end()
    return Action(_SYNC, partial(_in_step, name))


def _in_step(name: tuple[str, ...], engine: Engine) -> Answer:
    delta_folder(engine, name, "SYNC METADATA")
    engine.notice(f"{_SYNC} is ignored: {CONSTRUCTS[1].what}")
    return Answer()
