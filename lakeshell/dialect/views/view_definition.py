"""What a materialized view is made of, and how that stands in the properties of its table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field

from lakeshell.dialect.steps import Engine
from lakeshell.dialect.tables.delta_changes import TableVersion
from lakeshell.dialect.tables.kept_query import KeptQuery
from lakeshell.dialect.views.protected import DEFINITION
from lakeshell.errors import CommandError
from lakeshell.sql.names import display_name, quote_name, quote_string

TEXT = "lakeshell.view.text"
"""The property that shows the query to people."""

SCHEDULE = "lakeshell.view.schedule"
_STATE = "lakeshell.view.state"
_KEPT = KeptQuery("materialized view", DEFINITION)

Sources = Mapping[str, TableVersion]
"""Whole names and versions of the tables that a view is made from."""


@dataclass(frozen=True)
class Column:
    """A column as it was named; `type` is empty where it is the query's own."""

    name: str
    type: str = ""
    comment: str = ""

    @property
    def selected(self) -> str:
        """As an item of a select list."""
        name = quote_name([self.name])
        return f"CAST({name} AS {self.type}) AS {name}" if self.type else name


@dataclass(frozen=True)
class Definition:
    """`query` is meant in `namespace`, a catalog and a schema. `clauses` say how the table is laid
    out, ready for Spark; `columns` are those that were named. `answer` has the names and types of
    the query's own columns."""

    query: str
    namespace: tuple[str, str]
    clauses: str = ""
    properties: tuple[tuple[str, str], ...] = ()
    columns: tuple[Column, ...] = ()
    answer: tuple[tuple[str, str], ...] = ()

    @property
    def names(self) -> list[str]:
        """Those of the view's columns."""
        named = [column.name for column in self.columns]
        return named or [name for name, _ in self.answer]

    @property
    def select(self) -> str:
        """The query with the columns' names and types."""
        if not self.columns:
            return self.query
        names = quote_all(column.name for column in self.columns)
        wanted = ", ".join(column.selected for column in self.columns)
        return f"SELECT {wanted} FROM (\n{self.query}\n) AS q ({names})"


@dataclass(frozen=True)
class View:
    """A materialized view as it is found. `name` is whole."""

    name: tuple[str, ...]
    definition: Definition
    state: State | None
    schedule: str = ""

    @property
    def quoted(self) -> str:
        """Its name for Spark."""
        return quote_name(self.name)


@dataclass(frozen=True)
class State:
    """`version` of the view has the rows that its query gave over `sources`."""

    version: int
    sources: Sources = field(default_factory=dict)


def quote_all(names: Iterable[str]) -> str:
    """Names in backticks, with commas."""
    return ", ".join(quote_name([name]) for name in names)


def find_view(engine: Engine, name: tuple[str, ...]) -> View | None:
    """The view of a whole name; None when there is nothing of this name. Raises StatementError
    when it is something else."""
    properties = _KEPT.properties(engine, name)
    if properties is None:
        return None
    try:
        definition = _definition(properties[DEFINITION])
        state = _state(properties[_STATE]) if _STATE in properties else None
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise CommandError(
            f"The properties of {display_name(name)} that make it a materialized view are damaged.",
            hint="CREATE OR REPLACE MATERIALIZED VIEW makes it anew.",
        ) from error
    return View(name, definition, state, properties.get(SCHEDULE, ""))


def need_view(engine: Engine, name: tuple[str, ...]) -> View:
    """The view of a whole name. Raises StatementError."""
    view = find_view(engine, name)
    if view is None:
        raise _KEPT.missing(name)
    return view


def create_statement(view: View, *, replaces: bool) -> str:
    """The statement that makes the view's table, with all rows, in one commit."""
    definition = view.definition
    properties = {
        **dict(definition.properties),
        TEXT: definition.query,
        DEFINITION: _hex(asdict(definition)),
    }
    if view.schedule:
        properties[SCHEDULE] = view.schedule
    return (
        f"CREATE {'OR REPLACE ' if replaces else ''}TABLE {view.quoted} USING DELTA\n"
        f"{definition.clauses}TBLPROPERTIES ({property_list(properties)})\n"
        f"AS {definition.select}"
    )


def property_list(properties: Mapping[str, str]) -> str:
    """Properties as they stand between parentheses."""
    return ", ".join(f"{quote_string(k)} = {quote_string(v)}" for k, v in properties.items())


def state_property(state: State) -> dict[str, str]:
    """The property that keeps a state."""
    sources = {name: (table.id, table.version) for name, table in state.sources.items()}
    return {_STATE: _hex({"version": state.version, "sources": sources})}


# In hexadecimal digits, because Spark hides values in which it sees `url` or `token`.


def _hex(value: object) -> str:
    return json.dumps(value).encode().hex()


def _definition(text: str) -> Definition:
    fields = json.loads(bytes.fromhex(text))
    catalog, schema = fields["namespace"]
    return Definition(
        str(fields["query"]),
        (str(catalog), str(schema)),
        str(fields["clauses"]),
        tuple((str(key), str(value)) for key, value in fields["properties"]),
        tuple(Column(**column) for column in fields["columns"]),
        tuple((str(name), str(type_)) for name, type_ in fields["answer"]),
    )


def _state(text: str) -> State:
    fields = json.loads(bytes.fromhex(text))
    sources = {
        str(name): TableVersion(str(id_), int(version))
        for name, (id_, version) in fields["sources"].items()
    }
    return State(int(fields["version"]), sources)
