"""All commands, formats and handlers: the built-in ones and those of plugins, by the same hooks."""

from __future__ import annotations

import difflib
import importlib.metadata
import importlib.util
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pluggy

from lakeshell.commands import builtin, hookspecs
from lakeshell.commands.dialect import DialectHandler
from lakeshell.commands.lazy import LazyCommand
from lakeshell.commands.panes import PaneSpec
from lakeshell.errors import UsageError
from lakeshell.home import Home
from lakeshell.render.formats import OutputFormat

ENTRY_POINT_GROUP = "lakeshell.plugins"


@dataclass(frozen=True)
class Plugin:
    """A plugin that was found. `error` says why it could not be loaded, None if it was."""

    name: str
    origin: str  # where it came from: a distribution and its version, or a file
    summary: str
    error: str | None = None


class Registry:
    """What commands, formats, handlers and panes there are in one home."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self.plugins: list[Plugin] = []
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self._manager.register(builtin, "lakeshell")
        self._load_entry_points()
        self._load_files()

    @cached_property
    def commands(self) -> dict[str, click.Command | LazyCommand]:
        """Every command by name. A plugin cannot take the name of a built-in one."""
        found: dict[str, click.Command | LazyCommand] = {}
        for owner, commands in self._collect("lakeshell_commands"):
            for command in commands:
                if command.name in found:
                    self._problem(owner, f"its command {command.name!r} exists already")
                elif command.name:
                    found[command.name] = command
        return dict(sorted(found.items()))

    def command(self, name: str) -> click.Command:
        """The command `name`, loaded; UsageError naming the nearest when there is none."""
        command = self.commands.get(name)
        if command is None:
            near = difflib.get_close_matches(name, self.commands, n=3)
            hint = f"Did you mean %{' or %'.join(near)}?" if near else "%help lists the commands."
            raise UsageError(f"There is no command %{name}.", hint=hint)
        return command.load() if isinstance(command, LazyCommand) else command

    def summary(self, name: str) -> str:
        """One line on what the command `name` does."""
        command = self.commands[name]
        if isinstance(command, LazyCommand):
            return command.summary
        return command.get_short_help_str(80)

    @cached_property
    def formats(self) -> dict[str, OutputFormat]:
        """Every output format by name."""
        found: dict[str, OutputFormat] = {}
        for owner, formats in self._collect("lakeshell_output_formats"):
            for output_format in formats:
                if output_format.name in found:
                    self._problem(owner, f"its format {output_format.name!r} exists already")
                else:
                    found[output_format.name] = output_format
        return found

    @cached_property
    def dialect_handlers(self) -> list[DialectHandler]:
        """Every dialect handler, in the order they are asked."""
        return [h for _, handlers in self._collect("lakeshell_dialect_handlers") for h in handlers]

    @cached_property
    def panes(self) -> list[PaneSpec]:
        """Every pane that plugins add to the full-screen face."""
        return [p for _, panes in self._collect("lakeshell_tui_panes") for p in panes]

    def ask_all(self) -> None:
        """Ask every plugin for all it adds, so that `problems` is complete."""
        for hook in ("commands", "formats", "dialect_handlers", "panes"):
            getattr(self, hook)

    @property
    def problems(self) -> list[Plugin]:
        """The plugins that could not be loaded, or not whole."""
        return [plugin for plugin in self.plugins if plugin.error]

    def _collect(self, hook: str) -> list[tuple[str, Any]]:
        """What each plugin answers to `hook`; one that raises is noted and passed over."""
        answers = []
        caller = getattr(self._manager.hook, hook)
        # In the order of registration, built-in first; pluggy itself calls the last first.
        for implementation in caller.get_hookimpls():
            try:
                answers.append((implementation.plugin_name, implementation.function() or ()))
            except Exception as error:
                self._problem(implementation.plugin_name, f"{type(error).__name__}: {error}")
        return answers

    def _problem(self, name: str, error: str) -> None:
        for number, plugin in enumerate(self.plugins):
            if plugin.name == name:
                known = f"{plugin.error}; {error}" if plugin.error else error
                self.plugins[number] = Plugin(name, plugin.origin, plugin.summary, known)

    def _load_entry_points(self) -> None:
        for point in importlib.metadata.entry_points(group=ENTRY_POINT_GROUP):
            distribution = point.dist
            origin = f"{distribution.name} {distribution.version}" if distribution else point.value
            self._register(point.name, origin, point.load)

    def _load_files(self) -> None:
        files = sorted(self._home.plugins.glob("*.py")) if self._home.plugins.is_dir() else []
        for path in files:
            if self._home.trusted:
                self._register(path.stem, str(path), lambda path=path: _import_file(path))
            else:
                why = "this home is not trusted; `lakeshell init` in its folder trusts it"
                self.plugins.append(Plugin(path.stem, str(path), "", why))

    def _register(self, name: str, origin: str, load: Any) -> None:
        try:
            module = load()
            self._manager.register(module, name)
        # A plugin is somebody else's code: whatever it raises must not stop the shell.
        except (Exception, SystemExit) as error:
            self.plugins.append(Plugin(name, origin, "", f"{type(error).__name__}: {error}"))
        else:
            summary = (getattr(module, "__doc__", None) or "").strip().split("\n")[0]
            self.plugins.append(Plugin(name, origin, summary))


def _import_file(path: Path) -> ModuleType:
    name = f"lakeshell_home_plugins.{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
