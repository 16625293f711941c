"""The user's names for Spark's: `retail.sales` for `retail__sales`, in errors and in results that
describe objects."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lakeshell.dialect.names.catalogs import BETWEEN, SPARK, split_schema

if TYPE_CHECKING:
    import pyarrow as pa

_SCHEMA_COLUMNS = frozenset({"namespace", "database", "schema"})
_NAME_COLUMNS = frozenset({"tablename", "viewname", "col_name"})  # never hold a schema's name
_CATALOG_ROWS = frozenset({"Catalog", "Catalog Name"})
_SCHEMA_ROWS = frozenset({"Database", "Namespace Name"})
_MADE = f"{SPARK}."  # in headings that no user has written
_LINES = re.compile(rf"(?m)^Catalog: {SPARK}\nDatabase: (\w+)$")


class NamesShown:
    """For these catalogs, in small letters."""

    def __init__(self, stored: frozenset[str]) -> None:
        self.stored = stored
        catalogs = "|".join(sorted(stored)) or r"(?!)"
        # Not in paths: a schema's folder is called as Spark calls it.
        self._name = re.compile(
            rf"(?<![\w/.\-])(?:`{SPARK}`\.|{SPARK}\.)?(`?)({catalogs}){BETWEEN}(\w+)\1(?!\w|\.db\b|/)",
            re.IGNORECASE,
        )

    def text(self, text: str) -> str:
        """`text` with every schema of a catalog as the user knows it."""
        if not self.stored or BETWEEN not in text:
            return text
        text = _LINES.sub(self._lines, text)
        return self._name.sub(r"\1\2\1.\1\3\1", text)

    def schema(self, name: str) -> str:
        """A schema's own name, without its catalog."""
        found = split_schema(name, self.stored)
        return found[1] if found else name

    def catalog(self, name: str) -> str:
        """The catalog of one of Spark's schemas."""
        found = split_schema(name, self.stored)
        return found[0] if found else SPARK

    def table(self, table: pa.Table) -> pa.Table:
        """The rows of a statement that describes objects."""
        if not self.stored or not table.num_rows:
            return table
        changed = {
            index: self._column(table.field(index).name.lower(), table.column(index).to_pylist())
            for index in range(table.num_columns)
            if _may_hold_names(table.column(index))
        }
        if 1 in changed and _is_string(table.field(0).type):
            changed[1] = self._described(
                table.column(0).to_pylist(), table.column(1).to_pylist(), changed[1]
            )
        return replaced(table, changed)

    def headings(self, table: pa.Table) -> pa.Table:
        """With the user's names in headings that Spark has made: `retail.sales.f(1)`."""
        names = table.column_names
        if not self.stored or not any(_MADE in name for name in names):
            return table
        return table.rename_columns([self.text(n) if _MADE in n else n for n in names])

    def _column(self, name: str, values: list[Any]) -> list[Any]:
        if name in _NAME_COLUMNS:
            return values
        show: Callable[[str], str] = self.schema if name in _SCHEMA_COLUMNS else self.text
        return [value if value is None else show(value) for value in values]

    def _described(self, keys: list[Any], old: list[Any], new: list[Any]) -> list[Any]:
        """`Catalog` and `Database` of DESCRIBE, which stand in two rows."""
        catalog = ""
        for at, (key, value) in enumerate(zip(keys, old, strict=True)):
            if key in _SCHEMA_ROWS and value and (found := split_schema(value, self.stored)):
                catalog, new[at] = found
        for at, (key, value) in enumerate(zip(keys, old, strict=True)):
            if catalog and key in _CATALOG_ROWS and value == SPARK:
                new[at] = catalog
        return new

    def _lines(self, found: re.Match[str]) -> str:
        parts = split_schema(found[1], self.stored)
        return f"Catalog: {parts[0]}\nDatabase: {parts[1]}" if parts else found[0]


def replaced(table: pa.Table, columns: dict[int, list[Any]]) -> pa.Table:
    """`table` with other values in these columns."""
    import pyarrow as pa

    for index, values in columns.items():
        column = table.field(index)
        table = table.set_column(index, column, pa.array(values, column.type))
    return table


def _is_string(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _may_hold_names(column: pa.ChunkedArray) -> bool:
    """Whether a column of strings has the mark in its bytes at all."""
    if not _is_string(column.type):
        return False
    buffers = (chunk.buffers()[2] for chunk in column.chunks)
    return any(b is not None and BETWEEN.encode() in b.to_pybytes() for b in buffers)
