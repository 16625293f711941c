"""Completion of % command lines: names, options with their help, and arguments by their kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lakeshell.catalog.candidates import Candidate, ranked
from lakeshell.catalog.command_words import CommandWords, Parameter
from lakeshell.catalog.context import cursor_at
from lakeshell.catalog.files import complete_path
from lakeshell.catalog.sql_completion import column_candidates, complete_sql, relation_candidates

if TYPE_CHECKING:
    from lakeshell.catalog.completion import Surroundings

_WORD = re.compile(r"""[^\s'"]+|'[^']*'?|"[^"]*"?""")
_QUERY = re.compile(r"""(?:\A|[\s'"])(?=(?:select|with|from|values)\s)""", re.IGNORECASE)


def complete_command(
    text: str, line_start: int, offset: int, around: Surroundings, *, explicit: bool = False
) -> list[Candidate]:
    """What fits at `offset` of the command line that begins with `%` at `line_start`."""
    line = text[line_start:offset]
    if " " not in line:
        return ranked(
            line[1:],
            [
                Candidate(name, "command", line_start + 1, meta=summary)
                for name, summary in around.commands().items()
            ],
        )
    name, _, rest = line[1:].partition(" ")
    command = around.command(name)
    words = _WORD.findall(rest)
    typed = "" if rest[-1:].isspace() or not words else words.pop()
    while command is not None and command.commands and words:
        if words[0].startswith("-"):
            break
        command = command.commands.get(words.pop(0))
    if command is None:
        return []
    start = offset - len(typed)
    if typed.startswith("-") and "=" not in typed:
        return ranked(typed, _options(command, words, start))
    if command.commands:
        return ranked(
            typed,
            [
                Candidate(name, "command", start, meta=inner.summary)
                for name, inner in command.commands.items()
            ],
        )
    query = _QUERY.search(rest)
    if query and any(p.wants in ("sql", "table", "text") for p in command.parameters):
        return _query(rest[query.end() :], offset, around, explicit)
    wanted = _wanted(command, words)
    if wanted is None:
        return ranked(typed, _options(command, words, start)) if explicit else []
    return _values(wanted, typed, start, words, around, explicit)


def _options(command: CommandWords, words: list[str], start: int) -> list[Candidate]:
    found = []
    for parameter in command.parameters:
        if not parameter.flags or (not parameter.many and set(parameter.flags) & set(words)):
            continue
        for flag in parameter.flags:
            if len(flag) > 2 or len(parameter.flags) == 1:
                found.append(Candidate(flag, "option", start, meta=parameter.help))
    return [*found, Candidate("--help", "option", start, meta="explain the command")]


def _wanted(command: CommandWords, words: list[str]) -> Parameter | None:
    """The option or argument whose value stands behind `words`."""
    flags = {flag: parameter for parameter in command.parameters for flag in parameter.flags}
    arguments = [parameter for parameter in command.parameters if not parameter.flags]
    pending: Parameter | None = None
    given = 0
    for word in words:
        if pending is not None:
            pending = None
        elif word in flags:
            pending = flags[word] if flags[word].wants != "flag" else None
        elif not word.startswith("-"):
            given += 1
    if pending is not None:
        return pending
    if given < len(arguments):
        return arguments[given]
    return arguments[-1] if arguments and arguments[-1].many else None


def _query(sql: str, offset: int, around: Surroundings, explicit: bool) -> list[Candidate]:
    by = offset - len(sql)
    return [
        Candidate(c.text, c.kind, c.start + by, c.label, c.meta)
        for c in complete_sql(sql, len(sql), around, explicit=explicit)
    ]


def _values(
    wanted: Parameter,
    typed: str,
    start: int,
    words: list[str],
    around: Surroundings,
    explicit: bool,
) -> list[Candidate]:
    metadata = around.metadata
    if wanted.choices:
        return ranked(typed, [Candidate(choice, "choice", start) for choice in wanted.choices])
    if wanted.wants == "table":
        cursor = cursor_at(f"TABLE {typed}", 6 + len(typed))
        found = relation_candidates(cursor, metadata, [], start=start - 6 + cursor.start)
        return ranked(cursor.typed, found)
    if wanted.wants == "schema":
        return ranked(typed, [Candidate(s, "schema", start) for s in metadata.schemas()])
    if wanted.wants == "column":
        # A list of columns is one word: a,b,c.
        last = typed.rpartition(",")[2]
        tables = [tuple(word.split(".")) for word in words if not word.startswith("-")]
        columns = next((c for c in map(metadata.columns, tables) if c), ())
        return ranked(last, column_candidates(columns, start + len(typed) - len(last)))
    if wanted.wants == "file":
        return complete_path(typed.lstrip("'\""), start, around.folder, around.roots)
    if wanted.wants == "format":
        return ranked(typed, [Candidate(f, "format", start) for f in around.formats()])
    if wanted.wants == "command":
        commands = around.commands().items()
        return ranked(typed, [Candidate(name, "command", start, meta=s) for name, s in commands])
    return []
