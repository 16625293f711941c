"""Values of `${password}` are not repeated when Spark quotes what it was sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_shell import FakeSession, Shell

from lakeshell.errors import CommandError, LakeshellError, StatementError
from lakeshell.home import Home


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (
            StatementError("near 'it\\'s secret' of me", detail="x it's secret"),
            "near '********' of me",
        ),
        (CommandError("no it's secret, no"), "no ********, no"),
    ],
)
def test_errors(tmp_path: Path, error: LakeshellError, shown: str) -> None:
    session = FakeSession()
    session.on("CREATE", error)
    shell = Shell(Home(tmp_path / "home").create(), tmp_path, session)
    shell.variables = {"password": "it's secret", "user": "me"}
    with pytest.raises(type(error)) as raised:
        shell.run("CREATE TABLE t USING jdbc OPTIONS (user '${user}', password '${password}')")
    assert "it\\'s secret" in session.sent[0]
    assert str(raised.value) == raised.value.message == shown
    assert "secret" not in (getattr(raised.value, "detail", None) or "")


def test_errors_of_commands(tmp_path: Path) -> None:
    session = FakeSession()
    session.on("EXPLAIN", StatementError("near 'hunter2' it is"))
    shell = Shell(Home(tmp_path / "home").create(), tmp_path, session)
    shell.variables = {"password": "hunter2"}
    with pytest.raises(StatementError) as raised:
        shell.run("%explain SELECT '${password}'")
    assert raised.value.message == "near '********' it is"
    with pytest.raises(LakeshellError) as other:
        shell.run("%jars remove ${password}")
    assert "hunter2" not in str(other.value)


def test_set_lists_no_password(tmp_path: Path) -> None:
    shell = Shell(Home(tmp_path / "home").create(), tmp_path, FakeSession())
    shell.variables = {"password": "it's secret", "user": "me"}
    shell.run("%set")
    values = {row["name"]: row["value"] for row in shell.rows}
    assert (values["password"], values["user"]) == ("********", "me")
    shell.run("%set password")
    assert shell.rows[0]["value"] == "********"
