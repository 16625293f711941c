"""The hooks: what a plugin can add to lakeshell.

A plugin is a module with functions of these names marked `@hookimpl`, found through the entry
point group `lakeshell.plugins` or as a file in the home's `plugins/`. lakeshell's own commands and
formats come through the same hooks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Union

import pluggy

if TYPE_CHECKING:
    import click

    from lakeshell.commands.dialect import DialectHandler
    from lakeshell.commands.lazy import LazyCommand
    from lakeshell.commands.panes import PaneSpec
    from lakeshell.render.formats import OutputFormat

PROJECT = "lakeshell"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def lakeshell_commands() -> Sequence[Union[click.Command, LazyCommand]]:
    """% commands, each also a subcommand of `lakeshell`. `@click.pass_obj` gives the
    `CommandContext`."""
    raise NotImplementedError


@hookspec
def lakeshell_output_formats() -> Sequence[OutputFormat]:
    """Formats for `--format`, `-o` and `%export`."""
    raise NotImplementedError


@hookspec
def lakeshell_dialect_handlers() -> Sequence[DialectHandler]:
    """Handlers for statements that Spark's parser refuses, asked in order."""
    raise NotImplementedError


@hookspec
def lakeshell_tui_panes() -> Sequence[PaneSpec]:
    """Panes for the full-screen face."""
    raise NotImplementedError
