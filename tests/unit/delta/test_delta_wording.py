"""What is computed without Spark: metrics in words, sizes, histograms, DDL."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakeshell.delta.files import SMALL, size_histogram, small_file_warning
from lakeshell.delta.history import describe_metrics, describe_parameters
from lakeshell.delta.log import DataFile, Snapshot, glob_escape
from lakeshell.delta.profile import BINS, equal_bins, spark_line
from lakeshell.delta.schema import column_ddl, create_table_ddl, type_ddl
from lakeshell.delta.tables import DeltaTable


@pytest.mark.parametrize(
    ("operation", "metrics", "words"),
    [
        ("CREATE TABLE", {}, ""),
        ("WRITE", {"numFiles": "1", "numOutputRows": "1"}, "1 row written, 1 file added"),
        (
            "WRITE",
            {"numFiles": "2", "numRemovedFiles": "3", "numOutputRows": "1500"},
            "1,500 rows written, 2 files added, 3 removed",
        ),
        (
            "MERGE",
            {
                "numTargetRowsInserted": "2",
                "numTargetRowsUpdated": "1",
                "numTargetRowsDeleted": "0",
                "numOutputRows": "9",
                "numTargetFilesAdded": "1",
                "numTargetFilesRemoved": "1",
            },
            "2 rows inserted, 1 updated, 1 file added, 1 removed",
        ),
        ("UPDATE", {"numUpdatedRows": "0"}, "no rows changed"),
        (
            "DELETE",
            {"numDeletedRows": "1", "numRemovedFiles": "1"},
            "1 row deleted, 1 file removed",
        ),
        ("OPTIMIZE", {"numAddedFiles": "1", "numRemovedFiles": "8"}, "8 files compacted into 1"),
        ("RESTORE", {"numRestoredFiles": "2", "numRemovedFiles": "0"}, "2 files added"),
        ("VACUUM END", {"numDeletedFiles": "4", "numVacuumedDirectories": "1"}, "4 files deleted"),
        ("STRANGE", {"whatever": "x"}, ""),
    ],
)
def test_metrics(operation: str, metrics: dict[str, str], words: str) -> None:
    assert describe_metrics(operation, metrics) == words


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"mode": "Append", "partitionBy": "[]"}, "mode Append"),
        ({"predicate": '["(id#46L = 2)"]'}, "where (id = 2)"),
        ({"zOrderBy": '["a","b"]', "predicate": "[]"}, "z-order by a, b"),
        ({"version": "3", "timestamp": None}, "to version 3"),
        ({"properties": '{"a":"b"}'}, "a=b"),
        ({"predicate": "not json ["}, "where not json ["),
    ],
)
def test_parameters(parameters: dict[str, str | None], words: str) -> None:
    assert describe_parameters(parameters) == words


def files(*sizes: int, partition: str | None = None) -> list[DataFile]:
    parts = {} if partition is None else {"p": partition}
    return [DataFile(f"f{i}", size, 0, 1, parts) for i, size in enumerate(sizes)]


@given(st.lists(st.integers(0, 1 << 40), max_size=50))
def test_every_file_is_in_one_bin(sizes: list[int]) -> None:
    bins = size_histogram(files(*sizes))
    assert sum(one.count for one in bins) == len(sizes)
    if bins:
        assert bins[0].count
        assert bins[-1].count


def test_small_files_are_told_where_merging_helps() -> None:
    assert small_file_warning(files(*[10] * 9), "t") is None
    assert "%optimize t" in (small_file_warning(files(*[10] * 12), "t") or "")
    assert small_file_warning(files(*[SMALL] * 100), "t") is None
    lonely = [f for day in range(50) for f in files(10, partition=str(day))]
    assert small_file_warning(lonely, "t") is None


@given(st.lists(st.tuples(st.floats(-1e9, 1e9), st.integers(1, 100)), max_size=40))
def test_bins_keep_every_value(points: list[tuple[float, int]]) -> None:
    counts = equal_bins(points)
    assert sum(counts) == (sum(n for _, n in points) if len(points) > 1 else 0)
    assert len(counts) in (0, BINS)


def test_spark_lines() -> None:
    assert spark_line([]) == ""
    assert spark_line([0, 0]) == ""
    assert spark_line([1, 2, 3, 4, 5]) == "▁▂▃▅▇"
    assert spark_line([1000, 1, 0]) == "▇▁ "


@pytest.mark.parametrize(
    ("kind", "sql"),
    [
        ("long", "BIGINT"),
        ("decimal(10,2)", "DECIMAL(10,2)"),
        ("timestamp_ntz", "TIMESTAMP_NTZ"),
        ({"type": "array", "elementType": "integer", "containsNull": True}, "ARRAY<INT>"),
        ({"type": "map", "keyType": "string", "valueType": "long"}, "MAP<STRING, BIGINT>"),
        (
            {
                "type": "struct",
                "fields": [
                    {"name": "a b", "type": "string", "nullable": False, "metadata": {}},
                    {"name": "c", "type": "date", "nullable": True, "metadata": {"comment": "x'"}},
                ],
            },
            "STRUCT<`a b`: STRING NOT NULL, c: DATE COMMENT 'x\\''>",
        ),
    ],
)
def test_types(kind: Any, sql: str) -> None:
    assert type_ddl(kind) == sql


@pytest.mark.parametrize(
    ("field", "sql"),
    [
        ({"nullable": False}, "c INT NOT NULL"),
        ({"metadata": {"comment": "it's"}}, "c INT COMMENT 'it\\'s'"),
        ({"metadata": {"CURRENT_DEFAULT": "7"}}, "c INT DEFAULT 7"),
        (
            {"metadata": {"delta.generationExpression": "year(d)"}},
            "c INT GENERATED ALWAYS AS (year(d))",
        ),
        (
            {
                "metadata": {
                    "delta.identity.start": 1,
                    "delta.identity.step": 2,
                    "delta.identity.allowExplicitInsert": True,
                }
            },
            "c INT GENERATED BY DEFAULT AS IDENTITY (START WITH 1 INCREMENT BY 2)",
        ),
    ],
)
def test_columns(field: dict[str, Any], sql: str) -> None:
    base = {"name": "c", "type": "integer", "nullable": True, "metadata": {}}
    assert column_ddl({**base, **field}) == sql


def test_a_hostile_name_cannot_leave_its_quotes() -> None:
    field = {"name": "a`) ; DROP TABLE x --", "type": "integer", "nullable": True, "metadata": {}}
    schema = {"type": "struct", "fields": [field]}
    table = DeltaTable(("s", "a;b"), "/mnt/a'b")
    snapshot = Snapshot(0, (), schema, (field["name"],), {"k'": "v'"})  # type: ignore[arg-type]
    ddl = create_table_ddl(table, snapshot, managed=False)
    from lakeshell.sql.statements import split_statements

    assert len(split_statements(ddl)) == 1
    assert "LOCATION '/mnt/a\\'b'" in ddl


@given(st.text(alphabet="ab*?[]{}\\/", max_size=20))
def test_a_path_is_no_pattern(path: str) -> None:
    assert glob_escape(path).replace("\\\\", "\0").replace("\\", "").replace("\0", "\\") == path
