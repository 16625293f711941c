"""%jars, without a network and without a server but for what one would say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from command_shell import Shell

from lakeshell.commands import jars
from lakeshell.engine.packages import Noted, Package, Wanted, wanted_packages
from lakeshell.errors import CommandError, UsageError
from lakeshell.locks import FileLock
from lakeshell.session.jdbc_hints import driver_hint

DRIVER = "org.postgresql:postgresql:42.7.4"


class Server:
    """What runs there, and whether it was stopped."""

    def __init__(self) -> None:
        self.status_: dict[str, int] = {"streams": 0, "jobs": 0}
        self.stopped = 0

    def status(self) -> dict[str, int]:
        return self.status_

    def stop(self, home: Any) -> bool:
        self.stopped += 1
        return True


@pytest.fixture
def server(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Any:
    server = Server()
    monkeypatch.setattr(jars, "read_endpoint", lambda home: "endpoint")
    monkeypatch.setattr(jars, "ControlClient", lambda endpoint: server)
    monkeypatch.setattr(jars, "stop_server", server.stop)
    monkeypatch.setattr(jars, "find_java", lambda named: None)

    def add(home: Any, config: Any, package: Package, java: Any) -> tuple[Wanted, list[Path]]:
        from lakeshell.engine.packages import _read, _write

        record = _read(home)
        record["added"].append(package.coordinate)
        record["files"][package.coordinate] = [["x-1.jar", 5, "00"]]
        _write(home, record)
        return Wanted(package, "added", (Noted("x-1.jar", 5, "00"),)), [Path("x-1.jar")]

    monkeypatch.setattr(jars, "add_package", add)
    with FileLock(shell.home.supervisor_lock) as lock:
        assert lock.acquire()
        yield server


def test_added_listed_and_removed_each_with_a_restart(shell: Shell, server: Server) -> None:
    shell.words("jars", "add", DRIVER)
    assert f"Added {DRIVER}: x-1.jar." in shell.notices
    assert "The server was stopped; the next statement starts it anew." in shell.notices
    shell.words("jars", "list")
    assert shell.rows == [
        {"package": DRIVER, "from": "added", "file": "x-1.jar", "size": 5, "sha256": "00"}
    ]
    shell.words("jars", "add", DRIVER)
    assert "is there already (added)" in shell.notices
    assert server.stopped == 1
    with pytest.raises(CommandError, match="in another version"):
        shell.words("jars", "add", "org.postgresql:postgresql:42.7.5")
    shell.words("jars", "remove", "org.postgresql:postgresql")
    assert server.stopped == 2
    assert wanted_packages(shell.home, shell.config) == []
    with pytest.raises(UsageError, match="was not added"):
        shell.words("jars", "remove", "org.postgresql:postgresql")


@pytest.mark.parametrize("what", ["streams", "jobs"])
def test_what_runs_is_not_ended_without_being_told(shell: Shell, server: Server, what: str) -> None:
    server.status_[what] = 2
    with pytest.raises(UsageError, match=f"2 {what}"):
        shell.words("jars", "add", DRIVER)
    assert wanted_packages(shell.home, shell.config) == []
    shell.words("jars", "add", DRIVER, "--yes")
    assert server.stopped == 1


def test_a_person_is_asked(shell: Shell, server: Server) -> None:
    shell.interactive = True
    shell.words("jars", "add", DRIVER)
    assert "temporary views" in shell.questions[0]
    assert (server.stopped, wanted_packages(shell.home, shell.config)) == (0, [])
    shell.answer = True
    shell.words("jars", "add", DRIVER)
    assert server.stopped == 1


@pytest.mark.parametrize(
    ("message", "statement", "package"),
    [
        ("No suitable driver", "OPTIONS (url 'jdbc:mysql://h/d')", "com.mysql:mysql-connector-j"),
        (
            "java.lang.ClassNotFoundException: org.postgresql.Driver",
            "",
            "org.postgresql:postgresql",
        ),
        ("No suitable driver", "OPTIONS (url 'jdbc:odd://h/d')", "GROUP:ARTIFACT:VERSION"),
    ],
)
def test_a_missing_driver_is_named(message: str, statement: str, package: str) -> None:
    hint = driver_hint(message, statement)
    assert hint is not None
    assert package in hint


def test_other_errors_are_not_about_drivers() -> None:
    assert driver_hint("Connection refused", "OPTIONS (url 'jdbc:mysql://h/d')") is None
