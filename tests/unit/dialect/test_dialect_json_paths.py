"""SQL pairs: col:path on a STRING that holds JSON."""

from __future__ import annotations

import pytest
from unit.dialect.engines import rewritten

from lakeshell.dialect.dialect import Dialect

REFUSED = "Cannot find main error class 'COLUMN_IS_NOT_VARIANT_TYPE'"

PAIRS = [
    ("select j:a from t", "select get_json_object(j, '$.a') AS `a` from t"),
    (
        "select t.`j k`:a.b[0].`c d`::int x, 'j:a', struct(1) from t",
        "select get_json_object(t.`j k`, '$.a.b[0][\\'c d\\']')::int x, 'j:a', struct(1) from t",
    ),
    (
        "select distinct j:['a b'].c::decimal(9, 2), j:[0], j:x || j:y",
        "select distinct get_json_object(j, '$[\\'a b\\'].c')::decimal(9, 2) AS `c`, "
        "get_json_object(j, '$[0]'), get_json_object(j, '$.x') || get_json_object(j, '$.y')",
    ),
    (
        "select (a||b):c, f(x:d, y:e):f",
        "select get_json_object((a||b), '$.c') AS `c`, get_json_object("
        "f(get_json_object(x, '$.d'), get_json_object(y, '$.e')), '$.f') AS `f`",
    ),
    (
        "select a.b[1]:c as k where (x):y = 1 group by z:a, z:b order by z:c, z:d",
        "select get_json_object(a.b[1], '$.c') as k where get_json_object((x), '$.y') = 1 "
        "group by get_json_object(z, '$.a'), get_json_object(z, '$.b') "
        "order by get_json_object(z, '$.c'), get_json_object(z, '$.d')",
    ),
    (
        "select k from (select j:k, row_number() over (partition by j:a, j:b) from t)",
        "select k from (select get_json_object(j, '$.k') AS `k`, row_number() over "
        "(partition by get_json_object(j, '$.a'), get_json_object(j, '$.b')) from t)",
    ),
    (
        "select from_json(j:a, 'x'), cast(s as struct<a:int, b:array<struct<c:int>>>), j:b < 2, "
        "k:c > 1",
        "select from_json(get_json_object(j, '$.a'), 'x'), "
        "cast(s as struct<a:int, b:array<struct<c:int>>>), get_json_object(j, '$.b') < 2, "
        "get_json_object(k, '$.c') > 1",
    ),
]


@pytest.mark.parametrize(("text", "expected"), PAIRS)
def test_what_spark_refuses_is_rewritten(text: str, expected: str) -> None:
    assert Dialect().plan(text) is None
    again = Dialect().repair(text, REFUSED)
    assert again is not None
    assert again.text == expected


STARS = [
    (
        "select j:items[*].id from t",
        "select to_json(transform(try_variant_get(try_parse_json(CAST(j AS STRING)), '$.items', "
        "'array<variant>'), x -> try_variant_get(x, '$.id', 'variant'))) AS `id` from t",
    ),
    (
        "select j:[*][*] from t",
        "select to_json(flatten(transform(try_variant_get(try_parse_json(CAST(j AS STRING)), '$', "
        "'array<variant>'), x -> coalesce(try_variant_get(x, '$', 'array<variant>'), array())))) "
        "from t",
    ),
    ("select j:items[0], a[1], x * y[0] from t", "select j:items[0], a[1], x * y[0] from t"),
]


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
