"""What read_files(…) stands for in a query that is no stream.

Java reads the files as Auto Loader does (`ReadFiles.java`): it is a function of Spark's whose name
stands in backticks, by which it is told from what a person writes.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lakeshell.dialect.files.file_relations import FORMATS, files_under, is_pattern, relation
from lakeshell.dialect.files.options import PREFIX, of_auto_loader
from lakeshell.dialect.steps import Engine
from lakeshell.errors import StatementError
from lakeshell.sql.names import quote_string

_FUNCTION = "`read_files`"
_ENDINGS = {"ndjson": "json", "jsonl": "json", "txt": "text", "tsv": "csv"}
_PACKED = re.compile(r"(\.(gz|bz2|zst|snappy|lz4|deflate|xz))+\Z")
_ONE_VARIANT = "singleVariantColumn"  # every value fits, and Spark's own readers know it


@dataclass(frozen=True)
class Reading:
    """The arguments of a call; `wants_metadata`: the statement asks for `_metadata` somewhere."""

    path: str
    options: Mapping[str, str]
    wants_metadata: bool = False

    def option(self, name: str) -> str | None:
        """An option by its name in small letters, with Auto Loader's prefix or without it."""
        by_small = {key.lower(): value for key, value in self.options.items()}
        return by_small.get(name, by_small.get(f"{PREFIX}{name}".lower()))


def source(engine: Engine, reading: Reading) -> str:
    """What to put in place of the call. Looks at the files where the format is not said.

    Raises StatementError when there are none, or their format is not known.
    """
    kind = format_of(engine, reading, "read_files")
    options = of_auto_loader(engine, reading.options, of_read_files=True)
    options[f"{PREFIX}format"] = kind
    if any(name.lower() == _ONE_VARIANT.lower() for name in options):
        own = {k: v for k, v in options.items() if k != "schema" and not k.startswith(PREFIX)}
        return relation(kind, reading.path, {"recursiveFileLookup": "true", **own})
    infers = reading.option("inferschema") or "true"
    options.setdefault(f"{PREFIX}inferColumnTypes", infers)
    if kind == "csv" and reading.option("header") is None:
        options["header"] = "false"  # streams take the first lines for headers, tables do not
    options.pop(f"{PREFIX}schemaLocation", None)
    arguments = [reading.path, *(text for option in options.items() for text in option)]
    return f"{_FUNCTION}({', '.join(map(quote_string, arguments))})"


def format_of(engine: Engine, reading: Reading, reader: str) -> str:
    """The format that a call says, or that the files' names tell.

    Raises StatementError when neither does; `reader` is who would read them.
    """
    given = reading.option("format")
    if given is None:
        more = {} if is_pattern(reading.path) else {"recursiveFileLookup": "true"}
        return _told(files_under(engine, reading.path, more), reading)
    if given.lower() not in FORMATS:
        raise StatementError(f"{reader} knows no format {given.lower()}.")
    return given.lower()


def _told(files: Sequence[str], reading: Reading) -> str:
    kinds = set()
    for path in files:
        name = _PACKED.sub("", posixpath.basename(path).lower())
        ending = name.rpartition(".")[2]
        kinds.add(_ENDINGS.get(ending, ending))
    if len(kinds) == 1 and kinds <= FORMATS:
        return kinds.pop()
    raise StatementError(
        f"The names of the files in {reading.path} do not tell their format.",
        hint="Say it: format => 'json'.",
    )
