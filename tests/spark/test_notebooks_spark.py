"""Notebooks: run from files, calling one another, with dbutils in their cells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lakeshell.commands.options import Options
from lakeshell.interpreter import Interpreter
from lakeshell.session.kernel import Kernel
from lakeshell.session.result import Event, Result, Text
from lakeshell.session.session import Session


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
