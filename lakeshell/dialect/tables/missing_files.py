"""Carrying out FSCK REPAIR TABLE: files that the log names and the disk does not have."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from lakeshell.dialect.steps import Answer, Engine
from lakeshell.dialect.tables.delta_log import (
    LogState,
    VersionTaken,
    read_state,
    removal,
    write_commit,
)
from lakeshell.dialect.tables.table_folder import FROM_Z85, DeltaFolder, delta_folder, file_of
from lakeshell.errors import StatementError
from lakeshell.sql.names import display_name, quote_name

if TYPE_CHECKING:
    import pyarrow as pa

_TRIES = 5


@dataclass(frozen=True)
class Missing:
    """A file of the table of which the data, or the list of deleted rows (`vector`), is gone."""

    add: Mapping[str, Any]
    data: bool
    vector: str | None = None
    vector_is_missing: bool = False


def fsck(name: tuple[str, ...], dry: bool, engine: Engine) -> Answer:
    """Report them, and unless `dry` take them out of the table."""
    table = delta_folder(engine, name, "FSCK REPAIR TABLE")
    for _ in range(_TRIES):
        state = read_state(table.log)
        missing = _missing(engine, table, state)
        if dry or not missing:
            return Answer(_report(missing))
        if lost := [one for one in missing if one.vector_is_missing and not one.data]:
            raise StatementError(
                f"{lost[0].vector} is gone, which names deleted rows of {lost[0].add['path']}: "
                "without it they would be there again.",
                hint="RESTORE the table to a version whose files are there.",
            )
        told = {"operation": "FSCK", "operationParameters": {},
                "operationMetrics": {"numRemovedFiles": str(len(missing))}}  # fmt: skip
        try:
            made = write_commit(
                table.log, state, told, [removal(m.add, data_change=True) for m in missing]
            )
            engine.rows(f"DESCRIBE HISTORY {quote_name(name)} LIMIT 1")
            made.need()
        except VersionTaken:
            continue  # another shell wrote to the table: look again
        return Answer(_report(missing))
    raise StatementError(f"Other shells keep writing to {display_name(name)}.")


def _missing(engine: Engine, table: DeltaFolder, state: LogState) -> list[Missing]:
    found = []
    for add in state.adds:
        vector = add.get("deletionVector")
        path = _vector_path(vector) if vector else None
        data = not file_of(engine, table, unquote(add["path"])).exists()
        gone = path is not None and not file_of(engine, table, path).exists()
        if data or gone:
            found.append(Missing(add, data, path, gone))
    return found


def _vector_path(vector: Mapping[str, Any]) -> str | None:
    """Where a deletion vector lies, below the table's folder or by its whole path; None: in the
    log itself."""
    if vector["storageType"] == "p":
        return unquote(vector["pathOrInlineDv"])
    if vector["storageType"] != "u":
        return None
    folder, letters = vector["pathOrInlineDv"][:-20], vector["pathOrInlineDv"][-20:]
    name = uuid.UUID(bytes=base64.b85decode(letters.translate(FROM_Z85)))
    return f"{folder}/deletion_vector_{name}.bin".lstrip("/")


def _report(missing: list[Missing]) -> pa.Table:
    import pyarrow as pa

    return pa.table(
        {
            "dataFilePath": pa.array([unquote(one.add["path"]) for one in missing], pa.string()),
            "dataFileMissing": pa.array([one.data for one in missing], pa.bool_()),
            "deletionVectorPath": pa.array([one.vector for one in missing], pa.string()),
            "deletionVectorFileMissing": pa.array(
                [one.vector_is_missing for one in missing], pa.bool_()
            ),
        }
    )
