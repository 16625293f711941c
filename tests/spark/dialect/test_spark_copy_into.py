"""COPY INTO on real files and real tables: once each, whatever happens in between."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from lakeshell.config import Config
from lakeshell.dialect.tables.copied_files import CopiedFiles
from lakeshell.errors import StatementError
from lakeshell.home import Home
from lakeshell.session.session import Session


def rows(session: Session, statement: str) -> list[tuple[Any, ...]]:
    table = session.execute(statement).table
    assert table is not None
    return [tuple(row.values()) for row in table.to_pylist()]


def write(folder: Path, name: str, *lines: Mapping[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines))


@pytest.fixture
def raw(lakehouse: Home, schema: str) -> Path:
    return lakehouse.mnt / schema


def test_a_placeholder_table_grows_with_its_files(session: Session, schema: str, raw: Path) -> None:
    write(raw, "a 1,{x}.json", {"id": 1, "city": "Ulm"})
    write(raw, "b.json", {"id": 2}, {"id": 3})
    copy = f"COPY INTO t FROM '/mnt/{schema}' FILEFORMAT = JSON"
    session.execute("CREATE TABLE IF NOT EXISTS t")
    merging = f"{copy} COPY_OPTIONS ('mergeSchema' = 'true')"
    assert rows(session, merging) == [(3, 3, 0)]
    assert rows(session, merging) == [(0, 0, 0)]
    write(raw, "c.json", {"id": 4, "open": True})
    with pytest.raises(StatementError):
        session.execute(copy)
    assert rows(session, merging) == [(1, 1, 0)]
    assert rows(session, "SELECT id, city, open FROM t ORDER BY id") == [
        (1, "Ulm", None), (2, None, None), (3, None, None), (4, None, True)
    ]  # fmt: skip
    forced = f"{copy} FILES = ('b.json') COPY_OPTIONS ('force' = 'true')"
    assert rows(session, forced) == [(2, 2, 0)]


def test_queries_columns_and_partitions(session: Session, schema: str, raw: Path) -> None:
    for day in ("2024-01-01", "2024-01-02"):
        (raw / f"day={day}").mkdir(parents=True)
        (raw / f"day={day}" / "s.csv").write_text("7;1,5\n8;2,5\n")
    session.execute("CREATE TABLE t (day DATE, id INT, note STRING)")
    assert rows(
        session,
        "COPY INTO t FROM (SELECT _c0::INT AS id, day, _metadata.file_name AS note "
        f"FROM 'dbfs:/mnt/{schema}') FILEFORMAT = CSV FORMAT_OPTIONS ('sep' = ';')",
    ) == [(4, 4, 0)]
    assert {str(row[0]) for row in rows(session, "SELECT day FROM t WHERE note = 's.csv'")} == {
        "2024-01-01", "2024-01-02"
    }  # fmt: skip
    session.execute("CREATE TABLE u (id INT, amount STRING, extra STRING)")
    by_place = (
        f"COPY INTO u (id, amount) FROM '/mnt/{schema}/day=2024-01-01' FILEFORMAT = CSV "
        "PATTERN = '*.csv' FORMAT_OPTIONS ('sep' = ';')"
    )
    preview = rows(session, f"{by_place} VALIDATE 1 ROWS")
    assert preview == [(7, "1,5")]
    assert rows(session, by_place) == [(2, 2, 0)]
    assert rows(session, "SELECT * FROM u ORDER BY id") == [(7, "1,5", None), (8, "2,5", None)]


def test_a_shell_that_dies_and_shells_that_race(
    session: Session, schema: str, raw: Path, lakehouse: Home, config: Config,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    write(raw, "a.json", {"id": 1})
    session.execute("CREATE TABLE t (id BIGINT)")
    copy = f"COPY INTO t FROM '/mnt/{schema}' FILEFORMAT = JSON"
    with monkeypatch.context() as dying:
        dying.setattr(CopiedFiles, "settle", lambda self, load: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            session.execute(copy)
    assert rows(session, copy) == [(0, 0, 0)]
    write(raw, "b.json", {"id": 2}, {"id": 3})
    others = [Session(lakehouse, config) for _ in range(3)]
    try:
        for other in others:
            other.execute(f"USE {schema}")
        with ThreadPoolExecutor(3) as pool:
            counts = list(pool.map(lambda other: rows(other, copy)[0][1], others))
    finally:
        for other in others:
            other.close()
    assert sorted(counts) == [0, 0, 2]
    assert rows(session, "SELECT id FROM t ORDER BY id") == [(1,), (2,), (3,)]


def test_corrupt_files_are_counted(session: Session, schema: str, raw: Path) -> None:
    session.execute(f"CREATE TABLE s USING parquet LOCATION '/mnt/{schema}' AS SELECT 1 AS id")
    (raw / "broken.parquet").write_bytes(b"no parquet")
    session.execute("CREATE TABLE t (id INT)")
    copy = f"COPY INTO t FROM '/mnt/{schema}' FILEFORMAT = PARQUET"
    with pytest.raises(StatementError):
        session.execute(copy)
    tolerant = f"{copy} FORMAT_OPTIONS ('ignoreCorruptFiles' = 'true')"
    assert rows(session, tolerant) == [(1, 1, 1)]
