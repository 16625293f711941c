"""%set, %unset, %timing."""

from __future__ import annotations

import pytest
from command_shell import Shell

from lakeshell.errors import CommandError, StatementError, UsageError


@pytest.mark.parametrize(
    ("line", "option", "value"),
    [
        ("%set limit 50", "limit", 50),
        ("%set limit=0", "limit", 0),
        ("%set limit = 7", "limit", 7),
        ("%set format csv", "format", "csv"),
        ("%set timing off", "timing", False),
        ("%set pager no", "pager", False),
        ("%set echo on", "echo", True),
        ("%set timeout 1.5", "timeout", 1.5),
        ("%set timeout off", "timeout", None),
        ("%set edit_mode vi", "edit_mode", "vi"),
        ("%set confirm_destructive true", "confirm_destructive", True),
    ],
)
def test_options(shell: Shell, line: str, option: str, value: object) -> None:
    shell.run(line)
    assert getattr(shell.options, option) == value
    assert shell.session.sent == []


@pytest.mark.parametrize(
    "line",
    [
        "%set limit -1",
        "%set limit many",
        "%set format nope",
        "%set timing maybe",
        "%set timeout -1",
        "%set timeout nan",
        "%set timeout soon",
        "%set edit_mode ed",
        "%set limit=",
        "%set 1x 2",
        "%set a-b 2",
    ],
)
def test_what_makes_no_sense_is_refused(shell: Shell, line: str) -> None:
    before = vars(shell.options).copy()
    with pytest.raises(UsageError):
        shell.run(line)
    assert vars(shell.options) == before
    assert shell.interpreter.variables == {}


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("%set region north", "north"),
        ("%set region=north", "north"),
        ("%set region = north", "north"),
        ("%set region 'new york'", "new york"),
        ("%set region new york", "new york"),
        ("%set region a=b", "a=b"),
        ("%set region=", ""),
        ("%set region ''", ""),
    ],
)
def test_variables(shell: Shell, line: str, value: str) -> None:
    shell.run(line)
    assert shell.interpreter.variables == {"region": value}


def test_a_variable_is_seen_by_statements_and_forgotten(shell: Shell) -> None:
    shell.run("%set region north\nSELECT '${region}';\n%unset region")
    assert shell.session.sent == ["SELECT 'north'"]
    with pytest.raises(StatementError, match="region"):
        shell.run("SELECT '${region}';")


def test_a_name_near_an_option_is_remarked(shell: Shell) -> None:
    shell.run("%set limti 5")
    assert "limit" in shell.notices


def test_listing_names_every_option_and_variable(shell: Shell) -> None:
    shell.run("%set region north\n%set")
    listed = {row["name"]: (row["value"], row["kind"]) for row in shell.rows}
    assert listed["limit"] == ("1000", "option")
    assert listed["timeout"] == ("off", "option")
    assert listed["region"] == ("north", "variable")
    assert set(vars(shell.options)) - {"keep_going"} <= set(listed)


def test_spark_settings_go_to_spark(shell: Shell) -> None:
    shell.run("%set spark.sql.ansi.enabled=false\n%unset spark.sql.ansi.enabled")
    assert shell.session.sent == [
        "SET `spark.sql.ansi.enabled`=`false`",
        "RESET `spark.sql.ansi.enabled`",
    ]


def test_spark_refuses_a_value_in_one_sentence(shell: Shell) -> None:
    shell.session.on("SET", StatementError("It should be an int.", error_class="INVALID"))
    with pytest.raises(CommandError, match="should be an int"):
        shell.run("%set spark.sql.shuffle.partitions=x")


def test_unset_puts_an_option_back(shell: Shell) -> None:
    shell.run("%set limit 5\n%unset limit")
    assert shell.options.limit == 1000


@pytest.mark.parametrize("line", ["%set nothing", "%unset nothing"])
def test_unknown_names_are_told(shell: Shell, line: str) -> None:
    with pytest.raises(UsageError, match="nothing"):
        shell.run(line)


def test_timing_switches(shell: Shell) -> None:
    shell.run("%timing")
    assert shell.options.timing is False
    shell.run("%timing on")
    assert shell.options.timing is True
