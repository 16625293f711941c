"""%help: what there is, and how one command is used."""

from __future__ import annotations

import click

from lakeshell.commands.context import CommandContext


@click.command("help")
@click.argument("name", required=False)
@click.pass_obj
def help_command(context: CommandContext, name: str | None) -> None:
    """List the commands, or explain one: %help NAME."""
    registry = context.registry
    if name:
        command = registry.command(name.lstrip("%"))
        with click.Context(command, info_name=f"%{command.name}") as click_context:
            context.print(command.get_help(click_context))
        return
    width = max(len(known) for known in registry.commands) + 3
    lines = ["SQL runs as it is; end a statement with ;. Commands:", ""]
    lines += [f"  {'%' + known:<{width}}{registry.summary(known)}" for known in registry.commands]
    lines += ["", "%python and %sql switch the language of the cell. %help NAME explains one."]
    context.print("\n".join(lines))
