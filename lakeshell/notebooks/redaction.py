"""Secrets that were read, taken out of everything that is shown."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lakeshell.errors import LakeshellError, StatementError
from lakeshell.session.result import Event, Failed, Html, Notice, Result, Started, Text

if TYPE_CHECKING:
    import pyarrow as pa

REDACTED = "[REDACTED]"


def redacted(event: Event, secrets: Collection[str]) -> Event:
    """The event with every secret in it replaced. An error is changed itself."""
    if isinstance(event, Html):
        return Html(without(event.text, secrets), without(event.html, secrets))
    if isinstance(event, (Text, Notice, Started)):
        return replace(event, text=without(event.text, secrets))
    if isinstance(event, Failed):
        conceal(event.error, secrets)
    elif isinstance(event, Result):
        return shown_rows(event, secrets)
    return event


def shown_rows(result: Result, secrets: Collection[str]) -> Result:
    """The rows of a result that goes to no sink."""
    if not secrets or result.table is None:
        return result
    return replace(result, table=_table(result.table, secrets))


def without(text: str, secrets: Collection[str]) -> str:
    """`text` with every secret replaced; the longest first, since one may hold another."""
    for secret in sorted(secrets, key=len, reverse=True):
        if secret:
            text = text.replace(secret, REDACTED)
    return text


def conceal(error: LakeshellError, secrets: Collection[str]) -> None:
    """Take the secrets out of an error's words."""
    error.message = without(error.message, secrets)
    error.args = (error.message,)
    error.hint = without(error.hint, secrets) if error.hint else error.hint
    if isinstance(error, StatementError):
        for part in ("detail", "source_line"):
            text = getattr(error, part)
            setattr(error, part, without(text, secrets) if text else text)


def _table(table: pa.Table, secrets: Collection[str]) -> pa.Table:
    import pyarrow as pa

    names = [without(name, secrets) for name in table.column_names]
    columns = []
    for column in table.columns:
        values = column.to_pylist() if _may_hold_text(column.type) else []
        if any(_mentions(value, secrets) for value in values):
            cleaned = [hidden(value, secrets) for value in values]
            column = pa.chunked_array([pa.array(cleaned, column.type)])
        columns.append(column)
    fields = [field.with_name(name) for field, name in zip(table.schema, names, strict=True)]
    return pa.Table.from_arrays(columns, schema=pa.schema(fields, table.schema.metadata))


def _may_hold_text(kind: Any) -> bool:
    import pyarrow as pa

    texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_nested)
    return any(test(kind) for test in texts)


def _mentions(value: Any, secrets: Collection[str]) -> bool:
    return value is not None and hidden(value, secrets) != value


def hidden(value: Any, secrets: Collection[str]) -> Any:
    """A value of a cell, or one from JSON, without the secrets in it."""
    if isinstance(value, str):
        return without(value, secrets)
    if isinstance(value, bytes):
        for secret in secrets:
            value = value.replace(secret.encode(), REDACTED.encode()) if secret else value
        return value
    if isinstance(value, dict):
        return {key: hidden(inner, secrets) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(hidden(inner, secrets) for inner in value)
    return value
