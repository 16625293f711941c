"""Names and literals: quoted, and read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakeshell.errors import UsageError
from lakeshell.sql.lexer import Kind, tokenize
from lakeshell.sql.names import display_name, parse_name, quote_identifier, quote_name, quote_string


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("t", ("t",)),
        ("main.sales.orders", ("main", "sales", "orders")),
        ("a.`b.c`.d", ("a", "b.c", "d")),
        ("`a``b`", ("a`b",)),
        (" a . b ", ("a", "b")),
        ("delta.`/mnt/x y`", ("delta", "/mnt/x y")),
        ("db.2023_t", ("db", "2023_t")),
        ("größe.表", ("größe", "表")),
    ],
)
def test_names_are_read(text: str, parts: tuple[str, ...]) -> None:
    assert parse_name(text) == parts


@pytest.mark.parametrize(
    "text",
    ["", " ", ".", "a.", ".a", "a..b", "a b", "a-b", "`a", "``", "a;b", "a.'b'", "a--b", "a/**/.b",
     "1.5", "a.b()", "${x}"],
)  # fmt: skip
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_name(text)


def test_names_are_shown_as_a_person_writes_them() -> None:
    assert display_name(("a", "b c", "1d")) == "a.`b c`.`1d`"


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4))
def test_what_was_quoted_is_read_back(parts: list[str]) -> None:
    assert parse_name(quote_name(parts)) == tuple(parts)
    assert parse_name(display_name(parts)) == tuple(parts)


@given(st.text())
def test_quoting_gives_one_closed_token(text: str) -> None:
    for quoted, kind in (
        (quote_string(text), Kind.STRING),
        (quote_identifier(text), Kind.IDENTIFIER),
    ):
        assert [(token.kind, token.closed) for token in tokenize(quoted)] == [(kind, True)]
