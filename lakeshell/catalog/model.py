"""What completion and the catalog tree know of a lakehouse: names, kinds and types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Table:
    """A table or view; `schema` is empty for a temporary view."""

    schema: str
    name: str
    kind: str = "table"  # table | view | temp view


@dataclass(frozen=True)
class Column:
    """A column; `type` as Spark writes it (`bigint`, `struct<a:int>`), empty when unknown."""

    name: str
    type: str = ""


@dataclass(frozen=True)
class Setting:
    """A Spark setting that a session may change."""

    key: str
    value: str = ""
    meaning: str = ""


class Metadata(Protocol):
    """What is known by now. Nothing here waits: what is not known yet is an empty sequence."""

    @property
    def current_schema(self) -> str:
        """The schema that bare table names mean."""

    def schemas(self) -> Sequence[str]:
        """Every schema of the current catalog."""

    def schemas_of(self, catalog: str) -> Sequence[str]:
        """Those of a catalog by its name; none when there is no such catalog."""

    def tables(self, schema: str | None = None) -> Sequence[Table]:
        """Tables and views of `schema`, which may have its catalog in front (`catalog.schema`);
        without one, of the current one, and temporary views."""

    def columns(self, table: tuple[str, ...]) -> Sequence[Column]:
        """The columns of a table by the parts of its name."""

    def functions(self) -> Sequence[str]:
        """Names of functions, built-in and made by users."""

    def settings(self) -> Sequence[Setting]:
        """Settings of the session."""
