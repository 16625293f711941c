"""LIST, PUT, GET and REMOVE: what they do, and what they leave alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from unit.dialect.engines import FakeEngine, carried_out

from lakeshell.dialect.dialect import Dialect
from lakeshell.errors import StatementError
from lakeshell.home import Home
from lakeshell.sql.names import quote_string


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    return FakeEngine(Home(tmp_path / "home").create())


def run(engine: FakeEngine, text: str) -> list[dict[str, Any]]:
    answer = carried_out(text, engine)
    assert answer.table is not None
    return list(answer.table.to_pylist())


def test_a_file_goes_in_and_comes_out(engine: FakeEngine, tmp_path: Path) -> None:
    local, back = tmp_path / "a 'b'.csv", tmp_path / "back.csv"
    local.write_bytes(b"\x00rows")
    volume = "/Volumes/main/raw/files/sub/a.csv"
    done = [{"operation_status": "SUCCEEDED"}]
    assert run(engine, f"PUT {quote_string(str(local))} INTO '{volume}'") == done
    assert (engine.home.volumes / "main/raw/files/sub/a.csv").read_bytes() == b"\x00rows"
    with pytest.raises(StatementError, match="exists already"):
        run(engine, f"PUT {quote_string(str(local))} INTO '{volume}'")
    local.write_bytes(b"more")
    run(engine, f"put {quote_string(str(local))} into 'dbfs:{volume}' overwrite")
    (listed,) = run(engine, "LIST '/Volumes/main/raw/files/sub'")
    assert listed["path"] == volume
    assert (listed["name"], listed["size"]) == ("a.csv", 4)
    assert listed["modification_time"] > 1_600_000_000_000
    assert run(engine, "LIST 'dbfs:/Volumes/main/raw/files/' LIMIT 1")[0]["size"] == 0
    run(engine, f"GET '{volume}' TO '{back}'")
    assert back.read_bytes() == b"more"
    back.write_bytes(b"mine")
    with pytest.raises(StatementError, match="exists already"):
        run(engine, f"GET '{volume}' TO '{back}'")
    assert back.read_bytes() == b"mine"
    run(engine, f"REMOVE '{volume}'")
    assert run(engine, "LIST '/Volumes/main/raw/files/sub'") == []
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    "path",
    ["/Volumes", "/mnt/", "dbfs:/", "/mnt/../../secret", "/mnt/link", "{machine}",
     "file:{machine}"],
)  # fmt: skip
def test_nothing_of_the_machine_is_removed(engine: FakeEngine, tmp_path: Path, path: str) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("precious")
    (engine.home.mnt / "link").symlink_to(mine)
    with pytest.raises(StatementError):
        run(engine, f"REMOVE '{path.format(machine=mine)}'")
    with pytest.raises(StatementError):
        run(engine, f"PUT '{mine}' INTO '{path.format(machine=tmp_path / 'other')}'")
    assert mine.read_text() == "precious"
    assert not (tmp_path / "other").exists()


def test_folders_are_no_files(engine: FakeEngine) -> None:
    (engine.home.mnt / "full" / "er").mkdir(parents=True)
    with pytest.raises(StatementError, match="is a folder"):
        run(engine, "REMOVE '/mnt/full'")
    with pytest.raises(StatementError, match="is a folder"):
        run(engine, "PUT '/etc/hostname' INTO '/mnt/full'")
    assert (engine.home.mnt / "full" / "er").is_dir()


def test_what_is_not_there(engine: FakeEngine) -> None:
    for statement in ("LIST '/mnt/no'", "REMOVE '/mnt/no'", "GET '/mnt/no' TO '/tmp/never'"):
        with pytest.raises(StatementError, match=r"There is no file /mnt/no\."):
            run(engine, statement)


@pytest.mark.parametrize("text", ["LIST FILES", "LIST JAR '/a.jar'", "LIST FILE", "GET x"])
def test_what_is_none_of_ours(text: str) -> None:
    assert Dialect().plan(text) is None
