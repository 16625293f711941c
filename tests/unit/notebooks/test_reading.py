"""Files to run: Databricks source, Jupyter, plain; their cells, and the places of errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lakeshell.errors import Position, UsageError
from lakeshell.notebooks.notebook import Notebook, find_notebook, read_notebook
from lakeshell.notebooks.source import Source
from lakeshell.sql.statements import split_source

DATABRICKS = """# Databricks notebook source
# MAGIC %md
# MAGIC # Title
# MAGIC text

# COMMAND ----------

# DBTITLE 1,Load it
x = 1

# COMMAND ----------

# MAGIC %sql
# MAGIC SELECT 1;
# MAGIC SELECT 2
"""


def notebook(path: Path, text: str) -> Notebook:
    path.write_text(text, encoding="utf-8")
    return read_notebook(path)


def jupyter(*cells: tuple[str, str], **metadata: object) -> str:
    made = [{"cell_type": kind, "metadata": {}, "source": source} for kind, source in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": made})


def test_cells_of_databricks_source(tmp_path: Path) -> None:
    found = notebook(tmp_path / "a.py", DATABRICKS)
    assert [(cell.kind, cell.source, cell.title) for cell in found.cells] == [
        ("markdown", "# Title\ntext", ""),
        ("code", "x = 1", "Load it"),
        ("code", "%sql\nSELECT 1;\nSELECT 2", ""),
    ]
    units = split_source(found.text, found.language)
    assert [found.cell_at(unit.start) for unit in units] == [0, 1, 2, 2]


def test_statements_of_a_plain_file_are_its_cells(tmp_path: Path) -> None:
    found = notebook(tmp_path / "a.sql", "-- first\nSELECT 1;\n%md\n# Hello\n\nSELECT\n 2")
    assert [(cell.kind, cell.source) for cell in found.cells] == [
        ("code", "-- first\nSELECT 1;"),
        ("markdown", "# Hello"),
        ("code", "SELECT\n 2"),
    ]
    units = split_source(found.text, found.language)
    assert [found.cell_at(unit.start) for unit in units] == [0, 1, 2]


def test_a_jupyter_notebook_runs_in_its_language(tmp_path: Path) -> None:
    cells = (("markdown", "# T"), ("code", "x = 1\ny = 2"), ("raw", "left out"),
             ("code", "%%sql\nSELECT 1"))  # fmt: skip
    found = notebook(tmp_path / "a.ipynb", jupyter(*cells))
    assert found.language == "python"
    assert [cell.kind for cell in found.cells] == ["markdown", "code", "markdown", "code"]
    units = split_source(found.text, found.language)
    assert [(u.language, u.text) for u in units] == [
        ("command", "%md\n# T"), ("python", "x = 1\ny = 2"), ("sql", "SELECT 1")
    ]  # fmt: skip
    assert [found.cell_at(unit.start) for unit in units] == [0, 1, 3]
    of_sql = jupyter(("code", "SELECT 1"), language_info={"name": "sql"})
    assert notebook(tmp_path / "b.ipynb", of_sql).language == "sql"
    of_databricks = {"application/vnd.databricks.v1+notebook": {"language": "sql"}}
    of_databricks["language_info"] = {"name": "python"}
    exported = jupyter(("code", "SELECT 1"), **of_databricks)
    assert notebook(tmp_path / "c.ipynb", exported).language == "sql"


def test_places_in_a_jupyter_notebook_are_those_of_its_cell(tmp_path: Path) -> None:
    text = jupyter(("code", "x = 1\ny = 2"), ("code", "%sql\nSELECT\n  nope"))
    source = Source.of(notebook(tmp_path / "a.ipynb", text))
    python, sql = split_source(source.text, source.language)
    name = str(tmp_path / "a.ipynb")
    assert source.placed(python.position(6)) == (f"{name}[cell 1]", Position(2, 1))
    place = sql.position(sql.text.index("nope"))
    assert source.placed(place) == (f"{name}[cell 2]", Position(3, 3))
    assert source.line(place) == "  nope"


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("a.txt", "x", ".sql, .py and .ipynb"),
        ("a.ipynb", "{", "no notebook"),
        ("a.ipynb", '{"cells": 1}', "list of cells"),
        ("a.sql", "caf\xe9", "UTF-8"),
    ],
)
def test_files_that_cannot_be_run(tmp_path: Path, name: str, content: str, word: str) -> None:
    (tmp_path / name).write_bytes(content.encode("latin-1"))
    with pytest.raises(UsageError, match=word):
        read_notebook(tmp_path / name)
    with pytest.raises(UsageError, match="folder"):
        read_notebook(tmp_path)
    with pytest.raises(UsageError, match="no file"):
        read_notebook(tmp_path / "absent.sql")


def test_notebooks_are_found_without_their_suffix(tmp_path: Path) -> None:
    folder, workspace = tmp_path / "here", tmp_path / "workspace"
    (workspace / "Users" / "me").mkdir(parents=True)
    folder.mkdir()
    for path in (folder / "a.py", folder / "b.v2.sql", workspace / "Users" / "me" / "c.ipynb"):
        path.write_text("", encoding="utf-8")
    (tmp_path / "out.py").write_text("", encoding="utf-8")
    assert find_notebook("./a", folder, workspace) == folder / "a.py"
    assert find_notebook("b.v2", folder, workspace) == folder / "b.v2.sql"
    assert find_notebook("../out", folder, workspace) == tmp_path / "out.py"
    for name in ("/Users/me/c", "/Workspace/Users/me/c", "/Users/me/c.ipynb"):
        assert find_notebook(name, folder, workspace).name == "c.ipynb"
    for name in ("absent", "/../out", "/Users/../../out"):
        with pytest.raises(UsageError, match="no notebook"):
            find_notebook(name, folder, workspace)
