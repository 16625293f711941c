"""The broker's jars: fetched once, and only those that are what was pinned."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lakeshell.config import Config, JarSettings
from lakeshell.engine import jars as engine_jars
from lakeshell.engine.ivy import file_below
from lakeshell.engine.jars import PINNED as SPARKS
from lakeshell.engine.jars import Jar
from lakeshell.engine.java import Java
from lakeshell.errors import JarsMissing
from lakeshell.kafka import jars

JAVA = Java(Path("/java"), 21, "21", "a test")
CONTENT = b"a broker"
BROKER = Jar("org.k", "broker", "1", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


class Maven:
    def __init__(self) -> None:
        self.content: bytes | None = CONTENT
        self.asked: list[list[str]] = []

    @contextlib.contextmanager
    def retrieved(self, wanted: Any, *, cache: Path, **_: Any) -> Iterator[tuple[Path, str]]:
        self.asked.append([jar.coordinate for jar in wanted])
        out = cache / f"out{len(self.asked)}"
        for jar in wanted:
            if self.content is not None:
                file_below(out, jar).parent.mkdir(parents=True)
                file_below(out, jar).write_bytes(self.content)
        yield out, "Server access error at url https://repo (UnknownHostException)"


@pytest.fixture
def maven(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Maven:
    maven = Maven()
    monkeypatch.setattr(jars, "PINNED", (BROKER,))
    monkeypatch.setattr(engine_jars, "retrieved", maven.retrieved)
    monkeypatch.setattr(jars, "ensure_jars", lambda *_, **__: [Path("/c/kafka-clients-3.9.2.jar"),
                                                               Path("/c/delta.jar")])  # fmt: skip
    return maven


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(jars=JarSettings(cache=str(tmp_path)))


def test_fetched_once_and_put_before_what_spark_has(config: Config, maven: Maven) -> None:
    path = jars.broker_class_path(config, JAVA)
    assert [one.name for one in path[:2]] == ["broker-1.jar", "kafka-clients-3.9.2.jar"]
    assert path[0].read_bytes() == CONTENT
    assert Path("/c/delta.jar") not in path
    assert jars.broker_class_path(config, JAVA) == path
    path[0].write_bytes(b"A BROKER")  # damaged
    assert jars.broker_class_path(config, JAVA)[0].read_bytes() == CONTENT
    assert maven.asked == [["org.k:broker:1"]] * 2


@pytest.mark.parametrize("content", [None, b"a forgery"])
def test_what_cannot_be_had_or_is_another_file_is_named(
    config: Config, maven: Maven, content: bytes | None
) -> None:
    maven.content = content
    with pytest.raises(JarsMissing, match=r"(?s)1 of the 1 jars.*org\.k:broker:1\nServer access"):
        jars.broker_class_path(config, JAVA)


def test_broker_and_clients_are_of_one_version() -> None:
    clients = {jar.version for jar in SPARKS if jar.artifact == "kafka-clients"}
    assert {jar.version for jar in jars.PINNED if jar.group == "org.apache.kafka"} == clients
