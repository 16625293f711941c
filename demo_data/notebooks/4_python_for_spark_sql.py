# Databricks notebook source
# MAGIC %md
# MAGIC # Exercise 4: extending SQL with Python
# MAGIC A cleaning routine of Python functions, a segmentation of customers, a report, and a
# MAGIC pipeline whose steps are SQL and Python in turn.

# COMMAND ----------

# MAGIC %run ./setup $database="exercise_python"

# COMMAND ----------

# DBTITLE 1,1. Cleaning with Python functions
# ruff: noqa: F821, N812
import re

from pyspark.sql import functions as F
from pyspark.sql.functions import udf
from pyspark.sql.types import StringType


@udf(returnType=StringType())
def clean_email(text):
    """An address in small letters, or nothing where it is none."""
    if text is None:
        return None
    text = text.strip().lower().replace(" at ", "@")
    return text if re.fullmatch(r"[^@\s]+@[^@\s]+\.[a-z]+", text) else None


raw = spark.read.csv("/mnt/exercises/raw/customers.csv", header=True, multiLine=True, escape='"')
customers = raw.select(
    F.col("id").cast("int").alias("customer_id"),
    F.initcap(F.trim("first_name")).alias("first_name"),
    clean_email("email").alias("email"),
    "country",
).dropDuplicates(["customer_id"])
customers.write.mode("overwrite").saveAsTable("customers")

# COMMAND ----------

# DBTITLE 1,2. Segments, by a function of Python
# MAGIC %sql
# MAGIC CREATE TEMP VIEW purchases AS
# MAGIC SELECT customer_id,
# MAGIC   datediff(DATE '2024-12-31', max(transaction_date)) AS days_since_last_purchase,
# MAGIC   count(DISTINCT transaction_id) AS purchase_count,
# MAGIC   sum(quantity * price) AS total_spend
# MAGIC FROM parquet.`/mnt/exercises/raw/sales`
# MAGIC WHERE customer_id IS NOT NULL
# MAGIC GROUP BY customer_id

# COMMAND ----------


@udf(returnType=StringType())
def segment(recency, frequency, monetary):
    """Up to three points each for how lately, how often and for how much somebody bought."""
    score = 3 if recency < 30 else 2 if recency < 90 else 1
    score += 3 if frequency > 10 else 2 if frequency > 5 else 1
    score += 3 if monetary > 1000 else 2 if monetary > 500 else 1
    return "High Value" if score > 6 else "Medium Value" if score > 4 else "Low Value"


spark.table("purchases").withColumn(
    "customer_segment", segment("days_since_last_purchase", "purchase_count", "total_spend")
).join(spark.table("customers"), "customer_id").createOrReplaceTempView("customer_segments")

# COMMAND ----------

# DBTITLE 1,3. A report of both
# MAGIC %sql
# MAGIC CREATE OR REPLACE TABLE segment_report AS
# MAGIC SELECT customer_segment, count(*) AS customers, round(avg(total_spend), 2) AS avg_spend
# MAGIC FROM customer_segments GROUP BY customer_segment;
# MAGIC
# MAGIC SELECT * FROM segment_report ORDER BY avg_spend DESC

# COMMAND ----------

rows = spark.table("segment_report").orderBy(F.desc("avg_spend")).collect()
total = sum(row.customers for row in rows)
for row in rows:
    bar = "█" * round(40 * row.customers / total)
    print(f"{row.customer_segment:<13}{row.customers:>5}  {row.avg_spend:>9,.2f}  {bar}")

displayHTML(f"<p><b>{rows[0].customer_segment}</b>: {rows[0].customers / total:.0%} of all.</p>")

# COMMAND ----------

# DBTITLE 1,4. A pipeline: SQL takes, Python decides, SQL writes
biggest = spark.sql("SELECT country, count(*) AS n FROM customers GROUP BY country ORDER BY n DESC")
best = None
for country, _ in biggest.limit(3).collect():
    of_country = spark.sql(
        "SELECT c.country, c.first_name, p.total_spend FROM purchases p JOIN customers c "
        "USING (customer_id) WHERE c.country = :country ORDER BY p.total_spend DESC LIMIT 3",
        args={"country": country},
    )
    best = of_country if best is None else best.union(of_country)
best.write.mode("overwrite").saveAsTable("best_customers")

# COMMAND ----------

# MAGIC %sql SELECT country, count(*) AS n FROM best_customers GROUP BY country ORDER BY country

# COMMAND ----------

assert spark.table("best_customers").count() == 9
dbutils.notebook.exit(f"{total} customers in {len(rows)} segments")
