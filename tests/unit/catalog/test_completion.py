"""Completion, as a table: text with the cursor at `|`, what comes first, what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_lake import surroundings

from lakeshell.catalog.candidates import Candidate
from lakeshell.catalog.completion import complete


def offers(text: str, folder: Path = Path(), **options: object) -> list[Candidate]:
    offset = text.index("|")
    return complete(
        text[:offset] + text[offset + 1 :],
        offset,
        surroundings(folder),
        **options,  # type: ignore[arg-type]
    )


def texts(text: str, folder: Path = Path(), **options: object) -> list[str]:
    return [candidate.text for candidate in offers(text, folder, **options)]


ORDERS = ["order_id", "customer_id", "amount", "placed_at"]
CUSTOMERS = ["customer_id", "name", "address"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # The columns of what an alias stands for
        ("SELECT o.| FROM orders o", ORDERS),
        ("SELECT o.| FROM orders AS o JOIN customers c ON true", ORDERS),
        ("SELECT c.| FROM orders AS o JOIN customers c ON true", CUSTOMERS),
        ("SELECT c.| FROM orders o, customers c", CUSTOMERS),
        ("SELECT orders.| FROM orders", ORDERS),
        ("SELECT retail.orders.| FROM retail.orders", ORDERS),
        ("SELECT `o`.| FROM orders `o`", ORDERS),
        ("SELECT O.| FROM Retail.ORDERS o", ORDERS),
        ("SELECT e.| FROM staging.events e", ["event_id", "payload"]),
        # A half-written statement
        ("SELECT o.|, FROM orders o WHERE", ORDERS),
        ("SELECT sum(o.| FROM orders o", ORDERS),
        ("SELECT * FROM orders o JOIN customers c ON o.customer_id = c.|", CUSTOMERS),
        ("SELECT * FROM orders o WHERE o.amount > 3 AND o.|", ORDERS),
        ("SELECT * FROM orders o GROUP BY o.|", ORDERS),
        # Time travel, samples, hints and comments in between
        ("SELECT o.| FROM orders VERSION AS OF 3 o", ORDERS),
        ("SELECT o.| FROM orders TIMESTAMP AS OF '2024-01-01' AS o", ORDERS),
        ("SELECT o.| FROM orders TABLESAMPLE (5 ROWS) o", ORDERS),
        ("SELECT /*+ BROADCAST(o) */ o.| FROM /* all */ orders -- the orders\n o", ORDERS),
        # CTEs and subqueries
        ("WITH t AS (SELECT order_id AS id, amount FROM orders) SELECT t.| FROM t",
         ["id", "amount"]),
        ("WITH t AS (SELECT * FROM orders) SELECT x.| FROM t x", ORDERS),
        ("WITH t (a, b) AS (SELECT 1, 2) SELECT t.| FROM t", ["a", "b"]),
        (
            "WITH a AS (SELECT order_id FROM orders), b AS (SELECT a.*, 1 AS one FROM a) "
            "SELECT b.| FROM b",
            ["one", "order_id"],
        ),
        ("WITH a AS (SELECT o.| FROM orders o) SELECT * FROM a", ORDERS),
        ("SELECT s.| FROM (SELECT c.name, count(*) AS n FROM customers c GROUP BY 1) s",
         ["name", "n"]),
        ("SELECT s.| FROM (SELECT 1 AS a UNION ALL SELECT 2) s", ["a"]),
        ("SELECT * FROM orders o WHERE EXISTS (SELECT 1 FROM customers c WHERE c.| )", CUSTOMERS),
        ("SELECT * FROM orders o WHERE EXISTS (SELECT 1 FROM customers c WHERE o.| )", ORDERS),
        ("SELECT x.| FROM orders LATERAL VIEW explode(a) x AS item", ["item"]),
        ("SELECT 1 FROM customers c UNION SELECT o.| FROM orders o", ORDERS),
        # Other statements
        ("UPDATE orders o SET o.|", ORDERS),
        ("MERGE INTO orders t USING customers s ON t.|", ORDERS),
        ("MERGE INTO orders t USING customers s ON s.|", CUSTOMERS),
        ("DELETE FROM orders WHERE orders.|", ORDERS),
        # Only the statement at the cursor counts
        ("SELECT 1 FROM customers o; SELECT o.| FROM orders o; SELECT 1 FROM customers o", ORDERS),
        # Fields of structs
        ("SELECT address.| FROM customers", ["city", "geo"]),
        ("SELECT c.address.geo.| FROM customers c", ["lat", "lon"]),
        # Tables of a schema
        ("SELECT * FROM staging.|", ["events"]),
        ("SELECT * FROM spark_catalog.staging.|", ["events"]),
        ("DESCRIBE HISTORY staging.|", ["events"]),
        ("SELECT * FROM staging.ev|", ["events"]),
        # Where a schema belongs
        ("USE st|", ["staging"]),
        ("SHOW TABLES IN st|", ["staging"]),
        ("DROP SCHEMA IF EXISTS st|", ["staging"]),
        ("CREATE TABLE st|", ["staging."]),
        # Settings, formats, types, variables
        ("SET spark.sql.sh|", ["spark.sql.shuffle.partitions"]),
        ("SET spark.sql.ansi.enabled = |", []),
        ("SET spark.sql.ansi.enabled = f|", ["false"]),
        ("CREATE TABLE t (a INT) USING de|", ["delta"]),
        ("SELECT cast(a AS timestamp_|", ["timestamp_ntz"]),
        ("SELECT a::BIG|", ["BIGINT"]),
        ("SELECT * FROM ${e|", ["env"]),
        # Names that need backticks
        ("SELECT unit| FROM `odd name`", ["`unit price`"]),
        ("SELECT fro| FROM retail.`odd name` o", ["`from`"]),
        ("SELECT * FROM odd|", ["`odd name`"]),
        ("SELECT * FROM `odd|", ["`odd name`"]),
        ("SELECT o.`unit| FROM `odd name` o", ["`unit price`"]),
        # Nothing to say
        ("SELECT 1 -- FROM |", []),
        ("SELECT 1 /* FROM | */", []),
        ("SELECT 'FROM |'", []),
        ("SELECT amount AS |", []),
        ("SELECT * FROM orders LIMIT |", []),
        ("SELECT |", []),
        ("|", []),
        # Commands
        ("%hi|", ["history"]),
        ("%history or|", ["orders"]),
        ("%history staging.|", ["events"]),
        ("SELECT * FROM shops.s|", ["sales", "stock"]),
        ("SELECT * FROM `Shops`.sa|", ["sales"]),
        ("%history orders --l|", ["--limit"]),
        ("%history orders --limit 3 --l|", []),
        ("%history orders --format |", ["short", "long"]),
        ("%chart |", ["bar", "line"]),
        ("%chart bar SELECT o.| FROM", []),
        ("%chart bar SELECT * FROM staging.|", ["events"]),
        ("%server |", ["status"]),
        ("SELECT 1;\n%hi|", ["history"]),
        ("%timing on\n%hi|", ["history"]),
        ("%nothing |", []),
        # Languages of cells
        ("%python\norders_f|", ["orders_frame"]),
        ("%python orders_f|", ["orders_frame"]),
        ("%python\nx = 1\n%sql\nSELECT o.| FROM orders o", ORDERS),
        ("%python\nspark.table('or|", ["orders"]),
    ],
)  # fmt: skip
def test_all_that_is_offered(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT am| FROM orders", "amount"),
        ("SELECT * FROM orders WHERE pl|", "placed_at"),
        ("INSERT INTO orders (am|", "amount"),
        ("SELECT * FROM or|", "orders"),
        ("SELECT * FROM customers JOIN or|", "orders"),
        ("SELECT * FROM orders o, cu|", "customers"),
        ("SELECT * FROM rec|", "recent"),
        ("WITH totals AS (SELECT 1) SELECT * FROM to|", "totals"),
        ("INSERT INTO or|", "orders"),
        ("UPDATE or|", "orders"),
        ("DROP TABLE IF EXISTS or|", "orders"),
        ("OPTIMIZE or|", "orders"),
        ("VACUUM or|", "orders"),
        ("DESCRIBE or|", "orders"),
        ("DESCRIBE DETAIL or|", "orders"),
        ("SHOW CREATE TABLE or|", "orders"),
        ("SHOW COLUMNS IN or|", "orders"),
        ("MERGE INTO orders t USING cu|", "customers"),
        ("OPTIMIZE orders ZORDER BY (cus|", "customer_id"),
        ("ALTER TABLE orders DROP COLUMN am|", "amount"),
        ("EXPLAIN SELECT am| FROM orders", "amount"),
        ("CREATE TABLE x AS SELECT am| FROM orders", "amount"),
        ("SELECT c.name FROM customers c WHERE c.name IS DISTINCT FROM na|", "name"),
        ("SELECT extract(YEAR FROM pla| FROM orders", "placed_at"),
        ("SELECT da| FROM recent", "day"),
        # The case of keywords is the user's
        ("sel|", "select"),
        ("SEL|", "SELECT"),
        ("select amount fr|", "from"),
        ("SELECT amount FR|", "FROM"),
        ("SELECT * FROM orders WH|", "WHERE"),
        ("select * from orders le|", "left join"),
        ("SELECT * FROM orders GR|", "GROUP BY"),
        ("SHOW TA|", "TABLES"),
        ("DESCRIBE HI|", "HISTORY"),
        ("EXPLAIN FO|", "FORMATTED"),
        # Functions
        ("SELECT date_t| FROM orders", "date_trunc"),
        ("SELECT dtr| FROM orders", "date_trunc"),
        ("DESCRIBE FUNCTION date_a|", "date_add"),
        # Parts of names, then single letters
        ("SELECT id| FROM orders", "order_id"),
        ("SELECT plat| FROM orders", "placed_at"),
    ],
)  # fmt: skip
def test_the_first_offer(text: str, expected: str) -> None:
    assert texts(text)[0] == expected


def test_a_column_that_two_tables_have_is_offered_with_each_table() -> None:
    found = texts("SELECT cust| FROM orders o JOIN customers c")
    assert found[:2] == ["o.customer_id", "c.customer_id"]


def test_columns_come_before_functions_and_keywords() -> None:
    kinds = [c.kind for c in offers("SELECT | FROM orders o", explicit=True)]
    assert kinds == sorted(kinds, key=["column", "alias", "function", "keyword"].index)


def test_no_table_of_another_query_is_in_sight() -> None:
    found = texts("SELECT am| FROM customers WHERE 1 IN (SELECT amount FROM orders)")
    assert "amount" not in found
    assert "amount" not in texts("SELECT am| FROM customers UNION SELECT amount FROM orders")


def test_a_cte_does_not_see_itself_or_later_ones() -> None:
    found = texts("WITH one AS (SELECT * FROM |), two AS (SELECT 1) SELECT 1")
    assert "one" not in found
    assert "two" not in found


def test_what_is_offered_replaces_what_was_typed() -> None:
    assert offers("SELECT * FROM staging.ev|")[0].start == len("SELECT * FROM staging.")
    assert offers("SELECT o.`unit| FROM `odd name` o")[0].start == len("SELECT o.")
    assert offers("%python\norders_f|")[0].start == len("%python\n")
    assert offers("%history staging.ev|")[0].start == len("%history staging.")
    assert offers("%chart bar SELECT * FROM staging.ev|")[0].start == len(
        "%chart bar SELECT * FROM staging."
    )


def test_types_and_help_are_told() -> None:
    assert offers("SELECT am| FROM orders")[0].meta == "decimal(10,2)"
    assert offers("%history t --l|")[0].meta == "versions to show"
    assert offers("%hi|")[0].meta == "Versions of a table."


def test_paths(tmp_path: Path) -> None:
    (tmp_path / "data.csv").touch()
    (tmp_path / "daily").mkdir()
    (tmp_path / ".hidden").touch()
    (tmp_path / "lake-mnt" / "raw").mkdir(parents=True)
    assert texts("CREATE TABLE t USING csv LOCATION './da|", tmp_path) == ["daily/", "data.csv"]
    assert texts("SELECT * FROM csv.`./da|", tmp_path) == ["daily/", "data.csv"]
    assert texts("SELECT * FROM read_files('|", tmp_path) == ["daily/", "lake-mnt/", "data.csv"]
    assert texts("SELECT * FROM delta.`/mnt/|", tmp_path) == ["raw/"]
    assert texts("SELECT * FROM delta.`/mnt/../|", tmp_path) == []
    assert texts("spark.read.csv('./da|", tmp_path, language="python") == ["daily/", "data.csv"]
    assert offers("SELECT * FROM csv.`./da|", tmp_path)[0].start == len("SELECT * FROM csv.`./")


@pytest.mark.parametrize(
    "junk",
    [
        "((((",
        "))))",
        "WITH WITH (",
        "SELECT FROM FROM , , (",
        "`",
        "'",
        "${",
        "FROM (FROM (FROM ",
        "WITH a AS (WITH a AS (",
        "\x00\x1b[2J",
        "END END",
        "MERGE USING",
        "JOIN LATERAL",
    ],
)
@pytest.mark.parametrize("explicit", [False, True])
def test_nothing_that_can_be_typed_breaks_it(junk: str, explicit: bool) -> None:
    text = f"{junk} SELECT o.amount {junk} FROM orders o {junk}"
    for offset in range(len(text) + 1):
        complete(text, offset, surroundings(Path()), explicit=explicit)


def test_deep_nesting_and_long_texts_end() -> None:
    for text in ("(" * 2000, "SELECT * FROM (" * 500, "a." * 5000, "SELECT a FROM t; " * 3000):
        complete(text, len(text), surroundings(Path()), explicit=True)
