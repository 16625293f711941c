-- The thirteen statements that a day with Delta tables is made of. Run by run.py in lakeshell and
-- in spark-sql, each in an empty warehouse.
CREATE TABLE bench_orders (id BIGINT, customer INT, amount DOUBLE, status STRING) USING DELTA;
INSERT INTO bench_orders SELECT id, CAST(id % 1000 AS INT), id * 1.5, 'new' FROM range(0, 100000);
MERGE INTO bench_orders t
USING (SELECT id, CAST(id % 1000 AS INT) customer, id * 2.0 amount, 'merged' status FROM range(90000, 110000)) s
ON t.id = s.id
WHEN MATCHED THEN UPDATE SET *
WHEN NOT MATCHED THEN INSERT *;
UPDATE bench_orders SET status = 'paid' WHERE id % 10 = 0;
DELETE FROM bench_orders WHERE id % 100 = 7;
SELECT count(*) FROM bench_orders VERSION AS OF 1;
DESCRIBE HISTORY bench_orders;
OPTIMIZE bench_orders ZORDER BY (customer);
VACUUM bench_orders;
CREATE TABLE bench_events USING DELTA AS
  SELECT id, CAST(id % 1000 AS INT) customer, rand(7) AS value FROM range(0, 2000000);
SELECT customer, count(*) n, avg(value) mean FROM bench_events GROUP BY customer ORDER BY n DESC LIMIT 10;
SELECT o.status, count(*) n, sum(e.value) total FROM bench_orders o JOIN bench_events e ON o.id = e.id
GROUP BY o.status ORDER BY o.status;
SELECT id, sum(amount) OVER (PARTITION BY customer ORDER BY id) running FROM bench_orders ORDER BY id LIMIT 10;
