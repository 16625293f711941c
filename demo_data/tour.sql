-- A tour of the lakehouse
-- =======================
--
-- Linden & Oak sells pans, lamps and seeds in eleven shops and on the web. This script takes its files
-- from a heap of CSV, JSON and Parquet to tables that can be trusted. Watch it run, comments and all:
--
--     lakeshell --echo -f demo_data/tour.sql
--
-- or step through it in the shell. It is plain Databricks SQL on real Spark and real Delta tables, and
-- it can be run again and again: whatever it makes is in the databases `tour` and `tour_retail` and
-- below /mnt/tour, and starts afresh each time. README.md describes the files, tour.py goes on in Python.

DROP DATABASE IF EXISTS tour CASCADE;
DROP DATABASE IF EXISTS tour_retail CASCADE;
CREATE DATABASE tour COMMENT 'Made by demo_data/tour.sql';
USE tour;


-- 1. Delta Lake
-- -------------
-- A Delta table is a folder of Parquet files and a log that says which of them count. The log is what
-- brings transactions, history and time travel.

-- 1.1  A managed table. Without USING it is Delta; its files live in the warehouse and go when it is dropped.
CREATE TABLE customer_data (
  id INT,
  name STRING,
  email STRING,
  signup_date DATE
);

-- Each of these statements is a transaction: it happens as a whole or not at all, and it makes a version.
INSERT INTO customer_data VALUES
  (1, 'Łukasz Zając', 'lukasz@example.com', DATE '2023-02-11'),
  (2, 'Chloé Lefèvre', NULL, DATE '2023-05-30'),
  (3, 'Seán O''Brien', 'sean@example.org', DATE '2023-09-04'),
  (4, 'Test Test', 'test@example.com', DATE '2023-09-05');

UPDATE customer_data SET email = 'chloe@example.com' WHERE name = 'Chloé Lefèvre';

DELETE FROM customer_data WHERE name LIKE 'Test%';

SELECT * FROM customer_data ORDER BY id;

-- 1.2  Time travel. Let us remember this moment in a session variable, and then make a mistake: no WHERE.
DECLARE OR REPLACE VARIABLE before_the_mistake = current_timestamp();

UPDATE customer_data SET email = 'oops@example.com';

-- The table as it was at that moment. A plain timestamp does as well: TIMESTAMP AS OF '2024-12-24 18:00:00'.
SELECT id, email FROM customer_data TIMESTAMP AS OF (SELECT before_the_mistake) ORDER BY id;

-- The table as of a version: 0 was the CREATE, 1 the INSERT with the test customer still in it.
SELECT id, name FROM customer_data VERSION AS OF 1 ORDER BY id;

-- Who did what, when: the newest first. Version 4 is the mistake.
DESCRIBE HISTORY customer_data;

-- What did it change? Two versions side by side.
SELECT id, was.email AS was, now.email AS now
FROM customer_data VERSION AS OF 3 AS was
JOIN customer_data VERSION AS OF 4 AS now USING (id)
WHERE was.email IS DISTINCT FROM now.email
ORDER BY id;

-- And undo it. RESTORE forgets nothing: it is version 5, with the files of version 3.
RESTORE TABLE customer_data TO VERSION AS OF 3;

SELECT id, email FROM customer_data ORDER BY id;

-- 1.3  An external table: the files stay where LOCATION says, also after DROP TABLE.
--      /mnt is a mount as on Databricks; here it leads into a folder of your lakehouse home.
--      First the files have to arrive there. They would come from an upload or another system:
INSERT OVERWRITE DIRECTORY '/mnt/tour/raw-data/transactions' USING parquet
SELECT * FROM parquet.`${here}/sales`;

CREATE OR REPLACE TABLE transactions
LOCATION '/mnt/tour/data/transactions'
AS SELECT * FROM parquet.`/mnt/tour/raw-data/transactions`;

-- Files can be queried without any table, by format and path.
SELECT count(*) AS lines, min(transaction_date) AS first_day, max(transaction_date) AS last_day
FROM delta.`/mnt/tour/data/transactions`;

-- 1.4  Parquet that is already there becomes Delta where it lies. Only a log is added, no data is copied.
INSERT OVERWRITE DIRECTORY '/mnt/tour/data/events' USING parquet
SELECT /*+ REPARTITION(8) */
  event_id, event_type, customer_id, product_id, to_timestamp(event_time) AS event_time
FROM json.`${here}/events`
WHERE event_id IS NOT NULL;

CONVERT TO DELTA parquet.`/mnt/tour/data/events`;

CREATE TABLE events USING delta LOCATION '/mnt/tour/data/events';

-- 1.5  Upkeep. Many small files make a table slow; OPTIMIZE packs them into few large ones.
--      (Its answer is wide; the command `%optimize events` says it in a sentence.)
OPTIMIZE events;

-- ZORDER also sorts, so that rows with near values share files and a filter on them can skip the rest.
OPTIMIZE transactions ZORDER BY (store_id, product_id);

-- The replaced files stay for time travel. VACUUM removes those older than the retention, 7 days by
-- default, so right now there is nothing to remove. DRY RUN only lists.
VACUUM transactions DRY RUN;

VACUUM transactions;

-- 1.6  A clone to try things on: it shares the files of the original and writes only what it changes.
CREATE OR REPLACE TABLE transactions_playground SHALLOW CLONE transactions;

UPDATE transactions_playground SET price = round(price * 0.5, 2) WHERE store_id = 'S11';

SELECT round(sum(t.quantity * t.price), 2) AS original, round(sum(p.quantity * p.price), 2) AS half_price
FROM transactions AS t
JOIN transactions_playground AS p USING (transaction_id, product_id, quantity, store_id)
WHERE store_id = 'S11';


-- 2. Relational entities
-- ----------------------
-- 2.1  A database with a LOCATION keeps its managed tables there.
CREATE DATABASE tour_retail LOCATION '/mnt/tour/retail';

-- 2.2  Partitions: one folder for each value, and queries read only the folders they need. Take a column
--      with few values: a folder for each month, not for each of 313 days with its few kilobytes. The
--      month is computed from the date; queries by date use it, too.
CREATE TABLE tour_retail.sales (
  transaction_id STRING,
  product_id STRING,
  customer_id INT COMMENT 'NULL: paid in cash',
  store_id STRING,
  quantity INT COMMENT 'negative: a return',
  price DOUBLE,
  transaction_date DATE,
  transaction_month STRING GENERATED ALWAYS AS (date_format(transaction_date, 'yyyy-MM'))
)
PARTITIONED BY (transaction_month);

INSERT INTO tour_retail.sales
  (transaction_id, product_id, customer_id, store_id, quantity, price, transaction_date)
SELECT transaction_id, product_id, customer_id, store_id, quantity, price, transaction_date
FROM transactions;

SHOW PARTITIONS tour_retail.sales;

-- 2.3  A view is a stored query.
CREATE OR REPLACE VIEW tour_retail.daily_sales AS
SELECT transaction_date, round(sum(quantity * price), 2) AS daily_revenue
FROM tour_retail.sales
GROUP BY transaction_date;

SELECT * FROM tour_retail.daily_sales ORDER BY daily_revenue DESC LIMIT 5;

-- A temporary view lives as long as your session. In a live shop it would say current_date();
-- our data ends with 2024, so "recent" counts back from its last day.
CREATE OR REPLACE TEMP VIEW recent_sales AS
SELECT * FROM tour_retail.sales
WHERE transaction_date >= (SELECT max(transaction_date) FROM tour_retail.sales) - INTERVAL 30 DAYS;

SELECT count(*) AS lines, count(DISTINCT transaction_id) AS receipts, sum(quantity) AS pieces
FROM recent_sales;

-- 2.4  A star schema: facts in the middle, the things they are about around it.
USE tour_retail;

CREATE OR REPLACE TEMP VIEW store_file (
  store_id STRING, name STRING, city STRING, country STRING, region STRING, opened DATE, square_metres INT
)
USING csv OPTIONS (path = '${here}/stores.csv', header = 'true', escape = '"');

CREATE TABLE dim_store COMMENT 'One row for each shop' AS
SELECT store_id, name AS store, city, country, region, opened, nullif(square_metres, 0) AS square_metres
FROM store_file;

-- products.json is one array over many lines (multiLine) of nested objects (category.department).
CREATE OR REPLACE TEMP VIEW product_file
USING json OPTIONS (path = '${here}/products.json', multiLine = 'true');

CREATE TABLE dim_product COMMENT 'One row for each product' AS
SELECT product_id, name AS product, category.department, category.group AS product_group, price, cost
FROM product_file;

CREATE TABLE dim_date COMMENT 'One row for each day of 2024' AS
SELECT
  day,
  date_format(day, 'yyyy-MM') AS month,
  concat('Q', quarter(day)) AS quarter,
  date_format(day, 'EEEE') AS weekday,
  weekday(day) >= 5 AS is_weekend
FROM (SELECT explode(sequence(DATE '2024-01-01', DATE '2024-12-31')) AS day);

CREATE TABLE fact_sales
COMMENT 'One row for each line of a receipt'
PARTITIONED BY (month) AS
SELECT
  transaction_id,
  transaction_date AS day,
  store_id,
  product_id,
  customer_id,
  quantity,
  CAST(quantity * price AS DECIMAL(10, 2)) AS revenue,
  transaction_month AS month
FROM sales;

-- A rule in the table itself: from now on Delta refuses every write with a row that breaks it.
ALTER TABLE fact_sales ADD CONSTRAINT something_was_sold CHECK (quantity <> 0);

-- A question to the star: what did each department earn, quarter by quarter?
SELECT
  department,
  sum(revenue) FILTER (WHERE quarter = 'Q1') AS q1,
  sum(revenue) FILTER (WHERE quarter = 'Q2') AS q2,
  sum(revenue) FILTER (WHERE quarter = 'Q3') AS q3,
  sum(revenue) FILTER (WHERE quarter = 'Q4') AS q4,
  sum(revenue) AS year
FROM fact_sales
JOIN dim_product USING (product_id)
JOIN dim_date USING (day)
GROUP BY department
ORDER BY year DESC;

-- Views for common questions hide the joins.
CREATE VIEW store_months AS
SELECT store, region, month, sum(revenue) AS revenue, count(DISTINCT transaction_id) AS receipts
FROM fact_sales
JOIN dim_store USING (store_id)
GROUP BY store, region, month;

SELECT store, region, revenue, receipts, round(revenue / receipts, 2) AS per_receipt
FROM store_months
WHERE month = '2024-12'
ORDER BY revenue DESC;


-- 3. ETL with Spark SQL
-- ---------------------
USE tour;

-- 3.1  Extract: CSV. The file arrives under /mnt; reading it as lines of text leaves it as it is.
INSERT OVERWRITE DIRECTORY '/mnt/tour/raw/customers.csv' USING text
SELECT * FROM text.`${here}/customers.csv`;

CREATE TABLE raw_customer_data_naive
USING CSV
OPTIONS (
  path = '/mnt/tour/raw/customers.csv',
  header = 'true',
  inferSchema = 'true'
);

-- 1,003 rows, though the file has 1,001: two addresses go over two lines. And `id` is no number any more.
SELECT count(*) AS rows, count_if(try_cast(id AS INT) IS NULL) AS rows_without_a_number
FROM raw_customer_data_naive;

-- Two options put it right: fields may hold line breaks, and a quote within quotes is doubled.
CREATE TABLE raw_customer_data
USING CSV
OPTIONS (
  path = '/mnt/tour/raw/customers.csv',
  header = 'true',
  inferSchema = 'true',
  multiLine = 'true',
  escape = '"'
);

SELECT id, first_name, last_name, age, address, city, signup_date
FROM raw_customer_data
WHERE id IN (1, 9, 20, 21, 23, 99, 512)
ORDER BY id;

-- Look before you clean. How bad is it?
SELECT stack(6,
  'e-mail missing',           count_if(email IS NULL),
  'e-mail not an address',    count_if(email NOT RLIKE '^[^@ ]+@[^@ ]+[.][^@ ]+$'),
  'age missing',              count_if(age IS NULL),
  'age not between 0 and 120', count_if(age NOT BETWEEN 0 AND 120),
  'date not year-month-day',  count_if(try_to_timestamp(signup_date, 'yyyy-MM-dd') IS NULL),
  'id more than once',        count(id) - count(DISTINCT id)
) AS (problem, rows)
FROM raw_customer_data;

-- 3.2  Extract: a database through JDBC. On Databricks the url would be jdbc:postgresql://server:5432/database
--      with user and password; Derby comes with Spark and needs neither a server nor a network.
--      Creating the table AS SELECT fills the database, so that there is something to read.
CREATE TABLE raw_orders
USING org.apache.spark.sql.jdbc
OPTIONS (
  url = 'jdbc:derby:memory:lakeshell_tour;create=true',
  driver = 'org.apache.derby.iapi.jdbc.AutoloadedDriver',
  dbtable = 'orders'
)
AS SELECT
  order_id,
  customer.id AS customer_id,
  CAST(placed_at AS DATE) AS order_date,
  CAST(total AS DECIMAL(10, 2)) AS order_amount
FROM json.`${here}/orders.jsonl`
WHERE status <> 'cancelled';

SELECT count(*) AS orders, sum(order_amount) AS amount FROM raw_orders;

-- 3.3  Extract: JSON inside text. get_json_object takes one value out, from_json a whole structure.
CREATE TABLE order_items AS
SELECT order_id, placed_at, country, item.*
FROM (
  SELECT
    get_json_object(value, '$.order_id') AS order_id,
    CAST(get_json_object(value, '$.placed_at') AS TIMESTAMP) AS placed_at,
    get_json_object(value, '$.customer.country') AS country,
    explode(from_json(
      get_json_object(value, '$.items'),
      'ARRAY<STRUCT<product_id: STRING, quantity: INT, price: DOUBLE, gift_wrap: BOOLEAN>>'
    )) AS item
  FROM text.`${here}/orders.jsonl`
);

SELECT country, count(DISTINCT order_id) AS orders, sum(quantity) AS pieces, count_if(gift_wrap) AS wrapped
FROM order_items
GROUP BY country
ORDER BY orders DESC
LIMIT 5;

-- 3.4  Transform: basic cleaning. Text is trimmed and spelt one way, what cannot be true becomes NULL,
--      two ways to write a date become one, and QUALIFY keeps one row of each customer.
CREATE TABLE transformed_customers AS
SELECT
  id,
  trim(first_name) AS first_name,
  CASE WHEN last_name = upper(last_name) THEN initcap(last_name) ELSE last_name END AS last_name,
  lower(replace(email, ' at ', '@')) AS email,
  CASE WHEN age BETWEEN 0 AND 120 THEN age END AS age,
  CASE
    WHEN age IS NULL OR age NOT BETWEEN 0 AND 120 THEN 'Unknown'
    WHEN age < 18 THEN 'Under 18'
    WHEN age BETWEEN 18 AND 35 THEN 'Young Adult'
    WHEN age BETWEEN 36 AND 65 THEN 'Adult'
    ELSE 'Senior'
  END AS age_group,
  regexp_replace(address, '\\s+', ' ') AS address,
  city,
  country,
  CAST(coalesce(
    try_to_timestamp(signup_date, 'yyyy-MM-dd'),
    try_to_timestamp(signup_date, 'dd.MM.yyyy')
  ) AS DATE) AS signup_date
FROM raw_customer_data
QUALIFY row_number() OVER (PARTITION BY id ORDER BY email NULLS LAST) = 1;

SELECT id, first_name, last_name, age, age_group, address, city, signup_date
FROM transformed_customers
WHERE id IN (1, 9, 20, 21, 23, 99, 512)
ORDER BY id;

SELECT age_group, count(*) AS customers, round(avg(age), 1) AS average_age
FROM transformed_customers
GROUP BY age_group
ORDER BY average_age NULLS LAST;

-- 3.5  Transform: windows. A running total and a moving average of the last three orders.
CREATE TABLE customer_purchase_stats AS
SELECT
  customer_id,
  order_date,
  order_amount,
  SUM(order_amount) OVER (PARTITION BY customer_id ORDER BY order_date) AS running_total,
  AVG(order_amount) OVER (
    PARTITION BY customer_id ORDER BY order_date ROWS BETWEEN 2 PRECEDING AND CURRENT ROW
  ) AS moving_avg_3_orders
FROM raw_orders;

SELECT customer_id, order_date, order_amount, running_total, round(moving_avg_3_orders, 2) AS moving_avg
FROM customer_purchase_stats
WHERE customer_id = (
  SELECT customer_id FROM customer_purchase_stats
  GROUP BY customer_id ORDER BY count(*) DESC, customer_id LIMIT 1
)
ORDER BY order_date;

-- The best product of every department: a window again, and QUALIFY to filter on it.
SELECT department, product, sum(revenue) AS earned
FROM tour_retail.fact_sales
JOIN tour_retail.dim_product USING (product_id)
GROUP BY department, product
QUALIFY row_number() OVER (PARTITION BY department ORDER BY earned DESC) = 1
ORDER BY earned DESC;

-- 3.6  Transform: arrays and structs, without taking them apart.
SELECT
  name,
  size(variants) AS variants,
  array_join(transform(variants, v -> v.colour), ', ') AS colours,
  aggregate(variants, 0L, (total, v) -> total + v.stock) AS stock,
  exists(variants, v -> v.stock > 100) AS plenty
FROM product_file
WHERE array_contains(tags, 'bestseller')
ORDER BY stock DESC
LIMIT 5;

-- ... and PIVOT, which turns values into columns.
SELECT *
FROM (
  SELECT region, weekday, revenue
  FROM tour_retail.fact_sales
  JOIN tour_retail.dim_store USING (store_id)
  JOIN tour_retail.dim_date USING (day)
)
PIVOT (
  round(sum(revenue)) FOR weekday IN ('Monday' AS mon, 'Wednesday' AS wed, 'Friday' AS fri, 'Saturday' AS sat)
)
ORDER BY region;

-- 3.7  Load: upsert with MERGE. First the target, with rules of its own ...
CREATE TABLE customers (
  id INT NOT NULL,
  first_name STRING,
  last_name STRING,
  email STRING,
  address STRING,
  created_at TIMESTAMP,
  updated_at TIMESTAMP
);

ALTER TABLE customers ADD CONSTRAINT mail_has_an_at CHECK (email IS NULL OR email LIKE '%@%');

INSERT INTO customers
SELECT id, first_name, last_name, email, address, TIMESTAMP '2024-12-31', TIMESTAMP '2024-12-31'
FROM transformed_customers;

-- ... then what changed in January. Two customers come twice, which MERGE refuses, and rightly: which row
-- should win? The latest, says QUALIFY.
CREATE OR REPLACE TEMP VIEW update_file (
  id INT, first_name STRING, last_name STRING, email STRING, age INT, address STRING, city STRING,
  country STRING, updated_at TIMESTAMP
)
USING csv OPTIONS (path = '${here}/customer_updates.csv', header = 'true', escape = '"');

CREATE OR REPLACE TEMP VIEW customer_updates AS
SELECT *
FROM update_file
QUALIFY row_number() OVER (PARTITION BY id ORDER BY updated_at DESC) = 1;

MERGE INTO customers AS target
USING customer_updates AS source
ON target.id = source.id
WHEN MATCHED AND source.updated_at > target.updated_at THEN
  UPDATE SET
    target.email = source.email,
    target.address = source.address,
    target.updated_at = source.updated_at
WHEN NOT MATCHED THEN
  INSERT (id, first_name, last_name, email, address, created_at, updated_at)
  VALUES (source.id, source.first_name, source.last_name, source.email, source.address,
          source.updated_at, source.updated_at);

SELECT
  count(*) AS customers,
  count_if(created_at > '2025-01-01') AS new,
  count_if(updated_at > created_at) AS changed
FROM customers;

-- 3.8  Check what was loaded. Rows that break a rule are counted, and an empty answer would be the proof
--      that all is well. It is not empty: three receipts in June sold a product that nobody knows.
CREATE VIEW quality_checks AS
SELECT 'customers: id twice' AS rule, count(id) - count(DISTINCT id) AS broken FROM customers
UNION ALL
SELECT 'customers: not an e-mail', count_if(email NOT RLIKE '^[^@ ]+@[^@ ]+[.][^@ ]+$') FROM customers
UNION ALL
SELECT 'sales: unknown product', count(*)
FROM tour_retail.fact_sales LEFT ANTI JOIN tour_retail.dim_product USING (product_id)
UNION ALL
SELECT 'sales: unknown customer', count(*)
FROM tour_retail.fact_sales AS f LEFT ANTI JOIN customers AS c ON f.customer_id = c.id
WHERE f.customer_id IS NOT NULL
UNION ALL
SELECT 'sales: not in 2024', count_if(year(day) <> 2024) FROM tour_retail.fact_sales;

SELECT * FROM quality_checks WHERE broken > 0;

-- What breaks a rule is set aside, with the reason, and can be looked at and loaded later.
CREATE TABLE rejected_sales AS
SELECT *, 'unknown product' AS reason, current_timestamp() AS rejected_at
FROM tour_retail.fact_sales LEFT ANTI JOIN tour_retail.dim_product USING (product_id);

MERGE INTO tour_retail.fact_sales AS f
USING (SELECT DISTINCT product_id FROM rejected_sales) AS r
ON f.product_id = r.product_id
WHEN MATCHED THEN DELETE;

SELECT transaction_id, day, product_id, quantity, reason FROM rejected_sales ORDER BY transaction_id;

-- Now it is: no rows.
SELECT * FROM quality_checks WHERE broken > 0;


-- 4. Just enough Python
-- ---------------------
-- A script may change its language. SQL and Python share one session: its tables, views and settings.
%python
top = spark.sql("""
  SELECT product, SUM(quantity) AS total_sold, SUM(revenue) AS total_revenue
  FROM tour_retail.fact_sales JOIN tour_retail.dim_product USING (product_id)
  GROUP BY product
  ORDER BY total_revenue DESC
  LIMIT 3
""")
for row in top.collect():
    print(f"{row['product']}: {row.total_sold} sold, {row.total_revenue:,.2f} €")
top.createOrReplaceTempView("top_products")
%sql
-- The view made in Python, joined in SQL. tour.py goes on from here.
SELECT t.product, department, total_sold, round((price - cost) / price * 100) AS margin_percent
FROM top_products AS t
JOIN tour_retail.dim_product AS p ON t.product = p.product
ORDER BY total_revenue DESC;


-- 5. What the shell adds
-- ----------------------
-- Commands begin with %. `%help` lists them; each is also a subcommand: `lakeshell history tour.customers`.
%history customer_data
%detail tour_retail.fact_sales
%profile transformed_customers
%chart bar SELECT month, sum(revenue) AS revenue FROM tour_retail.fact_sales GROUP BY month ORDER BY month
