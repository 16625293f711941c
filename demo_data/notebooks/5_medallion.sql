-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Exercise 5: bronze, silver, gold
-- MAGIC The orders of the web shop as they came, as they can be trusted, and as they are asked for. What
-- MAGIC comes in later goes through all layers without anything being done twice.

-- COMMAND ----------

-- MAGIC %run ./setup $database="exercise_medallion"

-- COMMAND ----------

-- MAGIC %python
-- MAGIC # A table with a LOCATION leaves its files behind when it is dropped: begin anew.
-- MAGIC dbutils.fs.rm("/mnt/exercises/lakehouse", True)
-- MAGIC dbutils.fs.rm("/mnt/exercises/raw/orders-new.jsonl");

-- COMMAND ----------

-- DBTITLE 1,1. Bronze: the payload, untouched, and where it came from
CREATE TABLE bronze_orders (
  payload STRING,
  source_file STRING,
  ingestion_time TIMESTAMP
)
LOCATION '/mnt/exercises/lakehouse/bronze_orders';

COPY INTO bronze_orders
FROM (
  SELECT value AS payload, _metadata.file_name AS source_file, current_timestamp() AS ingestion_time
  FROM '/mnt/exercises/raw'
)
FILEFORMAT = TEXT
PATTERN = 'orders*.jsonl';

-- COMMAND ----------

-- DBTITLE 1,2. Silver: typed and checked; what breaks a rule is kept apart
CREATE TABLE silver_orders (
  order_id STRING NOT NULL,
  placed_at TIMESTAMP,
  order_date DATE GENERATED ALWAYS AS (CAST(placed_at AS DATE)),
  customer_id BIGINT,
  country STRING,
  items ARRAY<STRUCT<product_id: STRING, quantity: INT, price: DOUBLE>>,
  total DECIMAL(12, 2),
  source_file STRING,
  processing_time TIMESTAMP
)
CLUSTER BY (order_date);

ALTER TABLE silver_orders ADD CONSTRAINT total_is_positive CHECK (total > 0);

CREATE TABLE silver_refused (payload STRING, reason STRING, source_file STRING, processing_time TIMESTAMP);

-- COMMAND ----------

CREATE OR REPLACE TEMP VIEW parsed_orders AS
SELECT
  payload,
  source_file,
  payload:order_id AS order_id,
  try_to_timestamp(payload:placed_at) AS placed_at,
  try_cast(payload:customer.id AS BIGINT) AS customer_id,
  payload:customer.country AS country,
  from_json(payload:items, 'ARRAY<STRUCT<product_id: STRING, quantity: INT, price: DOUBLE>>') AS items,
  try_cast(payload:total AS DECIMAL(12, 2)) AS total,
  CASE
    WHEN payload:order_id IS NULL THEN 'no order_id'
    WHEN try_to_timestamp(payload:placed_at) IS NULL THEN 'no time'
    WHEN coalesce(try_cast(payload:total AS DECIMAL(12, 2)), 0) <= 0 THEN 'nothing to pay'
  END AS reason
FROM bronze_orders;

-- COMMAND ----------

-- DBTITLE 1,From bronze to silver, every order once however often this runs
MERGE INTO silver_orders t
USING (
  SELECT * FROM parsed_orders WHERE reason IS NULL
  QUALIFY row_number() OVER (PARTITION BY order_id ORDER BY placed_at DESC) = 1
) s
ON t.order_id = s.order_id
WHEN NOT MATCHED THEN
  INSERT (order_id, placed_at, customer_id, country, items, total, source_file, processing_time)
  VALUES (s.order_id, s.placed_at, s.customer_id, s.country, s.items, s.total, s.source_file,
          current_timestamp());

INSERT INTO silver_refused
SELECT payload, reason, source_file, current_timestamp() FROM parsed_orders p
WHERE reason IS NOT NULL AND NOT EXISTS (SELECT 1 FROM silver_refused r WHERE r.payload = p.payload);

-- COMMAND ----------

-- DBTITLE 1,3. Gold: what is asked for, kept up to date by the new rows
CREATE MATERIALIZED VIEW gold_daily_orders
COMMENT 'orders and customers, a row for each day and country'
AS
SELECT order_date, country, count(*) AS orders, max(total) AS largest_order, sum(size(items)) AS lines
FROM silver_orders
GROUP BY order_date, country;

SELECT country, sum(orders) AS orders, max(largest_order) AS largest_order
FROM gold_daily_orders GROUP BY country ORDER BY orders DESC LIMIT 5;

-- COMMAND ----------

-- DBTITLE 1,4. A new file comes in, two of its lines with dirt in them
-- MAGIC %python
-- MAGIC dbutils.fs.put("/mnt/exercises/raw/orders-new.jsonl", "\n".join([
-- MAGIC     '{"order_id": "W2025-000001", "placed_at": "2025-01-01T10:00:00Z", "customer": {"id": 7,'
-- MAGIC     ' "country": "DE"}, "items": [{"product_id": "P001", "quantity": 2, "price": 9.5}], "total": 19.0}',
-- MAGIC     '{"order_id": "W2025-000002", "placed_at": "yesterday", "total": 5}',
-- MAGIC     '{"placed_at": "2025-01-01T11:00:00Z", "total": 5}',
-- MAGIC ]), True);

-- COMMAND ----------

COPY INTO bronze_orders
FROM (
  SELECT value AS payload, _metadata.file_name AS source_file, current_timestamp() AS ingestion_time
  FROM '/mnt/exercises/raw'
)
FILEFORMAT = TEXT
PATTERN = 'orders*.jsonl';

MERGE INTO silver_orders t
USING (
  SELECT * FROM parsed_orders WHERE reason IS NULL
  QUALIFY row_number() OVER (PARTITION BY order_id ORDER BY placed_at DESC) = 1
) s
ON t.order_id = s.order_id
WHEN NOT MATCHED THEN
  INSERT (order_id, placed_at, customer_id, country, items, total, source_file, processing_time)
  VALUES (s.order_id, s.placed_at, s.customer_id, s.country, s.items, s.total, s.source_file,
          current_timestamp());

INSERT INTO silver_refused
SELECT payload, reason, source_file, current_timestamp() FROM parsed_orders p
WHERE reason IS NOT NULL AND NOT EXISTS (SELECT 1 FROM silver_refused r WHERE r.payload = p.payload);

REFRESH MATERIALIZED VIEW gold_daily_orders;

-- COMMAND ----------

-- DBTITLE 1,5. Monitoring: what each layer holds, and why rows were refused
SELECT 'bronze' AS layer, count(*) AS rows FROM bronze_orders
UNION ALL SELECT 'silver', count(*) FROM silver_orders
UNION ALL SELECT 'refused: ' || reason, count(*) FROM silver_refused GROUP BY reason
UNION ALL SELECT 'gold', sum(orders) FROM gold_daily_orders
ORDER BY layer;

-- COMMAND ----------

-- MAGIC %python
-- MAGIC counts = {name: spark.table(name).count() for name in ("bronze_orders", "silver_orders", "silver_refused")}
-- MAGIC assert counts["bronze_orders"] == counts["silver_orders"] + counts["silver_refused"]
-- MAGIC dbutils.notebook.exit(f"{counts['silver_orders']} orders, {counts['silver_refused']} refused")
