"""read_files: what Spark is given in its place."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from unit.dialect.engines import FakeEngine, carried_out

from lakeshell.dialect import once
from lakeshell.dialect.dialect import Dialect
from lakeshell.errors import StatementError
from lakeshell.home import Home


def engine(tmp_path: Path, files: list[str]) -> FakeEngine:
    return FakeEngine(
        Home(tmp_path / "home").create(), [(r"SELECT path FROM .*", pa.table({"path": files}))]
    )


def call(path: str, *options: str) -> str:
    """Spark's function, of options `name=value`."""
    words = [path, *(word for option in options for word in option.split("=", 1))]
    return "`read_files`(" + ", ".join(f"'{word}'" for word in words) + ")"


CSV = ("cloudFiles.format=csv", "header=true", "cloudFiles.inferColumnTypes=true")
PAIRS = [
    (
        "select * from read_files('/mnt/raw', format => 'csv', header => true) f where f.a > 1",
        f"select * from {call('/mnt/raw', *CSV)} f where f.a > 1",
    ),
    (
        "CREATE TABLE t AS SELECT *, _metadata.file_name FROM READ_FILES(path => '/mnt/raw', "
        "`format` => 'JSON', inferColumnTypes => false, schemaEvolutionMode => 'none')",
        "CREATE TABLE t AS SELECT *, _metadata.file_name FROM "
        + call(
            "/mnt/raw",
            "cloudFiles.format=json",
            "cloudFiles.inferColumnTypes=false",
            "cloudFiles.schemaEvolutionMode=none",
        ),
    ),
    (
        "select a from read_files('/mnt/raw/*.csv.gz', format => 'csv', sep => ';', mode => -1, "
        "inferSchema => false)",
        "select a from "
        + call(
            "/mnt/raw/*.csv.gz",
            "cloudFiles.format=csv",
            "sep=;",
            "mode=-1",
            "inferSchema=false",
            "cloudFiles.inferColumnTypes=false",
            "header=false",
        ),
    ),
    (
        "select * from read_files('/it''s', format => 'xml', schema => 'a INT', rowTag => 'r', "
        "`cloudFiles.rescuedDataColumn` => 'rest', fileNamePattern => 'x*', schemaLocation => '/s')"
        " join read_files('/j', format => 'json', singleVariantColumn => 'v') using (a)",
        "select * from `read_files`('/it\\'s', 'cloudFiles.format', 'xml', 'schema', 'a INT', "
        "'rowTag', 'r', 'cloudFiles.rescuedDataColumn', 'rest', 'pathGlobFilter', 'x*', "
        "'cloudFiles.inferColumnTypes', 'true') join `json`.`/j` WITH "
        "('recursiveFileLookup' = 'true', 'singleVariantColumn' = 'v') using (a)",
    ),
]


@pytest.mark.parametrize(("text", "expected"), PAIRS)
def test_pairs(tmp_path: Path, text: str, expected: str) -> None:
    given = carried_out(text, engine(tmp_path, [])).then
    assert given == expected
    assert Dialect().plan(given) is None  # carried out once


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        (["/mnt/raw/a.json", "/mnt/raw/b.json.gz"], "json"),
        (["/mnt/raw/day=1/a.parquet"], "parquet"),
        (["/mnt/raw/a.ndjson"], "json"),
    ],
)
def test_what_the_files_tell(tmp_path: Path, files: list[str], kind: str) -> None:
    answer = carried_out("SELECT * FROM read_files('/mnt/raw')", engine(tmp_path, files))
    read = call("/mnt/raw", f"cloudFiles.format={kind}", "cloudFiles.inferColumnTypes=true")
    assert answer.then == f"SELECT * FROM {read}"


def test_what_is_for_a_cloud_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(once, "_told", set())
    spark = engine(tmp_path, [])
    text = "SELECT * FROM read_files('/a', format => 'orc', useManagedFileEvents => true)"
    assert "ManagedFileEvents" not in carried_out(text, spark).then
    assert len(spark.notices) == 1


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
