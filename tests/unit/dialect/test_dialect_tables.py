"""SQL pairs: versions written t@v1, and layouts that nobody keeps."""

from __future__ import annotations

import pytest
from unit.dialect.engines import rewritten

from lakeshell.dialect.dialect import Dialect

PAIRS = [
    ("select * from t@v0", "select * from t VERSION AS OF 0"),
    ("SELECT * FROM a.`b c`@V12 AS x", "SELECT * FROM a.`b c` VERSION AS OF 12 AS x"),
    (
        "select * from t@20240229123059123",
        "select * from t TIMESTAMP AS OF '2024-02-29 12:30:59.123'",
    ),
    ("select * from t@v1 join t@v2", "select * from t VERSION AS OF 1 join t VERSION AS OF 2"),
    ("select * from t@v", "select * from t@v"),
    ("select * from t @v1", "select * from t  VERSION AS OF 1"),
    ("create table t (a int) cluster by auto", "create table t (a int) "),
    ("create table t cluster by auto as select 1 a", "create table t  as select 1 a"),
    (
        "create or replace table t as select a from s cluster by auto",
        "create or replace table t as select a from s cluster by auto",
    ),
    (
        "ALTER TABLE a.b.c CLUSTER BY AUTO;",
        "ALTER TABLE a.b.c SET TBLPROPERTIES ('clusterByAuto' = 'true');",
    ),
    (
        "create table t using delta clustered by (a) sorted by (b) into 50 buckets as select 1",
        "create table t using delta  as select 1",
    ),
    (
        "create table t location 's3://b/t' with (storage credential c) as select 1 credential",
        "create table t location 's3://b/t'  as select 1 credential",
    ),
]


@pytest.mark.parametrize(("text", "expected"), PAIRS)
def test_pairs(text: str, expected: str) -> None:
    assert rewritten(text) == expected


def test_what_is_ignored_is_said() -> None:
    plan = Dialect().plan("create table t (a int) clustered by (a) into 8 buckets")
    assert plan is not None
    assert [notice.split(" is ignored:")[0] for notice in plan.notices] == [
        "CLUSTERED BY … INTO n BUCKETS"
    ]
