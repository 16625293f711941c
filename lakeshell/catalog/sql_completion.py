"""Completion of SQL: columns of the tables in scope, tables, schemas, functions, keywords."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from lakeshell.catalog import vocabulary
from lakeshell.catalog.candidates import Candidate, ranked
from lakeshell.catalog.context import Cursor, Place, cursor_at
from lakeshell.catalog.files import complete_path
from lakeshell.catalog.model import Column, Metadata
from lakeshell.catalog.scope import Relation, relations_at, visible_ctes
from lakeshell.catalog.spark_types import fields_of
from lakeshell.sql.lexer import Kind, Token
from lakeshell.sql.names import display_name, quote_identifier

if TYPE_CHECKING:
    from lakeshell.catalog.completion import Surroundings

_PATH_WORDS = frozenset(("LOCATION", "PATH", "DIRECTORY", "INPATH", "=", "READ_FILES"))
_KEYWORDS = {
    Place.STATEMENT: vocabulary.STATEMENTS,
    Place.EXPLAIN: (*vocabulary.AFTER_EXPLAIN, *vocabulary.STATEMENTS),
    Place.AFTER_RELATION: vocabulary.AFTER_RELATION,
    Place.AFTER_OPERAND: vocabulary.AFTER_OPERAND,
    Place.EXPRESSION: vocabulary.IN_EXPRESSION,
    Place.DEFINITION: vocabulary.IN_DEFINITION,
    Place.DESCRIBE: vocabulary.AFTER_DESCRIBE,
    Place.SHOW: vocabulary.AFTER_SHOW,
    Place.NEW_TABLE: ("IF NOT EXISTS",),
    Place.RELATION: ("SELECT", "TABLE", "IF EXISTS", "LATERAL", "VALUES"),
    Place.SCHEMA: ("IF EXISTS", "IF NOT EXISTS"),
}
# Where a name must come, so that a menu helps before anything is typed.
_NAMES_WANTED = frozenset(
    (Place.RELATION, Place.SCHEMA, Place.FORMAT, Place.SETTING, Place.VARIABLE)
)


def complete_sql(
    text: str, offset: int, around: Surroundings, *, explicit: bool = False
) -> list[Candidate]:
    """What fits at `offset` of SQL text."""
    cursor = cursor_at(text, offset)
    if cursor.place is Place.NOTHING:
        return []
    if cursor.place is Place.STRING:
        return _in_string(cursor, around, explicit)
    if cursor.quoted and cursor.qualifier and cursor.qualifier[-1].lower() in vocabulary.FORMATS:
        # csv.`/mnt/…`
        return complete_path(cursor.typed, cursor.start + 1, around.folder, around.roots)
    eager = bool(cursor.qualifier) or cursor.place in _NAMES_WANTED
    if not cursor.typed and not eager and not explicit:
        return []
    return ranked(cursor.typed, _candidates(cursor, around, explicit))


def _candidates(cursor: Cursor, around: Surroundings, explicit: bool) -> Iterator[Candidate]:
    metadata = around.metadata
    place, start = cursor.place, cursor.start
    if place is Place.VARIABLE:
        for name, value in around.variables.items():
            yield Candidate(name, "variable", start, meta=value)
        return
    if place is Place.SETTING:
        for setting in metadata.settings():
            yield Candidate(setting.key, "setting", start, meta=setting.meaning or setting.value)
        return
    if place is Place.SETTING_VALUE:
        yield from _setting_values(cursor, metadata)
        return
    relations = relations_at(cursor.tokens, cursor.index)
    if place in (Place.RELATION, Place.DESCRIBE):
        ctes = [] if cursor.qualifier else visible_ctes(cursor.tokens, cursor.index)
        yield from relation_candidates(cursor, metadata, ctes)
    elif place is Place.SCHEMA and not cursor.qualifier:
        yield from _schemas(cursor, metadata)
    elif place is Place.NEW_TABLE and not cursor.qualifier:
        yield from (
            Candidate(c.text + ".", c.kind, start, c.shown) for c in _schemas(cursor, metadata)
        )
    elif place is Place.EXPRESSION:
        yield from _expression(cursor, relations, metadata, explicit)
    elif place is Place.FUNCTION:
        yield from (Candidate(name, "function", start) for name in metadata.functions())
    elif place is Place.FORMAT:
        yield from (Candidate(name, "format", start) for name in vocabulary.FORMATS)
    elif place is Place.TYPE:
        lower = _prefers_lower(cursor)
        for name in vocabulary.TYPES:
            yield Candidate(name.lower() if lower else name, "type", start)
    if not cursor.qualifier and not cursor.quoted:
        yield from _keywords(cursor)


def _expression(
    cursor: Cursor, relations: list[Relation], metadata: Metadata, explicit: bool
) -> Iterator[Candidate]:
    start = cursor.start
    if cursor.qualifier:
        yield from _qualified(cursor, relations, metadata)
        return
    columns = [(relation, relation.columns(metadata)) for relation in relations]
    count = Counter(column.name.lower() for _, found in columns for column in found)
    for relation, found in columns:
        for column in found:
            # A name that two relations have needs its relation's in front.
            alone = count[column.name.lower()] == 1 or not relation.name
            parts = (column.name,) if alone else (relation.name, column.name)
            meta = column.type if alone else f"{relation.name} {column.type}"
            yield Candidate(
                _quoted(parts, cursor.quoted), "column", start, column.name, meta.strip()
            )
    for relation in relations:
        if relation.name:
            meta = ".".join(relation.parts) if relation.parts else "query"
            yield Candidate(
                _quoted((relation.name,), cursor.quoted), "alias", start, relation.name, meta
            )
    if (cursor.typed or explicit) and not cursor.quoted:
        for name in metadata.functions():
            yield Candidate(name, "function", start, meta="function")


def _qualified(
    cursor: Cursor, relations: list[Relation], metadata: Metadata
) -> Iterator[Candidate]:
    """Behind `alias.`, `table.`, `schema.table.`, or a struct's name and a dot."""
    qualifier = tuple(name.lower() for name in cursor.qualifier)
    for relation in relations:
        names = tuple(part.lower() for part in relation.parts)
        columns = relation.columns(metadata)
        if qualifier == (relation.name.lower(),) or qualifier == names[-len(qualifier) :]:
            yield from column_candidates(columns, cursor.start, quoted=cursor.quoted)
            return
        path = qualifier[1:] if qualifier[0] == relation.name.lower() else qualifier
        column = next((c for c in columns if path and c.name.lower() == path[0]), None)
        if column is not None:
            yield from column_candidates(
                fields_of(column.type, path[1:]), cursor.start, quoted=cursor.quoted
            )
            return


def column_candidates(
    columns: Iterable[Column], start: int, *, quoted: bool = False
) -> list[Candidate]:
    """Columns as candidates at `start`."""
    return [
        Candidate(_quoted((column.name,), quoted), "column", start, column.name, column.type)
        for column in columns
    ]


def relation_candidates(
    cursor: Cursor,
    metadata: Metadata,
    ctes: Sequence[str],
    *,
    start: int | None = None,
) -> list[Candidate]:
    """Tables, views and schemas at the cursor; `ctes` are names of the statement's own."""
    start = cursor.start if start is None else start
    # Behind two names: `catalog.schema.`
    schema = ".".join(cursor.qualifier[-2:]) if cursor.qualifier else None
    found = [
        Candidate(_quoted((name,), cursor.quoted), "cte", start, name, "WITH") for name in ctes
    ]
    found += [
        Candidate(
            _quoted((table.name,), cursor.quoted),
            table.kind,
            start,
            table.name,
            table.kind if table.kind != "table" else "",
        )
        for table in metadata.tables(schema)
    ]
    if not cursor.qualifier:
        found += _schemas(cursor, metadata, start)
    elif len(cursor.qualifier) == 1:
        found += _schema_candidates(metadata.schemas_of(cursor.qualifier[0]), cursor, start)
    return found


def _schemas(cursor: Cursor, metadata: Metadata, start: int | None = None) -> list[Candidate]:
    return _schema_candidates(metadata.schemas(), cursor, cursor.start if start is None else start)


def _schema_candidates(names: Iterable[str], cursor: Cursor, start: int) -> list[Candidate]:
    return [
        Candidate(_quoted((name,), cursor.quoted), "schema", start, name, "schema")
        for name in names
    ]


def _setting_values(cursor: Cursor, metadata: Metadata) -> Iterator[Candidate]:
    key = "".join(token.text for token in cursor.before[1:-1]).lower()
    for setting in metadata.settings():
        if setting.key.lower() == key:
            values = dict.fromkeys((setting.value, *_other_values(setting.value)))
            for value in values:
                meta = "now" if value == setting.value else ""
                yield Candidate(value, "choice", cursor.start, meta=meta)


def _other_values(value: str) -> tuple[str, ...]:
    return ("true", "false") if value in ("true", "false") else ()


def _in_string(cursor: Cursor, around: Surroundings, explicit: bool) -> list[Candidate]:
    last = cursor.before[-1] if cursor.before else None
    word = (last.word or last.text) if last is not None else ""
    if word == "(" and len(cursor.before) > 1:
        word = cursor.before[-2].word
    looks_like_path = "/" in cursor.typed or cursor.typed[:1] in (".", "~")
    if looks_like_path or word in _PATH_WORDS - {"="} or explicit:
        return complete_path(cursor.typed, cursor.start, around.folder, around.roots)
    return []


def _keywords(cursor: Cursor) -> Iterator[Candidate]:
    lower = _prefers_lower(cursor)
    for phrase in _KEYWORDS.get(cursor.place, ()):
        yield Candidate(phrase.lower() if lower else phrase, "keyword", cursor.start)


def _prefers_lower(cursor: Cursor) -> bool:
    """Keywords as the user writes them: by what was typed, or by the last keyword before."""
    if cursor.typed:
        return cursor.typed.islower()
    return next((_is_lower(t) for t in reversed(cursor.before) if _is_keyword(t)), False)


def _is_keyword(token: Token) -> bool:
    return token.kind is Kind.WORD and token.word in vocabulary.KEYWORDS


def _is_lower(token: Token) -> bool:
    return token.text.islower()


_RESERVED = frozenset(word for word in vocabulary.NO_ALIAS if re.fullmatch(r"[A-Z]+", word))


def _quoted(parts: tuple[str, ...], opened: bool) -> str:
    """A name as it is inserted: in backticks where it needs them, or where one was typed."""
    if opened:
        return ".".join(quote_identifier(part) for part in parts)
    if len(parts) == 1 and parts[0].upper() in _RESERVED:
        return quote_identifier(parts[0])
    return display_name(parts)
