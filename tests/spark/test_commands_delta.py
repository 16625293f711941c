"""The commands on Delta tables: versions, files, upkeep, on real tables with real logs."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_shell import Shell

from lakeshell.config import Config
from lakeshell.delta.log import read_snapshot
from lakeshell.delta.tables import delta_table
from lakeshell.errors import CommandError, UsageError
from lakeshell.home import Home
from lakeshell.session.session import Session


@pytest.fixture
def shell(lakehouse: Home, config: Config, session: Session, schema: str, tmp_path: Path) -> Shell:
    """A shell whose current schema is empty."""
    return Shell(lakehouse, tmp_path, session, config)


@pytest.fixture
def orders(shell: Shell) -> Shell:
    """`orders`: version 1 and 2 insert, 3 updates, 4 deletes."""
    shell.run("""
        CREATE TABLE orders (id INT, city STRING, amount DOUBLE);
        INSERT INTO orders VALUES (1, 'Ulm', 1.5), (2, 'Bonn', 2.5);
        INSERT INTO orders VALUES (3, NULL, 3.5);
        UPDATE orders SET amount = 9 WHERE id = 2;
        DELETE FROM orders WHERE id = 1;
    """)
    shell.clear()
    return shell


def listed(shell: Shell, sql: str) -> list[tuple[object, ...]]:
    table = shell.session.execute(sql).table
    return [tuple(row.values()) for row in table.to_pylist()]


def test_history_tells_what_each_version_did(orders: Shell) -> None:
    orders.run("%history orders")
    told = [(row["version"], row["operation"], row["did"].split(",")[0]) for row in orders.rows]
    assert told == [
        (4, "DELETE", "1 row deleted"),
        (3, "UPDATE", "1 row updated"),
        (2, "WRITE", "1 row written"),
        (1, "WRITE", "2 rows written"),
        (0, "CREATE TABLE", ""),
    ]
    assert "(id = 2)" in orders.rows[1]["how"]
    orders.run("%history orders --limit 2")
    assert [row["version"] for row in orders.rows] == [4, 3]


@pytest.mark.parametrize("command", ["history", "detail", "files", "optimize", "vacuum", "diff"])
def test_what_is_no_delta_table_is_told_in_a_sentence(shell: Shell, command: str) -> None:
    rest = " 0 1" if command == "diff" else ""
    shell.run("""
        CREATE TABLE plain (a INT) USING csv;
        CREATE VIEW seen AS SELECT 1 AS a;
        CREATE TEMP VIEW lent AS SELECT 1 AS a;
        CREATE TABLE customers (a INT);
    """)
    for name, reason in (
        ("plain", "plain is not a Delta table"),
        ("seen", "seen is a view"),
        ("lent", "lent is a view"),
        ("delta.`/mnt/nothing/here`", "is not a Delta table"),
        ("customer", "There is no table customer"),
        ("nowhere.at_all", "There is no table nowhere.at_all"),
    ):
        with pytest.raises(CommandError, match=reason) as refused:
            shell.run(f"%{command} {name}{rest}")
        if name == "customer":
            assert refused.value.hint == "Did you mean customers?"


def test_detail(orders: Shell) -> None:
    orders.run("%detail orders")
    told = {row["detail"]: row["value"] for row in orders.rows}
    assert told["format"] == "delta"
    assert told["location"].startswith(str(orders.home.warehouse))


def test_files_of_the_current_and_of_older_versions(orders: Shell) -> None:
    orders.run("%files orders")
    assert sum(row["rows"] for row in orders.rows) == 2
    assert all(row["bytes"] > 0 for row in orders.rows)
    stats = " ".join(row["statistics"] for row in orders.rows)
    assert "amount 9.0" in stats
    assert "city (1 NULL)" in stats
    orders.run("%files orders --version 1")
    assert sum(row["rows"] for row in orders.rows) == 2
    assert "Version 1" in orders.notices
    orders.run("%files orders --version 0")
    assert orders.rows == []
    with pytest.raises(CommandError, match="no version 9; it has 0 to 4"):
        orders.run("%files orders --version 9")


def test_files_say_partition_and_warn_of_small_ones(shell: Shell) -> None:
    shell.run("CREATE TABLE t (id INT, day DATE) PARTITIONED BY (day);")
    shell.run("INSERT INTO t VALUES (1, DATE'2024-01-01'), (2, NULL);")
    shell.run("%files t")
    assert sorted(row["partition"] for row in shell.rows) == ["day=2024-01-01", "day=NULL"]
    shell.run("INSERT INTO t SELECT /*+ REPARTITION(12) */ id, DATE'2024-01-01' FROM range(120);")
    shell.run("%files t")
    assert "%optimize t" in shell.notices
    shell.run("%optimize t --where \"day = '2024-01-01'\"\n%files t")
    assert len(shell.rows) == 2


def test_files_are_what_spark_itself_reads(shell: Shell) -> None:
    """Through checkpoints, deletion vectors and column mapping, at every version."""
    shell.run("""
        CREATE TABLE t (id BIGINT, `the name` STRING) TBLPROPERTIES (
          delta.columnMapping.mode = 'name', delta.enableDeletionVectors = true,
          delta.checkpointInterval = 3);
        INSERT INTO t SELECT id, 'x' FROM range(10);
        INSERT INTO t SELECT id, 'y' FROM range(10, 20);
        DELETE FROM t WHERE id IN (3, 13);
        INSERT OVERWRITE t SELECT id, 'z' FROM range(20, 26);
        DELETE FROM t WHERE id = 21;
        ALTER TABLE t RENAME COLUMN `the name` TO label;
        INSERT INTO t VALUES (99, 'last');
    """)
    table = delta_table(shell.session, "t")
    for version in range(8):
        snapshot = read_snapshot(shell.session, table, version)
        source = f"t VERSION AS OF {version}"
        expected = listed(
            shell,
            f"SELECT _metadata.file_name, count(*) FROM {source} GROUP BY 1 ORDER BY 1",
        )
        found = sorted((file.path.split("/")[-1], file.rows) for file in snapshot.files)
        assert found == expected, version
        assert snapshot.version == version
    assert read_snapshot(shell.session, table, 7).files[0].low.keys() == {"id", "label"}
    # The commits that the checkpoint stands for may be gone.
    log = shell.home.warehouse / f"{listed(shell, 'SELECT current_schema()')[0][0]}.db/t/_delta_log"
    assert (log / f"{6:020}.checkpoint.parquet").exists()
    for version in range(6):
        (log / f"{version:020}.json").unlink()
        (log / f"{version:020}.crc").unlink(missing_ok=True)
    assert read_snapshot(shell.session, table).rows == 6
    with pytest.raises(CommandError, match="no version 1; it has 3 to 7"):
        read_snapshot(shell.session, table, 1)


def test_files_of_a_path_with_odd_characters(shell: Shell) -> None:
    folder = "/mnt/odd %20 [x] {y} *"
    shell.run(f"CREATE TABLE delta.`{folder}` AS SELECT 1 AS a;")
    shell.run(f"%files delta.`{folder}`")
    assert [row["rows"] for row in shell.rows] == [1]
    shell.run(f"%history delta.`{folder}`")
    shell.run(f"%fs rm '{folder}' -r --yes")


def test_optimize_says_what_it_did(orders: Shell) -> None:
    orders.run("%optimize orders --zorder city,id")
    result = next(event for event in orders.events if getattr(event, "metrics", None))
    assert result.metrics["numFilesAdded"] == 1  # type: ignore[union-attr]
    assert result.metrics["numFilesRemoved"] > 1  # type: ignore[union-attr]
    orders.run("%history orders --limit 1")
    assert "z-order by city, id" in orders.rows[0]["how"]
    orders.run("%optimize orders")
    for bad, reason in (("--zorder nope", "nope"), ('--where "id = 1"', "non-partition column")):
        with pytest.raises(CommandError, match=reason):
            orders.run(f"%optimize orders {bad}")


def test_vacuum_looks_refuses_and_deletes(orders: Shell) -> None:
    folder = Path(delta_table(orders.session, "orders").location)
    before = sorted(folder.glob("*.parquet"))
    orders.run("%vacuum orders")
    assert "nothing to delete" in orders.notices
    with pytest.raises(UsageError, match="168 hours"):
        orders.run("%vacuum orders --retain 0 --yes")
    orders.run("%vacuum orders --retain 0 --force-retention")
    doomed = {row["path"] for row in orders.rows}
    assert doomed
    assert all(row["bytes"] > 0 for row in orders.rows)
    assert "nothing was deleted" in orders.notices
    assert sorted(folder.glob("*.parquet")) == before
    orders.run("%vacuum orders --retain 0 --force-retention --yes")
    assert {str(path) for path in before} - {str(p) for p in folder.glob("*.parquet")} == doomed
    assert listed(orders, "SELECT id FROM orders ORDER BY id") == [(2,), (3,)]
    # The check is on again: Delta refuses as before.
    assert (
        listed(orders, "SET spark.databricks.delta.retentionDurationCheck.enabled")[0][1] == "true"
    )


def test_retain_means_what_it_says(orders: Shell) -> None:
    """Delta by itself would take the table's own property instead of the hours."""
    orders.run("%vacuum orders --retain 0.0002 --dry-run")
    assert orders.rows


def test_restore_shows_then_does(orders: Shell) -> None:
    with pytest.raises(UsageError) as refused:
        orders.run("%restore orders --version 2")
    assert "--yes" in (refused.value.hint or "")
    assert "DELETE" in orders.notices
    assert "Rows: 2 now, 3 then" in orders.notices
    assert listed(orders, "SELECT count(*) FROM orders") == [(2,)]
    orders.run("%restore orders --version 2 --yes")
    assert listed(orders, "SELECT id, amount FROM orders ORDER BY id") == [
        (1, 1.5),
        (2, 2.5),
        (3, 3.5),
    ]
    orders.clear()
    orders.run("%restore orders --version 5 --yes")
    assert "nothing to restore" in orders.notices


def test_restore_by_time(orders: Shell) -> None:
    orders.run("%history orders")
    moment = next(row["time"] for row in orders.rows if row["version"] == 1)
    orders.run(f"%restore orders --timestamp '{moment:%Y-%m-%d %H:%M:%S.%f}' --yes")
    assert listed(orders, "SELECT count(*) FROM orders") == [(2,)]
    with pytest.raises(CommandError, match="no version as old"):
        orders.run("%restore orders --timestamp '2001-01-01' --yes")
    with pytest.raises(UsageError, match="not a timestamp"):
        orders.run("%restore orders --timestamp gaga --yes")


def test_diff_by_a_key_that_is_found(orders: Shell) -> None:
    orders.run("%diff orders 1")
    assert [(r["change"], r["id"], r["amount"]) for r in orders.rows] == [
        ("added", 3, 3.5),
        ("before", 2, 2.5),
        ("after", 2, 9.0),
        ("removed", 1, 1.5),
    ]
    assert "1 row added, 1 removed, 1 changed (by id)" in orders.notices


def test_diff_counts_duplicates_without_a_key(shell: Shell) -> None:
    shell.run("""
        CREATE TABLE t (a INT, b STRING);
        INSERT INTO t VALUES (1, 'x'), (1, 'x'), (1, 'x'), (2, NULL);
        INSERT OVERWRITE t VALUES (1, 'x'), (2, NULL), (2, NULL), (3, 'y');
    """)
    shell.run("%diff t 1 2")
    assert [(r["change"], r["a"], r["b"]) for r in shell.rows] == [
        ("added", 2, None),
        ("added", 3, "y"),
        ("removed", 1, "x"),
        ("removed", 1, "x"),
    ]
    assert "2 rows added, 2 removed." in shell.notices
    with pytest.raises(UsageError, match="no key in version 1"):
        shell.run("%diff t 1 2 --key a")
    with pytest.raises(UsageError, match="no column c"):
        shell.run("%diff t 1 2 --key c")
    shell.clear()
    shell.run("%diff t 2")
    assert "no difference" in shell.notices


def test_diff_tells_schema_changes_and_compares_what_both_have(shell: Shell) -> None:
    shell.run("""
        CREATE TABLE t (id INT, m MAP<STRING, INT>, s STRUCT<a: INT>);
        INSERT INTO t VALUES (1, map('a', 1, 'b', 2), struct(1)), (2, NULL, NULL);
        ALTER TABLE t ADD COLUMN (extra STRING);
        INSERT OVERWRITE t VALUES
          (1, map('b', 2, 'a', 1), struct(1), 'e'), (2, map('a', 1), NULL, 'e');
    """)
    shell.run("%diff t 1 --key ID")
    assert "Schema: column extra (string) was added." in shell.notices
    assert [(r["change"], r["id"]) for r in shell.rows] == [("before", 2), ("after", 2)]


def test_diff_shows_as_many_as_asked_and_counts_all(shell: Shell) -> None:
    shell.run("CREATE TABLE t (id BIGINT);\nINSERT INTO t SELECT id FROM range(50);")
    shell.run("%diff t 0 1 --limit 3")
    assert len(shell.rows) == 3
    assert "50 rows added" in shell.notices
    assert shell.events[-2].truncated  # type: ignore[union-attr]
    with pytest.raises(CommandError, match="no version 7"):
        shell.run("%diff t 0 7")


def test_ddl_makes_the_same_table_again(shell: Shell) -> None:
    shell.run("""
        CREATE TABLE t (
          id BIGINT NOT NULL COMMENT 'it''s the key',
          `odd;name` STRING DEFAULT 'x',
          day DATE,
          year INT GENERATED ALWAYS AS (year(day)),
          deep STRUCT<a: ARRAY<INT>, m: MAP<STRING, DECIMAL(10,2)>>
        ) PARTITIONED BY (year) COMMENT 'a ''table''' TBLPROPERTIES (
          delta.columnMapping.mode = 'name', delta.feature.allowColumnDefaults = 'supported',
          mine = '1');
        ALTER TABLE t ADD CONSTRAINT positive CHECK (id > 0);
    """)
    shell.run("%ddl t")
    first = shell.text
    shell.run("DROP TABLE t;\n" + first)
    shell.clear()
    shell.run("%ddl t")
    assert shell.text == first
    assert "GENERATED ALWAYS AS" in first
    assert "ADD CONSTRAINT positive CHECK (id > 0)" in first


def test_ddl_of_views_and_external_tables(shell: Shell) -> None:
    shell.run("CREATE VIEW v AS SELECT 1 AS a;\nCREATE TABLE e (a INT) LOCATION '/mnt/ext';")
    shell.run("%ddl v")
    assert "CREATE VIEW" in shell.text
    shell.clear()
    shell.run("%ddl e\n%fs rm /mnt/ext -r --yes")
    assert "LOCATION '/mnt/ext'" in shell.text
    with pytest.raises(CommandError, match="no table nope"):
        shell.run("%ddl nope")
