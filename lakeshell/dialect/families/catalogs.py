"""Catalogs: made, described, changed, dropped, used. See `lakeshell.dialect.names.catalogs`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from lakeshell.dialect.ledger import handled, ignored, unsupported
from lakeshell.dialect.names.catalogs import (
    BETWEEN,
    DEFAULT,
    KIND,
    SPARK,
    canonical,
    why_not,
)
from lakeshell.dialect.objects.objects import (
    begins_name,
    catalog_fields,
    need_catalog,
    owner_clause,
    properties,
    rows,
    shown_properties,
    stamp,
)
from lakeshell.dialect.objects.schema_objects import volumes_of
from lakeshell.dialect.objects.store import Store
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Action, Answer, Engine, Refusal, Step
from lakeshell.errors import StatementError
from lakeshell.sql.names import display_name, quote_identifier, quote_name

_SHARED = "CREATE CATALOG … USING SHARE"
_CONNECTED = "CREATE CATALOG … USING CONNECTION"
_PREDICTIVE = "ALTER CATALOG … PREDICTIVE OPTIMIZATION"

CONSTRUCTS = (
    handled("CREATE CATALOG", "its schemas are kept as schemas of Spark, `retail__sales`; names "
            "of three levels work everywhere.", "CREATE CATALOG IF NOT EXISTS retail"),
    unsupported(_SHARED, "one machine has no shares.", "CREATE CATALOG c USING SHARE p.s"),
    unsupported(_CONNECTED, "there is no query federation here; CREATE TABLE … USING jdbc OPTIONS "
                "(url …) reads a table of another database.",
                "CREATE CATALOG pg USING CONNECTION c"),
    handled("DROP CATALOG", "with CASCADE its schemas, tables and volumes go, too.",
            "DROP CATALOG IF EXISTS retail CASCADE"),
    handled("ALTER CATALOG", "the owner and the properties are kept.",
            "ALTER CATALOG retail OWNER TO `data_engineers`"),
    ignored(_PREDICTIVE, "nobody optimises tables by themselves here; use OPTIMIZE and VACUUM.",
            "ALTER CATALOG retail ENABLE PREDICTIVE OPTIMIZATION"),
    handled("USE CATALOG", "the schema `default` of that catalog becomes the current one.",
            "USE CATALOG retail"),
    handled("DESCRIBE CATALOG", "name, comment and owner; with EXTENDED all that is kept.",
            "DESCRIBE CATALOG EXTENDED retail"),
)  # fmt: skip
_WHAT = {construct.name: construct.what for construct in CONSTRUCTS}


@dataclass(frozen=True)
class _New:
    """A catalog that is to be made."""

    name: str
    if_not_exists: bool
    fields: dict[str, Any]


def whole(reader: Reader) -> Step | None:
    """Statements on a catalog, apart from its grants, tags and comment."""
    verb = reader.one_of("CREATE", "DROP", "ALTER", "USE", "SET", "DESCRIBE", "DESC")
    if not verb or not reader.words("CATALOG"):
        return None
    if verb == "CREATE":
        return _create(reader)
    if verb == "DROP":
        return _drop(reader)
    if verb == "ALTER":
        return _alter(reader)
    return _use(reader) if verb in ("USE", "SET") else _describe(reader)


def _create(reader: Reader) -> Step:
    if_not_exists = reader.if_not_exists()
    if reader.words("USING", "SHARE"):
        return Refusal(_SHARED)  # it is called as the share is
    name = _name(reader)
    fields: dict[str, Any] = stamp()
    while not reader.is_over:
        if reader.words("USING", "SHARE"):
            return Refusal(_SHARED)
        if reader.words("USING", "CONNECTION"):
            return Refusal(_CONNECTED)
        if reader.words("COMMENT"):
            fields["comment"] = reader.need_string()
        elif reader.words("MANAGED", "LOCATION"):
            fields["location"] = reader.need_string().rstrip("/")
        elif reader.words("OPTIONS") or reader.words("WITH", "DBPROPERTIES"):
            fields["properties"] = properties(reader)
        elif reader.words("DEFAULT", "COLLATION"):
            fields["collation"] = ".".join(reader.need_name("a collation"))
        else:
            raise reader.error("MANAGED LOCATION, COMMENT or the end of the statement")
    return Action("CREATE CATALOG", partial(_created, _New(name, if_not_exists, fields)))


def _created(new: _New, engine: Engine) -> Answer:
    if catalog_fields(engine, new.name) is not None:
        return _exists(new)
    problem = why_not(new.name)
    if problem:
        raise StatementError(f"The name of a catalog {problem}: {display_name([new.name])}.")
    prefix = new.name.lower() + BETWEEN
    before = [
        str(row["namespace"]) for row in engine.rows(f"SHOW SCHEMAS IN {SPARK} LIKE '{prefix}*'")
    ]
    store = Store(engine.home)
    if not store.add(KIND, [new.name], new.fields):
        return _exists(new)
    try:
        name = quote_name((new.name, DEFAULT))
        engine.execute(f"CREATE SCHEMA IF NOT EXISTS {name}")
    except BaseException:
        store.delete(KIND, [new.name])
        raise
    if before:
        engine.notice(
            f"There were schemas of that name already: {', '.join(before)}. They are the "
            f"schemas of {display_name([new.name])} now."
        )
    return Answer()


def _exists(new: _New) -> Answer:
    if new.if_not_exists:
        return Answer()
    raise StatementError(
        f"Catalog {display_name([new.name])} already exists.",
        error_class="CATALOG_ALREADY_EXISTS",
        hint="IF NOT EXISTS makes nothing of it.",
    )


def _drop(reader: Reader) -> Step:
    if_exists = reader.if_exists()
    name = _name(reader)
    cascade = reader.one_of("CASCADE", "RESTRICT") == "CASCADE"
    reader.need_end()
    return Action("DROP CATALOG", partial(_dropped, name, if_exists, cascade))


def _dropped(name: str, if_exists: bool, cascade: bool, engine: Engine) -> Answer:
    if if_exists and catalog_fields(engine, name) is None:
        return Answer()
    need_catalog(engine, name)
    if canonical(name) == SPARK:
        raise StatementError(f"{display_name([name])} is Spark's own catalog; it always stays.")
    schemas = [
        str(row["namespace"]) for row in engine.rows(f"SHOW SCHEMAS IN {quote_identifier(name)}")
    ]
    if not cascade:
        _need_empty(engine, name, schemas)
    current = engine.rows("SELECT current_catalog() AS catalog")[0]["catalog"]
    for schema in schemas:
        engine.execute(f"DROP SCHEMA IF EXISTS {quote_name((name, schema))} CASCADE")
    if current == name.lower():
        engine.execute(f"USE {SPARK}.{DEFAULT}")
    Store(engine.home).delete(KIND, [name])
    return Answer()


def _need_empty(engine: Engine, name: str, schemas: list[str]) -> None:
    """Nothing but an empty `default` may be in it."""
    others = [schema for schema in schemas if schema != DEFAULT]
    found = others[0] if others else ""
    if not found and schemas:
        tables = engine.rows(f"SHOW TABLES IN {quote_name((name, DEFAULT))}")
        lasting = [str(row["tableName"]) for row in tables if not row["isTemporary"]]
        volumes = [v.name[2] for v in volumes_of(engine.home, name.lower(), DEFAULT)]
        found = next((f"{DEFAULT}.{one}" for one in [*lasting, *volumes]), "")
    if found:
        raise StatementError(
            f"Catalog {display_name([name])} is not empty: it has {found}.",
            error_class="CATALOG_NOT_EMPTY",
            hint="DROP CATALOG … CASCADE drops what is in it, too.",
        )


def _alter(reader: Reader) -> Step | None:
    # Without a name the current one is meant.
    named = begins_name(reader) and not _begins_clause(reader)
    name = _name(reader) if named else ""
    owner = owner_clause(reader)
    if owner is not None:
        return _changed(name, lambda fields: {**fields, "owner": owner})
    if reader.one_of("ENABLE", "DISABLE", "INHERIT") and reader.words("PREDICTIVE", "OPTIMIZATION"):
        reader.need_end()
        return Action(_PREDICTIVE, partial(_predictive, name))
    if reader.words("SET", "DBPROPERTIES") or reader.words("OPTIONS"):
        new = properties(reader)
        reader.need_end()
        return _changed(
            name, lambda fields: {**fields, "properties": {**fields.get("properties", {}), **new}}
        )
    if reader.words("DEFAULT", "COLLATION"):
        collation = ".".join(reader.need_name("a collation"))
        reader.need_end()
        return _changed(name, lambda fields: {**fields, "collation": collation})
    return None


def _begins_clause(reader: Reader) -> bool:
    pair = (reader.next.word, reader.ahead(1).word)
    return pair in {("OWNER", "TO"), ("SET", "OWNER"), ("SET", "DBPROPERTIES"),
                    ("DEFAULT", "COLLATION")}  # fmt: skip


def _changed(name: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Action:
    def run(engine: Engine) -> Answer:
        change_catalog(engine, name, change)
        return Answer()

    return Action("ALTER CATALOG", run)


def change_catalog(
    engine: Engine, name: str, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    """Keep other fields of a catalog; of the current one without a name."""
    if not name:
        name = str(engine.rows("SELECT current_catalog() AS catalog")[0]["catalog"])
    fields = change(need_catalog(engine, name))
    if canonical(name) == SPARK:
        Store(engine.home).put("spark catalog", [SPARK], fields)
    else:
        Store(engine.home).put(KIND, [name], fields)


def _predictive(name: str, engine: Engine) -> Answer:
    if name:
        need_catalog(engine, name)
    engine.notice(f"{_PREDICTIVE} is ignored: {_WHAT[_PREDICTIVE]}")
    return Answer()


def _use(reader: Reader) -> Step:
    name = reader.string() or _name(reader)
    reader.need_end()
    return Action("USE CATALOG", partial(_used, name))


def _used(name: str, engine: Engine) -> Answer:
    need_catalog(engine, name)
    catalog = canonical(name)
    default = quote_name((catalog, DEFAULT))
    if catalog != SPARK:
        engine.execute(f"CREATE SCHEMA IF NOT EXISTS {default}")  # it may have been dropped
    engine.execute(f"USE {default}")
    return Answer()


def _describe(reader: Reader) -> Step:
    extended = reader.words("EXTENDED")
    name = _name(reader)
    reader.need_end()
    return Action("DESCRIBE CATALOG", partial(_described, name, extended))


def _described(name: str, extended: bool, engine: Engine) -> Answer:
    fields = need_catalog(engine, name)
    lines = [
        ("Catalog Name", name.lower()),
        ("Comment", fields.get("comment") or ""),
        ("Owner", fields.get("owner") or ""),
    ]
    if extended:
        place = fields.get("location") or str(engine.home.warehouse)
        lines += [
            ("Created By", fields.get("created_by") or ""),
            ("Created At", fields.get("created_at") or ""),
            ("Storage Location", place),
            ("Properties", shown_properties(fields)),
        ]
        if fields.get("collation"):
            lines.append(("Default Collation", fields["collation"]))
    return rows(("info_name", "info_value"), lines)


def _name(reader: Reader) -> str:
    if not begins_name(reader):
        raise reader.error("the name of a catalog")
    parts = reader.need_name("the name of a catalog")
    if len(parts) > 1:
        raise StatementError(
            f"The name of a catalog has one part, not {len(parts)}: {display_name(parts)}."
        )
    return parts[0]
