"""SHOW SCHEMAS, SHOW CATALOGS and DESCRIBE SCHEMA where more is known than Spark knows."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lakeshell.dialect.names.catalogs import BETWEEN, SPARK, canonical, split_schema
from lakeshell.dialect.names.shown import replaced
from lakeshell.dialect.objects.schema_objects import KIND as SCHEMA
from lakeshell.dialect.objects.schema_objects import WholeSchema
from lakeshell.dialect.objects.store import Store
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Edit
from lakeshell.errors import StatementError
from lakeshell.home import Home
from lakeshell.sql.lexer import Token
from lakeshell.sql.names import quote_string

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Listing:
    """`rows` makes of Spark's rows what is to be shown. `edits` are the statement's; None: those
    that names need."""

    rows: Callable[[pa.Table], pa.Table]
    edits: list[Edit] | None = None


def listing_of(
    text: str,
    tokens: Sequence[Token],
    stored: frozenset[str],
    current: Callable[[], tuple[str, str]],
) -> Listing | None:
    """None for every other statement, and for other catalogs of Spark."""
    reader = Reader(text, tokens)
    if not reader.words("SHOW"):
        return None
    try:
        if reader.words("CATALOGS"):
            return _catalogs(reader, stored)
        if reader.one_of("SCHEMAS", "DATABASES", "NAMESPACES"):
            return _schemas(reader, stored, current)
    except StatementError:
        return None  # Spark says what is wrong with it
    return None


def schema_described(
    text: str, tokens: Sequence[Token], home: Home, whole: WholeSchema
) -> Listing | None:
    """DESCRIBE SCHEMA of one whose owner is kept."""
    reader = Reader(text, tokens)
    if not reader.one_of("DESCRIBE", "DESC") or not reader.one_of("SCHEMA", "DATABASE"):
        return None
    reader.words("EXTENDED")
    owners = {name: fields.get("owner") for name, fields in Store(home).all(SCHEMA)}
    if not owners:
        return None
    catalog, schema = whole(reader.need_name("the name of a schema"))
    owner = owners.get((canonical(catalog), schema.lower()))
    if not owner:
        return None

    def rows(table: pa.Table) -> pa.Table:
        keys, values = table.column(0).to_pylist(), table.column(1).to_pylist()
        shown = [owner if k == "Owner" else v for k, v in zip(keys, values, strict=True)]
        return replaced(table, {1: shown})

    return Listing(rows)


def _catalogs(reader: Reader, stored: frozenset[str]) -> Listing:
    pattern = _pattern(reader)
    matching = [name for name in sorted(stored) if matches(name, pattern)]
    return Listing(lambda table: _column(table, [*_values(table), *matching]))


def _schemas(
    reader: Reader, stored: frozenset[str], current: Callable[[], tuple[str, str]]
) -> Listing | None:
    start = reader.ahead(-1).end
    if reader.one_of("IN", "FROM"):
        parts = reader.need_name("the name of a catalog")
        if len(parts) > 1:
            return None
        catalog = canonical(parts[0])
    else:
        catalog = current()[0]
    if catalog not in stored and catalog != SPARK:
        return None
    pattern = _pattern(reader)
    if catalog == SPARK:
        wanted, show = pattern, _without_catalogs
    else:
        prefix = catalog + BETWEEN
        wanted = "|".join(prefix + part for part in pattern.split("|"))
        show = _of_catalog
    like = "" if wanted == "*" else f" LIKE {quote_string(wanted)}"
    edit = Edit(start, reader.tokens[-1].end, f" IN {SPARK}{like}")
    return Listing(lambda table: _column(table, show(_values(table), stored)), [edit])


def _pattern(reader: Reader) -> str:
    """The pattern of a SHOW, `*` without one."""
    reader.words("LIKE")
    pattern = reader.string()
    reader.need_end()
    return "*" if pattern is None else pattern


def matches(name: str, pattern: str) -> bool:
    """Spark's rule (StringUtils.filterPattern): `*` for anything, `|` between patterns."""
    for part in pattern.split("|"):
        with contextlib.suppress(re.error):
            if re.fullmatch(part.strip().replace("*", ".*"), name, re.IGNORECASE):
                return True
    return False


def _without_catalogs(names: list[Any], stored: frozenset[str]) -> list[Any]:
    return [name for name in names if split_schema(name, stored) is None]


def _of_catalog(names: list[Any], stored: frozenset[str]) -> list[Any]:
    return [found[1] for name in names if (found := split_schema(name, stored))]


def _values(table: pa.Table) -> list[Any]:
    values: list[Any] = table.column(0).to_pylist()
    return values


def _column(table: pa.Table, values: list[Any]) -> pa.Table:
    import pyarrow as pa

    return pa.table([pa.array(values, table.schema.field(0).type)], schema=table.schema)
