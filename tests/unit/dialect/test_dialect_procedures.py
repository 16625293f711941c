"""Stored procedures: what is kept of them, and the script that a call becomes."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from unit.dialect.engines import FakeEngine, carried_out

from lakeshell.dialect.dialect import UNSUPPORTED, Dialect
from lakeshell.errors import StatementError
from lakeshell.home import Home


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    current = pa.table({"catalog": ["c"], "schema": ["s"]})
    return FakeEngine(Home(tmp_path), [(r"SELECT current_.*", current)])


def test_a_call_declares_the_parameters_around_the_script(engine: FakeEngine) -> None:
    carried_out(
        "CREATE PROCEDURE p(IN a INT, b ARRAY<STRUCT<x: INT, y: STRING>> DEFAULT array(), "
        "OUT `o p` DECIMAL(10, 2) COMMENT 'x') LANGUAGE SQL SQL SECURITY INVOKER COMMENT 'adds' "
        "AS\nBEGIN SET `o p` = a; SELECT 1; END;",
        engine,
    )
    carried_out("CALL P(f(1, 2) < 3, `o p` => result)", engine)
    assert engine.sent[-1] == (
        "BEGIN\nDECLARE `a` INT DEFAULT f(1, 2) < 3;\n"
        "DECLARE `b` ARRAY<STRUCT<x: INT, y: STRING>> DEFAULT array();\n"
        "DECLARE `o p` DECIMAL(10, 2);\n"
        "BEGIN SET `o p` = a; SELECT 1; END;\n"
        "SET `system`.`session`.`result` = `o p`;\nEND"
    )
    described = carried_out("DESCRIBE PROCEDURE EXTENDED p", engine).table
    assert described is not None
    assert described["procedure_desc"].to_pylist() == [
        "Procedure:    c.s.p",
        "Parameters:   IN a INT",
        "              IN b ARRAY<STRUCT<x: INT, y: STRING>> DEFAULT array()",
        "              OUT o p DECIMAL(10, 2)",
        "Comment:      adds",
        "Body:         BEGIN SET `o p` = a; SELECT 1; END",
    ]
    shown = carried_out("SHOW PROCEDURES IN s", engine).table
    assert shown is not None
    assert shown.to_pylist() == [{"catalog": "c", "namespace": "s", "procedure_name": "p"}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("CALL p()", "c.s.p needs a value for a."),
        ("CALL p(1, 2, 3)", "c.s.p takes 2 arguments, not 3."),
        ("CALL p(1, z => 2)", "c.s.p has no parameter z."),
        ("CALL p(1, a => 2)", "c.s.p is given two values for a."),
        ("CALL p(1, 2)", "c.s.p hands back o: give it a variable."),
        ("CALL q()", "There is no procedure c.s.q."),
        ("DROP PROCEDURE q", "There is no procedure c.s.q."),
        ("CREATE PROCEDURE p() AS BEGIN END", "There is a procedure c.s.p already."),
        ("CALL p(1; DROP TABLE x)", "Syntax error: a comma or )"),
        ("CREATE PROCEDURE r() AS SELECT 1", "Syntax error: BEGIN … END"),
        ("CREATE PROCEDURE r(a) AS BEGIN END", "Syntax error: a type or an expression"),
    ],
)
def test_what_is_wrong_is_said(text: str, message: str, engine: FakeEngine) -> None:
    carried_out("CREATE PROCEDURE p(a INT, OUT o INT) AS BEGIN SET o = a; END", engine)
    with pytest.raises(StatementError) as caught:
        carried_out(text, engine)
    assert caught.value.message.startswith(message)


def test_procedures_are_replaced_and_dropped(engine: FakeEngine) -> None:
    carried_out("CREATE PROCEDURE p() AS BEGIN SELECT 1; END", engine)
    carried_out("CREATE PROCEDURE IF NOT EXISTS p() AS BEGIN SELECT 2; END", engine)
    carried_out("CALL p()", engine)
    assert "SELECT 1" in engine.sent[-1]
    carried_out("CREATE OR REPLACE PROCEDURE p() AS BEGIN SELECT 3; END", engine)
    carried_out("CALL s.p()", engine)
    assert "SELECT 3" in engine.sent[-1]
    carried_out("DROP PROCEDURE p", engine)
    carried_out("DROP PROCEDURE IF EXISTS p", engine)


def test_other_languages_are_refused() -> None:
    with pytest.raises(StatementError) as caught:
        Dialect().plan("CREATE PROCEDURE p() SQL SECURITY DEFINER AS BEGIN END")
    assert caught.value.error_class == UNSUPPORTED


@pytest.mark.parametrize("text", ["DESCRIBE procedure", "DROP TABLE procedure", "SHOW TABLES"])
def test_other_statements_are_left_alone(text: str) -> None:
    assert Dialect().plan(text) is None
