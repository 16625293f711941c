"""Names of three levels: `retail.sales.orders` is given to Spark as `retail__sales.orders`.

Only names that begin with a catalog that is known are touched, and, where such a catalog is the
current one, names that leave it out. What a statement means to Spark without them reaches Spark
byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lakeshell.dialect.dialect import Moves, edited
from lakeshell.dialect.names.catalogs import (
    BETWEEN,
    OTHER_NAMES,
    SPARK,
    Catalogs,
    schema_in_spark,
    split_schema,
)
from lakeshell.dialect.names.mentions import Mention, Role, mentions
from lakeshell.dialect.names.shown import NamesShown
from lakeshell.dialect.objects.listings import Listing, listing_of, schema_described
from lakeshell.dialect.objects.schema_objects import end_of_schema, place_of_schema
from lakeshell.dialect.steps import Edit
from lakeshell.home import Home
from lakeshell.sql.lexer import Token, significant, tokenize
from lakeshell.sql.names import display_name, quote_string

if TYPE_CHECKING:
    import pyarrow as pa

_NO_SCHEMAS = frozenset({
    "global_temp", "session", "system", "builtin", "information_schema", "live", SPARK,
    "delta", "parquet", "csv", "json", "orc", "text", "avro", "xml", "binaryfile", "iceberg",
})  # fmt: skip
_ABOUT_SCHEMA = re.compile(r"\b(?:schema|database)\b", re.IGNORECASE)
_MAY_CHANGE = re.compile(r"\b(?:use|catalog|immediate|begin)\b", re.IGNORECASE)


def may_change_current(text: str) -> bool:
    """Whether a statement may make another schema the current one."""
    return _MAY_CHANGE.search(text) is not None


@dataclass(frozen=True)
class Named:
    """A statement with Spark's names in it. `done` is called when it has been carried out."""

    text: str
    done: Callable[[], None] | None = None
    _listing: Listing | None = None
    _moves: Moves = field(default_factory=lambda: Moves(()), repr=False)

    def origin(self, offset: int) -> int:
        """The offset in the statement before of one in `text`."""
        return self._moves.origin(offset)

    @property
    def lists(self) -> bool:
        """Whether its rows must pass `listed`."""
        return self._listing is not None

    def listed(self, table: pa.Table) -> pa.Table:
        """Its rows as the catalogs of the home want them."""
        return table if self._listing is None else self._listing.rows(table)


class Names:
    """Those of one session. `current` tells Spark's current schema; it is asked when it matters."""

    def __init__(self, home: Home, current: Callable[[], str]) -> None:
        self._home = home
        self._catalogs = Catalogs(home)
        self._current = current
        self._shown = NamesShown(frozenset())

    @property
    def stored(self) -> frozenset[str]:
        """The catalogs that were created, in small letters."""
        return self._catalogs.stored

    @property
    def shown(self) -> NamesShown:
        """What gives the user's names for Spark's."""
        stored = self._catalogs.stored
        if self._shown.stored != stored:
            self._shown = NamesShown(stored)
        return self._shown

    def current(self) -> tuple[str, str]:
        """The current catalog and schema, as the user knows them."""
        schema = self._current()
        return split_schema(schema, self.stored) or (SPARK, schema)

    def named(self, text: str) -> Named | None:
        """The statement for Spark; None: as it is.

        Raises StatementError for a statement that a catalog's own objects forbid.
        """
        if not self._home.objects_db.exists() and not _mentions_main(text):
            return None
        stored = self._catalogs.stored
        if not stored and not _mentions_main(text) and not _ABOUT_SCHEMA.search(text):
            return None
        tokens = significant(tokenize(text))
        statement = _Statement(stored, self.current)
        done = end_of_schema(text, tokens, self._home, statement.whole_schema)
        listing = listing_of(text, tokens, stored, self.current) if stored else None
        listing = listing or schema_described(text, tokens, self._home, statement.whole_schema)
        edits = listing.edits if listing is not None else None
        if edits is None:
            edits = statement.edits(tokens)
            place = place_of_schema(text, tokens, self._home, stored, statement.whole_schema)
            edits += [place] if place is not None else []
        if listing is None and done is None and not edits:
            return None
        edits = sorted(edits, key=lambda edit: edit.start)
        return Named(edited(text, edits), done, listing, Moves(edits))

    def table(self, name: str) -> str:
        """Spark's name for that of a table or function, as a DataFrame call is given it."""
        return self._one(name, Role.TABLE)

    def schema(self, name: str) -> str:
        """Spark's name for that of a schema."""
        return self._one(name, Role.SCHEMA)

    def column(self, name: str) -> str:
        """Spark's name for that of a column, which may begin with a catalog."""
        return self._one(name, Role.COLUMN) if name.count(".") > 2 else name

    def _one(self, name: str, role: Role) -> str:
        stored = self._catalogs.stored
        if not stored and not _mentions_main(name):
            return name
        tokens = significant(tokenize(name))
        found = next(mentions(tokens), None)
        if found is None or found.spans[-1][1] != len(name.rstrip()):
            return name  # a path, or no name at all
        found = Mention(role, found.parts, found.spans)
        return edited(name, list(_Statement(stored, self.current).of([found])))


class _Statement:
    """The edits of one statement; the current catalog is asked for once at most."""

    def __init__(self, stored: frozenset[str], current: Callable[[], tuple[str, str]]) -> None:
        self._stored = stored
        self._ask = current
        self._catalog: str | None = None

    def edits(self, tokens: Sequence[Token]) -> list[Edit]:
        """What to change in a statement of these tokens."""
        return list(self.of(list(mentions(tokens))))

    def of(self, found: Sequence[Mention]) -> list[Edit]:
        """What to change in these names."""
        bare = {m.parts[0].lower() for m in found if len(m.parts) == 1}
        edits: list[Edit] = []
        tables: set[tuple[str, str]] = set()  # of two parts whose catalog was left out
        for mention in found:
            if mention.role is Role.CURRENT:
                edits += self._current_call(mention)
            elif mention.role is Role.STATEMENT:
                edits += self._inner(mention)
            elif (new := self._mapped(mention, bare)) is not None:
                edits.append(_edit(mention, *new))
                if mention.role is Role.TABLE and len(mention.parts) == 2:
                    tables.add((mention.parts[0].lower(), mention.parts[1].lower()))
        for mention in found:
            long = len(mention.parts) + mention.star > 2
            if mention.role is Role.COLUMN and long and _pair(mention) in tables:
                edits.append(_edit(mention, 1, self._in_current(mention.parts[0])))
        return edits

    def whole_schema(self, parts: Sequence[str]) -> tuple[str, str]:
        """The catalog and schema that a name of a schema means."""
        if len(parts) > 1:
            return parts[-2], parts[-1]
        return split_schema(parts[0], self._stored) or (self._current_catalog(), parts[0])

    def _mapped(self, mention: Mention, bare: set[str]) -> tuple[int, str] | None:
        """How many of its first parts give way to what; None: none."""
        parts, first = mention.parts, mention.parts[0].lower()
        is_known = first in self._stored or first in OTHER_NAMES
        if mention.role is Role.SCHEMA:
            if len(parts) == 1 and self._can_be_in_catalog(first):
                return (1, self._in_current(parts[0])) if self._current_is_stored() else None
            return self._joined(parts) if len(parts) == 2 and is_known else None
        if mention.role in (Role.TABLE, Role.FUNCTION):
            if len(parts) > 2:
                return self._joined(parts) if is_known else None
            if len(parts) == 2 and self._can_be_in_catalog(first) and not _is_path(parts[1]):
                return (1, self._in_current(parts[0])) if self._current_is_stored() else None
            return None
        if mention.role in (Role.CATALOG, Role.FORMAT) or not is_known:
            return None
        # A column of a table, or a field of a struct: then the first part is a name by itself.
        needed = 3 if mention.role is Role.OTHER or mention.star else 4
        if len(parts) < needed or first in bare:
            return None
        return self._joined(parts)

    def _joined(self, parts: Sequence[str]) -> tuple[int, str]:
        if parts[0].lower() in OTHER_NAMES:
            return 1, SPARK
        return 2, display_name([schema_in_spark(parts[0], parts[1])])

    def _in_current(self, schema: str) -> str:
        return display_name([schema_in_spark(self._current_catalog(), schema)])

    def _can_be_in_catalog(self, schema: str) -> bool:
        """Whether the name of a schema may be one of a stored catalog's, which was left out."""
        return bool(self._stored) and schema not in _NO_SCHEMAS and (
            split_schema(schema, self._stored) is None
        )  # fmt: skip

    def _current_is_stored(self) -> bool:
        return self._current_catalog() in self._stored

    def _current_catalog(self) -> str:
        if self._catalog is None:
            self._catalog = self._ask()[0]
        return self._catalog

    def _inner(self, mention: Mention) -> list[Edit]:
        text = mention.parts[0]
        new = edited(text, sorted(self.edits(significant(tokenize(text))), key=lambda e: e.start))
        return [Edit(*mention.spans[0], quote_string(new))] if new != text else []

    def _current_call(self, mention: Mention) -> list[Edit]:
        """The catalog and the schema out of Spark's current schema, under the call's own name."""
        if not self._stored:
            return []
        prefix = f"^({'|'.join(sorted(self._stored))}){BETWEEN}"
        name = "current_schema()"
        new = f"regexp_replace(current_schema(), '{prefix}', '')"
        if mention.parts[0] == "CURRENT_CATALOG":
            name = "current_catalog()"
            new = (
                f"if(current_schema() RLIKE '{prefix}', "
                f"split_part(current_schema(), '{BETWEEN}', 1), current_catalog())"
            )
        alias = f" AS `{name}`" if mention.whole_item else ""
        return [Edit(*mention.spans[0], new + alias)]


def _edit(mention: Mention, count: int, new: str) -> Edit:
    """Put `new` for the first `count` parts."""
    if not mention.in_literal:
        return Edit(mention.spans[0][0], mention.spans[count - 1][1], new)
    rest = display_name(mention.parts[count:])
    return Edit(*mention.spans[0], quote_string(f"{new}.{rest}" if rest else new))


def _pair(mention: Mention) -> tuple[str, str]:
    return (mention.parts[0].lower(), mention.parts[1].lower()) if mention.parts[1:] else ("", "")


def _is_path(part: str) -> bool:
    return "/" in part or ":" in part


def _mentions_main(text: str) -> bool:
    lowered = text.lower()
    return any(name in lowered for name in OTHER_NAMES)
