"""The reference of the built-in commands.

`python -m lakeshell.commands.reference > docs/commands.md` brings the page up to date.
"""

from __future__ import annotations

from collections.abc import Iterator

import click

from lakeshell.commands.listing import COMMANDS, TOPICS

_WIDTH = 100


def reference() -> str:
    """The whole page, the same on every machine and for every width of the terminal."""
    parts = [
        "# Commands",
        "In a cell, a notebook and the shell a command starts with `%`; on the command line it is "
        "a subcommand: `%history t` is `lakeshell history t`. `%help NAME` and `--help` show what "
        "stands here.",
    ]
    for topic, modules in TOPICS:
        parts.append(f"## {topic}")
        for name, module, _ in COMMANDS:
            if module in modules:
                command = load(name, module)
                for path, one, parent in walk(command, f"%{name}"):
                    parts.append(_entry(path, one, parent))
    return "\n\n".join(parts) + "\n"


def load(name: str, module: str) -> click.Command:
    """The click command of an entry in the listing."""
    from lakeshell.commands.lazy import LazyCommand

    attribute = f"{name.replace('-', '_')}_command"
    return LazyCommand(name, f"lakeshell.commands.{module}:{attribute}", "").load()


def walk(
    command: click.Command, path: str, parent: click.Context | None = None
) -> Iterator[tuple[str, click.Command, click.Context | None]]:
    """A command and those inside it, each with its full name and the context of its group."""
    yield path, command, parent
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path, parent=parent, terminal_width=_WIDTH)
        for name, inner in command.commands.items():
            yield from walk(inner, f"{path} {name}", context)


def _entry(path: str, command: click.Command, parent: click.Context | None) -> str:
    name = path.rsplit(" ", 1)[-1] if parent else path
    context = click.Context(command, info_name=name, parent=parent, terminal_width=_WIDTH)
    heading = "####" if parent else "###"
    return f"{heading} {path}\n\n```text\n{command.get_help(context)}\n```"


if __name__ == "__main__":
    print(reference(), end="")
