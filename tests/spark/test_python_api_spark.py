"""What Python cells have of Databricks' API: DeltaTable, arguments, streams, pandas on Spark."""

from __future__ import annotations

import uuid

import pytest
from cells_support import CellRun

from lakeshell.errors import CellError
from lakeshell.session.session import Session


@pytest.fixture
def cells(session: Session, schema: str) -> CellRun:
    run = CellRun(session)
    run.names["place"] = f"/mnt/{uuid.uuid4().hex}"
    run.run("""
from delta.tables import DeltaTable, IdentityGenerator
from pyspark.sql import functions as F

def show(frame):
    print([tuple(row) for row in frame.collect()])
""")
    return run


@pytest.fixture
def sales(cells: CellRun) -> None:
    """A table of three rows, and a DataFrame of two to merge."""
    cells.run("""
sales = (
    DeltaTable.createOrReplace(spark)
    .tableName("sales")
    .addColumn("id", "BIGINT", nullable=False, comment="it's the key")
    .addColumn("name", "STRING")
    .addColumn("amount", "DOUBLE")
    .addColumn("double", "DOUBLE", generatedAlwaysAs="amount * 2")
    .comment("what was sold")
    .property("a.b", "c'd")
    .clusterBy("id")
    .execute()
)
spark.sql("INSERT INTO sales (id, name, amount) VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)")
new = spark.createDataFrame([(2, "B", 20.0), (4, "D", 40.0)], ["id", "name", "amount"])
""")


def failure(cells: CellRun, code: str) -> CellError:
    with pytest.raises(CellError) as caught:
        cells.run(code)
    return caught.value


@pytest.mark.usefixtures("sales")
def test_delta_table_merges_updates_and_deletes(cells: CellRun) -> None:
    assert cells.run("""
merged = (
    sales.alias("t")
    .merge(new.alias("s"), "t.id = s.id -- the key")
    .whenMatchedUpdate(set={"name": "s.name", "amount": F.col("s.amount") + 1})
    .whenNotMatchedInsert(values={"id": "s.id", "name": F.lower("s.name"), "amount": F.lit(0.5)})
    .whenNotMatchedBySourceUpdate("t.id = 1", set={"name": F.lit("it's gone")})
    .whenNotMatchedBySourceDelete(F.col("t.id") == 3)
    .execute()
)
show(merged)
show(sales.toDF().orderBy("id"))
""") == (
        "[(4, 2, 1, 1)]\n[(1, \"it's gone\", 1.0, 2.0), (2, 'B', 21.0, 42.0), (4, 'd', 0.5, 1.0)]\n"
    )
    # Columns of DataFrames without any alias, and the table's own name before a column.
    assert (
        cells.run("""
rows = sales.toDF()
sales.merge(new, rows.id == new.id).whenMatchedDelete(new.amount > 30).execute()
shout = F.udf(lambda text: f"{text}!")
sales.update("sales.id = 1", {"name": shout(F.upper(F.col("name")))})
sales.update(set={"amount": "amount + 1"})
sales.delete(F.col("name").isin("nobody"))
show(sales.toDF().orderBy("id"))
""")
        == "[(1, \"IT'S GONE!\", 2.0, 4.0), (2, 'B', 22.0, 44.0)]\n"
    )
    # A column that the table lacks; an alias below other steps.
    assert (
        cells.run("""
more = spark.createDataFrame([(9, "n", 1.0, "web")], ["id", "name", "amount", "channel"])
(
    sales.alias("t")
    .merge(more.alias("s").filter("id > 1").limit(5), "t.id = s.id")
    .withSchemaEvolution()
    .whenMatchedUpdateAll()
    .whenNotMatchedInsertAll(condition="s.id < 10")
    .execute()
)
show(sales.toDF().filter("id = 9").select("channel"))
show(sales.history(3).select("operation"))
print([table.name for table in spark.catalog.listTables() if table.isTemporary])
""")
        == "[('web',)]\n[('MERGE',), ('UPDATE',), ('UPDATE',)]\n[]\n"
    )


@pytest.mark.usefixtures("sales")
def test_delta_tables_are_made_found_and_kept(cells: CellRun) -> None:
    assert (
        cells.run("""
detail = sales.detail().first()
print(detail["format"], detail["description"], detail["properties"]["a.b"])
print(detail["clusteringColumns"], sales.toDF().schema["id"].metadata)
""")
        == "delta what was sold c'd\n['id'] {'comment': \"it's the key\"}\n"
    )
    assert (
        cells.run("""
numbers = spark.range(4).selectExpr("id", "id % 2 AS p")
numbers.repartition(2).write.partitionBy("p").parquet(f"{place}/pq")
made = DeltaTable.convertToDelta(spark, f"parquet.`{place}/pq`", "p bigint")
numbered = (
    DeltaTable.create(spark)
    .location(f"{place}/numbered")
    .addColumn("k", "BIGINT", generatedByDefaultAs=IdentityGenerator(5, 2))
    .addColumn("v", "INT")
    .execute()
)
spark.sql(f"INSERT INTO delta.`{place}/numbered` (v) VALUES (1)")
print(made.toDF().count())
print([DeltaTable.isDeltaTable(spark, f"{place}/{folder}") for folder in ("pq", "nowhere")])
show(DeltaTable.forName(spark, f"delta.`{place}/numbered`").toDF())
""")
        == "4\n[True, False]\n[(5, 1)]\n"
    )
    assert (
        cells.run("""
made = DeltaTable.forPath(spark, f"{place}/pq")
made.delete("id = 3")
compacted = made.optimize().where("p = 0").executeCompaction().first()
made.addFeatureSupport("deletionVectors")
copy = made.clone(f"{place}/copy", isShallow=True, properties={"x.y": "z"})
deep = made.clone(f"{place}/deep")
print(compacted["metrics"]["numFilesRemoved"], copy.detail().first()["properties"]["x.y"])
print(copy.toDF().count(), deep.toDF().count())
""")
        == "2 z\n3 3\n"
    )


@pytest.mark.usefixtures("sales")
def test_deltas_errors_are_deltas_own(cells: CellRun) -> None:
    for code, condition in (
        ('DeltaTable.forName(spark, "nowhere")', "DELTA_MISSING_DELTA_TABLE"),
        ('DeltaTable.forPath(spark, "/mnt/nowhere")', "DELTA_MISSING_DELTA_TABLE"),
        (
            'DeltaTable.create(spark).tableName("sales").addColumn("a", "INT").execute()',
            "TABLE_OR_VIEW_ALREADY_EXISTS",
        ),
        (
            'sales.merge(new.union(new), "sales.id = id").whenMatchedUpdateAll().execute()',
            "AMBIGUOUS_REFERENCE",
        ),
        (
            'sales.merge(new.union(new).alias("s"), "sales.id = s.id")'
            ".whenMatchedUpdate(set={'name': 's.name'}).execute()",
            "DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE",
        ),
        ('sales.merge(new, "true").execute()', "DELTA_MERGE_MISSING_WHEN"),
    ):
        assert failure(cells, code).error_class == condition


def test_arguments_reach_the_statement(cells: CellRun) -> None:
    assert cells.run("""
import datetime, decimal
moment = datetime.datetime(2024, 1, 2, 3, 4, 5)
row = spark.sql(
    "SELECT :s, :i, :f, :b, :n, :d, :t AS t, :e AS e, :y AS y, :l AS l, :m AS m",
    args={
        "s": "it's", "i": 5, "f": 2.5, "b": True, "n": None, "d": datetime.date(2024, 1, 2),
        "t": moment, "e": decimal.Decimal("1.50"), "y": b"ab", "l": [1, 2], "m": {"k": 1},
    },
).first()
print(tuple(row)[:6])
print(row.t == moment, row.e, bytes(row.y), row.l, row.m)
""") == (
        '("it\'s", 5, 2.5, True, None, datetime.date(2024, 1, 2))\n'
        "True 1.50 b'ab' [1, 2] {'k': 1}\n"
    )
    assert (
        cells.run("""
frame = spark.createDataFrame([(1, "{x}"), (2, "b")], ["n", "s"])
show(spark.sql("SELECT ?, ? * 2", args=[F.lit(3) + 4, 4]))
show(spark.sql("SELECT n FROM {t} WHERE s = :s", {"s": "{x}"}, t=frame))
show(spark.sql("SELECT n FROM {t} WHERE n > {least}", t=frame, least=1))
spark.sql("CREATE TABLE made AS SELECT * FROM {t} WHERE n = ?", [2], t=frame)
show(spark.table("made"))
""")
        == "[(7, 8)]\n[(1,)]\n[(2,)]\n[(2, 'b')]\n"
    )
    unbound = failure(cells, "spark.sql('SELECT :other', args={'x': 1}).show()")
    assert unbound.error_class == "UNBOUND_SQL_PARAMETER"


def test_streams_end_in_tables_and_batches_know_delta(cells: CellRun) -> None:
    assert (
        cells.run("""
spark.sql("CREATE TABLE source AS SELECT id FROM range(3)")
spark.sql("CREATE TABLE target (id BIGINT, batch BIGINT)")
target = DeltaTable.forName(spark, "target")

def upsert(frame, batch):
    from delta.tables import DeltaTable as Table
    (
        Table.forName(frame.sparkSession, "target").alias("t")
        .merge(frame.alias("s"), "t.id = s.id")
        .whenNotMatchedInsert(values={"id": "s.id", "batch": F.lit(batch)})
        .execute()
    )
    target.update("id = 1", {"batch": "7"})
    spark.sql("INSERT INTO target VALUES (:id, 9)", args={"id": 100})

def drained(writer, name):
    return writer.trigger(availableNow=True).option("checkpointLocation", f"{place}/{name}")

stream = spark.readStream.table("source")
drained(stream.writeStream.foreachBatch(upsert), "a").start().awaitTermination()
drained(stream.writeStream, "b").table("copied").awaitTermination()
show(spark.table("target").orderBy("id"))
print(spark.table("copied").count())
""")
        == "[(0, 0), (1, 7), (2, 0), (100, 9)]\n3\n"
    )


def test_what_is_not_there_is_named(cells: CellRun) -> None:
    cells.run("frame = spark.range(1)")
    for code, words in (
        ("frame.rdd.map(str)", "A DataFrame has no rdd here"),
        ("spark._jvm.java", "There is no JVM in this process"),
        ("spark.sparkContext.parallelize([1])", "Use spark.createDataFrame"),
        ("sc.textFile('/mnt/x')", "Use spark.read.text"),
    ):
        assert words in failure(cells, code).message
    assert (
        cells.run("""
print(hasattr(frame, "rdd"), sc.broadcast([1]).value, sc.defaultParallelism > 0)
tag = "spark.databricks.clusterUsageTags"
print(spark.conf.get("spark.databricks.delta.schema.autoMerge.enabled"))
print(spark.conf.get(f"{tag}.clusterName"), spark.conf.get(f"{tag}.clusterAllTags", None))
print(spark.conf.get("spark.databricks.unknown", "mine"))
from pyspark.sql import SparkSession
print(SparkSession.builder.appName("x").getOrCreate() is spark)
""")
        == "False [1] True\nfalse\nlakeshell []\nmine\nTrue\n"
    )


def test_pandas_on_spark_and_pandas_functions(cells: CellRun) -> None:
    assert (
        cells.run("""
import pandas as pd
import pyspark.pandas as ps
frame = spark.createDataFrame([("a", 1.0), ("a", 3.0), ("b", 5.0)], ["g", "v"])
print(frame.pandas_api().groupby("g")["v"].sum().sort_index().to_dict())
print(ps.DataFrame({"x": [1, 2]})["x"].mean())
""")
        == "{'a': 4.0, 'b': 5.0}\n1.5\n"
    )
    assert cells.run("""
def centred(group):
    return group.assign(v=group.v - group.v.mean())

def kept(parts):
    for part in parts:
        yield part[part.v > 1]

@F.pandas_udf("double")
def twice(v: pd.Series) -> pd.Series:
    return v * 2

show(frame.groupBy("g").applyInPandas(centred, "g string, v double").orderBy("g", "v"))
show(frame.mapInPandas(kept, "g string, v double").orderBy("v"))
show(frame.select(twice("v").alias("v")).orderBy("v"))
""") == (
        "[('a', -1.0), ('a', 1.0), ('b', 0.0)]\n[('a', 3.0), ('b', 5.0)]\n"
        "[(2.0,), (6.0,), (10.0,)]\n"
    )
