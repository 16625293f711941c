"""`spark.sql` of Python cells in the dialect that the SQL of the shell is in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lakeshell.dialect.dialect import Dialect

if TYPE_CHECKING:
    import pyarrow as pa

    from lakeshell.home import Home


def teach(spark: Any, home: Home, notify: Callable[[str], None]) -> None:
    """Let `spark.sql` of this pyspark session understand Databricks' statements, too.

    `notify` is told what is ignored in them. Statements that Spark understands go there as they
    are.
    """
    plain = spark.sql
    dialect = Dialect()
    engine = _PysparkSteps(spark, home, notify)

    def sql(sqlQuery: str, args: Any = None, **kwargs: Any) -> Any:  # noqa: N803, pyspark's name
        plan = dialect.plan(sqlQuery) if isinstance(sqlQuery, str) else None
        if plan is None:
            return plain(sqlQuery, args, **kwargs)
        for notice in plan.notices:
            notify(notice)
        if plan.action is None:
            return plain(plan.text, args, **kwargs)
        table = plan.action.run(engine).table
        if table is None:
            return spark.createDataFrame([], "result STRING").select()
        return spark.createDataFrame(table)

    sql.__doc__ = plain.__doc__
    spark.sql = sql


class _PysparkSteps:
    """An Engine on pyspark's session."""

    def __init__(self, spark: Any, home: Home, notify: Callable[[str], None]) -> None:
        self._spark = spark
        self._home = home
        self._notify = notify

    @property
    def home(self) -> Home:
        return self._home

    def execute(self, text: str) -> pa.Table | None:
        table: pa.Table = self._spark.sql(text).toArrow()
        return table if table.num_columns else None

    def rows(self, text: str) -> list[dict[str, Any]]:
        table = self.execute(text)
        return [] if table is None else list(table.to_pylist())

    def notice(self, text: str) -> None:
        self._notify(text)
