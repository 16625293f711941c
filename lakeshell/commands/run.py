"""%run: another notebook, inside this one; `lakeshell run`: a notebook from the command line."""

from __future__ import annotations

import re
from pathlib import Path

import click

from lakeshell.commands.context import CommandContext
from lakeshell.errors import UsageError
from lakeshell.notebooks.notebook import Notebook, find_notebook, read_notebook

_ARGUMENT = re.compile(r"\$([^\W\d][\w.\-]*)\s*=(.*)\Z", re.DOTALL)


@click.command("run")
@click.argument("notebook")
@click.argument("arguments", nargs=-1, metavar="[$NAME=VALUE]…")
@click.option(
    "-p", "--parameter", "parameters", multiple=True, metavar="NAME=VALUE",
    help="The value of a widget.",
)  # fmt: skip
@click.option(
    "--output", metavar="FILE", help="Write the cells with what they gave: .ipynb or .html."
)
@click.pass_obj
def run_command(
    context: CommandContext,
    notebook: str,
    arguments: tuple[str, ...],
    parameters: tuple[str, ...],
    output: str | None,
) -> None:
    """Run a notebook or a script: .py and .sql, of Databricks or plain, and .ipynb.

    In a cell its names, views and settings become those of this notebook; its path is relative to
    this one, and its widgets have the values given. What `dbutils.notebook.exit` is given is
    printed at the end.

    \b
    Examples:
      lakeshell run report.py -p day=2024-12-31 --output report.html
      %run ./setup
      %run ./load $table="sales" $day="2024-12-31"
    """
    given = dict(_argument(text) for text in arguments)
    given.update(_parameter(text) for text in parameters)
    path = find_notebook(notebook, context.folder, context.home.workspace)
    found = read_notebook(path, notebook_name(notebook, path.name))
    if output is None:
        context.run_notebook(found, given)
    else:
        _run_and_write(context, found, given, context.path(output))


def _run_and_write(
    context: CommandContext, notebook: Notebook, given: dict[str, str], target: Path
) -> None:
    """Written also when a cell fails: what the others gave is in it, and the error."""
    from lakeshell.notebooks.recording import Recording
    from lakeshell.notebooks.writing import check_target, write_executed

    check_target(target)
    recording = Recording(notebook)
    try:
        context.run_notebook(notebook, given, recording.on_unit, recording.take)
    finally:
        zone = context.session.time_zone if recording.has_rows else "UTC"
        write_executed(recording, target, zone)


def notebook_name(written: str, file_name: str) -> str:
    """The file as the user has written it, with the suffix that it has."""
    if written.endswith(file_name):
        return written
    return written + file_name[len(written.rpartition("/")[2]) :]


def _argument(text: str) -> tuple[str, str]:
    found = _ARGUMENT.match(text)
    if found is None:
        raise UsageError(
            f"{text[:60]!r} is no argument of a notebook.", hint='For example: $day="2024-12-31"'
        )
    return found[1], found[2]


def _parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise UsageError(f"{text!r} is not NAME=VALUE.", hint="For example: -p day=2024-12-31")
    return name.strip(), value
