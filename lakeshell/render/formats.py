"""The output formats by name; each writer is loaded when it is used."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from lakeshell.render.options import RenderOptions

if TYPE_CHECKING:
    from lakeshell.session.result import Result

__all__ = ["BUILTIN_FORMATS", "OutputFormat", "RenderOptions", "format_for_path"]

Write = Callable[["Result", BinaryIO, RenderOptions], None]


@dataclass(frozen=True)
class OutputFormat:
    """A way to write a result that has rows.

    `suffix` is that of its files, with the dot. `binary`: one result a file, not for a terminal.
    `for_people`: made for a terminal, so its text passes `safe_text`; the others keep every value
    as it is.
    """

    name: str
    summary: str
    suffix: str
    write: Write
    binary: bool = False
    for_people: bool = False


def _lazy(module: str, function: str) -> Write:
    def write(result: Result, stream: BinaryIO, options: RenderOptions) -> None:
        loaded: Write = getattr(importlib.import_module(f"lakeshell.render.{module}"), function)
        loaded(result, stream, options)

    return write


BUILTIN_FORMATS: tuple[OutputFormat, ...] = (
    OutputFormat(
        "table", "aligned columns", ".txt", _lazy("table", "write_table"), for_people=True
    ),
    OutputFormat("csv", "comma-separated, RFC 4180", ".csv", _lazy("csv", "write_csv")),
    OutputFormat("tsv", "tab-separated", ".tsv", _lazy("csv", "write_tsv")),
    OutputFormat("json", "an array of objects", ".json", _lazy("json", "write_json")),
    OutputFormat("jsonl", "an object a line", ".jsonl", _lazy("json", "write_jsonl")),
    OutputFormat(
        "markdown", "a Markdown table", ".md", _lazy("markdown", "write_markdown"), for_people=True
    ),
    OutputFormat(
        "vertical", "a column a line", ".txt", _lazy("vertical", "write_vertical"), for_people=True
    ),
    OutputFormat(
        "parquet", "a Parquet file", ".parquet", _lazy("arrow_files", "write_parquet"), binary=True
    ),
    OutputFormat(
        "arrow", "an Arrow IPC file", ".arrow", _lazy("arrow_files", "write_arrow"), binary=True
    ),
)


def format_for_path(path: Path) -> OutputFormat | None:
    """The format that a file's name asks for; None when its suffix says nothing."""
    suffix = {".ndjson": ".jsonl", ".feather": ".arrow"}.get(
        path.suffix.lower(), path.suffix.lower()
    )
    return next((f for f in BUILTIN_FORMATS if f.suffix == suffix), None)
