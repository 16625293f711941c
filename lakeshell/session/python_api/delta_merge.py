"""`DeltaMergeBuilder`: a MERGE INTO, put together clause by clause.

Not by Spark's own `df.mergeInto`: that has no alias for the target, without which conditions such
as `t.id = s.id` cannot be resolved, and gives no metrics back.
"""

# The names are Delta's.
# ruff: noqa: N802

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lakeshell.session.python_api.column_text import ColumnText, column_name
from lakeshell.session.python_api.delta_errors import (
    analysis_error,
    need_assignments,
    need_expression,
)
from lakeshell.session.python_api.source_plan import SourcePlan
from lakeshell.sql.names import quote_identifier

if TYPE_CHECKING:
    from lakeshell.session.python_api.delta_table import DeltaTable

_SOURCE = "__source"
_TARGET = "__target"


class DeltaMergeBuilder:
    """Made by DeltaTable.merge. Every clause gives a new builder; `execute` runs it."""

    def __init__(
        self,
        target: DeltaTable,
        source: Any,
        condition: Any,
        clauses: tuple[tuple[str, Any, str, Any], ...] = (),
        evolves: bool = False,
    ) -> None:
        self._target = target
        self._source = source
        self._condition = condition
        self._clauses = clauses  # when, condition, what, assignments
        self._evolves = evolves

    def whenMatchedUpdate(self, condition: Any = None, set: Any = None) -> DeltaMergeBuilder:
        """Set columns of rows that the source has, too."""
        need_assignments("'set' in whenMatchedUpdate", set)
        return self._with("MATCHED", condition, "UPDATE", set)

    def whenMatchedUpdateAll(self, condition: Any = None) -> DeltaMergeBuilder:
        """Give them every column of the source."""
        return self._with("MATCHED", condition, "UPDATE SET *")

    def whenMatchedDelete(self, condition: Any = None) -> DeltaMergeBuilder:
        """Delete them."""
        return self._with("MATCHED", condition, "DELETE")

    def whenNotMatchedInsert(self, condition: Any = None, values: Any = None) -> DeltaMergeBuilder:
        """Insert rows that only the source has, with these values."""
        need_assignments("'values' in whenNotMatchedInsert", values)
        return self._with("NOT MATCHED", condition, "INSERT", values)

    def whenNotMatchedInsertAll(self, condition: Any = None) -> DeltaMergeBuilder:
        """Insert them with every column of the source."""
        return self._with("NOT MATCHED", condition, "INSERT *")

    def whenNotMatchedBySourceUpdate(
        self, condition: Any = None, set: Any = None
    ) -> DeltaMergeBuilder:
        """Set columns of rows that the source lacks."""
        need_assignments("'set' in whenNotMatchedBySourceUpdate", set)
        return self._with("NOT MATCHED BY SOURCE", condition, "UPDATE", set)

    def whenNotMatchedBySourceDelete(self, condition: Any = None) -> DeltaMergeBuilder:
        """Delete rows that the source lacks."""
        return self._with("NOT MATCHED BY SOURCE", condition, "DELETE")

    def withSchemaEvolution(self) -> DeltaMergeBuilder:
        """Columns that only the source has are added to the table."""
        return DeltaMergeBuilder(
            self._target, self._source, self._condition, self._clauses, evolves=True
        )

    def execute(self) -> Any:
        """Merge; a DataFrame of one row says how many rows were affected, updated, deleted and
        inserted. AnalysisException without any clause."""
        if not self._clauses:
            raise analysis_error(
                "DELTA_MERGE_MISSING_WHEN",
                "There must be at least one WHEN clause in a MERGE statement.",
            )
        with self._source_view() as view:
            return self._target._spark.sql(self._statement(view))

    def _with(
        self, when: str, condition: Any, what: str, assignments: Any = None
    ) -> DeltaMergeBuilder:
        if condition is not None:
            need_expression("'condition'", condition)
        clause = (when, condition, what, assignments)
        return DeltaMergeBuilder(
            self._target, self._source, self._condition, (*self._clauses, clause), self._evolves
        )

    def _statement(self, view: str) -> str:
        target = self._target
        plan = SourcePlan(self._source)
        source_alias = plan.alias or _SOURCE
        columns = self._columns(source_alias, plan.plan_ids())
        evolution = "WITH SCHEMA EVOLUTION " if self._evolves else ""
        named = target._target if target._qualifier() else f"{target._sql} AS {_TARGET}"
        lines = [
            f"MERGE {evolution}INTO {named}",
            f"USING {quote_identifier(view)} AS {quote_identifier(source_alias)}",
            f"ON {columns.text(self._condition)}",
        ]
        for when, condition, what, assignments in self._clauses:
            also = "" if condition is None else f" AND {columns.text(condition)}"
            lines.append(f"WHEN {when}{also} THEN {_action(columns, what, assignments)}")
        return "\n".join(lines)

    def _columns(self, source_alias: str, of_source: set[int]) -> ColumnText:
        target = self._target

        def qualify(plan: int) -> tuple[str, ...]:
            if plan in target._plans:
                return target._qualifier() or (_TARGET,)
            return (source_alias,) if plan in of_source else ()

        return ColumnText(target._spark, qualify)

    @contextlib.contextmanager
    def _source_view(self) -> Iterator[str]:
        """The source as a view while the statement runs; it has run when Spark answers."""
        name = f"lakeshell_merge_{uuid.uuid4().hex}"
        self._source.createOrReplaceTempView(name)
        try:
            yield name
        finally:
            with contextlib.suppress(Exception):  # the server may be gone
                self._source.sparkSession.catalog.dropTempView(name)


def _action(columns: ColumnText, what: str, assignments: Any) -> str:
    if assignments is None:
        return what
    names = list(map(column_name, assignments))
    values = list(map(columns.text, assignments.values()))
    if what == "INSERT":
        return f"INSERT ({', '.join(names)}) VALUES ({', '.join(values)})"
    pairs = (f"{name} = {value}" for name, value in zip(names, values, strict=True))
    return f"UPDATE SET {', '.join(pairs)}"
