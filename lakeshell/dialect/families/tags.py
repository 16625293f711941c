"""Tags of catalogs, schemas, tables, views, volumes, functions and columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from lakeshell.dialect.ledger import handled
from lakeshell.dialect.objects.securables import (
    Securable,
    full_name,
    maybe_name,
    need_columns,
    need_exists,
    read_securable,
    shown,
)
from lakeshell.dialect.objects.store import Store
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Action, Answer, Engine, Step
from lakeshell.errors import StatementError
from lakeshell.sql.names import display_name

_SET, _UNSET = "SET TAG", "UNSET TAG"
_SET_MANY, _UNSET_MANY = "ALTER … SET TAGS", "ALTER … UNSET TAGS"
_KEPT = "it is stored with the object's name."

CONSTRUCTS = (
    handled(_SET, f"{_KEPT[:-1]}; a tag that is there already is an error.",
            "SET TAG ON TABLE sales.orders cost_center = hr"),
    handled(_UNSET, "a tag that is not there is an error.",
            "UNSET TAG ON COLUMN sales.orders.ssn pii"),
    handled(_SET_MANY, _KEPT, "ALTER TABLE sales.orders SET TAGS ('cost_center' = 'hr')"),
    handled(_UNSET_MANY, "they are forgotten.",
            "ALTER TABLE sales.orders ALTER COLUMN ssn UNSET TAGS ('pii')"),
)  # fmt: skip

KIND = "tag"
_ALTERED = {
    "TABLE": "TABLE", "VIEW": "TABLE", "CATALOG": "CATALOG", "SCHEMA": "SCHEMA",
    "DATABASE": "SCHEMA", "VOLUME": "VOLUME", "FUNCTION": "FUNCTION", "PROCEDURE": "PROCEDURE",
}  # fmt: skip


@dataclass(frozen=True)
class _Change:
    """Tags that are set on an object, or on one of its columns, or taken away."""

    on: Securable
    column: str
    tags: tuple[tuple[str, str], ...]
    removes: bool
    strict: bool = False


def whole(reader: Reader) -> Step | None:
    """SET TAG, UNSET TAG, ALTER … SET TAGS, ALTER … UNSET TAGS."""
    if reader.words("SET", "TAG", "ON"):
        return Action(_SET, partial(_carry_out, _read_one(reader, removes=False)))
    if reader.words("UNSET", "TAG", "ON"):
        return Action(_UNSET, partial(_carry_out, _read_one(reader, removes=True)))
    return _alter(reader) if reader.words("ALTER") else None


def _read_one(reader: Reader, *, removes: bool) -> _Change:
    column = ""
    if reader.words("COLUMN"):
        name = reader.need_name("the name of a column")
        if len(name) < 2:
            raise reader.error("a table and its column")
        on, column = Securable("TABLE", name[:-1]), name[-1]
    else:
        on = read_securable(reader)
    key = _word(reader)
    value = _word(reader) if not removes and reader.symbol("=") else ""
    reader.need_end()
    return _Change(on, column, ((key, value),), removes, strict=True)


def _alter(reader: Reader) -> Step | None:
    reader.one_of("MATERIALIZED", "STREAMING")
    word = reader.one_of(*_ALTERED)
    name = maybe_name(reader) if word else ()
    if not name:
        return None
    column = ""
    if _ALTERED[word] == "TABLE" and reader.words("ALTER"):
        reader.words("COLUMN")
        found = maybe_name(reader)
        if not found:
            return None
        column = found[-1]
    if reader.words("SET", "TAGS"):
        removes = False
    elif reader.words("UNSET", "TAGS"):
        removes = True
    else:
        return None
    change = _Change(Securable(_ALTERED[word], name), column, _read_tags(reader), removes)
    reader.need_end()
    return Action(_UNSET_MANY if removes else _SET_MANY, partial(_carry_out, change))


def _read_tags(reader: Reader) -> tuple[tuple[str, str], ...]:
    reader.need_symbol("(")
    tags: list[tuple[str, str]] = []
    while True:
        key = _word(reader)
        tags.append((key, _word(reader) if reader.symbol("=") else ""))
        if reader.symbol(")"):
            return tuple(tags)
        reader.need_symbol(",")


def _word(reader: Reader) -> str:
    """A key or a value: a name or a literal."""
    text = reader.string()
    return text if text is not None else reader.need_name("a tag")[0]


def _carry_out(change: _Change, engine: Engine) -> Answer:
    if not change.on.kind:
        raise StatementError("One machine has no objects of this kind.")
    name = full_name(engine, change.on)
    if change.column:
        need_columns(engine, name, [change.column])
    else:
        need_exists(engine, change.on.kind, name)
    store = Store(engine.home)
    for key, value in change.tags:
        _change_one(store, change, name, key, value)
    return Answer()


def _change_one(store: Store, change: _Change, name: Sequence[str], key: str, value: str) -> None:
    where = (change.on.kind, *name, change.column, key)
    what = f"{shown(name)}.{change.column}" if change.column else shown(name)
    if change.removes:
        if not store.delete(KIND, where) and change.strict:
            raise StatementError(
                f"{what} has no tag {display_name([key])}.", error_class="TAG_ASSIGNMENT_NOT_FOUND"
            )
        return
    fields = {"kind": change.on.kind, "object": list(name), "column": change.column, "tag": key,
              "value": value}  # fmt: skip
    if not change.strict:
        store.put(KIND, where, fields)
    elif not store.add(KIND, where, fields):
        raise StatementError(
            f"{what} has the tag {display_name([key])} already.",
            error_class="TAG_ASSIGNMENT_ALREADY_EXISTS",
            hint="ALTER … SET TAGS gives it another value.",
        )
