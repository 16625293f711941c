"""The columns of SELECT lists, and which of them have no name of their own."""

from __future__ import annotations

import pytest

from lakeshell.dialect.select_items import items, wants_alias
from lakeshell.sql.lexer import significant, tokenize


@pytest.mark.parametrize(
    ("text", "nameless"),
    [
        ("select a, b as c, d + 1 e, f(g, h) from t", ["a", "f(g, h)"]),
        ("select distinct /*+ x(t) */ 'a', 1, x is null, case y when 1 then 2 end",
         ["'a'", "1", "x is null", "case y when 1 then 2 end"]),
        ("select explode(a), stack(1, b), inline_outer(c) as (d, e)", []),
        ("select (select max(a) from u where b in (select c)) from t",
         ["max(a)", "c", "(select max(a) from u where b in (select c))"]),
        ("select a limit 3", []),
        ("select a is not distinct from b, c as 'd', trim(both 'x' from e) from t",
         ["trim(both 'x' from e)"]),
        ("select j:from, a.set, (select j:select from t) from t",
         ["j:from", "a.set", "j:select", "(select j:select from t)"]),
        ("select , a from (select) union select", ["a"]),
        ("select transform(a) using 'cat' from t", []),
        ("with x (k) as (select a::int) select x.k, k::decimal(1, 2) from x",
         ["a::int", "x.k", "k::decimal(1, 2)"]),
    ],
)  # fmt: skip
def test_columns_without_a_name(text: str, nameless: list[str]) -> None:
    tokens = significant(tokenize(text))
    found = [
        text[tokens[item.start].start : tokens[item.end - 1].end]
        for item in items(tokens)
        if wants_alias(tokens, item)
    ]
    assert found == nameless
