"""What completion knows of a % command: its options, arguments and their help, from click."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click


@dataclass(frozen=True)
class Parameter:
    """An option by its `flags`, or an argument without any.

    `wants` is what its value is: table, schema, column, file, sql, format, command, choice, text,
    or flag for an option without one.
    """

    name: str
    wants: str
    flags: tuple[str, ...] = ()
    help: str = ""
    choices: tuple[str, ...] = ()
    many: bool = False


@dataclass(frozen=True)
class CommandWords:
    """A command, its parameters and, for a group, the commands in it."""

    name: str
    summary: str
    parameters: tuple[Parameter, ...] = ()
    commands: Mapping[str, CommandWords] = field(default_factory=dict)


def command_words(command: click.Command) -> CommandWords:
    """Read a click command."""
    import click

    inner = command.commands if isinstance(command, click.Group) else {}
    parameters = tuple(_parameter(p) for p in command.params if not getattr(p, "hidden", False))
    return CommandWords(
        name=command.name or "",
        summary=command.get_short_help_str(80),
        parameters=parameters,
        commands={name: command_words(one) for name, one in inner.items()},
    )


_BY_NAME: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda name: name in ("query", "sql", "statement"), "sql"),
    (lambda name: "query" in name and "table" in name, "table"),
    (lambda name: name in ("table", "target", "tables", "into", "source"), "table"),
    (lambda name: "table" in name, "table"),
    (lambda name: "schema" in name, "schema"),
    (
        lambda name: name in ("key", "keys", "x", "y", "zorder", "cols", "columns", "column"),
        "column",
    ),
    (lambda name: name in ("file", "path", "folder", "output", "dir", "directory"), "file"),
    (lambda name: name == "format", "format"),
    (lambda name: name in ("command", "command_name"), "command"),
)


def _parameter(parameter: click.Parameter) -> Parameter:
    import click

    name = parameter.name or ""
    flags: tuple[str, ...] = ()
    help_text = ""
    if isinstance(parameter, click.Option):
        flags = (*parameter.opts, *parameter.secondary_opts)
        help_text = parameter.help or ""
    choices: tuple[str, ...] = ()
    if getattr(parameter, "is_flag", False) or getattr(parameter, "count", False):
        wants = "flag"
    elif isinstance(parameter.type, click.Choice):
        wants, choices = "choice", tuple(str(choice) for choice in parameter.type.choices)
    elif isinstance(parameter.type, (click.Path, click.File)):
        wants = "file"
    else:
        metavar = (getattr(parameter, "metavar", None) or "").lower()
        wants = next(
            (what for fits, what in _BY_NAME if fits(name.lower()) or (metavar and fits(metavar))),
            "text",
        )
    many = parameter.nargs != 1 or bool(getattr(parameter, "multiple", False))
    return Parameter(name, wants, flags, help_text, choices, many)
