"""Plugins that take over statements which Spark's parser refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_shell import FakeSession, Shell

from lakeshell.errors import CommandError, StatementError
from lakeshell.home import Home
from lakeshell.session.result import Result

PLUGIN = """
import pyarrow as pa
from lakeshell.commands.dialect import DialectHandler
from lakeshell.commands.hookspecs import hookimpl
from lakeshell.session.result import Result

def run(text, context):
    if "nothing" in text:
        raise KeyError("nothing")
    return Result(pa.table({"name": [text.split()[-1]]}))

@hookimpl
def lakeshell_dialect_handlers():
    return [DialectHandler("SHOW SHARE", lambda text: text.lower().startswith("show share"), run)]
"""


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    home = Home(tmp_path / "home").create()
    home.plugins.mkdir(exist_ok=True)
    (home.plugins / "shares.py").write_text(PLUGIN)
    session = FakeSession()
    session.on("(?i)^show", StatementError("no", error_class="PARSE_SYNTAX_ERROR"))
    session.on("(?i)^select", StatementError("no", error_class="UNRESOLVED_COLUMN"))
    return Shell(home, tmp_path, session)


def test_a_refused_statement_is_taken_over(shell: Shell) -> None:
    shell.run("SHOW SHARE retail;")
    results = [event for event in shell.events if isinstance(event, Result)]
    assert [result.table.to_pylist() for result in results if result.table is not None] == [
        [{"name": "retail"}]
    ]


@pytest.mark.parametrize("text", ["SHOW NONSENSE", "select share"])
def test_others_fail_as_spark_said(shell: Shell, text: str) -> None:
    with pytest.raises(StatementError, match="no"):
        shell.run(text)


def test_a_failing_handler_is_named(shell: Shell) -> None:
    with pytest.raises(CommandError, match="SHOW SHARE failed: KeyError"):
        shell.run("SHOW SHARE nothing")
