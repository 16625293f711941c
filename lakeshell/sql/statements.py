"""The only splitter: a file's text into SQL statements, Python cells and % commands.

Places in the source are kept, so that an error points into the user's own file. Cells, their
separators and `MAGIC` lines are those of Databricks' source format (docs: "Export and import
Databricks notebooks").
"""

from __future__ import annotations

import bisect
import codeop
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

from lakeshell.errors import Position
from lakeshell.sql.lexer import SILENT, Kind, iter_tokens
from lakeshell.sql.python_text import end_of_python
from lakeshell.sql.scripts import ScriptTracker

_SEPARATOR = re.compile(r"^(?:--|#) COMMAND -{5,}[ \t]*\r?$", re.MULTILINE)
_MAGIC = re.compile(r"^(?:--|#) MAGIC(?: |(?=\r?\n|\r?\Z))", re.MULTILINE)
_HEADER = re.compile(r"\ufeff?(?:--|#) Databricks notebook source[ \t]*\r?(?:\n|\Z)")
_COMMAND_NAME = re.compile(r"%([A-Za-z_][\w-]*)")

SWITCHES = ("sql", "python")
"""Commands that change the language of what follows them."""

_WITH_BODY = ("md", "sh", "scala", "r")
"""Commands whose argument is the rest of their cell."""


@dataclass(frozen=True)
class Unit:
    """One thing to run.

    `language` is "sql", "python" or "command". `text` is what runs: without the closing `;` and
    without blank space around it, with the comments in front of it; `code_start` is the offset in
    `text` of its first word. [`start`, `end`) is its span in the source, the `;` included.
    `index` counts from 1. `terminated` tells whether its end was written (a `;`, a line's end).
    """

    language: str
    text: str
    start: int
    end: int
    index: int
    terminated: bool
    code_start: int = 0
    _cell: _Cell = field(repr=False, compare=False, default=None)  # type: ignore[assignment]
    _cell_start: int = field(repr=False, compare=False, default=0)

    def position(self, offset: int = 0) -> Position:
        """The place in the source of an offset in `text`."""
        return self._cell.position(self._cell_start + offset)


def split_source(source: str, language: str = "sql") -> list[Unit]:
    """Everything there is to run in a file's text; `language` is that of the file."""
    units: list[Unit] = []
    for cell in _cells(source):
        for found in _units_of(cell, language):
            units.append(
                Unit(
                    language=found.language,
                    text=cell.text[found.start : found.end],
                    start=cell.origin(found.start),
                    end=cell.origin(found.taken),
                    index=len(units) + 1,
                    terminated=found.terminated,
                    code_start=max(found.code - found.start, 0),
                    _cell=cell,
                    _cell_start=found.start,
                )
            )
    return units


def split_statements(text: str) -> list[Unit]:
    """The SQL statements in a text without cells or commands."""
    return [unit for unit in split_source(text) if unit.language == "sql"]


def unit_at(source: str, offset: int, language: str = "sql") -> Unit | None:
    """The unit under the cursor.

    Behind a unit, on the line where it ends, that unit; between two lines, the next one; at the
    end the last. None when there is nothing to run.
    """
    units = split_source(source, language)
    previous: Unit | None = None
    for unit in units:
        if offset < unit.start:
            if previous is not None and "\n" not in source[previous.end : offset]:
                return previous
            return unit
        if offset <= unit.end:
            return unit
        previous = unit
    return previous


def is_complete(text: str, language: str = "sql") -> bool:
    """Whether Enter should run `text`: every statement is closed, or there is nothing in it."""
    units = split_source(text, language)
    if not units:
        return True
    last = units[-1]
    if last.language == "python":
        return _python_is_complete(last.text, text)
    if last.language == "sql" and not last.terminated:
        return False
    # A comment that was opened behind the last statement.
    return all(token.closed for token in iter_tokens(text[last.end :]))


def _python_is_complete(code: str, typed: str) -> bool:
    """As in Python's own shell: an indented block goes on until an empty line."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if codeop.compile_command(code + "\n", symbol="exec") is None:
                return False
        except (SyntaxError, ValueError, OverflowError):
            return True  # running it tells what is wrong
    last_line = code.rsplit("\n", 1)[-1]
    in_block = last_line[:1].isspace() or last_line.rstrip().endswith(":")
    return not in_block or typed.rstrip(" \t").endswith("\n")


# Cells


@dataclass(frozen=True)
class _Cell:
    """A cell's text and where it stands in the source.

    `starts[i]` in the text is `origins[i]` in the source; between two of them both run alike. A
    cell without `MAGIC` has one.
    """

    source: str
    text: str
    starts: tuple[int, ...]
    origins: tuple[int, ...]
    alone: bool

    def origin(self, offset: int) -> int:
        """Where an offset in the text stands in the source."""
        index = bisect.bisect_right(self.starts, offset) - 1
        return self.origins[index] + offset - self.starts[index]

    def position(self, offset: int) -> Position:
        """Where an offset in the text stands in the source, as line and column."""
        place = min(self.origin(offset), len(self.source))
        line_start = self.source.rfind("\n", 0, place) + 1
        line = self.source.count("\n", 0, place) + 1
        column = place - line_start + 1
        if line == 1 and self.source.startswith("\ufeff"):
            column = max(column - 1, 1)
        return Position(line, column)


def _cells(source: str) -> Iterator[_Cell]:
    header = _HEADER.match(source)
    start = header.end() if header else 0
    separators = list(_SEPARATOR.finditer(source, start))
    alone = not separators and not header
    for separator in separators:
        yield _cell(source, start, separator.start(), alone)
        start = separator.end()
    yield _cell(source, start, len(source), alone)


def _cell(source: str, start: int, end: int, alone: bool) -> _Cell:
    text = source[start:end]
    first_line = text.lstrip().split("\n", 1)[0]
    if not _MAGIC.match(first_line):
        return _Cell(source, text, (0,), (start,), alone)
    # Each line without its prefix; one between them without a prefix stays as it is.
    parts: list[str] = []
    starts: list[int] = []
    origins: list[int] = []
    length, place = 0, start
    for line in text.splitlines(keepends=True):
        magic = _MAGIC.match(line)
        skip = magic.end() if magic else 0
        parts.append(line[skip:])
        starts.append(length)
        origins.append(place + skip)
        length += len(line) - skip
        place += len(line)
    return _Cell(source, "".join(parts), tuple(starts), tuple(origins), alone=False)


# Units of a cell


@dataclass(frozen=True)
class _Found:
    """[start, end) of what runs in the cell's text; up to `taken` it is used up."""

    language: str
    start: int
    end: int
    taken: int
    terminated: bool
    code: int


def _units_of(cell: _Cell, language: str) -> Iterator[_Found]:
    text, position = cell.text, 0
    while position < len(text):
        if language == "python":
            end = end_of_python(text, position)
            if text[position:end].strip():
                yield _python(text, position, end)
            position = end
        else:
            found = _sql_statement(text, position)
            position = found.taken
            if found.language == "sql":
                yield found
                continue
        if position >= len(text):
            return
        # Here a line begins with a command.
        name = _command_name(text, position)
        if name in SWITCHES:
            language = name
            position += len(name) + 1
        else:
            found = _command(cell, position, name)
            yield found
            position = found.taken


def _python(text: str, start: int, end: int) -> _Found:
    """Whole lines: the indentation of the first one belongs to it."""
    code = text[start:end]
    lead = len(code) - len(code.lstrip())
    first = start + code.rfind("\n", 0, lead) + 1 if "\n" in code[:lead] else start
    if first == start and code[:lead].strip("\n") == code[:lead]:
        first = start + lead  # behind `%python ` on the same line
    return _Found("python", first, start + len(code.rstrip()), end, True, start + lead)


def _sql_statement(text: str, start: int) -> _Found:
    """The next statement, or language "" where a command or the end comes first."""
    first: int | None = None  # where its first token, comments included, stands
    code: int | None = None
    script = ScriptTracker()
    closed = True
    end = start
    for token in iter_tokens(text, start):
        closed = token.closed
        if token.kind is Kind.SPACE:
            continue
        if code is None and token.text == "%" and _begins_line(text, token.start):
            if _command_name(text, token.start):
                return _Found("", token.start, token.start, token.start, True, token.start)
        if token.kind is Kind.SEMICOLON and not script.is_open:
            if code is not None and first is not None:
                return _Found("sql", first, end, token.end, True, code)
            first = None  # a lone `;`, and comments before it
            continue
        if first is None:
            first = token.start
        if token.kind not in SILENT:
            code = token.start if code is None else code
            script.feed(token)
        if token.kind is not Kind.LINE_COMMENT or code is None:
            end = token.end
        elif not closed:
            end = token.end
    if code is None or first is None:
        return _Found("", len(text), len(text), len(text), True, len(text))
    return _Found("sql", first, max(end, code), len(text), False, code)


def _begins_line(text: str, position: int) -> bool:
    return not text[text.rfind("\n", 0, position) + 1 : position].strip(" \t\ufeff")


def _command_name(text: str, position: int) -> str:
    found = _COMMAND_NAME.match(text, position)
    return found.group(1) if found else ""


def _command(cell: _Cell, start: int, name: str) -> _Found:
    text = cell.text
    end = _line_end(text, start)
    if name in _WITH_BODY:
        rest_of_line = text[start + len(name) + 1 : end].strip()
        if not cell.alone:
            end = len(text)
        elif not rest_of_line:
            blank = re.compile(r"\n[ \t]*\r?(?:\n|\Z)").search(text, end)
            end = blank.start() if blank else len(text)
    else:
        while text[start:end].rstrip("\r").endswith("\\") and end < len(text):
            end = _line_end(text, end + 1)
    body = text[start:end].rstrip()
    if name not in _WITH_BODY:
        body = body.rstrip(";").rstrip()
    return _Found("command", start, start + len(body), end, True, start)


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end
