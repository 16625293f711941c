"""Columns of Connect, and arguments of spark.sql, as SQL text."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from pyspark.sql.connect import functions as F  # noqa: N812, as everybody calls it
from pyspark.sql.types import ArrayType, IntegerType, StringType, StructField, StructType

from lakeshell.errors import UsageError
from lakeshell.session.python_api.arguments import bind_arguments
from lakeshell.session.python_api.column_text import (
    ColumnText,
    attribute_parts,
    expression_text,
)
from lakeshell.session.python_api.type_text import type_text


class FakeSpark:
    client = None


def text_of(column: Any) -> str:
    return ColumnText(FakeSpark()).text(column)


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (F.col("t.a b"), "`t`.`a b`"),
        (F.col("`a.b`.c"), "`a.b`.`c`"),
        (F.col("evil` OR 1=1"), "`evil`` OR 1=1`"),
        (F.col("a") + 1, "(`a` + 1)"),
        (F.col("a") == "x'; --", "(`a` = 'x\\'; --')"),
        (~(F.col("a") > 1) & F.col("b").isNull(), "((NOT (`a` > 1)) AND `isnull`(`b`))"),
        (F.col("a").isin(1, 2), "(`a` IN (1, 2))"),
        (-F.col("a"), "(- `a`)"),
        (F.when(F.col("a"), 1).otherwise(0), "(CASE WHEN `a` THEN 1 ELSE 0 END)"),
        (F.when(F.col("a"), 1), "(CASE WHEN `a` THEN 1 END)"),
        (F.col("m")["k"], "`m`['k']"),
        (F.col("a").cast(IntegerType()), "CAST(`a` AS int)"),
        (F.col("a").alias("b"), "`a`"),
        (F.upper(F.col("a")), "`upper`(`a`)"),
        (F.call_function("db.f", F.col("a")), "`db`.`f`(`a`)"),
        (F.count_distinct(F.col("a")), "`count`(DISTINCT `a`)"),
        (F.expr("a + 1 -- why"), "(a + 1 -- why\n)"),
    ],
)
def test_a_column_is_written_as_one_operand(column: Any, expected: str) -> None:
    assert text_of(column) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "NULL"),
        (True, "TRUE"),
        (-3, "(-3)"),
        (-(2**31), "CAST('-2147483648' AS INT)"),
        (2**40, "1099511627776L"),
        (1.5, "1.5D"),
        (float("nan"), "CAST('nan' AS DOUBLE)"),
        (Decimal("1.50"), "CAST('1.50' AS DECIMAL(10, 2))"),
        (Decimal("1E+12"), "CAST('1000000000000' AS DECIMAL(13, 0))"),
        (b"ab", "X'6162'"),
        (datetime.date(2024, 1, 2), "DATE'2024-01-02'"),
        (
            datetime.datetime(2024, 1, 2, 3, tzinfo=datetime.timezone.utc),
            "TIMESTAMP'2024-01-02 03:00:00Z'",
        ),
        (
            datetime.timedelta(seconds=-1),
            "make_dt_interval(0, 0, 0, CAST('-1.000000' AS DECIMAL(18, 6)))",
        ),
    ],
)
def test_a_literal_keeps_its_type(value: Any, expected: str) -> None:
    assert text_of(F.lit(value)) == expected


def test_a_lambda_names_its_variables() -> None:
    text = text_of(F.transform(F.col("xs"), lambda x: x + 1))
    variable = text.split("-> (")[1].split(" ")[0]
    assert text == f"`transform`(`xs`, ({variable}) -> ({variable} + 1))"


def test_what_sql_cannot_say_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="update fields"):
        text_of(F.col("s").withField("a", F.lit(1)))


@pytest.mark.parametrize("text", ["a)", "(a", "a; DROP TABLE t", "'a", "", "a) OR (1"])
def test_an_expression_is_one_expression(text: str) -> None:
    with pytest.raises(UsageError, match="not one SQL expression"):
        expression_text(text)


@pytest.mark.parametrize(
    ("name", "parts"),
    [("a", ["a"]), ("a.b", ["a", "b"]), ("`a.b`.c", ["a.b", "c"]), ("`a``b`", ["a`b"])],
)
def test_names_of_columns_are_read_as_spark_reads_them(name: str, parts: list[str]) -> None:
    assert attribute_parts(name) == parts


def test_a_struct_keeps_its_fields_names() -> None:
    fields = [
        StructField("a b", StringType(), False, {"comment": "it's"}),
        StructField("c", ArrayType(IntegerType())),
    ]
    expected = "STRUCT<`a b`: string NOT NULL COMMENT 'it\\'s', `c`: ARRAY<int>>"
    assert type_text(StructType(fields)) == expected


@pytest.mark.parametrize(
    ("text", "args", "expected"),
    [
        ("SELECT :a, ':a', `:a` -- :a", {"a": "x'y"}, r"SELECT 'x\'y', ':a', `:a` -- :a"),
        ("SELECT 5-:a", {"a": -1}, "SELECT 5-(-1)"),
        ("SELECT raw:a", {"a": 1}, "SELECT raw:a"),
        ("SELECT :a", {"a": 1, "unused": 2}, "SELECT 1"),
        ("SELECT ?, '?', ?", [1, "b"], "SELECT 1, '?', 'b'"),
        ("SELECT ?, ?, :a", [1], "SELECT 1, ?, :a"),
        ("x IN (?)", [1], "x IN (1)"),
        ("SELECT :m", {"m": {"k": [1, None]}}, "SELECT `map`('k', `array`(1, NULL))"),
        ("SELECT :c", {"c": F.col("a") + 1}, "SELECT (`a` + 1)"),
        ("SELECT :a'x'", {"a": 1}, "SELECT 1 'x'"),
        ("SELECT ${x}, :a", {"a": "${x}"}, "SELECT ${x}, '${x}'"),
    ],
)
def test_arguments_are_written_where_markers_stand(text: str, args: Any, expected: str) -> None:
    assert bind_arguments(FakeSpark(), text, args) == expected


def test_arguments_are_a_dict_or_a_list() -> None:
    with pytest.raises(TypeError, match="must be a dict or a list, not str"):
        bind_arguments(FakeSpark(), "SELECT :a", "a")
