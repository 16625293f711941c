"""Schemas: their place and their owner."""

from __future__ import annotations

from functools import partial

from lakeshell.dialect.ledger import handled
from lakeshell.dialect.names.catalogs import canonical
from lakeshell.dialect.objects.objects import owner_clause, whole_name
from lakeshell.dialect.objects.schema_objects import KIND
from lakeshell.dialect.objects.store import Store
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Action, Answer, Edit, Engine, Rewrite, Step
from lakeshell.sql.names import quote_name

_MANAGED = "CREATE SCHEMA … MANAGED LOCATION"
_OWNER = "ALTER SCHEMA … OWNER TO"

CONSTRUCTS = (
    handled(_MANAGED, "it is the schema's LOCATION.",
            "CREATE SCHEMA sales MANAGED LOCATION '/mnt/sales'"),
    handled(_OWNER, "the owner is kept, and shown by DESCRIBE SCHEMA.",
            "ALTER SCHEMA sales OWNER TO `data_engineers`"),
)  # fmt: skip


def whole(reader: Reader) -> Step | None:
    """The statements above."""
    verb = reader.one_of("CREATE", "ALTER")
    if not verb or not reader.one_of("SCHEMA", "DATABASE"):
        return None
    return _create(reader) if verb == "CREATE" else _alter(reader)


def _create(reader: Reader) -> Step | None:
    tokens = reader.tokens
    for at in range(reader.at, len(tokens) - 1):
        if tokens[at].word == "MANAGED" and tokens[at + 1].word == "LOCATION":
            return Rewrite(_MANAGED, [Edit(tokens[at].start, tokens[at + 1].start, "")])
    return None


def _alter(reader: Reader) -> Step | None:
    name = reader.need_name("the name of a schema")
    owner = owner_clause(reader)
    if owner is not None:
        return Action(_OWNER, partial(_owned, name, owner))
    return None


def _owned(name: tuple[str, ...], owner: str, engine: Engine) -> Answer:
    engine.execute(f"DESCRIBE SCHEMA {quote_name(name)}")  # there must be one
    catalog, schema = whole_name(engine, name, 2)
    Store(engine.home).put(KIND, (canonical(catalog), schema), {"owner": owner})
    return Answer()
