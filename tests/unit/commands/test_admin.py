"""%doctor, %init, %demo and logs, as far as no server is needed."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_shell import Shell

from lakeshell.commands.admin import demo_folder, last_lines
from lakeshell.commands.doctor import satisfies
from lakeshell.config import Config, JarSettings, ServerSettings
from lakeshell.errors import CommandError, UsageError
from lakeshell.home import Home


@pytest.mark.parametrize(
    ("version", "constraint", "fine"),
    [
        ("4.2.0", "==4.2.0", True),
        ("4.2", "==4.2.0", True),
        ("4.2.1", "==4.2.0", False),
        ("21.0.8.2", "==21.*", True),
        ("22.0", "==21.*", False),
        ("2.3.1", "<3", True),
        ("3.0", "<3", False),
        ("17", ">=17", True),
        ("8.1.7", ">=8.1,<9", True),
        ("9.0", ">=8.1,<9", False),
        ("1.0", "!=1.0", False),
        ("1.4.2", "~=1.3", True),
        ("2.0", "~=1.3", False),
        ("1.0", "", True),
    ],
)
def test_versions(version: str, constraint: str, fine: bool) -> None:
    assert satisfies(version, constraint) is fine


def test_doctor_finds_missing_jars_and_makes_nothing(shell: Shell, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    shell.config = Config(jars=JarSettings(cache=str(cache)))
    with pytest.raises(CommandError, match="wrong"):
        shell.words("doctor")
    assert "wrong  jars" in shell.text
    assert "→ lakeshell setup" in shell.text
    assert not cache.exists()
    assert shell.session.sent == []


def test_doctor_names_a_port_that_is_taken(shell: Shell) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        shell.config = Config(server=ServerSettings(connect_port=port))
        with pytest.raises(CommandError):
            shell.words("doctor")
    assert f"wrong  ports     {port}" in shell.text
    assert "connect_port" in shell.text


def test_doctor_says_when_java_is_wrong(shell: Shell) -> None:
    shell.config = Config(server=ServerSettings(java="/nowhere"))
    with pytest.raises(CommandError):
        shell.words("doctor")
    assert "wrong  java      There is no Java at /nowhere." in shell.text


def test_doctor_names_a_broken_plugin(shell: Shell) -> None:
    (shell.home.plugins / "bad.py").write_text("1/0\n")
    with pytest.raises(CommandError):
        shell.words("doctor")
    assert "bad: ZeroDivisionError" in shell.text


def test_plugins_are_listed_with_what_is_wrong(shell: Shell) -> None:
    (shell.home.plugins / "good.py").write_text('"""Says hello."""\n')
    (shell.home.plugins / "bad.py").write_text("import nosuch\n")
    shell.words("plugins", "list")
    listed = {row["plugin"]: (row["state"], row["about"]) for row in shell.rows}
    assert listed["good"] == ("ok", "Says hello.")
    assert listed["bad"][0] == "broken"
    shell.words("plugins", "info", "good")
    assert "Says hello." in shell.text
    with pytest.raises(UsageError) as refused:
        shell.words("plugins", "info", "goood")
    assert "good" in (refused.value.hint or "")


def test_init_makes_and_trusts(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lakeshell.home._user_data", lambda: shell.folder / "data")
    project = shell.folder / "project"
    project.mkdir()
    shell.words("init", str(project))
    home = Home(project / ".lakeshell", discovered=True)
    assert home.trusted
    assert home.settings_file.is_file()
    home.settings_file.write_text("[shell]\nlimit = 5\n")
    (home.plugins / "p.py").write_text("")
    shell.words("init", str(project))
    assert home.settings_file.read_text() == "[shell]\nlimit = 5\n"
    assert "p.py" in shell.notices
    with pytest.raises(UsageError, match="no folder"):
        shell.words("init", str(shell.folder / "nope"))


def test_the_template_is_valid_settings(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    from lakeshell.config import load_config

    monkeypatch.setattr("lakeshell.home._user_data", lambda: shell.folder / "data")
    shell.words("init", str(shell.folder))
    home = Home(shell.folder / ".lakeshell")
    text = home.settings_file.read_text()
    home.settings_file.write_text(
        "\n".join(line.removeprefix("# ") for line in text.split("\n")[1:])
    )
    assert load_config(home).server.driver_memory == "4g"


def test_demo_data_is_a_whole_copy(shell: Shell) -> None:
    target = shell.folder / "tour"
    shell.words("demo", "data", str(target))
    assert (target / "tour.sql").read_bytes() == (demo_folder() / "tour.sql").read_bytes()
    assert not list(target.rglob("__pycache__"))
    with pytest.raises(CommandError, match="not empty"):
        shell.words("demo", "data", str(target))
    shell.words("demo", "data", str(target), "--overwrite")


def test_status_and_stop_without_a_server(shell: Shell) -> None:
    shell.words("server", "status")
    assert {"server": "state", "value": "not running"} in shell.rows
    shell.words("server", "stop")
    assert "No server runs" in shell.notices


@pytest.mark.parametrize("count", [1, 3, 10_000])
def test_last_lines(tmp_path: Path, count: int) -> None:
    lines = [f"line {number} {'x' * (number % 300)}" for number in range(5_000)]
    log = tmp_path / "log"
    log.write_text("\n".join(lines) + "\n")
    assert last_lines(log, count).split("\n") == lines[-count:]
    assert last_lines(tmp_path / "none", 3) == ""


def test_logs(shell: Shell) -> None:
    shell.words("server", "logs")
    assert "no logs" in shell.notices
    shell.home.jvm_log.write_text("one\ntwo\n")
    shell.words("server", "logs", "-n", "1")
    assert shell.text == f"== {shell.home.jvm_log}\ntwo\n"


def test_help_lists_everything_and_explains(shell: Shell) -> None:
    shell.run("%help")
    for name in shell.interpreter.registry.commands:
        assert f"%{name} " in shell.text
    shell.run("%help fs rm")
    assert "Usage: %fs rm" in shell.text
    with pytest.raises(UsageError) as refused:
        shell.run("%help fs remove")
    assert refused.value.hint
    with pytest.raises(UsageError, match="no command %histroy") as refused:
        shell.run("%help histroy")
    assert "history" in (refused.value.hint or "")
