"""Arrow columns of generated rows: the same numbers for the same name, in every version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Numbers = np.ndarray[Any, Any]


class Dice:
    """Random columns that repeat themselves for a name.

    `RandomState` is numpy's frozen generator: its numbers stay the same in later versions.
    """

    def __init__(self, *name: str | int) -> None:
        import zlib

        import numpy as np

        self._random = np.random.RandomState(zlib.crc32(repr(name).encode()))

    def whole(self, low: int, high: int, count: int) -> Numbers:
        """Whole numbers from `low` to `high`, both included."""
        import numpy as np

        numbers: Numbers = self._random.randint(low, high + 1, count, dtype=np.int64)
        return numbers

    def words(self, options: tuple[str, ...], count: int) -> pa.Array:
        """One of `options` each."""
        return chosen(options, self.whole(0, len(options) - 1, count))


def longs(values: Any) -> pa.Array:
    """BIGINT."""
    import pyarrow as pa

    return pa.array(values, pa.int64())


def integers(values: Any) -> pa.Array:
    """INT."""
    import numpy as np
    import pyarrow as pa

    return pa.array(np.asarray(list(values) if isinstance(values, range) else values), pa.int32())


def strings(values: Any) -> pa.Array:
    """STRING."""
    import pyarrow as pa

    return pa.array(values, pa.string())


def days(values: Numbers) -> pa.Array:
    """DATE, from days since 1970."""
    import numpy as np
    import pyarrow as pa

    return pa.array(values.astype(np.int32), pa.int32()).cast(pa.date32())


def money(cents: Numbers) -> pa.Array:
    """DECIMAL(15, 2), from hundredths: 64 bits and their sign make the 128 of a decimal."""
    import numpy as np
    import pyarrow as pa

    halves = np.empty((len(cents), 2), dtype="<i8")
    halves[:, 0] = cents
    halves[:, 1] = cents >> 63
    return pa.Array.from_buffers(pa.decimal128(15, 2), len(cents), [None, pa.py_buffer(halves)])


def chosen(options: tuple[str, ...], which: Numbers) -> pa.Array:
    """`options` by their places."""
    return strings(options).take(longs(which))


def as_text(numbers: Any) -> pa.Array:
    """Whole numbers in digits."""
    import pyarrow as pa

    return longs(numbers).cast(pa.string())


def joined(prefix: str, numbers: Any) -> pa.Array:
    """`prefix` and the number."""
    import pyarrow.compute as pc

    return pc.binary_join_element_wise(prefix, as_text(numbers), "")


def numbered(kind: str, numbers: Any) -> pa.Array:
    """Names such as Supplier#000000001."""
    import pyarrow.compute as pc

    padded = pc.utf8_lpad(as_text(numbers), 9, "0")
    return pc.binary_join_element_wise(f"{kind}#", padded, "")
