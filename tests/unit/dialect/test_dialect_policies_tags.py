"""Row filters, column masks and tags: read, taken out of the text, kept."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from unit.dialect.engines import FakeEngine, carried_out

from lakeshell.dialect import once
from lakeshell.dialect.dialect import Dialect
from lakeshell.dialect.families.policies import FILTER_KIND, MASK_KIND
from lakeshell.dialect.families.tags import KIND
from lakeshell.dialect.objects.store import Store
from lakeshell.errors import StatementError
from lakeshell.home import Home


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    monkeypatch.setattr(once, "_told", set())
    Store(Home(tmp_path)).put("catalog", ["c"], {})
    answers = [
        (r"SELECT current_catalog\(\).*", pa.table({"catalog": ["c"], "schema": ["s"]})),
        (r"DESCRIBE TABLE .*", pa.table({"col_name": ["ssn", "region"]})),
    ]
    return FakeEngine(Home(tmp_path), answers)


@pytest.mark.parametrize(
    ("text", "sent", "masked", "filtered"),
    [
        (
            "CREATE TABLE t (ssn STRING MASK hide USING COLUMNS (region, 'x', -1), region STRING) "
            "WITH ROW FILTER a.b ON (region) COMMENT 'c'",
            "CREATE TABLE t (ssn STRING , region STRING)  COMMENT 'c'",
            [["region", "'x'", "-1"]],
            [["region"]],
        ),
        (
            "CREATE OR REPLACE TABLE t (mask INT, `a``b` STRUCT<mask: INT, x: INT> NOT NULL MASK m"
            ", g INT GENERATED ALWAYS AS (mask + 1)) AS SELECT 1",
            "CREATE OR REPLACE TABLE t (mask INT, `a``b` STRUCT<mask: INT, x: INT> NOT NULL , "
            "g INT GENERATED ALWAYS AS (mask + 1)) AS SELECT 1",
            [[]],
            [],
        ),
        ("CREATE TABLE t WITH ROW FILTER f ON () AS SELECT 1", "CREATE TABLE t  AS SELECT 1", [],
         [[]]),
    ],
)  # fmt: skip
def test_policies_are_taken_out_of_a_new_table(
    text: str, sent: str, masked: list[list[str]], filtered: list[list[str]], engine: FakeEngine
) -> None:
    carried_out(text, engine)
    assert sent in engine.sent
    store = Store(engine.home)
    assert [fields["arguments"] for _, fields in store.all(MASK_KIND)] == masked
    assert [fields["arguments"] for _, fields in store.all(FILTER_KIND)] == filtered
    assert engine.notices == [
        "Row filters and column masks are stored, not enforced: everybody sees everything."
    ]


def test_policies_are_set_and_dropped(engine: FakeEngine) -> None:
    store = Store(engine.home)
    carried_out("ALTER TABLE t SET ROW FILTER f ON (region, TRUE, 'x')", engine)
    carried_out("ALTER TABLE t ALTER COLUMN ssn SET MASK g.h USING COLUMNS (region)", engine)
    assert store.get(FILTER_KIND, ("c", "s", "t")) == {
        "table": ["c", "s", "t"], "function": ["c", "s", "f"],
        "arguments": ["region", "TRUE", "'x'"],
    }  # fmt: skip
    mask = store.get(MASK_KIND, ("c", "s", "t", "ssn"))
    assert mask is not None
    assert mask["function"] == ["c", "g", "h"]
    assert "DESCRIBE FUNCTION `c`.`g`.`h`" in engine.sent
    carried_out("ALTER TABLE t DROP ROW FILTER", engine)
    carried_out("ALTER TABLE t ALTER ssn DROP MASK", engine)
    assert store.all(FILTER_KIND) == store.all(MASK_KIND) == []
    with pytest.raises(StatementError, match="has no column wrong"):
        carried_out("ALTER TABLE t SET ROW FILTER f ON (wrong)", engine)


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE t (mask INT, filter INT)", "ALTER TABLE t ADD COLUMN mask INT",
        "ALTER TABLE mask ALTER COLUMN filter COMMENT 'x'", "ALTER TABLE t DROP COLUMN mask",
        "CREATE TABLE t (a INT) AS SELECT mask FROM x", "CREATE VIEW v AS SELECT mask x FROM t",
        "CREATE TABLE t AS SELECT 1 WITH ROW FILTER", "ALTER TABLE t SET TBLPROPERTIES ('a' = 'b')",
        "CREATE FUNCTION mask(a INT) RETURNS INT RETURN a", "SET tag = on", "SET tags",
        "ALTER TABLE tags SET TBLPROPERTIES ('tag' = '1')", "ALTER TABLE t RENAME TO tags",
    ],
)  # fmt: skip
def test_what_spark_understands_is_left_alone(text: str) -> None:
    assert Dialect().plan(text) is None


def tags(engine: FakeEngine) -> list[tuple[str, ...]]:
    """What is kept, as kind, object, column, tag and value."""
    return [
        (f["kind"], ".".join(f["object"]), f["column"], f["tag"], f["value"])
        for _, f in Store(engine.home).all(KIND)
    ]


def test_tags_of_every_kind_of_object(engine: FakeEngine) -> None:
    for text in (
        "SET TAG ON CATALOG c `cost_center` = `hr`", "SET TAG ON TABLE t 'k e y' = 'v'",
        "SET TAG ON COLUMN s.t.ssn pii", "ALTER SCHEMA s SET TAGS ('a' = 'b', 'only')",
        "ALTER VIEW v SET TAGS ('x' = 'y')", "ALTER VOLUME v SET TAGS ('x' = 'z')",
        "ALTER TABLE t ALTER COLUMN region SET TAGS ('a' = '1')",
        "ALTER MATERIALIZED VIEW m SET TAGS ('x' = '1')",
    ):  # fmt: skip
        carried_out(text, engine)
    kept = tags(engine)
    assert kept == [
        ("CATALOG", "c", "", "cost_center", "hr"),
        ("SCHEMA", "c.s", "", "a", "b"),
        ("SCHEMA", "c.s", "", "only", ""),
        ("TABLE", "c.s.m", "", "x", "1"),
        ("TABLE", "c.s.t", "", "k e y", "v"),
        ("TABLE", "c.s.t", "region", "a", "1"),
        ("TABLE", "c.s.t", "ssn", "pii", ""),
        ("TABLE", "c.s.v", "", "x", "y"),
        ("VOLUME", "c.s.v", "", "x", "z"),
    ]
    carried_out("UNSET TAG ON COLUMN t.ssn pii", engine)
    carried_out("ALTER SCHEMA s UNSET TAGS ('a', 'never')", engine)
    carried_out("ALTER VIEW v SET TAGS ('x' = 'other')", engine)
    assert ("TABLE", "c.s.v", "", "x", "other") in tags(engine)
    assert len(tags(engine)) == len(kept) - 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SET TAG ON TABLE t there = x", "c.s.t has the tag there already."),
        ("UNSET TAG ON TABLE t nowhere", "c.s.t has no tag nowhere."),
        ("SET TAG ON COLUMN t.wrong a", "c.s.t has no column wrong."),
        ("SET TAG ON COLUMN t a", "Syntax error: a table and its column"),
        ("SET TAG ON TABLE t", "Syntax error: a tag"),
        ("ALTER TABLE t SET TAGS ()", "Syntax error: a tag"),
        ("SET TAG ON EXTERNAL METADATA m a", "One machine has no objects"),
    ],
)
def test_what_is_wrong_is_said(text: str, message: str, engine: FakeEngine) -> None:
    carried_out("ALTER TABLE t SET TAGS ('there' = '1')", engine)
    with pytest.raises(StatementError) as caught:
        carried_out(text, engine)
    assert caught.value.message.startswith(message)
