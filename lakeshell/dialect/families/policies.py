"""Row filters and column masks: taken out of the text and kept; nobody's rows are filtered yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from lakeshell.dialect.dialect import edited
from lakeshell.dialect.ledger import handled
from lakeshell.dialect.objects.securables import (
    Securable,
    exists,
    full_name,
    maybe_name,
    need_columns,
    need_exists,
)
from lakeshell.dialect.objects.store import Store
from lakeshell.dialect.once import tell_once
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Action, Answer, Edit, Engine, Step
from lakeshell.sql.lexer import Kind

_FILTER = "ALTER TABLE … SET ROW FILTER"
_NO_FILTER = "ALTER TABLE … DROP ROW FILTER"
_MASK = "ALTER TABLE … ALTER COLUMN … SET MASK"
_NO_MASK = "ALTER TABLE … ALTER COLUMN … DROP MASK"
_NEW = "CREATE TABLE … MASK, WITH ROW FILTER"
_KEPT = "it is stored; nobody's rows or values are hidden by it yet."

CONSTRUCTS = (
    handled(_FILTER, _KEPT, "ALTER TABLE sales SET ROW FILTER only_us ON (region)"),
    handled(_NO_FILTER, "it is forgotten.", "ALTER TABLE sales DROP ROW FILTER"),
    handled(_MASK, _KEPT,
            "ALTER TABLE people ALTER COLUMN ssn SET MASK hide USING COLUMNS (region)"),
    handled(_NO_MASK, "it is forgotten.", "ALTER TABLE people ALTER COLUMN ssn DROP MASK"),
    handled(_NEW, f"the table is made without; {_KEPT}",
            "CREATE TABLE people (ssn STRING MASK hide, region STRING) "
            "WITH ROW FILTER only_us ON (region)"),
)  # fmt: skip

NOT_ENFORCED = "Row filters and column masks are stored, not enforced: everybody sees everything."
FILTER_KIND, MASK_KIND = "row filter", "column mask"
_TABLES = ("TABLE", "VIEW")
_NAMES = (Kind.WORD, Kind.IDENTIFIER)


@dataclass(frozen=True)
class _Policy:
    """A function over columns, or literals; with a `column` its mask, else the rows' filter."""

    function: tuple[str, ...]
    arguments: tuple[str, ...]
    columns: tuple[str, ...]
    column: str = ""


def whole(reader: Reader) -> Step | None:
    """ALTER TABLE and CREATE TABLE with one of these clauses."""
    words = {token.word for token in reader.tokens}
    if not ({"FILTER", "MASK"} & words):
        return None
    if reader.words("ALTER"):
        reader.one_of("MATERIALIZED", "STREAMING")
        if reader.one_of(*_TABLES):
            name = maybe_name(reader)
            return _alter(reader, name) if name else None
        return None
    return _create(reader) if reader.words("CREATE") else None


def _alter(reader: Reader, table: tuple[str, ...]) -> Step | None:
    if reader.words("SET", "ROW", "FILTER"):
        policy = _read_filter(reader)
        reader.need_end()
        return Action(_FILTER, partial(_set, table, policy))
    if reader.words("DROP", "ROW", "FILTER"):
        reader.need_end()
        return Action(_NO_FILTER, partial(_drop, table, ""))
    if not reader.words("ALTER"):
        return None
    reader.words("COLUMN")
    column = maybe_name(reader)
    if not column:
        return None
    if reader.words("SET", "MASK"):
        policy = _read_mask(reader, column[-1])
        reader.need_end()
        return Action(_MASK, partial(_set, table, policy))
    if reader.words("DROP", "MASK"):
        reader.need_end()
        return Action(_NO_MASK, partial(_drop, table, column[-1]))
    return None


def _read_filter(reader: Reader) -> _Policy:
    function = reader.need_name("the name of a function")
    reader.need_words("ON")
    arguments, columns = _read_arguments(reader)
    return _Policy(function, arguments, columns)


def _read_mask(reader: Reader, column: str) -> _Policy:
    function = reader.need_name("the name of a function")
    arguments: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    if reader.words("USING", "COLUMNS"):
        arguments, columns = _read_arguments(reader)
    return _Policy(function, arguments, (column, *columns), column)


def _read_arguments(reader: Reader) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Columns and literals as they are written, and the columns among them."""
    reader.need_symbol("(")
    arguments: list[str] = []
    columns: list[str] = []
    while not reader.symbol(")"):
        start = reader.next
        if start.kind in _NAMES and start.word not in ("TRUE", "FALSE", "NULL"):
            columns.append(reader.need_name("a column")[-1])
        else:
            reader.symbol("-")
            reader.at += 1
        arguments.append(reader.text[start.start : reader.ahead(-1).end])
        if not reader.symbol(","):
            reader.need_symbol(")")
            break
    return tuple(arguments), tuple(columns)


# CREATE TABLE


def _create(reader: Reader) -> Step | None:
    reader.words("OR", "REPLACE")
    reader.one_of("MATERIALIZED", "EXTERNAL")
    if not reader.one_of(*_TABLES):
        return None
    forgiving = reader.if_not_exists()
    table = maybe_name(reader)
    if not table:
        return None
    policies: list[_Policy] = []
    edits: list[Edit] = []
    if reader.symbol("("):
        _column_masks(reader, policies, edits)
    _row_filter(reader, policies, edits)
    if not policies:
        return None
    rest = edited(reader.text, edits)
    return Action(_NEW, partial(_make, table, forgiving, rest, tuple(policies)))


def _column_masks(reader: Reader, policies: list[_Policy], edits: list[Edit]) -> None:
    """Those between the parentheses of the columns; a column may itself be named mask."""
    depth, column, begins = 0, "", True
    while not reader.is_over:
        token = reader.next
        if depth == 0 and token.text == ")":
            reader.at += 1
            return
        if begins:
            column = token.text[1:-1].replace("``", "`") if _is_quoted(reader) else token.text
        elif depth == 0 and token.word == "MASK" and reader.ahead(1).kind in _NAMES:
            reader.at += 1
            policies.append(_read_mask(reader, column))
            edits.append(Edit(token.start, reader.ahead(-1).end, ""))
            continue
        begins = depth == 0 and token.text == ","
        depth += (token.text in ("(", "<")) - (token.text in (")", ">"))
        reader.at += 1


def _is_quoted(reader: Reader) -> bool:
    return reader.next.kind is Kind.IDENTIFIER


def _row_filter(reader: Reader, policies: list[_Policy], edits: list[Edit]) -> None:
    """The one among the table's clauses, in front of its query."""
    depth = 0
    while not reader.is_over:
        token = reader.next
        if depth == 0 and token.word == "AS":
            return
        if depth == 0 and reader.words("WITH", "ROW", "FILTER"):
            policies.append(_read_filter(reader))
            edits.append(Edit(token.start, reader.ahead(-1).end, ""))
            continue
        depth += (token.text == "(") - (token.text == ")")
        reader.at += 1


# Carrying out


def _make(
    table: tuple[str, ...], forgiving: bool, text: str, policies: Sequence[_Policy], engine: Engine
) -> Answer:
    name = full_name(engine, Securable("TABLE", table))
    if forgiving and exists(engine, name):
        return Answer()
    for policy in policies:
        _need_function(engine, policy)
    engine.execute(text)
    for policy in policies:
        _keep(engine, name, policy)
    tell_once(engine, NOT_ENFORCED)
    return Answer()


def _set(table: tuple[str, ...], policy: _Policy, engine: Engine) -> Answer:
    name = full_name(engine, Securable("TABLE", table))
    need_columns(engine, name, policy.columns)
    _need_function(engine, policy)
    _keep(engine, name, policy)
    tell_once(engine, NOT_ENFORCED)
    return Answer()


def _need_function(engine: Engine, policy: _Policy) -> None:
    need_exists(engine, "FUNCTION", full_name(engine, Securable("FUNCTION", policy.function)))


def _keep(engine: Engine, name: tuple[str, ...], policy: _Policy) -> None:
    function = full_name(engine, Securable("FUNCTION", policy.function))
    fields = {"table": list(name), "function": list(function), "arguments": list(policy.arguments)}
    store = Store(engine.home)
    if policy.column:
        store.put(MASK_KIND, (*name, policy.column), {**fields, "column": policy.column})
    else:
        store.put(FILTER_KIND, name, fields)


def _drop(table: tuple[str, ...], column: str, engine: Engine) -> Answer:
    name = full_name(engine, Securable("TABLE", table))
    if column:
        need_columns(engine, name, [column])
        Store(engine.home).delete(MASK_KIND, (*name, column))
    else:
        need_exists(engine, "TABLE", name)
        Store(engine.home).delete(FILTER_KIND, name)
    return Answer()
