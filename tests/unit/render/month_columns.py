"""Columns of Arrow's month interval, which pyarrow cannot build: made of int32 in another name."""

from __future__ import annotations

import ctypes

import pyarrow as pa

from lakeshell.render import month_intervals


def month_column(column: pa.Array) -> pa.Table:
    """A table whose column `i` has month intervals where `column` has int32."""
    batch = pa.RecordBatch.from_arrays([column], ["i"])
    schema, array = month_intervals._Schema(), month_intervals._Array()
    batch._export_to_c(ctypes.addressof(array), ctypes.addressof(schema))
    rename(schema)
    back = pa.RecordBatch._import_from_c(ctypes.addressof(array), ctypes.addressof(schema))
    return pa.Table.from_batches([back])


def rename(schema: month_intervals._Schema) -> None:
    if schema.format == b"i":
        schema.format = b"tiM"
    for index in range(schema.n_children):
        rename(schema.children[index].contents)
