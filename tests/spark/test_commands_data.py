"""The commands that look at data and move it in and out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet
import pytest
from command import Run
from command_shell import Shell

from lakeshell.config import Config
from lakeshell.errors import CommandError, StatementError, UsageError
from lakeshell.home import Home
from lakeshell.session.session import Session


@pytest.fixture
def shell(lakehouse: Home, config: Config, session: Session, schema: str, tmp_path: Path) -> Shell:
    """A shell whose current schema is empty."""
    return Shell(lakehouse, tmp_path, session, config)


def listed(shell: Shell, sql: str) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in shell.session.execute(sql).table.to_pylist()]


def test_tables(shell: Shell, schema: str) -> None:
    shell.run("%tables")
    assert shell.rows == []
    shell.run("""
        CREATE TABLE d AS SELECT 1 AS a;
        CREATE TABLE c (a INT) USING csv;
        CREATE VIEW v AS SELECT 'Provider: evil' AS `a`;
        CREATE TEMP VIEW lent AS SELECT 1;
    """)
    shell.run(f"%tables {schema}")
    found = {row["name"]: (row["kind"], row["format"], row["files"]) for row in shell.rows}
    assert found == {
        f"{schema}.d": ("managed", "delta", 1),
        f"{schema}.c": ("managed", "csv", None),
        f"{schema}.v": ("view", None, None),
        "lent": ("temporary view", None, None),
    }
    shell.run("%tables --all")
    assert {f"{schema}.d", "lent"} <= {row["name"] for row in shell.rows}
    with pytest.raises(CommandError, match="no schema nope"):
        shell.run("%tables nope")


def test_tables_whose_files_are_gone_are_listed_all_the_same(shell: Shell, schema: str) -> None:
    shell.run("CREATE TABLE e LOCATION '/mnt/gone' AS SELECT 1 AS a;\n%fs rm /mnt/gone -r --yes")
    shell.run("%tables")
    assert [(row["name"], row["files"]) for row in shell.rows] == [(f"{schema}.e", None)]


def test_describe(shell: Shell) -> None:
    shell.run("CREATE TABLE t (id INT COMMENT 'key', p STRING) PARTITIONED BY (p);\n%describe t")
    assert [tuple(row.values()) for row in shell.rows] == [
        ("id", "int", "key"),
        ("p", "string", None),
    ]
    shell.run("%describe t --extended")
    assert "Location" in {row["column"] for row in shell.rows}


def test_preview(shell: Shell) -> None:
    shell.run("CREATE TABLE t AS SELECT id FROM range(30);\nINSERT INTO t VALUES (99);")
    shell.run("%preview t")
    assert len(shell.rows) == 10
    shell.run("%preview t 40")
    assert len(shell.rows) == 31
    shell.run("%preview t 40 --version 0")
    assert len(shell.rows) == 30
    with pytest.raises(CommandError, match="version"):
        shell.run("%preview t --version 9")


def test_profile_of_every_kind_of_column(shell: Shell) -> None:
    shell.run("""
        CREATE TABLE t AS SELECT id AS n, IF(id < 5, NULL, id / 2) AS d,
          CAST(id AS DECIMAL(20, 4)) AS dec, concat('s', id % 3) AS s, id % 2 = 0 AS b,
          date_add(DATE'2024-01-01', CAST(id AS INT)) AS day,
          timestamp_seconds(id) AS at, CAST(timestamp_seconds(id) AS TIMESTAMP_NTZ) AS ntz,
          array(id) AS a, map('k', id) AS m, struct(id) AS st, CAST('x' AS BINARY) AS bin,
          CAST('NaN' AS DOUBLE) AS nan, CAST(NULL AS INT) AS none
        FROM range(100);
    """)
    shell.run("%profile t")
    found = {row["column"]: row for row in shell.rows}
    assert (found["n"]["min"], found["n"]["max"], found["n"]["mean"]) == ("0", "99", 49.5)
    assert abs(found["n"]["distinct"] - 100) <= 10
    assert len(found["n"]["histogram"]) == 12
    assert found["d"]["nulls"] == 5
    assert found["dec"]["max"] == "99.0000"
    assert (found["s"]["distinct"], found["s"]["histogram"]) == (3, "")
    assert found["b"]["mean"] == 0.5
    assert (found["day"]["min"], found["day"]["mean"]) == ("2024-01-01", None)
    assert len(found["at"]["histogram"]) == len(found["ntz"]["histogram"]) == 12
    for nested in ("a", "m", "st", "bin"):
        assert (found[nested]["nulls"], found[nested]["distinct"]) == (0, None)
    assert found["nan"]["histogram"] == ""
    assert (found["none"]["nulls"], found["none"]["min"]) == (100, None)
    assert "100 rows, 14 columns" in shell.notices


def test_profile_of_queries(shell: Shell) -> None:
    shell.run("%profile SELECT 'it''s' AS a, 1 AS a -- same names\n")
    assert [(row["column"], row["max"]) for row in shell.rows] == [("a", "it's"), ("a", "1")]
    shell.run("%profile WITH q AS (SELECT 1 AS x WHERE false) SELECT * FROM q")
    assert [(row["nulls"], row["min"]) for row in shell.rows] == [(0, None)]
    with pytest.raises(UsageError, match="neither"):
        shell.run("%profile DROP TABLE t")
    with pytest.raises(CommandError, match="no table nope"):
        shell.run("%profile nope")
    with pytest.raises(StatementError, match="nope"):
        shell.run("%profile SELECT nope FROM range(1)")


def test_explain_runs_nothing(shell: Shell) -> None:
    shell.run("CREATE TABLE t (a STRING);")
    for flag, word in (("", "Physical Plan"), ("--cost", "Statistics"), ("--codegen", "Generated")):
        shell.clear()
        shell.run(f"%explain {flag} SELECT * FROM t WHERE a = 'x y'")
        assert word in shell.text
    shell.run("%explain INSERT INTO t VALUES ('a')")
    assert listed(shell, "SELECT count(*) FROM t") == [(0,)]


def test_chart_of_a_query_with_quotes(shell: Shell) -> None:
    shell.run("%chart bar SELECT 'a b' AS k, 3 AS n UNION ALL SELECT 'c', 1 ORDER BY k --title T")
    assert shell.text.startswith("T\na b │")
    with pytest.raises(CommandError, match="no rows"):
        shell.run("%chart line SELECT 1 AS a, 2 AS b WHERE false")


CSV = 'Id,First Name,when\n1,"Ann ""A"", x",2024-01-01\n2,"two\nlines",\n'


def test_import_csv_and_again(shell: Shell) -> None:
    (shell.folder / "New People.csv").write_text(CSV)
    shell.run("%import 'New People.csv'")
    assert [(r["column"], r["type"]) for r in shell.rows] == [
        ("Id", "int"),
        ("First_Name", "string"),
        ("when", "date"),
    ]
    assert "2 rows, 3 columns in new_people; 1 renamed." in shell.notices
    names = "SELECT First_Name FROM new_people ORDER BY Id"
    assert listed(shell, names) == [('Ann "A", x',), ("two\nlines",)]
    with pytest.raises(CommandError, match="exists already"):
        shell.run("%import 'New People.csv'")
    shell.run("%import 'New People.csv' --append")
    assert listed(shell, "SELECT count(*) FROM new_people") == [(4,)]
    with pytest.raises(UsageError):
        shell.run("%import 'New People.csv' --overwrite")
    assert listed(shell, "SELECT count(*) FROM new_people") == [(4,)]
    shell.run("%import 'New People.csv' --overwrite --yes")
    assert listed(shell, "SELECT count(*) FROM new_people") == [(2,)]
    assert listed(shell, "SHOW VIEWS") == []


@pytest.mark.parametrize(
    ("name", "text", "rows"),
    [
        ("t.tsv", "a\tb\n1\tx\n", [(1, "x")]),
        ("t.json", '[{"a": 1},\n {"a": 2}]', [(1,), (2,)]),
        ("t.json", '{"a": 1}\n{"a": 2}\n', [(1,), (2,)]),
        ("t.jsonl", '{"a": {"b c": [1]}}\n', [({"b c": [1]},)]),
    ],
)
def test_import_other_kinds(
    shell: Shell, name: str, text: str, rows: list[tuple[object, ...]]
) -> None:
    (shell.folder / name).write_text(text)
    if "b c" in text:
        # A nested name is the data's own; Delta's refusal is told.
        with pytest.raises(StatementError, match="invalid character"):
            shell.run(f"%import {name} --table t")
        return
    shell.run(f"%import {name} --table t")
    assert listed(shell, "SELECT * FROM t ORDER BY 1") == rows


def test_import_a_folder_and_from_the_lakehouse(shell: Shell) -> None:
    folder = shell.folder / "many [x]"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.csv").write_text("n\n1\n")
    (folder / "deep" / "b.csv").write_text("n\n2\n")
    shell.run("%import 'many [x]' --table many")
    assert listed(shell, "SELECT sum(n) FROM many") == [(3,)]
    shell.run(f"%fs cp '{folder}' /mnt/import-me --recursive")
    shell.run("%import /mnt/import-me --table from_mnt\n%fs rm /mnt/import-me -r --yes")
    assert listed(shell, "SELECT sum(n) FROM from_mnt") == [(3,)]


def test_import_without_a_header_and_parquet(shell: Shell) -> None:
    (shell.folder / "n.csv").write_text("1,x\n2,y\n")
    shell.run("%import n.csv --no-header")
    assert [r["column"] for r in shell.rows] == ["_c0", "_c1"]
    shell.run("%export p.parquet n\n%import p.parquet")
    assert listed(shell, "SELECT * FROM p ORDER BY 1") == [(1, "x"), (2, "y")]


def test_export_writes_all_rows_whatever_the_limit(shell: Shell) -> None:
    shell.options.limit = 10
    shell.run("SELECT id, CAST(id AS DECIMAL(10,2)) AS d FROM range(2500);\n%export out.parquet")
    assert pyarrow.parquet.read_table(shell.folder / "out.parquet").num_rows == 2500
    shell.run("%export out.json SELECT named_struct('a', 'it''s', 'b', array(1, NULL)) AS s")
    written = json.loads((shell.folder / "out.json").read_text())
    assert written == [{"s": {"a": "it's", "b": [1, None]}}]
    with pytest.raises(CommandError, match="no table nope"):
        shell.run("%export x.csv nope")
    assert not (shell.folder / "x.csv").exists()


def test_spark_settings_hold_for_the_session(shell: Shell) -> None:
    shell.run("%set spark.sql.shuffle.partitions=3\n%set spark.sql.shuffle.partitions")
    assert shell.rows[0]["value"] == "3"
    shell.run("%unset spark.sql.shuffle.partitions\n%set spark.sql.shuffle.partitions")
    assert shell.rows[0]["value"] != "3"
    with pytest.raises(CommandError, match="int"):
        shell.run("%set spark.sql.shuffle.partitions=many")
    with pytest.raises(CommandError, match="not set"):
        shell.run("%set spark.no.such.thing")


def test_on_the_command_line(run_lakeshell: Callable[..., Run], tmp_path: Path) -> None:
    make = "CREATE OR REPLACE TABLE default.cli AS SELECT 1 AS id, 'x' AS name"
    assert run_lakeshell("-e", make).code == 0
    history = run_lakeshell("--format", "csv", "history", "default.cli", "--limit", "1")
    assert history.code == 0
    assert history.stdout.startswith("version,time,operation")
    profile = run_lakeshell("--format", "jsonl", "profile", "SELECT 'it''s' AS a")
    assert json.loads(profile.stdout)["max"] == "it's"
    target = tmp_path / "o.csv"
    exported = run_lakeshell("export", str(target), "SELECT * FROM default.cli WHERE name = 'x'")
    assert (exported.code, exported.stdout) == (0, "")
    assert target.read_text() == "id,name\n1,x\n"
    dry = run_lakeshell("vacuum", "default.cli")
    assert dry.code == 0
    restore = run_lakeshell("restore", "default.cli", "--version", "99", "--yes")
    assert restore.code == 1
    assert "has no version 99" in restore.stderr
    assert "Traceback" not in restore.stderr
    wrong = run_lakeshell("history", "default.cli; DROP TABLE default.cli")
    assert (wrong.code, wrong.stdout) == (2, "")
    assert run_lakeshell("-e", "DROP TABLE default.cli").code == 0


def test_doctor_and_status_of_a_running_lakehouse(run_lakeshell: Callable[..., Run]) -> None:
    doctor = run_lakeshell("doctor")
    assert doctor.code == 0, doctor.stdout
    assert "runs (process" in doctor.stdout
    assert "wrong" not in doctor.stdout
    status = run_lakeshell("--format", "csv", "server", "status")
    assert "state,running" in status.stdout
    started = run_lakeshell("server", "start")
    assert (started.code, started.stdout) == (0, "")
    assert "runs already" in started.stderr
