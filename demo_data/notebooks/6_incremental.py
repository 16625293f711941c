# Databricks notebook source
# MAGIC %md
# MAGIC # Exercise 6: incremental processing
# MAGIC Files of orders come into a folder one after another. Auto Loader takes each of them once, a
# MAGIC stream cleans their rows, and a report follows; on the way a column is added, and a batch
# MAGIC fails.

# COMMAND ----------

# MAGIC %run ./setup $database="exercise_incremental"

# COMMAND ----------

# DBTITLE 1,Files as they come in
# ruff: noqa: F821, N812, PT017
from pyspark.sql import functions as F

ROOT = "/mnt/exercises/incremental"
LANDING = f"{ROOT}/landing"
dbutils.fs.rm(ROOT, True)  # begin anew


def lay_down(name, *lines):
    """A file comes in."""
    dbutils.fs.put(f"{LANDING}/{name}", "\n".join(lines) + "\n", True)


lay_down(
    "orders-01.csv",
    "order_id,ordered_on,store,quantity,price",
    "1,2024-03-01,berlin,2,9.50",
    "2,2024-03-01,Wien,1,30.00",
    "3,2024-03-02,berlin,5,4.20",
)

# COMMAND ----------

# DBTITLE 1,1. Auto Loader takes new files, each of them once


def load_orders():
    """Bring what is new into the bronze table, and stop; the rows that it has then."""
    (
        spark.readStream.format("cloudFiles")
        .option("cloudFiles.format", "csv")
        .option("cloudFiles.schemaLocation", f"{ROOT}/schema")
        .option("cloudFiles.inferColumnTypes", "true")
        .option("header", "true")
        .load(LANDING)
        .withColumn("file", F.col("_metadata.file_name"))
        .writeStream.option("checkpointLocation", f"{ROOT}/checkpoints/bronze")
        .option("mergeSchema", "true")
        .trigger(availableNow=True)
        .toTable("bronze_orders")
        .awaitTermination()
    )
    return spark.table("bronze_orders").count()


assert load_orders() == 3
lay_down("orders-02.csv", "order_id,ordered_on,store,quantity,price", "4,2024-03-03,Graz,1,12.00")
assert load_orders() == 4  # the first file is not read again

# COMMAND ----------

# MAGIC %sql SELECT file, count(*) AS rows FROM bronze_orders GROUP BY file ORDER BY file

# COMMAND ----------

# DBTITLE 1,2. A new column: the stream fails once, and goes on with it
lay_down(
    "orders-03.csv",
    "order_id,ordered_on,store,quantity,price,channel",
    "5,2024-03-04,Wien,3,7.00,web",
    "6,2024-03-04,berlin,1,99.00,shop",
)
try:
    load_orders()
except Exception as error:
    assert "UNKNOWN_FIELD_EXCEPTION" in str(error), error
    print("The stream has stopped: there is a column that it did not know.")
else:
    raise AssertionError("Auto Loader stops when a column is new")

assert load_orders() == 6  # its schema knows the column now, and no row was lost
assert "channel" in spark.table("bronze_orders").columns

# COMMAND ----------

# MAGIC %sql SELECT order_id, store, channel, file FROM bronze_orders ORDER BY order_id

# COMMAND ----------

# DBTITLE 1,3. A stream that transforms


def clean(check):
    """Rows of bronze as they may go into silver; `check` is a condition that they must meet."""
    return (
        spark.readStream.table("bronze_orders")
        .where(check)
        .select(
            "order_id",
            F.col("ordered_on").cast("date").alias("ordered_on"),
            F.initcap("store").alias("store"),
            F.coalesce("channel", F.lit("unknown")).alias("channel"),
            (F.col("quantity") * F.col("price")).cast("decimal(12, 2)").alias("revenue"),
            F.current_timestamp().alias("processed_at"),
        )
    )


def refine(rows):
    """Bring them into the silver table, and stop; the rows that it has then."""
    (
        rows.writeStream.option("checkpointLocation", f"{ROOT}/checkpoints/silver")
        .trigger(availableNow=True)
        .toTable("silver_orders")
        .awaitTermination()
    )
    return spark.table("silver_orders").count()


positive = F.when(F.col("quantity") > 0, True).otherwise(
    F.raise_error(F.concat(F.lit("no quantity in order "), F.col("order_id").cast("string")))
)
assert refine(clean(positive)) == 6

# COMMAND ----------

# DBTITLE 1,4. A report that takes in what is new: MERGE in every batch
spark.sql("CREATE TABLE report (store STRING, orders BIGINT, revenue DECIMAL(22, 2))")


def update_report(batch, number):
    """Add the batch's orders to those of their stores. A batch that is repeated after a crash would
    count twice; where that matters, keep its number beside the sums."""
    batch.groupBy("store").agg(
        F.count("*").alias("orders"), F.sum("revenue").alias("revenue")
    ).createOrReplaceTempView("new_orders")
    batch.sparkSession.sql(
        """
        MERGE INTO exercise_incremental.report t USING new_orders s ON t.store = s.store
        WHEN MATCHED THEN UPDATE SET
          t.orders = t.orders + s.orders, t.revenue = t.revenue + s.revenue
        WHEN NOT MATCHED THEN INSERT *
        """
    )


def bring_report_up_to_date():
    (
        spark.readStream.table("silver_orders")
        .writeStream.foreachBatch(update_report)
        .option("checkpointLocation", f"{ROOT}/checkpoints/report")
        .trigger(availableNow=True)
        .start()
        .awaitTermination()
    )


bring_report_up_to_date()

# COMMAND ----------

# MAGIC %sql SELECT * FROM report ORDER BY store

# COMMAND ----------

# DBTITLE 1,5. A batch fails; after the repair the checkpoint knows where to go on
lay_down(
    "orders-04.csv",
    "order_id,ordered_on,store,quantity,price,channel",
    "7,2024-03-05,Graz,2,20.00,web",
    "8,2024-03-05,Wien,-1,30.00,web",
)
assert load_orders() == 8
try:
    refine(clean(positive))
except Exception as error:
    assert "no quantity in order 8" in str(error), error
    print("The stream has failed: no quantity in order 8.")
else:
    raise AssertionError("a negative quantity stops the stream")
assert spark.table("silver_orders").count() == 6  # nothing of the batch has come through

returns_left_out = F.col("quantity") > 0
assert refine(clean(returns_left_out)) == 7  # the same checkpoint: order 7 comes, once

bring_report_up_to_date()  # only the one order is added
report = {row.store: (row.orders, float(row.revenue)) for row in spark.table("report").collect()}
assert report == {"Berlin": (3, 139.0), "Graz": (2, 52.0), "Wien": (2, 51.0)}, report

# COMMAND ----------

# DBTITLE 1,The same in SQL: a streaming table, and a materialized view of it
# MAGIC %sql
# MAGIC CREATE OR REFRESH STREAMING TABLE orders
# MAGIC COMMENT 'orders as they came in'
# MAGIC AS SELECT *, _metadata.file_name AS file
# MAGIC FROM STREAM read_files(
# MAGIC   '/mnt/exercises/incremental/landing', format => 'csv', header => true);
# MAGIC
# MAGIC CREATE MATERIALIZED VIEW revenue_by_day AS
# MAGIC SELECT ordered_on, count(*) AS orders,
# MAGIC   sum(CAST(quantity * price AS DECIMAL(12, 2))) AS revenue
# MAGIC FROM orders WHERE quantity > 0 GROUP BY ordered_on;
# MAGIC
# MAGIC SELECT * FROM revenue_by_day ORDER BY ordered_on

# COMMAND ----------

# DBTITLE 1,A file with one more column comes in, and everything follows
lay_down(
    "orders-05.csv",
    "order_id,ordered_on,store,quantity,price,channel,voucher",
    "9,2024-03-06,Berlin,1,10.00,web,SPRING",
)

# COMMAND ----------

# MAGIC %sql
# MAGIC REFRESH STREAMING TABLE orders;
# MAGIC REFRESH MATERIALIZED VIEW revenue_by_day;
# MAGIC SELECT order_id, channel, voucher, file FROM orders WHERE voucher IS NOT NULL

# COMMAND ----------

days = spark.table("revenue_by_day").agg(F.sum("orders"), F.sum("revenue")).first()
assert (days[0], float(days[1])) == (8, 252.0), days
dbutils.notebook.exit(f"{spark.table('orders').count()} orders of {len(report)} stores")
