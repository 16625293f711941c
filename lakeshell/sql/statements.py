"""The only splitter: a file's text into SQL statements, Python cells and % commands.

What runs keeps its place in the source. What runs nothing (blank space, lone comments, separators,
`%sql`) lies in the gaps: the units' spans and the `gaps` between them make up the whole source.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field

from lakeshell.errors import Position
from lakeshell.sql.cells import Cell, Passage, Places, cells
from lakeshell.sql.lexer import SILENT, Kind, iter_tokens
from lakeshell.sql.python_text import command_line_after, is_complete_python
from lakeshell.sql.scripts import ScriptTracker

SWITCHES = frozenset({"sql", "python"})
"""Commands that set the language of what follows them."""

FOREIGN = {"scala": "Scala", "r": "R"}
"""Commands that begin a cell in a language that does not run here, and its name."""

OF_IPYTHON = frozenset({"matplotlib", "load_ext", "reload_ext", "autoreload", "config"})
"""Commands by which notebooks set up IPython; here there is nothing to set up."""

_WHOLE_CELL = frozenset({"md", "md-sandbox", "sh", "fs", "run", "pip", "scala", "r"})
_PARAGRAPH = frozenset({"md", "md-sandbox", "sh", "scala", "r"})  # where there are no cells
_NAME = re.compile(r"%([A-Za-z_][\w-]*)?")
_BLANK_LINE = re.compile(r"\n[ \t\r]*(?:\n|\Z)")
_CONTINUED = re.compile(r"\\\r?\n")


@dataclass(frozen=True)
class Unit:
    """One thing to run.

    `language` is "sql", "python" or "command". `text` is what runs: no closing `;`, no blank space
    around it, the comments in front of a statement included; of a command, lines continued with a
    backslash are joined. [`start`, `end`) is its span in the source, `;` included. `index` counts
    from 1. `terminated` tells whether its end was written: a `;`, or the line's or cell's end.
    """

    language: str
    text: str
    start: int
    end: int
    index: int
    terminated: bool
    _passage: Passage = field(repr=False, compare=False)
    _base: int = field(repr=False, compare=False)
    _places: Places = field(repr=False, compare=False)
    _code_start: int = field(repr=False, compare=False)

    @property
    def code_position(self) -> Position:
        """The line and column in the source of its first word, behind comments."""
        return self._places.position(self._code_start)

    def position(self, offset: int = 0) -> Position:
        """The line and column in the source of an offset in `text`."""
        return self._places.position(self._passage.origin(self._base + offset))


def split_source(source: str, language: str = "sql") -> list[Unit]:
    """Everything there is to run in a file's text; `language` ("sql", "python") is the file's."""
    places = Places(source)
    units: list[Unit] = []
    for cell in cells(source, language):
        for part in _parts(cell, language):
            units.append(_unit(cell.passage, part, len(units) + 1, places))
    return units


def split_statements(text: str) -> list[Unit]:
    """The statements of a text that is SQL and nothing else: no cells, no commands."""
    whole, places = Passage(text), Places(text)
    parts = _statements(text, 0, commands=False)
    return [_unit(whole, part, index, places) for index, part in enumerate(parts, 1)]


def gaps(source: str, units: Sequence[Unit]) -> list[str]:
    """The text before, between and behind the units: one more than there are units."""
    edges = [0, *(edge for unit in units for edge in (unit.start, unit.end)), len(source)]
    return [source[edges[i] : edges[i + 1]] for i in range(0, len(edges), 2)]


def unit_at(source: str, offset: int, language: str = "sql") -> Unit | None:
    """The unit under the cursor; None when there is nothing to run.

    Just behind a unit, or elsewhere on the line where it ends and before the next one's code, it
    is that unit; on the lines between two it is the next; behind the last it is the last.
    """
    previous: Unit | None = None
    for unit in split_source(source, language):
        if previous is not None and offset < unit._code_start:
            behind = source[previous.end : offset]
            if offset <= previous.end or "\n" not in behind:
                return previous
        if offset <= unit.end:
            return unit
        previous = unit
    return previous


def is_complete(text: str, language: str = "sql") -> bool:
    """Whether Enter at the end of `text` should run it, or begin another line.

    SQL is complete when its last statement ends with `;` and nothing is left open, a command at
    the end of its line, Python when it parses; a Python block, and the lines below a lone `%sh` or
    `%md`, end with an empty line.
    """
    units = split_source(text, language)
    if not units:
        return language == "python" or all(token.closed for token in iter_tokens(text))
    last = units[-1]
    rest = text[last.end :]
    empty_line = "\n" in rest
    if last.language == "python":
        return is_complete_python(last.text + "\n" * empty_line)
    if last.language == "command":
        takes_lines = last.text.split("\n", 1)[0][1:].strip() in _PARAGRAPH
        return empty_line or not (takes_lines or last.text.endswith("\\"))
    return last.terminated and all(token.closed for token in iter_tokens(rest))


def _unit(whole: Passage, part: _Part, index: int, places: Places) -> Unit:
    passage, base = (
        (_without_continuations(whole, part), 0) if part.continued else (whole, part.start)
    )
    return Unit(
        language=part.language,
        text=passage.text if part.continued else whole.text[part.start : part.end],
        start=whole.origin(part.start),
        end=whole.end_origin(part.taken),
        index=index,
        terminated=part.terminated,
        _passage=passage,
        _base=base,
        _places=places,
        _code_start=whole.origin(part.code),
    )


# Units of a cell


@dataclass(frozen=True)
class _Part:
    """[start, end) of a cell's text is what runs, from `code` on no longer a comment.

    Up to `taken` the text belongs to it. `continued`: lines of it end with a backslash.
    """

    language: str
    start: int
    end: int
    taken: int
    terminated: bool
    code: int
    continued: bool = False


def _parts(cell: Cell, language: str) -> Iterator[_Part]:
    text, position = cell.passage.text, 0
    while position < len(text):
        if language == "python":
            end = command_line_after(text, position)
            if not (code := text[position:end]).isspace() and code:
                yield _python(cell, position, end)
            position = end
        else:
            position = yield from _statements(text, position)
        if position >= len(text):
            return
        # Here a line begins with `%`.
        found = _NAME.match(text, position)
        name = (found.group(1) or "") if found else ""
        if name in SWITCHES:
            language = name
            position += 1 + len(name)
        else:
            part = _command(cell, position, name)
            yield part
            position = part.taken


def _statements(text: str, start: int, *, commands: bool = True) -> Generator[_Part, None, int]:
    """Statements up to a line that begins with a command; returns where it or the end is."""
    first = code = end = -1  # of the statement: its first token, first word, last token's end
    script = ScriptTracker()
    blank_line = start == 0 or text[start - 1] == "\n"  # nothing but space on this line so far
    for token in iter_tokens(text, start):
        kind = token.kind
        if kind is Kind.SPACE:
            blank_line = blank_line or "\n" in token.text
            continue
        if commands and code < 0 and blank_line and token.text == "%":
            return token.start
        blank_line = False
        if kind is Kind.SEMICOLON and not script.is_open:
            if code >= 0:
                yield _Part("sql", first, end, token.end, True, code)
            first = code = -1
            script = ScriptTracker()
            continue
        if first < 0:
            first = token.start
        end = token.end
        if kind not in SILENT:
            if code < 0:
                code = token.start
            script.feed(token)
    if code >= 0:
        yield _Part("sql", first, end, end, False, code)
    return len(text)


def _python(cell: Cell, start: int, end: int) -> _Part:
    """Whole lines, so that the first one keeps its indentation; or the rest of `%python …`."""
    text = cell.passage.text
    code = start + len(text[start:end]) - len(text[start:end].lstrip())
    first = text.rfind("\n", 0, code) + 1
    if first < start:
        first = code
    last = start + len(text[start:end].rstrip())
    return _Part("python", first, last, last, end < len(text) or not cell.is_last, code)


def _command(cell: Cell, start: int, name: str) -> _Part:
    text = cell.passage.text
    end = _line_end(text, start)
    continued = False
    if cell.in_notebook and name in _WHOLE_CELL:
        end = len(text)
    elif name in _PARAGRAPH and not text[start + 1 + len(name) : end].strip():
        blank = _BLANK_LINE.search(text, end)
        end = blank.start() if blank else len(text)
    else:
        while end < len(text) and text[start:end].endswith(("\\", "\\\r")):
            end, continued = _line_end(text, end + 1), True
    taken = start + len(text[start:end].rstrip())
    body = text[start:taken]
    if name not in _PARAGRAPH:
        body = body.rstrip("; \t")
    terminated = end < len(text) or not cell.is_last
    return _Part("command", start, start + len(body), taken, terminated, start, continued)


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _without_continuations(whole: Passage, part: _Part) -> Passage:
    """The text of a command with its lines joined as a shell joins them."""
    pieces: list[tuple[str, int]] = []
    start = part.start
    for found in _CONTINUED.finditer(whole.text, part.start, part.end):
        pieces.append((whole.text[start : found.start()], whole.origin(start)))
        start = found.end()
    pieces.append((whole.text[start : part.end], whole.origin(start)))
    return Passage.join(pieces)
