"""How a command's line is read."""

from __future__ import annotations

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakeshell.commands.words import TextCommand, VerbatimCommand, joined, plain_words, split_words
from lakeshell.errors import UsageError


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", []),
        (" a  b ", ["a", "b"]),
        ("'a b' c", ["a b", "c"]),
        ('"a \\"b\\" c"', ['a "b" c']),
        ("a\\ b", ["a b"]),
        ("`odd name`.`t``x`", ["`odd name`.`t``x`"]),
        ("delta.`/mnt/a b` --limit 3", ["delta.`/mnt/a b`", "--limit", "3"]),
        ("--where \"day > '2024'\"", ["--where", "day > '2024'"]),
        ("name=''", ["name="]),
        ("''", [""]),
    ],
)
def test_words(line: str, words: list[str]) -> None:
    assert plain_words(line) == words


@pytest.mark.parametrize("line", ["'a", 'x "b c', "`t"])
def test_an_open_quote_is_refused(line: str) -> None:
    with pytest.raises(UsageError, match="not closed"):
        plain_words(line)


@given(st.text(alphabet="ab '\"`\\\n-", max_size=40))
def test_words_lie_where_they_say(line: str) -> None:
    at = 0
    for word in split_words(line):
        assert line[at : word.start].strip() == ""
        assert word.end > word.start
        at = word.end
    assert line[at:].strip() == ""


@click.command("draw", cls=TextCommand)
@click.argument("kind")
@click.argument("query", nargs=-1)
@click.option("--x")
@click.option("-n", "--number")
@click.option("--flag", is_flag=True)
def draw() -> None:
    """Only its parameters matter."""


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("bar t", ["bar", "--", "t"]),
        ("bar SELECT 'a b', \"c\" FROM `t x`", ["bar", "--", "SELECT 'a b', \"c\" FROM `t x`"]),
        ("bar SELECT 1 --x day", ["bar", "--x", "day", "--", "SELECT 1"]),
        ("--x=day bar SELECT 1", ["--x=day", "bar", "--", "SELECT 1"]),
        ("bar SELECT 1 --flag -- c", ["bar", "--flag", "--", "SELECT 1        -- c"]),
        ("bar SELECT '--x day'", ["bar", "--", "SELECT '--x day'"]),
        ("bar SELECT 5 -n", ["bar", "--", "SELECT 5 -n"]),
        ("bar SELECT 1 -- a comment", ["bar", "--", "SELECT 1 -- a comment"]),
        ("bar SELECT it's", ["bar", "--", "SELECT it's"]),
        ("bar", ["bar"]),
        ("bar --help", ["bar", "--help"]),
    ],
)
def test_sql_is_taken_as_written(line: str, words: list[str]) -> None:
    assert draw.split(line) == words  # type: ignore[attr-defined]


@click.command("sh", cls=VerbatimCommand)
@click.argument("command", nargs=-1)
def sh() -> None:
    """Only its parameters matter."""


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (" echo \"a\"  'b' $x", ["--", " echo \"a\"  'b' $x"]),
        (" --help", ["--help"]),
        ("\nls\nls -l", ["--", "ls\nls -l"]),
        ("", []),
    ],
)
def test_foreign_text_is_not_read_at_all(line: str, words: list[str]) -> None:
    assert sh.split(line) == words  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("SELECT 1",), "SELECT 1"),
        (("SELECT", "1"), "SELECT 1"),
        (('"SELECT 1"',), "SELECT 1"),
        (("'SELECT 1'",), "SELECT 1"),
        (("SELECT 'a'",), "SELECT 'a'"),
        (("`a b`",), "`a b`"),
    ],
)
def test_text_quoted_as_a_whole_is_meant_without(words: tuple[str, ...], text: str) -> None:
    assert joined(words) == text
