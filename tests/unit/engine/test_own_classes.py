"""lakeshell's own Java classes: compiled once, by what pyspark brings."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from lakeshell.engine import own_classes
from lakeshell.engine.jars import pyspark_jars
from lakeshell.engine.java import find_java
from lakeshell.errors import ServerError


def test_they_are_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    java, jars = find_java(), pyspark_jars()
    made = own_classes.own_classes(tmp_path, java, jars)
    assert zipfile.ZipFile(made).namelist() == [
        "lakeshell/CloudFileSystem.class", "lakeshell/CloudFs.class",
    ]  # fmt: skip
    monkeypatch.setattr(own_classes, "_compile", None)
    assert own_classes.own_classes(tmp_path, java, jars) == made
    assert [path.name for path in made.parent.iterdir()] == [made.name]


def test_what_cannot_be_compiled_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "Wrong.java"
    source.write_text("class Wrong { int one = nothing; }")
    monkeypatch.setattr(own_classes, "_SOURCES", (source,))
    with pytest.raises(ServerError, match=r"could not be compiled.*nothing"):
        own_classes.own_classes(tmp_path / "cache", find_java(), pyspark_jars())


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(ServerError, match="cannot be written"):
        own_classes.own_classes(tmp_path / "cache", find_java(), pyspark_jars())
