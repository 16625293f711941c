"""Paths of the lakehouse never lead out of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakeshell.config import Config
from lakeshell.errors import UsageError
from lakeshell.home import Home
from lakeshell.lake_files import LakeFiles


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").create()


@pytest.fixture
def files(home: Home, tmp_path: Path) -> LakeFiles:
    (tmp_path / "sales").mkdir()
    return LakeFiles(home, Config(mounts={"/mnt/sales": str(tmp_path / "sales")}))


@pytest.mark.parametrize(
    ("path", "local"),
    [
        ("/mnt", "home/mnt"),
        ("/mnt/", "home/mnt"),
        ("/mnt/raw/a.csv", "home/mnt/raw/a.csv"),
        ("/mnt/raw/../b", "home/mnt/b"),
        ("/mnt/a b%20", "home/mnt/a b%20"),
        ("/Volumes/main/s/v", "home/volumes/main/s/v"),
        ("/mnt/sales/x", "sales/x"),
        ("/mnt/salesman", "home/mnt/salesman"),
        ("dbfs:/x/y", "home/dbfs/x/y"),
        ("dbfs:/mnt/x", "home/mnt/x"),
        ("dbfs:///mnt/x", "home/mnt/x"),
        ("DBFS:/mnt/x", "home/mnt/x"),
        ("dbfs:/Volumes/x", "home/volumes/x"),
        ("/dbfs/x", "home/dbfs/x"),
        ("/dbfs/mnt/x", "home/mnt/x"),
    ],
)
def test_places(files: LakeFiles, tmp_path: Path, path: str, local: str) -> None:
    found = files.find(path)
    assert found.local == tmp_path / local
    assert found.root is not None


@pytest.mark.parametrize("path", ["/tmp/x", "file:/tmp/x", "file:///tmp/x", "/mntx/y"])
def test_other_whole_paths_are_the_machines(files: LakeFiles, path: str) -> None:
    assert files.find(path).root is None


@pytest.mark.parametrize(
    "path",
    [
        "/mnt/..",
        "/mnt/../x",
        "/mnt/a/../../x",
        "/mnt//../../../etc/passwd",
        "/Volumes/../../x",
        "dbfs:/../x",
        "dbfs:/mnt/../x",
        "/dbfs/../x",
        "/mnt/sales/../../x",
        "relative",
        "./x",
        "../x",
        "s3://bucket/../x",
        "s3:///x",
        "http://x/y",
    ],
)
def test_ways_out_are_refused(files: LakeFiles, path: str) -> None:
    with pytest.raises(UsageError):
        files.find(path)


def test_a_link_does_not_lead_out(files: LakeFiles, home: Home, tmp_path: Path) -> None:
    (home.mnt / "link").symlink_to(tmp_path)
    with pytest.raises(UsageError, match="out of the lakehouse"):
        files.find("/mnt/link/secret")


def test_a_link_may_lead_to_another_folder_of_the_lakehouse(files: LakeFiles, home: Home) -> None:
    (home.mnt / "raw").mkdir()
    (home.volumes / "v").symlink_to(home.mnt / "raw")
    found = files.find("/Volumes/v/x")
    assert found.local == home.mnt / "raw" / "x"
    assert found.root == home.mnt
    with pytest.raises(UsageError):
        files.find("/Volumes/../mnt/raw/x")
