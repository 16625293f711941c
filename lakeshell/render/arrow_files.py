"""Parquet and Arrow files: the rows with their types, for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from lakeshell.errors import CommandError
from lakeshell.render.arrow_values import plain_values
from lakeshell.render.month_intervals import is_month_interval
from lakeshell.render.options import RenderOptions
from lakeshell.render.values import TextStyle, text_formatter, unique_names

if TYPE_CHECKING:
    import pyarrow as pa

    from lakeshell.session.result import Result


def write_parquet(result: Result, stream: BinaryIO, options: RenderOptions) -> None:
    """A Parquet file. Raises CommandError for a type that Parquet lacks."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = _storable(result)
    try:
        pq.write_table(table, stream)
    except pa.ArrowNotImplementedError as error:
        raise CommandError(
            "Parquet has no type for a column of this result.",
            hint="Cast it to STRING, or write another format.",
        ) from error


def write_arrow(result: Result, stream: BinaryIO, options: RenderOptions) -> None:
    """An Arrow IPC file (Feather)."""
    import pyarrow as pa

    assert result.table is not None
    table = _unique(result.table)
    with pa.ipc.new_file(stream, table.schema) as writer:
        writer.write_table(table)


def _unique(table: pa.Table) -> pa.Table:
    names = unique_names(table.column_names)
    return table if names == table.column_names else table.rename_columns(names)


def _storable(result: Result) -> pa.Table:
    """The rows with types that Parquet has: intervals become Spark's text for them."""
    import pyarrow as pa

    assert result.table is not None
    table = _unique(result.table)
    for index, field in enumerate(table.schema):
        if pa.types.is_interval(field.type) or is_month_interval(field.type):
            write = text_formatter(field.type, TextStyle())
            values = plain_values(table.column(index))
            texts = pa.array([None if v is None else write(v) for v in values], pa.string())
            table = table.set_column(index, field.name, texts)
    return table
