"""Materialized views: Delta tables that know their query, and how they are brought up to date.

What must survive stands in the table's properties, so that it travels with the table: the
definition, and the state, which says from which versions of its sources the rows were made, and in
which version of the table itself. The state is written after the rows, in a commit of its own, and
only when it is certain. It counts only while no later commit has changed rows: whatever is
interrupted in between, or written by others, makes the next refresh a full one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence

from lakeshell.dialect.objects.store import Store
from lakeshell.dialect.steps import Engine
from lakeshell.dialect.tables.delta_changes import Commit, TableVersion, history, table_version
from lakeshell.dialect.views.analyzed_plan import AnalyzedPlan, analyze
from lakeshell.dialect.views.protected import KIND, writing
from lakeshell.dialect.views.view_definition import (
    Sources,
    State,
    View,
    property_list,
    state_property,
)
from lakeshell.errors import CommandError, StatementError
from lakeshell.locks import FileLock
from lakeshell.sql.names import display_name, quote_name, quote_string

_HARMLESS = frozenset({
    "SET TBLPROPERTIES", "UNSET TBLPROPERTIES", "CHANGE COLUMN", "OPTIMIZE", "VACUUM START",
    "VACUUM END",
})  # fmt: skip
_LOOK_BACK = 50  # commits of the view's own history
_WAIT = 300.0  # seconds for a refresh in another shell


@contextlib.contextmanager
def refreshing(engine: Engine) -> Iterator[None]:
    """One refresh at a time in a home: two would append the same rows twice."""
    lock = FileLock(engine.home.refresh_lock)
    if not lock.acquire(_WAIT):
        raise CommandError("Another shell has been refreshing materialized views for minutes.")
    with lock, writing():
        yield


@contextlib.contextmanager
def within(engine: Engine, namespace: tuple[str, str]) -> Iterator[None]:
    """With this catalog and schema as the current ones."""
    current = current_namespace(engine)
    if current == namespace:
        yield
        return
    engine.execute(f"USE {quote_name(namespace)}")
    try:
        yield
    finally:
        engine.execute(f"USE {quote_name(current)}")


def current_namespace(engine: Engine) -> tuple[str, str]:
    """The current catalog and schema."""
    row = engine.rows("SELECT current_catalog() AS catalog, current_schema() AS schema")[0]
    return str(row["catalog"]), str(row["schema"])


def analyze_for_view(engine: Engine, query: str) -> AnalyzedPlan:
    """Spark's analysis of a view's query. Raises StatementError when it reads what only this
    session has."""
    plan = analyze(engine, query)
    if plan.temporary:
        raise StatementError(
            f"A materialized view cannot be made from {display_name([plan.temporary])}, which is "
            "a temporary view.",
            error_class="INVALID_TEMP_OBJ_REFERENCE",
        )
    return plan


def sources_now(engine: Engine, plan: AnalyzedPlan) -> Sources | None:
    """The versions of the tables that are read; None when they do not determine the rows."""
    if not plan.is_known:
        return None
    found: dict[str, TableVersion] = {}
    for table in sorted(set(plan.tables)):
        version = table_version(engine, quote_name(table.split(".")))
        if version is None:
            return None
        found[table] = version
    return found


def answer_of(engine: Engine, query: str) -> tuple[tuple[str, str], ...]:
    """Names and types of a query's columns."""
    rows = engine.rows(f"DESCRIBE QUERY\n{query}")
    return tuple((str(row["col_name"]), str(row["data_type"])) for row in rows)


def write_comments(engine: Engine, view: View) -> None:
    """The comments of the view's columns."""
    for column in view.definition.columns:
        if column.comment:
            engine.execute(
                f"ALTER TABLE {view.quoted} ALTER COLUMN {quote_name([column.name])} "
                f"COMMENT {quote_string(column.comment)}"
            )


def write_all(
    engine: Engine, view: View, plan: AnalyzedPlan, statement: str, before: int
) -> list[Commit]:
    """Carry out the statement that gives a view all its rows; the commits it made.

    `before` is the view's version up to then, -1 when there is none. The versions of the sources
    are known afterwards if they were the same before and after.
    """
    sources = sources_now(engine, plan)
    engine.execute(statement)
    if sources is not None and sources_now(engine, plan) != sources:
        sources = None
    return note(engine, view, before, sources)


def note(engine: Engine, view: View, before: int, sources: Sources | None) -> list[Commit]:
    """Write down from what the view's rows were made; the commits since version `before`."""
    commits = [c for c in history(engine, view.quoted, _LOOK_BACK) if c.version > before]
    changes = [commit for commit in commits if commit.operation not in _HARMLESS]
    if sources is not None and len(changes) <= 1:  # more of them: somebody else writes, too
        state = State(commits[0].version if commits else before, sources)
        set_properties(engine, view, state_property(state))
    return changes


def set_properties(engine: Engine, view: View, properties: Mapping[str, str]) -> None:
    """Set properties of the view's table."""
    engine.execute(f"ALTER TABLE {view.quoted} SET TBLPROPERTIES ({property_list(properties)})")


def register(engine: Engine, name: tuple[str, ...]) -> None:
    """From now on statements that write into it are refused."""
    Store(engine.home).put(KIND, name, {"name": list(name)})


def valid_state(view: View, commits: Sequence[Commit]) -> State | None:
    """The view's state, unless rows may have changed since; `commits` are its last ones."""
    state = view.state
    if state is None or not commits:
        return None
    later = [commit for commit in commits if commit.version > state.version]
    is_whole = len(later) == commits[0].version - state.version
    return state if is_whole and all(c.operation in _HARMLESS for c in later) else None


def last_commits(engine: Engine, view: View) -> list[Commit]:
    """The view's last commits, newest first."""
    return history(engine, view.quoted, _LOOK_BACK)
