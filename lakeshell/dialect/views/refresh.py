"""REFRESH MATERIALIZED VIEW: no work, the new rows only, or all of it, whichever is exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lakeshell.dialect.objects.securables import columns_of
from lakeshell.dialect.steps import Engine
from lakeshell.dialect.tables.delta_changes import Commit, TableVersion, appended_files
from lakeshell.dialect.views.analyzed_plan import AnalyzedPlan
from lakeshell.dialect.views.materialized import (
    analyze_for_view,
    answer_of,
    last_commits,
    note,
    refreshing,
    register,
    sources_now,
    valid_state,
    within,
    write_all,
    write_comments,
)
from lakeshell.dialect.views.query_shape import Shape, shape_of
from lakeshell.dialect.views.view_definition import (
    Sources,
    View,
    create_statement,
    need_view,
    quote_all,
)
from lakeshell.sql.names import quote_identifier

NO_CHANGE, APPEND, MERGE, FULL = "no change", "append", "merge", "full"
_ROW_WISE = frozenset({"Project", "Filter", "SubqueryAlias", "Generate"})
_EXACT = ("tinyint", "smallint", "int", "bigint", "date", "timestamp", "timestamp_ntz", "string",
          "boolean")  # fmt: skip
_ADDED = ("numOutputRows",)
_MERGED = ("numTargetRowsInserted", "numTargetRowsUpdated")


@dataclass(frozen=True)
class Refreshed:
    """How a view was brought up to date, how many rows were written, and why not more cheaply."""

    how: str
    rows: int
    why: str = ""


def refresh(engine: Engine, name: tuple[str, ...], full: bool) -> Refreshed:
    """Bring the view of a whole name up to date. Raises StatementError."""
    with refreshing(engine):
        view = need_view(engine, name)
        register(engine, name)  # the table may have come from another home
        with within(engine, view.definition.namespace):
            plan = analyze_for_view(engine, view.definition.query)
            if full:
                return _full(engine, view, plan, "it was asked for")
            return _cheapest(engine, view, plan)


def _cheapest(engine: Engine, view: View, plan: AnalyzedPlan) -> Refreshed:
    commits = last_commits(engine, view)
    state = valid_state(view, commits)
    if state is None:
        return _full(engine, view, plan, "it is not known from which rows the view was made")
    now = sources_now(engine, plan)
    if now is None:
        return _full(engine, view, plan, "its rows depend on more than Delta tables")
    if now == state.sources:
        return Refreshed(NO_CHANGE, 0)
    step = _new_rows(engine, view, plan, state.sources, now)
    if isinstance(step, str):
        return _full(engine, view, plan, step)
    return step.carry_out(engine, view, commits[0].version)


@dataclass(frozen=True)
class _Step:
    """The statement that adds the rows of `files`, appended to a table that is now at `source`."""

    table: str
    source: TableVersion
    shape: Shape
    files: Sequence[str]

    def carry_out(self, engine: Engine, view: View, before: int) -> Refreshed:
        """Add them; nothing is written when there are none."""
        changes: list[Commit] = []
        if self.files:
            query = self.shape.over_files(self.source.version, self.files)
            if self.shape.columns:
                columns = columns_of(engine, view.name)
                engine.execute(merge_statement(view.quoted, query, columns, self.shape.columns))
            else:
                engine.execute(f"INSERT INTO {view.quoted}\n{query}")
        changes = note(engine, view, before, {self.table: self.source})
        if not self.files:
            return Refreshed(NO_CHANGE, 0)
        if self.shape.columns:
            return Refreshed(MERGE, _count(changes, _MERGED))
        return Refreshed(APPEND, _count(changes, _ADDED))


def _new_rows(
    engine: Engine, view: View, plan: AnalyzedPlan, then: Sources, now: Sources
) -> _Step | str:
    """How the rows that are new in the view's only source are added, or why that is not exact."""
    shape = shape_of(view.definition.query)
    grouped = shape is not None and bool(shape.columns)
    operators = {node for node in plan.nodes if node not in _ROW_WISE}
    if shape is None or len(plan.tables) != 1 or operators != ({"Aggregate"} if grouped else set()):
        return "its query is more than filters, projections and sums of one table"
    table = plan.tables[0]
    name = tuple(table.split("."))
    if set(then) != {table} or now[table].id != then[table].id:
        return "its source is another table now"
    if now[table].version < then[table].version:
        return "its source went back to an older version"
    if "_metadata" in {column.lower() for column in columns_of(engine, name)}:
        return "its source has a column named _metadata"
    answer = answer_of(engine, view.definition.query)
    if answer != view.definition.answer or any(column.type for column in view.definition.columns):
        return "its columns do not have the types of the query's"
    if grouped and not merges([type_ for _, type_ in answer], shape.columns):
        return "sums of this type are not the same in another order"
    files = appended_files(engine, now[table], then[table].version)
    if files is None:
        return "its source was not only appended to"
    return _Step(table, now[table], shape, files)


def merges(types: Sequence[str], columns: Sequence[str]) -> bool:
    """Whether aggregates and keys of these types can be merged exactly."""
    for type_, column in zip(types, columns, strict=True):
        is_decimal = type_.startswith("decimal(")
        if column == "SUM":
            # A sum has ten digits more than its summands, as long as there is room for them.
            fits = is_decimal and int(type_[8:].split(",")[0]) < 38
            if not fits and type_ != "bigint":
                return False
        elif not is_decimal and type_ not in _EXACT:
            return False
    return True


def merge_statement(view: str, query: str, columns: Sequence[str], kinds: Sequence[str]) -> str:
    """The MERGE that adds the aggregates of `query`, whose columns are the view's by position."""
    same, changed = [], []
    for column, kind in zip(columns, kinds, strict=True):
        name = quote_identifier(column)
        old, new = f"v.{name}", f"n.{name}"
        if kind == "KEY":
            same.append(f"{old} <=> {new}")
        elif kind == "SUM":
            changed.append(f"{old} = coalesce({old} + {new}, {old}, {new})")
        elif kind == "COUNT":
            changed.append(f"{old} = {old} + {new}")
        else:
            best = "least" if kind == "MIN" else "greatest"
            changed.append(f"{old} = {best}({old}, {new})")
    update = f"\nWHEN MATCHED THEN UPDATE SET {', '.join(changed)}" if changed else ""
    names = quote_all(columns)
    values = ", ".join(f"n.{quote_identifier(column)}" for column in columns)
    return (
        f"MERGE INTO {view} AS v\nUSING (SELECT * FROM (\n{query}\n) AS q ({names})) AS n\n"
        f"ON {' AND '.join(same)}{update}\n"
        f"WHEN NOT MATCHED THEN INSERT ({names}) VALUES ({values})"
    )


def _full(engine: Engine, view: View, plan: AnalyzedPlan, why: str) -> Refreshed:
    """All rows anew, in one commit: readers see those before or those after."""
    definition = view.definition
    before = last_commits(engine, view)[0].version
    answer = answer_of(engine, definition.query)
    keeps = answer == definition.answer and columns_of(engine, view.name) == definition.names
    if keeps:
        statement = f"INSERT INTO {view.quoted} REPLACE WHERE TRUE\n{definition.select}"
    else:
        view = replace(view, definition=replace(definition, answer=answer))
        statement = create_statement(view, replaces=True)
        why = f"{why}, and its columns are others now"
    changes = write_all(engine, view, plan, statement, before)
    if not keeps:
        write_comments(engine, view)
    return Refreshed(FULL, _count(changes, _ADDED), why)


def _count(changes: Sequence[Commit], names: Sequence[str]) -> int:
    return changes[-1].count(*names) if changes else 0
