"""Folders that change while they are being read, or just before they are looked at."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lakeshell.home import Home
from lakeshell.tui.panes import catalog_folders
from lakeshell.tui.panes.catalog_folders import Entry, Folders
from lakeshell.tui.panes.catalog_watch import LakeWatch


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "did not happen"
        time.sleep(0.005)


def test_a_folder_that_changes_before_the_first_look_at_it_has_changed(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    told = threading.Event()
    watch = LakeWatch(home, lambda: None, told.set, every=0.2)
    watch.start()
    try:
        (home.volumes / "main").mkdir()
        watch.listed = [home.volumes]  # read, and then changed, between two looks
        assert told.wait(5)
        told.clear()
        assert not told.wait(1)
        (home.volumes / "other").mkdir()
        assert told.wait(5)
    finally:
        watch.stop()


def test_a_folder_that_rests_has_not_changed(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    time.sleep(0.1)
    told = threading.Event()
    watch = LakeWatch(home, told.set, told.set, every=0.05)
    watch.start()
    try:
        time.sleep(0.1)
        watch.listed = watch.folders = [home.volumes, home.mnt]
        assert not told.wait(1)
    finally:
        watch.stop()


def test_what_comes_while_a_folder_is_read_is_read_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home").create()
    goes_on, reads = threading.Event(), []

    def listed(folder: Path) -> list[Entry]:
        names = [Entry(name.name, True) for name in folder.iterdir()]
        reads.append(names)
        goes_on.wait(10)
        return names

    monkeypatch.setattr(catalog_folders, "_listed", listed)
    folders = Folders(home, lambda: None)
    assert folders.entries("/Volumes") is None
    wait_for(lambda: reads)
    (home.volumes / "main").mkdir()
    folders.look_again(["/Volumes"])
    goes_on.set()
    wait_for(lambda: folders.entries("/Volumes") == [Entry("main", True)])
    assert len(reads) == 2
