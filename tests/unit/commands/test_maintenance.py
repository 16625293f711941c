"""Asking before what cannot be undone, and settings that are put back."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest
from command_shell import DETAIL, Shell

from lakeshell.commands.maintenance import column_list
from lakeshell.errors import CommandError, StatementError, UsageError

CHECK = "spark.databricks.delta.retentionDurationCheck.enabled"
IGNORE = "spark.databricks.delta.vacuum.retentionWindowIgnore.enabled"


@pytest.fixture
def table(shell: Shell) -> Shell:
    shell.session.on("DESCRIBE DETAIL", [DETAIL])
    shell.session.on(f"SET `{CHECK}`$", [{"key": CHECK, "value": "true"}])
    shell.session.on(f"SET `{IGNORE}`$", [{"key": IGNORE, "value": "<undefined>"}])
    shell.session.on("DRY RUN", [{"path": "/mnt/t/a.parquet"}])
    return shell


def vacuums(shell: Shell) -> list[str]:
    return [sql for sql in shell.session.sent if sql.startswith("VACUUM")]


def test_a_script_without_yes_only_looks(table: Shell) -> None:
    table.words("vacuum", "t")
    assert vacuums(table) == ["VACUUM `t` DRY RUN"]
    assert table.rows == [{"path": "/mnt/t/a.parquet", "bytes": None}]
    assert "nothing was deleted" in table.notices


def test_yes_deletes_after_looking(table: Shell) -> None:
    table.words("vacuum", "t", "--yes")
    assert vacuums(table) == ["VACUUM `t` DRY RUN", "VACUUM `t`"]
    assert "1 file deleted" in table.notices


def test_dry_run_wins_over_yes(table: Shell) -> None:
    table.words("vacuum", "t", "--yes", "--dry-run", "--retain", "1")
    assert vacuums(table) == ["VACUUM `t` RETAIN 1 HOURS DRY RUN"]


@pytest.mark.parametrize(("answer", "statements"), [(False, 1), (True, 2)])
def test_a_person_is_asked(table: Shell, answer: bool, statements: int) -> None:
    table.interactive, table.answer = True, answer
    table.words("vacuum", "t")
    assert len(table.questions) == 1
    assert len(vacuums(table)) == statements


def test_nothing_to_delete_is_not_asked_about(shell: Shell) -> None:
    shell.session.on("DESCRIBE DETAIL", [DETAIL])
    shell.session.on("DRY RUN", pa.table({"path": pa.array([], pa.string())}))
    shell.interactive = True
    shell.words("vacuum", "t")
    assert shell.questions == []
    assert "nothing to delete" in shell.notices


def test_a_short_retention_is_refused_before_anything(table: Shell) -> None:
    with pytest.raises(UsageError, match="168"):
        table.words("vacuum", "t", "--retain", "24", "--yes")
    assert vacuums(table) == []


@pytest.mark.parametrize("fails", [False, True])
def test_forcing_holds_for_one_statement(table: Shell, fails: bool) -> None:
    if fails:
        table.session.answers.insert(0, ("HOURS$", StatementError("disk on fire")))
        with pytest.raises(StatementError):
            table.words("vacuum", "t", "--retain", "0.5", "--force-retention", "--yes")
    else:
        table.words("vacuum", "t", "--retain", "0.5", "--force-retention", "--yes")
    sent = table.session.sent
    where = sent.index("VACUUM `t` RETAIN 0.5 HOURS")
    assert f"SET `{CHECK}`=`false`" in sent[:where]
    assert f"SET `{IGNORE}`=`false`" in sent[:where]
    assert sent[where + 1 :] == [f"RESET `{IGNORE}`", f"SET `{CHECK}`=`true`"]


def test_a_long_retention_keeps_the_check(table: Shell) -> None:
    table.words("vacuum", "t", "--retain", "200", "--yes")
    sent = table.session.sent
    last = len(sent) - 1 - sent[::-1].index("VACUUM `t` RETAIN 200 HOURS")
    dry = sent.index("VACUUM `t` RETAIN 200 HOURS DRY RUN")
    assert f"SET `{CHECK}`=`false`" not in sent[dry:last]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (None, []),
        ("a", ["a"]),
        ("a, b", ["a", "b"]),
        ("`a,b`,c", ["a,b", "c"]),
        ("`a``b`", ["a`b"]),
    ],
)
def test_column_lists(text: str | None, names: list[str]) -> None:
    assert column_list(text) == names


@pytest.mark.parametrize("text", ["a.b", "a b", "f(a)", "a; b"])
def test_column_lists_hold_only_names(text: str) -> None:
    with pytest.raises(UsageError):
        column_list(text)


def history(*versions: int) -> list[dict[str, object]]:
    return [
        {
            "version": version,
            "timestamp": dt.datetime(2024, 1, 1 + version, tzinfo=dt.timezone.utc),
            "userId": None,
            "userName": None,
            "operation": "WRITE",
            "operationParameters": None,
            "operationMetrics": None,
        }
        for version in versions
    ]


@pytest.mark.parametrize("arguments", [[], ["--version", "1", "--timestamp", "2024-01-01"]])
def test_restore_wants_one_goal(table: Shell, arguments: list[str]) -> None:
    with pytest.raises(UsageError, match="--version N or --timestamp T"):
        table.words("restore", "t", *arguments)
    assert table.session.sent == []


def test_restore_to_a_version_that_is_gone(table: Shell) -> None:
    table.session.on("DESCRIBE HISTORY", history(5, 4, 3))
    with pytest.raises(CommandError, match="it has 3 to 5"):
        table.words("restore", "t", "--version", "1", "--yes")
    assert not [sql for sql in table.session.sent if "RESTORE" in sql]


def test_restore_to_a_time_before_the_first(table: Shell) -> None:
    table.session.on("DESCRIBE HISTORY", history(1, 0))
    moment = dt.datetime(2023, 1, 1, tzinfo=dt.timezone.utc)
    table.session.on("try_cast", [{"moment": moment}])
    with pytest.raises(CommandError, match="no version as old"):
        table.words("restore", "t", "--timestamp", "2023-01-01", "--yes")


def test_restore_to_no_time_at_all(table: Shell) -> None:
    table.session.on("DESCRIBE HISTORY", history(1, 0))
    table.session.on("try_cast", pa.table({"moment": pa.array([None], pa.timestamp("us", "UTC"))}))
    with pytest.raises(UsageError, match="not a timestamp"):
        table.words("restore", "t", "--timestamp", "when?", "--yes")
