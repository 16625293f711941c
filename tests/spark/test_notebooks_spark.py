"""Notebooks: run from files, calling one another, with dbutils in their cells."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command import Run

from lakeshell.commands.options import Options
from lakeshell.dialect.secret_store import SecretStore
from lakeshell.errors import CellError, LakeshellError, Position, StatementError
from lakeshell.interpreter import Interpreter, Source
from lakeshell.notebooks.notebook import read_notebook
from lakeshell.session.kernel import Kernel
from lakeshell.session.result import Event, Failed, Result, Text
from lakeshell.session.session import Session

DEMO = Path(__file__).resolve().parents[2] / "demo_data" / "notebooks"
Lakeshell = Callable[..., Run]


class Runs:
    """Runs files of one folder in one shell; what came out of them."""

    def __init__(self, session: Session, folder: Path, kernel: Kernel | None = None) -> None:
        self.folder = folder
        self.events: list[Event] = []
        self.interpreter = Interpreter(
            session.home,
            session.config,
            Options(limit=0),
            sink=self.events.append,
            open_session=lambda: session,
            make_cells=None if kernel is None else lambda _, sink: kernel.for_sink(sink),
        )

    def write(self, **files: str) -> None:
        """Files by name, `__` for the dot."""
        for name, text in files.items():
            (self.folder / name.replace("__", ".")).write_text(text, encoding="utf-8")

    def run(self, name: str, *words: str) -> str:
        """Run a file by `lakeshell run`; the text that came out."""
        self.events.clear()
        self.interpreter.run_words(["run", str(self.folder / name), *words])
        return self.text

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Text))

    @property
    def rows(self) -> list[list[dict[str, object]]]:
        tables = [e.table for e in self.events if isinstance(e, Result) and e.table is not None]
        return [list(table.to_pylist()) for table in tables]


@pytest.fixture
def runs(session: Session, schema: str, tmp_path: Path) -> Runs:
    return Runs(session, tmp_path)


@pytest.fixture
def in_kernel(session: Session, schema: str, tmp_path: Path) -> Iterator[Runs]:
    kernel = Kernel(session)
    yield Runs(session, tmp_path, kernel)
    kernel.close()


CALLER = """# Databricks notebook source
dbutils.widgets.text("day", "2024-01-01")
dbutils.widgets.dropdown("env", "dev", ["dev", "prod"])

# COMMAND ----------

# MAGIC %sql
# MAGIC SELECT :day AS day, '${env}' AS env, getArgument("day") AS again

# COMMAND ----------

# MAGIC %run ./lib/other $a="1" $b="two words"

# COMMAND ----------

print(twice(21), dbutils.widgets.getAll())
given = dbutils.notebook.run("lib/apart", 60, {"a": 5})
print(given, "secret_name" in globals(), spark.catalog.tableExists("apart_view"))
dbutils.notebook.exit(given)

# COMMAND ----------

print("never")
"""
OTHER = """-- Databricks notebook source
CREATE WIDGET TEXT a DEFAULT '0';
SELECT :a AS a, :b AS b;

-- COMMAND ----------

-- MAGIC %python
-- MAGIC def twice(x):
-- MAGIC     return 2 * x
"""
APART = """# Databricks notebook source
dbutils.widgets.text("a", "0")
secret_name = 1
_ = spark.sql("CREATE TEMP VIEW apart_view AS SELECT 1")

# COMMAND ----------

# MAGIC %sql CREATE TABLE made_apart AS SELECT int(:a) AS n

# COMMAND ----------

dbutils.notebook.exit(f"got {dbutils.widgets.get('a')}")
"""


@pytest.mark.parametrize("face", ["runs", "in_kernel"])
def test_notebooks_run_one_another(face: str, request: pytest.FixtureRequest, schema: str) -> None:
    runs: Runs = request.getfixturevalue(face)
    (runs.folder / "lib").mkdir()
    runs.write(main__py=CALLER)
    (runs.folder / "lib" / "other.sql").write_text(OTHER, encoding="utf-8")
    apart = APART.replace("made_apart", f"{schema}.made_apart")
    (runs.folder / "lib" / "apart.py").write_text(apart, encoding="utf-8")
    text = runs.run("main.py", "-p", "day=2024-12-31")
    assert text == ("42 {'day': '2024-12-31', 'env': 'dev', 'a': '1'}\ngot 5 False False\ngot 5\n")
    assert runs.rows == [
        [{"day": "2024-12-31", "env": "dev", "again": "2024-12-31"}],
        [{"a": "1", "b": "two words"}],
    ]
    table = runs.interpreter.session.execute("SELECT n FROM made_apart").table
    assert table is not None
    assert table.to_pylist() == [{"n": 5}]


CELLS = """# Databricks notebook source
from databricks.sdk.runtime import *
from pyspark.dbutils import DBUtils
from pyspark.sql import SparkSession

assert DBUtils(spark).widgets.getArgument("absent", "else") == "else"
assert SparkSession.builder.getOrCreate() is spark
token = dbutils.secrets.get("scope", "token")
print(f"token={token}", len(token))

# COMMAND ----------

# MAGIC %sql CREATE WIDGET COMBOBOX t DEFAULT 's3cret' CHOICES SELECT 's3cret'

# COMMAND ----------

# MAGIC %sql SELECT :t AS token

# COMMAND ----------

spark.range(2).display()
displayHTML("<h1>Title</h1><script>x</script><p>s3cret text</p>")
display(dbutils.fs.ls("/mnt/notebooks"))
spark.sparkContext.setJobGroup("a", "b")
assert sc.broadcast(5).value == 5
print(hasattr(sc, "textFile"))

# COMMAND ----------

kept = 1
dbutils.library.restartPython()
print("never")

# COMMAND ----------

print("kept" in globals(), spark.table("shared").count(), dbutils.widgets.get("t"))
raise ValueError("about s3cret")
"""


@pytest.mark.parametrize("face", ["runs", "in_kernel"])
def test_cells_have_the_tools_of_databricks(
    face: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("cryptography")
    # Never the keyring of the person who runs the tests.
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    runs: Runs = request.getfixturevalue(face)
    session = runs.interpreter.session
    store = SecretStore(session.home)
    if "scope" not in store.scopes():
        store.create_scope("scope")
    store.put("scope", "token", "s3cret")
    session.execute("CREATE OR REPLACE TEMP VIEW shared AS SELECT 1")
    (session.home.mnt / "notebooks").mkdir(exist_ok=True)
    (session.home.mnt / "notebooks" / "a.csv").write_text("1\n", encoding="utf-8")
    runs.write(cells__py=CELLS)
    with pytest.raises(CellError) as failed:
        runs.run("cells.py")
    assert runs.text == ("token=[REDACTED] 6\nTitle\n[REDACTED] text\nFalse\nFalse 1 [REDACTED]\n")
    one, two, files = runs.rows
    assert one == [{"token": "[REDACTED]"}]
    assert two == [{"id": 0}, {"id": 1}]
    assert [row["path"] for row in files] == ["dbfs:/mnt/notebooks/a.csv"]
    assert failed.value.message == "ValueError: about [REDACTED]"
    assert "cells.py" in (failed.value.detail or "")
    runs.write(
        of_sql__sql="CREATE TEMP VIEW hidden AS SELECT secret('scope', lower('TOKEN')) AS t;\n"
        "SELECT length(t) AS n, t, try_secret('scope', 'no') AS no FROM hidden;\n"
        "SELECT count(*) AS n FROM list_secrets('scope') WHERE key = 'token';\n"
        "%python\nspark.sql(\"SELECT secret('scope', 'token') AS t\").show()\n"
        "%sql SELECT secret('scope', 'token') + absent FROM hidden",
    )
    with pytest.raises(StatementError, match="absent") as refused:
        runs.run("of_sql.sql")
    assert runs.rows == [[{"n": 6, "t": "[REDACTED]", "no": None}], [{"n": 1}]]
    assert "[REDACTED]" in runs.text
    assert "s3cret" not in runs.text + str(refused.value) + str(refused.value.detail)


def test_notebooks_that_fail_last_too_long_or_run_at_once(runs: Runs) -> None:
    runs.write(
        fails__sql="SELECT 1;\nSELECT * FROM absent_table",
        slow__py="while True:\n    pass\n",
        slow_sql__sql="SELECT count(*) FROM range(100000000000) WHERE sha2(string(id), 512) = 'x'",
        one__py="print('in', dbutils.widgets.get('n'))\ndbutils.notebook.exit(n)"
        .replace("exit(n)", "exit(dbutils.widgets.get('n'))"),
        main__py="from concurrent.futures import ThreadPoolExecutor\n"
        "for name, seconds in (('fails', 0), ('slow', 1), ('slow_sql', 1), ('nowhere', 0)):\n"
        "    try:\n"
        "        dbutils.notebook.run(name, seconds)\n"
        "    except Exception as error:\n"
        "        print(type(error).__name__, error)\n"
        "with ThreadPoolExecutor(2) as pool:\n"
        "    ran = pool.map(lambda n: dbutils.notebook.run('one', 60, {'n': n}), range(3))\n"
        "    print(list(ran), spark.range(1).count())\n",
    )  # fmt: skip
    text = runs.run("main.py")
    failed, slow, slow_sql, nowhere = text.split("WorkflowException The notebook ")[1:]
    assert not [event for event in runs.events if isinstance(event, Failed)]
    assert failed.startswith("fails failed: ")
    assert "absent_table" in failed
    assert slow == "slow failed: slow ran longer than 1 seconds and was stopped.\n"
    assert slow_sql == "slow_sql failed: slow_sql ran longer than 1 seconds and was stopped.\n"
    assert nowhere.startswith("nowhere failed: There is no notebook nowhere.\n")
    lines = nowhere.splitlines()[1:]
    assert sorted(lines) == ["['0', '1', '2'] 1", "in 0", "in 1", "in 2"]


def jupyter_text(*cells: str) -> str:
    made = [{"cell_type": "code", "metadata": {}, "source": source} for source in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made})


def test_jupyter_notebooks_run_and_are_written(runs: Runs, tmp_path: Path) -> None:
    nbformat = pytest.importorskip("nbformat")
    runs.write(
        a__ipynb=jupyter_text(
            "x = 2\nprint(x)",
            "%sql\nSELECT '<b>bold</b>' AS v, timestamp'2024-01-01 10:00:00' AS t;\nSELECT 2 AS n",
            "displayHTML('<i>page</i>')",
            "%sql\nSELECT 1,\n  nowhere",
            "print('never')",
        )
    )
    for suffix in ("ipynb", "html"):
        with pytest.raises(LakeshellError) as failed:
            runs.run("a.ipynb", "--output", str(tmp_path / f"out.{suffix}"))
        assert isinstance(failed.value, StatementError)
        assert failed.value.source == f"{tmp_path / 'a.ipynb'}[cell 4]"
        assert failed.value.position == Position(3, 3)
        assert failed.value.source_line == "  nowhere"
    written = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    printed, rows, page, error, never = (cell.outputs for cell in written.cells)
    assert printed[0].text == "2\n"
    assert [o.output_type for o in rows] == ["display_data", "display_data"]
    assert "&lt;b&gt;bold" in rows[0].data["text/html"]
    assert "2024-01-01 10:00:00" in rows[0].data["text/plain"]
    assert 'sandbox=""' in page[0].data["text/html"]
    assert error[0].output_type == "error"
    assert never == []
    shown = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;bold" in shown
    assert "UNRESOLVED_COLUMN" in shown
    runs.events.clear()
    with pytest.raises(LakeshellError):
        runs.interpreter.run(Source.of(read_notebook(tmp_path / "a.ipynb")))
    runs.interpreter.run_words(["check", "--all", str(tmp_path / "a.ipynb")])
    assert [str(row["place"]).rpartition("[")[2] for row in runs.rows[-1]] == [
        "cell 2]:2", "cell 2]:3", "cell 4]:2"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("1_delta_lake.sql", "12 stores, 5 versions"),
        ("2_relational_entities.sql", "18026 lines, 2392 of them recent"),
        ("3_etl_with_spark_sql.sql", "1020 customers"),
        ("4_python_for_spark_sql.py", "996 customers in 3 segments"),
        ("5_medallion.sql", "501 orders, 2 refused"),
        ("6_incremental.py", "9 orders of 3 stores"),
        ("7_analytics.sql", "314 days, 33 of them unusual"),
    ],
)
def test_the_exercises_run(runs: Runs, name: str, value: str) -> None:
    target = runs.folder / "out.html"
    runs.interpreter.run_words(["run", str(DEMO / name), "--output", str(target)])
    assert runs.text.splitlines()[-1] == value
    assert runs.interpreter.all_fine
    page = target.read_text(encoding="utf-8")
    assert page.count("<table>") >= 1
    assert "Exercise" in page


def test_the_command_line(run_lakeshell: Lakeshell, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text(
        "CREATE WIDGET TEXT n DEFAULT '1';\nSELECT int(:n) + ${m} AS n;\n"
        "%python dbutils.notebook.exit('done')\n%scala println(1)",
        encoding="utf-8",
    )
    done = run_lakeshell("-v", "m=2", "--format", "csv", "run", str(tmp_path / "a"), "-p", "n=40")
    assert done == Run(0, "n\n42\ndone\n", "")
    for arguments, word in (
        ((str(tmp_path / "absent"),), "no notebook"),
        ((str(tmp_path / "a"), "-p", "x"), "NAME=VALUE"),
        ((str(tmp_path / "a"), "--output", str(tmp_path / "a.pdf")), ".ipynb or .html"),
    ):
        refused = run_lakeshell("run", *arguments)
        assert (refused.code, refused.stdout) == (2, "")
        assert word in refused.stderr
