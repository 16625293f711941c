"""Python's own file access to the lakehouse's paths, while it is on and after."""

from __future__ import annotations

import builtins
import bz2
import csv
import glob
import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lakeshell.home import Home
from lakeshell.session.python_files import lake_files_in_python


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("LAKESHELL_CONFIG_DIR", str(tmp_path))
    home = Home(tmp_path / "home").create()
    (tmp_path / "sales").mkdir()
    home.settings_file.write_text(f'[mounts]\n"/mnt/sales" = "{tmp_path / "sales"}"\n')
    return home


@pytest.fixture
def cell(home: Home) -> Iterator[Home]:
    with lake_files_in_python(home):
        yield home


def test_open_leads_into_the_home(cell: Home, tmp_path: Path) -> None:
    for path, local in (
        ("/dbfs/a.txt", cell.dbfs / "a.txt"),
        ("/mnt/a.txt", cell.mnt / "a.txt"),
        ("/dbfs/mnt/b.txt", cell.mnt / "b.txt"),
        ("/mnt/sales/a.txt", tmp_path / "sales/a.txt"),
        ("/Volumes/a.txt", cell.volumes / "a.txt"),
        ("/mnt/../mnt/./c.txt", cell.mnt / "c.txt"),
    ):
        with open(path, "w") as file:  # noqa: PTH123
            file.write(path)
        with io.open(file=path) as file:  # noqa: UP020
            assert file.read() == path
        assert local.read_text() == path


def test_os_pathlib_shutil_and_glob(cell: Home) -> None:
    os.makedirs("/mnt/raw/2024")  # noqa: PTH103
    Path("/mnt/raw/2024/a.csv").write_text("x,y\n1,2\n")
    Path("/mnt/raw/b.csv").write_bytes(b"x\n")
    assert sorted(os.listdir("/mnt/raw")) == ["2024", "b.csv"]  # noqa: PTH208
    assert os.listdir(path=b"/mnt/raw/2024") == [b"a.csv"]  # noqa: PTH208
    assert os.path.exists("/mnt/raw/b.csv")  # noqa: PTH110
    assert os.path.getsize("/mnt/raw/b.csv") == 2  # noqa: PTH202
    assert not Path("/mnt/raw/c").exists()
    assert [p.as_posix() for p in sorted(Path("/mnt/raw").rglob("*.csv"))] == [
        "/mnt/raw/2024/a.csv", "/mnt/raw/b.csv",
    ]  # fmt: skip
    assert [str(p) for p in Path("/mnt/raw").iterdir() if p.is_dir()] == ["/mnt/raw/2024"]
    assert sorted(glob.glob("/mnt/raw/*")) == ["/mnt/raw/2024", "/mnt/raw/b.csv"]  # noqa: PTH207
    assert next(iter(os.walk("/mnt/raw"))) == ("/mnt/raw", ["2024"], ["b.csv"])
    with os.scandir("/mnt/raw/2024") as entries:
        assert [(e.path, e.is_file(), e.stat().st_size) for e in entries] == [
            ("/mnt/raw/2024/a.csv", True, 8)
        ]
    shutil.copytree("/mnt/raw", "/dbfs/copy")
    assert (cell.dbfs / "copy/2024/a.csv").read_text() == "x,y\n1,2\n"
    os.rename("/dbfs/copy/b.csv", dst="/Volumes/b.csv")  # noqa: PTH104
    shutil.move("/Volumes/b.csv", "/mnt/raw/moved.csv")
    assert (cell.mnt / "raw/moved.csv").exists()
    shutil.rmtree("/dbfs/copy")
    assert not (cell.dbfs / "copy").exists()
    Path("/mnt/raw/moved.csv").unlink()
    rows = list(csv.DictReader(Path("/mnt/raw/2024/a.csv").read_text().splitlines()))
    assert rows == [{"x": "1", "y": "2"}]
    with bz2.open("/mnt/raw/z.bz2", "wt") as file:
        file.write("z")
    assert (cell.mnt / "raw/z.bz2").exists()


def test_pandas(cell: Home) -> None:
    import pandas as pd

    pd.DataFrame({"a": [1, 2]}).to_csv("/dbfs/frame.csv", index=False)
    assert pd.read_csv("/dbfs/frame.csv")["a"].sum() == 3
    pd.DataFrame({"a": [1, 2]}).to_parquet("/dbfs/frame.parquet")
    assert pd.read_parquet("/dbfs/frame.parquet")["a"].sum() == 3
    assert (cell.dbfs / "frame.parquet").stat().st_size > 0


def test_errors_name_the_path_that_was_asked_for(cell: Home) -> None:
    for act in (
        lambda: open("/dbfs/none"),  # noqa: PTH123, SIM115
        lambda: os.listdir("/dbfs/none"),  # noqa: PTH208
        lambda: os.scandir("/dbfs/none"),
        lambda: os.rename("/dbfs/none", "/dbfs/other"),  # noqa: PTH104
    ):
        with pytest.raises(FileNotFoundError) as raised:
            act()
        assert str(raised.value).startswith("[Errno 2] No such file or directory: '/dbfs/none'")
        assert str(cell.root) not in str(raised.value)


def test_other_paths_go_through_untouched(cell: Home, tmp_path: Path) -> None:
    own = tmp_path / "own.txt"
    own.write_text("mine")
    assert own.read_text() == "mine"
    for path in ("/mntx", "/dbfsx", "/Volumesx", "/mnt/../nothing_here", "mnt/x", ""):
        assert not os.path.exists(path)  # noqa: PTH110
    with tempfile.TemporaryFile() as file:
        assert os.stat(file.fileno()).st_size == 0  # noqa: PTH116
    with pytest.raises(TypeError):
        open(3.5)  # type: ignore[call-overload]  # noqa: PTH123, SIM115
    assert not list(cell.mnt.iterdir())


def test_it_ends_with_the_cell(home: Home) -> None:
    before = builtins.open, io.open, os.stat, os.scandir, os.rename
    (home.dbfs / "a").write_text("a")
    with lake_files_in_python(home):
        with lake_files_in_python(home):
            assert Path("/dbfs/a").exists()
        assert Path("/dbfs/a").exists()
    assert (builtins.open, io.open, os.stat, os.scandir, os.rename) == before
    assert not Path("/dbfs/a").exists()
    with lake_files_in_python(None):
        assert not Path("/dbfs/a").exists()
