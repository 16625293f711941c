"""Functions in Python: how they are defined, kept and found in statements."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from unit.dialect.engines import FakeEngine, carried_out

from lakeshell.dialect.dialect import UNSUPPORTED, Dialect
from lakeshell.dialect.python_functions import PythonFunction, PythonFunctions, compiled
from lakeshell.errors import StatementError
from lakeshell.home import Home

CREATE = """\
CREATE OR REPLACE FUNCTION Half(x DOUBLE COMMENT 'of what', kind STRUCT<a: INT, b: STRING>)
RETURNS DECIMAL(9, 2) LANGUAGE python DETERMINISTIC COMMENT 'the half' AS $$
    if x is None:
        return None
    text = '''a
  b'''
    return (x / 2, text)
$$"""


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    current = pa.table({"c": ["spark_catalog"], "s": ["Sales"]})
    home = Home(tmp_path / "home").create()
    return FakeEngine(home, [("SELECT current_catalog.*", current)])


@pytest.fixture
def defined() -> list[PythonFunction]:
    return []


@pytest.fixture
def functions(engine: FakeEngine, defined: list[PythonFunction]) -> PythonFunctions:
    return PythonFunctions(engine.home, lambda: ("spark_catalog", "sales"), defined.append)


def test_a_function_is_found_where_it_is_called(
    engine: FakeEngine, functions: PythonFunctions, defined: list[PythonFunction]
) -> None:
    text = "SELECT half(a, f(1, 2)), `HALF`(b[1], 'x') FROM sales.half WHERE Sales.half((c), d) > 1"
    assert functions.called(text) is None
    carried_out(CREATE, engine)
    called = functions.called(text)
    assert called is not None
    (function,) = defined
    name, kind = function.registered, "STRUCT<a: INT, b: STRING>"
    assert called.text == (
        f"SELECT {name}(CAST(a AS DOUBLE), CAST(f(1, 2) AS {kind})), "
        f"{name}(CAST(b[1] AS DOUBLE), CAST('x' AS {kind})) FROM sales.half "
        f"WHERE {name}(CAST((c) AS DOUBLE), CAST(d AS {kind})) > 1"
    )
    assert called.origin(called.text.index("> 1")) == text.index("> 1")
    table = pa.table({f"{name}(1)": [1], "a": [1]})
    assert called.headings(table).column_names == ["half(1)", "a"]
    functions.called(text)
    assert defined == [function]
    functions.forget()
    functions.called(text)
    assert defined == [function, function]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT other.half(1, 2), half FROM half",
        "SELECT 'half(1, 2)'",
        "CREATE FUNCTION half(x INT) RETURNS INT RETURN x",
        "INSERT INTO half (a) VALUES (1)",
    ],
)
def test_what_is_no_call(engine: FakeEngine, functions: PythonFunctions, text: str) -> None:
    carried_out(CREATE, engine)
    assert functions.called(text) is None


def test_a_temporary_function_is_learnt_on_the_way(
    engine: FakeEngine, functions: PythonFunctions, defined: list[PythonFunction]
) -> None:
    class Learning(FakeEngine):
        def execute(self, text: str) -> pa.Table | None:
            assert functions.called(text) is None
            return super().execute(text)

    learning = Learning(engine.home)
    carried_out(
        "CREATE TEMP FUNCTION `a b`(x ARRAY<INT>, y INT) RETURNS INT LANGUAGE PYTHON "
        "COMMENT 'it''s' AS $$return x[0]$$",
        learning,
    )
    (function,) = defined
    assert learning.sent == [
        "CREATE TEMPORARY FUNCTION `a b`(`x` ARRAY<INT>, `y` INT) RETURNS INT COMMENT 'it\\'s' "
        f"RETURN {function.registered}(`x`, `y`)"
    ]
    functions.forget()  # nothing of it stays in the home
    functions.called(learning.sent[0])
    assert defined == [function]


def test_a_built_in_function_comes_first(engine: FakeEngine, functions: PythonFunctions) -> None:
    system = pa.table({"function": ["half"]})
    there = FakeEngine(engine.home, [*engine._answers, ("SHOW SYSTEM FUNCTIONS .*", system)])
    carried_out(CREATE, there)
    assert functions.called("SELECT half(1, 2)") is None
    assert functions.called("SELECT sales.half(1, 2)") is not None


def test_a_strangers_functions_are_not_run(
    engine: FakeEngine, defined: list[PythonFunction]
) -> None:
    carried_out(CREATE, engine)
    stranger = Home(engine.home.root, discovered=True)
    functions = PythonFunctions(stranger, lambda: ("spark_catalog", "sales"), defined.append)
    with pytest.raises(StatementError, match="project folder"):
        functions.called("SELECT half(1, 2)")
    assert defined == []


def test_arguments_are_counted(engine: FakeEngine, functions: PythonFunctions) -> None:
    carried_out(CREATE, engine)
    with pytest.raises(StatementError, match="takes 2 arguments, not 1") as raised:
        functions.called("SELECT\n  half(1)")
    assert raised.value.position is not None
    assert (raised.value.position.line, raised.value.position.column) == (2, 3)


def test_the_body_is_python_with_the_parameters_as_its_names() -> None:
    function = PythonFunction((("x", "INT"),), "INT", "\n  y = x + 1\n  return y * 2\n")
    assert compiled(function)(2) == 6
    assert compiled(PythonFunction((), "INT", ""))() is None


def test_dropping_and_describing(engine: FakeEngine, functions: PythonFunctions) -> None:
    carried_out(CREATE, engine)
    with pytest.raises(StatementError, match="already"):
        carried_out("CREATE FUNCTION half() RETURNS INT LANGUAGE PYTHON AS 'return 1'", engine)
    carried_out(
        "CREATE FUNCTION IF NOT EXISTS half() RETURNS INT LANGUAGE PYTHON AS 'return 1'", engine
    )
    described = carried_out("DESCRIBE FUNCTION EXTENDED sales.half", engine)
    assert described.table is not None
    lines = "\n".join(described.table["function_desc"].to_pylist())
    assert "DECIMAL(9, 2)" in lines
    assert "return (x / 2, text)" in lines
    carried_out("DROP FUNCTION half", engine)
    assert functions.called("SELECT half(1, 2)") is None
    carried_out("DROP FUNCTION IF EXISTS half", engine)
    assert engine.sent[-1] == "DROP FUNCTION IF EXISTS half"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("CREATE FUNCTION f(x INT) RETURNS INT LANGUAGE PYTHON AS $$ return ( $$", "no Python"),
        ("CREATE FUNCTION f(x) RETURNS INT LANGUAGE PYTHON AS $$ 1 $$", "a type"),
        ("CREATE FUNCTION f(x INT) RETURNS INT LANGUAGE PYTHON RETURN 1", "AS is expected"),
    ],
)
def test_what_is_written_wrongly(text: str, message: str) -> None:
    with pytest.raises(StatementError, match=message):
        Dialect().plan(text)


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TEMPORARY FUNCTION f() RETURNS TABLE (a INT) LANGUAGE PYTHON HANDLER 'F' AS $$$$",
        "CREATE FUNCTION f() RETURNS TABLE (a INT) LANGUAGE PYTHON HANDLER 'F' AS $$ 1 $$",
    ],
)
def test_what_is_not_supported(text: str) -> None:
    with pytest.raises(StatementError) as raised:
        Dialect().plan(text)
    assert raised.value.error_class == UNSUPPORTED


@pytest.mark.parametrize(
    "text",
    [
        "CREATE FUNCTION f(x INT) RETURNS INT RETURN x",
        "CREATE FUNCTION f(x INT) RETURNS INT LANGUAGE SQL RETURN x",
        "CREATE TABLE t (function INT, language STRING)",
        "CREATE FUNCTION f AS 'org.example.F'",
        "DROP TEMPORARY FUNCTION f",
        "DESCRIBE FUNCTION EXTENDED 'abs'",
        "DESCRIBE TABLE function",
    ],
)
def test_other_functions(text: str) -> None:
    assert Dialect().plan(text) is None
