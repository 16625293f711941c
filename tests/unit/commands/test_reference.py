"""Every built-in command explains itself, and docs/commands.md says what they say."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from lakeshell.commands.listing import COMMANDS, TOPICS
from lakeshell.commands.reference import load, reference, walk

ROOT = Path(__file__).resolve().parents[3]


def every_command() -> list[tuple[str, click.Command]]:
    return [
        (path, one)
        for name, module, _ in COMMANDS
        for path, one, _ in walk(load(name, module), name)
    ]


@pytest.mark.parametrize(("path", "command"), every_command())
def test_a_command_has_help_with_an_example(path: str, command: click.Command) -> None:
    assert command.help, path
    first, _, rest = command.help.partition("\n")
    assert first.rstrip().endswith("."), f"{path}: a sentence first"
    assert "Example" in rest, path
    name = path.split(" ")[0]
    examples = rest.partition("Example")[2]
    assert f"%{name}" in examples or f"lakeshell {name}" in examples, path


@pytest.mark.parametrize(("path", "command"), every_command())
def test_every_option_is_explained(path: str, command: click.Command) -> None:
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{path} {parameter.opts}"


@pytest.mark.parametrize(("path", "command"), every_command())
def test_examples_give_options_that_there_are(path: str, command: click.Command) -> None:
    flags = {flag for p in command.params for flag in (*p.opts, *p.secondary_opts)}
    assert command.help is not None
    for line in command.help.partition("Example")[2].split("\n"):
        words = line.replace("%", "").removeprefix("  lakeshell").split()
        if words[: len(path.split())] == path.split() and not isinstance(command, click.Group):
            assert {w for w in words if w.startswith("--")} <= flags, line


def test_the_listing_names_each_command_once_and_under_a_topic() -> None:
    names = [name for name, _, _ in COMMANDS]
    assert len(names) == len(set(names))
    assert {module for _, module, _ in COMMANDS} == {m for _, modules in TOPICS for m in modules}
    for name, module, summary in COMMANDS:
        assert load(name, module).name == name
        assert summary
        assert not summary.endswith(".")


def test_the_reference_is_current() -> None:
    written = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert written == reference(), "python -m lakeshell.commands.reference > docs/commands.md"
