"""read_files: what Spark is given in its place."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from unit.dialect.engines import FakeEngine, carried_out

from lakeshell.dialect.dialect import Dialect
from lakeshell.errors import StatementError
from lakeshell.home import Home


def engine(tmp_path: Path, files: list[str], **columns: str) -> FakeEngine:
    described = [{"col_name": name, "data_type": kind} for name, kind in columns.items()]
    return FakeEngine(
        Home(tmp_path / "home").create(),
        [
            (r"SELECT path FROM .*", pa.table({"path": files})),
            (r"DESCRIBE QUERY .*", pa.Table.from_pylist(described or [{"col_name": ""}])),
        ],
    )


PAIRS = [
    (
        "select * from read_files('/mnt/raw', format => 'csv', header => true) f where f.a > 1",
        "select * from `csv`.`/mnt/raw` WITH ('header' = 'true', 'inferSchema' = 'true') f "
        "where f.a > 1",
    ),
    (
        "CREATE TABLE t AS SELECT *, _metadata.file_name FROM READ_FILES(path => '/mnt/raw', "
        "`format` => 'JSON', inferColumnTypes => false, schemaEvolutionMode => 'none')",
        "CREATE TABLE t AS SELECT *, _metadata.file_name FROM `json`.`/mnt/raw` "
        "WITH ('primitivesAsString' = 'true')",
    ),
    (
        "SELECT path FROM read_files('/mnt/raw', format => 'binaryFile', "
        "fileNamePattern => '*.{jpg,png}') WHERE _metadata.file_size < 5",
        "SELECT path FROM `binaryfile`.`/mnt/raw` WITH ('pathGlobFilter' = '*.{jpg,png}') "
        "WHERE _metadata.file_size < 5",
    ),
    (
        "select a from read_files('/mnt/raw/*.csv.gz', format => 'csv', sep => ';', mode => -1)",
        "select a from `csv`.`/mnt/raw/*.csv.gz` WITH ('sep' = ';', 'mode' = '-1', "
        "'inferSchema' = 'true')",
    ),
    (
        "select *, _metadata.file_path from read_files('/mnt/raw', format => 'csv', "
        "schema => 'id INT NOT NULL, x DECIMAL(9, 2) COMMENT \"so\", s STRING')",
        "select * EXCEPT (_metadata), _metadata.file_path from "
        "(SELECT try_cast(`_c0` AS INT) AS `id`, "
        "try_cast(`_c1` AS DECIMAL(9, 2)) AS `x`, CAST(NULL AS STRING) AS `s`, _metadata "
        "FROM `csv`.`/mnt/raw` WITH ('inferSchema' = 'false'))",
    ),
]


@pytest.mark.parametrize(("text", "expected"), PAIRS)
def test_pairs(tmp_path: Path, text: str, expected: str) -> None:
    spark = engine(tmp_path, ["/mnt/raw/a.csv"], _c0="string", _c1="string")
    assert carried_out(text, spark).then == expected


def test_hints_are_read_from_the_text_itself(tmp_path: Path) -> None:
    spark = engine(tmp_path, ["/mnt/raw/a.csv"], zip="int", n="int", d="date")
    answer = carried_out(
        "SELECT * FROM read_files('/mnt/raw', format => 'csv', header => true, "
        "dateFormat => 'dd.MM.yyyy', schemaHints => 'ZIP string, more BIGINT')",
        spark,
    )
    assert answer.then == (
        "SELECT * FROM (SELECT `zip` AS `zip`, try_cast(`n` AS int) AS `n`, "
        "try_to_date(`d`, 'dd.MM.yyyy') AS `d`, CAST(NULL AS BIGINT) AS `more` FROM "
        "`csv`.`/mnt/raw` WITH ('header' = 'true', 'dateFormat' = 'dd.MM.yyyy', "
        "'inferSchema' = 'false'))"
    )


def test_nested_types_go_by_name(tmp_path: Path) -> None:
    spark = engine(tmp_path, ["/mnt/raw/a.json"], s="struct<a:bigint>", n="bigint")
    answer = carried_out(
        "SELECT * FROM read_files('/mnt/raw', schema => 's STRUCT<a: INT, b: STRING>, n BIGINT')",
        spark,
    )
    assert answer.then == (
        "SELECT * FROM (SELECT from_json(to_json(`s`), 'STRUCT<a: INT, b: STRING>') AS `s`, "
        "`n` AS `n` FROM `json`.`/mnt/raw`)"
    )


@pytest.mark.parametrize(
    ("files", "read"),
    [
        (["/mnt/raw/a.json", "/mnt/raw/b.json.gz"], "`json`.`/mnt/raw`"),
        (["/mnt/raw/day=1/a.parquet"], "`parquet`.`/mnt/raw`"),
        (["/mnt/raw/x/a.orc"], "`orc`.`/mnt/raw` WITH ('recursiveFileLookup' = 'true')"),
        (["/mnt/raw/a.ndjson"], "`json`.`/mnt/raw`"),
    ],
)
def test_what_the_files_tell(tmp_path: Path, files: list[str], read: str) -> None:
    answer = carried_out("SELECT * FROM read_files('/mnt/raw')", engine(tmp_path, files))
    assert answer.then == f"SELECT * FROM {read}"


def test_files_that_do_not_tell_their_format(tmp_path: Path) -> None:
    with pytest.raises(StatementError, match="do not tell their format"):
        carried_out("SELECT * FROM read_files('/x')", engine(tmp_path, ["/x/a.csv", "/x/b.json"]))


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM read_files()",
        "SELECT * FROM read_files('/a', '/b')",
        "SELECT * FROM read_files('/a', header => upper('x'))",
        "SELECT * FROM read_files('/a', header = true)",
    ],
)
def test_what_is_written_wrongly(text: str) -> None:
    with pytest.raises(StatementError, match="is expected where"):
        Dialect().plan(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT read_files FROM t",
        "SELECT * FROM s.read_files('x')",
        "SELECT 'read_files(1)' AS cloud_files",
        "CREATE FUNCTION read_files(x INT) RETURNS INT RETURN x",
    ],
)
def test_what_is_none_of_ours(text: str) -> None:
    assert Dialect().plan(text) is None
