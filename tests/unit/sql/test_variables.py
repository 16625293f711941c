"""Binding: the form a value takes in each place, and that it never becomes syntax."""

from __future__ import annotations

from datetime import date, datetime, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from soak import rounds
from sql_texts import sql_texts

from lakeshell.errors import UsageError
from lakeshell.sql.lexer import Kind, significant, tokenize
from lakeshell.sql.statements import split_statements
from lakeshell.sql.variables import (
    Parameter,
    bind,
    fill,
    parse_assignment,
    parse_parameter,
)

VARIABLES = {
    "env": "dev", "n": "5", "neg": "-5", "table": "main.sales", "quote": "it's", "word": "NULL",
    "empty": "", "year": "2024", "dash": "my-cat", "slash": "a\\", "a.b": "dotted",
}  # fmt: skip


def bound(text: str, **variables: str) -> str:
    return bind(text, variables=variables or VARIABLES, parameters={}).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Inside quotes: escaped for them.
        ("'${quote}'", r"'it\'s'"),
        ('"${quote}"', '"it\'s"'),
        ("'${slash}'", r"'a\\'"),
        ("'a ${env} b ${n}'", "'a dev b 5'"),
        ("`${table}`", "`main.sales`"),
        ("r'${env}'", "r'dev'"),
        (r"'\${env}'", r"'\${env}'"),
        (r"'\\${env}'", r"'\\dev'"),
        ("'${2}'", "'${2}'"),
        # Bare: a number, a name or a string.
        ("LIMIT ${n}", "LIMIT 5"),
        ("a-${neg}", "a-(-5)"),
        ("SET x = ${neg}", "SET x = -5"),
        ("FROM ${table}", "FROM `main`.`sales`"),
        ("SELECT ${word}", "SELECT `NULL`"),
        ("= ${quote}", r"= 'it\'s'"),
        ("= ${empty}", "= ''"),
        ("= ${dash}", "= 'my-cat'"),
        ("FROM ${dash}.t", "FROM `my-cat`.t"),
        ("FROM a.${n}", "FROM a.`5`"),
        ("${ env }", "`dev`"),
        ("${a.b}", "`dotted`"),
        ("{{env}} {{ env }}", "`dev` `dev`"),
        # Glued: part of one name.
        ("FROM sales_${env}", "FROM `sales_dev`"),
        ("FROM ${env}_${year}.t", "FROM `dev_2024`.t"),
        ("SEL${word}", "`SELNULL`"),
        ("${year}${n}", "20245"),
        ("${n}L", "5L"),
        ("t@v${n}", "t@v5"),
        # Left alone.
        ("-- ${nope}\n/* ${nope} */ /*+ ${nope} */ $$ ${nope} $$ {{nope}}",) * 2,
    ],
)
def test_variables(text: str, expected: str) -> None:
    assert bound(text) == expected


def test_nothing_to_bind_is_the_same_text() -> None:
    text = "SELECT 'a', :b"
    assert bind(text, variables=VARIABLES, parameters={}).text is text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${envv}", r"\$\{envv\} has no value"),
        ("'${envv}'", r"\$\{envv\} has no value"),
        ("r'${quote}'", "raw string"),
        ("a_${dash}", "part of a name"),
        ("a_${table}", "part of a name"),
        ("a.${empty}", "empty"),
        ("${env}'x'", "touches a quote"),
        ("'x'${env}", "touches a quote"),
        ("`x`${env}", "touches a quote"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        bound(text)


def test_an_unknown_name_says_how_to_set_it() -> None:
    with pytest.raises(UsageError) as error:
        bound("${envv}")
    assert error.value.hint == ("Did you mean ${env}? Give it one with -v envv=… or %set envv=….")


@pytest.mark.parametrize(
    ("parameter", "literal"),
    [
        (Parameter("it's \\"), r"'it\'s \\'"),
        (Parameter(3), "3"),
        (Parameter(-3), "(-3)"),
        (Parameter(2**31), "2147483648L"),
        (Parameter(2**63), "9223372036854775808BD"),
        (Parameter(1.5), "1.5D"),
        (Parameter(float("nan")), "CAST('nan' AS DOUBLE)"),
        (Parameter(Decimal("1.20")), "1.20BD"),
        (Parameter(True), "TRUE"),
        (Parameter(None), "NULL"),
        (Parameter(date(2024, 2, 29)), "DATE'2024-02-29'"),
        (Parameter(datetime(2024, 1, 2, 3, 4, 5)), "TIMESTAMP'2024-01-02 03:04:05'"),
        (Parameter(datetime(2024, 1, 2, tzinfo=timezone.utc)),
         "TIMESTAMP'2024-01-02 00:00:00+00:00'"),
        (Parameter("1.2", "DECIMAL(5, 2)"), "CAST('1.2' AS DECIMAL(5, 2))"),
        (Parameter(None, "INT"), "CAST(NULL AS INT)"),
        (Parameter("x' OR 1", "STRING"), r"CAST('x\' OR 1' AS STRING)"),
    ],
)  # fmt: skip
def test_literals(parameter: Parameter, literal: str) -> None:
    assert parameter.literal() == literal


@pytest.mark.parametrize(
    "kind", ["INT) --", "INT; DROP", "", "INT)", "a.b", "ARRAY<INT>", "é", "INT\n"]
)
def test_a_type_is_a_type(kind: str) -> None:
    with pytest.raises(UsageError):
        Parameter("1", kind).literal()


def test_decimal_cannot_be_infinite() -> None:
    with pytest.raises(UsageError):
        Parameter(Decimal("Infinity")).literal()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("WHERE a = :p", "WHERE a = 7"),
        ("LIMIT :p", "LIMIT 7"),
        ("IN (:p,:p)", "IN (7,7)"),
        ("m[:p]", "m[7 ]"),
        ("a<:p", "a<7"),
        (":p'x'", "7 'x'"),
        (":p.x", "7 .x"),
        ("':p' \":p\" `:p` -- :p", "':p' \":p\" `:p` -- :p"),
        ("raw:p", "raw:p"),
        ("raw :p", "raw :p"),
        ("f(x) :p", "f(x) :p"),
        ("a::p", "a::p"),
        ("STRUCT<a:p, b :p>", "STRUCT<a:p, b :p>"),
        ("s[1:p]", "s[1:p]"),
        ("s[1 :p]", "s[1 :p]"),
        (":other", ":other"),
    ],
)
def test_parameters(text: str, expected: str) -> None:
    assert bind(text, variables={}, parameters={"p": Parameter(7)}).text == expected


def test_origins() -> None:
    text = "SELECT '${env}', :p FROM sales_${env} WHERE x"
    result = bind(text, variables={"env": "production"}, parameters={"p": Parameter("long one")})
    assert result.text == "SELECT 'production', 'long one' FROM `sales_production` WHERE x"
    assert result.used == {"env", "p"}
    for part in ("SELECT", "FROM", "WHERE", "x"):
        assert result.origin(result.text.rindex(part)) == text.rindex(part)
    assert result.origin(result.text.index("duction")) == text.index("${env}")
    assert result.origin(result.text.index("one")) == text.index(":p")


PAYLOADS = [
    "'", '"', "`", "\\", "\\'", '\\"', "''", "```", "$$", "$x$", ";", "; DROP TABLE t; --", "--",
    "/*",
    "*/", "/*+ x */", "' OR '1'='1", "\" OR \"1\"=\"1", "` OR `1", "\\' OR 1=1 --", "1 OR 1=1",
    "1; x",
    "a.b; c", "NULL", "TRUE", "SELECT", "-1", "+1", "1e5", "1.", ".5", "-", "--1", "1-1", "x--",
    "r",
    "x", "R", "v5", "a.b.c", "a..b", ".a", "a.", "", " ", "\n", "\r", "\t; x", "\x00", "\ufeff",
    "é", "表",
    "٣", "${n}", "${nope}", "{{n}}", ":p", "::int", "BEGIN", "END", "END; DROP TABLE t", "%sh rm",
    "\n%sh rm", "\n-- COMMAND ----------\n", "\n-- MAGIC %sh", ")", "(", "))", "]", ",", "*", "=",
    "\\\n",
    "a\\", "'a", "a'", "\u2019", "\u2028", "\u00a0", "DATE'2020-01-01'", "`a`.`b`", "'a' 'b'",
]  # fmt: skip
VARIABLE_CONTEXTS = [
    "SELECT '%s'", 'SELECT "%s"', "SELECT `%s` FROM t", "SELECT r'%s'", 'SELECT R"%s"',
    "SELECT 'a%sb', 1", "SELECT %s", "SELECT a - %s FROM t", "SELECT -%s", "SELECT * FROM %s",
    "SELECT * FROM c.%s.t", "SELECT * FROM sales_%s", "SELECT * FROM %s_sales", "SELECT (%s)",
    "SELECT * FROM %s.t -- c", "SELECT a /*x*/%s/*y*/ FROM t", "SELECT 'a' %s 'b'", "SELECT a,%s,b",
    "SELECT '''%s'''", "SELECT '\\\\%s\\\\'", "SELECT `a``%s``b`", "BEGIN SELECT %s; END",
    "INSERT INTO t VALUES (%s, '%s')", "SELECT a=%s", "SELECT %s%s", "SELECT a:%s", "SELECT 1%s",
]  # fmt: skip
PARAMETER_CONTEXTS = [
    "SELECT :p", "SELECT a - :p", "SELECT -:p", "WHERE a=:p AND b=:p", "VALUES (:p,:p)",
    "SELECT :p.x",
    "SELECT :p'x'", "SELECT :p -- c", "SELECT/*x*/:p/*y*/", "SELECT m[:p]", "SELECT ':p', :p",
    "BEGIN SELECT :p; END", "SELECT :p::int", "SELECT :p-:p",
]  # fmt: skip


def shape(text: str) -> list[Kind]:
    return [token.kind for token in significant(tokenize(text))]


@pytest.mark.parametrize("context", VARIABLE_CONTEXTS)
@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_variable_stays_one_value(payload: str, context: str) -> None:
    """The tokens are those that a harmless value gives, but for the value's own."""
    text = context.replace("%s", "${v}")
    try:
        result = bind(text, variables={"v": payload}, parameters={})
    except UsageError:
        return
    marked = significant(tokenize(text))
    found = significant(tokenize(result.text))
    for token in marked:
        # A token without a marker comes back as it is, in order; what lies between is the value.
        if "${v}" in token.text and token.kind is not Kind.VARIABLE:
            assert found.pop(0).kind is token.kind
        elif token.kind is Kind.VARIABLE or touches_marker(text, token.start, token.end):
            while found and result.origin(found[0].start) < token.end:
                assert is_value(found.pop(0))
        else:
            assert found.pop(0).text == token.text
    assert found == []
    assert len(split_statements(result.text + ";")) == 1


def touches_marker(text: str, start: int, end: int) -> bool:
    before = text[:start].endswith("}") and (text[start].isalnum() or text[start] == "_")
    after = text[end:].startswith("${") and (text[end - 1].isalnum() or text[end - 1] == "_")
    return before or after


def is_value(token: object) -> bool:
    kind, text = token.kind, token.text  # type: ignore[attr-defined]
    values = (Kind.STRING, Kind.IDENTIFIER, Kind.NUMBER)
    return kind in values or text in (".", "(", ")", "-", "+")


@pytest.mark.parametrize("context", PARAMETER_CONTEXTS)
@pytest.mark.parametrize("kind", [None, "STRING"])
@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_parameter_stays_one_value(payload: str, kind: str | None, context: str) -> None:
    harmless = bind(context, variables={}, parameters={"p": Parameter("x", kind)}).text
    result = bind(context, variables={}, parameters={"p": Parameter(payload, kind)}).text
    assert shape(result) == shape(harmless)
    assert len(split_statements(result + ";")) == 1


def spark_unescaped(literal: str) -> str:
    """What Spark reads from a literal with only the escapes that binding writes."""
    inner, value = iter(literal[1:-1]), []
    for character in inner:
        value.append(next(inner) if character == "\\" else character)
    return "".join(value)


@settings(max_examples=rounds(1000, 200), deadline=None)
@given(st.text())
def test_a_quoted_value_is_read_back(value: str) -> None:
    assert spark_unescaped(bound("'${v}'", v=value)) == value
    assert spark_unescaped(bound('"${v}"', v=value)) == value
    assert bound("`${v}`", v=value)[1:-1].replace("``", "`") == value
    assert spark_unescaped(Parameter(value).literal()) == value


@settings(max_examples=rounds(2500, 500), deadline=None)
@given(sql_texts, st.sampled_from(PAYLOADS) | st.text(max_size=8))
def test_binding_never_fails_otherwise(text: str, value: str) -> None:
    try:
        result = bind(text, variables={"x": value}, parameters={"p": Parameter(value)})
    except UsageError:
        return
    origins = [result.origin(offset) for offset in range(len(result.text) + 1)]
    assert origins == sorted(origins)
    assert all(0 <= origin <= len(text) for origin in origins)
    if not result.used:
        assert result.text == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a=b", ("a", "b")), ("a=", ("a", "")), ("a=b=c", ("a", "b=c")), (" a.b =x", ("a.b", "x"))],
)
def test_assignments(text: str, expected: tuple[str, str]) -> None:
    assert parse_assignment(text) == expected


@pytest.mark.parametrize("text", ["", "a", "=b", "1a=b", "a b=c", "a;=b"])
def test_no_assignments(text: str) -> None:
    with pytest.raises(UsageError):
        parse_assignment(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n=3", Parameter("3")),
        ("n:string=3", Parameter("3")),
        ("n:int=3", Parameter(3)),
        ("n:INT=-3", Parameter(-3)),
        ("n:bigint=3", Parameter(3, "bigint")),
        ("n:boolean=True", Parameter(True)),
        ("n:void=", Parameter(None)),
        ("n:date=2024-02-29", Parameter(date(2024, 2, 29))),
        ("n:decimal=1.20", Parameter(Decimal("1.20"))),
        ("n:decimal(5,2)=1.2", Parameter("1.2", "decimal(5,2)")),
        ("n:timestamp=2024-01-01 10:00:00", Parameter("2024-01-01 10:00:00", "timestamp")),
        ("n:double=1e3", Parameter("1e3", "double")),
    ],
)
def test_typed_parameters(text: str, expected: Parameter) -> None:
    assert parse_parameter(text) == ("n", expected)


@pytest.mark.parametrize(
    "text",
    ["", "n", "=3", "n:=3", "n:int=x", "n:int=3000000000", "n:tinyint=200", "n:date=tomorrow",
    "1n=3",
     "n:boolean=maybe", "n:decimal=x", "n:double=x", "n:int)=3", "n.m=3"],
)  # fmt: skip
def test_no_parameters(text: str) -> None:
    with pytest.raises(UsageError):
        parse_parameter(text)


@pytest.mark.parametrize(
    "text",
    [
        "${x}" * 200_000,
        "'" + "\\${x}" * 150_000,
        "${" * 400_000,
        "{{" * 400_000,
        "a${x} " * 120_000,
    ],
    ids=["glued", "escaped", "openings", "braces", "names"],
)
def test_pathological_texts_are_bound(text: str) -> None:
    result = bind(text, variables={"x": "1"}, parameters={})
    assert result.origin(len(result.text)) <= len(text)


def test_words_of_commands_get_bare_values() -> None:
    variables = {"out": "a b's", "day": "2024"}
    assert fill("${out}/x-{{day}}.csv", variables) == "a b's/x-2024.csv"
    assert fill("{{other}} $5", variables) == "{{other}} $5"
    with pytest.raises(UsageError, match="dya"):
        fill("${dya}", variables)
