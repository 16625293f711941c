"""The tokenizer: which token each character belongs to."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from soak import rounds
from sql_texts import sql_texts

from lakeshell.sql.lexer import Kind, significant, tokenize


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (" \t\r\n", Kind.SPACE),
        ("-- a 'b", Kind.LINE_COMMENT),
        ("-- a \\\n b", Kind.LINE_COMMENT),
        ("/* a /* b */ c */", Kind.BLOCK_COMMENT),
        ("/**/", Kind.BLOCK_COMMENT),
        ("/*+ BROADCAST(t) */", Kind.HINT),
        ("'it''s'", Kind.STRING),
        (r"'it\'s'", Kind.STRING),
        (r"'\\'", Kind.STRING),
        ('"say ""x"" "', Kind.STRING),
        ("r'\\'", Kind.RAW_STRING),
        ('R"a\\"', Kind.RAW_STRING),
        ("`a``b`", Kind.IDENTIFIER),
        ("$$ return ';' $$", Kind.DOLLAR_STRING),
        ("$py$ a $$ b $py$", Kind.DOLLAR_STRING),
        ("1", Kind.NUMBER),
        ("1.5e-3", Kind.NUMBER),
        (".5", Kind.NUMBER),
        ("1.20BD", Kind.NUMBER),
        ("10L", Kind.NUMBER),
        ("2023_sales", Kind.WORD),
        ("größe", Kind.WORD),
        ("表", Kind.WORD),
        ("${a.b}", Kind.VARIABLE),
        ("{{ a }}", Kind.VARIABLE),
        (":name", Kind.PARAMETER),
        (";", Kind.SEMICOLON),
        ("::", Kind.OPERATOR),
        ("<=>", Kind.OPERATOR),
        ("€", Kind.OPERATOR),
    ],
)
def test_one_token(text: str, kind: Kind) -> None:
    assert [(token.kind, token.text, token.closed) for token in tokenize(text)] == [
        (kind, text, True)
    ]


@pytest.mark.parametrize(
    "text",
    ["'a", "'a''", "'a\\", "'a\\'", '"a', "r'a", 'r"a\\', "`a", "`a``", "/* a", "/* /* */", "/*+ a",
     "$$ a", "$x$ a $$"],
)  # fmt: skip
def test_what_is_never_closed_runs_to_the_end(text: str) -> None:
    *_, last = tokenize("SELECT " + text)
    assert last.text == text
    assert not last.closed


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a:b", ["a", ":", "b"]),
        ("a::int", ["a", "::", "int"]),
        ("f(x):y", ["f", "(", "x", ")", ":", "y"]),
        ("= :y", ["=", ":y"]),
        ("STRUCT<a:INT>", ["STRUCT", "<", "a", ":", "INT", ">"]),
        ("t.1a", ["t", ".", "1a"]),
        ("1.a", ["1", ".", "a"]),
        ("x--y\rz", ["x", "z"]),  # a lone carriage return ends a comment, as in Spark
        ("a /* /*+ */ b", ["a", "b"]),  # a hint's opening does not nest in a comment
        ("bar'a'", ["bar", "'a'"]),
    ],
)
def test_several_tokens(text: str, words: list[str]) -> None:
    assert [token.text for token in significant(tokenize(text))] == words


@settings(max_examples=rounds(2000, 400), deadline=None)
@given(sql_texts)
def test_no_character_is_lost(text: str) -> None:
    tokens = tokenize(text)
    assert "".join(token.text for token in tokens) == text
    assert all(text.startswith(token.text, token.start) and token.text for token in tokens)
    assert all(token.closed for token in tokens[:-1])


@pytest.mark.parametrize(
    "text",
    [
        "'" * 1_000_000,
        '"' * 1_000_001,
        "`" * 999_999,
        "'" + "\\" * 1_000_000,
        "/*" * 500_000,
        "1" * 1_000_000 + "_",
        "".join(f"$t{number}$ " for number in range(120_000)),
        "--\\\n" * 250_000,
    ],
    ids=["quotes", "double", "backticks", "backslashes", "comments", "digits", "tags", "lines"],
)
def test_a_megabyte_of_openings(text: str) -> None:
    assert sum(len(token.text) for token in tokenize(text)) == len(text)
