"""The colours of code, line by line: SQL by our own tokenizer, Python and % commands by pattern.

What a line looks like depends on how the line before it ended (an open string, a `%python` above).
That state is kept for each line, so a key re-reads the lines it changes and no others.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from lakeshell.catalog.vocabulary import KEYWORDS, TYPE_NAMES
from lakeshell.sql.lexer import SILENT, Kind, Token, iter_tokens

Span = tuple[int, int, str]
"""Columns [start, end) of a line and the class of what stands there."""

CLASSES = (
    "keyword", "type", "function", "string", "number", "comment", "hint", "variable", "name",
    "command", "option", "separator",
)  # fmt: skip


class State(NamedTuple):
    """How a line begins. `open` is what has to be closed: an opener of the SQL lexer, or Python's
    triple quote. `in_statement`: SQL without its `;` yet, where a `%` begins no command; in Python,
    inside brackets or behind a backslash. `magic`: the line before was a MAGIC line."""

    language: str
    open: str = ""
    in_statement: bool = False
    depth: int = 0
    magic: bool = False


_SQL_CLASSES = {
    Kind.LINE_COMMENT: "comment",
    Kind.BLOCK_COMMENT: "comment",
    Kind.HINT: "hint",
    Kind.STRING: "string",
    Kind.RAW_STRING: "string",
    Kind.DOLLAR_STRING: "string",
    Kind.NUMBER: "number",
    Kind.VARIABLE: "variable",
    Kind.PARAMETER: "variable",
    Kind.IDENTIFIER: "name",
}
_SEPARATOR = re.compile(r"(?:--|#) (?:COMMAND -{10}|Databricks notebook source|DBTITLE\b.*)\s*\Z")
_MAGIC = re.compile(r"(?:--|#) MAGIC(?: |\Z)")
_COMMAND = re.compile(r"%([A-Za-z_][\w-]*)?")
_OPTION = re.compile(r"(?<=\s)--?[A-Za-z][\w-]*|'[^']*'|\"[^\"]*\"")
_DOLLAR = re.compile(r"\$(?:[^\W\d]\w*)?\$")
_LONGEST = 5_000  # characters of one line; the rest of a longer one is left plain

_PYTHON = re.compile(
    r"""
      (?P<comment>\#.*)
    | (?P<triple>\b[rRbBfFuU]{0,2}(?:\"{3}|'{3}))
    | (?P<string>\b[rRbBfFuU]{0,2}(?:"(?:[^"\\]|\\.)*(?:"|\\?\Z)|'(?:[^'\\]|\\.)*(?:'|\\?\Z)))
    | (?P<bare_triple>\"{3}|'{3})
    | (?P<bare>"(?:[^"\\]|\\.)*(?:"|\\?\Z)|'(?:[^'\\]|\\.)*(?:'|\\?\Z))
    | (?P<number>\b(?:0[xXoObB][\da-fA-F_]+|\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?\d+)?j?)\b)
    | (?P<decorator>^\s*@[\w.]+)
    | (?P<word>[^\W\d]\w*)
    | (?P<open>[(\[{])
    | (?P<close>[)\]}])
    """,
    re.VERBOSE,
)
_BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_")) | {
    "spark", "display", "dbutils", "self",
}  # fmt: skip
_PYTHON_WORDS = frozenset(keyword.kwlist) | {"match", "case"}


def read_line(
    line: str, state: State, base: str, functions: frozenset[str] = frozenset()
) -> tuple[list[Span], State]:
    """The coloured spans of a line and how the next one begins; `base` is the tab's language."""
    if not state.open and line.startswith(("-- ", "# ")):
        if _SEPARATOR.match(line):
            return [(0, len(line), "separator")], State(base)
        if magic := _MAGIC.match(line):
            begins = state if state.magic else State(base)
            spans, after = _read_code(line[magic.end() :], begins, functions)
            moved = [(s + magic.end(), e + magic.end(), c) for s, e, c in spans]
            return [(0, magic.end(), "separator"), *moved], after._replace(magic=True)
    if state.magic and line.strip():
        state = State(base)
    return _read_code(line, state, functions)


def _read_code(line: str, state: State, functions: frozenset[str]) -> tuple[list[Span], State]:
    if not state.open and not state.in_statement and not state.depth:
        text = line.lstrip() if state.language == "sql" else line
        command = _COMMAND.match(text) if text.startswith("%") else None
        if command:
            at = len(line) - len(text)
            end = at + command.end()
            if command[1] in ("sql", "python"):
                spans, after = _read_language(line[end:], State(command[1]), functions)
                moved = [(s + end, e + end, c) for s, e, c in spans]
                return [(at, end, "command"), *moved], after
            options = [(m.start(), m.end(), "option") for m in _OPTION.finditer(line, end)]
            return [(at, end, "command"), *options], state
    return _read_language(line, state, functions)


def _read_language(line: str, state: State, functions: frozenset[str]) -> tuple[list[Span], State]:
    if state.language == "python":
        return _read_python(line[:_LONGEST], state)
    return _read_sql(line, state, functions)


def _read_sql(line: str, state: State, functions: frozenset[str]) -> tuple[list[Span], State]:
    spans: list[Span] = []
    cut = len(state.open)
    open_at_end, in_statement = "", state.in_statement
    # An open token is continued by writing its opener in front of the line.
    for token in iter_tokens(state.open + line):
        if token.start - cut > _LONGEST:
            break
        kind = token.kind
        if name := _sql_class(token, functions):
            spans.append((max(token.start - cut, 0), token.end - cut, name))
        if kind is Kind.SEMICOLON:
            in_statement = False
        elif kind not in SILENT:
            in_statement = True
        if not token.closed:
            open_at_end = _opener(token)
        elif kind is Kind.LINE_COMMENT and token.text.endswith("\\"):
            open_at_end = "--"
    return spans, State(state.language, open_at_end, in_statement)


def _sql_class(token: Token, functions: frozenset[str]) -> str:
    if token.kind is not Kind.WORD:
        return _SQL_CLASSES.get(token.kind, "")
    if token.word in TYPE_NAMES:
        return "type"
    if token.word in KEYWORDS:
        return "keyword"
    return "function" if token.text.lower() in functions else ""


def _opener(token: Token) -> str:
    """What has to stand before the next line for its beginning to be read as inside `token`."""
    text = token.text
    if token.kind is Kind.BLOCK_COMMENT:
        return "/*" * max(text.count("/*") - text.count("/*+", 1) - text.count("*/"), 1)
    if token.kind is Kind.HINT:
        return "/*+"
    if token.kind is Kind.RAW_STRING:
        return text[:2]
    if token.kind is Kind.DOLLAR_STRING:
        tag = _DOLLAR.match(text)
        return tag.group() if tag else ""
    return text[:1]


def _read_python(line: str, state: State) -> tuple[list[Span], State]:
    spans: list[Span] = []
    position, depth, open_quote = 0, state.depth, state.open
    if open_quote:
        end = _closing(line, 0, open_quote)
        spans.append((0, len(line) if end < 0 else end, "string"))
        if end < 0:
            return spans, state
        position, open_quote = end, ""
    before = ""
    while found := _PYTHON.search(line, position):
        kind, text, position = found.lastgroup or "", found.group(), found.end()
        if kind in ("triple", "bare_triple"):
            end = _closing(line, position, text[-3:])
            spans.append((found.start(), len(line) if end < 0 else end, "string"))
            if end < 0:
                open_quote = text[-3:]
                break
            position = end
        elif kind in ("string", "bare"):
            spans.append((found.start(), position, "string"))
        elif kind == "open":
            depth += 1
        elif kind == "close":
            depth = max(depth - 1, 0)
        elif kind == "word":
            if text in _PYTHON_WORDS:
                spans.append((found.start(), position, "keyword"))
            elif before in ("def", "class") or text in _BUILTINS:
                spans.append((found.start(), position, "function"))
            before = text
        else:
            name = "function" if kind == "decorator" else kind
            spans.append((found.start(), position, name))
    joined = line.endswith("\\") and not open_quote
    return spans, State("python", open_quote, joined, depth)


def _closing(line: str, start: int, quote: str) -> int:
    """Behind the closing triple quote, or -1."""
    while True:
        end = line.find(quote, start)
        if end < 0:
            return -1
        backslashes = len(line[:end]) - len(line[:end].rstrip("\\"))
        if backslashes % 2 == 0:
            return end + 3
        start = end + 1


class Colours:
    """The states at the beginnings of a document's lines, found as far as they are needed."""

    LOOK_AHEAD = 200
    """Lines that an edit may re-read to find that nothing changes behind it."""

    def __init__(self, lines: Callable[[], Sequence[str]], language: str) -> None:
        self._lines = lines
        self._states = [State(language)]
        self.language = language
        self.functions: frozenset[str] = frozenset()

    def begin_again(self, language: str) -> None:
        """The text or its language is another one."""
        self.language = language
        self._states = [State(language)]

    def edited(self, top: int, old_bottom: int, new_bottom: int) -> None:
        """Lines `top` to `old_bottom` have been replaced by `top` to `new_bottom`."""
        lines, states = self._lines(), self._states
        if len(states) <= top + 1:
            return
        behind = states[old_bottom + 1 :]  # as the lines behind the edit began until now
        del states[top + 1 :]
        for row in range(top, min(new_bottom + self.LOOK_AHEAD, len(lines) - 1)):
            after = read_line(lines[row], states[row], self.language)[1]
            at = row + 1 - (new_bottom + 1)  # of the next line in `behind`
            if 0 <= at < len(behind) and behind[at] == after:
                states.extend(behind[at:])
                return
            states.append(after)

    def forget_from(self, row: int) -> None:
        """Lines from `row` on have changed in ways not told."""
        del self._states[row + 1 :]

    def state(self, row: int) -> State:
        """How line `row` begins."""
        lines, states = self._lines(), self._states
        while len(states) <= row and len(states) <= len(lines):
            at = len(states) - 1
            states.append(read_line(lines[at], states[at], self.language)[1])
        return states[min(row, len(states) - 1)]

    def spans(self, row: int) -> list[Span]:
        """The colours of line `row`."""
        state = self.state(row)
        return read_line(self._lines()[row], state, self.language, self.functions)[0]

    def statement_start(self, row: int) -> int:
        """The nearest line at or above `row` where a statement or a cell begins."""
        while row > 0:
            state = self.state(row)
            if not (state.open or state.in_statement or state.depth or state.magic):
                return row
            row -= 1
        return 0
