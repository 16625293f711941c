"""DESCRIBE EXTENDED read into fields, column statistics, and properties from text."""

from __future__ import annotations

from typing import Any

import pytest

from lakeshell.delta.description import read_description
from lakeshell.delta.log import DataFile
from lakeshell.delta.properties import parse_property
from lakeshell.delta.statistics import column_statistics
from lakeshell.errors import UsageError


def told(*rows: tuple[str, str, str | None]) -> list[dict[str, Any]]:
    return [dict(zip(("col_name", "data_type", "comment"), row, strict=True)) for row in rows]


def test_columns_end_where_partitions_and_details_begin() -> None:
    found = read_description(
        told(
            ("# id", "int", "a column may be called so"),
            ("day", "date", None),
            ("# Partition Information", "", ""),
            ("# col_name", "data_type", "comment"),
            ("day", "date", None),
            ("", "", ""),
            ("# Detailed Table Information", "", ""),
            ("Type", "MANAGED", ""),
            ("Provider", "Delta", ""),
        )
    )
    assert [column.name for column in found.columns] == ["# id", "day"]
    assert found.partition_columns == ("day",)
    assert found.is_delta
    assert not found.is_view


def test_what_has_no_details_is_a_view_of_the_session() -> None:
    assert read_description(told(("id", "int", None))).is_view


def file(rows: int | None, low: Any, high: Any, nulls: int | None) -> DataFile:
    def of(value: Any) -> dict[str, Any]:
        return {} if value is None else {"x": value}

    return DataFile("f", 1, 0, rows, low=of(low), high=of(high), nulls=of(nulls))


def test_statistics_are_those_of_all_files() -> None:
    found = column_statistics([file(2, 1, 5, 0), file(3, -2, 4, 1), file(2, None, None, 2)], "x")
    assert (found.span, found.nulls) == ("-2 … 5", 3)


def test_a_file_that_does_not_tell_leaves_it_open() -> None:
    found = column_statistics([file(2, 1, 5, 0), file(None, None, None, None)], "x")
    assert (found.span, found.nulls) == ("", None)


@pytest.mark.parametrize("text", ["a.b=c = d", " 'a.b' = \"c = d\" "])
def test_a_property_is_split_at_the_first_equals(text: str) -> None:
    assert parse_property(text) == ("a.b", "c = d")


@pytest.mark.parametrize("text", ["a.b", "= x", ""])
def test_what_is_no_property_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_property(text)
