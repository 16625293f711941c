"""A Delta table's log, read through Spark: which data files a version has, and its schema then.

The rules are those of Delta's protocol ("Action Reconciliation"): the last complete checkpoint up
to the version, then the commits after it; of each file, by path and deletion vector, the last
action counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from lakeshell.delta.tables import DeltaTable, rows
from lakeshell.errors import CommandError, StatementError
from lakeshell.sql.names import quote_identifier, quote_string

if TYPE_CHECKING:
    from lakeshell.session.result import Sink
    from lakeshell.session.session import Session

_COMMIT = re.compile(r"(\d{20})\.json")
_CHECKPOINT = re.compile(
    r"(\d{20})\.checkpoint(?:\.(\d{10})\.(\d{10})|\.([0-9a-f-]{36}))?\.(parquet|json)"
)

_VECTOR = "STRUCT<storageType: STRING, pathOrInlineDv: STRING, `offset`: INT, cardinality: BIGINT>"
_ADD = (
    "STRUCT<path: STRING, partitionValues: MAP<STRING, STRING>, size: BIGINT, "
    f"modificationTime: BIGINT, stats: STRING, stats_parsed: STRING, deletionVector: {_VECTOR}>"
)
_METADATA = (
    "STRUCT<name: STRING, description: STRING, schemaString: STRING, "
    "partitionColumns: ARRAY<STRING>, configuration: MAP<STRING, STRING>>"
)
_ACTION = (
    f"add {_ADD}, remove STRUCT<path: STRING, deletionVector: {_VECTOR}>, metaData {_METADATA}"
)


@dataclass(frozen=True)
class DataFile:
    """One data file of a version.

    `path` is relative to the table's folder, or whole where the file lies elsewhere; `size` is in
    bytes, `modified` in milliseconds since the epoch. `rows` leaves out deleted ones; None when
    the log does not tell. `low`, `high` and `nulls` are the log's statistics by column.
    """

    path: str
    size: int
    modified: int
    rows: int | None = None
    partition: Mapping[str, str | None] = field(default_factory=dict)
    low: Mapping[str, Any] = field(default_factory=dict)
    high: Mapping[str, Any] = field(default_factory=dict)
    nulls: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Snapshot:
    """A version of a table as its log describes it; `schema` is Spark's JSON form of a struct."""

    version: int
    files: tuple[DataFile, ...]
    schema: Mapping[str, Any]
    partition_columns: tuple[str, ...]
    properties: Mapping[str, str]
    comment: str | None = None

    @property
    def size(self) -> int:
        """Bytes in all files."""
        return sum(file.size for file in self.files)

    @property
    def rows(self) -> int | None:
        """Rows in all files; None when the log does not tell."""
        counts = [file.rows for file in self.files]
        return None if None in counts else sum(n for n in counts if n is not None)


def read_snapshot(
    session: Session, table: DeltaTable, version: int | None = None, *, sink: Sink | None = None
) -> Snapshot:
    """The snapshot of `version`, the latest for None; CommandError when there is none."""
    log = _listing(session, table)
    wanted = log.check(version, table.name)
    checkpoint = max((v for v in log.checkpoints if v <= wanted), default=-1)
    parts = []
    if checkpoint >= 0:
        parts += _checkpoint_queries(session, table, checkpoint, log.checkpoints[checkpoint])
    if checkpoint < wanted:
        parts.append(_commits_query(table, checkpoint, wanted))
    actions = "\nUNION ALL\n".join(parts)
    answer = rows(session, _reconciled(actions), sink)
    metadata = next((row["meta"] for row in answer if row["meta"] is not None), None)
    if metadata is None:
        raise CommandError(f"The log of {table.name} has no schema for version {wanted}.")
    schema = json.loads(metadata["schemaString"])
    logical = _logical_names(schema)
    files = [_data_file(row["add"], logical) for row in answer if row["add"] is not None]
    return Snapshot(
        version=wanted,
        files=tuple(sorted(files, key=lambda file: file.path)),
        schema=schema,
        partition_columns=tuple(metadata["partitionColumns"] or ()),
        properties=dict(metadata["configuration"] or {}),
        comment=metadata["description"],
    )


@dataclass(frozen=True)
class _Log:
    """What lies in `_delta_log`: commits, and by version the files of complete checkpoints."""

    commits: frozenset[int]
    checkpoints: Mapping[int, tuple[str, ...]]

    def check(self, version: int | None, name: str) -> int:
        """`version`, or the latest, if it can be put together; else CommandError."""
        latest = max([*self.commits, *self.checkpoints], default=-1)
        wanted = latest if version is None else version
        base = max((v for v in self.checkpoints if v <= wanted), default=-1)
        if wanted < 0 or any(v not in self.commits for v in range(base + 1, wanted + 1)):
            starts = [*self.checkpoints, *({0} & self.commits)]
            raise CommandError(
                f"{name} has no version {version}; it has {min(starts, default=0)} to {latest}.",
                hint=f"%history {name} lists them.",
            )
        return wanted


def _listing(session: Session, table: DeltaTable) -> _Log:
    folder = quote_identifier(glob_escape(f"{table.location}/_delta_log"))
    try:
        listed = rows(session, f"SELECT _metadata.file_name AS name FROM binaryFile.{folder}")
    except StatementError as error:
        raise CommandError(f"The log of {table.name} cannot be read: {error.message}") from error
    commits = set()
    parts: dict[tuple[int, str], list[str]] = {}
    wholes: dict[tuple[int, str], int] = {}
    for row in listed:
        name = row["name"]
        if found := _COMMIT.fullmatch(name):
            commits.add(int(found[1]))
        elif found := _CHECKPOINT.fullmatch(name):
            number, _, total, unique, _ = found.groups()
            key = (int(number), total or unique or "")
            parts.setdefault(key, []).append(name)
            wholes[key] = int(total) if total else 1
    complete = {
        key[0]: tuple(sorted(names))
        for key, names in sorted(parts.items())
        if len(names) == wholes[key]
    }
    return _Log(frozenset(commits), complete)


def _commits_query(table: DeltaTable, after: int, last: int) -> str:
    pattern = quote_identifier(glob_escape(f"{table.location}/_delta_log") + "/*.json")
    number = "CAST(substring(_metadata.file_name, 1, 20) AS BIGINT)"
    return f"""\
SELECT {number} AS version, from_json(value, {quote_string(_ACTION)}) AS action
FROM text.{pattern}
WHERE _metadata.file_name RLIKE '^[0-9]{{20}}[.]json$'
  AND {number} > {after} AND {number} <= {last}"""


def _checkpoint_queries(
    session: Session, table: DeltaTable, version: int, names: tuple[str, ...]
) -> list[str]:
    folder = glob_escape(f"{table.location}/_delta_log")
    queries = []
    for name in names:
        kind = "json" if name.endswith(".json") else "parquet"
        source = f"{kind}.{quote_identifier(f'{folder}/{name}')}"
        queries.append(_checkpoint_query(source, version))
        # A checkpoint of version 2 (its name holds a UUID) leaves the files to its sidecars.
        if "-" in name:
            sidecars = rows(
                session, f"SELECT sidecar.path AS path FROM {source} WHERE sidecar IS NOT NULL"
            )
            queries += [
                _checkpoint_query(
                    f"parquet.{quote_identifier(f'{folder}/_sidecars/' + glob_escape(r['path']))}",
                    version,
                )
                for r in sidecars
            ]
    return queries


def _checkpoint_query(source: str, version: int) -> str:
    # By way of JSON, because not every writer leaves the same fields in a checkpoint.
    return (
        f"SELECT {version} AS version, from_json(to_json(struct(*)), {quote_string(_ACTION)}) "
        f"AS action FROM {source}"
    )


def _reconciled(actions: str) -> str:
    """The last metadata, and every `add` that is the last word on its file."""
    return f"""\
WITH actions AS (
{actions}
), files AS (
  SELECT version, action.add AS add,
    coalesce(action.add.path, action.remove.path) AS path,
    coalesce(action.add.deletionVector, action.remove.deletionVector) AS vector
  FROM actions WHERE action.add IS NOT NULL OR action.remove IS NOT NULL
), ranked AS (
  SELECT add, row_number() OVER (
    PARTITION BY path, vector.storageType, vector.pathOrInlineDv, vector.`offset`
    ORDER BY version DESC) AS recency
  FROM files
)
SELECT add, CAST(NULL AS {_METADATA}) AS meta FROM ranked WHERE recency = 1 AND add IS NOT NULL
UNION ALL
(SELECT CAST(NULL AS {_ADD}), action.metaData FROM actions WHERE action.metaData IS NOT NULL
 ORDER BY version DESC LIMIT 1)"""


def _data_file(add: Mapping[str, Any], logical: Mapping[str, str]) -> DataFile:
    try:
        stats = json.loads(add["stats"] or add["stats_parsed"] or "{}")
    except ValueError:
        stats = {}
    count = stats.get("numRecords")
    vector = add["deletionVector"]
    if count is not None and vector is not None:
        count -= vector["cardinality"] or 0

    def named(values: Any) -> dict[str, Any]:
        return {logical.get(k, k): v for k, v in (values or {}).items() if v is not None}

    return DataFile(
        path=unquote(add["path"]),
        size=add["size"],
        modified=add["modificationTime"],
        rows=count,
        partition={logical.get(k, k): v for k, v in (add["partitionValues"] or {}).items()},
        low=named(stats.get("minValues")),
        high=named(stats.get("maxValues")),
        nulls=named(stats.get("nullCount")),
    )


def _logical_names(schema: Mapping[str, Any]) -> dict[str, str]:
    """Under column mapping files know columns by other names than users do."""
    return {
        f["metadata"]["delta.columnMapping.physicalName"]: f["name"]
        for f in schema["fields"]
        if "delta.columnMapping.physicalName" in f.get("metadata", {})
    }


def glob_escape(path: str) -> str:
    """`path` for a place where Hadoop would read it as a pattern."""
    return re.sub(r"([\\*?\[\]{}])", r"\\\1", path)
