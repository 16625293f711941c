"""lakeshell's own Java classes: compiled once, by the pinned compiler."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from lakeshell.engine import own_classes
from lakeshell.engine.jars import cache_folder, cached_jars, compiler_jar, pyspark_jars
from lakeshell.engine.java import find_java
from lakeshell.errors import ServerError

CACHE = cache_folder(os.environ.get("LAKESHELL_JARS"))


def made(cache: Path) -> Path:
    libraries = [*pyspark_jars(), *cached_jars(CACHE)]
    return own_classes.own_classes(cache, find_java(), libraries, compiler_jar(CACHE))


def test_they_are_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jar = made(tmp_path)
    names = zipfile.ZipFile(jar).namelist()
    assert {"lakeshell/CloudFileSystem.class", "lakeshell/CloudFs.class"} <= set(names)
    monkeypatch.setattr(own_classes, "_compile", None)
    assert made(tmp_path) == jar
    assert [path.name for path in jar.parent.iterdir()] == [jar.name]


def test_the_compiler_is_on_no_class_path() -> None:
    assert compiler_jar(CACHE) not in cached_jars(CACHE)
    assert compiler_jar(CACHE).is_file()


def test_what_cannot_be_compiled_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "Wrong.java"
    source.write_text("class Wrong { int one = nothing; }")
    monkeypatch.setattr(own_classes, "_FOLDER", tmp_path)
    with pytest.raises(ServerError, match=r"could not be compiled(.|\n)*nothing"):
        made(tmp_path / "cache")
    assert list((tmp_path / "cache" / "classes").iterdir()) == []


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(ServerError, match="cannot be written"):
        made(tmp_path / "cache")
