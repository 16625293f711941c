"""lakeshell's own commands and formats, offered through the hooks that plugins use."""

from __future__ import annotations

from lakeshell.commands.hookspecs import hookimpl
from lakeshell.commands.lazy import LazyCommand
from lakeshell.commands.listing import COMMANDS
from lakeshell.render.formats import BUILTIN_FORMATS, OutputFormat


@hookimpl
def lakeshell_commands() -> list[LazyCommand]:
    """The built-in commands."""
    return [
        LazyCommand(name, f"lakeshell.commands.{module}:{name.replace('-', '_')}_command", summary)
        for name, module, summary in COMMANDS
    ]


@hookimpl
def lakeshell_output_formats() -> list[OutputFormat]:
    """The built-in formats."""
    return list(BUILTIN_FORMATS)
