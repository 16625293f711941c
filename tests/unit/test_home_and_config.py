"""Finding a home, trusting it, and reading its settings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lakeshell.config import load_config
from lakeshell.endpoint import Endpoint, read_endpoint
from lakeshell.errors import ConfigError, UsageError
from lakeshell.home import Home, locate_home, trust
from lakeshell.locks import FileLock, is_locked


@pytest.fixture(autouse=True)
def own_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the real user's folders."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("LAKESHELL_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.delenv("LAKESHELL_HOME", raising=False)
    for name in list(os.environ):
        if name.startswith("LAKESHELL_") and name not in ("LAKESHELL_CONFIG_DIR",):
            monkeypatch.delenv(name)


def test_the_home_is_the_named_one_then_the_nearest_then_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project"
    deep = project / "a" / "b"
    deep.mkdir(parents=True)
    assert locate_home(cwd=deep).root == tmp_path / "data" / "lakeshell" / "home"
    (project / ".lakeshell").mkdir()
    found = locate_home(cwd=deep)
    assert (found.root, found.discovered) == (project / ".lakeshell", True)
    monkeypatch.setenv("LAKESHELL_HOME", str(tmp_path / "env"))
    assert locate_home(cwd=deep).root == tmp_path / "env"
    assert locate_home(tmp_path / "flag", cwd=deep).root == tmp_path / "flag"


def test_a_found_home_counts_only_once_trusted(tmp_path: Path) -> None:
    folder = tmp_path / "cloned" / ".lakeshell"
    folder.mkdir(parents=True)
    (folder / "lakeshell.toml").write_text('[server]\njava = "./evil"\n', encoding="utf-8")
    home = locate_home(cwd=tmp_path / "cloned")
    assert not home.trusted
    assert load_config(home).server.java is None
    trust(home)
    again = locate_home(cwd=tmp_path / "cloned")
    assert again.trusted
    assert load_config(again).server.java == "./evil"


def test_a_home_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    assert home.root.stat().st_mode & 0o077 == 0


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be written"):
        Home(tmp_path / "file").create()


@pytest.mark.parametrize("name", ["a;b", "a\nb", "a*b", "{a}"])
def test_characters_that_spark_cannot_use_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="character"):
        locate_home(tmp_path / name)


def test_settings_of_the_home_win_over_the_users(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "lakeshell.toml").write_text(
        "[shell]\nlimit = 5\nedit_mode = 'vi'\n[variables]\nenv = 'dev'\n", encoding="utf-8"
    )
    home = Home(tmp_path / "home").create()
    home.settings_file.write_text(
        "[shell]\nlimit = 7\n[server]\nspark = { 'spark.x' = true }\n", encoding="utf-8"
    )
    config = load_config(home)
    assert (config.shell.limit, config.shell.edit_mode) == (7, "vi")
    assert config.server.spark == {"spark.x": "true"}
    assert config.variables == {"env": "dev"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[shel]\nlimit = 1", "no section [shel]"),
        ("[shell]\nlimt = 1", "no setting 'limt'"),
        ("[shell]\nlimit = 'many'", "limit = 'many' is not a int"),
        ("[shell]\npager = 3", "pager = 3 is not a bool"),
        ("[shell", "not valid TOML"),
        ("shell = 1", "must be a section"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file(tmp_path: Path, text: str, words: str) -> None:
    home = Home(tmp_path / "home").create()
    home.settings_file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(home)
    assert words in caught.value.message
    assert str(home.settings_file) in caught.value.message


def test_the_environment_wins_over_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path / "home").create()
    home.settings_file.write_text("[shell]\nformat = 'csv'\n", encoding="utf-8")
    monkeypatch.setenv("LAKESHELL_FORMAT", "json")
    assert load_config(home).shell.format == "json"


def test_a_lock_ends_with_its_process_and_lives_on_in_a_child(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    lock = FileLock(path)
    assert lock.acquire()
    assert not FileLock(path).acquire()
    assert is_locked(path)
    child = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(30)"], pass_fds=(lock.fd,)
    )
    lock.release()
    assert is_locked(path)
    child.kill()
    child.wait()
    assert not is_locked(path)
    assert not is_locked(tmp_path / "absent")


def test_an_endpoint_without_its_lock_is_stale(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    endpoint = Endpoint(1, 2, 3, 4, "secret", "0", 0.0)
    endpoint.write(home)
    assert home.server_json.stat().st_mode & 0o777 == 0o600
    assert read_endpoint(home) is None
    with FileLock(home.supervisor_lock) as lock:
        assert lock.acquire()
        assert read_endpoint(home) == endpoint
        home.server_json.write_text("{broken", encoding="utf-8")
        assert read_endpoint(home) is None
