"""%check: which statements of a file run here, before any is run."""

from __future__ import annotations

from collections import Counter

import click

from lakeshell.commands.context import CommandContext
from lakeshell.errors import CommandError, Position
from lakeshell.notebooks.notebook import read_notebook
from lakeshell.notebooks.source import Source

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

    \b
    Example:
      lakeshell check load.sql report.py notebook.ipynb
    """
    from lakeshell.dialect.check import NATIVE, Verdict, check_source
    from lakeshell.dialect.ledger import Fate

    verdicts: list[tuple[str, Verdict]] = []
    for name in files:
        source = Source.of(read_notebook(context.path(name), name))
        found = check_source(
            source.text, source.language, lambda texts: _parse(context, list(texts))
        )
        verdicts += [(_place(source, verdict.position), verdict) for verdict in found]
    counts = Counter(verdict.fate for _, verdict in verdicts)
    shown = [pair for pair in verdicts if show_all or pair[1].fate != NATIVE]
    if shown:
        context.emit_rows(
            [
                {
                    "place": place,
                    "fate": verdict.fate,
                    "construct": ", ".join(verdict.constructs),
                    "note": verdict.note,
                    "statement": _first_words(verdict.text),
                }
                for place, verdict in shown
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


def _place(source: Source, position: Position) -> str:
    name, place = source.placed(position)
    return f"{name}:{place.line}"


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
    from lakeshell.sql.lexer import SILENT, iter_tokens

    start = next((token.start for token in iter_tokens(text) if token.kind not in SILENT), 0)
    words = " ".join(text[start:].split())
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
