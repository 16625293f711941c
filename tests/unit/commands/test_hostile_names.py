"""A name is never SQL: either it is refused, or it is sent as one quoted name."""

from __future__ import annotations

import contextlib

import pytest
from command_shell import DETAIL, Shell

from lakeshell.errors import LakeshellError
from lakeshell.sql.lexer import significant, tokenize
from lakeshell.sql.statements import split_statements

HOSTILE = [
    "t; DROP TABLE x",
    "t;DROP TABLE x",
    "t -- comment",
    "t /* c */",
    "t VERSION AS OF 1",
    "t WHERE 1=1",
    "t UNION SELECT * FROM secrets",
    "(SELECT 1)",
    "a b",
    "t'",
    't"',
    "`t",
    "t`",
    "`a`b`",
    "",
    " ",
    ".",
    "a.",
    ".a",
    "a..b",
    "`a`; DROP TABLE `x`",
    "a\nDROP TABLE x",
    "range(10)",
    "t@v1",
    "t,u",
    "\x00",
    "a\x1b[2Jb",
    "IDENTIFIER('t')",
    ":t",
    "${t}",
    "$$t$$",
]
QUOTED = ["`t; DROP TABLE x`", "`a``; DROP TABLE x; --`", "`'`", "s.`a b`", "delta.`/mnt/a;b'c`"]
# Command lines, with None where the name stands.
COMMANDS: list[tuple[str | None, ...]] = [
    ("history", "--", None),
    ("detail", "--", None),
    ("files", "--", None),
    ("describe", "--", None),
    ("ddl", "--", None),
    ("preview", "--", None),
    ("diff", "--", None, "1"),
    ("optimize", "--", None),
    ("vacuum", "--", None),
    ("restore", "--version", "1", "--", None),
    ("tables", "--", None),
]


def call(shell: Shell, command: tuple[str | None, ...], name: str) -> None:
    shell.words(*[name if word is None else word for word in command])


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c[0])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_text_that_is_no_name_sends_nothing(
    shell: Shell, command: tuple[str | None, ...], name: str
) -> None:
    with pytest.raises(LakeshellError):
        call(shell, command, name)
    assert shell.session.sent == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c[0])
@pytest.mark.parametrize("name", QUOTED)
def test_a_quoted_name_stays_one_name(
    shell: Shell, command: tuple[str | None, ...], name: str
) -> None:
    shell.session.on("DESCRIBE DETAIL", [DETAIL])
    # The session that knows nothing gives out of what comes later.
    with contextlib.suppress(LakeshellError, ValueError, IndexError):
        call(shell, command, name)
    assert shell.session.sent
    for sql in shell.session.sent:
        assert len(split_statements(sql)) == 1, sql
        words = {token.text.upper() for token in significant(tokenize(sql))}
        assert "DROP" not in words, sql
        assert ";" not in words, sql


@pytest.mark.parametrize(
    "columns", ["id, (SELECT 1)", "a b", "a;b", "id) WHERE (1=1", "`a"], ids=repr
)
@pytest.mark.parametrize("command", ["optimize t --zorder", "diff t 1 2 --key"])
def test_columns_are_names_as_well(shell: Shell, command: str, columns: str) -> None:
    shell.session.on("DESCRIBE DETAIL", [DETAIL])
    with pytest.raises(LakeshellError):
        shell.words(*command.split(), columns)
    assert not [sql for sql in shell.session.sent if "OPTIMIZE" in sql or "count(" in sql]


@pytest.mark.parametrize("predicate", ["1=1; DROP TABLE x", "", ";", "a = 1;"])
def test_a_predicate_is_one_expression(shell: Shell, predicate: str) -> None:
    shell.session.on("DESCRIBE DETAIL", [DETAIL])
    if predicate:
        with pytest.raises(LakeshellError, match="predicate"):
            shell.words("optimize", "t", "--where", predicate)
        assert not [sql for sql in shell.session.sent if "OPTIMIZE" in sql]


@pytest.mark.parametrize("key", ["spark.x; DROP TABLE t", "spark.x y", "spark.`a`", "spark."])
def test_settings_have_plain_names(shell: Shell, key: str) -> None:
    with pytest.raises(LakeshellError):
        shell.words("set", key, "1")
    assert shell.session.sent == []


def test_a_setting_with_a_hostile_value_stays_one_statement(shell: Shell) -> None:
    shell.words("set", "spark.x", "1; DROP TABLE t")
    assert shell.session.sent == ["SET `spark.x`=`1; DROP TABLE t`"]
