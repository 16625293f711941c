"""%help: what there is, and how one command is used."""

from __future__ import annotations

import difflib

import click

from lakeshell.commands.context import CommandContext
from lakeshell.commands.listing import COMMANDS, TOPICS
from lakeshell.errors import UsageError


@click.command("help")
@click.argument("command", nargs=-1)
@click.pass_obj
def help_command(context: CommandContext, command: tuple[str, ...]) -> None:
    """List the commands, or explain one.

    \b
    Examples:
      %help
      %help history
      %help server start
    """
    context.print(help_of(context, *command) if command else overview(context))


def help_of(context: CommandContext, name: str, *inner: str) -> str:
    """The help of a command, or of one inside a group."""
    name = name.lstrip("%")
    found = context.registry.command(name)
    path = f"%{name}"
    parent = click.Context(found, info_name=path)
    for word in inner:
        group = found
        if not isinstance(group, click.Group) or word not in group.commands:
            known = list(group.commands) if isinstance(group, click.Group) else []
            near = difflib.get_close_matches(word, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"%help {path[1:]} tells what there is."
            raise UsageError(f"{path} has no {word}.", hint=hint)
        found = group.commands[word]
        path = f"{path} {word}"
        parent = click.Context(found, info_name=word, parent=parent)
    return found.get_help(parent)


def overview(context: CommandContext) -> str:
    """Every command in a line, by topic; those of plugins last."""
    registry = context.registry
    lines = ["SQL runs as it is; end a statement with ;. Everything else is a command:"]
    width = max(len(known) for known in registry.commands) + 3
    told: set[str] = set()
    for topic, modules in TOPICS:
        names = [name for name, module, _ in COMMANDS if module in modules]
        lines += ["", f"{topic}:"]
        lines += [f"  {'%' + name:<{width}}{registry.summary(name)}" for name in names]
        told.update(names)
    others = [name for name in registry.commands if name not in told]
    if others:
        lines += ["", "From plugins:"]
        lines += [f"  {'%' + name:<{width}}{registry.summary(name)}" for name in others]
    lines += [
        "",
        "%python and %sql switch the language of the cell. %help NAME explains a command;",
        "on the command line each is a subcommand: lakeshell history sales.orders",
    ]
    return "\n".join(lines)
