"""What `check` says of a file, with a parser that refuses what holds the word WRONG."""

from __future__ import annotations

from collections.abc import Sequence

from lakeshell.dialect.check import NATIVE, check_source
from lakeshell.dialect.ledger import Fate


def parse(texts: Sequence[str]) -> list[str | None]:
    return ["near WRONG" if "WRONG" in text else None for text in texts]


def told(source: str, language: str = "sql") -> list[tuple[int, str, tuple[str, ...]]]:
    verdicts = check_source(source, language, parse)
    return [(v.position.line, v.fate, v.constructs) for v in verdicts]


def test_statements_of_a_file() -> None:
    source = (
        "-- first\nselect 1;\nselect * from t@v1;\nselect WRONG;\nselect * from ${a b}@v2;\n"
        "create table t (a int) cluster by auto;\ncreate share s;"
    )
    at = "t@v1, t@yyyyMMddHHmmssSSS"
    assert told(source) == [
        (2, NATIVE, ()),
        (3, Fate.HANDLED.value, (at,)),
        (4, Fate.UNSUPPORTED.value, ()),
        (5, Fate.HANDLED.value, (at,)),
        (6, Fate.IGNORED.value, ("CLUSTER BY AUTO",)),
        (7, Fate.UNSUPPORTED.value, ("SHARE",)),
    ]


def test_statements_in_python_and_cells_in_other_languages() -> None:
    source = (
        "# Databricks notebook source\n"
        "name = 't'\n"
        "spark.sql('select * from t@v1; select WRONG')\n"
        "spark.sql(f'select WRONG from {name}').show()\n"
        "spark.sql(f'select * from {name}@v3')\n"
        "spark.sql(name)\n"
        "# COMMAND ----------\n"
        "# MAGIC %scala\n"
        "# MAGIC val x = 1\n"
        "# COMMAND ----------\n"
        "# MAGIC %sql\n"
        "# MAGIC select 1\n"
    )
    at = "t@v1, t@yyyyMMddHHmmssSSS"
    assert told(source, "python") == [
        (3, Fate.HANDLED.value, (at,)),
        (3, Fate.UNSUPPORTED.value, ()),
        (5, Fate.HANDLED.value, (at,)),
        (8, Fate.UNSUPPORTED.value, ("Scala",)),
        (12, NATIVE, ()),
    ]
