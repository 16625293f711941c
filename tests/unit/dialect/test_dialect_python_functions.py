"""CREATE FUNCTION … LANGUAGE PYTHON is known for what it is."""

from __future__ import annotations

import pytest

from lakeshell.dialect.dialect import UNSUPPORTED, Dialect
from lakeshell.errors import StatementError


@pytest.mark.parametrize(
    "head", ["CREATE", "CREATE OR REPLACE", "CREATE TEMPORARY", "CREATE OR REPLACE TEMPORARY"]
)
def test_a_function_in_python(head: str) -> None:
    text = f"{head} FUNCTION a.f(x INT) RETURNS INT LANGUAGE python AS $$\nreturn x\n$$"
    with pytest.raises(StatementError, match=r"spark\.udf\.register") as raised:
        Dialect().plan(text)
    assert raised.value.error_class == UNSUPPORTED


@pytest.mark.parametrize(
    "text",
    [
        "CREATE FUNCTION f(x INT) RETURNS INT RETURN x",
        "CREATE FUNCTION f(x INT) RETURNS INT LANGUAGE SQL RETURN x",
        "CREATE TABLE t (function INT, language STRING)",
        "CREATE FUNCTION f AS 'org.example.F'",
    ],
)
def test_other_functions(text: str) -> None:
    assert Dialect().plan(text) is None
