-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Exercise 2: a data model
-- MAGIC A star schema for a retailer: sales in the middle, what they are about around them.
-- MAGIC
-- MAGIC | table | a row is | partitioned by |
-- MAGIC |---|---|---|
-- MAGIC | `dim_store` | a shop | |
-- MAGIC | `dim_product` | a product | |
-- MAGIC | `dim_date` | a day of 2024 | |
-- MAGIC | `fact_sales` | a line of a receipt | month |

-- COMMAND ----------

-- MAGIC %run ./setup $database="exercise_model"

-- COMMAND ----------

-- DBTITLE 1,2. Dimensions
CREATE TABLE dim_store (
  store_id STRING NOT NULL,
  name STRING,
  city STRING,
  region STRING
) COMMENT 'A row for each shop';

INSERT INTO dim_store
SELECT store_id, name, city, region
FROM read_files('/mnt/exercises/raw/stores.csv', format => 'csv', header => true);

CREATE TABLE dim_product AS
SELECT product_id, name, category.department, category.`group` AS product_group, price, cost
FROM read_files('/mnt/exercises/raw/products.json', format => 'json', multiLine => true);

CREATE TABLE dim_date AS
SELECT day, month(day) AS month, quarter(day) AS quarter, dayofweek(day) IN (1, 7) AS is_weekend
FROM (SELECT explode(sequence(DATE '2024-01-01', DATE '2024-12-31')) AS day);

-- COMMAND ----------

-- DBTITLE 1,2. and 3. Facts, in a folder for each month
-- A query for a month reads that month's files only. A day would be too little for a folder.
CREATE TABLE fact_sales (
  transaction_id STRING,
  product_id STRING,
  customer_id INT,
  store_id STRING,
  day DATE,
  month STRING,
  quantity INT,
  revenue DECIMAL(12, 2)
)
PARTITIONED BY (month)
LOCATION '/mnt/exercises/fact_sales';

INSERT OVERWRITE fact_sales
SELECT
  transaction_id, product_id, customer_id, store_id, transaction_date,
  date_format(transaction_date, 'yyyy-MM'), quantity, CAST(quantity * price AS DECIMAL(12, 2))
FROM parquet.`/mnt/exercises/raw/sales`
WHERE product_id IN (SELECT product_id FROM dim_product);

-- COMMAND ----------

-- DBTITLE 1,4. Views for what is asked for every day
CREATE VIEW daily_sales AS
SELECT day, sum(revenue) AS daily_revenue FROM fact_sales GROUP BY day;

CREATE VIEW sales_by_department AS
SELECT s.region, p.department, d.quarter, sum(f.revenue) AS revenue, sum(f.quantity * p.cost) AS cost
FROM fact_sales f
JOIN dim_store s USING (store_id)
JOIN dim_product p USING (product_id)
JOIN dim_date d USING (day)
GROUP BY ALL;

CREATE TEMP VIEW recent_sales AS
SELECT * FROM fact_sales WHERE day >= DATE '2024-12-31' - INTERVAL 30 DAYS;

SELECT region, department, round(sum(revenue)) AS revenue
FROM sales_by_department WHERE quarter = 4
GROUP BY region, department ORDER BY revenue DESC LIMIT 5;

-- COMMAND ----------

-- MAGIC %python
-- MAGIC lines = spark.table("fact_sales").count()
-- MAGIC orphans = spark.table("fact_sales").join(spark.table("dim_store"), "store_id", "left_anti").count()
-- MAGIC assert orphans == 0, f"{orphans} sales in shops that nobody knows"
-- MAGIC dbutils.notebook.exit(f"{lines} lines, {spark.table('recent_sales').count()} of them recent")
