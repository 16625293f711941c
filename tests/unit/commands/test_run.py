"""%run without Spark: which file, with which values, and what is told when it fails."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_shell import FakeSession, Shell

from lakeshell.errors import Position, StatementError, UsageError
from lakeshell.home import Home
from lakeshell.session.result import Failed


@pytest.fixture
def session() -> FakeSession:
    return FakeSession(answers=[("nowhere", StatementError("No such table."))])


@pytest.fixture
def shell(tmp_path: Path, session: FakeSession) -> Shell:
    return Shell(Home(tmp_path / "home").create(), tmp_path, session)


def test_values_hold_while_the_other_runs(
    shell: Shell, session: FakeSession, tmp_path: Path
) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "a.sql").write_text("SELECT :x, '${x}';\n%run ./b\n", encoding="utf-8")
    (tmp_path / "lib" / "b.sql").write_text("SELECT getArgument('x')", encoding="utf-8")
    shell.run('%run ./lib/a $x="it\'s 5"')
    assert session.sent == ["SELECT 'it\\'s 5', 'it\\'s 5'", "SELECT 'it\\'s 5'"]
    with pytest.raises(StatementError, match=r"\$\{x\} has no value"):
        shell.run("SELECT '${x}'")


def test_a_failure_is_told_once_and_at_its_place(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("SELECT 1;\n\nSELECT * FROM nowhere", encoding="utf-8")
    with pytest.raises(StatementError) as failed:
        shell.run("SELECT 0;\n%run a")
    assert (failed.value.source, failed.value.position) == ("a.sql", Position(3, 1))
    assert [event.error for event in shell.events if isinstance(event, Failed)] == [failed.value]


def test_a_failure_that_is_passed_over_is_remembered(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("SELECT * FROM nowhere;\nSELECT 2", encoding="utf-8")
    shell.interpreter.options.keep_going = True
    shell.interpreter.run_words(["run", str(tmp_path / "a.sql")])
    assert not shell.interpreter.all_fine


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("%run ./absent", "no notebook ./absent"),
        ("%run", "Missing argument"),
        ("%run ./a x=1", "no argument of a notebook"),
        ("%run ./a -p x", "NAME=VALUE"),
        ("%run ./a --output out.pdf", ".ipynb or .html"),
    ],
)
def test_refusals(shell: Shell, session: FakeSession, tmp_path: Path, line: str, word: str) -> None:
    (tmp_path / "a.sql").write_text("SELECT 1", encoding="utf-8")
    with pytest.raises(UsageError, match=word):
        shell.run(line)
    assert session.sent == []


@pytest.mark.parametrize(("magic", "language"), [("%scala", "Scala"), ("%r", "R")])
def test_other_languages_are_refused_at_their_place(
    shell: Shell, magic: str, language: str
) -> None:
    with pytest.raises(StatementError, match=f"{language} cells do not run here.") as refused:
        shell.run(f"-- Databricks notebook source\n-- MAGIC {magic}\n-- MAGIC x <- 1")
    assert (refused.value.source, refused.value.position) == ("test.sql", Position(2, 10))


def test_what_sets_up_ipython_is_passed_over(shell: Shell, session: FakeSession) -> None:
    shell.run("%matplotlib inline\nSELECT 1")
    assert session.sent == ["SELECT 1"]
    assert "no effect" in shell.notices
