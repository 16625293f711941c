"""Jupyter notebooks as text with Databricks' cell separators, and back.

The text begins with ``# Databricks notebook source``; cells that are not Python become ``# MAGIC``
lines, as Databricks exports them. On the way back every cell keeps what the text cannot show:
metadata, attachments, and the outputs of cells that did not change.
"""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from lakeshell.errors import LakeshellError

HEADER = {"python": "# Databricks notebook source", "sql": "-- Databricks notebook source"}
SIGN = {"python": "#", "sql": "--"}
SEPARATOR = "COMMAND ----------"
_DATABRICKS = "application/vnd.databricks.v1+notebook"


def to_text(content: str, name: str) -> tuple[str, str]:
    """The text of a notebook, and its language. Raises LakeshellError when it is none."""
    notebook = parse(content, name)
    language = language_of(notebook)
    pieces = [cell_text(cell, language) for cell in notebook["cells"]]
    separator = f"\n\n{SIGN[language]} {SEPARATOR}\n\n"
    return HEADER[language] + "\n" + separator.join(pieces) + "\n", language


def from_text(text: str, language: str, old: str | None) -> str:
    """The notebook (version 4) that holds `text`; `old` is the one that the file held.

    Raises LakeshellError when `old` is no notebook.
    """
    from difflib import SequenceMatcher

    notebook = parse(old, "The file") if old and old.strip() else _empty(language)
    language = language_of(notebook)
    wanted = [_kind_and_source(piece, language) for piece in _pieces(text, language)]
    before = [_kind_and_source(cell_text(c, language), language) for c in notebook["cells"]]
    cells: list[dict[str, Any]] = []
    matcher = SequenceMatcher(None, before, wanted, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            cells += notebook["cells"][i1:i2]
            continue
        for at in range(j1, j2):
            was = notebook["cells"][i1 + at - j1] if i1 + at - j1 < i2 else None
            cells.append(_changed(was, *wanted[at]))
    if (notebook.get("nbformat", 4), notebook.get("nbformat_minor", 0)) >= (4, 5):
        seen: set[str] = set()
        for cell in cells:
            if not cell.get("id") or cell["id"] in seen:
                cell["id"] = uuid.uuid4().hex[:8]
            seen.add(cell["id"])
    notebook["cells"] = cells
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def parse(content: str, name: str) -> dict[str, Any]:
    """The notebook of a file's text. Raises LakeshellError when it is none."""
    try:
        notebook = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise LakeshellError(f"{name} is no notebook: {str(error)[:200]}.") from error
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise LakeshellError(f"{name} is no notebook of version 4: it has no list of cells.")
    return dict(notebook)


def language_of(notebook: dict[str, Any]) -> str:
    """What its cells are in where they do not say another: "sql" or "python"."""
    metadata = notebook.get("metadata")
    for place, key in ((_DATABRICKS, "language"), ("language_info", "name")):
        info = metadata.get(place) if isinstance(metadata, dict) else None
        name = info.get(key) if isinstance(info, dict) else None
        if name:
            return "sql" if str(name).lower() == "sql" else "python"
    return "python"


def source_of(cell: dict[str, Any]) -> str:
    """The text of a cell."""
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def cell_text(cell: dict[str, Any], language: str) -> str:
    """The text of a cell in Databricks' source format."""
    kind, source = cell.get("cell_type"), source_of(cell)
    if kind == "code" and not source.startswith("%"):
        return source
    if kind == "markdown":
        source = f"%md\n{source}"
    elif kind != "code":
        source = f"%raw\n{source}"
    sign = SIGN[language]
    return "\n".join(f"{sign} MAGIC {line}".rstrip() for line in source.split("\n"))


def _pieces(text: str, language: str) -> list[str]:
    """The cells of a text, without header and without the blank lines around them."""
    sign = re.escape(SIGN[language])
    text = re.sub(rf"\A{sign} Databricks notebook source[ \t]*(?:\n|\Z)", "", text)
    pieces = re.split(rf"(?m)^{sign} {SEPARATOR}[ \t]*(?:\n|\Z)", text)
    return [piece.strip("\n") for piece in pieces]


def _kind_and_source(piece: str, language: str) -> tuple[str, str]:
    sign = SIGN[language]
    piece = piece.strip("\n")
    magic = re.compile(rf"{re.escape(sign)} MAGIC ?(.*)")
    lines = [magic.match(line) for line in piece.split("\n")]
    if not all(lines):
        return "code", piece
    source = "\n".join(line[1] for line in lines if line)
    first, _, rest = source.partition("\n")
    if first.strip() == "%md":
        return "markdown", rest
    if first.strip() == "%raw":
        return "raw", rest
    if first.startswith("%md "):
        return "markdown", first[4:] + ("\n" + rest if rest else "")
    return "code", source


def _changed(was: dict[str, Any] | None, kind: str, source: str) -> dict[str, Any]:
    """A cell with another source; what it printed no longer belongs to it."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", source)
    cell: dict[str, Any] = dict(was) if was and was.get("cell_type") == kind else {}
    cell.update(cell_type=kind, source=lines)
    cell.setdefault("metadata", {})
    if kind == "code":
        cell.update(execution_count=None, outputs=[])
    return cell


def _empty(language: str) -> dict[str, Any]:
    info = {"name": language}
    return {"cells": [], "metadata": {"language_info": info}, "nbformat": 4, "nbformat_minor": 5}
