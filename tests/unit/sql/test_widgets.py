"""Widgets: what stands above what, and their values in SQL."""

from __future__ import annotations

import pytest

from lakeshell.errors import CommandError, UsageError
from lakeshell.sql.variables import bind
from lakeshell.sql.widgets import Widgets


def test_what_is_given_stands_above_the_default() -> None:
    widgets = Widgets({"b": "by -v"}, {"c": "by -p"})
    for name in "abc":
        widgets.declare("text", name, "default")
    assert widgets.values() == {"a": "default", "b": "by -v", "c": "by -p"}
    widgets.variables["a"] = "by %set"
    assert widgets.value("a") == "by %set"


def test_making_a_widget_again_keeps_its_value() -> None:
    widgets = Widgets(arguments={"a": "1"})
    widgets.declare("text", "a", "0")
    widgets.arguments = {}
    widgets.declare("text", "a", "2")
    assert widgets.value("a") == "1"
    widgets.declare("dropdown", "a", "2", ["2", "3"])
    assert widgets.value("a") == "2"


def test_arguments_of_a_called_notebook_end_with_it() -> None:
    widgets = Widgets()
    with widgets.given({"x": "1", "y": "2"}):
        widgets.declare("text", "x", "0")
        assert widgets.values() == {"x": "1", "y": "2"}
    assert widgets.values() == {"x": "1"}
    with pytest.raises(CommandError, match="no widget 'y'"):
        widgets.value("y")


@pytest.mark.parametrize(
    ("kind", "default", "choices", "word"),
    [
        ("dropdown", "x", [], "needs choices"),
        ("dropdown", "x", ["y"], "none of its choices"),
        ("multiselect", "x", ["y"], "none of its choices"),
        ("combobox", "y", [str(n) for n in range(1025)], "1,024"),
    ],
)
def test_choices_that_cannot_be(kind: str, default: str, choices: list[str], word: str) -> None:
    with pytest.raises(UsageError, match=word):
        Widgets().declare(kind, "w", default, choices)
    Widgets().declare("combobox", "w", "free text", ["y"])


def test_get_argument_is_a_literal() -> None:
    def bound(text: str) -> str:
        return bind(text, variables={"x": "a'b"}, parameters={}).text

    assert bound('SELECT getArgument("x") AS a') == "SELECT 'a\\'b' AS a"
    assert bound("SELECT GETARGUMENT ( 'y' , 'it''s' )") == "SELECT 'it''s'"
    assert bound("SELECT getArgument(x), 'getArgument(\"x\")'") == (
        "SELECT getArgument(x), 'getArgument(\"x\")'"
    )
    with pytest.raises(UsageError, match="getArgument\\('z'\\) has no value"):
        bound("SELECT getArgument('z')")
    found = bind("SELECT getArgument('x') AS a, b", variables={"x": "long value"}, parameters={})
    assert found.text[found.text.index("b", 20) :] == "b"
    assert found.origin(found.text.rindex("b")) == len("SELECT getArgument('x') AS a, ")
