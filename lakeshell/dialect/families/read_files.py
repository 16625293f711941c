"""read_files('path', format => 'csv', …): files as a table, wherever a query names one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from lakeshell.dialect.dialect import edited
from lakeshell.dialect.ledger import handled, unsupported
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.reading import Reading, source
from lakeshell.dialect.steps import Action, Answer, Edit, Engine, Refusal, Step
from lakeshell.sql.lexer import Kind

_READ = "read_files(…)"
_STREAM = "STREAM read_files(…)"
_CLOUD = "cloud_files(…)"
_LATER = "streaming tables come with Auto Loader, which is not there yet."

CONSTRUCTS = (
    handled(
        _READ,
        "the files are read in place; there is no column _rescued_data yet.",
        "SELECT * FROM read_files('/mnt/raw', format => 'csv', header => true)",
    ),
    unsupported(_STREAM, _LATER, "SELECT * FROM STREAM read_files('/mnt/raw', format => 'json')"),
    unsupported(_CLOUD, _LATER, "SELECT * FROM cloud_files('/mnt/raw', 'json')"),
)
_BEFORE_TABLE = frozenset({"FROM", "JOIN", "STREAM"})


@dataclass(frozen=True)
class _Call:
    """A call that stands from `start` to `end` in the statement."""

    start: int
    end: int
    reading: Reading


def whole(reader: Reader) -> Step | None:
    """A statement with such a call."""
    for at in _places(reader, "CLOUD_FILES"):
        before = reader.tokens[at - 1]
        if before.word in _BEFORE_TABLE or before.text in (",", "("):
            return Refusal(_CLOUD)
    calls = []
    for at in _places(reader, "READ_FILES"):
        words = [token.word or token.text for token in reader.tokens[max(at - 2, 0) : at]]
        if words[-1:] == ["STREAM"] or words == ["STREAM", "("]:
            return Refusal(_STREAM)
        calls.append(_parsed(reader, at))
    if not calls:
        return None
    return Action(_READ, partial(_run, reader.text, calls))


def _places(reader: Reader, name: str) -> Iterator[int]:
    """Where the function is called by its bare name."""
    for at, token in enumerate(reader.tokens[1:-1], 1):
        if token.word != name or reader.tokens[at + 1].text != "(":
            continue
        before = reader.tokens[at - 1]
        if before.text != "." and before.word not in ("FUNCTION", "TABLE", "INTO"):
            yield at


def _parsed(reader: Reader, at: int) -> _Call:
    reader.at = at
    start = reader.next.start
    reader.at += 1
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
    wants_metadata = any(t.text.strip("`").lower() == "_metadata" for t in reader.tokens)
    end = reader.tokens[reader.at - 1].end
    return _Call(start, end, Reading(path, options, wants_metadata))


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


def _run(text: str, calls: list[_Call], engine: Engine) -> Answer:
    edits = [Edit(call.start, call.end, source(engine, call.reading)) for call in calls]
    return Answer(then=edited(text, edits))
