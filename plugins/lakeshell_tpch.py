"""%tpch: the tables of the TPC-H benchmark at any scale, and its 22 queries.

    %tpch generate --scale 0.1
    %tpch run all
    %tpch run 5
    %tpch show 5

The queries are those of clause 2.4 of the TPC-H specification, revision 3, with their validation
parameters; `lakeshell.samples.tpch` makes the rows. Its random numbers are our own, so answers
differ from those of TPC's dbgen, and times are not TPC-H results.

Over 500 lines in one module: most of them are the text of the queries.
"""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lakeshell.commands.context import CommandContext
from lakeshell.commands.hookspecs import hookimpl
from lakeshell.errors import CommandError, UsageError
from lakeshell.samples.tpch import TABLES, write_tables
from lakeshell.session.result import Progress
from lakeshell.sql.names import parse_name, quote_identifier, quote_name

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, Any]

SMALLEST = 0.01  # below it a part has too few suppliers to choose four from


@hookimpl
def lakeshell_commands() -> list[click.Command]:
    """The command %tpch."""
    return [tpch_command]


# Commands


@click.group("tpch")
def tpch_command() -> None:
    """The TPC-H benchmark: %tpch generate --scale 0.1, then %tpch run all."""


_schema_option = click.option(
    "--schema", default="tpch", show_default=True, help="The schema of the eight tables."
)


@tpch_command.command("generate")
@click.option(
    "--scale",
    type=click.FloatRange(min=SMALLEST),
    default=SMALLEST,
    show_default=True,
    help="1 is 6 million lines of orders, 1 GB as text.",
)
@_schema_option
@click.option("--overwrite", is_flag=True, help="Replace the tables if they exist.")
@click.pass_obj
def generate_command(context: CommandContext, scale: float, schema: str, overwrite: bool) -> None:
    """Make the eight tables: %tpch generate --scale 0.1.

    The same scale gives the same rows. Memory does not grow with it; the disk needs about 0.5 GB
    for each 1 of scale, while it works twice that.
    """
    if context.session.is_remote:
        raise UsageError(
            "%tpch generate needs lakeshell's own server; the session is a remote one."
        )
    target = quote_name(parse_name(schema))
    context.query(f"CREATE SCHEMA IF NOT EXISTS {target}")
    create = "CREATE OR REPLACE TABLE" if overwrite else "CREATE TABLE"
    there = {row["tableName"] for row in context.rows(f"SHOW TABLES IN {target}")} & set(TABLES)
    if there and not overwrite:
        raise CommandError(
            f"Schema {schema} has a table {min(there)} already.",
            hint="--overwrite replaces the tables, --schema NAME puts them elsewhere.",
        )
    made: list[Mapping[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="tpch-", dir=context.home.tmp) as folder:
        begun = time.monotonic()
        rows = write_tables(
            Path(folder),
            scale,
            lambda done, total: context.sink(
                Progress(0, 1, done, total, 1, 0, time.monotonic() - begun)
            ),
        )
        for name in TABLES:
            started = time.monotonic()
            source = quote_identifier(str(Path(folder) / name))
            context.query(f"{create} {target}.{name} AS SELECT * FROM parquet.{source}")
            seconds = round(time.monotonic() - started, 2)
            made.append({"table": f"{schema}.{name}", "rows": rows[name], "seconds": seconds})
    context.emit_rows(made, title=f"TPC-H, scale {scale:g}")


@tpch_command.command("run")
@click.argument("number", default="all", metavar="[1-22|all]")
@_schema_option
@click.option("--rows", "with_rows", is_flag=True, help="Show the answers, too.")
@click.pass_obj
def run_command(context: CommandContext, number: str, schema: str, with_rows: bool) -> None:
    """Run one query or all, and show how long each took: %tpch run 5 --rows."""
    numbers = _numbers(number)
    times: list[Mapping[str, Any]] = []
    with current_schema(context, schema):
        for each in numbers:
            result = context.query(QUERIES[each])
            if with_rows and result.table is not None:
                context.emit_table(result.table, title=f"Q{each}: {TITLES[each]}")
            times.append(
                {
                    "query": f"Q{each}",
                    "what": TITLES[each],
                    "rows": result.row_count,
                    "seconds": round(result.elapsed, 2),
                }
            )
    if len(times) > 1:
        total = round(sum(row["seconds"] for row in times), 2)
        times.append({"query": "all", "what": "", "rows": None, "seconds": total})
    context.emit_rows(times, title=f"TPC-H queries on {schema}")


@tpch_command.command("show")
@click.argument("number", metavar="[1-22|all]")
@click.pass_obj
def show_command(context: CommandContext, number: str) -> None:
    """Print the text of a query: %tpch show 5."""
    context.print("\n\n".join(f"-- Q{n}: {TITLES[n]}\n{QUERIES[n]};" for n in _numbers(number)))


def _numbers(text: str) -> list[int]:
    if text.lower() == "all":
        return sorted(QUERIES)
    if text.isdecimal() and int(text) in QUERIES:
        return [int(text)]
    raise UsageError(f"There is no query {text!r}.", hint="Queries are 1 to 22, or all.")


@contextlib.contextmanager
def current_schema(context: CommandContext, schema: str) -> Iterator[None]:
    """`schema` is current inside, and afterwards what was current before."""
    before = context.row("SELECT current_catalog() AS catalog, current_schema() AS schema")
    context.query(f"USE {quote_name(parse_name(schema))}")
    try:
        yield
    finally:
        context.query(f"USE {quote_name((before['catalog'], before['schema']))}")


# Queries (clause 2.4), with the substitution parameters for validation

TITLES = {
    1: "Pricing summary report",
    2: "Minimum cost supplier",
    3: "Shipping priority",
    4: "Order priority checking",
    5: "Local supplier volume",
    6: "Forecasting revenue change",
    7: "Volume shipping",
    8: "National market share",
    9: "Product type profit measure",
    10: "Returned item reporting",
    11: "Important stock identification",
    12: "Shipping modes and order priority",
    13: "Customer distribution",
    14: "Promotion effect",
    15: "Top supplier",
    16: "Parts and supplier relationship",
    17: "Small-quantity-order revenue",
    18: "Large volume customer",
    19: "Discounted revenue",
    20: "Potential part promotion",
    21: "Suppliers who kept orders waiting",
    22: "Global sales opportunity",
}

QUERIES = {
    1: """\
SELECT
  l_returnflag,
  l_linestatus,
  sum(l_quantity) AS sum_qty,
  sum(l_extendedprice) AS sum_base_price,
  sum(l_extendedprice * (1 - l_discount)) AS sum_disc_price,
  sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)) AS sum_charge,
  avg(l_quantity) AS avg_qty,
  avg(l_extendedprice) AS avg_price,
  avg(l_discount) AS avg_disc,
  count(*) AS count_order
FROM lineitem
WHERE l_shipdate <= DATE '1998-12-01' - INTERVAL 90 DAYS
GROUP BY l_returnflag, l_linestatus
ORDER BY l_returnflag, l_linestatus""",
    2: """\
SELECT s_acctbal, s_name, n_name, p_partkey, p_mfgr, s_address, s_phone, s_comment
FROM part
JOIN partsupp ON ps_partkey = p_partkey
JOIN supplier ON s_suppkey = ps_suppkey
JOIN nation ON n_nationkey = s_nationkey
JOIN region ON r_regionkey = n_regionkey
WHERE p_size = 15
  AND p_type LIKE '%BRASS'
  AND r_name = 'EUROPE'
  AND ps_supplycost = (
    SELECT min(ps_supplycost)
    FROM partsupp
    JOIN supplier ON s_suppkey = ps_suppkey
    JOIN nation ON n_nationkey = s_nationkey
    JOIN region ON r_regionkey = n_regionkey
    WHERE ps_partkey = p_partkey AND r_name = 'EUROPE'
  )
ORDER BY s_acctbal DESC, n_name, s_name, p_partkey
LIMIT 100""",
    3: """\
SELECT l_orderkey, sum(l_extendedprice * (1 - l_discount)) AS revenue, o_orderdate, o_shippriority
FROM customer
JOIN orders ON o_custkey = c_custkey
JOIN lineitem ON l_orderkey = o_orderkey
WHERE c_mktsegment = 'BUILDING'
  AND o_orderdate < DATE '1995-03-15'
  AND l_shipdate > DATE '1995-03-15'
GROUP BY l_orderkey, o_orderdate, o_shippriority
ORDER BY revenue DESC, o_orderdate
LIMIT 10""",
    4: """\
SELECT o_orderpriority, count(*) AS order_count
FROM orders
WHERE o_orderdate >= DATE '1993-07-01'
  AND o_orderdate < DATE '1993-07-01' + INTERVAL 3 MONTHS
  AND EXISTS (
    SELECT * FROM lineitem WHERE l_orderkey = o_orderkey AND l_commitdate < l_receiptdate
  )
GROUP BY o_orderpriority
ORDER BY o_orderpriority""",
    5: """\
SELECT n_name, sum(l_extendedprice * (1 - l_discount)) AS revenue
FROM customer
JOIN orders ON o_custkey = c_custkey
JOIN lineitem ON l_orderkey = o_orderkey
JOIN supplier ON s_suppkey = l_suppkey AND s_nationkey = c_nationkey
JOIN nation ON n_nationkey = s_nationkey
JOIN region ON r_regionkey = n_regionkey
WHERE r_name = 'ASIA'
  AND o_orderdate >= DATE '1994-01-01'
  AND o_orderdate < DATE '1994-01-01' + INTERVAL 1 YEAR
GROUP BY n_name
ORDER BY revenue DESC""",
    6: """\
SELECT sum(l_extendedprice * l_discount) AS revenue
FROM lineitem
WHERE l_shipdate >= DATE '1994-01-01'
  AND l_shipdate < DATE '1994-01-01' + INTERVAL 1 YEAR
  AND l_discount BETWEEN 0.06 - 0.01 AND 0.06 + 0.01
  AND l_quantity < 24""",
    7: """\
SELECT supp_nation, cust_nation, l_year, sum(volume) AS revenue
FROM (
  SELECT
    n1.n_name AS supp_nation,
    n2.n_name AS cust_nation,
    year(l_shipdate) AS l_year,
    l_extendedprice * (1 - l_discount) AS volume
  FROM supplier
  JOIN lineitem ON l_suppkey = s_suppkey
  JOIN orders ON o_orderkey = l_orderkey
  JOIN customer ON c_custkey = o_custkey
  JOIN nation AS n1 ON n1.n_nationkey = s_nationkey
  JOIN nation AS n2 ON n2.n_nationkey = c_nationkey
  WHERE (
      (n1.n_name = 'FRANCE' AND n2.n_name = 'GERMANY')
      OR (n1.n_name = 'GERMANY' AND n2.n_name = 'FRANCE')
    )
    AND l_shipdate BETWEEN DATE '1995-01-01' AND DATE '1996-12-31'
)
GROUP BY supp_nation, cust_nation, l_year
ORDER BY supp_nation, cust_nation, l_year""",
    8: """\
SELECT
  o_year,
  sum(CASE WHEN nation = 'BRAZIL' THEN volume ELSE 0 END) / sum(volume) AS mkt_share
FROM (
  SELECT
    year(o_orderdate) AS o_year,
    l_extendedprice * (1 - l_discount) AS volume,
    n2.n_name AS nation
  FROM part
  JOIN lineitem ON l_partkey = p_partkey
  JOIN supplier ON s_suppkey = l_suppkey
  JOIN orders ON o_orderkey = l_orderkey
  JOIN customer ON c_custkey = o_custkey
  JOIN nation AS n1 ON n1.n_nationkey = c_nationkey
  JOIN region ON r_regionkey = n1.n_regionkey
  JOIN nation AS n2 ON n2.n_nationkey = s_nationkey
  WHERE r_name = 'AMERICA'
    AND o_orderdate BETWEEN DATE '1995-01-01' AND DATE '1996-12-31'
    AND p_type = 'ECONOMY ANODIZED STEEL'
)
GROUP BY o_year
ORDER BY o_year""",
    9: """\
SELECT nation, o_year, sum(amount) AS sum_profit
FROM (
  SELECT
    n_name AS nation,
    year(o_orderdate) AS o_year,
    l_extendedprice * (1 - l_discount) - ps_supplycost * l_quantity AS amount
  FROM part
  JOIN lineitem ON l_partkey = p_partkey
  JOIN supplier ON s_suppkey = l_suppkey
  JOIN partsupp ON ps_partkey = l_partkey AND ps_suppkey = l_suppkey
  JOIN orders ON o_orderkey = l_orderkey
  JOIN nation ON n_nationkey = s_nationkey
  WHERE p_name LIKE '%green%'
)
GROUP BY nation, o_year
ORDER BY nation, o_year DESC""",
    10: """\
SELECT
  c_custkey,
  c_name,
  sum(l_extendedprice * (1 - l_discount)) AS revenue,
  c_acctbal,
  n_name,
  c_address,
  c_phone,
  c_comment
FROM customer
JOIN orders ON o_custkey = c_custkey
JOIN lineitem ON l_orderkey = o_orderkey
JOIN nation ON n_nationkey = c_nationkey
WHERE o_orderdate >= DATE '1993-10-01'
  AND o_orderdate < DATE '1993-10-01' + INTERVAL 3 MONTHS
  AND l_returnflag = 'R'
GROUP BY c_custkey, c_name, c_acctbal, c_phone, n_name, c_address, c_comment
ORDER BY revenue DESC
LIMIT 20""",
    # The share is 0.0001 / scale, which is one over the number of suppliers.
    11: """\
SELECT ps_partkey, sum(ps_supplycost * ps_availqty) AS value
FROM partsupp
JOIN supplier ON s_suppkey = ps_suppkey
JOIN nation ON n_nationkey = s_nationkey
WHERE n_name = 'GERMANY'
GROUP BY ps_partkey
HAVING sum(ps_supplycost * ps_availqty) > (
  SELECT sum(ps_supplycost * ps_availqty) / (SELECT count(*) FROM supplier)
  FROM partsupp
  JOIN supplier ON s_suppkey = ps_suppkey
  JOIN nation ON n_nationkey = s_nationkey
  WHERE n_name = 'GERMANY'
)
ORDER BY value DESC""",
    12: """\
SELECT
  l_shipmode,
  count_if(o_orderpriority IN ('1-URGENT', '2-HIGH')) AS high_line_count,
  count_if(o_orderpriority NOT IN ('1-URGENT', '2-HIGH')) AS low_line_count
FROM orders
JOIN lineitem ON l_orderkey = o_orderkey
WHERE l_shipmode IN ('MAIL', 'SHIP')
  AND l_commitdate < l_receiptdate
  AND l_shipdate < l_commitdate
  AND l_receiptdate >= DATE '1994-01-01'
  AND l_receiptdate < DATE '1994-01-01' + INTERVAL 1 YEAR
GROUP BY l_shipmode
ORDER BY l_shipmode""",
    13: """\
SELECT c_count, count(*) AS custdist
FROM (
  SELECT c_custkey, count(o_orderkey) AS c_count
  FROM customer
  LEFT JOIN orders ON o_custkey = c_custkey AND o_comment NOT LIKE '%special%requests%'
  GROUP BY c_custkey
)
GROUP BY c_count
ORDER BY custdist DESC, c_count DESC""",
    14: """\
SELECT
  100.00 * sum(CASE WHEN p_type LIKE 'PROMO%' THEN l_extendedprice * (1 - l_discount) ELSE 0 END)
    / sum(l_extendedprice * (1 - l_discount)) AS promo_revenue
FROM lineitem
JOIN part ON p_partkey = l_partkey
WHERE l_shipdate >= DATE '1995-09-01'
  AND l_shipdate < DATE '1995-09-01' + INTERVAL 1 MONTH""",
    15: """\
WITH revenue AS (
  SELECT l_suppkey AS supplier_no, sum(l_extendedprice * (1 - l_discount)) AS total_revenue
  FROM lineitem
  WHERE l_shipdate >= DATE '1996-01-01'
    AND l_shipdate < DATE '1996-01-01' + INTERVAL 3 MONTHS
  GROUP BY l_suppkey
)
SELECT s_suppkey, s_name, s_address, s_phone, total_revenue
FROM supplier
JOIN revenue ON supplier_no = s_suppkey
WHERE total_revenue = (SELECT max(total_revenue) FROM revenue)
ORDER BY s_suppkey""",
    16: """\
SELECT p_brand, p_type, p_size, count(DISTINCT ps_suppkey) AS supplier_cnt
FROM partsupp
JOIN part ON p_partkey = ps_partkey
WHERE p_brand <> 'Brand#45'
  AND p_type NOT LIKE 'MEDIUM POLISHED%'
  AND p_size IN (49, 14, 23, 45, 19, 3, 36, 9)
  AND ps_suppkey NOT IN (
    SELECT s_suppkey FROM supplier WHERE s_comment LIKE '%Customer%Complaints%'
  )
GROUP BY p_brand, p_type, p_size
ORDER BY supplier_cnt DESC, p_brand, p_type, p_size""",
    17: """\
SELECT sum(l_extendedprice) / 7.0 AS avg_yearly
FROM lineitem
JOIN part ON p_partkey = l_partkey
WHERE p_brand = 'Brand#23'
  AND p_container = 'MED BOX'
  AND l_quantity < (
    SELECT 0.2 * avg(l_quantity) FROM lineitem WHERE l_partkey = p_partkey
  )""",
    18: """\
SELECT c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice, sum(l_quantity) AS quantity
FROM customer
JOIN orders ON o_custkey = c_custkey
JOIN lineitem ON l_orderkey = o_orderkey
WHERE o_orderkey IN (
  SELECT l_orderkey FROM lineitem GROUP BY l_orderkey HAVING sum(l_quantity) > 300
)
GROUP BY c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice
ORDER BY o_totalprice DESC, o_orderdate
LIMIT 100""",
    19: """\
SELECT sum(l_extendedprice * (1 - l_discount)) AS revenue
FROM lineitem
JOIN part ON p_partkey = l_partkey
WHERE l_shipmode IN ('AIR', 'AIR REG')
  AND l_shipinstruct = 'DELIVER IN PERSON'
  AND (
    (
      p_brand = 'Brand#12'
      AND p_container IN ('SM CASE', 'SM BOX', 'SM PACK', 'SM PKG')
      AND l_quantity BETWEEN 1 AND 1 + 10
      AND p_size BETWEEN 1 AND 5
    )
    OR (
      p_brand = 'Brand#23'
      AND p_container IN ('MED BAG', 'MED BOX', 'MED PKG', 'MED PACK')
      AND l_quantity BETWEEN 10 AND 10 + 10
      AND p_size BETWEEN 1 AND 10
    )
    OR (
      p_brand = 'Brand#34'
      AND p_container IN ('LG CASE', 'LG BOX', 'LG PACK', 'LG PKG')
      AND l_quantity BETWEEN 20 AND 20 + 10
      AND p_size BETWEEN 1 AND 15
    )
  )""",
    20: """\
SELECT s_name, s_address
FROM supplier
JOIN nation ON n_nationkey = s_nationkey
WHERE n_name = 'CANADA'
  AND s_suppkey IN (
    SELECT ps_suppkey
    FROM partsupp
    WHERE ps_partkey IN (SELECT p_partkey FROM part WHERE p_name LIKE 'forest%')
      AND ps_availqty > (
        SELECT 0.5 * sum(l_quantity)
        FROM lineitem
        WHERE l_partkey = ps_partkey
          AND l_suppkey = ps_suppkey
          AND l_shipdate >= DATE '1994-01-01'
          AND l_shipdate < DATE '1994-01-01' + INTERVAL 1 YEAR
      )
  )
ORDER BY s_name""",
    21: """\
SELECT s_name, count(*) AS numwait
FROM supplier
JOIN lineitem AS l1 ON l1.l_suppkey = s_suppkey
JOIN orders ON o_orderkey = l1.l_orderkey
JOIN nation ON n_nationkey = s_nationkey
WHERE o_orderstatus = 'F'
  AND l1.l_receiptdate > l1.l_commitdate
  AND EXISTS (
    SELECT * FROM lineitem AS l2
    WHERE l2.l_orderkey = l1.l_orderkey AND l2.l_suppkey <> l1.l_suppkey
  )
  AND NOT EXISTS (
    SELECT * FROM lineitem AS l3
    WHERE l3.l_orderkey = l1.l_orderkey
      AND l3.l_suppkey <> l1.l_suppkey
      AND l3.l_receiptdate > l3.l_commitdate
  )
  AND n_name = 'SAUDI ARABIA'
GROUP BY s_name
ORDER BY numwait DESC, s_name
LIMIT 100""",
    22: """\
SELECT cntrycode, count(*) AS numcust, sum(c_acctbal) AS totacctbal
FROM (
  SELECT substring(c_phone, 1, 2) AS cntrycode, c_acctbal
  FROM customer
  WHERE substring(c_phone, 1, 2) IN ('13', '31', '23', '29', '30', '18', '17')
    AND c_acctbal > (
      SELECT avg(c_acctbal)
      FROM customer
      WHERE c_acctbal > 0.00
        AND substring(c_phone, 1, 2) IN ('13', '31', '23', '29', '30', '18', '17')
    )
    AND NOT EXISTS (SELECT * FROM orders WHERE o_custkey = c_custkey)
)
GROUP BY cntrycode
ORDER BY cntrycode""",
}
