-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Exercise 1: working with Delta tables
-- MAGIC Create, change, look back, optimize. Run it with
-- MAGIC `lakeshell run demo_data/notebooks/1_delta_lake.sql`.

-- COMMAND ----------

-- MAGIC %run ./setup $database="exercise_delta"

-- COMMAND ----------

-- DBTITLE 1,1. A Delta table from sample data
CREATE TABLE stores AS
SELECT store_id, name, city, country, region, to_date(opened) AS opened, int(square_metres) AS square_metres
FROM read_files('/mnt/exercises/raw/stores.csv', format => 'csv', header => true);

SELECT region, count(*) AS stores, sum(square_metres) AS square_metres
FROM stores GROUP BY region ORDER BY region;

-- COMMAND ----------

-- DBTITLE 1,2. Updates and deletes
-- Every statement is a transaction, and makes a version of the table.
UPDATE stores SET square_metres = square_metres + 50 WHERE region = 'North';

DELETE FROM stores WHERE region = 'Online';

-- COMMAND ----------

-- DBTITLE 1,3. The history: who did what, the newest first
DESCRIBE HISTORY stores;

-- COMMAND ----------

-- DBTITLE 1,4. Previous versions
-- Version 0 has the web shop, and the shops of the north as small as they were.
SELECT was.region, count(*) AS stores, sum(was.square_metres) AS before, sum(now.square_metres) AS after
FROM stores VERSION AS OF 0 AS was LEFT JOIN stores AS now USING (store_id)
GROUP BY was.region ORDER BY was.region;

RESTORE TABLE stores TO VERSION AS OF 1;

SELECT count(*) AS stores FROM stores;

-- COMMAND ----------

-- DBTITLE 1,5. Optimize: small files become one, rows that are asked for together lie together
OPTIMIZE stores ZORDER BY (region);

VACUUM stores;

-- COMMAND ----------

-- MAGIC %python
-- MAGIC versions = spark.sql("DESCRIBE HISTORY stores").count()
-- MAGIC stores = spark.table("stores").count()
-- MAGIC assert stores == 12, f"{stores} stores after the restore"
-- MAGIC dbutils.notebook.exit(f"{stores} stores, {versions} versions")
