"""`DeltaTable` over Spark Connect: each method is the SQL statement that does the same.

The interface is that of https://docs.delta.io/api/latest/python/spark/ (`delta.tables`). The
classic one hands plans to the JVM; statements give the same commits, metrics and error classes.
"""

# The names are Delta's.
# ruff: noqa: N802, N803

from __future__ import annotations

from typing import Any

from lakeshell.errors import UsageError
from lakeshell.session.python_api.column_text import ColumnText, column_name, properties_text
from lakeshell.session.python_api.delta_errors import (
    analysis_error,
    need,
    need_assignments,
    need_expression,
)
from lakeshell.sql.names import parse_name, quote_identifier, quote_name, quote_string

_NOT_DELTA = "DELTA_MISSING_DELTA_TABLE"


class DeltaTable:
    """One Delta table, by its name or its path. Made by forName, forPath and the builders."""

    def __init__(self, spark: Any, name: tuple[str, ...], alias: str | None = None) -> None:
        self._spark = spark
        self._name = name
        self._alias = alias
        self._plans: set[int] = set()  # of the DataFrames that stand for this table

    # Getting hold of one

    @classmethod
    def forName(cls, sparkSession: Any, tableOrViewName: str) -> DeltaTable:
        """The table of that name, or delta.`path`. AnalysisException if it is no Delta table."""
        table = cls(sparkSession, table_parts(tableOrViewName))
        if not _is_delta(table):
            raise analysis_error(_NOT_DELTA, f"`{tableOrViewName}` is not a Delta table.")
        return table

    @classmethod
    def forPath(
        cls,
        sparkSession: Any,
        path: str,
        hadoopConf: dict[str, str] | None = None,
    ) -> DeltaTable:
        """The table in that folder. AnalysisException if there is none.

        `hadoopConf`: the server has its file systems; given ones are refused with ValueError.
        """
        if hadoopConf:
            raise ValueError("hadoopConf cannot be given here; set spark.hadoop.fs.* on the server")
        table = cls(sparkSession, ("delta", path))
        if not _is_delta(table):
            raise analysis_error(_NOT_DELTA, f"`{path}` is not a Delta table.")
        return table

    @classmethod
    def isDeltaTable(cls, sparkSession: Any, identifier: str) -> bool:
        """Whether the folder `identifier` is a Delta table."""
        parts = _path_parts(identifier) or ("delta", identifier)
        return _is_delta(cls(sparkSession, parts))

    @classmethod
    def convertToDelta(
        cls,
        sparkSession: Any,
        identifier: str,
        partitionSchema: Any = None,
    ) -> DeltaTable:
        """Make a Delta table of Parquet files where they are: parquet.`path` or a table's name.

        `partitionSchema`: DDL or a StructType, needed if there are partitions.
        """
        from lakeshell.session.python_api.type_text import type_text

        parts = parse_name(identifier)
        clause = ""
        if partitionSchema is not None:
            schema = partitionSchema
            if isinstance(schema, str):
                schema = sparkSession._parse_ddl(schema)
            columns = ", ".join(
                f"{quote_identifier(field.name)} {type_text(field.dataType)}"
                for field in schema.fields
            )
            clause = f" PARTITIONED BY ({columns})"
        sparkSession.sql(f"CONVERT TO DELTA {quote_name(parts)}{clause}")
        if len(parts) == 2 and parts[0].lower() == "parquet" and _is_path(parts[1]):
            return cls(sparkSession, ("delta", parts[1]))
        return cls(sparkSession, parts)

    # Builders

    @classmethod
    def create(cls, sparkSession: Any = None) -> Any:
        """A builder for a new table; an error if it exists."""
        return _builder(sparkSession, "CREATE TABLE")

    @classmethod
    def createIfNotExists(cls, sparkSession: Any = None) -> Any:
        """A builder for a table that may be there already."""
        return _builder(sparkSession, "CREATE TABLE IF NOT EXISTS")

    @classmethod
    def replace(cls, sparkSession: Any = None) -> Any:
        """A builder for a table that takes the place of an existing one."""
        return _builder(sparkSession, "REPLACE TABLE")

    @classmethod
    def createOrReplace(cls, sparkSession: Any = None) -> Any:
        """A builder for a table whether or not there is one."""
        return _builder(sparkSession, "CREATE OR REPLACE TABLE")

    # Reading

    def toDF(self) -> Any:
        """The table's rows."""
        if _path_parts_of(self._name):
            frame = self._spark.read.format("delta").load(self._name[1])
        else:
            frame = self._spark.table(quote_name(self._name))
        if self._alias is not None:
            frame = frame.alias(self._alias)
        self._plans.add(frame._plan._plan_id)
        return frame

    def alias(self, aliasName: str) -> DeltaTable:
        """The same table under another name in conditions and expressions."""
        need(str, "aliasName", aliasName)
        table = DeltaTable(self._spark, self._name, aliasName)
        table._plans = self._plans
        return table

    def history(self, limit: int | None = None) -> Any:
        """Its last `limit` commits, newest first."""
        which = "" if limit is None else f" LIMIT {int(limit)}"
        return self._spark.sql(f"DESCRIBE HISTORY {self._sql}{which}")

    def detail(self) -> Any:
        """One row: format, location, size, properties."""
        return self._spark.sql(f"DESCRIBE DETAIL {self._sql}")

    # Changing

    def delete(self, condition: Any = None) -> None:
        """Remove the rows for which `condition` holds; all without one."""
        self._spark.sql(f"DELETE FROM {self._target}{self._where(condition)}")

    def update(self, condition: Any = None, set: Any = None) -> None:
        """Set columns, `{"name": Column or expression}`, where `condition` holds."""
        need_assignments("'set'", set)
        where = self._where(condition)
        text = self._columns().text
        assignments = ", ".join(f"{column_name(key)} = {text(value)}" for key, value in set.items())
        self._spark.sql(f"UPDATE {self._target} SET {assignments}{where}")

    def merge(self, source: Any, condition: Any) -> Any:
        """A builder of what becomes of rows that a DataFrame has, or has not, for this table."""
        from pyspark.sql import DataFrame

        from lakeshell.session.python_api.delta_merge import DeltaMergeBuilder

        if source is None:
            raise ValueError("'source' in merge cannot be None")
        if not isinstance(source, DataFrame):
            raise TypeError("Type of 'source' in merge must be DataFrame.")
        if condition is None:
            raise ValueError("'condition' in merge cannot be None")
        need_expression("'condition'", condition)
        return DeltaMergeBuilder(self, source, condition)

    # Maintaining

    def vacuum(self, retentionHours: float | None = None) -> Any:
        """Delete files that no version younger than this needs; an empty DataFrame."""
        clause = "" if retentionHours is None else f" RETAIN {float(retentionHours):f} HOURS"
        self._spark.sql(f"VACUUM {self._sql}{clause}")
        return self._spark.createDataFrame([], "path STRING").select()

    def optimize(self) -> DeltaOptimizeBuilder:
        """A builder for compaction or Z-order."""
        return DeltaOptimizeBuilder(self._spark, self._sql)

    def generate(self, mode: str) -> None:
        """Write manifests; the mode is symlink_format_manifest."""
        need(str, "mode", mode)
        self._spark.sql(f"GENERATE {quote_identifier(mode)} FOR TABLE {self._sql}")

    def restoreToVersion(self, version: int) -> Any:
        """Make this version the current one; metrics of that."""
        need(int, "version", version)
        return self._spark.sql(f"RESTORE TABLE {self._sql} TO VERSION AS OF {version}")

    def restoreToTimestamp(self, timestamp: str) -> Any:
        """Make the version of this moment the current one; metrics of that."""
        need(str, "timestamp", timestamp)
        moment = quote_string(timestamp)
        return self._spark.sql(f"RESTORE TABLE {self._sql} TO TIMESTAMP AS OF {moment}")

    def upgradeTableProtocol(self, readerVersion: int, writerVersion: int) -> None:
        """Let only clients of these protocol versions read and write; there is no way back."""
        for name, version in (("readerVersion", readerVersion), ("writerVersion", writerVersion)):
            if not isinstance(version, int):
                raise ValueError(f"The {name} needs to be an integer but got '{type(version)}'.")
        self._set_properties(
            {
                "delta.minReaderVersion": str(readerVersion),
                "delta.minWriterVersion": str(writerVersion),
            }
        )

    def addFeatureSupport(self, featureName: str) -> None:
        """Add a feature to the protocol."""
        need(str, "featureName", featureName)
        self._set_properties({f"delta.feature.{featureName}": "supported"})

    def dropFeatureSupport(
        self,
        featureName: str,
        truncateHistory: bool | None = None,
    ) -> None:
        """Take a feature out of the protocol."""
        need(str, "featureName", featureName)
        if truncateHistory is not None:
            need(bool, "truncateHistory", truncateHistory)
        end = " TRUNCATE HISTORY" if truncateHistory else ""
        feature = quote_identifier(featureName)
        self._spark.sql(f"ALTER TABLE {self._sql} DROP FEATURE {feature}{end}")

    # Copying

    def clone(
        self,
        target: str,
        isShallow: bool = False,
        replace: bool = False,
        properties: dict[str, str] | None = None,
    ) -> DeltaTable:
        """Copy the latest version to a path or a name: with its files, or (shallow) by pointing
        to them. Returns the copy."""
        return self._cloned(target, isShallow, replace, properties, "")

    def cloneAtVersion(
        self,
        version: int,
        target: str,
        isShallow: bool = False,
        replace: bool = False,
        properties: dict[str, str] | None = None,
    ) -> DeltaTable:
        """The same for an older version."""
        need(int, "version", version)
        moment = f" VERSION AS OF {version}"
        return self._cloned(target, isShallow, replace, properties, moment)

    def cloneAtTimestamp(
        self,
        timestamp: str,
        target: str,
        isShallow: bool = False,
        replace: bool = False,
        properties: dict[str, str] | None = None,
    ) -> DeltaTable:
        """The same for the version of a moment."""
        need(str, "timestamp", timestamp)
        moment = f" TIMESTAMP AS OF {quote_string(timestamp)}"
        return self._cloned(target, isShallow, replace, properties, moment)

    def _cloned(
        self,
        target: str,
        shallow: bool,
        replace: bool,
        properties: dict[str, str] | None,
        moment: str,
    ) -> DeltaTable:
        need(str, "target", target)
        need(bool, "isShallow", shallow)
        need(bool, "replace", replace)
        extra = ""
        if properties is not None:
            need(dict, "properties", properties)
            for key, value in properties.items():
                need(str, f"All property keys including {key}", key)
                need(str, f"All property values including {value}", value)
            extra = f" TBLPROPERTIES {properties_text(properties)}" if properties else ""
        parts = ("delta", target) if _is_path(target) else table_parts(target)
        create = "CREATE OR REPLACE TABLE" if replace else "CREATE TABLE"
        depth = "SHALLOW" if shallow else "DEEP"
        self._spark.sql(f"{create} {quote_name(parts)} {depth} CLONE {self._sql}{moment}{extra}")
        return DeltaTable(self._spark, parts)

    # How statements name it

    @property
    def _sql(self) -> str:
        return quote_name(self._name)

    @property
    def _target(self) -> str:
        return self._sql if self._alias is None else f"{self._sql} AS {quote_name([self._alias])}"

    def _qualifier(self) -> tuple[str, ...]:
        """What stands before the table's columns where two tables meet."""
        if self._alias is not None:
            return (self._alias,)
        return () if _path_parts_of(self._name) else self._name[-1:]

    def _columns(self) -> ColumnText:
        return ColumnText(
            self._spark, lambda plan: self._qualifier() if plan in self._plans else ()
        )

    def _where(self, condition: Any) -> str:
        if condition is None:
            return ""
        need_expression("'condition'", condition)
        return f" WHERE {self._columns().text(condition)}"

    def _set_properties(self, properties: dict[str, str]) -> None:
        text = properties_text(properties)
        self._spark.sql(f"ALTER TABLE {self._sql} SET TBLPROPERTIES {text}")


class DeltaOptimizeBuilder:
    """What to do with a table's files."""

    def __init__(self, spark: Any, table: str) -> None:
        self._spark = spark
        self._table = table
        self._filter = ""

    def where(self, partitionFilter: str) -> DeltaOptimizeBuilder:
        """Only in partitions for which this holds."""
        text = ColumnText(self._spark).text(partitionFilter)
        self._filter = f" WHERE {text}"
        return self

    def executeCompaction(self) -> Any:
        """Make larger files of small ones; metrics of that."""
        return self._spark.sql(f"OPTIMIZE {self._table}{self._filter}")

    def executeZOrderBy(self, *cols: Any) -> Any:
        """Sort rows into files by these columns; metrics of that."""
        if len(cols) == 1 and isinstance(cols[0], (list, tuple)):
            cols = tuple(cols[0])
        for column in cols:
            if type(column) is not str:
                raise TypeError(
                    f"Z-order column must be str. Found {column} with type {type(column)}"
                )
        names = ", ".join(map(column_name, cols))
        return self._spark.sql(f"OPTIMIZE {self._table}{self._filter} ZORDER BY ({names})")


def table_parts(text: str) -> tuple[str, ...]:
    """The parts of a table's name. Raises Spark's ParseException for anything else."""
    try:
        return parse_name(text)
    except UsageError:
        from pyspark.errors.exceptions.connect import ParseException

        condition = "PARSE_SYNTAX_ERROR"
        raise ParseException(
            message=f"[{condition}] {text[:80]!r} is not the name of a table.", errorClass=condition
        ) from None


def _builder(spark: Any, statement: str) -> Any:
    from lakeshell.session.python_api.delta_create import DeltaTableBuilder

    if spark is None:
        from pyspark.sql import SparkSession

        spark = SparkSession.getActiveSession()
    return DeltaTableBuilder(spark, statement)


def _is_path(text: str) -> bool:
    return "/" in text


def _path_parts_of(name: tuple[str, ...]) -> bool:
    return len(name) == 2 and name[0].lower() == "delta" and _is_path(name[1])


def _path_parts(text: str) -> tuple[str, ...] | None:
    """The parts of delta.`path`; None for anything else."""
    try:
        parts = parse_name(text)
    except UsageError:
        return None
    return parts if _path_parts_of(parts) else None


def _is_delta(table: DeltaTable) -> bool:
    """Asks Delta, which refuses views and tables of other formats, and names that lead nowhere."""
    from pyspark.errors import AnalysisException

    try:
        row = table.detail().first()
    except AnalysisException:
        return False
    return row is not None and row["format"] == "delta"
