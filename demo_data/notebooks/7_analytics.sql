-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Exercise 7: analytics in SQL
-- MAGIC Figures for the board of the chain: queries that read little, a view that keeps what is asked for
-- MAGIC often, charts, and a query that raises the alarm. Written to a page it is a dashboard:
-- MAGIC
-- MAGIC     lakeshell run 7_analytics.sql -p region=North --output dashboard.html

-- COMMAND ----------

-- MAGIC %run ./setup $database="exercise_analytics"

-- COMMAND ----------

-- DBTITLE 1,Parameters of the dashboard
CREATE WIDGET DROPDOWN region DEFAULT 'All'
CHOICES SELECT region FROM VALUES ('All'), ('Online'), ('North'), ('South'), ('East'), ('West') AS t(region);
CREATE WIDGET TEXT from_day DEFAULT '2024-01-01';

-- COMMAND ----------

-- DBTITLE 1,A table for analytics: in folders by month, and in order within them
CREATE TABLE sales_analytics (
  day DATE,
  month STRING GENERATED ALWAYS AS (date_format(day, 'yyyy-MM')),
  transaction_id STRING,
  store_id STRING,
  product_id STRING,
  quantity INT,
  revenue DECIMAL(12, 2)
)
USING DELTA
PARTITIONED BY (month);

INSERT INTO sales_analytics (day, transaction_id, store_id, product_id, quantity, revenue)
SELECT transaction_date, transaction_id, store_id, product_id, quantity, CAST(quantity * price AS DECIMAL(12, 2))
FROM parquet.`/mnt/exercises/raw/sales`;

OPTIMIZE sales_analytics ZORDER BY (store_id, product_id);
ANALYZE TABLE sales_analytics COMPUTE STATISTICS FOR ALL COLUMNS;

CREATE TABLE stores AS
SELECT store_id, name, city, country, region, square_metres
FROM read_files('/mnt/exercises/raw/stores.csv', format => 'csv', header => true);

CREATE TABLE products AS
SELECT product_id, name, category.department AS department, CAST(cost AS DECIMAL(12, 2)) AS cost
FROM read_files('/mnt/exercises/raw/products.json', format => 'json', multiLine => true);

-- COMMAND ----------

-- DBTITLE 1,What is asked for every day is worked out once
CREATE MATERIALIZED VIEW daily_sales_by_region
COMMENT 'revenue and receipts, a row for each region and day'
AS
SELECT region, day, sum(revenue) AS revenue, count(DISTINCT transaction_id) AS receipts
FROM sales_analytics s JOIN stores st ON s.store_id = st.store_id
GROUP BY region, day;

-- COMMAND ----------

-- DBTITLE 1,The best shops: the small table goes to the large one
SELECT /*+ BROADCAST(st) */
  st.name,
  st.region,
  sum(s.revenue) AS revenue,
  rank() OVER (PARTITION BY st.region ORDER BY sum(s.revenue) DESC) AS place_in_region,
  round(sum(s.revenue) / nullif(st.square_metres, 0)) AS per_square_metre
FROM sales_analytics s
JOIN stores st ON s.store_id = st.store_id
WHERE s.day >= :from_day AND :region IN ('All', st.region)
GROUP BY st.name, st.region, st.square_metres
ORDER BY revenue DESC
LIMIT 5;

-- COMMAND ----------

-- DBTITLE 1,Revenue over the year
-- MAGIC %chart line SELECT date_trunc('MONTH', day) AS month, CAST(sum(revenue) AS DOUBLE) AS revenue FROM daily_sales_by_region WHERE :region IN ('All', region) GROUP BY 1 ORDER BY 1

-- COMMAND ----------

-- DBTITLE 1,Where it comes from
-- MAGIC %chart bar SELECT region, CAST(sum(revenue) AS DOUBLE) AS revenue FROM daily_sales_by_region GROUP BY region ORDER BY revenue DESC

-- COMMAND ----------

-- DBTITLE 1,Departments by quarter, and the margin of each
SELECT * FROM (
  SELECT p.department, 'Q' || quarter(s.day) AS quarter, s.revenue - s.quantity * p.cost AS margin
  FROM sales_analytics s JOIN products p USING (product_id)
)
PIVOT (round(sum(margin)) FOR quarter IN ('Q1', 'Q2', 'Q3', 'Q4'))
ORDER BY department;

-- COMMAND ----------

-- DBTITLE 1,The alarm: days that are far from what the four weeks before let expect
CREATE VIEW unusual_days AS
SELECT region, day, revenue, expected, round((revenue - expected) / spread, 1) AS deviation
FROM (
  SELECT
    region, day, revenue,
    avg(revenue) OVER before AS expected,
    stddev(revenue) OVER before AS spread,
    count(*) OVER before AS days
  FROM daily_sales_by_region
  WINDOW before AS (PARTITION BY region ORDER BY day ROWS BETWEEN 28 PRECEDING AND 1 PRECEDING)
)
WHERE days = 28 AND abs(revenue - expected) > 3 * spread;

SELECT * FROM unusual_days ORDER BY abs(deviation) DESC LIMIT 5;

-- COMMAND ----------

-- MAGIC %python
-- MAGIC # The views say the same as the rows they are made from.
-- MAGIC rows = spark.sql("SELECT sum(revenue) AS total, count(DISTINCT day) AS days FROM sales_analytics").first()
-- MAGIC view = spark.sql("SELECT sum(revenue) AS total, count(DISTINCT day) AS days FROM daily_sales_by_region").first()
-- MAGIC assert rows == view, (rows, view)
-- MAGIC dbutils.notebook.exit(f"{view.days} days, {spark.table('unusual_days').count()} of them unusual")
