"""The built-in commands by name: data only, so that `lakeshell --help` loads nothing."""

from __future__ import annotations

# (name, module in lakeshell.commands, summary). The module has the command as `<name>_command`,
# with `_` for `-`.
COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("help", "help", "List the commands, or explain one"),
)
