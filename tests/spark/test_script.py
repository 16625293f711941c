"""The scripted face: what stands on stdout and stderr, and with which code it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from command import Run

Lakeshell = Callable[..., Run]


def test_stdout_has_results_and_nothing_else(run_lakeshell: Lakeshell) -> None:
    done = run_lakeshell("-e", "select 1 as one, 'x' as s, null as n")
    assert done == Run(0, " one │ s │ n\n─────┼───┼──────\n   1 │ x │ NULL\n", "")


def test_files_texts_and_stdin_run_in_their_order(run_lakeshell: Lakeshell, tmp_path: Path) -> None:
    first = tmp_path / "a.sql"
    first.write_text("create temp view v as select 1 as x;\nselect 'a', x from v", encoding="utf-8")
    second = tmp_path / "b.py"
    second.write_text("print('b', spark.table('v').collect()[0].x)\n", encoding="utf-8")
    done = run_lakeshell(
        "--format", "csv", "-f", str(first), "-e", "select 'c'", "-f", str(second), "-",
        stdin="select 'd';",
    )  # fmt: skip
    assert done.code == 0, done.stderr
    assert done.stdout == "a,x\na,1\nc\nc\nb 1\nd\nd\n"


@pytest.mark.parametrize("failing", [0, 1, 2])
def test_the_first_error_ends_the_script(run_lakeshell: Lakeshell, failing: int) -> None:
    statements = ["select 0 as n", "select 1 as n", "select 2 as n"]
    statements[failing] = "select * from no_such_table"
    done = run_lakeshell("--format", "jsonl", "-e", ";\n".join(statements))
    assert done.code == 1
    assert done.stdout == "".join(f'{{"n": {n}}}\n' for n in range(failing))
    assert f"<command line>:{failing + 1}:15" in done.stderr
    assert "Traceback" not in done.stderr


def test_keep_going_runs_the_rest_and_still_fails(run_lakeshell: Lakeshell) -> None:
    done = run_lakeshell(
        "--keep-going", "--format", "csv", "-e", "select 1; selec 2; select 3", "-e", "select 4"
    )
    assert (done.code, done.stdout) == (1, "1\n1\n3\n3\n4\n4\n")


def test_an_error_points_into_the_users_file(run_lakeshell: Lakeshell, tmp_path: Path) -> None:
    script = tmp_path / "job.sql"
    script.write_text(
        "-- a comment; with a semicolon\nselect 1;\n\n/* more */ select\n    idd\n"
        "from range(${n});\n",
        encoding="utf-8",
    )
    done = run_lakeshell("-v", "n=5", "-f", str(script))
    assert done.code == 1
    assert "UNRESOLVED_COLUMN" in done.stderr
    assert f"{script}:5:5\n  5 |     idd\n    |     ^\n" in done.stderr


def test_near_names_are_offered(run_lakeshell: Lakeshell) -> None:
    done = run_lakeshell(
        "-e",
        "create or replace table near_customers as select 1 as id; select * from near_custmers",
    )
    assert done.code == 1
    assert "hint: Did you mean near_customers?" in done.stderr


def test_wrong_usage_runs_nothing(run_lakeshell: Lakeshell, tmp_path: Path) -> None:
    for arguments, word in (
        (["-f", str(tmp_path / "absent.sql")], "absent.sql"),
        (["-f", str(tmp_path)], "folder"),
        (["--bogus"], "--bogus"),
        (["--limit", "x", "-e", "select 1"], "--limit"),
        (["--limit", "-1", "-e", "select 1"], "--limit"),
        (["--timeout", "0", "-e", "select 1"], "--timeout"),
        (["-v", "novalue", "-e", "select 1"], "novalue"),
        (["-o", str(tmp_path), "-e", "select 1"], "folder"),
        (["--format", "xlsx", "-e", "select 1"], "xlsx"),
        (["no-such-command"], "no-such-command"),
    ):
        done = run_lakeshell(*arguments)
        assert (done.code, done.stdout) == (2, ""), (arguments, done)
        assert word in done.stderr
        assert "Traceback" not in done.stderr


def test_a_value_cannot_become_syntax(run_lakeshell: Lakeshell) -> None:
    hostile = "x'; drop table t; --"
    done = run_lakeshell(
        "--format", "json", "-v", f"v={hostile}", "--param", f"p={hostile}",
        "-e", "select '${v}' as quoted, ${v} as bare, :p as parameter",
    )  # fmt: skip
    assert json.loads(done.stdout) == [{"quoted": hostile, "bare": hostile, "parameter": hostile}]


def test_a_missing_variable_is_named(run_lakeshell: Lakeshell) -> None:
    done = run_lakeshell("-v", "region=eu", "-e", "select '${regoin}'")
    assert done.code == 2
    assert "${regoin} has no value" in done.stderr
    assert "${region}" in done.stderr


def test_output_files_appear_whole_or_not_at_all(run_lakeshell: Lakeshell, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    target = tmp_path / "out.parquet"
    assert run_lakeshell("-o", str(target), "-e", "select id from range(1000)").code == 0
    assert pq.read_table(target).num_rows == 1000
    failed = run_lakeshell("-o", str(target), "-e", "select * from nowhere")
    assert failed.code == 1
    assert pq.read_table(target).num_rows == 1000
    csv = tmp_path / "out.csv"
    assert run_lakeshell("-o", str(csv), "-e", "select 1 as a; select * from nowhere").code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["out.parquet"]


def test_a_limit_that_cuts_is_announced(run_lakeshell: Lakeshell) -> None:
    done = run_lakeshell("--limit", "2", "--format", "csv", "-e", "select id from range(5)")
    assert (done.code, done.stdout) == (0, "id\n0\n1\n")
    assert "2 rows" in done.stderr
    assert "more" in done.stderr


def test_a_full_disk_is_said(run_lakeshell: Lakeshell, lakehouse: object) -> None:
    import os
    import subprocess
    import sys

    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "lakeshell", "-e", "select id from range(100000)"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "LAKESHELL_HOME": str(lakehouse.root)},  # type: ignore[attr-defined]
            check=False,
        )
    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


def test_timeout_ends_with_four(run_lakeshell: Lakeshell) -> None:
    done = run_lakeshell(
        "--timeout", "1", "-e", "select count(*) from range(1000000000000) where sqrt(id) < 0"
    )
    assert (done.code, done.stdout) == (4, "")
    assert "1 second" in done.stderr


def test_hostile_cells_are_harmless_for_people_and_unchanged_for_programs(
    run_lakeshell: Lakeshell,
) -> None:
    sql = (
        "select concat(unhex('1b')::string, '[31m', unhex('1b')::string, ']0;t', "
        "unhex('07')::string, unhex('c29b')::string, unhex('e280ae')::string, '[/x]', "
        "unhex('0a')::string, unhex('00')::string) as v"
    )
    value = "\x1b[31m\x1b]0;t\x07\x9b\u202e[/x]\n\x00"
    for name in ("table", "markdown", "vertical"):
        shown = run_lakeshell("--format", name, "-e", sql).stdout
        assert "/x" in shown
        assert not [c for c in shown if (ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0]
        assert "\u202e" not in shown
    assert json.loads(run_lakeshell("--format", "json", "-e", sql).stdout) == [{"v": value}]
    assert run_lakeshell("--format", "csv", "-e", sql).stdout == f'v\n"{value}"\n'


def test_a_python_udf_over_a_delta_table_returns(run_lakeshell: Lakeshell, tmp_path: Path) -> None:
    script = tmp_path / "udf.py"
    script.write_text(
        "from pyspark.sql.functions import udf, pandas_udf\n"
        "spark.sql('create or replace table udf_t as select id from range(1000)')\n"
        "double = udf(lambda x: x * 2, 'bigint')\n"
        "@pandas_udf('bigint')\n"
        "def triple(s):\n"
        "    return s * 3\n"
        "t = spark.table('udf_t')\n"
        "print(t.select(double('id').alias('d'), triple('id').alias('t'))\n"
        "       .agg({'d': 'sum', 't': 'sum'}).collect()[0].asDict()['sum(d)'])\n",
        encoding="utf-8",
    )
    done = run_lakeshell("-f", str(script), timeout=150)
    assert done.code == 0, done.stderr
    assert done.stdout == "999000\n"


def test_python_errors_are_cut_to_the_users_lines(run_lakeshell: Lakeshell, tmp_path: Path) -> None:
    script = tmp_path / "fails.py"
    script.write_text(
        "def load():\n    return spark.table('nowhere').count()\n\nprint('before')\nload()\n",
        encoding="utf-8",
    )
    done = run_lakeshell("-f", str(script))
    assert (done.code, done.stdout) == (1, "before\n")
    assert "nowhere" in done.stderr
    assert 'fails.py", line 5' in done.stderr
    assert 'fails.py", line 2' in done.stderr
    assert "site-packages" not in done.stderr
    assert "JVM" not in done.stderr


def test_a_syntax_error_in_python_has_its_caret(run_lakeshell: Lakeshell, tmp_path: Path) -> None:
    script = tmp_path / "broken.py"
    script.write_text("x = 1\nif x\n    pass\n", encoding="utf-8")
    done = run_lakeshell("-f", str(script))
    assert done.code == 1
    assert f"{script}:2:5" in done.stderr


def test_sys_exit_is_the_scripts_own_code(run_lakeshell: Lakeshell, tmp_path: Path) -> None:
    script = tmp_path / "exits.py"
    script.write_text("import sys\nprint('bye')\nsys.exit(7)\n", encoding="utf-8")
    assert run_lakeshell("-f", str(script)) == Run(7, "bye\n", "")


def test_a_file_that_is_not_text_is_refused(run_lakeshell: Lakeshell, tmp_path: Path) -> None:
    script = tmp_path / "latin.sql"
    script.write_bytes(b"select 1;\nselect 'caf\xe9'\n")
    done = run_lakeshell("-f", str(script))
    assert done.code == 2
    assert "not UTF-8 text (line 2)" in done.stderr
