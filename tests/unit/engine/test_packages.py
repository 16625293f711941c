"""Packages of jars: coordinates, what is noted of them, and what a file that changed means."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lakeshell.config import Config, JarSettings, load_config
from lakeshell.engine import packages
from lakeshell.engine.java import Java
from lakeshell.engine.packages import (
    Package,
    add_package,
    install_packages,
    package_jars,
    packages_to_fetch,
    parse_package,
    remove_package,
    wanted_packages,
)
from lakeshell.errors import JarsMissing, UsageError
from lakeshell.home import Home

DRIVER = Package("org.db", "driver", "1.0")
JAVA = Java(Path("/java"), 21, "21", "a test")


class Maven:
    """A repository: what fetching `org.db:driver:1.0` brings."""

    def __init__(self) -> None:
        self.files = {"org.db/driver/1.0/driver-1.0.jar": b"driver"}
        self.fetched = 0

    @contextlib.contextmanager
    def retrieved(self, wanted: Any, *, cache: Path, **_: Any) -> Iterator[tuple[Path, str]]:
        self.fetched += 1
        out = cache / "out"
        for name, content in self.files.items():
            (out / name).parent.mkdir(parents=True)
            (out / name).write_bytes(content)
        try:
            yield out, "Server access error at url https://repo"
        finally:
            shutil.rmtree(out)


@pytest.fixture
def maven(monkeypatch: pytest.MonkeyPatch) -> Maven:
    maven = Maven()
    monkeypatch.setattr(packages, "retrieved", maven.retrieved)
    return maven


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").create()


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(jars=JarSettings(cache=str(tmp_path / "cache")))


@pytest.mark.parametrize(
    "text", ["", "a", "a:b", "a:b:c:d", "a::c", "../x:b:1", "a b:c:1", "a:b:1/../2", "-a:b:1"]
)
def test_what_is_no_coordinate(text: str) -> None:
    with pytest.raises(UsageError, match="GROUP:ARTIFACT:VERSION"):
        parse_package(text)


def test_a_package_is_fetched_once_with_what_it_needs_and_without_what_spark_has(
    home: Home, config: Config, maven: Maven
) -> None:
    maven.files["org.other/needed/2/needed-2.jar"] = b"needed"
    maven.files["org.scala-lang/scala-library/2.13.1/scala-library-2.13.1.jar"] = b"Spark's own"
    wanted, jars = add_package(home, config, DRIVER, JAVA)
    assert [jar.name for jar in jars] == ["driver-1.0.jar", "needed-2.jar"]
    assert [jar.read_bytes() for jar in jars] == [b"driver", b"needed"]
    assert wanted_packages(home, config) == [wanted]
    assert package_jars(home, config, JAVA) == jars
    assert maven.fetched == 1


def test_a_file_that_was_damaged_is_fetched_again(home: Home, config: Config, maven: Maven) -> None:
    _, jars = add_package(home, config, DRIVER, JAVA)
    jars[0].write_bytes(b"DRIVER")
    assert packages_to_fetch(home, config) == [DRIVER]
    assert package_jars(home, config, JAVA)[0].read_bytes() == b"driver"


def test_another_file_of_the_same_name_is_refused(
    home: Home, config: Config, maven: Maven, tmp_path: Path
) -> None:
    add_package(home, config, DRIVER, JAVA)
    shutil.rmtree(tmp_path / "cache")
    (tmp_path / "cache").mkdir()
    maven.files["org.db/driver/1.0/driver-1.0.jar"] = b"something else"
    with pytest.raises(JarsMissing, match="not the file that was fetched first") as refused:
        package_jars(home, config, JAVA)
    assert refused.value.hint is not None
    assert remove_package(home, DRIVER)
    assert package_jars(home, config, JAVA) == []
    add_package(home, config, DRIVER, JAVA)  # trusted anew
    assert package_jars(home, config, JAVA)[0].read_bytes() == b"something else"


def test_without_a_network_files_come_from_a_folder(
    home: Home, config: Config, maven: Maven, tmp_path: Path
) -> None:
    maven.files["org.other/needed/2/needed-2.jar"] = b"needed"
    add_package(home, config, DRIVER, JAVA)
    shutil.rmtree(tmp_path / "cache")
    stick = tmp_path / "stick"
    (stick / "a").mkdir(parents=True)
    (stick / "a" / "driver-1.0.jar").write_bytes(b"another driver")
    (stick / "driver-1.0.jar").write_bytes(b"driver")
    with pytest.raises(JarsMissing) as lacking:
        install_packages(home, config, stick)
    assert lacking.value.hint == "Needed: needed-2.jar."
    (stick / "a" / "needed-2.jar").write_bytes(b"needed")
    assert install_packages(home, config, stick) == []
    assert [jar.read_bytes() for jar in package_jars(home, config, JAVA)] == [b"driver", b"needed"]
    assert maven.fetched == 1


def test_one_that_was_never_fetched_comes_alone(
    home: Home, config: Config, maven: Maven, tmp_path: Path
) -> None:
    named = replace(config, jars=replace(config.jars, packages=("org.db:more:2",)))
    with pytest.raises(JarsMissing) as lacking:
        install_packages(home, named, tmp_path)
    assert lacking.value.hint == "Needed: more-2.jar."
    (tmp_path / "more-2.jar").write_bytes(b"more")
    assert install_packages(home, named, tmp_path) == [Package("org.db", "more", "2")]
    assert [jar.name for jar in package_jars(home, named, JAVA)] == ["more-2.jar"]
    assert maven.fetched == 0


def test_one_that_does_not_exist(home: Home, config: Config, maven: Maven) -> None:
    with pytest.raises(JarsMissing, match=r"org\.db:nothing:1 could not be fetched: Server access"):
        add_package(home, config, Package("org.db", "nothing", "1"), JAVA)
    assert wanted_packages(home, config) == []


def test_packages_of_the_settings_and_of_a_home_nobody_trusts(
    home: Home, config: Config, maven: Maven, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("LAKESHELL_CONFIG_DIR", str(tmp_path))
    add_package(home, config, DRIVER, JAVA)
    home.settings_file.write_text('[jars]\npackages = ["org.db:more:2"]\n')
    listed = [(w.package.coordinate, w.origin) for w in wanted_packages(home, load_config(home))]
    assert listed == [("org.db:driver:1.0", "added"), ("org.db:more:2", "lakeshell.toml")]
    found = Home(home.root, discovered=True)
    assert wanted_packages(found, load_config(found)) == []
