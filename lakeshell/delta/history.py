"""The history of a Delta table: its versions, who made them, and what each did in words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lakeshell.delta.tables import DeltaTable, rows
from lakeshell.delta.wording import counted
from lakeshell.errors import CommandError
from lakeshell.render.metrics import format_bytes, format_count

if TYPE_CHECKING:
    from lakeshell.session.session import Session


@dataclass(frozen=True)
class Version:
    """One commit. `time` is aware; `parameters` and `metrics` are Delta's own names and texts."""

    version: int
    time: datetime
    user: str | None
    operation: str
    parameters: Mapping[str, str | None]
    metrics: Mapping[str, str]

    @property
    def did(self) -> str:
        """What it did, in words: `2 rows written in 1 file`."""
        return describe_metrics(self.operation, self.metrics)

    @property
    def how(self) -> str:
        """The parameters that say something: `mode Append`, `where id = 2`."""
        return describe_parameters(self.parameters)


def history(session: Session, table: DeltaTable, *, limit: int = 0) -> list[Version]:
    """The versions of `table`, the latest first; at most `limit`, 0 for all."""
    clause = f" LIMIT {limit:d}" if limit else ""
    return [_version(r) for r in rows(session, f"DESCRIBE HISTORY {table.sql}{clause}")]


def current_version(session: Session, table: DeltaTable) -> int:
    """The latest version's number."""
    return history(session, table, limit=1)[0].version


def check_version(session: Session, table: DeltaTable, version: int) -> None:
    """CommandError, naming those there are, when `table` has no version `version` any more."""
    known = [v.version for v in history(session, table)]
    if version not in known:
        raise CommandError(
            f"{table.name} has no version {version}; it has {min(known)} to {max(known)}.",
            hint=f"%history {table.name} lists them.",
        )


def _version(row: Mapping[str, Any]) -> Version:
    return Version(
        version=row["version"],
        time=row["timestamp"],
        user=row["userName"] or row["userId"],
        operation=row["operation"],
        parameters=dict(row["operationParameters"] or {}),
        metrics={k: v for k, v in dict(row["operationMetrics"] or {}).items() if v is not None},
    )


# In the order they are told, the more telling first: metric, then words around its number.
_ROWS = (
    ("numTargetRowsInserted", "{} inserted"),
    ("numTargetRowsUpdated", "{} updated"),
    ("numTargetRowsDeleted", "{} deleted"),
    ("numUpdatedRows", "{} updated"),
    ("numDeletedRows", "{} deleted"),
)
_FILE_PAIRS = (
    ("numTargetFilesAdded", "numTargetFilesRemoved"),
    ("numAddedFiles", "numRemovedFiles"),
    ("numRestoredFiles", "numRemovedFiles"),
    ("numFiles", "numRemovedFiles"),
)


def describe_metrics(operation: str, metrics: Mapping[str, str]) -> str:
    """Delta's operation metrics as a phrase; empty when there are none that count."""
    counts = {name: int(text) for name, text in metrics.items() if text.lstrip("-").isdigit()}
    told = [words.format(format_count(counts[name])) for name, words in _ROWS if counts.get(name)]
    if told:
        told[0] = told[0].replace(" ", " row " if told[0].startswith("1 ") else " rows ", 1)
    elif "numOutputRows" in counts and not operation.startswith(("MERGE", "OPTIMIZE")):
        told = [f"{counted(counts['numOutputRows'], 'row')} written"]
    elif any(name in counts for name, _ in _ROWS):
        told = ["no rows changed"]
    # Several operations say how many files they removed; what they added tells them apart.
    pairs = [pair for pair in _FILE_PAIRS if pair[0] in counts] or list(_FILE_PAIRS)
    for added_name, removed_name in pairs:
        added, removed = counts.get(added_name, 0), counts.get(removed_name, 0)
        if added or removed:
            told.append(_files(operation, added, removed))
            break
    size = counts.get("numOutputBytes") or counts.get("tableSizeAfterRestore")
    if size:
        told.append(format_bytes(size))
    if operation == "VACUUM END" and "numDeletedFiles" in counts:
        told = [f"{counted(counts['numDeletedFiles'], 'file')} deleted"]
    return ", ".join(told)


def _files(operation: str, added: int, removed: int) -> str:
    if operation == "OPTIMIZE":
        return f"{counted(removed, 'file')} compacted into {format_count(added)}"
    if added and removed:
        return f"{counted(added, 'file')} added, {format_count(removed)} removed"
    return f"{counted(added or removed, 'file')} {'added' if added else 'removed'}"


# `id#468`: Spark's number for a column, which means nothing to a person.
_EXPRESSION_ID = re.compile(r"(?<=\w)#\d+L?\b")

_PARAMETERS = (
    ("mode", "mode {}"),
    ("predicate", "where {}"),
    ("zOrderBy", "z-order by {}"),
    ("partitionBy", "partitioned by {}"),
    ("clusterBy", "clustered by {}"),
    ("version", "to version {}"),
    ("timestamp", "to {}"),
    ("columns", "columns {}"),
    ("properties", "{}"),
    ("source", "from {}"),
)


def describe_parameters(parameters: Mapping[str, str | None]) -> str:
    """Those of Delta's operation parameters that say something."""
    told = []
    for name, words in _PARAMETERS:
        value = _readable(parameters.get(name))
        if value:
            told.append(words.format(value))
    return ", ".join(told)


def _readable(text: str | None) -> str:
    """JSON lists and objects without their brackets and quotes; nothing for empty ones."""
    if not text:
        return ""
    text = _EXPRESSION_ID.sub("", text)
    try:
        value = json.loads(text)
    except ValueError:
        return text
    if isinstance(value, list):
        return ", ".join(
            str(v.get("column-name", v)) if isinstance(v, dict) else str(v) for v in value
        )
    if isinstance(value, dict):
        return ", ".join(f"{k}={v}" for k, v in value.items())
    return str(value)
