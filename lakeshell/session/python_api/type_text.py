"""Spark's data types written as SQL, with field names in backticks."""

from __future__ import annotations

from typing import Any

from lakeshell.sql.names import quote_identifier, quote_string


def type_text(kind: Any) -> str:
    """A pyspark DataType as SQL reads it back unchanged."""
    name = type(kind).__name__
    if name == "StructType":
        return f"STRUCT<{', '.join(map(_field, kind.fields))}>"
    if name == "ArrayType":
        return f"ARRAY<{type_text(kind.elementType)}>"
    if name == "MapType":
        return f"MAP<{type_text(kind.keyType)}, {type_text(kind.valueType)}>"
    return str(kind.simpleString())


def _field(field: Any) -> str:
    required = "" if field.nullable else " NOT NULL"
    comment = field.metadata.get("comment") if field.metadata else None
    described = f" COMMENT {quote_string(comment)}" if comment else ""
    return f"{quote_identifier(field.name)}: {type_text(field.dataType)}{required}{described}"
