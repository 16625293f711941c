"""Primary and foreign keys of Delta tables: told, never enforced, as on Databricks.

Spark parses them and Delta refuses them. They are kept as properties of the table,
`lakeshell.key.<name>` = 'PRIMARY KEY (id)'.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial

from lakeshell.dialect.ledger import handled
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Action, Answer, Edit, Engine, Rewrite, Step
from lakeshell.errors import StatementError
from lakeshell.sql.lexer import Kind, Token
from lakeshell.sql.names import display_name, quote_name, quote_string

_DEFINED = "PRIMARY KEY, FOREIGN KEY"
_ADDED = "ALTER TABLE … ADD PRIMARY KEY, ADD FOREIGN KEY"
_DROPPED = "ALTER TABLE … DROP PRIMARY KEY, DROP FOREIGN KEY"
_CONSTRAINT = "ALTER TABLE … DROP CONSTRAINT"
CONSTRUCTS = (
    handled(_DEFINED, "kept as a property of the table; not enforced, as on Databricks.",
            "CREATE TABLE sales (id INT NOT NULL PRIMARY KEY)"),
    handled(_ADDED, "kept as a property of the table; not enforced, as on Databricks.",
            "ALTER TABLE sales ADD CONSTRAINT sales_pk PRIMARY KEY (id)"),
    handled(_DROPPED, "the property that keeps it goes.",
            "ALTER TABLE sales DROP PRIMARY KEY IF EXISTS"),
    handled(_CONSTRAINT, "a key goes with its property, a CHECK by Delta.",
            "ALTER TABLE sales DROP CONSTRAINT IF EXISTS sales_pk"),
)  # fmt: skip
_PREFIX = "lakeshell.key."
# True while a statement is not to be taken for one of this family once more.
_by_delta: ContextVar[bool] = ContextVar("by_delta", default=False)
_PRIMARY, _FOREIGN = "PRIMARY KEY", "FOREIGN KEY"
# What may stand behind a key: it says how far an optimizer may trust it.
_OPTIONS = (
    ("NOT", "ENFORCED"), ("ENFORCED",), ("NOT", "DEFERRABLE"), ("DEFERRABLE",),
    ("INITIALLY", "DEFERRED"), ("INITIALLY", "IMMEDIATE"), ("RELY",), ("NORELY",),
    ("MATCH", "FULL"), ("ON", "UPDATE", "NO", "ACTION"), ("ON", "DELETE", "NO", "ACTION"),
)  # fmt: skip


@dataclass(frozen=True)
class _Key:
    """A key that stands between two places of the text; `name` is empty where none is given."""

    start: int
    end: int
    name: str
    definition: str


def whole(reader: Reader) -> Step | None:
    """ALTER TABLE t ADD … and DROP …"""
    if not reader.words("ALTER", "TABLE") or reader.next.kind not in (Kind.WORD, Kind.IDENTIFIER):
        return None
    table = reader.need_name("a table")
    verb = reader.next
    if reader.words("ADD"):
        key = _key(reader, {})
        if key is None:
            return None
        reader.need_end()
        edit = Edit(verb.start, key.end, f"SET TBLPROPERTIES ({_property(key, table[-1])})")
        return Rewrite(_ADDED, [edit])
    if not reader.words("DROP"):
        return None
    if reader.words("CONSTRAINT"):
        if _by_delta.get():
            return None
        reader.if_exists()
        name = reader.need_name("the name of the constraint")[0]
        _step_behind_options(reader)
        reader.need_end()
        return Action(_CONSTRAINT, partial(_drop_named, reader.text, table, name))
    kind = " ".join(token.word for token in (reader.next, reader.ahead(1)))
    if kind not in (_PRIMARY, _FOREIGN):
        return None
    reader.at += 2
    forgiving = reader.if_exists()
    columns = _plain(reader.group() or "")
    _step_behind_options(reader)
    reader.need_end()
    return Action(_DROPPED, partial(_drop, table, kind, columns, forgiving))


def parts(text: str, tokens: Sequence[Token]) -> Iterable[Rewrite]:
    """Keys among the columns of CREATE TABLE."""
    if tokens[0].word not in ("CREATE", "REPLACE"):
        return
    reader = Reader(text, tokens)
    if not (reader.words("CREATE", "OR", "REPLACE") or reader.one_of("CREATE", "REPLACE")):
        return
    reader.words("EXTERNAL")
    if not reader.words("TABLE"):
        return
    reader.if_not_exists()
    if reader.next.kind not in (Kind.WORD, Kind.IDENTIFIER):
        return
    table = reader.need_name()
    if reader.next.text != "(":
        return
    keys = list(_keys(reader))
    if keys and reader.next.text == ")":  # else the list is not closed, as Spark will say
        reader.at += 1
        edits = [Edit(key.start, key.end, "") for key in keys]
        listed = ", ".join(_property(key, table[-1]) for key in keys)
        yield Rewrite(_DEFINED, [*edits, _with_properties(reader, listed)])


def _keys(reader: Reader) -> Iterator[_Key]:
    """The keys between the parentheses that open here; the reader stops at the closing one."""
    opened, depth, column = reader.next, 0, ""
    item = opened  # the parenthesis or comma before what is being read
    named: dict[str, int] = {}
    while not reader.is_over:
        token = reader.next
        if depth == 1 and token.word in ("CONSTRAINT", "PRIMARY", "FOREIGN", "REFERENCES"):
            alone = reader.ahead(-1) is item
            key = _key(reader, named, "" if alone else column)
            if key is not None:
                yield _whole_item(reader, key, item, opened) if alone else key
                continue
        if token.text in ("(", "<"):
            depth += 1
        elif token.text in (")", ">"):
            depth -= 1
            if depth == 0:
                return
        elif depth == 1 and token.text == ",":
            item = token
        if depth == 1 and reader.ahead(-1) is item:
            column = token.text
        reader.at += 1


def _whole_item(reader: Reader, key: _Key, before: Token, opened: Token) -> _Key:
    """The key with the comma that parts it from its neighbours."""
    if before is not opened:
        return _Key(before.start, key.end, key.name, key.definition)
    if reader.next.text == ",":
        return _Key(key.start, reader.next.end, key.name, key.definition)
    return key


def _key(reader: Reader, named: dict[str, int], column: str = "") -> _Key | None:
    """The key that stands here; the reader stays where it is when there is none. `column` is the
    one behind whose type it stands."""
    start, at = reader.next.start, reader.at
    name = reader.need_name()[0] if reader.words("CONSTRAINT") else ""
    if reader.words("PRIMARY", "KEY"):
        own = reader.group() if reader.next.text == "(" else None
        definition = f"{_PRIMARY} ({_plain(column if own is None else own)})"
    elif reader.words("FOREIGN", "KEY") or (column and reader.next.word == "REFERENCES"):
        own = reader.group() if reader.next.text == "(" else None
        reader.need_words("REFERENCES")
        there = quote_name(reader.need_name("a table"))
        parent = reader.group() if reader.next.text == "(" else None
        definition = f"{_FOREIGN} ({_plain(column if own is None else own)}) REFERENCES {there}"
        definition += "" if parent is None else f" ({_plain(parent)})"
    else:
        reader.at = at
        return None
    _step_behind_options(reader)
    return _Key(start, reader.tokens[reader.at - 1].end, name, definition)


def _step_behind_options(reader: Reader) -> None:
    while any(reader.words(*option) for option in (*_OPTIONS, ("RESTRICT",), ("CASCADE",))):
        pass


def _plain(columns: str) -> str:
    return re.sub(r"\s+", " ", columns).strip()


def _property(key: _Key, table: str) -> str:
    """As an entry of TBLPROPERTIES. A key without a name gets one of its table and its columns."""
    name = key.name
    if not name:
        columns = re.sub(r"\W+", "_", key.definition.partition("(")[2].partition(")")[0])
        short = "pk" if key.definition.startswith(_PRIMARY) else f"{columns.strip('_')}_fk"
        name = f"{table}_{short}"
    return f"{quote_string(_PREFIX + name)} = {quote_string(key.definition)}"


def _with_properties(reader: Reader, listed: str) -> Edit:
    """Put properties into the clause that is there, or make one behind the columns and USING."""
    start = reader.at
    depth = 0
    for at in range(start, len(reader.tokens) - 1):
        token = reader.tokens[at]
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0 and token.word in ("AS", "SELECT"):
            break
        if depth == 0 and token.word == "TBLPROPERTIES" and reader.tokens[at + 1].text == "(":
            place = reader.tokens[at + 1].end
            return Edit(place, place, f"{listed}, ")
    if reader.words("USING"):
        reader.need_name("a format")
    place = reader.tokens[reader.at - 1].end
    return Edit(place, place, f" TBLPROPERTIES ({listed})")


def _kept(engine: Engine, table: tuple[str, ...]) -> dict[str, str]:
    """The table's keys by the names of their properties."""
    rows = engine.rows(f"SHOW TBLPROPERTIES {quote_name(table)}")
    return {row["key"]: row["value"] for row in rows if row["key"].startswith(_PREFIX)}


def _unset(engine: Engine, table: tuple[str, ...], properties: Iterable[str]) -> None:
    listed = ", ".join(map(quote_string, properties))
    engine.execute(f"ALTER TABLE {quote_name(table)} UNSET TBLPROPERTIES ({listed})")


def _drop_named(text: str, table: tuple[str, ...], name: str, engine: Engine) -> Answer:
    wanted = (_PREFIX + name).lower()
    found = [prop for prop in _kept(engine, table) if prop.lower() == wanted]
    if found:
        _unset(engine, table, found)
        return Answer()
    before = _by_delta.set(True)
    try:
        engine.execute(text)
    finally:
        _by_delta.reset(before)
    return Answer()


def _drop(
    table: tuple[str, ...], kind: str, columns: str, forgiving: bool, engine: Engine
) -> Answer:
    start = f"{kind} ({columns})" if columns else kind
    found = [prop for prop, value in _kept(engine, table).items() if value.startswith(start)]
    if found:
        _unset(engine, table, found)
    elif not forgiving:
        raise StatementError(f"{display_name(table)} has no {start}.")
    return Answer()
