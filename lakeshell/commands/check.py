"""%check: which statements of a file run here, before any is run."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from lakeshell.commands.context import CommandContext
from lakeshell.errors import CommandError, UsageError

_LANGUAGES = {".sql": "sql", ".py": "python"}
_LONGEST = 60  # characters of a statement that are shown


@click.command("check")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--all", "show_all", is_flag=True, help="Also those that are native.")
@click.pass_obj
def check_command(context: CommandContext, files: tuple[str, ...], show_all: bool) -> None:
    """Say of every statement whether it runs here, without running it.

    native: Spark understands it. handled: lakeshell does what Databricks would. accepted and
    ignored: it runs, a part of it has no effect on one machine. unsupported: it stops with the
    reason given. Statements in `spark.sql("…")` are checked, too. Exit code 1 when something is
    unsupported.
    """
    from lakeshell.dialect.check import NATIVE, Verdict, check_source
    from lakeshell.dialect.ledger import Fate

    verdicts: list[tuple[str, Verdict]] = []
    for name in files:
        source, language = _read(context.path(name))
        found = check_source(source, language, lambda texts: _parse(context, list(texts)))
        verdicts += [(name, verdict) for verdict in found]
    counts = Counter(verdict.fate for _, verdict in verdicts)
    shown = [pair for pair in verdicts if show_all or pair[1].fate != NATIVE]
    if shown:
        context.emit_rows(
            [
                {
                    "place": f"{name}:{verdict.position.line}",
                    "fate": verdict.fate,
                    "construct": ", ".join(verdict.constructs),
                    "note": verdict.note,
                    "statement": _first_words(verdict.text),
                }
                for name, verdict in shown
            ]
        )
    told = ", ".join(
        f"{counts[fate]:,} {fate}" for fate in (NATIVE, *(f.value for f in Fate)) if counts[fate]
    )
    context.notice(f"{len(verdicts):,} statements: {told}." if verdicts else "No SQL in there.")
    refused = counts[Fate.UNSUPPORTED.value]
    if refused:
        some = "1 statement does" if refused == 1 else f"{refused:,} statements do"
        raise CommandError(f"{some} not run here.")


def _read(path: Path) -> tuple[str, str]:
    language = _LANGUAGES.get(path.suffix.lower())
    if language is None:
        raise UsageError(f"{path.name} is no .sql or .py file.")
    try:
        return path.read_text(encoding="utf-8-sig"), language
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UsageError(f"{path} cannot be read: {reason}.") from error


def _parse(context: CommandContext, texts: list[str]) -> list[str | None]:
    if not texts:
        return []
    from lakeshell.render.errors import split_spark_message

    answers = context.session.control.parse(texts)
    if len(answers) != len(texts):
        raise CommandError("The server did not answer for every statement.")
    return [
        None if answer is None else split_spark_message(str(answer["message"])).text
        for answer in answers
    ]


def _first_words(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
