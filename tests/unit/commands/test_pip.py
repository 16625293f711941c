"""%pip, with the real pip and without a network."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest
from command_shell import Shell

from lakeshell.errors import CommandError, UsageError


@pytest.fixture
def wheel(shell: Shell) -> str:
    """The smallest package that pip installs, in the lakehouse."""
    folder = shell.home.mnt / "wheels"
    folder.mkdir()
    name = "lakeshell_test_pkg"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{name}.py", "answer = 42\n")
        info = f"{name}-1.0.dist-info"
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: x\n")
        archive.writestr(f"{info}/RECORD", "")
    return f"/mnt/wheels/{name}-1.0-py3-none-any.whl"


def test_what_is_installed_can_be_imported(shell: Shell, wheel: str, tmp_path: Path) -> None:
    target = tmp_path / "site packages"
    shell.run(f"%pip install --no-index --no-deps --target '{target}' {wheel}\n")
    assert "Successfully installed" in shell.text
    assert (target / "lakeshell_test_pkg.py").read_text(encoding="utf-8") == "answer = 42\n"


def test_a_cell_may_hold_several_lines(shell: Shell) -> None:
    shell.run("-- Databricks notebook source\n-- MAGIC %pip --version\n-- MAGIC %pip --version")
    assert shell.text.count(f"python {sys.version_info[0]}.{sys.version_info[1]}") == 2


def test_a_package_that_there_is_not(shell: Shell) -> None:
    with pytest.raises(CommandError, match="pip install ended with code 1"):
        shell.run("%pip install --no-index no-such-package-anywhere")
    assert "no-such-package-anywhere" in shell.text


def test_the_systems_python_is_left_alone(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "base_prefix", sys.prefix)
    for line in ("%pip install x", "%pip uninstall x"):
        with pytest.raises(UsageError, match="virtual environment"):
            shell.run(line)
    shell.run("%pip --version")
    assert "pip" in shell.text
