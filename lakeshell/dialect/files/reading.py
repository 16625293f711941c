"""What read_files(…) stands for: a relation on files, or a query that gives its columns types."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lakeshell.dialect.files.file_relations import FORMATS, files_under, is_pattern, plain, relation
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Engine
from lakeshell.errors import StatementError
from lakeshell.sql.lexer import Kind
from lakeshell.sql.names import quote_identifier, quote_string

# Options of Auto Loader that choose neither files nor columns of a batch.
_OF_STREAMS = frozenset(
    ("schemaevolutionmode", "schemalocation", "rescueddatacolumn", "maxfilespertrigger",
     "maxbytespertrigger", "includeexistingfiles", "allowoverwrites", "usenotifications",
     "usemanagedfileevents", "validateoptions", "backfillinterval")
)  # fmt: skip
_OURS = frozenset({"format", "schema", "schemahints", "infercolumntypes", "inferschema"})
_ENDINGS = {"ndjson": "json", "jsonl": "json", "txt": "text", "tsv": "csv"}
_PACKED = re.compile(r"(\.(gz|bz2|zst|snappy|lz4|deflate|xz))+\Z")


@dataclass(frozen=True)
class Reading:
    """The arguments of a call; `wants_metadata`: the statement asks for `_metadata` somewhere."""

    path: str
    options: Mapping[str, str]
    wants_metadata: bool = False

    def option(self, name: str) -> str | None:
        """An option by its name in small letters."""
        return next((v for k, v in self.options.items() if k.lower() == name), None)

    def is_on(self, name: str, otherwise: str = "false") -> bool:
        """Whether an option is true."""
        return (self.option(name) or otherwise).lower() == "true"


def source(engine: Engine, reading: Reading) -> str:
    """What to put in place of the call. Looks at the files for what the call does not say.

    Raises StatementError when there are none, or their format is not known.
    """
    options = {
        "pathGlobFilter" if key.lower() == "filenamepattern" else key: value
        for key, value in reading.options.items()
        if key.lower() not in _OURS and key.lower() not in _OF_STREAMS
    }
    if reading.option("recursivefilelookup") is None and not is_pattern(reading.path):
        everything = {**options, "recursiveFileLookup": "true"}
        files = files_under(engine, reading.path, everything)
        if _is_nested(plain(reading.path), files):
            options = everything
    else:
        files = []
    kind = (reading.option("format") or format_of(files, reading)).lower()
    if kind not in FORMATS:
        raise StatementError(f"read_files knows no format {kind}.")
    return _typed(engine, reading, kind, options)


def _is_nested(folder: str, files: Sequence[str]) -> bool:
    """Whether files lie in folders below that do not tell partitions, as `day=2024-01-01` does."""
    below = (posixpath.dirname(path[len(folder) :].lstrip("/")) for path in files)
    return any("=" not in part for path in below if path for part in path.split("/"))


def format_of(files: Sequence[str], reading: Reading) -> str:
    """The format that the files' names tell. Raises StatementError when they do not."""
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


def _typed(engine: Engine, reading: Reading, kind: str, options: dict[str, str]) -> str:
    infer = reading.is_on("infercolumntypes", reading.option("inferschema") or "true")
    inferred = dict(options)
    if kind == "csv":
        inferred["inferSchema"] = str(infer).lower()
    elif kind == "json" and not infer:
        inferred["primitivesAsString"] = "true"
    schema = _columns(reading.option("schema") or "")
    hints = _columns(reading.option("schemahints") or "")
    if not schema and not hints:
        return relation(kind, reading.path, inferred)
    if kind == "csv" and schema:
        inferred["inferSchema"] = "false"
    there = {
        row["col_name"]: row["data_type"]
        for row in engine.rows(
            f"DESCRIBE QUERY SELECT * FROM {relation(kind, reading.path, inferred)}"
        )
    }
    # Text that looks like a number is read as text, so that a hint finds every digit of it.
    raw = {**options, "inferSchema": "false"} if kind == "csv" else inferred
    found = dict.fromkeys(there, "string") if kind == "csv" else there
    columns = _converted(found, schema or _hinted(there, hints), reading, kind, bool(schema))
    hidden = ", _metadata" if reading.wants_metadata else ""
    return f"(SELECT {', '.join(columns)}{hidden} FROM {relation(kind, reading.path, raw)})"


def _hinted(there: Mapping[str, str], hints: Mapping[str, str]) -> dict[str, str]:
    """The inferred types with those of the hints; hints for absent columns add them."""
    small = {name.lower(): kind for name, kind in hints.items()}
    known = {name.lower() for name in there}
    added = {name: kind for name, kind in hints.items() if name.lower() not in known}
    return {**{name: small.get(name.lower(), kind) for name, kind in there.items()}, **added}


def _converted(
    found: Mapping[str, str], wanted: Mapping[str, str], reading: Reading, kind: str, given: bool
) -> list[str]:
    """An expression for each wanted column. What cannot be converted is NULL, as on Databricks."""
    by_place = kind == "csv" and given and not reading.is_on("header")
    names = {name.lower(): name for name in found}
    columns = []
    for place, (name, type_) in enumerate(wanted.items()):
        source_name = names.get(f"_c{place}" if by_place else name.lower())
        if source_name is None:
            value = f"CAST(NULL AS {type_})"
        else:
            value = _value(quote_identifier(source_name), found[source_name], type_, reading)
        columns.append(f"{value} AS {quote_identifier(name)}")
    return columns


def _value(column: str, has: str, wants: str, reading: Reading) -> str:
    type_ = re.sub(r"\s+", "", wants).lower()
    if re.sub(r"\s+", "", has).lower() == type_:
        return column
    if type_.startswith(("struct<", "array<", "map<")):
        text = column if has == "string" else f"to_json({column})"
        return f"from_json({text}, {quote_string(wants)})"
    for short in ("date", "timestamp"):
        layout = reading.option(f"{short}format")
        if type_ == short and has == "string" and layout:
            return f"try_to_{short}({column}, {quote_string(layout)})"
    return f"try_cast({column} AS {wants})"


def _columns(text: str) -> dict[str, str]:
    """`a INT, b STRUCT<c: INT, d: STRING> COMMENT 'x'` as names and types."""
    reader = Reader(text)
    columns: dict[str, str] = {}
    while not reader.is_over:
        name = reader.need_name("a column")
        if len(name) > 1:
            raise StatementError(
                f"A type for the field {'.'.join(name)} needs its column's whole type."
            )
        reader.symbol(":")
        start, depth = reader.next.start, 0
        end = start
        while not reader.is_over and not (depth == 0 and _ends_type(reader)):
            depth += (reader.next.text in ("<", "(")) - (reader.next.text in (">", ")"))
            end = reader.next.end
            reader.at += 1
        if end == start:
            raise reader.error("a type")
        columns[name[0]] = text[start:end]
        while not reader.is_over and not reader.symbol(","):
            reader.at += 1  # NOT NULL, COMMENT '…'
    return columns


def _ends_type(reader: Reader) -> bool:
    token = reader.next
    return token.text == "," or token.word in ("NOT", "COMMENT") or token.kind is Kind.STRING
