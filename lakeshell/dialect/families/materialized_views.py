"""Materialized views: made, refreshed, given a schedule, dropped. See `dialect/views`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from lakeshell.dialect.ledger import handled, unsupported
from lakeshell.dialect.objects.securables import Securable, exists, full_name
from lakeshell.dialect.objects.store import Store
from lakeshell.dialect.once import tell_once
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Action, Answer, Engine, Refusal, Step
from lakeshell.dialect.tables.table_clauses import Clauses, read_refresh, read_schedule_change
from lakeshell.dialect.views.materialized import (
    analyze_for_view,
    answer_of,
    current_namespace,
    last_commits,
    refreshing,
    register,
    set_properties,
    write_all,
    write_comments,
)
from lakeshell.dialect.views.protected import KIND
from lakeshell.dialect.views.refresh import refresh
from lakeshell.dialect.views.view_definition import (
    SCHEDULE,
    Column,
    Definition,
    View,
    create_statement,
    find_view,
    need_view,
)
from lakeshell.sql.names import quote_string

_CREATE = "CREATE MATERIALIZED VIEW"
_CREATE_OR_REFRESH = "CREATE OR REFRESH MATERIALIZED VIEW"
_REFRESH = "REFRESH MATERIALIZED VIEW"
_SCHEDULE = "ALTER MATERIALIZED VIEW … SCHEDULE"
_DROP = "DROP MATERIALIZED VIEW"
_ALTER = "ALTER MATERIALIZED VIEW"

CONSTRUCTS = (
    handled(_CREATE, "a Delta table that knows its query; a SCHEDULE is stored, and nothing runs "
            "it yet.",
            "CREATE MATERIALIZED VIEW daily AS SELECT day, SUM(n) AS n FROM s GROUP BY day"),
    handled(_CREATE_OR_REFRESH, "one that is there with this definition is refreshed; else as "
            "CREATE OR REPLACE.", "CREATE OR REFRESH MATERIALIZED VIEW daily AS SELECT 1 AS n"),
    handled(_REFRESH, "nothing, the new rows only, or all of it, whichever is exact; the answer "
            "says which.", "REFRESH MATERIALIZED VIEW daily FULL"),
    handled(_SCHEDULE, "the schedule is stored; nothing runs it yet.",
            "ALTER MATERIALIZED VIEW daily ADD SCHEDULE EVERY 1 DAY"),
    handled(_DROP, "the table is dropped; anything else of that name is not.",
            "DROP MATERIALIZED VIEW IF EXISTS daily"),
    unsupported(_ALTER, "only its schedule, row filter, masks and tags can be changed; CREATE OR "
                "REPLACE MATERIALIZED VIEW makes another of it.",
                "ALTER MATERIALIZED VIEW daily RENAME TO weekly"),
)  # fmt: skip
_NOT_RUN = "Schedules are stored; nothing runs them yet: REFRESH MATERIALIZED VIEW does."
_COLUMN_ENDS = frozenset({"COMMENT", "NOT", "CONSTRAINT", "PRIMARY", "FOREIGN", "DEFAULT"})
_CONSTRAINTS = ("CONSTRAINT", "PRIMARY", "FOREIGN")


@dataclass
class _Clauses(Clauses):
    """What stands between the name and AS."""

    columns: tuple[Column, ...] = ()


@dataclass(frozen=True)
class _New:
    """A view that is to be made."""

    name: tuple[str, ...]
    replaces: bool
    forgiving: bool
    clauses: _Clauses
    query: str


def whole(reader: Reader) -> Step | None:
    """CREATE, REFRESH, ALTER and DROP MATERIALIZED VIEW."""
    verb = reader.one_of("CREATE", "REFRESH", "ALTER", "DROP")
    instead = ""
    if verb == "CREATE" and reader.words("OR"):
        instead = reader.one_of("REPLACE", "REFRESH") or ""
    if not verb or not reader.words("MATERIALIZED", "VIEW"):
        return None
    if verb == "CREATE":
        return _read_create(reader, instead)
    forgiving = verb == "DROP" and reader.if_exists()
    name = reader.need_name("the name of the view")
    if verb == "ALTER":
        return _read_alter(reader, name)
    full = verb == "REFRESH" and read_refresh(reader)
    reader.need_end()
    if verb == "DROP":
        return Action(_DROP, partial(_drop, name, forgiving))
    return Action(_REFRESH, partial(_refresh, name, full))


# Reading


def _read_create(reader: Reader, instead: str) -> Step:
    forgiving = reader.if_not_exists()
    name = reader.need_name("the name of the view")
    clauses = _Clauses()
    if reader.symbol("("):
        clauses.columns, clauses.ignored = _read_columns(reader)
    while not reader.words("AS"):
        if not clauses.read(reader):
            raise reader.error("AS and a query")
    if reader.is_over:
        raise reader.error("a query")
    new = _New(name, bool(instead), forgiving, clauses, reader.rest())
    if instead == "REFRESH":
        return Action(_CREATE_OR_REFRESH, partial(_create_or_refresh, new))
    return Action(_CREATE, partial(_create, new))


def _read_columns(reader: Reader) -> tuple[tuple[Column, ...], tuple[str, ...]]:
    """The columns, and what of them is ignored."""
    columns: list[Column] = []
    ignored: list[str] = []
    while True:
        if reader.next.word in _CONSTRAINTS:
            _skip_to_comma(reader)
            ignored.append("CONSTRAINT")
        else:
            columns.append(_read_column(reader, ignored))
        if reader.symbol(")"):
            return tuple(columns), tuple(dict.fromkeys(ignored))
        reader.need_symbol(",")


def _read_column(reader: Reader, ignored: list[str]) -> Column:
    name = reader.need_name("a column")[0]
    start = reader.next.start
    type_ = comment = ""
    _skip_to_comma(reader, _COLUMN_ENDS)
    if reader.next.start != start:
        type_ = reader.text[start : reader.ahead(-1).end]
    while reader.next.text not in (",", ")"):
        if reader.words("COMMENT"):
            comment = reader.need_string("the comment in quotes")
        elif reader.words("NOT", "NULL"):
            ignored.append("NOT NULL")
        elif reader.next.word in _CONSTRAINTS:
            _skip_to_comma(reader, frozenset({"COMMENT"}))
            ignored.append("CONSTRAINT")
        else:
            raise reader.error("COMMENT, a comma or )")
    return Column(name, type_, comment)


def _skip_to_comma(reader: Reader, ends: frozenset[str] = frozenset()) -> None:
    """To the next comma, closing parenthesis or word of `ends` outside of brackets."""
    depth = 0
    while not reader.is_over:
        token = reader.next
        if depth == 0 and (token.text in (",", ")") or token.word in ends):
            return
        depth += (token.text in ("(", "<")) - (token.text in (")", ">"))
        reader.at += 1
    raise reader.error(")")


def _read_alter(reader: Reader, name: tuple[str, ...]) -> Step:
    schedule = read_schedule_change(reader, "ADD", "ALTER")
    if schedule is None:
        return Refusal(_ALTER)
    return Action(_SCHEDULE, partial(_set_schedule, name, schedule))


# Carrying out


def _create(new: _New, engine: Engine) -> Answer:
    name = _whole(engine, new.name)
    is_there = exists(engine, name)
    if is_there and new.forgiving:
        return Answer()
    before = -1
    if is_there and new.replaces:
        before = last_commits(engine, need_view(engine, name))[0].version
    clauses = new.clauses
    plan = analyze_for_view(engine, new.query)
    view = View(name, _definition(new, engine), None, clauses.schedule)
    with refreshing(engine):
        statement = create_statement(view, replaces=new.replaces)
        changes = write_all(engine, view, plan, statement, before)
        write_comments(engine, view)
        register(engine, name)
    for what in clauses.ignored:
        engine.notice(f"{what} is ignored: a materialized view has what its query gives.")
    if clauses.schedule:
        tell_once(engine, _NOT_RUN)
    rows = changes[-1].count("numOutputRows") if changes else 0
    return Answer(metrics={"num_inserted_rows": rows})


def _create_or_refresh(new: _New, engine: Engine) -> Answer:
    view = find_view(engine, _whole(engine, new.name))
    if view is None or new.clauses.schedule != view.schedule:
        return _create(new, engine)
    if view.definition != _definition(new, engine):
        return _create(new, engine)
    return _refresh(new.name, False, engine)


def _definition(new: _New, engine: Engine) -> Definition:
    clauses = new.clauses
    return Definition(
        new.query, current_namespace(engine), clauses.layout, clauses.properties, clauses.columns,
        answer_of(engine, new.query),
    )  # fmt: skip


def _refresh(name: tuple[str, ...], full: bool, engine: Engine) -> Answer:
    done = refresh(engine, _whole(engine, name), full)
    import pyarrow as pa

    row = {"refresh": done.how, "rows_written": done.rows, "reason": done.why or None}
    schema = pa.schema(
        [("refresh", pa.string()), ("rows_written", pa.int64()), ("reason", pa.string())]
    )
    return Answer(pa.Table.from_pylist([row], schema), metadata=True)


def _set_schedule(name: tuple[str, ...], schedule: str, engine: Engine) -> Answer:
    view = need_view(engine, _whole(engine, name))
    if schedule:
        set_properties(engine, view, {SCHEDULE: schedule})
        tell_once(engine, _NOT_RUN)
    else:
        engine.execute(
            f"ALTER TABLE {view.quoted} UNSET TBLPROPERTIES IF EXISTS ({quote_string(SCHEDULE)})"
        )
    return Answer()


def _drop(name: tuple[str, ...], forgiving: bool, engine: Engine) -> Answer:
    whole_name = _whole(engine, name)
    find = find_view if forgiving else need_view
    view = find(engine, whole_name)
    if view is not None:
        engine.execute(f"DROP TABLE {view.quoted}")
        Store(engine.home).delete(KIND, whole_name)
    return Answer()


def _whole(engine: Engine, name: tuple[str, ...]) -> tuple[str, ...]:
    return full_name(engine, Securable("TABLE", name))
