"""Reading a statement word by word."""

from __future__ import annotations

import pytest

from lakeshell.dialect.reader import Reader
from lakeshell.errors import StatementError


def test_words_names_and_texts() -> None:
    reader = Reader("CREATE /* so */ THING IF NOT EXISTS a.`b ``c`.d 'x' \"y\" (f(1), 2) rest ;")
    assert not reader.words("CREATE", "TABLE")
    assert reader.words("CREATE", "THING")
    assert reader.if_not_exists()
    assert reader.need_name() == ("a", "b `c", "d")
    assert reader.string() == "xy"
    assert reader.group() == "f(1), 2"
    assert not reader.is_over
    assert reader.rest() == "rest"
    assert reader.is_over


def test_options() -> None:
    reader = Reader("('header' = 'true', a.b -5, mergeSchema TRUE) x")
    assert reader.options() == {"header": "true", "a.b": "-5", "mergeSchema": "TRUE"}
    assert reader.options() is None
    assert reader.words("X")


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        (r"'a\nb\'c'", "a\nb'c"),
        ("'it''s'", "it's"),
        (r'"\u00e4\101"', "äA"),
        (r"r'\n'", r"\n"),
        ("$$a'b$$", "a'b"),
        ("$t$a$$b$t$", "a$$b"),
        (r"'50\%'", r"50\%"),
    ],
)
def test_literals_mean_what_they_mean_to_spark(literal: str, value: str) -> None:
    assert Reader(literal).string() == value


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("COPY t", 6, "INTO is expected where there is 't'"),
        ("COPY", 5, "INTO is expected where the statement ends"),
    ],
)
def test_what_is_missing_is_said_at_its_place(text: str, column: int, words: str) -> None:
    reader = Reader(text)
    assert reader.words("COPY")
    with pytest.raises(StatementError) as raised:
        reader.need_words("INTO")
    assert words in raised.value.message
    assert raised.value.position is not None
    assert raised.value.position.column == column


def test_a_parenthesis_that_is_never_closed() -> None:
    with pytest.raises(StatementError):
        Reader("(a, (b)").group()
