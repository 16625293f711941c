"""Options of Auto Loader that mean nothing here: told once, and the same in Python and in Java."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import lakeshell
from lakeshell.session.python_api.auto_loader import (
    WITHOUT_MEANING_HERE,
    ignored_options,
    tell_ignored_options,
)

JAVA = Path(lakeshell.__file__).parent / "engine/java/lakeshell/autoloader/OptionNames.java"


def test_java_accepts_the_same() -> None:
    listed = re.search(r"WITHOUT_MEANING_HERE =\s*List.of\((.*?)\);", JAVA.read_text(), re.DOTALL)
    assert listed is not None
    assert tuple(re.findall(r'"(.*?)"', listed[1])) == WITHOUT_MEANING_HERE


def test_names_in_any_case_and_resource_tags() -> None:
    options = [
        "CLOUDFILES.USENOTIFICATIONS",
        "cloudFiles.resourceTag.a",
        "cloudFiles.resourceTag.b",
    ]
    assert ignored_options(options) == ["cloudFiles.resourceTag", "cloudFiles.useNotifications"]
    assert ignored_options(["cloudFiles.format", "region", "cleanSource"]) == []


def test_a_reader_tells_each_once(monkeypatch: Any) -> None:
    from pyspark.sql.connect.streaming.readwriter import DataStreamReader

    class Session:
        """What a reader holds of its session."""

    monkeypatch.setattr(DataStreamReader, "_df", lambda self, plan: "frame")
    monkeypatch.setattr(DataStreamReader, "load", DataStreamReader.load)
    session: Any = Session()
    said: list[str] = []
    tell_ignored_options(session, said.append)
    tell_ignored_options(session, said.append)
    for _ in range(2):
        reader = DataStreamReader(session).format("cloudFiles")
        reader = reader.option("cloudFiles.format", "json").option("cloudFiles.region", "eu")
        assert reader.options(**{"cloudFiles.cleanSource": "OFF"}).load("/mnt/x") == "frame"
    assert said == ["Auto Loader ignores here: cloudFiles.cleanSource, cloudFiles.region."]
