"""Names of three levels: what Spark is given for them, and what is left alone."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from unit.sql.sql_texts import sql_texts

from lakeshell.dialect.names.catalogs import KIND
from lakeshell.dialect.names.names import Named, Names
from lakeshell.dialect.objects.store import Store
from lakeshell.errors import StatementError
from lakeshell.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with the catalogs retail and b2b."""
    home = Home(tmp_path / "home").create()
    for name in ("retail", "b2b"):
        Store(home).add(KIND, [name], {})
    return home


def for_spark(home: Home, text: str, current: str = "default") -> str:
    named = Names(home, lambda: current).named(text)
    return text if named is None else named.text


WHEREVER = [
    ("SELECT * FROM retail.sales.t", "SELECT * FROM retail__sales.t"),
    ("SELECT * FROM RETAIL . `sales`.`t u` x", "SELECT * FROM retail__sales.`t u` x"),
    (
        "SELECT retail.sales.t.id, retail.sales.t.* FROM retail.sales.t",
        "SELECT retail__sales.t.id, retail__sales.t.* FROM retail__sales.t",
    ),
    (
        "SELECT * FROM a, retail.s.b x, retail.s.c JOIN b2b.s.d ON x.i = c.i, retail.s.e",
        "SELECT * FROM a, retail__s.b x, retail__s.c JOIN b2b__s.d ON x.i = c.i, retail__s.e",
    ),
    (
        "MERGE INTO retail.s.t USING b2b.s.u ON t.i = u.i WHEN MATCHED THEN DELETE",
        "MERGE INTO retail__s.t USING b2b__s.u ON t.i = u.i WHEN MATCHED THEN DELETE",
    ),
    ("INSERT INTO retail.s.t (a) VALUES (1)", "INSERT INTO retail__s.t (a) VALUES (1)"),
    ("CREATE TABLE IF NOT EXISTS retail.s.t (a INT)",
     "CREATE TABLE IF NOT EXISTS retail__s.t (a INT)"),
    (
        "CREATE VIEW retail.s.v AS WITH x AS (SELECT * FROM retail.s.t) SELECT * FROM x",
        "CREATE VIEW retail__s.v AS WITH x AS (SELECT * FROM retail__s.t) SELECT * FROM x",
    ),
    ("ALTER TABLE retail.s.t RENAME TO retail.s.u",
     "ALTER TABLE retail__s.t RENAME TO retail__s.u"),
    ("CREATE SCHEMA IF NOT EXISTS retail.s", "CREATE SCHEMA IF NOT EXISTS retail__s"),
    ("DESCRIBE SCHEMA EXTENDED retail.s", "DESCRIBE SCHEMA EXTENDED retail__s"),
    ("USE SCHEMA retail.s", "USE SCHEMA retail__s"),
    ("SHOW TABLES IN retail.s LIKE 'a*'", "SHOW TABLES IN retail__s LIKE 'a*'"),
    ("SHOW COLUMNS IN retail.s.t", "SHOW COLUMNS IN retail__s.t"),
    ("DESCRIBE HISTORY retail.s.t", "DESCRIBE HISTORY retail__s.t"),
    ("EXPLAIN UPDATE retail.s.t SET a = 1", "EXPLAIN UPDATE retail__s.t SET a = 1"),
    ("SELECT retail.s.f(a) FROM t", "SELECT retail__s.f(a) FROM t"),
    ("SELECT * FROM IDENTIFIER('retail' || '.s.t')", "SELECT * FROM IDENTIFIER('retail__s.t')"),
    ("EXECUTE IMMEDIATE 'DROP TABLE retail.s.t'", "EXECUTE IMMEDIATE 'DROP TABLE retail__s.t'"),
    ("BEGIN SELECT * FROM retail.s.t; END", "BEGIN SELECT * FROM retail__s.t; END"),
    ("SELECT * FROM TABLE(retail.s.t)", "SELECT * FROM TABLE(retail__s.t)"),
    ("SELECT * FROM retail.`a-b`.t", "SELECT * FROM `retail__a-b`.t"),
    ("SELECT main.d.t.a FROM Main.d.t", "SELECT spark_catalog.d.t.a FROM spark_catalog.d.t"),
    ("USE hive_metastore.d", "USE spark_catalog.d"),
]  # fmt: skip

LEFT_ALONE = [
    "SELECT 1",
    "SELECT * FROM retail.t",  # the schema retail of the current catalog
    "SELECT retail.sales.amount FROM t",  # fields of a column
    "SELECT retail.a.b.c FROM t retail",
    "SELECT main.id FROM t AS main",
    "SELECT * FROM other.sales.t",
    "SELECT 'retail.sales.t' -- retail.sales.t",
    "SELECT * FROM delta.`/mnt/retail.sales.t`",
    "CREATE TABLE t USING retail.x.y",
    "SELECT EXTRACT(year FROM retail.b), a IS DISTINCT FROM retail.c FROM t",
]

INSIDE = [
    ("SELECT * FROM sales.t", "SELECT * FROM retail__sales.t"),
    ("SELECT sales.t.id FROM sales.t, t.u x",
     "SELECT retail__sales.t.id FROM retail__sales.t, retail__t.u x"),
    ("SELECT sales.f(1)", "SELECT retail__sales.f(1)"),
    ("CREATE SCHEMA sales", "CREATE SCHEMA retail__sales"),
    ("CREATE DATABASE IF NOT EXISTS sales", "CREATE DATABASE IF NOT EXISTS retail__sales"),
    ("DROP SCHEMA sales CASCADE", "DROP SCHEMA retail__sales CASCADE"),
    ("USE sales", "USE retail__sales"),
    ("USE DATABASE `sales`", "USE DATABASE retail__sales"),
    ("DESC SCHEMA sales", "DESC SCHEMA retail__sales"),
    ("COMMENT ON SCHEMA sales IS 'x'", "COMMENT ON SCHEMA retail__sales IS 'x'"),
    ("SHOW TABLES IN sales", "SHOW TABLES IN retail__sales"),
    ("SHOW SCHEMAS", "SHOW SCHEMAS IN spark_catalog LIKE 'retail__*'"),
    ("SHOW DATABASES LIKE 'a*|b'", "SHOW DATABASES IN spark_catalog LIKE 'retail__a*|retail__b'"),
]  # fmt: skip

LEFT_ALONE_INSIDE = [
    "SELECT * FROM t",
    "USE retail__sales",
    "SELECT * FROM retail__sales.t",
    "SELECT * FROM spark_catalog.sales.t",
    "SELECT * FROM parquet.`/mnt/x`",
    "SELECT * FROM global_temp.v",
    "SELECT a.b, a.b.c FROM t a WHERE a.b IN (SELECT x.y FROM x)",
    "MERGE WITH SCHEMA EVOLUTION INTO t USING u ON t.a = u.a WHEN NOT MATCHED THEN INSERT *",
    "CREATE VIEW v WITH SCHEMA BINDING AS SELECT 1",
    "SHOW TABLES",
]


@pytest.mark.parametrize(("text", "expected"), WHEREVER)
def test_a_catalog_and_its_schema_are_one_name_to_spark(
    home: Home, text: str, expected: str
) -> None:
    assert for_spark(home, text) == expected


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_is_no_name_of_three_levels_is_left_alone(home: Home, text: str) -> None:
    assert Names(home, lambda: "default").named(text) is None


@pytest.mark.parametrize(("text", "expected"), INSIDE)
def test_the_current_catalog_may_be_left_out(home: Home, text: str, expected: str) -> None:
    assert for_spark(home, text, "retail__default") == expected


@pytest.mark.parametrize("text", LEFT_ALONE_INSIDE)
def test_what_has_no_schema_of_the_current_catalog_is_left_alone(home: Home, text: str) -> None:
    assert Names(home, lambda: "retail__default").named(text) is None


@pytest.mark.parametrize("text", [pair[0] for pair in WHEREVER if "main" not in pair[0].lower()])
def test_without_catalogs_everything_reaches_spark_as_it_is(tmp_path: Path, text: str) -> None:
    def never() -> str:
        raise AssertionError

    if "hive_metastore" not in text:
        assert Names(Home(tmp_path / "home").create(), never).named(text) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(sql_texts)
def test_no_text_makes_it_fail_and_twice_is_once(home: Home, text: str) -> None:
    def named(text: str) -> str:
        try:
            return for_spark(home, text, "retail__default")
        except StatementError as error:
            return error.message

    once = named(text)
    if "current_" not in text.lower():
        assert named(once) == once


def test_current_catalog_and_schema_come_from_sparks_schema(home: Home) -> None:
    text = for_spark(home, "SELECT current_catalog(), f(current_schema()) FROM t")
    assert "AS `current_catalog()`" in text
    assert "f(regexp_replace(current_schema(), '^(b2b|retail)__', ''))" in text
    names = Names(home, lambda: "retail__a__b")
    assert names.current() == ("retail", "a__b")
    assert Names(home, lambda: "other__a").current() == ("spark_catalog", "other__a")


def test_a_catalog_that_another_shell_makes_is_known_at_once(home: Home) -> None:
    names = Names(home, lambda: "default")
    assert names.named("SELECT * FROM new.s.t") is None
    Store(home).add(KIND, ["new"], {})
    named = names.named("SELECT * FROM new.s.t")
    assert named is not None
    assert named.text == "SELECT * FROM new__s.t"
    Store(home).delete(KIND, ["new"])
    assert names.named("SELECT * FROM new.s.t") is None


def test_places_lead_back(home: Home) -> None:
    text = "SELECT nope FROM retail.sales.t WHERE wrong"
    named = Names(home, lambda: "default").named(text)
    assert named is not None
    assert named.origin(named.text.index("wrong")) == text.index("wrong")


def test_names_of_dataframe_calls(home: Home) -> None:
    names = Names(home, lambda: "retail__default")
    assert names.table("b2b.s.t") == "b2b__s.t"
    assert names.table("s.t") == "retail__s.t"
    assert names.table("t") == "t"
    assert names.table("`b2b`.`s s`.t") == "`b2b__s s`.t"
    assert names.table("main.s.t") == "spark_catalog.s.t"
    assert names.table("delta.`/p`") == "delta.`/p`"
    assert names.table("no name; at all") == "no name; at all"
    assert names.schema("s") == "retail__s"
    assert names.schema("b2b.s") == "b2b__s"
    assert names.column("b2b.s.t.id") == "b2b__s.t.id"
    assert names.column("s.t.id") == "s.t.id"


def shown(home: Home, text: str) -> str:
    return Names(home, lambda: "default").shown.text(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("`spark_catalog`.`retail__sales`.`t` is", "`retail`.`sales`.`t` is"),
        ("CREATE TABLE spark_catalog.retail__sales.t (", "CREATE TABLE retail.sales.t ("),
        ("schema retail__a__b.", "schema retail.a__b."),
        ("/w/retail__sales.db/t and retail__x/y", "/w/retail__sales.db/t and retail__x/y"),
        ("other__sales.t, xretail__sales", "other__sales.t, xretail__sales"),
        ("default.retail__t", "default.retail__t"),
        (
            "Catalog: spark_catalog\nDatabase: retail__sales\nTable: t",
            "Catalog: retail\nDatabase: sales\nTable: t",
        ),
    ],
)
def test_the_users_names_are_shown(home: Home, text: str, expected: str) -> None:
    assert shown(home, text) == expected


def test_the_rows_of_describe_and_show(home: Home) -> None:
    names = Names(home, lambda: "default").shown
    described = pa.table({
        "col_name": ["a", "Catalog", "Database", "Location", None],
        "data_type": ["int", "spark_catalog", "retail__s", "file:/w/retail__s.db/t", None],
    })  # fmt: skip
    assert names.table(described).to_pydict()["data_type"] == [
        "int", "retail", "s", "file:/w/retail__s.db/t", None,
    ]  # fmt: skip
    listed = pa.table({"namespace": ["retail__s", "d"], "tableName": ["retail__x", "t"]})
    assert names.table(listed).to_pydict() == {
        "namespace": ["s", "d"],
        "tableName": ["retail__x", "t"],
    }


def test_headings_that_spark_has_made(home: Home) -> None:
    names = Names(home, lambda: "default").shown
    table = pa.table({"spark_catalog.retail__s.f(a)": [1], "retail__s": [2]})
    assert names.headings(table).column_names == ["retail.s.f(a)", "retail__s"]


def listed(home: Home, text: str, values: list[str], current: str = "default") -> list[str]:
    named = Names(home, lambda: current).named(text)
    assert named is not None
    assert isinstance(named, Named)
    assert named.lists
    found: list[str] = (
        named.listed(pa.table({"namespace": pa.array(values, pa.string())})).column(0).to_pylist()
    )
    return found


def test_schemas_and_catalogs_are_listed_apart(home: Home) -> None:
    inside = ["retail__default", "retail__sales"]
    assert listed(home, "SHOW SCHEMAS IN retail", inside) == ["default", "sales"]
    assert listed(home, "SHOW SCHEMAS", inside, "retail__sales") == ["default", "sales"]
    assert listed(home, "SHOW SCHEMAS", ["default", *inside, "x__y"]) == ["default", "x__y"]
    assert listed(home, "SHOW SCHEMAS IN main", ["default", *inside]) == ["default"]
    assert listed(home, "SHOW CATALOGS", ["spark_catalog"]) == ["spark_catalog", "b2b", "retail"]
    assert listed(home, "SHOW CATALOGS LIKE 'r*|x'", []) == ["retail"]
