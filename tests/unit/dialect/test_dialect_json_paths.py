"""SQL pairs: col:path on a STRING that holds JSON."""

from __future__ import annotations

import re

import pytest
from unit.dialect.engines import rewritten

from lakeshell.dialect.dialect import Dialect

REFUSED = "Cannot find main error class 'COLUMN_IS_NOT_VARIANT_TYPE'"

ANY_CASE = (
    "get_json_object({0}, aggregate(array({2}), '$', (`:path`, `:step`) -> CASE WHEN `:step` LIKE "
    "'[%' THEN concat(`:path`, `:step`) ELSE concat(`:path`, '[\\'', get(filter("
    "json_object_keys(get_json_object({0}, `:path`)), `:key` -> lower(`:key`) = "
    "substr(`:step`, 2)), 0), '\\']') END))"
)


def col(value: str, path: str, steps: str) -> str:
    """From a plain column: the path as it is written, else with the names that are there."""
    found = ANY_CASE.format(value, path, steps)
    return f"coalesce(get_json_object({value}, '{path}'), {found})"


def val(value: str, path: str, steps: str) -> str:
    """The same of an expression, which stands once."""
    return f"get(transform(array({value}), `:value` -> {col('`:value`', path, steps)}), 0)"


PAIRS = [
    ("select j:a from t", f"""select {col("j", "$.a", "'.a'")} AS `a` from t"""),
    ("select j:['a'][0].`1` from t", r"select get_json_object(j, '$.a[0].1') AS `1` from t"),
    (
        "select t.`j k`:a.B[0].`c d`::int x, 'j:a', struct(1) from t",
        "select " + col("t.`j k`", r"$.a.B[0][\'c d\']", "'.a', '.b', '[0]', '.c d'")
        + "::int x, 'j:a', struct(1) from t",
    ),
    (
        "select distinct j:['a b'].c::decimal(9, 2), j:[0], j:x ||\n j:y",
        "select distinct " + col("j", r"$[\'a b\'].c", r"'[\'a b\']', '.c'")
        + "::decimal(9, 2) AS `c`, get_json_object(j, '$[0]'), " + col("j", "$.x", "'.x'")
        + " ||\n " + col("j", "$.y", "'.y'") + " AS `j:x || j:y`",
    ),
    (
        "select (a||b):c, f(x:d, y:e):f",
        "select " + val("(a||b)", "$.c", "'.c'") + " AS `c`, "
        + val(f"""f({col("x", "$.d", "'.d'")}, {col("y", "$.e", "'.e'")})""", "$.f", "'.f'")
        + " AS `f`",
    ),
    ("select j:a:b.c::int", "select " + val(col("j", "$.a", "'.a'"), "$.b.c", "'.b', '.c'")
     + "::int AS `c`"),
    (
        "select a.b[1]:c as k where (x):y = 1 group by z:a order by z:c",
        "select " + val("a.b[1]", "$.c", "'.c'") + " as k where " + val("(x)", "$.y", "'.y'")
        + " = 1 group by " + col("z", "$.a", "'.a'") + " order by " + col("z", "$.c", "'.c'"),
    ),
    (
        "select explode(j:a), upper(j:b) u, (select max(k:c) from v) from t",
        "select explode(" + col("j", "$.a", "'.a'") + "), upper(" + col("j", "$.b", "'.b'")
        + ") u, (select max(" + col("k", "$.c", "'.c'") + ") AS `max(k:c)` from v) from t",
    ),
    (
        "select from_json(j:a, 'x'), cast(s as struct<a:int, b:array<struct<c:int>>>), j:b < 2",
        "select from_json(" + col("j", "$.a", "'.a'") + ", 'x') AS `from_json(j:a, 'x')`, "
        "cast(s as struct<a:int, b:array<struct<c:int>>>), " + col("j", "$.b", "'.b'")
        + " < 2 AS `j:b < 2`",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), PAIRS)
def test_what_spark_refuses_is_rewritten(text: str, expected: str) -> None:
    assert Dialect().plan(text) is None
    again = Dialect().repair(text, REFUSED)
    assert again is not None
    assert again.text == expected


STARS = [
    (
        "select j:['items'][*]['id'] from t",
        "select to_json(transform(try_variant_get(try_parse_json(CAST(j AS STRING)), '$.items', "
        "'array<variant>'), x -> try_variant_get(x, '$.id', 'variant'))) AS `id` from t",
    ),
    (
        "select j:[*][*] from t",
        "select to_json(flatten(transform(try_variant_get(try_parse_json(CAST(j AS STRING)), '$', "
        "'array<variant>'), x -> coalesce(try_variant_get(x, '$', 'array<variant>'), array())))) "
        "from t",
    ),
    (
        "select e.j:['a']:['items']:[ * ] x from t",
        "select to_json(try_variant_get(try_parse_json(CAST(e.j AS STRING)), '$.a.items', "
        "'array<variant>')) x from t",
    ),
    ("select j:items[0], a[1], x * y[0] from t", "select j:items[0], a[1], x * y[0] from t"),
]


ANY_CASE = r"if\(typeof\({}\) = 'variant', null, .*json_object_keys.*\)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "select j:Items[*] from t",
            r"select to_json\(coalesce\(try_variant_get\(try_parse_json\(CAST\(j AS STRING\)\), "
            rf"'\$\.Items', 'array<variant>'\), {ANY_CASE.format('j')}\)\) from t",
        ),
        (
            "select f(j):[*].id from t",
            r"select get\(transform\(array\(f\(j\)\), `:value` -> to_json\(transform\(.*, x -> "
            rf"coalesce\(try_variant_get\(x, '\$\.id', 'variant'\), "
            rf"{ANY_CASE.format('`:value`')}\)\)\)\), 0\) AS `id` from t",
        ),
    ],
)
def test_all_elements_with_names_in_any_case(text: str, expected: str) -> None:
    assert re.fullmatch(expected, rewritten(text))


@pytest.mark.parametrize(("text", "expected"), STARS)
def test_all_elements(text: str, expected: str) -> None:
    assert rewritten(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("select j:a from t", "TABLE_OR_VIEW_NOT_FOUND"),
        ("select 1", REFUSED),
        ("BEGIN INSERT INTO t SELECT 1; SELECT j:a FROM t; END", REFUSED),
    ],
)
def test_what_is_not_run_again(text: str, message: str) -> None:
    assert Dialect().repair(text, message) is None


def test_places_lead_back() -> None:
    text = "select j:a.b, wrong from t"
    again = Dialect().repair(text, REFUSED)
    assert again is not None
    assert again.origin(again.text.index("wrong")) == text.index("wrong")
