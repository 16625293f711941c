"""A file to run, read into one text and its cells: Databricks source, Jupyter, plain SQL, Python.

What a cell of a Jupyter notebook holds gets the prefixes of Databricks' source format, so that
there is one splitter for all of them.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lakeshell.errors import LakeshellError, Position, UsageError
from lakeshell.notebooks import jupyter
from lakeshell.sql.statements import split_source

LANGUAGES = {".sql": "sql", ".py": "python", ".ddl": "sql", ".hql": "sql"}
SUFFIXES = (*LANGUAGES, ".ipynb")


@dataclass(frozen=True)
class Cell:
    """`source` is as a notebook shows it, with `%sql` and its like in front where the language is
    not the notebook's; of Markdown without `%md`. `start` is where it begins in the whole text."""

    kind: str  # code | markdown
    source: str
    start: int
    title: str = ""


@dataclass(frozen=True)
class Notebook:
    """`text` is what runs, in `language` ("sql", "python") where a cell does not say another.

    `cell_lines` are, of a Jupyter notebook, the lines of `text` where its cells begin: its cells
    have lines of their own. `name` is what errors call the file.
    """

    path: Path
    name: str
    language: str
    text: str
    cells: tuple[Cell, ...]
    cell_lines: tuple[int, ...] = ()

    def cell_at(self, offset: int) -> int:
        """The index of the cell that an offset in `text` belongs to."""
        starts = [cell.start for cell in self.cells]
        return max(bisect.bisect_right(starts, offset) - 1, 0)


def read_notebook(path: Path, name: str | None = None) -> Notebook:
    """Read a file. Raises UsageError when it cannot be read or is of another kind."""
    name = str(path) if name is None else name
    suffix = path.suffix.lower()
    if path.is_dir():
        raise UsageError(f"{name} is a folder.")
    if suffix not in SUFFIXES:
        raise UsageError(
            f"{name}: lakeshell runs .sql, .py and .ipynb files.",
            hint="Pipe other text through standard input: lakeshell - < FILE",
        )
    try:
        text = decoded(path.read_bytes(), name)
    except FileNotFoundError as error:
        raise UsageError(f"There is no file {name}.") from error
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}.") from error
    if suffix == ".ipynb":
        return _of_jupyter(text, path.resolve(), name)
    language = LANGUAGES[suffix]
    return Notebook(path.resolve(), name, language, text, tuple(_cells(text, language)))


def decoded(raw: bytes, name: str) -> str:
    """The text of a file. Raises UsageError where it is not UTF-8."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise UsageError(f"{name} is not UTF-8 text (line {line}).") from error


def find_notebook(name: str, folder: Path, workspace: Path) -> Path:
    """The file that `%run` and `dbutils.notebook.run` mean by `name`, with or without its suffix.

    Relative to `folder`; a whole path is also looked for in `workspace`, the home's folder of
    notebooks, as `/Users/…`, `/Repos/…` and `/Workspace/…` mean it. Raises UsageError.
    """
    places = [folder / Path(name).expanduser()]
    if name.startswith("/"):
        inside = re.sub(r"^/(Workspace/)?", "", name)
        if ".." not in Path(inside).parts:
            places.append(workspace / inside)
    for place in places:
        for suffix in ("", *SUFFIXES):
            candidate = place.with_name(place.name + suffix) if place.name else place
            if candidate.is_file() and candidate.suffix.lower() in SUFFIXES:
                return candidate.resolve()
    raise UsageError(
        f"There is no notebook {name}.",
        hint=f"Looked in {folder} for {Path(name).name} and the suffixes .sql, .py and .ipynb.",
    )


def position_in_cell(notebook_lines: tuple[int, ...], position: Position) -> tuple[int, Position]:
    """The number of the cell (from 1) and the place in it, of a place in a Jupyter notebook's
    text; columns are those of the text."""
    number = bisect.bisect_right(notebook_lines, position.line)
    first = notebook_lines[max(number - 1, 0)]
    return max(number, 1), Position(position.line - first + 1, position.column)


# Databricks' source format, and plain files


def _cells(text: str, language: str) -> Iterator[Cell]:
    sign = re.escape(jupyter.SIGN[language])
    header = re.match(rf"\ufeff?{sign} Databricks notebook source[ \t]*\r?(?:\n|\Z)", text)
    separator = re.compile(rf"^{sign} COMMAND -{{10}}[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
    places = list(separator.finditer(text))
    if not header and not places:
        yield from _plain_cells(text, language)
        return
    start = header.end() if header else 0
    for place in places:
        yield _cell(text, start, place.start(), sign)
        start = place.end()
    yield _cell(text, start, len(text), sign)


def _plain_cells(text: str, language: str) -> Iterator[Cell]:
    """A file without cells: every statement, cell or command is one."""
    end = 0
    for unit in split_source(text, language):
        source = unit.text if unit.language != "sql" else text[unit.start : unit.end]
        if unit.language not in (language, "command"):
            source = f"%{unit.language}\n{source}"
        yield _shown(source, end)
        end = unit.end


def _cell(text: str, start: int, end: int, sign: str) -> Cell:
    piece = text[start:end]
    title = re.match(rf"\s*^{sign} DBTITLE \d+,([^\n]*)(?:\n|\Z)", piece, re.MULTILINE)
    if title:
        piece = piece[title.end() :]
    lines = piece.strip("\n").split("\n")
    magic = re.compile(rf"{sign} MAGIC ?")
    shown = "\n".join(magic.sub("", line, count=1) for line in lines)
    return _shown(shown, start, title.group(1).strip() if title else "")


def _shown(source: str, start: int, title: str = "") -> Cell:
    markdown = re.match(r"%md(?:-sandbox)?(?:[ \t]+|[ \t]*\n|\Z)", source)
    if markdown:
        return Cell("markdown", source[markdown.end() :], start, title)
    return Cell("code", source, start, title)


# Jupyter


def _of_jupyter(content: str, path: Path, name: str) -> Notebook:
    try:
        notebook = jupyter.parse(content, name)
    except LakeshellError as error:
        raise UsageError(error.message) from error
    language = jupyter.language_of(notebook)
    between = f"\n\n{jupyter.SIGN[language]} {jupyter.SEPARATOR}\n\n"
    text = jupyter.HEADER[language] + "\n"
    cells: list[Cell] = []
    lines: list[int] = []
    for cell in notebook["cells"]:
        text += between if cells else ""
        source, kind = jupyter.source_of(cell), str(cell.get("cell_type"))
        if kind == "code":
            # `%%name` is how Jupyter writes a cell in another language.
            source = re.sub(r"^%%(?=\w)", "%", source)
        lines.append(text.count("\n") + 1)
        cells.append(Cell("markdown" if kind != "code" else "code", source, len(text)))
        if kind in ("code", "markdown"):
            text += jupyter.cell_text({"cell_type": kind, "source": source}, language)
    return Notebook(path, name, language, text + "\n", tuple(cells), tuple(lines))
