"""What privileges are granted on and tags are set on: catalogs, schemas, tables, and so on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lakeshell.dialect.names.catalogs import canonical
from lakeshell.dialect.objects.objects import need_catalog
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Engine
from lakeshell.errors import StatementError
from lakeshell.sql.lexer import Kind
from lakeshell.sql.names import display_name, quote_name, quote_string

# As they are written, the longest first, and what they count as. A view is a table to its grants.
_WRITTEN = (
    ("MATERIALIZED VIEW", "TABLE"),
    ("STREAMING TABLE", "TABLE"),
    ("ANONYMOUS FUNCTION", "ANONYMOUS FUNCTION"),
    ("ANY FILE", "ANY FILE"),
    ("METASTORE", "METASTORE"),
    ("CATALOG", "CATALOG"),
    ("SCHEMA", "SCHEMA"),
    ("DATABASE", "SCHEMA"),
    ("TABLE", "TABLE"),
    ("VIEW", "TABLE"),
    ("VOLUME", "VOLUME"),
    ("FUNCTION", "FUNCTION"),
    ("PROCEDURE", "PROCEDURE"),
)
_PARTS = {"CATALOG": 1, "SCHEMA": 2, "TABLE": 3, "VOLUME": 3, "FUNCTION": 3, "PROCEDURE": 3}
_ELSEWHERE = (
    "EXTERNAL LOCATION", "EXTERNAL METADATA", "STORAGE CREDENTIAL", "SERVICE CREDENTIAL",
    "CREDENTIAL", "CLEAN ROOM", "CONNECTION", "SHARE", "RECIPIENT", "PROVIDER",
)  # fmt: skip
_AFTER_NAME = frozenset({"TO", "FROM"})


@dataclass(frozen=True)
class Securable:
    """`kind` is Databricks' word, `name` has the parts that were written. Without a kind it is an
    object that one machine does not have."""

    kind: str
    name: tuple[str, ...] = ()


def read_securable(reader: Reader) -> Securable:
    """The object that stands here; a bare name is a table's. Raises StatementError."""
    for written in _ELSEWHERE:
        if _keyword(reader, written):
            return Securable("", reader.need_name(f"the name of the {written.lower()}"))
    for written, kind in _WRITTEN:
        if kind not in _PARTS:
            if reader.words(*written.split()):
                return Securable(kind)
        elif _keyword(reader, written):
            return Securable(kind, reader.need_name(f"the name of the {written.lower()}"))
        elif kind == "CATALOG" and reader.words(written):
            return Securable(kind)  # the current one
    return Securable("TABLE", reader.need_name("the name of an object"))


def _keyword(reader: Reader, written: str) -> bool:
    """Step behind these words where a name follows: otherwise they are one themselves."""
    words = written.split()
    behind = reader.ahead(len(words))
    names = behind.kind in (Kind.WORD, Kind.IDENTIFIER) and behind.word not in _AFTER_NAME
    return names and reader.words(*words)


def maybe_name(reader: Reader) -> tuple[str, ...]:
    """The name that stands here; nothing where there is something else, such as a literal."""
    if reader.next.kind not in (Kind.WORD, Kind.IDENTIFIER):
        return ()
    return reader.need_name()


def full_name(engine: Engine, securable: Securable) -> tuple[str, ...]:
    """The name with the catalog and schema that were left out. Raises StatementError."""
    wanted = _PARTS.get(securable.kind, 0)
    missing = wanted - len(securable.name)
    if missing < 0:
        raise StatementError(
            f"{display_name(securable.name)} has too many parts for the name of "
            f"a {securable.kind.lower()}."
        )
    name = securable.name
    if missing:
        row = engine.rows("SELECT current_catalog() AS catalog, current_schema() AS schema")[0]
        name = (str(row["catalog"]), str(row["schema"]))[:missing] + name
    return (canonical(name[0]), *name[1:]) if name else ()


def exists(engine: Engine, name: Sequence[str]) -> bool:
    """Whether there is a table or view of a whole name."""
    listed = engine.rows(f"SHOW TABLES IN {quote_name(name[:2])} LIKE {quote_string(name[2])}")
    return any(
        str(row["tableName"]).lower() == name[2].lower() and not row["isTemporary"]
        for row in listed
    )


def need_exists(engine: Engine, kind: str, name: Sequence[str]) -> None:
    """Raises StatementError when there is no such object. `name` is whole."""
    if kind in ("TABLE", "SCHEMA", "VOLUME", "FUNCTION"):
        engine.execute(f"DESCRIBE {kind} {quote_name(name)}")
    elif kind == "CATALOG":
        need_catalog(engine, name[0])


def columns_of(engine: Engine, table: Sequence[str]) -> list[str]:
    """The columns of a table or view. Raises StatementError when there is none of this name."""
    found: list[str] = []
    for row in engine.rows(f"DESCRIBE TABLE {quote_name(table)}"):
        if not row["col_name"] or str(row["col_name"]).startswith("#"):
            break  # partitioning and the like follow
        found.append(str(row["col_name"]))
    return found


def need_columns(engine: Engine, table: Sequence[str], wanted: Sequence[str]) -> None:
    """Raises StatementError when one of these is no column of the table."""
    known = {column.lower() for column in columns_of(engine, table)}
    for column in wanted:
        if column.lower() not in known:
            raise StatementError(
                f"{display_name(table)} has no column {display_name([column])}.",
                error_class="UNRESOLVED_COLUMN",
            )


def shown(name: Sequence[str]) -> str:
    """A whole name as results show it."""
    return ".".join(name)
