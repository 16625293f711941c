"""What the statements on catalogs, schemas and volumes have in common."""

from __future__ import annotations

import datetime
import getpass
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from lakeshell.dialect.names.catalogs import KIND, OTHER_NAMES, SPARK
from lakeshell.dialect.objects.store import Store
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Answer, Engine
from lakeshell.errors import StatementError
from lakeshell.sql.lexer import Kind
from lakeshell.sql.names import display_name

if TYPE_CHECKING:
    import pyarrow as pa


def whole_name(engine: Engine, parts: Sequence[str], count: int) -> tuple[str, ...]:
    """A name with the current catalog and schema for what was left out in front."""
    if len(parts) > count:
        raise StatementError(f"{display_name(parts)} has more parts than this name can have.")
    missing = count - len(parts)
    if not missing:
        return tuple(parts)
    row = engine.rows("SELECT current_catalog() AS catalog, current_schema() AS schema")[0]
    return (str(row["catalog"]), str(row["schema"]))[:missing] + tuple(parts)


def catalog_fields(engine: Engine, catalog: str) -> dict[str, Any] | None:
    """What is known of a catalog, None when there is none; for Spark's own what was added to it."""
    name = catalog.lower()
    if name in (SPARK, *OTHER_NAMES):
        return Store(engine.home).get("spark catalog", [SPARK]) or {}
    return Store(engine.home).get(KIND, [name])


def need_catalog(engine: Engine, catalog: str) -> dict[str, Any]:
    """What is known of a catalog; StatementError when there is none."""
    fields = catalog_fields(engine, catalog)
    if fields is None:
        raise StatementError(
            f"Catalog {display_name([catalog])} was not found.",
            error_class="NO_SUCH_CATALOG_EXCEPTION",
            hint="SHOW CATALOGS lists those there are.",
        )
    return fields


def need_principal(reader: Reader) -> str:
    """A user or a group, with or without quotes."""
    text = reader.string()
    return text if text is not None else ".".join(reader.need_name("the name of a principal"))


def owner_clause(reader: Reader) -> str | None:
    """The principal of `[SET] OWNER TO x`, which ends the statement; None for anything else."""
    start = reader.at
    reader.words("SET")
    if not reader.words("OWNER", "TO"):
        reader.at = start
        return None
    principal = need_principal(reader)
    reader.need_end()
    return principal


def literal_or_null(reader: Reader) -> str | None:
    """What follows IS: a text, or None for NULL."""
    if reader.words("NULL"):
        return None
    return reader.need_string("a text in quotes or NULL")


def properties(reader: Reader) -> dict[str, str]:
    """`('key' = 'value', …)`."""
    found = reader.options()
    if found is None:
        raise reader.error("properties in parentheses")
    return found


def begins_name(reader: Reader) -> bool:
    """Whether a name may stand here."""
    return reader.next.kind in (Kind.WORD, Kind.IDENTIFIER)


def stamp() -> dict[str, str]:
    """Who makes an object, and when: of its fields."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # no such user in a container's passwd
        user = "lakeshell"
    now = datetime.datetime.now().astimezone().isoformat(sep=" ", timespec="seconds")
    return {"owner": user, "created_by": user, "created_at": now}


def rows(columns: Sequence[str], values: Iterable[Sequence[Any]]) -> Answer:
    """An answer of text columns that describes objects."""
    return Answer(text_table(columns, values), metadata=True)


def text_table(columns: Sequence[str], values: Iterable[Sequence[Any]]) -> pa.Table:
    """Rows of text."""
    import pyarrow as pa

    listed = [tuple(row) for row in values]
    return pa.table(
        [pa.array([row[at] for row in listed], pa.string()) for at in range(len(columns))],
        schema=pa.schema([(name, pa.string()) for name in columns]),
    )


def shown_properties(fields: dict[str, Any]) -> str:
    """The properties of an object as DESCRIBE shows them."""
    found: dict[str, str] = fields.get("properties") or {}
    return "(" + ", ".join(f"({key},{value})" for key, value in sorted(found.items())) + ")"
