"""COPY INTO: how it is read, which files it takes, and what it asks of Spark."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from unit.dialect.engines import FakeEngine, carried_out

from lakeshell.dialect.dialect import Dialect
from lakeshell.dialect.files.file_relations import exactly, plain
from lakeshell.dialect.tables.copied_files import CopiedFiles
from lakeshell.dialect.tables.table_folder import DeltaFolder
from lakeshell.errors import StatementError
from lakeshell.home import Home

COUNTS = ["num_affected_rows", "num_inserted_rows", "num_skipped_corrupt_files"]


@pytest.fixture
def table(tmp_path: Path) -> DeltaFolder:
    folder = tmp_path / "t"
    (folder / "_delta_log").mkdir(parents=True)
    return DeltaFolder("id-1", folder)


class Table(FakeEngine):
    """A table whose history holds a commit for each INSERT, as Delta's does; and /mnt/raw."""

    def __init__(self, home: Home, folder: DeltaFolder, files: list[str]) -> None:
        super().__init__(home)
        self.folder, self.files = folder, files
        self.commits: list[str] = []
        self.inserts: list[str] = []
        self.numbers: set[str] = set()
        self.dies_after_commit = False

    def execute(self, text: str) -> pa.Table | None:
        self.sent.append(text)
        if text.startswith("DESCRIBE DETAIL"):
            row = {"id": self.folder.id, "format": "delta", "location": str(self.folder.folder)}
            return pa.Table.from_pylist([row])
        if text.startswith("DESCRIBE HISTORY"):
            rows = [{"userMetadata": c, "operationMetrics": {"numOutputRows": "2"}}
                    for c in self.commits]  # fmt: skip
            return pa.Table.from_pylist(rows) if rows else None
        if text.startswith("SELECT path FROM"):
            return pa.table({"path": [f"viewfs://lake{path}" for path in self.files]})
        if text.startswith("INSERT"):
            options = text.partition("WITH (")[2]
            number = options.partition("'txnVersion' = '")[2].partition("'")[0]
            if number not in self.numbers:
                self.numbers.add(number)
                self.inserts.append(text)
                self.commits.append(options.partition("'userMetadata' = '")[2].partition("'")[0])
            if self.dies_after_commit:
                raise KeyboardInterrupt
            return None
        raise AssertionError(text)


@pytest.fixture
def engine(tmp_path: Path, table: DeltaFolder) -> Table:
    home = Home(tmp_path / "home").create()
    return Table(home, table, ["/mnt/raw/a.json", "/mnt/raw/b.json"])


def rows_copied(engine: Table, statement: str = "") -> int:
    answer = carried_out(statement or "copy into t from '/mnt/raw' fileformat = json", engine)
    assert answer.table is not None
    assert answer.table.column_names == COUNTS
    return int(answer.table["num_inserted_rows"][0].as_py())


@pytest.mark.parametrize(
    ("statement", "how"),
    [
        (
            "COPY INTO a.t WITH (CREDENTIAL c) FROM 'dbfs:/mnt/raw/' FILEFORMAT = CSV "
            "FORMAT_OPTIONS ('header' = 'true', 'sep' = ';') COPY_OPTIONS ('mergeSchema' = 'true')",
            "'mergeSchema' = 'true') BY NAME SELECT * FROM `csv`.`/mnt/raw/{a.json,b.json}` "
            "WITH ('header' = 'true', 'sep' = ';')",
        ),
        (
            "copy into t from (select a::int, _metadata.file_path p, struct(from_x) "
            "from '/mnt/raw' with (credential c) where a > 1) fileformat=parquet",
            "'mergeSchema' = 'false') BY NAME select a::int, _metadata.file_path p, struct(from_x) "
            "from `parquet`.`/mnt/raw/{a.json,b.json}` where a > 1",
        ),
    ],
)
def test_what_spark_is_given(engine: Table, statement: str, how: str) -> None:
    assert rows_copied(engine, statement) == 2
    assert engine.inserts[0].endswith(how)


@pytest.mark.parametrize(
    ("clause", "listed"),
    [
        ("", "`binaryfile`.`/mnt/raw`"),
        ("FILES = ('a.json', 'b.json')", "`binaryfile`.`/mnt/raw/{a.json,b.json}`"),
        ("PATTERN = '*/[ab]*.json'", "`binaryfile`.`/mnt/raw/*/[ab]*.json`"),
        (
            "FORMAT_OPTIONS ('recursiveFileLookup' = 'true', 'multiLine' = 'true')",
            "`binaryfile`.`/mnt/raw` WITH ('recursiveFileLookup' = 'true')",
        ),
    ],
)
def test_which_files_are_looked_for(engine: Table, clause: str, listed: str) -> None:
    engine.files = []
    assert rows_copied(engine, f"COPY INTO t FROM '/mnt/raw' FILEFORMAT = JSON {clause}") == 0
    assert engine.sent[-1] == f"SELECT path FROM {listed}"


def test_partitions_are_told_by_folders(engine: Table) -> None:
    engine.files = ["/mnt/raw/day=1/a.json", "/mnt/raw/day=2/a.json"]
    rows_copied(engine)
    assert engine.inserts[0].endswith(
        "`json`.`/mnt/raw/{day=1/a.json,day=2/a.json}` WITH ('basePath' = '/mnt/raw')"
    )
    engine.files.append("/mnt/raw/day=3/a.json")
    rows_copied(engine, "COPY INTO t FROM '/mnt/raw/*/*.json' FILEFORMAT = JSON")
    assert engine.inserts[1].endswith("`json`.`/mnt/raw/day=3/a.json`")


def test_a_file_is_loaded_once_unless_forced(engine: Table) -> None:
    assert rows_copied(engine) == 2
    assert rows_copied(engine) == 0
    engine.files.append("/mnt/raw/c.json")
    assert rows_copied(engine) == 2
    assert engine.inserts[-1].endswith("`json`.`/mnt/raw/c.json`")
    assert rows_copied(
        engine, "COPY INTO t FROM '/mnt/raw' FILEFORMAT = JSON COPY_OPTIONS ('force' = 'true')"
    )
    assert len(engine.inserts) == 3


def test_a_death_between_the_commit_and_the_remembering_doubles_nothing(engine: Table) -> None:
    engine.dies_after_commit = True
    with pytest.raises(KeyboardInterrupt):
        rows_copied(engine)
    engine.dies_after_commit = False
    assert rows_copied(engine) == 0
    assert len(engine.inserts) == 1


def test_a_load_that_the_history_has_forgotten_is_known_by_its_number(engine: Table) -> None:
    engine.dies_after_commit = True
    with pytest.raises(KeyboardInterrupt):
        rows_copied(engine)
    engine.dies_after_commit = False
    engine.commits.clear()
    engine.files.append("/mnt/raw/c.json")
    assert rows_copied(engine) == 2
    assert engine.inserts[-1].endswith("`json`.`/mnt/raw/c.json`")


def test_a_death_before_the_commit_loses_nothing(engine: Table, table: DeltaFolder) -> None:
    CopiedFiles(table).note(engine.files)
    assert rows_copied(engine) == 2
    assert CopiedFiles(table).noted() == []


def test_another_shell_that_was_faster(engine: Table, table: DeltaFolder) -> None:
    rival = CopiedFiles(table).note(["/mnt/raw/a.json"])
    original = engine.execute

    def overtaken(text: str) -> pa.Table | None:
        if text.startswith("INSERT") and not engine.commits:
            engine.commits.append(f"lakeshell COPY INTO {rival.token}")
            engine.numbers.add("1")
        return original(text)

    engine.execute = overtaken  # type: ignore[method-assign]
    assert rows_copied(engine) == 2
    assert [text.rpartition("/")[2] for text in engine.inserts] == ["b.json`"]


def test_a_table_that_replaced_another_begins_anew(engine: Table) -> None:
    assert rows_copied(engine) == 2
    engine.folder = DeltaFolder("id-2", engine.folder.folder)
    engine.numbers.clear()
    assert rows_copied(engine) == 2


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("viewfs://lake/mnt/a b", "/mnt/a b"),
        ("dbfs:/mnt/a", "/mnt/a"),
        ("dbfs:///FileStore/a", "dbfs:/FileStore/a"),
        ("file:///tmp/a", "/tmp/a"),
        ("file:/mnt/a", "file:/mnt/a"),
        ("/Volumes/c/s/v", "/Volumes/c/s/v"),
    ],
)
def test_one_spelling_of_a_path(path: str, expected: str) -> None:
    assert plain(path) == expected
    assert plain(expected) == expected


def test_patterns_that_match_these_files_only() -> None:
    assert exactly(["/mnt/a*b.csv"]) == r"/mnt/a\*b.csv"
    assert exactly(["/mnt/x/a,1.csv", "/mnt/x/d=1/{b}"]) == r"/mnt/x/{a\,1.csv,d=1/\{b\}}"


@pytest.mark.parametrize(
    "statement",
    [
        "COPY t FROM 'x'",
        "COPY INTO t FROM x FILEFORMAT = CSV",
        "COPY INTO t FROM '/x' FILEFORMAT = EXCEL",
        "COPY INTO t FROM (SELECT 1) FILEFORMAT = CSV",
        "COPY INTO t FROM '/x' FILEFORMAT = CSV FORMAT_OPTIONS",
        "COPY INTO t FROM '/x' FILEFORMAT = CSV NONSENSE",
    ],
)
def test_what_is_written_wrongly(statement: str) -> None:
    if statement.startswith("COPY t"):
        assert Dialect().plan(statement) is None
        return
    with pytest.raises(StatementError, match="is expected where"):
        Dialect().plan(statement)
