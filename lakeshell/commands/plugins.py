"""%plugins: what plugins there are, where they came from and what they add."""

from __future__ import annotations

import difflib

import click

from lakeshell.commands.context import CommandContext
from lakeshell.errors import UsageError


@click.group("plugins")
def plugins_command() -> None:
    """List the plugins, or tell about one.

    \b
    Examples:
      %plugins list
      %plugins info lakeshell_faker
    """


@plugins_command.command("list")
@click.pass_obj
def list_command(context: CommandContext) -> None:
    """List the plugins of this home and of the installed packages.

    \b
    Example:
      %plugins list
    """
    import pyarrow as pa

    registry = context.registry
    registry.ask_all()
    found = registry.plugins
    context.emit_table(
        pa.table(
            {
                "plugin": pa.array([p.name for p in found], pa.string()),
                "state": pa.array(["broken" if p.error else "ok" for p in found], pa.string()),
                "from": pa.array([p.origin for p in found], pa.string()),
                "about": pa.array([p.error or p.summary for p in found], pa.string()),
            }
        )
    )
    if not found:
        context.notice(f"No plugins. Put one into {context.home.plugins}, or install a package.")


@plugins_command.command("info")
@click.argument("name")
@click.pass_obj
def info_command(context: CommandContext, name: str) -> None:
    """Tell where a plugin came from and whether it works.

    \b
    Example:
      %plugins info lakeshell_faker
    """
    found = {plugin.name: plugin for plugin in context.registry.plugins}
    if name not in found:
        near = difflib.get_close_matches(name, found, n=2)
        hint = f"Did you mean {' or '.join(near)}?" if near else "%plugins list"
        raise UsageError(f"There is no plugin {name}.", hint=hint)
    plugin = found[name]
    lines = [f"{plugin.name}: {plugin.summary or 'says nothing about itself'}", plugin.origin]
    if plugin.error:
        lines.append(f"Not loaded: {plugin.error}")
    context.print("\n".join(lines))
