"""The splitter: what runs, in which language, and where it stands in the source."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from soak import rounds
from sql_texts import sql_texts

from lakeshell.errors import Position
from lakeshell.sql.lexer import SILENT, tokenize
from lakeshell.sql.statements import (
    Unit,
    gaps,
    is_complete,
    split_source,
    split_statements,
    unit_at,
)


def texts(source: str, language: str = "sql") -> list[str]:
    return [unit.text for unit in split_source(source, language)]


def described(source: str, language: str = "sql") -> list[tuple[str, str, int]]:
    """Language, text and line of each unit."""
    return [
        (unit.language, unit.text, unit.position().line) for unit in split_source(source, language)
    ]


@pytest.mark.parametrize(
    ("source", "statements"),
    [
        ("", []),
        ("  \n", []),
        ("-- only a comment", []),
        (";;", []),
        ("SELECT 1", ["SELECT 1"]),
        ("SELECT 1;", ["SELECT 1"]),
        (" SELECT 1 ; SELECT 2 ", ["SELECT 1", "SELECT 2"]),
        ("SELECT ';'; SELECT \";\"", ["SELECT ';'", 'SELECT ";"']),
        ("SELECT `;`; SELECT r'\\'; SELECT 3", ["SELECT `;`", "SELECT r'\\'", "SELECT 3"]),
        ("SELECT 1 -- ;\n; SELECT 2", ["SELECT 1 -- ;", "SELECT 2"]),
        ("SELECT /* ; /* ; */ ; */ 1; SELECT 2", ["SELECT /* ; /* ; */ ; */ 1", "SELECT 2"]),
        ("-- why\nSELECT 1;", ["-- why\nSELECT 1"]),
        ("-- lone\n; SELECT 1", ["SELECT 1"]),
        ("CREATE FUNCTION f() AS $$ a; b $$; SELECT 1",
         ["CREATE FUNCTION f() AS $$ a; b $$", "SELECT 1"]),
        ("SELECT ${a;b}; SELECT 2", ["SELECT ${a;b}", "SELECT 2"]),
        ("SELECT 'open; SELECT 2", ["SELECT 'open; SELECT 2"]),
    ],
)  # fmt: skip
def test_statements(source: str, statements: list[str]) -> None:
    assert texts(source) == statements


@pytest.mark.parametrize(
    "script",
    [
        "BEGIN END",
        "BEGIN SELECT 1; SELECT 2; END",
        "begin select 1; end",
        "l: BEGIN NOT ATOMIC SELECT 1; END l",
        "l:BEGIN SELECT 1; END",
        "BEGIN ATOMIC SELECT 1; END",
        "BEGIN (SELECT 1); END",
        "BEGIN l: BEGIN SELECT 1; END l; SELECT 2; END",
        "BEGIN IF a THEN SELECT 1; ELSEIF b THEN SELECT 2; ELSE SELECT 3; END IF; END",
        "BEGIN IF a THEN IF b THEN SELECT 1; END IF; ELSE SELECT 2; END IF; END",
        "BEGIN IF (CASE WHEN a THEN b END) THEN SELECT 1; END IF; END",
        "BEGIN IF EXISTS(SELECT IF(a, b, c) FROM t) THEN DROP TABLE IF EXISTS t; END IF; END",
        "BEGIN IF a THEN MERGE INTO t USING s ON a WHEN MATCHED THEN DELETE; END IF; END",
        "BEGIN CASE x WHEN 1 THEN SELECT 1; ELSE SELECT 2; END CASE; SELECT 3; END",
        "BEGIN CASE WHEN x THEN CASE y WHEN 1 THEN SELECT 1; END CASE; END CASE; END",
        "BEGIN SELECT CASE WHEN a THEN CASE b WHEN 1 THEN 2 END ELSE 3 END; SELECT 1; END",
        "BEGIN SELECT CASE WHEN a THEN 'x' END AS end; SELECT 1; END",
        "BEGIN SELECT CASE WHEN end THEN t.end ELSE end END FROM t; SELECT 1; END",
        "BEGIN WHILE x > 0 DO SET x = x - 1; END WHILE; END",
        "BEGIN l: LOOP LEAVE l; END LOOP l; SELECT 1; END",
        "BEGIN REPEAT SET x = 1; UNTIL x > 5 END REPEAT; SELECT 1; END",
        "BEGIN REPEAT SET x = 1; UNTIL CASE WHEN a THEN b END END REPEAT; SELECT 1; END",
        "BEGIN FOR r AS SELECT 1 DO SELECT r.a; END FOR; END",
        "BEGIN DECLARE x INT; DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN SELECT 1; END; "
        "SELECT 2; END",
        "BEGIN DECLARE EXIT HANDLER FOR DIVIDE_BY_ZERO SET x = 1; SELECT 2; END",
        "BEGIN DECLARE begin INT; SELECT begin; SET end = 1; END",
        "BEGIN SELECT begin, end FROM t; SELECT a AS end; SELECT end; SELECT a end; END",
        "BEGIN SELECT case FROM t; SELECT 1; END",
        "BEGIN SELECT repeat('a', 2), loop FROM t; SELECT left.for FROM if; END",
        "BEGIN /* ; END; */ SELECT 'END;'; -- END;\n END",
        "CREATE PROCEDURE p() AS BEGIN SELECT 1; SELECT 2; END",
        "CREATE OR REPLACE PROCEDURE c.s.p(IN begin INT) LANGUAGE SQL AS BEGIN SELECT 1; END",
        "CREATE PROCEDURE IF NOT EXISTS begin() SQL SECURITY INVOKER AS BEGIN SELECT 1; END",
    ],
)
def test_a_script_is_one_statement(script: str) -> None:
    assert texts(f"SELECT 0; {script}; SELECT 9;") == ["SELECT 0", script, "SELECT 9"]
    assert is_complete(script + ";")
    assert not is_complete(script)
    assert not is_complete(script[: script.upper().rindex("END")] + "SELECT 1;")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT begin FROM t",
        "SELECT begin, end FROM begin",
        "SELECT CASE WHEN a THEN 1 END",
        "CREATE TABLE begin (begin INT, end INT)",
        "INSERT INTO begin VALUES (1)",
        "CREATE PROCEDURE begin() AS SELECT 1",
        "SELECT a:begin FROM t",
        "BEGIN",
        "BEGIN TRANSACTION",
        "COMMIT",
        "END",
        "DECLARE x INT",
    ],
)
def test_begin_and_end_elsewhere_open_nothing(statement: str) -> None:
    assert texts(f"{statement}; SELECT 9;") == [statement, "SELECT 9"]


def test_span_index_and_end() -> None:
    source = "-- a\nSELECT 1 ;\n  SELECT\n 2"
    first, second = split_source(source)
    assert (first.start, first.end, first.index, first.terminated) == (0, 15, 1, True)
    assert (second.start, second.end, second.index, second.terminated) == (18, 27, 2, False)
    assert first.position(first.text.index("1")) == Position(2, 8)
    assert second.position(second.text.index("2")) == Position(4, 2)
    assert gaps(source, [first, second]) == ["", "\n  ", ""]


def test_the_first_word_stands_behind_comments() -> None:
    (unit,) = split_source("-- why\n/* so */ SELECT 1;")
    assert (unit.position(), unit.code_position) == (Position(1, 1), Position(2, 10))


def test_byte_order_mark_and_carriage_returns() -> None:
    first, second = split_source("\ufeffSELECT 1;\r\nSELECT\r\n2;\r\n")
    assert (first.text, first.position(7)) == ("SELECT 1", Position(1, 8))
    assert (second.text, second.position(8)) == ("SELECT\r\n2", Position(3, 1))


NOTEBOOK = """\
-- Databricks notebook source
SELECT 1;
SELECT 2

-- COMMAND ----------

-- DBTITLE 1,A title; with a semicolon
-- MAGIC %python
-- MAGIC for i in range(2):
-- MAGIC
-- MAGIC   print(i)

-- COMMAND ----------

-- MAGIC %md
-- MAGIC # Heading; text
-- MAGIC
-- MAGIC %sql is not a switch here

-- COMMAND ----------

-- MAGIC %run ./setup

-- COMMAND ----------

SELECT 3
"""


def test_a_sql_notebook() -> None:
    assert described(NOTEBOOK) == [
        ("sql", "SELECT 1", 2),
        ("sql", "SELECT 2", 3),
        ("python", "for i in range(2):\n\n  print(i)", 9),
        ("command", "%md\n# Heading; text\n\n%sql is not a switch here", 15),
        ("command", "%run ./setup", 22),
        ("sql", "SELECT 3", 26),
    ]
    python = split_source(NOTEBOOK)[2]
    assert python.position(python.text.index("print")) == Position(11, 12)


def test_a_python_notebook() -> None:
    source = (
        "# Databricks notebook source\nx = 1\n\n# COMMAND ----------\n\n# MAGIC %sql\n"
        "# MAGIC SELECT 1;\n# MAGIC SELECT\n# MAGIC   2\n\n# COMMAND ----------\n"
        "# DBTITLE 1,T\ny = 2\n# COMMAND ----------\n# MAGIC %sh ls\n# MAGIC pwd\n"
    )
    assert described(source, "python") == [
        ("python", "x = 1", 2),
        ("sql", "SELECT 1", 7),
        ("sql", "SELECT\n  2", 8),
        ("python", "y = 2", 13),
        ("command", "%sh ls\npwd", 15),
    ]
    second = split_source(source, "python")[2]
    assert second.position(second.text.index("2")) == Position(9, 11)


def test_magic_lines_without_separators_are_a_cell() -> None:
    source = "-- MAGIC %md\n-- MAGIC # Hi\n\n-- MAGIC %python\n-- MAGIC x = 1\nSELECT 1"
    assert described(source) == [
        ("command", "%md\n# Hi", 1),
        ("python", "x = 1", 5),
        ("sql", "SELECT 1", 6),
    ]


@pytest.mark.parametrize(
    ("source", "units"),
    [
        ("%history t\nSELECT 1;", [("command", "%history t", 1), ("sql", "SELECT 1", 2)]),
        ("SELECT 1;\n%set x=1;\n", [("sql", "SELECT 1", 1), ("command", "%set x=1", 2)]),
        ("-- note\n  %x y", [("command", "%x y", 2)]),
        ("SELECT 5\n%3", [("sql", "SELECT 5\n%3", 1)]),
        ("SELECT 1; %x", [("sql", "SELECT 1", 1), ("sql", "%x", 1)]),
        ("%x a \\\n b\nSELECT 1", [("command", "%x a  b", 1), ("sql", "SELECT 1", 3)]),
        ("%sh\nls;\npwd\n\nSELECT 1", [("command", "%sh\nls;\npwd", 1), ("sql", "SELECT 1", 5)]),
        ("%sh ls\nSELECT 1", [("command", "%sh ls", 1), ("sql", "SELECT 1", 2)]),
        ("%fs ls /mnt\nSELECT 1", [("command", "%fs ls /mnt", 1), ("sql", "SELECT 1", 2)]),
        ("%sql SELECT 1; SELECT 2", [("sql", "SELECT 1", 1), ("sql", "SELECT 2", 1)]),
        ("%python\nx = 1\n%sql\nSELECT 1", [("python", "x = 1", 2), ("sql", "SELECT 1", 4)]),
        ("%python x = 1\n%x\ny = 2",
         [("python", "x = 1", 1), ("command", "%x", 2), ("python", "y = 2", 3)]),
        ("%python\n  x = 1\n  y = 2\n", [("python", "  x = 1\n  y = 2", 2)]),
        ("%python\nx = '''\n%sql\n'''\n%sql\nSELECT 1",
         [("python", "x = '''\n%sql\n'''", 2), ("sql", "SELECT 1", 6)]),
        ("%python\nx = (5\n%sql\n)", [("python", "x = (5\n%sql\n)", 2)]),
        ("%python\nx = 5 \\\n%sql", [("python", "x = 5 \\\n%sql", 2)]),
        ("%python\nx = 'it' # isn't '''\n%sql\nSELECT 1",
         [("python", "x = 'it' # isn't '''", 2), ("sql", "SELECT 1", 4)]),
        ("%", [("command", "%", 1)]),
    ],
)  # fmt: skip
def test_commands_and_switches(source: str, units: list[tuple[str, str, int]]) -> None:
    assert described(source) == units


def test_a_cell_ends_a_switch() -> None:
    source = "%python\nx = 1\n-- COMMAND ----------\nSELECT 1"
    assert described(source) == [("python", "x = 1", 2), ("sql", "SELECT 1", 4)]


def test_a_python_file_is_one_unit() -> None:
    source = "import x\n\nprint('%sql;')\n"
    assert described(source, "python") == [("python", source.strip(), 1)]


def test_places_in_a_continued_command() -> None:
    (unit,) = split_source("\n%x one \\\n   two")
    assert unit.position(unit.text.index("two")) == Position(3, 4)


@pytest.mark.parametrize(
    ("marked", "text"),
    [
        ("SEL|ECT 1; SELECT 2", "SELECT 1"),
        ("SELECT 1;|SELECT 2", "SELECT 1"),
        ("SELECT 1; |SELECT 2", "SELECT 2"),
        ("SELECT 1;  | \n\nSELECT 2", "SELECT 1"),
        ("SELECT 1;\n|\nSELECT 2", "SELECT 2"),
        ("SELECT 1; -- no|te\nSELECT 2", "SELECT 1"),
        ("|\n\nSELECT 1", "SELECT 1"),
        ("SELECT 1;\n\n|", "SELECT 1"),
        ("%x|\nSELECT 1", "%x"),
    ],
)
def test_unit_at(marked: str, text: str) -> None:
    unit = unit_at(marked.replace("|", ""), marked.index("|"))
    assert unit is not None
    assert unit.text.split("\n")[-1] == text


def test_unit_at_finds_nothing_in_nothing() -> None:
    assert unit_at("-- nothing", 3) is None


@pytest.mark.parametrize(
    ("text", "language", "complete"),
    [
        ("", "sql", True),
        ("SELECT 1", "sql", False),
        ("SELECT 1;", "sql", True),
        ("SELECT 1; -- note", "sql", True),
        ("SELECT 1; /* open", "sql", False),
        ("SELECT 1;\nSELECT 2", "sql", False),
        ("SELECT ';", "sql", False),
        ("SELECT 1 -- ;", "sql", False),
        ("BEGIN", "sql", False),
        ("BEGIN;", "sql", True),
        ("BEGIN SELECT 1;", "sql", False),
        ("BEGIN SELECT 1; END", "sql", False),
        ("BEGIN SELECT 1; END;", "sql", True),
        ("%history t", "sql", True),
        ("%history \\", "sql", False),
        ("%python", "sql", True),
        ("%python x = 1", "sql", True),
        ("%python\nif x:", "sql", False),
        ("%sql", "python", True),
        ("%sql SELECT 1", "python", False),
        ("%sh", "sql", False),
        ("%sh\nls", "sql", False),
        ("%sh\nls\n", "sql", True),
        ("x = 1", "python", True),
        ("x = (1,", "python", False),
        ("x = '''", "python", False),
        ("if x:", "python", False),
        ("if x:\n    y", "python", False),
        ("if x:\n    y\n    ", "python", True),
        ("def f(): return 1", "python", False),
        ("x = f(1,\n      2)", "python", True),
        ("x = = 1", "python", True),
    ],
)
def test_is_complete(text: str, language: str, complete: bool) -> None:
    assert is_complete(text, language) is complete


def has_text(unit: Unit) -> bool:
    if unit.language == "sql":
        return any(token.kind not in SILENT for token in tokenize(unit.text))
    return bool(unit.text.strip())


@settings(max_examples=rounds(3000, 600), deadline=None)
@given(sql_texts, st.sampled_from(["sql", "python"]))
def test_spans_and_gaps_are_the_source(source: str, language: str) -> None:
    units = split_source(source, language)
    spans = [source[unit.start : unit.end] for unit in units]
    between = gaps(source, units)
    woven = [piece for pair in zip(between, [*spans, ""], strict=True) for piece in pair]
    assert "".join(woven) == source
    assert [unit.index for unit in units] == list(range(1, len(units) + 1))
    assert all(has_text(unit) for unit in units)
    assert all(a.end <= b.start for a, b in pairwise(units))


@settings(max_examples=rounds(1500, 300), deadline=None)
@given(sql_texts, st.sampled_from(["sql", "python"]))
def test_every_character_stands_where_its_position_says(source: str, language: str) -> None:
    lines = source.removeprefix("\ufeff").split("\n")
    for unit in split_source(source, language):
        for offset, character in enumerate(unit.text):
            place = unit.position(offset)
            line = lines[place.line - 1] + "\n"
            assert line[place.column - 1] == character


@settings(max_examples=rounds(1500, 300), deadline=None)
@given(sql_texts, st.integers(0, 80))
def test_shell_questions_never_fail(source: str, offset: int) -> None:
    unit = unit_at(source, offset)
    assert (unit is None) == (not split_source(source))
    for language in ("sql", "python"):
        assert is_complete(source, language) in (True, False)


@settings(max_examples=rounds(1000, 200), deadline=None)
@given(st.lists(sql_texts, max_size=4))
def test_joined_statements_split_back(sources: list[str]) -> None:
    statements = [
        unit.text for source in sources for unit in split_statements(source) if unit.terminated
    ]
    joined = "\n;\n".join([*statements, ""])
    assert [unit.text for unit in split_statements(joined)] == statements


def test_sql_alone_has_no_cells_and_no_commands() -> None:
    text = "SELECT '\n-- COMMAND ----------\n';\n%x;"
    assert [unit.text for unit in split_statements(text)] == [text[:-4].rstrip(";\n"), "%x"]


@pytest.mark.parametrize(
    "source",
    [
        ";" * 500_000,
        ";%" * 250_000,
        "\n%x" * 100_000,
        "BEGIN " * 150_000,
        "SELECT 1;" * 100_000,
        "%python\n" + "x('''\n%a\n" * 100_000,
        "-- MAGIC x\n" * 80_000,
        "\n-- COMMAND ----------\n" * 40_000,
    ],
    ids=["ends", "percent", "commands", "begins", "selects", "python", "magic", "cells"],
)
def test_pathological_sources_are_split(source: str) -> None:
    units = split_source(source)
    assert sum(map(len, gaps(source, units))) + sum(u.end - u.start for u in units) == len(source)
    assert all(unit.position().line >= 1 for unit in units)
