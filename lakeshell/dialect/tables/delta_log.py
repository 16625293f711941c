"""A table's log, read from its folder and written to by lakeshell itself.

The rules are those of Delta's protocol ("Action Reconciliation", "Checkpoints"). Commits are made
through the file system's `link`, which never replaces a file that is there. Delta's own writers on
a local disk look whether the version is there and then rename their file to it: one that has looked
just before the link renames its file over the commit. So a commit is asked once more (`Commit`).
"""

from __future__ import annotations

import json
import os
import re
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_CHECKPOINT = re.compile(
    r"(\d{20})\.checkpoint(?:\.\d{10}\.(\d{10})|\.[0-9a-f-]{36})?\.(?:parquet|json)\Z"
)

_CHECKPOINTED = ("add", "remove", "sidecar", "metaData", "protocol", "domainMetadata")

Action = dict[str, Any]


class VersionTaken(Exception):
    """Another writer has committed this version."""


@dataclass(frozen=True)
class LogState:
    """What the log says at `version`: the files of the table, as its `add` actions, its metadata,
    protocol and domains by name; `info` is the commitInfo of that version."""

    version: int
    adds: tuple[Action, ...]
    info: Mapping[str, Any]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    protocol: Mapping[str, Any] = field(default_factory=dict)
    domains: Mapping[str, Action] = field(default_factory=dict)


def read_commit(log: Path, version: int) -> list[Action]:
    """The actions of one commit; FileNotFoundError when it is not there."""
    text = (log / f"{version:020}.json").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line]


def read_state(log: Path) -> LogState:
    """The latest state."""
    version, files = _last_checkpoint(log)
    read = _Reconciled()
    for action in _checkpointed(log, files):
        read.add(action)
    while (log / f"{version + 1:020}.json").exists():
        version += 1
        for action in read_commit(log, version):
            read.add(action)
    domains = {name: one for name, one in read.domains.items() if not one.get("removed")}
    adds = tuple(read.adds.values())
    last = read.last
    return LogState(version, adds, last["commitInfo"], last["metaData"], last["protocol"], domains)


def read_metadata(log: Path) -> Action:
    """What the latest `metaData` action says; cheap also for a table of many files.

    FileNotFoundError when there is no log, or nothing in it.
    """
    checkpoint, files = _last_checkpoint(log)
    version = checkpoint
    while (log / f"{version + 1:020}.json").exists():
        version += 1
    for commit in range(version, checkpoint, -1):
        for action in reversed(read_commit(log, commit)):
            if "metaData" in action:
                return dict(action["metaData"])
    for path in files:
        for action in _checkpointed_metadata(path):
            return action
    raise FileNotFoundError(log)


def _checkpointed_metadata(path: Path) -> Iterator[Action]:
    if path.suffix == ".json":
        lines = path.read_text(encoding="utf-8").splitlines()
        yield from (one["metaData"] for one in map(json.loads, lines) if one.get("metaData"))
        return
    import pyarrow.parquet as pq

    rows = pq.read_table(path, columns=["metaData"]).column(0)
    for row in rows.drop_null().to_pylist(maps_as_pydicts="lossy"):
        yield {key: value for key, value in row.items() if value is not None}


@dataclass(frozen=True)
class Commit:
    """A commit that was made, as the file at `place`."""

    place: Path
    inode: int

    def need(self) -> None:
        """VersionTaken when a writer that had looked before it was there has replaced it. To be
        asked after a statement has gone to the server, which takes far longer than such a writer
        needs from its look to its rename."""
        if self.place.stat().st_ino != self.inode:
            raise VersionTaken


def write_commit(
    log: Path, before: LogState, told: Mapping[str, Any], actions: Iterable[Action]
) -> Commit:
    """Commit `actions` as the version behind `before`; `told` is what its commitInfo says of the
    operation. VersionTaken when another was faster."""
    now = int(time.time() * 1000)
    written = list(actions)
    info: Action = {}
    # Where commits are dated, every one must be, and later than the one before.
    if "inCommitTimestamp" in before.info or any(map(_dates_commits, written)):
        info["inCommitTimestamp"] = max(now, int(before.info.get("inCommitTimestamp", 0)) + 1)
    info |= {"timestamp": now, **told, "engineInfo": "lakeshell", "txnId": str(uuid.uuid4())}
    place = log / f"{before.version + 1:020}.json"
    unseen = place.with_name(f".{place.name}.{uuid.uuid4().hex}.tmp")
    with unseen.open("w", encoding="utf-8") as file:
        for action in ({"commitInfo": info}, *written):
            file.write(json.dumps(action, ensure_ascii=False, separators=(",", ":")) + "\n")
        file.flush()
        os.fsync(file.fileno())
        inode = os.fstat(file.fileno()).st_ino
    try:
        os.link(unseen, place)
    except FileExistsError:
        raise VersionTaken from None
    finally:
        unseen.unlink()
    return Commit(place, inode)


def _dates_commits(action: Action) -> bool:
    configuration = (action.get("metaData") or {}).get("configuration") or {}
    return str(configuration.get("delta.enableInCommitTimestamps")).lower() == "true"


def removal(add: Mapping[str, Any], *, data_change: bool) -> Action:
    """The action that takes a file out of the table."""
    kept = ("path", "partitionValues", "size", "deletionVector", "baseRowId", "tags",
            "defaultRowCommitVersion")  # fmt: skip
    return {
        "remove": {
            **{key: add[key] for key in kept if add.get(key) is not None},
            "deletionTimestamp": int(time.time() * 1000),
            "dataChange": data_change,
            "extendedFileMetadata": True,
        }
    }


class _Reconciled:
    """Actions in their order: of each file, domain and so on the last one counts."""

    def __init__(self) -> None:
        self.adds: dict[tuple[str, str], Action] = {}
        self.domains: dict[str, Action] = {}
        self.last: dict[str, Action] = {"commitInfo": {}, "metaData": {}, "protocol": {}}

    def add(self, action: Action) -> None:
        for kind in ("add", "remove"):
            file = action.get(kind)
            if file:
                key = (file["path"], _vector_id(file.get("deletionVector")))
                self.adds.pop(key, None)
                if kind == "add":
                    self.adds[key] = file
        if domain := action.get("domainMetadata"):
            self.domains[domain["domain"]] = domain
        for kind in self.last:
            self.last[kind] = action.get(kind) or self.last[kind]


def _vector_id(vector: Mapping[str, Any] | None) -> str:
    if not vector:
        return ""
    return f"{vector['storageType']}{vector['pathOrInlineDv']}@{vector.get('offset')}"


# The features for which the numbers of writer versions stand that have no list of features.
_WRITER_FEATURES = {
    2: ("appendOnly", "invariants"), 3: ("checkConstraints",),
    4: ("changeDataFeed", "generatedColumns"), 5: ("columnMapping",), 6: ("identityColumns",),
}  # fmt: skip


def changed_table(before: LogState, clone: Iterable[Action]) -> Iterator[Action]:
    """The actions that give a table the metadata, protocol and domains of a clone, whose first
    commit is `clone`. The table keeps its id, and the features that it has already."""
    last = _Reconciled()
    for action in clone:
        last.add(action)
    protocol = _joined(before.protocol, last.last["protocol"])
    if protocol != before.protocol:
        yield {"protocol": protocol}
    yield {"metaData": {**last.last["metaData"], "id": before.metadata["id"]}}
    for name in before.domains:
        if name not in last.domains and name != "delta.rowTracking":
            yield {"domainMetadata": {"domain": name, "configuration": "", "removed": True}}
    for domain in last.domains.values():
        yield {"domainMetadata": domain}


def _joined(one: Mapping[str, Any], other: Mapping[str, Any]) -> Action:
    """The least protocol that allows what either allows."""
    reader = max(one["minReaderVersion"], other["minReaderVersion"])
    writer = max(one["minWriterVersion"], other["minWriterVersion"])
    joined: Action = {"minReaderVersion": reader, "minWriterVersion": writer}
    if writer >= 7:
        joined["writerFeatures"] = sorted(_writer_features(one) | _writer_features(other))
    if reader >= 3:
        joined["readerFeatures"] = sorted(_reader_features(one) | _reader_features(other))
    if all(
        set(joined.get(key) or ()) == set(one.get(key) or ()) if key.endswith("Features")
        else joined.get(key) == one.get(key)
        for key in ("minReaderVersion", "minWriterVersion", "readerFeatures", "writerFeatures")
    ):  # fmt: skip
        return dict(one)
    return joined


def _writer_features(protocol: Mapping[str, Any]) -> set[str]:
    if protocol["minWriterVersion"] >= 7:
        return set(protocol.get("writerFeatures") or ())
    versions = range(2, protocol["minWriterVersion"] + 1)
    return {feature for version in versions for feature in _WRITER_FEATURES.get(version, ())}


def _reader_features(protocol: Mapping[str, Any]) -> set[str]:
    if protocol["minReaderVersion"] >= 3:
        return set(protocol.get("readerFeatures") or ())
    return {"columnMapping"} if protocol["minReaderVersion"] == 2 else set()


def _last_checkpoint(log: Path) -> tuple[int, list[Path]]:
    """The version and the files of the last whole checkpoint; -1 when there is none."""
    found: dict[int, list[Path]] = {}
    parts: dict[int, int] = {}
    for path in sorted(log.iterdir()):
        if named := _CHECKPOINT.match(path.name):
            version = int(named[1])
            if named[2] is None:  # of one file: better than one in parts
                found[version], parts[version] = [path], 1
            elif parts.get(version) != 1:
                found.setdefault(version, []).append(path)
                parts[version] = int(named[2])
    whole = [version for version, paths in found.items() if len(paths) == parts[version]]
    last = max(whole, default=-1)
    return last, found.get(last, [])


def _checkpointed(log: Path, files: Iterable[Path]) -> Iterator[Action]:
    for path in files:
        if path.suffix == ".json":
            lines = path.read_text(encoding="utf-8").splitlines()
            actions = [json.loads(line) for line in lines if line]
        else:
            actions = _parquet(path)
        for action in actions:
            yield action
            if sidecar := action.get("sidecar"):
                yield from _parquet(log / "_sidecars" / sidecar["path"])


def _parquet(path: Path) -> list[Action]:
    import pyarrow.parquet as pq

    schema = pq.read_schema(path)
    wanted = [name for name in _CHECKPOINTED if name in schema.names]
    rows = pq.read_table(path, columns=wanted).to_pylist(maps_as_pydicts="lossy")
    return [{k: v for k, v in row.items() if v is not None} for row in rows]
