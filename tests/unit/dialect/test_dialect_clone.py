"""DEEP CLONE: which statements are ours, and what becomes of the files and the log."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from unit.dialect.engines import FakeEngine, carried_out

from lakeshell.dialect.dialect import Dialect
from lakeshell.errors import StatementError
from lakeshell.home import Home

VECTOR = uuid.UUID("d2c639aa-8816-431a-aaf6-d3fe2512ff61")  # both from Delta's protocol
LETTERS = "^-aqEH.-t@S}K{vb[*k^"


class Cloning(FakeEngine):
    """Makes the shallow clone of a table with one file and one deletion vector."""

    def __init__(self, tmp_path: Path) -> None:
        super().__init__(Home(tmp_path / "home").create())
        self.source, self.target = tmp_path / "source", tmp_path / "target"
        (self.source / "day=a b").mkdir(parents=True)
        self.file = self.source / "day=a b" / "part-1.parquet"
        self.file.write_bytes(b"rows")
        self.deleted = self.source / f"deletion_vector_{VECTOR}.bin"
        self.deleted.write_bytes(b"bits")

    def execute(self, text: str) -> pa.Table | None:
        self.sent.append(text)
        if text.startswith("DESCRIBE DETAIL"):
            where = self.target if "copy" in text else self.source
            row = {"id": where.name, "format": "delta", "location": str(where)}
            return pa.Table.from_pylist([row])
        if text.startswith("DESCRIBE HISTORY"):
            if not self.target.exists():
                raise StatementError("no such table")
            return pa.table({"version": [0]})
        if "SHALLOW CLONE" in text:
            self.write_clone()
            return pa.table({"source_table_size": [4], "num_copied_files": [0]})
        return None

    def write_clone(self) -> None:
        add = {
            "path": f"file:{self.source}/day=a%20b/part-1.parquet", "size": 4,
            "partitionValues": {"day": "a b"}, "dataChange": True, "stats": "{}",
            "deletionVector": {
                "storageType": "p", "offset": 1, "cardinality": 1, "sizeInBytes": 4,
                "pathOrInlineDv": f"file:{self.deleted}",
            },
        }  # fmt: skip
        actions = [
            {"commitInfo": {"inCommitTimestamp": 9 * 10**12}},
            {"metaData": {}},
            {"add": add},
        ]
        log = self.target / "_delta_log"
        log.mkdir(parents=True)
        lines = "\n".join(map(json.dumps, actions))
        (log / f"{0:020}.json").write_text(lines)

    def commit(self, version: int) -> list[dict[str, Any]]:
        text = (self.target / "_delta_log" / f"{version:020}.json").read_text()
        return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def engine(tmp_path: Path) -> Cloning:
    return Cloning(tmp_path)


@pytest.mark.parametrize(
    ("text", "shallow"),
    [
        (
            "create table copy deep clone a.`s` version as of 3 tblproperties ('x' = 'y')",
            "create table copy SHALLOW CLONE a.`s` version as of 3 tblproperties ('x' = 'y')",
        ),
        (
            "CREATE OR REPLACE TABLE `copy` CLONE delta.`/mnt/s` LOCATION '/mnt/copy'",
            "CREATE OR REPLACE TABLE `copy` SHALLOW CLONE delta.`/mnt/s` LOCATION '/mnt/copy'",
        ),
    ],
)
def test_the_clone_gets_files_of_its_own(engine: Cloning, text: str, shallow: str) -> None:
    answer = carried_out(text, engine)
    assert shallow in engine.sent
    assert answer.table is not None
    assert answer.table.to_pylist() == [
        {"source_table_size": 4, "num_copied_files": 1, "copied_files_size": 4}
    ]
    info, remove, add = engine.commit(1)
    assert info["commitInfo"]["inCommitTimestamp"] == 9 * 10**12 + 1
    assert remove["remove"]["path"] == engine.commit(0)[2]["add"]["path"]
    assert remove["remove"]["deletionVector"]["storageType"] == "p"
    assert add["add"]["path"] == "day=a%20b/part-1.parquet"
    assert add["add"]["deletionVector"]["storageType"] == "u"
    assert add["add"]["deletionVector"]["pathOrInlineDv"] == LETTERS
    assert not add["add"]["dataChange"]
    assert not remove["remove"]["dataChange"]
    assert (engine.target / "day=a b" / "part-1.parquet").read_bytes() == b"rows"
    assert (engine.target / engine.deleted.name).read_bytes() == b"bits"


def test_a_commit_that_another_writer_replaced_is_told(engine: Cloning) -> None:
    plain = engine.execute

    def replacing(text: str) -> pa.Table | None:
        place = engine.target / "_delta_log" / f"{1:020}.json"
        if text.startswith("DESCRIBE HISTORY") and place.exists():
            (engine.target / "theirs").write_text('{"commitInfo": {}}', encoding="utf-8")
            (engine.target / "theirs").rename(place)
        return plain(text)

    engine.execute = replacing  # type: ignore[method-assign]
    with pytest.raises(StatementError, match="changed by another shell meanwhile"):
        carried_out("CREATE TABLE copy CLONE s", engine)
    assert engine.commit(1) == [{"commitInfo": {}}]


def test_a_copy_that_fails_takes_the_clone_back(engine: Cloning) -> None:
    engine.file.unlink()
    with pytest.raises(FileNotFoundError):
        carried_out("CREATE TABLE copy CLONE s", engine)
    assert engine.sent[-1] == "DROP TABLE IF EXISTS `copy` PURGE"


def test_what_is_there_already_is_left_alone(engine: Cloning) -> None:
    carried_out("CREATE TABLE copy CLONE s", engine)
    (engine.target / "_delta_log" / f"{1:020}.json").unlink()
    engine.write_clone = lambda: None  # type: ignore[method-assign]
    carried_out("CREATE TABLE IF NOT EXISTS copy DEEP CLONE s", engine)
    assert not (engine.target / "_delta_log" / f"{1:020}.json").exists()


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE t SHALLOW CLONE s",
        "CREATE TABLE clone (deep INT)",
        "CREATE TABLE deep AS SELECT clone FROM s",
        "CREATE TABLE IDENTIFIER('t') CLONE s",
        "REPLACE TABLE t USING delta AS SELECT 1 AS clone",
    ],
)
def test_what_is_none_of_ours(text: str) -> None:
    assert Dialect().plan(text) is None
