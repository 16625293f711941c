"""Databricks' notebook source format: a file's text into cells, with `MAGIC` prefixes taken off.

Docs: "Export and import Databricks notebooks". A cell keeps where each of its characters stands
in the source, so that an error can point into the user's own file.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from lakeshell.errors import Position

_PREFIXES = {"sql": "--", "python": "#"}


class Places:
    """Offsets in a source as 1-based lines and columns. A byte order mark has no column."""

    def __init__(self, source: str) -> None:
        self.source = source

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer("\n", self.source))]

    def position(self, offset: int) -> Position:
        """Line and column of an offset; one behind the end counts as the end."""
        offset = min(max(offset, 0), len(self.source))
        line = bisect.bisect_right(self._line_starts, offset)
        column = offset - self._line_starts[line - 1] + 1
        if line == 1 and self.source.startswith("\ufeff"):
            column = max(column - 1, 1)
        return Position(line, column)


@dataclass(frozen=True)
class Passage:
    """Text taken out of a source, perhaps with pieces left out.

    From `starts[i]` in `text` on, characters stand at `origins[i]` in the source and behind it.
    """

    text: str
    starts: tuple[int, ...] = (0,)
    origins: tuple[int, ...] = (0,)

    @classmethod
    def join(cls, pieces: list[tuple[str, int]]) -> Passage:
        """A passage of pieces, each with its offset in the source. Empty ones carry no place."""
        kept = [piece for piece in pieces if piece[0]] or pieces[:1] or [("", 0)]
        starts, length = [], 0
        for text, _ in kept:
            starts.append(length)
            length += len(text)
        return cls(
            "".join(text for text, _ in kept), tuple(starts), tuple(origin for _, origin in kept)
        )

    def origin(self, offset: int) -> int:
        """Where the character at an offset in `text` stands in the source."""
        index = bisect.bisect_right(self.starts, offset) - 1
        return self.origins[index] + offset - self.starts[index]

    def end_origin(self, offset: int) -> int:
        """Where what lies before an offset ends in the source."""
        return self.origin(offset - 1) + 1 if offset else self.origin(0)


@dataclass(frozen=True)
class Cell:
    """`in_notebook`: separators, a header or MAGIC tell that the source is made of cells.

    `is_last`: nothing ends it but the end of the source.
    """

    passage: Passage
    in_notebook: bool
    is_last: bool


def cells(source: str, language: str) -> Iterator[Cell]:
    """The cells of a source in `language` ("sql" or "python"), without header and titles."""
    prefix = _PREFIXES[language]
    start = 0
    header = re.compile(rf"\ufeff?{prefix} Databricks notebook source[ \t]*\r?(?:\n|\Z)")
    if found := header.match(source):
        start = found.end()
    elif source.startswith("\ufeff"):
        start = 1
    separator = re.compile(rf"^{prefix} COMMAND -{{10}}[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
    separators = list(separator.finditer(source, start))
    in_notebook = bool(found or separators)
    for place in separators:
        yield from _parts(source, start, place.start(), prefix, in_notebook)
        start = place.end()
    yield from _parts(source, start, len(source), prefix, in_notebook)


def _parts(source: str, start: int, end: int, prefix: str, in_notebook: bool) -> Iterator[Cell]:
    """What lies between two separators: runs of MAGIC lines, and runs of other lines."""
    title = re.compile(rf"\s*^{prefix} DBTITLE\b[^\n]*(?:\n|\Z)", re.MULTILINE)
    while found := title.match(source, start, end):
        start = found.end()
    text = source[start:end]
    magic = re.compile(rf"{prefix} MAGIC(?: |(?=\r?\n|\r?\Z))")
    if f"{prefix} MAGIC" not in text:
        yield Cell(Passage.join([(text, start)]), in_notebook, end == len(source))
        return
    run: list[tuple[str, int]] = []
    blanks: list[tuple[str, int]] = []  # they belong to the run on both sides of them, or to none
    in_magic = False
    offset = start
    for line in text.splitlines(keepends=True):
        found = magic.match(line)
        body = line[found.end() :] if found else line
        piece = (body, offset + len(line) - len(body))
        offset += len(line)
        if not found and not line.strip():
            blanks.append(piece)
            continue
        begins_cell = bool(found) and bool(blanks) and body.startswith("%")
        if run and (bool(found) != in_magic or begins_cell):
            yield Cell(Passage.join(run), in_notebook or in_magic, is_last=False)
            run = []
        elif run:
            run += blanks
        blanks = []
        in_magic = bool(found)
        run.append(piece)
    if run:
        yield Cell(Passage.join(run), in_notebook or in_magic, offset == len(source))
