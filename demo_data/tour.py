# Databricks notebook source
# MAGIC %md
# MAGIC # A tour of the lakehouse, in Python
# MAGIC
# MAGIC Linden & Oak again: eleven shops, a web shop, a thousand customers. `tour.sql` shows what
# MAGIC SQL does with their files; here Python takes over where SQL gets long. Run it with
# MAGIC `lakeshell -f demo_data/tour.py`, or cell by cell.
# MAGIC
# MAGIC Whatever it makes is in the database `tour_python`, which starts afresh each time.

# COMMAND ----------

from pyspark.sql import functions as F

spark.sql("DROP DATABASE IF EXISTS tour_python CASCADE")
spark.sql("CREATE DATABASE tour_python COMMENT 'Made by demo_data/tour.py'")
spark.sql("USE tour_python")

# `spark` is the session that SQL cells use, too; `here` is the folder of this file.
# ruff: noqa: E402, F821, N812
print("Reading from", here)

# COMMAND ----------

# MAGIC %md
# MAGIC ## 1. PySpark basics
# MAGIC A DataFrame is a plan, not data: nothing is read until its rows are asked for.

# COMMAND ----------

sales = spark.read.parquet(f"{here}/sales")

sales_with_revenue = (
    sales.withColumn("revenue", F.round(F.col("quantity") * F.col("price"), 2))
    .withColumn("transaction_month", F.date_format("transaction_date", "yyyy-MM"))
    .filter(F.col("revenue") > 0)
)

# Writing runs the plan. The table is a Delta table, in a folder for each month.
(
    sales_with_revenue.write.format("delta")
    .mode("overwrite")
    .partitionBy("transaction_month")
    .saveAsTable("sales")
)

# `display` shows a DataFrame as a table.
display(
    spark.table("sales")
    .groupBy("transaction_month")
    .agg(F.count("*").alias("lines"), F.round(F.sum("revenue"), 2).alias("revenue"))
    .orderBy("transaction_month")
)

# COMMAND ----------

# A table has versions in Python, too. This appends one line, looks, and reads the version before.
one_more = spark.table("sales").limit(1)
one_more.write.mode("append").saveAsTable("sales")

before = spark.read.option("versionAsOf", 0).table("sales").count()
after = spark.table("sales").count()

# What SQL can do, Python can say: undo it.
spark.sql("RESTORE TABLE sales TO VERSION AS OF 0")
print(f"{before:,} lines before, {after:,} after, {spark.table('sales').count():,} restored")

# COMMAND ----------

# MAGIC %md
# MAGIC ## 2. A cleaning routine
# MAGIC Rules that are awkward in SQL are functions here, with a name, and can be tested like any
# MAGIC other. Spark calls a UDF once a row; values arrive as Python objects, NULL as None. A pandas
# MAGIC UDF gets thousands of rows at once and answers with as many: faster, where pandas has the
# MAGIC words for it.

# COMMAND ----------

import datetime
import re

import pandas as pd


@F.udf("date")
def parsed_date(text):
    """A day, however the tills wrote it; None if it is none."""
    for pattern in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.datetime.strptime(text or "", pattern).date()
        except ValueError:
            continue
    return None


@F.udf("string")
def clean_email(text):
    """In small letters, `at` undone; None if it is no address."""
    email = (text or "").strip().lower().replace(" at ", "@")
    return email if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email) else None


@F.pandas_udf("string")
def proper_case(names: pd.Series) -> pd.Series:
    """Names in capitals as names are written: O'SULLIVAN becomes O'Sullivan."""
    return names.where(names != names.str.upper(), names.str.title())


def cleaned(customers):
    """The customers, one row each, with what cannot be true left out."""
    return (
        customers.withColumn("first_name", F.trim("first_name"))
        .withColumn("last_name", proper_case("last_name"))
        .withColumn("email", clean_email("email"))
        .withColumn("age", F.when(F.col("age").between(0, 120), F.col("age")))
        .withColumn("address", F.regexp_replace("address", r"\s+", " "))
        .withColumn("signup_date", parsed_date("signup_date"))
        .dropDuplicates(["id"])
    )


raw_customers = (
    spark.read.option("header", True)
    .option("multiLine", True)  # two addresses go over two lines
    .option("escape", '"')  # a quote within quotes is doubled
    .schema(
        "id INT, first_name STRING, last_name STRING, email STRING, age INT, address STRING,"
        " city STRING, country STRING, signup_date STRING, newsletter BOOLEAN"
    )
    .csv(f"{here}/customers.csv")
)

cleaned(raw_customers).write.mode("overwrite").saveAsTable("customers")

customers = spark.table("customers")
print(f"{raw_customers.count():,} rows read, {customers.count():,} customers kept")
display(
    customers.select("id", "first_name", "last_name", "email", "age", "address", "signup_date")
    .filter(F.col("id").isin(1, 2, 9, 20, 21, 23, 99))
    .orderBy("id")
)

# COMMAND ----------

# MAGIC %md
# MAGIC ## 3. Customer segments
# MAGIC How recently, how often, how much: aggregated by Spark, judged by a Python function.

# COMMAND ----------

last_day = sales.agg(F.max("transaction_date")).first()[0]

habits = (
    spark.table("sales")
    .filter(F.col("customer_id").isNotNull())
    .groupBy("customer_id")
    .agg(
        F.date_diff(F.lit(last_day), F.max("transaction_date")).alias("days_since_last_purchase"),
        F.count_distinct("transaction_id").alias("purchase_count"),
        F.round(F.sum("revenue"), 2).alias("total_spend"),
    )
)


def points(value, good, fair):
    """3 for good, 2 for fair, 1 for anything less."""
    return 3 if value > good else 2 if value > fair else 1


@F.udf("string")
def customer_segment(recency, frequency, monetary):
    """High, medium or low value, from three to nine points."""
    score = points(-recency, -30, -90) + points(frequency, 10, 5) + points(monetary, 1000, 500)
    if score >= 7:
        return "High Value"
    return "Medium Value" if score >= 5 else "Low Value"


customer_segments = habits.withColumn(
    "customer_segment",
    customer_segment("days_since_last_purchase", "purchase_count", "total_spend"),
)
customer_segments.write.mode("overwrite").saveAsTable("customer_segments")

display(
    spark.table("customer_segments")
    .groupBy("customer_segment")
    .agg(
        F.count("*").alias("customers"),
        F.round(F.avg("total_spend"), 2).alias("average_spend"),
        F.round(F.avg("days_since_last_purchase")).alias("average_days_since"),
    )
    .orderBy(F.desc("average_spend"))
)

# COMMAND ----------

# MAGIC %md
# MAGIC ## 4. SQL and Python, turn by turn
# MAGIC A DataFrame becomes a view for SQL ...

# COMMAND ----------

products = spark.read.option("multiLine", True).json(f"{here}/products.json")
products.createOrReplaceTempView("products")

# COMMAND ----------

# MAGIC %sql
# MAGIC CREATE OR REPLACE TEMP VIEW top_products AS
# MAGIC SELECT
# MAGIC   p.name,
# MAGIC   p.category.department,
# MAGIC   SUM(s.quantity) AS total_sold,
# MAGIC   SUM(s.revenue) AS total_revenue
# MAGIC FROM sales AS s
# MAGIC JOIN products AS p USING (product_id)
# MAGIC GROUP BY ALL
# MAGIC ORDER BY total_revenue DESC
# MAGIC LIMIT 5

# COMMAND ----------

# ... and a view made in SQL is a DataFrame. `collect` brings its rows here, for loops and reports.
for place, product in enumerate(spark.table("top_products").collect(), start=1):
    print(
        f"{place}. {product.name:<15} {product.department:<8}"
        f" {product.total_sold:>6,} sold {product.total_revenue:>12,.2f} €"
    )

# COMMAND ----------

# A loop over settings, a query for each: what people rightly miss in SQL.
departments = spark.sql("SELECT DISTINCT category.department FROM products").collect()
for department in sorted(row.department for row in departments):
    best = spark.sql(f"""
        SELECT s.transaction_month AS month, SUM(s.revenue) AS revenue
        FROM sales AS s JOIN products AS p USING (product_id)
        WHERE p.category.department = '{department}'
        GROUP BY ALL ORDER BY revenue DESC LIMIT 1
    """).first()
    print(f"{department:<8} sold best in {best.month}: {best.revenue:,.2f} €")

# COMMAND ----------

# MAGIC %md
# MAGIC ## 5. A report
# MAGIC SQL aggregates, Python words it. The last expression of a cell is shown, without `display`.

# COMMAND ----------

total = spark.sql("""
    SELECT SUM(revenue) AS revenue, COUNT(DISTINCT transaction_id) AS receipts FROM sales
""").first()
spend = spark.sql("""
    SELECT
      SUM(total_spend) AS known,
      SUM(total_spend) FILTER (WHERE customer_segment = 'High Value') AS high
    FROM customer_segments
""").first()
print(
    f"In 2024 Linden & Oak wrote {total.receipts:,} receipts over {total.revenue:,.2f} €;\n"
    f"{spend.high / spend.known:.0%} of what known customers spent came from those of high value."
)

spark.sql("""
    SELECT c.country, COUNT(*) AS customers, ROUND(SUM(s.total_spend), 2) AS spend
    FROM customer_segments AS s JOIN customers AS c ON c.id = s.customer_id
    WHERE s.customer_segment = 'High Value'
    GROUP BY c.country ORDER BY spend DESC LIMIT 5
""")
