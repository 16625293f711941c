"""What happened to a Delta table between two of its versions, by its history and its log."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from lakeshell.dialect.steps import Engine
from lakeshell.sql.names import quote_identifier

_MOST_COMMITS = 100
_MOST_FILES = 1000


@dataclass(frozen=True)
class TableVersion:
    """A Delta table as it is at a version. `id` is another one when the table was made anew."""

    id: str
    version: int
    location: str = field(default="", compare=False)


@dataclass(frozen=True)
class Commit:
    """An entry of DESCRIBE HISTORY."""

    version: int
    operation: str
    metrics: Mapping[str, str]

    def count(self, *names: str) -> int:
        """The sum of these metrics, as far as there are any."""
        return sum(int(self.metrics.get(name) or 0) for name in names)


def history(engine: Engine, table: str, limit: int) -> list[Commit]:
    """The last commits of a table, newest first; `table` is quoted."""
    return [
        Commit(int(row["version"]), str(row["operation"]), dict(row["operationMetrics"] or ()))
        for row in engine.rows(f"DESCRIBE HISTORY {table} LIMIT {limit}")
    ]


def table_version(engine: Engine, table: str) -> TableVersion | None:
    """The latest version of a table, None when it is no Delta table; `table` is quoted."""
    detail = engine.rows(f"DESCRIBE DETAIL {table}")[0]
    if detail["format"] != "delta" or not detail["id"]:
        return None
    commits = history(engine, table, 1)
    if not commits:
        return None
    return TableVersion(str(detail["id"]), commits[0].version, str(detail["location"]))


def appended_files(engine: Engine, table: TableVersion, since: int) -> list[str] | None:
    """The names of the data files that were added after version `since`, up to that of `table`.

    None when anything else happened to the data or the schema, or when the log does not tell.
    """
    versions = range(since + 1, table.version + 1)
    if len(versions) > _MOST_COMMITS:
        return None
    names = ",".join(f"{version:020d}" for version in versions)
    path = f"{_glob_escape(table.location)}/_delta_log/{{{names}}}.json"
    rows = engine.rows(
        f"SELECT _metadata.file_name AS name, value AS action FROM text.{quote_identifier(path)}"
    )
    if len({row["name"] for row in rows}) != len(versions):
        return None
    return pure_appends(json.loads(row["action"]) for row in rows if row["action"].strip())


def pure_appends(actions: Any) -> list[str] | None:
    """The names of the files added by these actions of a log, None if they are not appends only.

    Files that were only rearranged (`dataChange` is false) change no rows; if one of those that
    were added is gone again, the rows are no longer where they were added.
    """
    added: set[str] = set()
    removed: set[str] = set()
    for action in actions:
        if "metaData" in action or "protocol" in action or "cdc" in action:
            return None
        if "add" in action and action["add"].get("dataChange", True):
            if action["add"].get("deletionVector"):
                return None
            added.add(action["add"]["path"])
        elif "remove" in action:
            if action["remove"].get("dataChange", True):
                return None
            removed.add(action["remove"]["path"])
    names = {unquote(path).rsplit("/", 1)[-1] for path in added}
    if added & removed or len(names) != len(added) or len(names) > _MOST_FILES:
        return None
    return sorted(names)


def _glob_escape(path: str) -> str:
    return re.sub(r"([\\*?\[\]{}])", r"\\\1", path)
