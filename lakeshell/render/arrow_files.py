"""Parquet and Arrow files: the rows with their types, for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from lakeshell.render.json import unique_names
from lakeshell.render.options import RenderOptions

if TYPE_CHECKING:
    import pyarrow as pa

    from lakeshell.session.result import Result


def write_parquet(result: Result, stream: BinaryIO, options: RenderOptions) -> None:
    """A Parquet file."""
    import pyarrow.parquet as pq

    pq.write_table(_with_unique_names(result), stream)


def write_arrow(result: Result, stream: BinaryIO, options: RenderOptions) -> None:
    """An Arrow IPC file (Feather)."""
    import pyarrow as pa

    table = _with_unique_names(result)
    with pa.ipc.new_file(stream, table.schema) as writer:
        writer.write_table(table)


def _with_unique_names(result: Result) -> pa.Table:
    assert result.table is not None
    table = result.table
    names = unique_names(table.column_names)
    return table if names == table.column_names else table.rename_columns(names)
