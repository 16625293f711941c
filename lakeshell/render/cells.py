"""Columns of a result as text for people: filtered for the terminal, NULL told apart, measured."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow.types as pat

from lakeshell.render.arrow_values import plain_values
from lakeshell.render.safe_text import ascii_text, display_width, safe_text
from lakeshell.render.values import NULL, TextStyle, text_formatter

_DIM, _BOLD, _RESET = "\x1b[2m", "\x1b[1m", "\x1b[0m"


@dataclass
class Cells:
    """One column's texts, safe and each of one line. `nulls` are the rows that hold NULL.

    `plain` says that every text is ASCII, so that its length is its width.
    """

    texts: list[str]
    nulls: frozenset[int]
    plain: bool

    @cached_property
    def width(self) -> int:
        """The widest text, in cells."""
        return max(map(len if self.plain else display_width, self.texts), default=0)


def column_cells(
    column: Any, style: TextStyle, *, most_characters: int | None = None, multiline: bool = False
) -> Cells:
    """The cells of an Arrow column; text beyond `most_characters` cannot be seen and is dropped.

    With `multiline` newlines and tabs stay.
    """
    write = text_formatter(column.type, style)
    values = plain_values(column)
    if column.null_count:
        nulls = frozenset(i for i, value in enumerate(values) if value is None)
        texts = [NULL if value is None else write(value) for value in values]
    else:
        nulls = frozenset()
        texts = values if write is str and _all_text(column) else list(map(write, values))
    if most_characters is not None:
        texts = [text[:most_characters] for text in texts]
    # One look at all of a column is far cheaper than one at each text.
    joined = "".join(texts)
    if joined.isascii():
        if not joined.isprintable():
            texts = [safe_text(text, multiline=multiline) for text in texts]
    else:
        texts = [safe_text(text, multiline=multiline) for text in texts]
    if not style.unicode:
        texts = [ascii_text(text) for text in texts]
    return Cells(texts, nulls, plain="".join(texts).isascii())


def safe_name(name: str, style: TextStyle) -> str:
    """A column's name for a terminal, of one line."""
    name = safe_text(name)
    return name if style.unicode else ascii_text(name)


def is_number(kind: Any) -> bool:
    """Whether values of this Arrow type stand at the right of their column."""
    return bool(pat.is_integer(kind) or pat.is_floating(kind) or pat.is_decimal(kind))


def dim(text: str) -> str:
    """`text` in a faint colour."""
    return f"{_DIM}{text}{_RESET}"


def bold(text: str) -> str:
    """`text` in bold."""
    return f"{_BOLD}{text}{_RESET}"


def _all_text(column: Any) -> bool:
    return bool(pat.is_string(column.type) or pat.is_large_string(column.type))
