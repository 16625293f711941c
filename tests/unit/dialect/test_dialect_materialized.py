"""Materialized views without Spark: what is read and sent, when a refresh may be incremental."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.dialect.engines import FakeEngine, carried_out

from lakeshell.dialect import once
from lakeshell.dialect.dialect import UNSUPPORTED, Dialect
from lakeshell.dialect.objects.store import Store
from lakeshell.dialect.tables.delta_changes import Commit, pure_appends
from lakeshell.dialect.views.analyzed_plan import read_plan
from lakeshell.dialect.views.materialized import (
    valid_state,
)
from lakeshell.dialect.views.protected import DEFINITION, KIND, refuse_writes, writing
from lakeshell.dialect.views.query_shape import shape_of
from lakeshell.dialect.views.refresh import merge_statement, merges
from lakeshell.dialect.views.view_definition import (
    Definition,
    State,
    View,
    create_statement,
    quote_all,
)
from lakeshell.errors import StatementError
from lakeshell.home import Home

PLAN = """== Parsed Logical Plan ==
'Project [*]

== Analyzed Logical Plan ==
id: int, m: int
{body}

== Optimized Logical Plan ==
Project [id#1]

== Physical Plan ==
*(1) Project"""
TABLE = "Relation spark_catalog.default.s[id#1,region#2] parquet"


def plan_of(body: str) -> str:
    return PLAN.replace("{body}", body)


def test_tables_are_found_through_views_and_subqueries() -> None:
    plan = read_plan(
        plan_of(f"""\
GlobalLimit 3
+- Project [id#1, scalar-subquery#9 [] AS m#2]
   :  +- Aggregate [max(id#5) AS max(id)#6]
   :     +- SubqueryAlias spark_catalog.default.st
   :        +- Relation spark_catalog.default.st[id#5] parquet
   +- SubqueryAlias spark_catalog.default.w
      +- View (`spark_catalog`.`default`.`w`, [id#1, region#2])
         +- {TABLE}""")
    )
    assert plan.tables == ("spark_catalog.default.st", "spark_catalog.default.s")
    assert plan.is_known
    assert plan.nodes == ("GlobalLimit", "Project", "Aggregate", "SubqueryAlias", "SubqueryAlias",
                          "View")  # fmt: skip
    assert plan.temporary == ""


@pytest.mark.parametrize(
    "body",
    [
        f"Project [rand(1) AS r#3]\n+- {TABLE}",
        f"Project [current_date(Some(UTC)) AS d#3]\n+- {TABLE}",
        f"Project [current_user() AS u#3]\n+- {TABLE}",
        f"Project [variablereference(system.session.x=1) AS u#3]\n+- {TABLE}",
        f"Project [score(id#1)#4 AS s#3]\n+- {TABLE}",
        "Relation [id#1] csv",
        "Relation spark_catalog.default.s[id#1] DeltaCDFRelation(Snapshot(path=/x",
        "RelationV2[a#1] cat.a.b",
        f"Project [a\nb AS x#3]\n+- {TABLE}",
        f"Project [x]\n\n== Optimized Logical Plan ==\n+- {TABLE}",
        "",
    ],
)
def test_what_depends_on_more_than_tables_is_not_known(body: str) -> None:
    assert not read_plan(plan_of(body)).is_known


def test_a_temporary_view_is_named() -> None:
    plan = read_plan(plan_of(f"SubqueryAlias t\n+- View (`t``x`, [id#1])\n   +- {TABLE}"))
    assert plan.temporary == "t`x"


FILES = "_metadata.file_name IN ('f1', 'f''2')".replace("''", "\\'")


@pytest.mark.parametrize(
    ("query", "columns", "narrowed"),
    [
        ("SELECT * FROM s", (), f"SELECT * FROM s VERSION AS OF 7\nWHERE {FILES}"),
        (
            "SELECT a.id x, upper(b) AS c FROM db.`s t` AS a WHERE id > 1 OR b = 'GROUP BY' -- end",
            (),
            "SELECT a.id x, upper(b) AS c FROM db.`s t` VERSION AS OF 7 AS a "
            f"WHERE (id > 1 OR b = 'GROUP BY') AND {FILES}",
        ),
        (
            "SELECT region, SUM(n) AS t, count(*) c, min(a + max_b) m FROM s WHERE n IS NOT NULL\n"
            "GROUP BY Region",
            ("KEY", "SUM", "COUNT", "MIN"),
            "SELECT region, SUM(n) AS t, count(*) c, min(a + max_b) m FROM s VERSION AS OF 7 "
            f"WHERE (n IS NOT NULL) AND {FILES}\nGROUP BY Region",
        ),
        (
            "SELECT max(x), s.k FROM s q GROUP BY s.k",
            ("MAX", "KEY"),
            f"SELECT max(x), s.k FROM s VERSION AS OF 7 q\nWHERE {FILES} GROUP BY s.k",
        ),
    ],
)
def test_queries_with_a_shape(query: str, columns: tuple[str, ...], narrowed: str) -> None:
    shape = shape_of(query)
    assert shape is not None
    assert shape.columns == columns
    assert shape.over_files(7, ["f1", "f'2"]).removesuffix(" -- end") == narrowed


@pytest.mark.parametrize(
    "query",
    [
        "SELECT DISTINCT a FROM s", "SELECT a FROM s JOIN t USING (a)", "SELECT a FROM s, t",
        "SELECT a FROM s ORDER BY a", "SELECT a FROM s LIMIT 1", "SELECT * FROM s VERSION AS OF 1",
        "SELECT a FROM s@v1", "SELECT sum(a) OVER () FROM s", "SELECT a FROM (SELECT 1 a)",
        "SELECT a FROM s WHERE a IN (SELECT b FROM t)", "WITH c AS (SELECT 1) SELECT * FROM c",
        "SELECT a FROM s UNION ALL SELECT a FROM s", "SELECT trim(BOTH FROM a) FROM s",
        "SELECT a, sum(b) FROM s GROUP BY ALL", "SELECT sum(b) FROM s GROUP BY a",
        "SELECT a, sum(b) FROM s GROUP BY 1", "SELECT a, sum(DISTINCT b) FROM s GROUP BY a",
        "SELECT a, avg(b) FROM s GROUP BY a", "SELECT a, sum(b) + 1 FROM s GROUP BY a",
        "SELECT lower(a) AS a, sum(b) FROM s GROUP BY a", "SELECT a, b FROM s GROUP BY a",
        "SELECT a, sum(b) FROM s GROUP BY a HAVING sum(b) > 1", "VALUES (1)", "FROM s", "",
        "SELECT a, sum(b) FILTER (WHERE c) FROM s GROUP BY a", "SELECT a FROM s AS q (a)",
        "SELECT a FROM s TABLESAMPLE (1 ROWS)", "SELECT /*+ X */ a FROM s", "SELECT a FROM f(1)",
        "SELECT a AS b, sum(c) FROM s GROUP BY b", "SELECT a, FROM s", "SELECT a FROM",
    ],
)  # fmt: skip
def test_queries_without_one(query: str) -> None:
    assert shape_of(query) is None


@given(st.text(alphabet="SELECT FROMWHEGBYasum(),*.'\"`-\n01", max_size=60))
def test_no_text_is_too_much_for_a_shape(text: str) -> None:
    shape = shape_of(text)
    assert shape is None or "VERSION AS OF 1" in shape.over_files(1, ["f"])


def test_the_merge_of_aggregates() -> None:
    merge = merge_statement(
        "`v`", "SELECT 1", ["k`", "s", "c", "m"], ["KEY", "SUM", "COUNT", "MAX"]
    )
    assert "ON v.`k``` <=> n.`k```\n" in merge
    assert "v.`s` = coalesce(v.`s` + n.`s`, v.`s`, n.`s`)" in merge
    assert "v.`c` = v.`c` + n.`c`" in merge
    assert "v.`m` = greatest(v.`m`, n.`m`)" in merge
    assert "WHEN MATCHED" not in merge_statement("`v`", "SELECT 1", ["k"], ["KEY"])


@pytest.mark.parametrize(
    ("types", "columns", "exact"),
    [
        (["string", "bigint"], ["KEY", "SUM"], True),
        (["string", "decimal(20,2)"], ["KEY", "SUM"], True),
        (["string", "decimal(38,2)"], ["KEY", "SUM"], False),
        (["string", "double"], ["KEY", "SUM"], False),
        (["string", "double"], ["KEY", "MIN"], False),
        (["date", "timestamp"], ["KEY", "MAX"], True),
        (["string collate UNICODE", "bigint"], ["KEY", "COUNT"], False),
        (["struct<a:int>", "bigint"], ["KEY", "COUNT"], False),
    ],
)
def test_what_merges_exactly(types: list[str], columns: list[str], exact: bool) -> None:
    assert merges(types, columns) is exact


def add(path: str, **fields: Any) -> dict[str, Any]:
    return {"add": {"path": path, "dataChange": True, **fields}}


@pytest.mark.parametrize(
    ("actions", "files"),
    [
        ([{"commitInfo": {}}, add("p=1/a%20b.parquet"), add("c.parquet"), {"txn": {}}],
         ["a b.parquet", "c.parquet"]),
        ([add("a"), add("b", dataChange=False), {"remove": {"path": "x", "dataChange": False}}],
         ["a"]),
        ([], []),
        ([add("a"), {"remove": {"path": "a", "dataChange": False}}], None),
        ([add("a"), {"remove": {"path": "x", "dataChange": True}}], None),
        ([add("a", deletionVector={"storageType": "u"})], None),
        ([add("a"), {"metaData": {}}], None),
        ([add("p=1/a"), add("p=2/a")], None),
    ],
)  # fmt: skip
def test_only_pure_appends_are_appends(
    actions: list[dict[str, Any]], files: list[str] | None
) -> None:
    assert pure_appends(actions) == files


def commits(*operations: tuple[int, str]) -> list[Commit]:
    return [Commit(version, operation, {}) for version, operation in operations]


def test_a_state_counts_while_no_later_commit_changes_rows() -> None:
    view = View(("a", "b", "v"), Definition("SELECT 1", ("a", "b")), State(3))
    tidy = commits((5, "OPTIMIZE"), (4, "SET TBLPROPERTIES"), (3, "MERGE"))
    assert valid_state(view, tidy) == State(3)
    assert valid_state(view, commits((4, "WRITE"), (3, "MERGE"))) is None
    assert valid_state(view, commits((5, "OPTIMIZE"))) is None  # version 4 is not told any more
    assert valid_state(View(view.name, view.definition, None), tidy) is None


# Statements


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    monkeypatch.setattr(once, "_told", set())
    (tmp_path / "run").mkdir()
    history = pa.table({
        "version": [0], "operation": ["CREATE TABLE AS SELECT"],
        "operationMetrics": [{"numOutputRows": "2"}],
    })  # fmt: skip
    answers = [
        (r"SELECT current_catalog\(\).*", pa.table({"catalog": ["c"], "schema": ["db"]})),
        (r"EXPLAIN EXTENDED.*", pa.table({"plan": [plan_of(TABLE)]})),
        (r"DESCRIBE QUERY.*", pa.table({"col_name": ["id"], "data_type": ["int"]})),
        (r"DESCRIBE DETAIL .*", pa.table({
            "format": ["delta"], "id": ["x"], "location": ["/s"],
        })),
        (r"DESCRIBE HISTORY .*", history),
    ]  # fmt: skip
    return FakeEngine(Home(tmp_path), answers)


def test_a_view_is_made_in_one_statement_and_notes_its_sources(engine: FakeEngine) -> None:
    answer = carried_out(
        "CREATE MATERIALIZED VIEW IF NOT EXISTS `odd``v` (a COMMENT 'it''s', b DECIMAL(10, 2) "
        "NOT NULL, CONSTRAINT k PRIMARY KEY (a)) PARTITIONED BY (a) COMMENT 'c' SCHEDULE REFRESH "
        "CRON '0 0 * * * ?' AT TIME ZONE 'UTC' TBLPROPERTIES ('k' = 'v') AS SELECT id, url FROM s;",
        engine,
    )
    assert answer.metrics == {"num_inserted_rows": 2}
    creating = next(text for text in engine.sent if text.startswith("CREATE"))
    head, _, query = creating.partition("AS SELECT")
    assert head.startswith(
        "CREATE TABLE `c`.`db`.`odd``v` USING DELTA\nPARTITIONED BY (`a`)\nCOMMENT 'c'\n"
        "TBLPROPERTIES ('k' = 'v', 'lakeshell.view.text' = 'SELECT id, url FROM s', "
    )
    assert "'lakeshell.view.schedule' = 'CRON \\'0 0 * * * ?\\' AT TIME ZONE \\'UTC\\''" in head
    assert query == (
        " `a`, CAST(`b` AS DECIMAL(10, 2)) AS `b` FROM (\nSELECT id, url FROM s\n) AS q (`a`, `b`)"
    )
    assert any("'lakeshell.view.state'" in text for text in engine.sent)
    assert any("ALTER COLUMN `a` COMMENT 'it\\'s'" in text for text in engine.sent)
    assert len(engine.notices) == 3  # NOT NULL, CONSTRAINT, and that nothing runs the schedule
    assert Store(engine.home).get(KIND, ("c", "db", "odd`v")) is not None


def test_hostile_text_stays_in_its_quotes() -> None:
    query = "SELECT 'x'';--' AS `a``b` FROM s"
    view = View(("c", "s", "v`; DROP"), Definition(query, ("c", "s")), None)
    text = create_statement(view, replaces=True)
    assert text.startswith("CREATE OR REPLACE TABLE `c`.`s`.`v``; DROP` USING DELTA\n")
    assert "'SELECT \\'x\\'\\';--\\' AS `a``b` FROM s'" in text
    assert quote_all(["a`b", "c"]) == "`a``b`, `c`"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("CREATE MATERIALIZED VIEW v", "Syntax error: AS and a query"),
        ("CREATE MATERIALIZED VIEW v AS", "Syntax error: a query"),
        ("CREATE MATERIALIZED VIEW v SCHEDULE EVERY DAY AS SELECT 1", "Syntax error: a number"),
        ("CREATE MATERIALIZED VIEW v (a INT AS SELECT 1", "Syntax error: )"),
        ("REFRESH MATERIALIZED VIEW v WHERE a", "Syntax error: the end"),
        ("ALTER MATERIALIZED VIEW v ADD SCHEDULE HOURLY", "Syntax error: EVERY"),
    ],
)
def test_what_is_written_wrongly_is_said(text: str, message: str) -> None:
    with pytest.raises(StatementError, match=message.replace("(", r"\(").replace(")", r"\)")):
        Dialect().plan(text)


def test_other_changes_of_a_view_are_refused() -> None:
    with pytest.raises(StatementError) as caught:
        Dialect().plan("ALTER MATERIALIZED VIEW v RENAME TO w")
    assert caught.value.error_class == UNSUPPORTED


# Writes into one


def asked(text: str) -> list[dict[str, Any]]:
    """What Spark would say in a lakehouse with the materialized view c.db.v."""
    if text.startswith("SHOW TABLES"):
        return [{"tableName": "v"}]
    if text.startswith("SHOW TBLPROPERTIES"):
        return [{"key": DEFINITION, "value": "…"}]
    return [{"catalog": "c", "schema": "db"}]


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO v VALUES (1)", "insert overwrite table db.V select 1",
        "INSERT WITH SCHEMA EVOLUTION INTO `c`.db.v SELECT 1", "UPDATE v SET a = 1",
        "DELETE FROM db.v", "MERGE INTO v AS t USING u ON a = b WHEN MATCHED THEN DELETE",
        "WITH c AS (SELECT 1) INSERT INTO v SELECT * FROM c", "FROM u INSERT INTO v SELECT *",
        "TRUNCATE TABLE v", "/* x */ INSERT INTO v SELECT * FROM v",
    ],
)  # fmt: skip
def test_users_do_not_write_into_a_view(text: str, tmp_path: Path) -> None:
    home = Home(tmp_path)
    Store(home).put(KIND, ("c", "db", "v"), {})
    with pytest.raises(StatementError, match="is a materialized view"):
        refuse_writes(text, home, asked)
    with writing():
        refuse_writes(text, home, asked)


@pytest.mark.parametrize(
    "text",
    ["INSERT INTO other.v VALUES (1)", "INSERT INTO w VALUES (1)", "SELECT * FROM v",
     "DROP TABLE v", "INSERT OVERWRITE DIRECTORY '/v' SELECT 1", "UPDATE", ""],
)  # fmt: skip
def test_other_writes_go_on(text: str, tmp_path: Path) -> None:
    home = Home(tmp_path)
    Store(home).put(KIND, ("c", "db", "v"), {})
    refuse_writes(text, home, asked)


def test_a_table_that_took_the_name_of_a_view_may_be_written(tmp_path: Path) -> None:
    home = Home(tmp_path)
    Store(home).put(KIND, ("c", "db", "v"), {})
    refuse_writes("INSERT INTO v VALUES (1)", home, lambda text: [])
    assert Store(home).get(KIND, ("c", "db", "v")) is None
