"""Streaming tables: Delta tables that know the query over streams that fills them.

The query stands in the table's properties and what has been read of its sources beside the table's
files, so both go where the table goes and end with it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from lakeshell.dialect.steps import Engine, Stream
from lakeshell.dialect.streaming.queries import StreamQuery, stream_query
from lakeshell.dialect.streaming.runs import (
    Filling,
    Place,
    drop_view,
    everything,
    fill,
    is_no_stream,
    make_view,
)
from lakeshell.dialect.streaming.targets import Target, target
from lakeshell.dialect.tables.kept_query import KeptQuery
from lakeshell.dialect.views.materialized import within
from lakeshell.dialect.views.view_definition import property_list
from lakeshell.errors import CommandError, StatementError
from lakeshell.sql.names import display_name, quote_identifier, quote_name, quote_string

DEFINITION = "lakeshell.stream.definition"
"""The property by which a table is known as a streaming table."""

TEXT = "lakeshell.stream.text"
"""The property that shows the query to people."""

SCHEDULE = "lakeshell.stream.schedule"
_KEPT = KeptQuery("streaming table", DEFINITION)

Columns = Sequence[tuple[str, str]]
"""Names and types."""


@dataclass(frozen=True)
class Definition:
    """`query`, empty where others fill the table, is meant in `namespace`, a catalog and a schema.
    `columns` are those that were written, `clauses` say how the table is laid out: both ready for
    Spark. `folder` is the name of what is kept of the stream; another one begins from the start."""

    query: str
    namespace: tuple[str, str]
    columns: str = ""
    clauses: str = ""
    properties: tuple[tuple[str, str], ...] = ()
    folder: str = ""

    @property
    def from_the_start(self) -> Definition:
        """The same for a stream that has read nothing yet."""
        return replace(self, folder=uuid.uuid4().hex)


@dataclass(frozen=True)
class StreamingTable:
    """One as it is found. `name` is whole."""

    name: tuple[str, ...]
    definition: Definition
    schedule: str = ""

    @property
    def quoted(self) -> str:
        """Its name for Spark."""
        return quote_name(self.name)

    def target(self, engine: Engine) -> Target:
        """The Delta table that it is."""
        return target(engine, self.name, "A streaming table")

    def place(self, into: Target) -> Place:
        """Where what is kept of its own stream lies."""
        return Place(into.streams / self.definition.folder)


def find_table(engine: Engine, name: tuple[str, ...]) -> StreamingTable | None:
    """The streaming table of a whole name; None when there is nothing of this name.

    Raises StatementError when it is something else.
    """
    properties = _KEPT.properties(engine, name)
    if properties is None:
        return None
    try:
        definition = _definition(properties[DEFINITION])
    except (ValueError, TypeError, LookupError) as error:
        raise CommandError(
            f"The properties of {display_name(name)} that make it a streaming table are damaged.",
            hint="Drop it and create it anew.",
        ) from error
    return StreamingTable(name, definition, properties.get(SCHEDULE, ""))


def need_table(engine: Engine, name: tuple[str, ...]) -> StreamingTable:
    """The streaming table of a whole name. Raises StatementError."""
    table = find_table(engine, name)
    if table is None:
        raise _KEPT.missing(name)
    return table


def create_statement(table: StreamingTable, columns: Columns, *, replaces: bool) -> str:
    """The statement that makes the table, without rows; `columns` are those of its query."""
    definition = table.definition
    listed = ", ".join(f"{quote_identifier(name)} {type_}" for name, type_ in columns)
    listed = definition.columns or listed
    properties = {**dict(definition.properties), **own_properties(table)}
    return (
        f"CREATE {'OR REPLACE ' if replaces else ''}TABLE {table.quoted}"
        f"{f' ({listed})' if listed else ''} USING DELTA\n"
        f"{definition.clauses}TBLPROPERTIES ({property_list(properties)})"
    )


def own_properties(table: StreamingTable) -> dict[str, str]:
    """The properties that make it a streaming table."""
    properties = {TEXT: table.definition.query, DEFINITION: _hex(table.definition)}
    return {**properties, SCHEDULE: table.schedule} if table.schedule else properties


def columns_of_query(engine: Engine, query: StreamQuery, place: str) -> Columns:
    """The columns that a query gives. Raises StatementError when it is no stream."""
    view = f"stream_{uuid.uuid4().hex}"
    try:
        make_view(engine, view, query.stream(engine, place))
        rows = engine.rows(f"DESCRIBE QUERY SELECT * FROM STREAM {quote_identifier(view)}")
    finally:
        drop_view(engine, view)
    return [(str(row["col_name"]), str(row["data_type"])) for row in rows]


def not_a_stream(name: tuple[str, ...]) -> StatementError:
    """The query of a streaming table must be one over streams."""
    return StatementError(
        f"Streaming table {display_name(name)} can only be created from a streaming query. Please "
        "add the STREAM keyword to your FROM clause to turn this relation into a streaming query.",
        error_class="STREAMING_TABLE_QUERY_INVALID",
        sqlstate="42000",
    )


def bring_up_to_date(
    engine: Engine, table: StreamingTable, query: StreamQuery, into: Target
) -> int:
    """Append what its sources have had since the last time; the number of rows.

    `query` is the table's, as it is written now. Raises StatementError.
    """
    definition = table.definition
    place = table.place(into)
    if not place.is_known:
        raise StatementError(
            f"What {display_name(table.name)} has read is not known: it is a copy, or an older "
            "version was restored.",
            hint="REFRESH STREAMING TABLE … FULL fills it anew.",
        )

    def stream() -> Stream:
        return query.stream(engine, place.schemas)

    filling = Filling(table.name, into, place, everything, grows=not definition.columns)
    with within(engine, definition.namespace):
        try:
            return fill(engine, filling, stream)
        except StatementError as error:
            if is_no_stream(error):
                raise not_a_stream(table.name) from error
            raise


def begin_anew(engine: Engine, table: StreamingTable, into: Target) -> StreamingTable:
    """Take all rows out, and forget what has been read: in one commit, so that nothing is read
    twice into rows that are still there."""
    query = stream_query(table.definition.query)
    anew = replace(table, definition=table.definition.from_the_start)
    columns: Columns = ()
    if not table.definition.columns:
        with within(engine, table.definition.namespace):
            columns = columns_of_query(engine, query, anew.place(into).schemas)
    engine.execute(create_statement(anew, columns, replaces=True))
    anew.place(into).begin()
    table.place(into).forget()
    return anew


def set_properties(engine: Engine, table: StreamingTable, properties: dict[str, str]) -> None:
    """Set properties of the table."""
    engine.execute(f"ALTER TABLE {table.quoted} SET TBLPROPERTIES ({property_list(properties)})")


def unset_schedule(engine: Engine, table: StreamingTable) -> None:
    """It is refreshed when somebody says so."""
    engine.execute(
        f"ALTER TABLE {table.quoted} UNSET TBLPROPERTIES IF EXISTS ({quote_string(SCHEDULE)})"
    )


# In hexadecimal digits, because Spark hides values in which it sees `url` or `token`.


def _hex(definition: Definition) -> str:
    return json.dumps(asdict(definition)).encode().hex()


def _definition(text: str) -> Definition:
    fields = json.loads(bytes.fromhex(text))
    catalog, schema = fields["namespace"]
    folder = str(fields["folder"])
    if not folder.isalnum():
        raise ValueError(folder)  # it names a folder, and tables come from elsewhere, too
    return Definition(
        str(fields["query"]),
        (str(catalog), str(schema)),
        str(fields["columns"]),
        str(fields["clauses"]),
        tuple((str(key), str(value)) for key, value in fields["properties"]),
        folder,
    )
