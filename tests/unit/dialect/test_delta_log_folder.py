"""A table's log as files: what it says, and commits that never replace another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakeshell.dialect.tables.delta_log import (
    LogState,
    VersionTaken,
    changed_table,
    read_commit,
    read_state,
    removal,
    write_commit,
)


def commit(log: Path, version: int, *actions: dict[str, Any]) -> None:
    (log / f"{version:020}.json").write_text("\n".join(map(json.dumps, actions)))


def add(path: str, vector: str = "") -> dict[str, Any]:
    file: dict[str, Any] = {"path": path, "size": 1, "partitionValues": {}}
    if vector:
        file["deletionVector"] = {"storageType": "u", "pathOrInlineDv": vector, "offset": 1}
    return {"add": file}


def names(state: LogState) -> set[str]:
    return {file["path"] for file in state.adds}


def test_the_last_action_on_a_file_counts(tmp_path: Path) -> None:
    commit(tmp_path, 0, {"metaData": {"id": "x"}}, add("a"), add("b"))
    commit(tmp_path, 1, removal(add("a")["add"], data_change=True), add("c"))
    commit(tmp_path, 2, removal(add("b")["add"], data_change=True), add("b", "dv"), add("a"))
    state = read_state(tmp_path)
    assert (state.version, names(state), len(state.adds)) == (2, {"a", "b", "c"}, 3)
    assert state.metadata == {"id": "x"}


def test_checkpoints_stand_for_the_commits_before_them(tmp_path: Path) -> None:
    rows = [{"add": add("a")["add"], "remove": None}, {"add": None, "remove": {"path": "z"}}]
    schema = pa.schema(
        {
            "add": pa.struct({"path": pa.string(), "size": pa.int64()}),
            "remove": pa.struct({"path": pa.string()}),
        }
    )
    place = tmp_path / f"{7:020}.checkpoint.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), place)
    (tmp_path / f"{9:020}.checkpoint.0000000001.0000000002.parquet").touch()  # half of one
    commit(tmp_path, 7, add("no longer read"))
    commit(tmp_path, 8, add("b"))
    state = read_state(tmp_path)
    assert (state.version, names(state)) == (8, {"a", "b"})


def test_a_commit_is_never_written_over_another(tmp_path: Path) -> None:
    commit(tmp_path, 0, {"commitInfo": {"inCommitTimestamp": 9 * 10**12}}, add("ä"))
    before = read_state(tmp_path)
    write_commit(tmp_path, before, {"operation": "FSCK"}, [add("b")])
    info, file = read_commit(tmp_path, 1)
    assert info["commitInfo"]["inCommitTimestamp"] == 9 * 10**12 + 1
    assert file == add("b")
    with pytest.raises(VersionTaken):
        write_commit(tmp_path, before, {"operation": "FSCK"}, [add("c")])
    assert read_commit(tmp_path, 1) == [info, file]
    assert len(list(tmp_path.iterdir())) == 2


def test_a_commit_that_was_replaced_is_seen(tmp_path: Path) -> None:
    commit(tmp_path, 0, add("a"))
    made = write_commit(tmp_path, read_state(tmp_path), {}, [add("b")])
    made.need()
    other = tmp_path / ".tmp"
    other.write_text(made.place.read_text(encoding="utf-8"), encoding="utf-8")
    other.rename(made.place)
    with pytest.raises(VersionTaken):
        made.need()


def test_a_table_that_becomes_a_clone_keeps_its_id_and_its_features() -> None:
    before = LogState(
        3, (), {}, {"id": "old"}, {"minReaderVersion": 1, "minWriterVersion": 4},
        {"delta.clustering": {"domain": "delta.clustering"}},
    )  # fmt: skip
    vectors = ["deletionVectors"]
    clone: list[dict[str, Any]] = [
        {"protocol": {"minReaderVersion": 3, "minWriterVersion": 7, "readerFeatures": vectors,
                      "writerFeatures": vectors}},
        {"metaData": {"id": "new", "schemaString": "s"}},
        {"domainMetadata": {"domain": "mine", "configuration": "c"}},
    ]  # fmt: skip
    protocol, metadata, *domains = changed_table(before, clone)
    assert protocol["protocol"]["readerFeatures"] == ["deletionVectors"]
    assert protocol["protocol"]["writerFeatures"] == [
        "appendOnly", "changeDataFeed", "checkConstraints", "deletionVectors", "generatedColumns",
        "invariants",
    ]  # fmt: skip
    assert metadata == {"metaData": {"id": "old", "schemaString": "s"}}
    assert [one["domainMetadata"]["domain"] for one in domains] == ["delta.clustering", "mine"]
    assert domains[0]["domainMetadata"]["removed"]


def test_a_protocol_that_suffices_is_left_alone() -> None:
    mine = {"minReaderVersion": 2, "minWriterVersion": 5}
    clone: list[dict[str, Any]] = [
        {"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}},
        {"metaData": {}},
    ]
    assert list(changed_table(LogState(0, (), {}, {"id": "x"}, mine), clone)) == [
        {"metaData": {"id": "x"}}
    ]
