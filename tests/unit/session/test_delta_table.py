"""DeltaTable: the statement that each method is, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from pyspark.errors import AnalysisException
from pyspark.sql.connect import functions as F  # noqa: N812, as everybody calls it
from pyspark.sql.types import IntegerType, StructField, StructType

from lakeshell.session.python_api.delta_create import IdentityGenerator
from lakeshell.session.python_api.delta_table import DeltaTable


class FakeSpark:
    """Remembers the statements."""

    client = None

    def __init__(self) -> None:
        self.statements: list[str] = []

    def sql(self, text: str) -> None:
        self.statements.append(text)

    def _parse_ddl(self, text: str) -> Any:
        if " " in text:
            return StructType([StructField(text.split()[0], IntegerType())])
        return IntegerType()


@pytest.fixture
def spark() -> FakeSpark:
    return FakeSpark()


def table(spark: FakeSpark) -> DeltaTable:
    return DeltaTable(spark, ("db", "my`t"))


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        (lambda t: t.delete(), "DELETE FROM `db`.`my``t`"),
        (
            lambda t: t.alias("x").delete("x.a = 1"),
            "DELETE FROM `db`.`my``t` AS `x` WHERE (x.a = 1)",
        ),
        (lambda t: t.delete(F.col("a") > 1), "DELETE FROM `db`.`my``t` WHERE (`a` > 1)"),
        (
            lambda t: t.update("a = 1", {"b.c": F.lit("it's"), "d": "d + 1"}),
            "UPDATE `db`.`my``t` SET `b`.`c` = 'it\\'s', `d` = (d + 1) WHERE (a = 1)",
        ),
        (lambda t: t.history(2), "DESCRIBE HISTORY `db`.`my``t` LIMIT 2"),
        (lambda t: t.detail(), "DESCRIBE DETAIL `db`.`my``t`"),
        (lambda t: t.restoreToVersion(3), "RESTORE TABLE `db`.`my``t` TO VERSION AS OF 3"),
        (
            lambda t: t.restoreToTimestamp("2024-01-01'"),
            "RESTORE TABLE `db`.`my``t` TO TIMESTAMP AS OF '2024-01-01\\''",
        ),
        (
            lambda t: t.generate("symlink_format_manifest"),
            "GENERATE `symlink_format_manifest` FOR TABLE `db`.`my``t`",
        ),
        (
            lambda t: t.optimize().where("p = 1").executeZOrderBy("a", "b.c"),
            "OPTIMIZE `db`.`my``t` WHERE (p = 1) ZORDER BY (`a`, `b`.`c`)",
        ),
        (
            lambda t: t.clone("/x/y", replace=True, properties={"k": "v"}),
            "CREATE OR REPLACE TABLE `delta`.`/x/y` DEEP CLONE `db`.`my``t` "
            "TBLPROPERTIES ('k' = 'v')",
        ),
        (
            lambda t: t.cloneAtVersion(2, "a.b", isShallow=True),
            "CREATE TABLE `a`.`b` SHALLOW CLONE `db`.`my``t` VERSION AS OF 2",
        ),
        (
            lambda t: t.addFeatureSupport("rowTracking"),
            "ALTER TABLE `db`.`my``t` SET TBLPROPERTIES "
            "('delta.feature.rowTracking' = 'supported')",
        ),
        (
            lambda t: t.dropFeatureSupport("rowTracking", True),
            "ALTER TABLE `db`.`my``t` DROP FEATURE `rowTracking` TRUNCATE HISTORY",
        ),
    ],
)  # fmt: skip
def test_a_method_is_a_statement(spark: FakeSpark, use: Any, expected: str) -> None:
    use(table(spark))
    assert spark.statements == [expected]


def test_a_builder_is_one_statement(spark: FakeSpark) -> None:
    made = (
        DeltaTable.createOrReplace(spark)
        .tableName("db.t")
        .addColumn("a b", "INT", nullable=False, comment="it's")
        .addColumn("k", IntegerType(), generatedAlwaysAs=IdentityGenerator(5, 2))
        .addColumns(StructType([StructField("g", IntegerType(), True, {"comment": "x"})]))
        .addColumn("h", "INT", generatedAlwaysAs="g + 1")
        .partitionedBy("g")
        .location("/mnt/t")
        .comment("c")
        .property("k", "v")
        .execute()
    )
    assert isinstance(made, DeltaTable)
    assert spark.statements == [
        "CREATE OR REPLACE TABLE `db`.`t` (`a b` int NOT NULL COMMENT 'it\\'s', "
        "`k` int GENERATED ALWAYS AS IDENTITY (START WITH 5 INCREMENT BY 2), "
        "`g` int COMMENT 'x', `h` int GENERATED ALWAYS AS (g + 1)) USING DELTA "
        "PARTITIONED BY (`g`) LOCATION '/mnt/t' COMMENT 'c' TBLPROPERTIES ('k' = 'v')"
    ]


def test_a_builder_may_know_a_place_only(spark: FakeSpark) -> None:
    DeltaTable.create(spark).location("/mnt/t").addColumn("a", "INT").clusterBy(["a"]).execute()
    assert spark.statements == [
        "CREATE TABLE `delta`.`/mnt/t` (`a` int) USING DELTA CLUSTER BY (`a`)"
    ]


@pytest.mark.parametrize(
    ("use", "error", "words"),
    [
        (lambda t: t.update(), ValueError, "'set' cannot be None"),
        (lambda t: t.update(set=["a"]), TypeError, "'set' must be a dict"),
        (lambda t: t.update(set={"a": 1}), TypeError, "Values of dict in 'set'"),
        (lambda t: t.update(set={1: "a"}), TypeError, "Keys of dict in 'set'"),
        (lambda t: t.delete(1), TypeError, "'condition' must be a Spark SQL Column or a string"),
        (lambda t: t.merge(None, "a"), ValueError, "'source' in merge cannot be None"),
        (lambda t: t.merge("s", "a"), TypeError, "must be DataFrame"),
        (lambda t: t.restoreToVersion("1"), ValueError, "version needs to be an int"),
        (lambda t: t.upgradeTableProtocol("1", 2), ValueError, "readerVersion"),
        (lambda t: t.clone("x", "yes"), ValueError, "isShallow needs to be a boolean"),
        (lambda t: t.clone("x", properties={"a": 1}), ValueError, "property values"),
        (lambda t: t.optimize().executeZOrderBy(1), TypeError, "Z-order column must be str"),
    ],
)
def test_wrong_arguments_are_refused(spark: FakeSpark, use: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        use(table(spark))
    assert spark.statements == []


@pytest.mark.parametrize(
    ("use", "error", "words"),
    [
        (lambda b: b.tableName(1), TypeError, "Identifier must be str"),
        (lambda b: b.addColumn("a", 1), TypeError, "data type must be str or DataType"),
        (lambda b: b.addColumn("a", "INT", nullable=0), TypeError, "nullable must be bool"),
        (lambda b: b.addColumns(["a"]), TypeError, "must be StructField"),
        (lambda b: b.partitionedBy(1), TypeError, "Partitioning column must be str"),
        (
            lambda b: b.addColumn("a", "INT", generatedByDefaultAs=IdentityGenerator(step=0)),
            ValueError,
            "step to be non-zero",
        ),
        (
            lambda b: b.addColumn(
                "a", "INT", generatedAlwaysAs="1", generatedByDefaultAs=IdentityGenerator()
            ),
            ValueError,
            "cannot both be set",
        ),
        (lambda b: b.execute(), AnalysisException, "Table name or location has to be specified"),
    ],
)
def test_builders_refuse_wrong_arguments(
    spark: FakeSpark, use: Any, error: Any, words: str
) -> None:
    with pytest.raises(error, match=words):
        use(DeltaTable.create(spark))
    assert spark.statements == []


def test_cells_import_it_by_deltas_own_name() -> None:
    code = (
        "from lakeshell.session.python_api.delta_import import provide_delta_tables as provide\n"
        "provide(); provide()\n"
        "import sys; print('delta' in sys.modules, 'pyspark' in sys.modules)\n"
        "import delta.tables\n"
        "from delta import *\n"
        "from delta.exceptions import ConcurrentAppendException\n"
        "print(DeltaTable is delta.tables.DeltaTable, DeltaTable.__module__)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == [
        "False False",
        "True lakeshell.session.python_api.delta_table",
    ]
