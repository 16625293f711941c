"""Commands that only the inline shell has: %edit, %recall, %quit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import click

from lakeshell.commands.context import CommandContext
from lakeshell.errors import UsageError
from lakeshell.history import StatementHistory


class Quit(BaseException):
    """The shell is to end. Not an error, so that nothing on the way takes it for one."""


def shell_commands(history: StatementHistory, language: Callable[[], str]) -> list[click.Command]:
    """The commands of a shell that remembers in `history` and speaks `language` now."""

    @click.command("edit", short_help="Edit a statement in $EDITOR, then run it")
    @click.argument("number", required=False, type=int)
    @click.pass_obj
    def edit(context: CommandContext, number: int | None) -> None:
        """Edit a statement in $VISUAL or $EDITOR, then run it.

        Without NUMBER it is the last one; %recall tells the numbers. It runs when the editor was
        left with the text saved.

        Example: %edit 12
        """
        if number is None:
            entries = (e for e in history.recent(50) if not e.text.startswith(("%edit", "%recall")))
            entry = next(entries, None)
        else:
            entry = history.entry(number)
            if entry is None:
                raise UsageError(f"There is no statement {number}.", hint="%recall lists them.")
        spoken = entry.language if entry else language()
        suffix = ".py" if spoken == "python" else ".sql"
        edited = click.edit(entry.text + "\n" if entry else "", extension=suffix)
        text = (edited or "").strip()
        if not text:
            context.notice("Nothing was saved, so nothing is run.")
            return
        context.print(text)
        if spoken != language() and not text.startswith("%"):
            text = f"%{spoken}\n{text}"
        history.add(text, language())
        context.run(text)

    @click.command("recall", short_help="List or search the statements that were run")
    @click.argument("text", nargs=-1)
    @click.option("--limit", default=20, show_default=True, help="statements to list")
    @click.pass_obj
    def recall(context: CommandContext, text: tuple[str, ...], limit: int) -> None:
        """List statements that were run, those with TEXT in them if it is given.

        All shells of the lakehouse share them. %edit NUMBER brings one back; Ctrl-R searches.

        Example: %recall merge into
        """
        entries = history.recent(max(limit, 1), " ".join(text))
        if not entries:
            context.notice("There is no such statement." if text else "Nothing was run yet.")
            return
        context.emit_rows(
            [
                {
                    "number": entry.id,
                    "at": f"{datetime.fromtimestamp(entry.at):%Y-%m-%d %H:%M}",
                    "language": entry.language,
                    "statement": " ".join(entry.text.split()),
                }
                for entry in reversed(entries)
            ]
        )

    @click.command("quit", short_help="Leave the shell")
    def leave() -> None:
        """Leave the shell, as Ctrl-D, exit and quit do."""
        raise Quit

    return [edit, recall, leave]
