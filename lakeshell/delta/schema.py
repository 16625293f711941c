"""A Delta schema (Spark's JSON form) as DDL, and a whole CREATE TABLE that would make the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lakeshell.delta.log import Snapshot
from lakeshell.delta.tables import DeltaTable
from lakeshell.sql.names import display_name, quote_string

_NAMES = {"integer": "INT", "long": "BIGINT", "short": "SMALLINT", "byte": "TINYINT"}
# Properties that Delta keeps for itself; giving them would make another table than this one.
_INTERNAL = ("delta.columnMapping.maxColumnId", "delta.constraints.", "delta.rowTracking.material")


def type_ddl(kind: Any) -> str:
    """A type of the JSON form as SQL: `"long"` → `BIGINT`, structs and arrays all the way."""
    if isinstance(kind, str):
        return _NAMES.get(kind, kind.upper())
    if kind["type"] == "array":
        return f"ARRAY<{type_ddl(kind['elementType'])}>"
    if kind["type"] == "map":
        return f"MAP<{type_ddl(kind['keyType'])}, {type_ddl(kind['valueType'])}>"
    if kind["type"] == "struct":
        return f"STRUCT<{', '.join(_nested(field) for field in kind['fields'])}>"
    return type_ddl(kind["type"])


def _nested(field: Mapping[str, Any]) -> str:
    null = "" if field["nullable"] else " NOT NULL"
    return f"{display_name([field['name']])}: {type_ddl(field['type'])}{null}{_comment(field)}"


def column_ddl(field: Mapping[str, Any]) -> str:
    """A column with everything said about it: `id BIGINT NOT NULL COMMENT 'key'`."""
    metadata = field.get("metadata", {})
    text = f"{display_name([field['name']])} {type_ddl(field['type'])}"
    if not field["nullable"]:
        text += " NOT NULL"
    if "delta.generationExpression" in metadata:
        text += f" GENERATED ALWAYS AS ({metadata['delta.generationExpression']})"
    elif "delta.identity.start" in metadata:
        how = "BY DEFAULT" if metadata.get("delta.identity.allowExplicitInsert") else "ALWAYS"
        text += (
            f" GENERATED {how} AS IDENTITY (START WITH {metadata['delta.identity.start']}"
            f" INCREMENT BY {metadata['delta.identity.step']})"
        )
    elif "CURRENT_DEFAULT" in metadata:
        text += f" DEFAULT {metadata['CURRENT_DEFAULT']}"
    return text + _comment(field)


def _comment(field: Mapping[str, Any]) -> str:
    comment = field.get("metadata", {}).get("comment")
    return f" COMMENT {quote_string(comment)}" if comment else ""


def create_table_ddl(table: DeltaTable, snapshot: Snapshot, *, managed: bool) -> str:
    """SQL that makes a table like `table` as of `snapshot`, without its rows.

    CHECK constraints follow as statements of their own, as they can only be added.
    """
    lines = [f"CREATE TABLE {table.name} ("]
    lines.append(",\n".join(f"  {column_ddl(field)}" for field in snapshot.schema["fields"]))
    lines.append(")\nUSING delta")
    clustering = table.detail.get("clusteringColumns") or ()
    if snapshot.partition_columns:
        lines.append(f"PARTITIONED BY ({_columns(snapshot.partition_columns)})")
    elif clustering:
        lines.append(f"CLUSTER BY ({_columns(clustering)})")
    if not managed:
        lines.append(f"LOCATION {quote_string(table.location)}")
    if snapshot.comment:
        lines.append(f"COMMENT {quote_string(snapshot.comment)}")
    properties = {k: v for k, v in snapshot.properties.items() if not k.startswith(_INTERNAL)}
    if any("CURRENT_DEFAULT" in field.get("metadata", {}) for field in snapshot.schema["fields"]):
        properties["delta.feature.allowColumnDefaults"] = "supported"
    if properties:
        told = ",\n".join(
            f"  {quote_string(k)} = {quote_string(v)}" for k, v in sorted(properties.items())
        )
        lines.append(f"TBLPROPERTIES (\n{told}\n)")
    statements = ["\n".join(lines) + ";"]
    for name, value in sorted(snapshot.properties.items()):
        if name.startswith("delta.constraints."):
            constraint = display_name([name.removeprefix("delta.constraints.")])
            statements.append(
                f"ALTER TABLE {table.name} ADD CONSTRAINT {constraint} CHECK ({value});"
            )
    return "\n".join(statements)


def _columns(names: Any) -> str:
    return ", ".join(display_name([name]) for name in names)
