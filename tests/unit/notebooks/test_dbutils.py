"""dbutils without Spark: files, widgets, other notebooks, values of tasks, secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from command_shell import FakeSession, Shell

from lakeshell.config import Config
from lakeshell.errors import CommandError, Interrupted, StatementError, UsageError
from lakeshell.home import Home
from lakeshell.notebooks.current import running
from lakeshell.notebooks.dbutils import DBUtils
from lakeshell.notebooks.file_utility import ExecutionError, FileInfo
from lakeshell.notebooks.notebook_utility import WorkflowException
from lakeshell.notebooks.running import RunningNotebook
from lakeshell.session.cells import NotebookExit, PythonRestart
from lakeshell.session.result import Event, Notice
from lakeshell.sql.widgets import Widgets


class Called:
    """Stands for running a notebook: what it was asked, and what it does."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, float, dict[str, str]]] = []
        self.error: BaseException | None = None

    def __call__(
        self, caller: RunningNotebook, path: str, timeout: float, arguments: Mapping[str, str]
    ) -> str:
        self.calls.append((path, timeout, dict(arguments)))
        if self.error is not None:
            raise self.error
        return f"ran {path}"


@pytest.fixture
def called() -> Called:
    return Called()


@pytest.fixture
def notebook(tmp_path: Path, called: Called) -> Iterator[RunningNotebook]:
    home = Home(tmp_path / "home").create()
    notebook = RunningNotebook(home, Config(), Widgets(), set(), called)
    with running(notebook):
        yield notebook


@pytest.fixture
def dbutils(notebook: RunningNotebook) -> DBUtils:
    return DBUtils()


def test_outside_of_cells_it_says_so() -> None:
    with pytest.raises(CommandError, match="in the cells"):
        DBUtils().widgets.getAll()


def test_files(dbutils: DBUtils, notebook: RunningNotebook, capsys: Any) -> None:
    fs = dbutils.fs
    assert fs.mkdirs("/mnt/raw/in")
    assert fs.put("/mnt/raw/a.txt", "héllo")
    assert (notebook.home.mnt / "raw/a.txt").read_text(encoding="utf-8") == "héllo"
    assert fs.head("dbfs:/mnt/raw/a.txt", 2) == "h\ufffd"
    assert "Truncated to first 2 bytes" in capsys.readouterr().out
    listed = fs.ls("/mnt/raw")
    assert [(f.path, f.name, f.size, f.isDir()) for f in listed] == [
        ("dbfs:/mnt/raw/a.txt", "a.txt", 6, False),
        ("dbfs:/mnt/raw/in/", "in/", 0, True),
    ]
    assert isinstance(listed[0], FileInfo)
    assert listed[0].modificationTime == int(
        (notebook.home.mnt / "raw/a.txt").stat().st_mtime * 1000
    )
    assert fs.ls(listed[0].path) == [listed[0]]
    assert fs.cp("/mnt/raw", "/Volumes/main/s/v", True)
    assert (notebook.home.volumes / "main/s/v/a.txt").exists()
    assert fs.mv("/mnt/raw/a.txt", "/mnt/raw/in/")
    assert [f.name for f in fs.ls("dbfs:/mnt/raw/in")] == ["a.txt"]
    assert fs.rm("/mnt/raw", True)
    assert not fs.rm("/mnt/raw", True)


def test_files_of_the_machine(dbutils: DBUtils, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("1\n", encoding="utf-8")
    assert dbutils.fs.ls(f"file:{tmp_path}/x.csv")[0].path == f"file:{tmp_path}/x.csv"
    assert dbutils.fs.ls(str(tmp_path / "x.csv"))[0].path == f"file:{tmp_path}/x.csv"
    assert dbutils.fs.rm(f"file:{tmp_path}/x.csv")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda fs: fs.ls("/mnt/absent"), "java.io.FileNotFoundException: There is no"),
        (lambda fs: fs.head("/mnt/absent"), "java.io.FileNotFoundException"),
        (lambda fs: fs.rm("/mnt/d"), "is a folder"),
        (lambda fs: fs.rm("/mnt", True), "whole mount"),
        (lambda fs: fs.rm("/usr", True), "not in the lakehouse"),
        (lambda fs: fs.rm("file:/usr", True), "not in the lakehouse"),
        (lambda fs: fs.mv("/usr", "/mnt/usr", True), "not in the lakehouse"),
        (lambda fs: fs.put("/mnt/d/f", "again"), "exists already"),
        (lambda fs: fs.ls("/mnt/../../etc"), "out of the lakehouse"),
        (lambda fs: fs.unmount("/mnt/never"), "not mounted"),
    ],
)
def test_files_refused(dbutils: DBUtils, call: Any, message: str) -> None:
    dbutils.fs.put("/mnt/d/f", "x")
    with pytest.raises(ExecutionError, match=message):
        call(dbutils.fs)
    assert dbutils.fs.head("/mnt/d/f") == "x"


def test_a_mount_is_remembered_and_said(dbutils: DBUtils, notebook: RunningNotebook) -> None:
    told: list[Event] = []
    notebook._sink = told.append
    assert dbutils.fs.mount("s3a://bucket/in", "/mnt/bucket", extra_configs={"key": "secret"})
    assert [(m.mountPoint, m.source) for m in dbutils.fs.mounts()] == [
        ("/mnt/bucket", "s3a://bucket/in")
    ]
    assert dbutils.fs.ls("/mnt/bucket") == []
    (said,) = told
    assert isinstance(said, Notice)
    assert "no cloud is asked" in said.text
    assert str(notebook.home.mnt / "bucket") in said.text
    with pytest.raises(ExecutionError, match="already mounted"):
        dbutils.fs.mount("s3a://other", "/mnt/bucket")
    assert dbutils.fs.updateMount("s3a://other", "/mnt/bucket")
    shell = Shell(notebook.home, notebook.home.root, FakeSession())
    shell.run("%mounts")
    assert [(row["folder"], row["exists"], row["from"]) for row in shell.rows
            if row["prefix"] == "/mnt/bucket"] == [
        (str(notebook.home.mnt / "bucket"), True, "dbutils.fs.mount of s3a://other")
    ]  # fmt: skip
    assert dbutils.fs.unmount("/mnt/bucket")
    assert dbutils.fs.mounts() == []
    shell.run("%mounts")
    assert "/mnt/bucket" not in [row["prefix"] for row in shell.rows]
    assert "secret" not in notebook.home.objects_db.read_bytes().decode("latin-1")


def test_widgets(dbutils: DBUtils, notebook: RunningNotebook) -> None:
    notebook.widgets.arguments["b"] = "given"
    dbutils.widgets.text("a", "1", "Label")
    dbutils.widgets.dropdown("b", "x", ["x", "y"])
    dbutils.widgets.combobox("c", "free", ["x"])
    dbutils.widgets.multiselect("d", "x", ["x", "y"])
    assert dbutils.widgets.getAll() == {"a": "1", "b": "given", "c": "free", "d": "x"}
    assert dbutils.widgets.getArgument("none", "else") == "else"
    dbutils.widgets.remove("a")
    with pytest.raises(CommandError, match="no widget 'a'"):
        dbutils.widgets.get("a")
    dbutils.widgets.removeAll()
    assert dbutils.widgets.getAll() == {"b": "given"}


def test_other_notebooks(dbutils: DBUtils, called: Called) -> None:
    assert dbutils.notebook.run("./a", 60, {"n": 1}) == "ran ./a"
    assert dbutils.notebook.run("b") == "ran b"
    assert called.calls == [("./a", 60.0, {"n": "1"}), ("b", 0.0, {})]
    called.error = StatementError("no such table")
    with pytest.raises(WorkflowException, match="The notebook b failed: no such table"):
        dbutils.notebook.run("b")
    called.error = SystemExit(3)
    with pytest.raises(WorkflowException, match="The notebook b ended with 3"):
        dbutils.notebook.run("b")
    called.error = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        dbutils.notebook.run("b")
    with pytest.raises(NotebookExit) as ended:
        dbutils.notebook.exit(7)
    assert ended.value.value == "7"
    with pytest.raises(CommandError, match="workspace"):
        dbutils.notebook.getContext()


def test_notebooks_do_not_run_one_another_for_ever(
    dbutils: DBUtils, notebook: RunningNotebook
) -> None:
    notebook.depth = 50
    with pytest.raises(CommandError, match="More than 50"):
        dbutils.notebook.run("again")


def test_values_of_tasks(dbutils: DBUtils, notebook: RunningNotebook) -> None:
    values = dbutils.jobs.taskValues
    assert values.get("load", "rows", default=0, debugValue=3) == 3
    assert values.get("load", "rows", default=0) == 0
    with pytest.raises(CommandError, match="debugValue"):
        values.get("load", "rows")
    notebook.task = "load"
    values.set("rows", {"n": [1, 2]})
    assert values.get("load", "rows") == {"n": [1, 2]}
    with pytest.raises(CommandError, match="has set no value"):
        values.get("load", "none", debugValue=3)
    for bad in ({1, 2}, "x" * 50_000):
        with pytest.raises(UsageError):
            values.set("bad", bad)


def test_library(dbutils: DBUtils) -> None:
    with pytest.raises(PythonRestart):
        dbutils.library.restartPython()
    with pytest.raises(CommandError) as gone:
        dbutils.library.installPyPI("faker")
    assert gone.value.hint == "%pip install faker"


def test_help_tells_every_method(dbutils: DBUtils, capsys: Any) -> None:
    dbutils.help()
    assert "dbutils.secrets:" in capsys.readouterr().out
    dbutils.fs.help()
    told = capsys.readouterr().out
    assert "cp(source: str, target: str, recurse: bool = False): Copy a file" in told
    dbutils.fs.help("cp")
    assert "ls(" not in capsys.readouterr().out
    with pytest.raises(CommandError, match=r"no dbutils\.data here"):
        _ = dbutils.data
    assert not hasattr(dbutils, "data")


def test_it_travels_to_a_kernel_and_back(notebook: RunningNotebook) -> None:
    import pickle

    # A runner is known by name there.
    notebook.runner = _runner
    copy: RunningNotebook = pickle.loads(pickle.dumps(notebook))
    copy.widgets.declare("text", "made there", "1")
    copy.secrets.add("s3cret")
    copy.task_values["load"] = {"rows": 1}
    notebook.learn(copy)
    assert notebook.widgets.value("made there") == "1"
    assert notebook.secrets == {"s3cret"}
    assert notebook.task_values == {"load": {"rows": 1}}


def _runner(
    caller: RunningNotebook, path: str, timeout: float, arguments: Mapping[str, str]
) -> str:
    return ""
