"""`spark.catalog` of a session that knows the catalogs of its home."""

from __future__ import annotations

from typing import Any

from lakeshell.dialect.names.catalogs import BETWEEN, SPARK, split_schema
from lakeshell.dialect.names.names import Names
from lakeshell.dialect.objects.listings import matches
from lakeshell.errors import UsageError
from lakeshell.sql.names import parse_name, quote_identifier, quote_name


def named_catalog(spark: Any, names: Names) -> Any:
    """pyspark's Catalog of this session, with other methods where catalogs matter.

    The names that its methods are given are replaced on the way to the server; here is what comes
    back, and what a single message cannot do.
    """
    from pyspark.sql.connect.catalog import Catalog

    catalog: Any = Catalog(spark)
    instead = _Instead(spark, Catalog(spark), names)
    for name in vars(_Instead):
        if not name.startswith("_"):
            method = getattr(instead, name)
            method.__func__.__doc__ = getattr(Catalog, name).__doc__
            setattr(catalog, name, method)
    return catalog


class _Instead:
    """Methods of pyspark's Catalog, by its names and with its arguments."""

    def __init__(self, spark: Any, plain: Any, names: Names) -> None:
        self._spark = spark
        self._plain = plain
        self._names = names

    def currentCatalog(self) -> str:  # noqa: N802
        return self._names.current()[0]

    def currentDatabase(self) -> str:  # noqa: N802
        return self._names.current()[1]

    def setCurrentCatalog(self, catalogName: str) -> None:  # noqa: N802, N803
        self._spark.sql(f"USE CATALOG {quote_identifier(catalogName)}")

    def listCatalogs(self, pattern: str | None = None) -> list[Any]:  # noqa: N802
        from pyspark.sql import catalog as types

        stored = [name for name in sorted(self._names.stored) if matches(name, pattern or "*")]
        found: list[Any] = self._plain.listCatalogs(pattern)
        return found + [types.CatalogMetadata(name, None) for name in stored]

    def listDatabases(self, pattern: str | None = None) -> list[Any]:  # noqa: N802
        catalog = self._names.current()[0]
        if catalog not in self._names.stored:
            listed = self._plain.listDatabases(pattern)
            return [schema for schema in listed if self._split(schema.name) is None]
        parts = (pattern or "*").split("|")
        wanted = "|".join(f"{catalog}{BETWEEN}{part}" for part in parts)
        return [self._schema(schema) for schema in self._plain.listDatabases(wanted)]

    def getDatabase(self, dbName: str) -> Any:  # noqa: N802, N803
        return self._schema(self._plain.getDatabase(dbName))

    def dropDatabase(  # noqa: N802
        self,
        dbName: str,  # noqa: N803
        ifExists: bool = False,  # noqa: N803
        cascade: bool = False,
    ) -> None:
        # Its volumes go, too: the statement sees to them.
        try:
            name = quote_name(parse_name(dbName))
        except UsageError:
            name = quote_identifier(dbName)
        exists = "IF EXISTS " if ifExists else ""
        self._spark.sql(f"DROP SCHEMA {exists}{name}{' CASCADE' if cascade else ''}")

    def listTables(self, dbName: Any = None, pattern: Any = None) -> list[Any]:  # noqa: N802, N803
        return [self._object(one) for one in self._plain.listTables(dbName, pattern)]

    def listViews(self, dbName: Any = None, pattern: Any = None) -> list[Any]:  # noqa: N802, N803
        return [self._object(one) for one in self._plain.listViews(dbName, pattern)]

    def getTable(self, tableName: str) -> Any:  # noqa: N802, N803
        return self._object(self._plain.getTable(tableName))

    def listFunctions(  # noqa: N802
        self,
        dbName: Any = None,  # noqa: N803
        pattern: Any = None,
    ) -> list[Any]:
        return [self._object(one) for one in self._plain.listFunctions(dbName, pattern)]

    def getFunction(self, functionName: str) -> Any:  # noqa: N802, N803
        return self._object(self._plain.getFunction(functionName))

    def _split(self, schema: str) -> tuple[str, str] | None:
        return split_schema(schema, self._names.stored)

    def _schema(self, database: Any) -> Any:
        """A Database by the user's names."""
        found = self._split(database.name)
        return database if found is None else database._replace(catalog=found[0], name=found[1])

    def _object(self, one: Any) -> Any:
        """A Table or Function by the user's names."""
        found = self._split(one.namespace[0]) if one.namespace else None
        if found is None or one.catalog != SPARK:
            return one
        return one._replace(catalog=found[0], namespace=[found[1]])
