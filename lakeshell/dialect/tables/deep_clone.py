"""Carrying out DEEP CLONE.

Delta makes a shallow clone: schema, properties, constraints, identity columns, the version that is
asked for. It refers to the files of the source. They are copied into the table's folder, and one
commit puts the copies in their places. If copying fails, a new table is dropped again. If the
machine dies meanwhile, a shallow clone is left: complete, but reading the source's files.

Delta does not clone over a table that has rows. There, the shallow clone is made in a folder of its
own, and one commit gives the table its schema, its properties and the copies: readers see the old
table or the new one.

That commit is lakeshell's own, because no statement of Delta's makes one of given files: its CLONE
refuses a table with rows, RESTORE knows the table's own files only, REPLACE … AS SELECT writes
all rows anew and loses identity columns and constraints. No writer in the JVM loses a commit by it.
The other way round, see `delta_log`: a commit that was replaced is seen and made anew, unless that
writer stood still between its look and its rename for longer than a statement takes.
"""

from __future__ import annotations

import contextlib
import shutil
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakeshell.dialect.steps import Answer, Engine
from lakeshell.dialect.tables.copied_files import CopiedFiles
from lakeshell.dialect.tables.delta_log import (
    LogState,
    VersionTaken,
    changed_table,
    read_commit,
    read_state,
    removal,
    write_commit,
)
from lakeshell.dialect.tables.own_files import own_copies
from lakeshell.dialect.tables.table_folder import DeltaFolder, delta_folder
from lakeshell.errors import StatementError
from lakeshell.sql.names import display_name, quote_identifier, quote_name

if TYPE_CHECKING:
    import pyarrow as pa

_WHAT = "DEEP CLONE"
_TRIES = 5


@dataclass(frozen=True)
class Clone:
    """`head` is what stands before CLONE in the statement, `tail` what begins with the source."""

    target: tuple[str, ...]
    source: tuple[str, ...]
    head: str
    tail: str
    replaces: bool = False
    unless_exists: bool = False
    names_location: bool = False

    @property
    def shallow(self) -> str:
        """The statement as a shallow clone."""
        return f"{self.head}SHALLOW CLONE {self.tail}"


def deep_clone(clone: Clone, engine: Engine) -> Answer:
    """Make it; the counts that Databricks returns, in bytes and files."""
    exists = _version(engine, clone.target) is not None
    if exists and clone.unless_exists:
        return Answer(engine.execute(clone.shallow))
    if exists and clone.replaces and not clone.names_location:
        return _over(clone, engine)
    answer = engine.execute(clone.shallow)
    try:
        table = delta_folder(engine, clone.target, _WHAT)
        version = _version(engine, clone.target)
        assert version is not None
        actions = read_commit(table.log, version)
        adds = [action["add"] for action in actions if "add" in action]
        owned = own_copies(engine, table, adds)
    except BaseException:
        if not exists:
            engine.execute(f"DROP TABLE IF EXISTS {quote_name(clone.target)} PURGE")
        raise
    size = sum(add["size"] for add in adds)
    swaps = []
    for add, own in zip(adds, owned, strict=True):
        swaps += [removal(add, data_change=False), {"add": {**own, "dataChange": False}}]
    if swaps:
        (info,) = [action["commitInfo"] for action in actions if "commitInfo" in action]
        try:
            state = LogState(version, tuple(adds), info)
            _commit(clone, engine, table, state, len(adds), size, swaps)
        except VersionTaken:
            raise StatementError(
                f"{display_name(clone.target)} was changed by another shell meanwhile: it is a "
                "shallow clone."
            ) from None
    _keep_copied_files(engine, clone.source, table)
    return _counted(answer, num_copied_files=len(adds), copied_files_size=size)


def _over(clone: Clone, engine: Engine) -> Answer:
    """Clone over a table that is there."""
    table = delta_folder(engine, clone.target, _WHAT)
    with _staged(clone, engine) as (folder, answer):
        actions = read_commit(folder / "_delta_log", 0)
        adds = [action["add"] for action in actions if "add" in action]
        owned = own_copies(engine, table, adds)
    size = sum(add["size"] for add in adds)
    for _ in range(_TRIES):
        state = read_state(table.log)
        changes = [
            *changed_table(state, actions),
            *(removal(add, data_change=True) for add in state.adds),
            *({"add": {**own, "dataChange": True}} for own in owned),
        ]
        with contextlib.suppress(VersionTaken):
            _commit(clone, engine, table, state, len(adds), size, changes)
            break
    else:
        raise StatementError(f"Other shells keep writing to {display_name(clone.target)}.")
    _keep_copied_files(engine, clone.source, table)
    return _counted(
        answer,
        num_removed_files=len(state.adds),
        removed_files_size=sum(add["size"] for add in state.adds),
        num_copied_files=len(adds),
        copied_files_size=size,
    )


def _commit(
    clone: Clone, engine: Engine, table: DeltaFolder, state: LogState, files: int, size: int,
    actions: Iterable[dict[str, Any]],
) -> None:  # fmt: skip
    """Commit, and see that the commit stays. VersionTaken when it does not."""
    made = write_commit(table.log, state, _told(clone, files, size), actions)
    _version(engine, clone.target)
    made.need()


@contextlib.contextmanager
def _staged(clone: Clone, engine: Engine) -> Iterator[tuple[Path, pa.Table | None]]:
    """The shallow clone in a folder that is only needed to see its log, and what Delta told."""
    folder = engine.home.tmp.resolve() / f"clone-{uuid.uuid4().hex}"
    try:
        name = f"delta.{quote_identifier(folder.as_uri())}"
        yield folder, engine.execute(f"CREATE TABLE {name} SHALLOW CLONE {clone.tail}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _version(engine: Engine, name: tuple[str, ...]) -> int | None:
    """The table's version; None when there is no such Delta table."""
    try:
        (row,) = engine.rows(f"DESCRIBE HISTORY {quote_name(name)} LIMIT 1")
    except StatementError:
        return None
    return int(row["version"])


def _told(clone: Clone, files: int, size: int) -> dict[str, Any]:
    return {
        "operation": "CLONE",
        "operationParameters": {"source": display_name(clone.source), "isShallow": False},
        "operationMetrics": {"numCopiedFiles": str(files), "copiedFilesSize": str(size)},
        "isBlindAppend": False,
    }


def _keep_copied_files(engine: Engine, source: tuple[str, ...], table: DeltaFolder) -> None:
    """What COPY INTO has loaded into the source is in the clone, too, and nothing else is."""
    try:
        loads = CopiedFiles(delta_folder(engine, source, _WHAT)).settled()
    except StatementError:
        loads = []  # its source is no Delta table
    CopiedFiles(table).replace(loads)


def _counted(answer: pa.Table | None, **counts: int) -> Answer:
    """The row of the shallow clone with what was done after all."""
    import pyarrow as pa

    row = answer.to_pylist()[0] if answer is not None and answer.num_rows else {}
    row |= counts
    return Answer(pa.table({name: pa.array([value], pa.int64()) for name, value in row.items()}))
