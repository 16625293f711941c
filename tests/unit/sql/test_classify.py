"""What kind of statement a text is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from soak import rounds
from sql_texts import sql_texts

from lakeshell.sql.classify import StatementKind, classify
from lakeshell.sql.statements import split_source

QUERY = {"returns_rows": True, "can_limit": True}
METADATA = {"returns_rows": True, "metadata": True}
WRITES = {"writes": True}
DESTROYS = {"writes": True, "destructive": True}
ROWS = {"returns_rows": True}


@pytest.mark.parametrize(
    ("text", "verb", "flags"),
    [
        ("SELECT 1", "SELECT", QUERY),
        ("select 1;", "SELECT", QUERY),
        ("-- why\n/* so */ SELECT 1", "SELECT", QUERY),
        ("/*+ BROADCAST(t) */ SELECT 1", "SELECT", QUERY),
        ("((SELECT 1) UNION (SELECT 2))", "SELECT", QUERY),
        ("VALUES (1)", "VALUES", QUERY),
        ("TABLE t", "TABLE", QUERY),
        ("FROM t SELECT a", "SELECT", QUERY),
        ("FROM t |> WHERE a > 1", "SELECT", QUERY),
        ("FROM t SELECT insert", "SELECT", QUERY),
        ("WITH a AS (SELECT 1) SELECT * FROM a", "SELECT", QUERY),
        ("WITH a (x, y) AS (SELECT (1), 2), b AS (SELECT 3) (SELECT * FROM a)", "SELECT", QUERY),
        ("WITH RECURSIVE r AS (SELECT 1) SELECT 1", "SELECT", QUERY),
        ("WITH a AS (SELECT 1)", "SELECT", QUERY),
        ("WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a", "INSERT", WRITES),
        ("WITH a AS (SELECT 1) DELETE FROM t", "DELETE", DESTROYS),
        ("FROM t INSERT INTO u SELECT a", "INSERT", WRITES),
        ("FROM (SELECT 1) INSERT OVERWRITE u SELECT a", "INSERT OVERWRITE", DESTROYS),
        ("SHOW TABLES", "SHOW", METADATA),
        ("DESC t", "DESCRIBE", METADATA),
        ("DESCRIBE HISTORY t", "DESCRIBE HISTORY", METADATA),
        ("EXPLAIN DELETE FROM t", "EXPLAIN", METADATA),
        ("LIST '/Volumes/a'", "LIST", METADATA),
        ("INSERT INTO t VALUES (1)", "INSERT", WRITES),
        ("INSERT INTO t SELECT replace(a, 'b') FROM u", "INSERT", WRITES),
        ("INSERT OVERWRITE TABLE t SELECT 1", "INSERT OVERWRITE", DESTROYS),
        ("INSERT INTO t REPLACE WHERE a = 1 SELECT 1", "INSERT", DESTROYS),
        ("MERGE INTO t USING s ON a WHEN MATCHED THEN DELETE", "MERGE", DESTROYS),
        ("UPDATE t SET a = 1", "UPDATE", DESTROYS),
        ("COPY INTO t FROM '/mnt/x' FILEFORMAT = CSV", "COPY", WRITES),
        ("CREATE TABLE t AS SELECT 1", "CREATE TABLE", WRITES),
        ("CREATE OR REPLACE TABLE t (a INT)", "CREATE TABLE", DESTROYS),
        ("CREATE OR REPLACE TEMP VIEW v AS SELECT 1", "CREATE VIEW", WRITES),
        ("REPLACE TABLE t AS SELECT 1", "REPLACE TABLE", DESTROYS),
        ("ALTER TABLE a.b ADD COLUMN c INT", "ALTER TABLE", WRITES),
        ("ALTER TABLE a.`b`.c DROP COLUMN d", "ALTER TABLE", DESTROYS),
        ("ALTER TABLE a ALTER COLUMN b DROP NOT NULL", "ALTER TABLE", WRITES),
        ("DROP SCHEMA IF EXISTS s CASCADE", "DROP SCHEMA", DESTROYS),
        ("TRUNCATE TABLE t", "TRUNCATE TABLE", DESTROYS),
        ("VACUUM t", "VACUUM", {**DESTROYS, **ROWS}),
        ("VACUUM t RETAIN 0 HOURS DRY RUN", "VACUUM", ROWS),
        ("RESTORE TABLE t TO VERSION AS OF 1", "RESTORE", {**DESTROYS, **ROWS}),
        ("OPTIMIZE t", "OPTIMIZE", {**WRITES, **ROWS}),
        ("GRANT SELECT ON t TO u", "GRANT", WRITES),
        ("USE a.b", "USE", {}),
        ("SET a = 1", "SET", ROWS),
        ("CALL p()", "CALL", {**WRITES, **ROWS}),
        ("BEGIN TRANSACTION", "BEGIN", {}),
        ("BEGIN", "BEGIN", {}),
        ("BEGIN SELECT 1; END", "SCRIPT", ROWS),
        ("BEGIN SELECT drop, CASE WHEN a THEN 1 END FROM t; END", "SCRIPT", ROWS),
        ("l: BEGIN INSERT INTO t VALUES (1); END l", "SCRIPT", {**WRITES, **ROWS}),
        ("BEGIN IF a THEN DROP TABLE t; END IF; END", "SCRIPT", {**DESTROYS, **ROWS}),
        ("BEGIN BEGIN EXECUTE IMMEDIATE 'x'; END; END", "SCRIPT", {**WRITES, **ROWS}),
        ("BEGIN SELECT repeat('DROP', 2), (SELECT 1); TRUNCATE TABLE t; END", "SCRIPT",
         {**DESTROYS, **ROWS}),
        ("", "EMPTY", {}),
        ("-- nothing", "EMPTY", {}),
        ("'what'", "UNKNOWN", {}),
    ],
)  # fmt: skip
def test_kinds(text: str, verb: str, flags: dict[str, bool]) -> None:
    assert classify(text) == StatementKind(verb, **flags)


@settings(max_examples=rounds(2500, 500), deadline=None)
@given(sql_texts)
def test_every_text_has_a_kind(text: str) -> None:
    for part in (text, *(unit.text for unit in split_source(text))):
        kind = classify(part)
        assert kind.verb
        assert not kind.destructive or kind.writes
        assert not (kind.can_limit and kind.writes)


@pytest.mark.parametrize(
    "text",
    ["(" * 1_000_000, "WITH a AS (" * 80_000, "BEGIN " * 150_000, "BEGIN " + "( BEGIN " * 100_000,
     "FROM t, " * 120_000],
    ids=["parentheses", "with", "begins", "nested", "from"],
)  # fmt: skip
def test_pathological_texts_have_a_kind(text: str) -> None:
    assert classify(text).verb


@pytest.mark.parametrize(
    ("clauses", "destructive"),
    [
        ("when matched then delete", True),
        ("when matched then update set * when not matched by source then delete", True),
        ("when matched then update set * when not matched then insert *", False),
    ],
)
def test_a_merge_that_deletes_is_destructive(clauses: str, destructive: bool) -> None:
    kind = classify(f"merge into t using s on t.id = s.id {clauses}")
    assert kind.writes
    assert kind.destructive is destructive
