"""Completion: text, a cursor and what is known of the lakehouse in, candidates out.

Free of any face: the inline shell and the full-screen editor both ask here. Nothing in it waits
for Spark or starts it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lakeshell.catalog.candidates import Candidate, ranked
from lakeshell.catalog.command_completion import complete_command
from lakeshell.catalog.command_words import CommandWords
from lakeshell.catalog.files import complete_path
from lakeshell.catalog.model import Metadata
from lakeshell.catalog.sql_completion import complete_sql

_SWITCH = re.compile(r"^%(sql|python)\b[ \t]*", re.MULTILINE)
_OPEN_STRING = re.compile(r"""(?P<before>[\w.]*\s*\(?\s*)(?P<quote>['"])(?P<typed>[^'"\n]*)\Z""")


@dataclass(frozen=True)
class Surroundings:
    """What completion may draw from.

    `commands` gives the names and summaries of the % commands, `command` what is known of one.
    `folder` is where relative paths begin, `roots` what lakehouse paths mean on disk. `namespace`
    gives the names of the Python cells.
    """

    metadata: Metadata
    folder: Path
    roots: Mapping[str, Path] = field(default_factory=dict)
    commands: Callable[[], Mapping[str, str]] = dict
    command: Callable[[str], CommandWords | None] = lambda name: None
    formats: Callable[[], tuple[str, ...]] = tuple
    variables: Mapping[str, str] = field(default_factory=dict)
    namespace: Callable[[], dict[str, Any]] = dict


def complete(
    text: str,
    offset: int,
    around: Surroundings,
    *,
    language: str = "sql",
    explicit: bool = False,
) -> list[Candidate]:
    """What could be inserted at `offset`, the best first.

    `language` is that of the text's first cell. Unless `explicit`, places where nothing was typed
    yet are left in peace, but for names that must come (behind FROM, behind a dot).
    """
    line_start = text.rfind("\n", 0, offset) + 1
    cell, language = _cell_start(text, offset, language)
    if text.startswith("%", line_start) and not _SWITCH.match(text, line_start, offset):
        before = text[cell:line_start].rstrip()
        if language == "python" or not before or before.endswith(";") or _is_command(before):
            return complete_command(text, line_start, offset, around, explicit=explicit)
    if language == "python":
        return _complete_python(text[cell:], offset - cell, cell, around, explicit)
    found = complete_sql(text[cell:], offset - cell, around, explicit=explicit)
    return [_moved(candidate, cell) for candidate in found]


def _cell_start(text: str, offset: int, language: str) -> tuple[int, str]:
    """Where the cell of `offset` begins, and its language."""
    start = 0
    for switch in _SWITCH.finditer(text, 0, offset):
        start, language = switch.end(), switch.group(1)
    return start, language


def _is_command(before: str) -> bool:
    return before.rsplit("\n", 1)[-1].startswith("%")


def _moved(candidate: Candidate, by: int) -> Candidate:
    if not by:
        return candidate
    return Candidate(
        candidate.text, candidate.kind, candidate.start + by, candidate.label, candidate.meta
    )


def _complete_python(
    text: str, offset: int, cell: int, around: Surroundings, explicit: bool
) -> list[Candidate]:
    line = text[text.rfind("\n", 0, offset) + 1 : offset]
    string = _OPEN_STRING.search(line)
    if string and line.count(string["quote"]) % 2:
        start = cell + offset - len(string["typed"])
        if "table" in string["before"].lower():
            schema, _, typed = string["typed"].rpartition(".")
            at = cell + offset - len(typed)
            return ranked(
                typed,
                [
                    Candidate(table.name, table.kind, at)
                    for table in around.metadata.tables(schema or None)
                ],
            )
        if "/" in string["typed"] or string["typed"][:1] in (".", "~") or explicit:
            return complete_path(string["typed"], start, around.folder, around.roots)
        return []
    if not explicit and not re.search(r"[\w.]\Z", line):
        return []
    from lakeshell.catalog.python_names import complete_names

    return complete_names(text, offset, cell, around.namespace())
