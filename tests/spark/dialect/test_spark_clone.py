"""DEEP CLONE: a table that lives on when its source is gone."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from collections import Counter
from typing import Any

import pytest

from lakeshell.config import Config
from lakeshell.errors import StatementError
from lakeshell.home import Home
from lakeshell.session.session import Session


def rows(session: Session, statement: str) -> list[tuple[Any, ...]]:
    table = session.execute(statement).table
    assert table is not None
    return [tuple(row.values()) for row in table.to_pylist()]


def test_a_clone_outlives_its_source(session: Session, schema: str, lakehouse: Home) -> None:
    for statement in (
        "CREATE TABLE s (id BIGINT GENERATED ALWAYS AS IDENTITY, day STRING, "
        "n INT COMMENT 'how many') PARTITIONED BY (day) COMMENT 'all of them' "
        "TBLPROPERTIES ('delta.enableDeletionVectors' = 'true', 'delta.appendOnly' = 'false', "
        "'delta.enableChangeDataFeed' = 'true', 'mine' = '1')",
        "ALTER TABLE s ADD CONSTRAINT positive CHECK (n > 0)",
        "INSERT INTO s (day, n) VALUES ('a b', 1), ('a b', 2), ('c/d', 3), (NULL, 4)",
        "DELETE FROM s WHERE n = 2",
    ):
        session.execute(statement)
    copy = f"/mnt/{schema}/copy"
    cloned = session.execute(f"CREATE TABLE c DEEP CLONE s LOCATION '{copy}'")
    assert cloned.table is not None
    (counts,) = cloned.table.to_pylist()
    files = list((lakehouse.mnt / schema / "copy").rglob("part-*.parquet"))
    assert counts["source_num_of_files"] == counts["num_copied_files"] == len(files) == 3
    size = sum(file.stat().st_size for file in files)
    assert counts["source_table_size"] == counts["copied_files_size"] == size
    session.execute("CREATE OR REPLACE TABLE m CLONE s VERSION AS OF 2")
    session.execute("CREATE OR REPLACE TABLE m CLONE s")

    folder = lakehouse.warehouse / f"{schema}.db" / "s"
    assert folder.is_dir()
    session.execute("DROP TABLE s")
    shutil.rmtree(folder, ignore_errors=True)
    kept = [("a b", 1), ("c/d", 3), (None, 4)]
    for name in ("c", "m"):
        assert rows(session, f"SELECT day, n FROM {name} ORDER BY n") == kept
        (detail,) = rows(session, f"DESCRIBE DETAIL {name}")
        assert "1" in dict(rows(session, f"SHOW TBLPROPERTIES {name}"))["mine"]
        assert ["day"] in detail
        session.execute(f"INSERT INTO {name} (day, n) VALUES ('e', 5)")
        ids = rows(session, f"SELECT count(DISTINCT id), count(*) FROM {name}")
        assert ids == [(4, 4)]
        shown = {row[0]: row[2] for row in rows(session, f"DESCRIBE TABLE {name}")}
        assert shown["n"] == "how many"
        with pytest.raises(StatementError, match="positive"):
            session.execute(f"INSERT INTO {name} (day, n) VALUES ('e', -5)")
    assert rows(session, "SELECT count(*) FROM m VERSION AS OF 2") == [(3,)]


def test_nobody_loses_a_commit_to_another_writer(
    session: Session, schema: str, lakehouse: Home, config: Config
) -> None:
    session.execute("CREATE TABLE s AS SELECT id FROM range(3)")
    session.execute("CREATE TABLE t AS SELECT id FROM range(1)")
    done = Counter[str]()
    over = threading.Event()

    def write() -> None:
        other = Session(lakehouse, config)
        try:
            while not over.is_set():
                with contextlib.suppress(StatementError):  # Delta says that the clone was faster
                    other.execute(f"INSERT INTO {schema}.t VALUES (9)")
                    done["WRITE"] += 1
        finally:
            other.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(60 if os.environ.get("LAKESHELL_SOAK") else 3):
            session.execute("CREATE OR REPLACE TABLE t DEEP CLONE s")
            done["CLONE"] += 1
    finally:
        over.set()
        writer.join()
    told = Counter(row[4] for row in rows(session, "DESCRIBE HISTORY t"))
    assert told["CLONE"] == done["CLONE"]
    assert told["WRITE"] == done["WRITE"] > 0
    session.execute("CREATE OR REPLACE TABLE t CLONE s")
    assert rows(session, "SELECT count(*) FROM t") == [(3,)]
