"""%pip: packages into the environment that Python cells run in."""

from __future__ import annotations

import importlib
import importlib.util
import shutil
import subprocess
import sys

import click

from lakeshell.commands.context import CommandContext
from lakeshell.commands.programs import run_printing
from lakeshell.commands.words import VerbatimCommand, plain_words
from lakeshell.errors import CommandError, UsageError
from lakeshell.lake_files import LakeFiles

_CHANGING = ("install", "uninstall")
_LAKE = ("/Volumes/", "/mnt/", "/dbfs/", "dbfs:/")


@click.command("pip", cls=VerbatimCommand)
@click.argument("arguments", nargs=-1, required=True)
@click.pass_obj
def pip_command(context: CommandContext, arguments: tuple[str, ...]) -> None:
    """Run pip (or uv pip) for the environment that Python cells run in.

    What is installed can be imported by the next cell. Outside a virtual environment only
    `--user` may change anything. Paths may be those of the lakehouse.

    \b
    Examples:
      %pip install faker
      %pip install -r requirements.txt
    """
    first, *rest = " ".join(arguments).split("\n")
    _pip(context, plain_words(first))
    for number, line in enumerate(rest):
        if line.startswith("%pip"):
            _pip(context, plain_words(line[4:]))
        elif line.strip():
            # As on Databricks, what follows in the cell is Python.
            context.run("%python\n" + "\n".join(rest[number:]))
            return


def _pip(context: CommandContext, words: list[str]) -> None:
    if not words:
        raise UsageError("%pip wants a command.", hint="%pip install PACKAGE")
    if words[0] in _CHANGING and sys.prefix == sys.base_prefix and "--user" not in words:
        raise UsageError(
            "lakeshell does not run in a virtual environment, so %pip would change the system's "
            "Python.",
            hint="Install lakeshell into a virtual environment, or give --user.",
        )
    command = [*_program(), words[0], *_flags(words)]
    command += [_local(context, word) for word in words[1:]]
    code = run_printing(context, command, stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    importlib.invalidate_caches()
    if code:
        raise CommandError(f"pip {words[0]} ended with code {code}.")


def _program() -> list[str]:
    """pip where the environment has it, else uv for that environment."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip", "--no-input", "--disable-pip-version-check"]
    uv = shutil.which("uv")
    if uv is None:
        raise CommandError(
            "There is neither pip in the environment of the cells nor uv on the path.",
            hint=f"{sys.executable} -m ensurepip",
        )
    return [uv, "pip"]


def _flags(words: list[str]) -> list[str]:
    """Nobody can be asked; and uv is told the environment."""
    if importlib.util.find_spec("pip") is None:
        return ["--python", sys.executable]
    return ["--yes"] if words[0] == "uninstall" else []


def _local(context: CommandContext, word: str) -> str:
    """A path of the lakehouse as this machine's."""
    if not word.startswith(_LAKE):
        return word
    return str(LakeFiles(context.home, context.config).find(word).local)
