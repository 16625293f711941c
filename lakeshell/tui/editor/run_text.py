"""What F5 and F7 run: the selection, the statement or cell at the cursor, or everything."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lakeshell.errors import Position
from lakeshell.sql.statements import unit_at

SHORT = 50_000
"""Characters that are split at once; longer texts are split in a worker thread."""

_MAGIC_LINE = re.compile(r"(?:--|#) MAGIC(?: |\Z)", re.MULTILINE)


@dataclass(frozen=True)
class Passage:
    """A part of a tab's text that runs: `text` in `language`, and [`start`, `end`) in the tab.

    `first_line` and `first_column`, from 1, are where `text` begins. Each line of it stands
    `indent` columns to the right of its place in `text` (the prefix of MAGIC lines).
    """

    text: str
    language: str
    start: int
    end: int
    first_line: int
    first_column: int
    indent: int = 0


def placed(position: Position, first_line: int, first_column: int) -> Position:
    """A place in a source that ran, as a place in the tab's text, where the source begins there.

    What was put in front of it (EXPLAIN) is the place where it begins.
    """
    shift = first_column - 1 if position.line == 1 else 0
    return Position(position.line + first_line - 1, max(position.column + shift, 1))


def statement_at(text: str, offset: int, language: str) -> Passage | None:
    """The statement, command or cell at the cursor; None when there is nothing to run."""
    unit = unit_at(text, offset, language)
    if unit is None:
        return None
    place = unit.position(0)
    line_start = text.rfind("\n", 0, unit.start) + 1
    magic = _MAGIC_LINE.match(text, line_start)
    return Passage(
        unit.text,
        "python" if unit.language == "python" else "sql",
        unit.start,
        unit.end,
        place.line,
        place.column,
        magic.end() - line_start if magic else 0,
    )


def selected(text: str, start: int, end: int, language: str, tab_language: str) -> Passage | None:
    """What is selected. `language` is that of the place where the selection begins."""
    piece = text[start:end]
    if not piece.strip():
        return None
    line_start = text.rfind("\n", 0, start) + 1
    return Passage(
        piece,
        # MAGIC prefixes are taken off by the splitter, when it knows whose they are.
        tab_language if _MAGIC_LINE.search(piece) else language,
        start,
        end,
        text.count("\n", 0, start) + 1,
        start - line_start + 1,
    )
