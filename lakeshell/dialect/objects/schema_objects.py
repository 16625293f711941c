"""What the store adds to making and dropping a schema: its place, its volumes, its owner."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lakeshell.dialect.names.catalogs import KIND as CATALOG
from lakeshell.dialect.names.catalogs import OTHER_NAMES, SPARK, canonical
from lakeshell.dialect.objects.store import Store
from lakeshell.dialect.objects.volume_folders import Volume, Volumes
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Edit
from lakeshell.errors import StatementError
from lakeshell.home import Home
from lakeshell.sql.lexer import Token
from lakeshell.sql.names import display_name, quote_string

KIND = "schema"
"""The kind of what the store says of a schema: its owner. Names are (catalog, schema)."""

WholeSchema = Callable[[Sequence[str]], tuple[str, str]]


def end_of_schema(
    text: str, tokens: Sequence[Token], home: Home, whole: WholeSchema
) -> Callable[[], None] | None:
    """What remains to be done when this DROP SCHEMA has been carried out; None for all else.

    Raises StatementError when the schema has volumes that were created and nothing says CASCADE.
    """
    reader = Reader(text, tokens)
    if not reader.words("DROP") or not reader.one_of("SCHEMA", "DATABASE"):
        return None
    reader.if_exists()
    catalog, schema = whole(reader.need_name("the name of a schema"))
    catalog = canonical(catalog)
    volumes = volumes_of(home, catalog, schema)
    stored = [volume for volume in volumes if volume.fields]
    if stored and not reader.words("CASCADE"):
        raise StatementError(
            f"The schema {display_name([schema])} is not empty: it has the volume "
            f"{display_name([stored[0].name[2]])}.",
            error_class="SCHEMA_NOT_EMPTY",
            hint="DROP SCHEMA … CASCADE deletes its tables and volumes, too.",
        )
    store = Store(home)
    if not volumes and store.get(KIND, (catalog, schema)) is None:
        return None

    def done() -> None:
        for volume in volumes:
            Volumes(home).drop(volume)
        store.delete(KIND, (catalog, schema))

    return done


def volumes_of(home: Home, catalog: str, schema: str) -> list[Volume]:
    """The volumes of a schema; Spark's own catalog has several names in their paths."""
    names = OTHER_NAMES if catalog == SPARK else (catalog,)
    return [volume for name in names for volume in Volumes(home).of(name, schema)]


def place_of_schema(
    text: str, tokens: Sequence[Token], home: Home, stored: frozenset[str], whole: WholeSchema
) -> Edit | None:
    """The LOCATION of a schema that is made in a catalog with a managed location, and has none."""
    reader = Reader(text, tokens)
    if not stored or not reader.words("CREATE") or not reader.one_of("SCHEMA", "DATABASE"):
        return None
    if any(token.word == "LOCATION" for token in tokens):
        return None
    reader.if_not_exists()
    catalog, schema = whole(reader.need_name("the name of a schema"))
    place = (Store(home).get(CATALOG, [catalog]) or {}).get("location")
    if not place:
        return None
    end = reader.ahead(-1).end
    return Edit(end, end, f" LOCATION {quote_string(f'{place}/{schema.lower()}')}")
