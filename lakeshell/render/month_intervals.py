"""Year-month intervals as integers: pyarrow carries Arrow's month interval but cannot open it.

Touching such an array raises KeyError in pyarrow. Its memory is that of int32, so the column is
handed out through Arrow's C data interface, its type renamed there, and taken back.
Source of the layout: the specification of the Arrow C data interface.
"""

from __future__ import annotations

import ctypes
from typing import Any

import pyarrow as pa

_MONTHS, _INT32 = b"tiM", b"i"


class _Schema(ctypes.Structure):
    """struct ArrowSchema."""


_Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_void_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(_Schema))),
    ("dictionary", ctypes.POINTER(_Schema)),
    ("release", ctypes.c_void_p),
    ("private_data", ctypes.c_void_p),
]


class _Array(ctypes.Structure):
    """struct ArrowArray; only its size matters here."""

    _fields_ = (
        ("counts", ctypes.c_int64 * 5),
        ("pointers", ctypes.c_void_p * 5),
    )


def is_month_interval(kind: Any) -> bool:
    """Whether a type is Arrow's interval of months."""
    return str(kind) == "month_interval"


def has_month_intervals(kind: Any) -> bool:
    """Whether a type is the interval of months or holds one."""
    return "month_interval" in str(kind)


def months_as_integers(column: Any) -> Any:
    """The ChunkedArray with int32, months, wherever it has month intervals."""
    table = pa.Table.from_arrays([column], ["column"])
    batches = [_renamed(batch) for batch in table.to_batches()]
    if not batches:
        return pa.chunked_array([], pa.int32())
    return pa.Table.from_batches(batches).column(0)


def _renamed(batch: Any) -> Any:
    schema, array = _Schema(), _Array()
    batch._export_to_c(ctypes.addressof(array), ctypes.addressof(schema))
    _rename(schema)
    # Taking it back ends both structures.
    return pa.RecordBatch._import_from_c(ctypes.addressof(array), ctypes.addressof(schema))


def _rename(schema: _Schema) -> None:
    if schema.format == _MONTHS:
        schema.format = _INT32
    for index in range(schema.n_children):
        _rename(schema.children[index].contents)
