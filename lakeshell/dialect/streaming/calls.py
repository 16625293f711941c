"""Where a statement reads a stream: STREAM before a table, and the functions that read files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lakeshell.dialect.calls import calls, is_table
from lakeshell.dialect.files.reading import Reading
from lakeshell.dialect.reader import Reader
from lakeshell.sql.lexer import Kind, Token

READ, CLOUD = "READ_FILES", "CLOUD_FILES"
_BEFORE = frozenset({"FROM", "JOIN"})
# Behind `FROM stream` these go on with a table of that name.
_NO_NAMES = frozenset(
    ("AS", "ANTI", "CLUSTER", "CROSS", "DISTRIBUTE", "EXCEPT", "FOR", "FULL", "GROUP", "HAVING",
     "INNER", "INTERSECT", "JOIN", "LATERAL", "LEFT", "LIMIT", "MINUS", "NATURAL", "OFFSET", "ON",
     "ORDER", "PIVOT", "QUALIFY", "RIGHT", "SELECT", "SEMI", "SORT", "TABLESAMPLE", "TIMESTAMP",
     "UNION", "UNPIVOT", "USING", "VERSION", "WHERE", "WINDOW", "WITH")
)  # fmt: skip


@dataclass(frozen=True)
class FileCall:
    """A call of read_files or cloud_files, `function`, that is put in place of the text from
    `start` to `end`. `first` and `behind` are the tokens it begins with and that follows it."""

    function: str
    start: int
    end: int
    first: int
    behind: int
    reading: Reading
    is_stream: bool


def file_calls(reader: Reader) -> list[FileCall]:
    """All such calls. Raises StatementError for one that is written wrongly."""
    wants_metadata = any(t.text.strip("`").lower() == "_metadata" for t in reader.tokens)
    return [
        _read_call(reader, at, wants_metadata)
        for at in calls(reader.tokens)
        if reader.tokens[at].word == READ
        or (reader.tokens[at].word == CLOUD and is_table(reader.tokens, at))
    ]


def _read_call(reader: Reader, at: int, wants_metadata: bool) -> FileCall:
    tokens = reader.tokens
    function = tokens[at].word
    reader.at = at + 1
    path, options = _read_files(reader) if function == READ else _cloud_files(reader)
    first, behind = at, reader.at
    is_stream = function == CLOUD
    if tokens[first - 1].word == "STREAM":
        first, is_stream = first - 1, True
    elif tokens[first - 1].text == "(" and tokens[max(first - 2, 0)].word == "STREAM":
        reader.need_symbol(")")
        first, behind, is_stream = first - 2, reader.at, True
    reading = Reading(path, options, wants_metadata)
    start, end = tokens[first].start, tokens[behind - 1].end
    return FileCall(function, start, end, first, behind, reading, is_stream)


def _read_files(reader: Reader) -> tuple[str, dict[str, str]]:
    """`('path', name => value, …)`"""
    reader.need_symbol("(")
    path: str | None = None
    options: dict[str, str] = {}
    while not reader.symbol(")"):
        if reader.ahead(1).text == "=>":
            key = reader.need_name("an option")[0]
            reader.need_symbol("=>")
            options[key] = _value(reader)
        elif path is None:
            path = reader.need_string("a path in quotes")
        else:
            raise reader.error("an option, name => value,")
        if not reader.symbol(",") and reader.next.text != ")":
            raise reader.error(")")
    given = next((key for key in options if key.lower() == "path"), None)
    path = path if given is None else options.pop(given)
    if path is None:
        raise reader.error("a path")
    return path, options


def _cloud_files(reader: Reader) -> tuple[str, dict[str, str]]:
    """`('path', 'format', map('name', 'value', …))`; the format becomes the option `format`."""
    reader.need_symbol("(")
    path = reader.need_string("a path in quotes")
    reader.need_symbol(",")
    options = {"format": reader.need_string("a format in quotes")}
    if reader.symbol(","):
        reader.need_words("MAP")
        reader.need_symbol("(")
        while not reader.symbol(")"):
            key = reader.need_string("an option in quotes")
            reader.need_symbol(",")
            options[key] = _value(reader)
            if not reader.symbol(",") and reader.next.text != ")":
                raise reader.error(")")
    reader.need_symbol(")")
    return path, options


def _value(reader: Reader) -> str:
    value = reader.string()
    if value is not None:
        return value
    sign = "-" if reader.symbol("-") else ""
    token = reader.next
    if token.kind not in (Kind.WORD, Kind.NUMBER) or reader.ahead(1).text not in (",", ")"):
        raise reader.error("a text in quotes, a number, true or false")
    reader.at += 1
    return sign + token.text


def streamed_tables(tokens: Sequence[Token]) -> list[str]:
    """The names that stand behind STREAM, as they are written and in capitals."""
    names = []
    for at in range(1, len(tokens) - 1):
        if tokens[at].word != "STREAM" or tokens[at - 1].word not in _BEFORE:
            continue
        reader = Reader("", tokens)
        reader.at = at + 1
        reader.symbol("(")
        token = reader.next
        if token.word in (*_NO_NAMES, READ, CLOUD):
            continue
        if token.kind in (Kind.WORD, Kind.IDENTIFIER) and token.closed:
            names.append(".".join(reader.need_name()).upper())
    return names
