"""What is loaded when: each check in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("pyspark", "grpc", "pyarrow", "numpy", "pandas", "prompt_toolkit", "click", "pluggy",
         "jedi", "fastapi")  # fmt: skip


def loaded_after(code: str) -> set[str]:
    """The top-level modules that are loaded after `code`."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"{code}\nimport sys; print(' '.join(sys.modules), file=sys.stderr)",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.split(".")[0] for name in done.stderr.split()}


def test_help_loads_nothing_heavy() -> None:
    assert not loaded_after("from lakeshell.cli import run; run(['--help'])") & set(HEAVY)


def test_the_script_face_loads_neither_pyspark_nor_plugins() -> None:
    found = loaded_after("import lakeshell.script")
    assert not found & {"pandas", "numpy", "prompt_toolkit", "click", "pluggy", "jedi"}


def test_the_first_frame_loads_neither_spark_nor_the_panes() -> None:
    code = "import lakeshell.tui.app, sys; assert 'lakeshell.tui.panes' not in sys.modules"
    assert not loaded_after(code) & {*HEAVY, "tree_sitter"}


@pytest.mark.parametrize("module", ["lakeshell.sql.statements", "lakeshell.sql.variables"])
def test_sql_is_text_only(module: str) -> None:
    assert not loaded_after(f"import {module}") & set(HEAVY)


def test_spark_messages_leave_pyspark_whole() -> None:
    """After the short cut, the real package loads as if nothing had been."""
    code = (
        "from lakeshell.session.protocol import load_messages, load_grpc\n"
        "load_grpc(); pb = load_messages()\n"
        "from pyspark.sql.connect.session import SparkSession\n"
        "import pyspark.sql.connect.proto as again, grpc.aio\n"
        "assert again is pb and grpc.aio.Channel and SparkSession.builder\n"
    )
    assert "pandas" in loaded_after(code)
