# Databricks notebook source
# MAGIC %md
# MAGIC The other notebooks begin with `%run ./setup $database="…"`: it copies the files of the demo
# MAGIC data to /mnt/exercises/raw and starts the database afresh.

# COMMAND ----------

# `spark`, `dbutils` and `here`, the folder of this file, are there in every cell.
# ruff: noqa: F821
dbutils.widgets.text("database", "exercises", "Where tables are made")
database = dbutils.widgets.get("database")

RAW = "/mnt/exercises/raw"
FILES = "customers.csv customer_updates.csv stores.csv products.json orders.jsonl"
for name in FILES.split():
    dbutils.fs.cp(f"file:{here}/../{name}", f"{RAW}/{name}")
dbutils.fs.rm(f"{RAW}/sales", True)
dbutils.fs.cp(f"file:{here}/../sales", f"{RAW}/sales", True)

# COMMAND ----------

# MAGIC %sql
# MAGIC DROP DATABASE IF EXISTS ${database} CASCADE;
# MAGIC CREATE DATABASE ${database};
# MAGIC USE ${database}
