"""The data files of a table summed up: how many, how large, and whether they are too small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lakeshell.delta.log import DataFile
from lakeshell.render.metrics import format_bytes

SMALL = 16 * 1024 * 1024  # bytes; OPTIMIZE aims at 1 GiB
_MANY = 10
_KIB, _MIB, _GIB = 1 << 10, 1 << 20, 1 << 30
_BOUNDS = (16 * _KIB, 256 * _KIB, 4 * _MIB, 16 * _MIB, 64 * _MIB, 256 * _MIB, _GIB)


@dataclass(frozen=True)
class Bin:
    """Files whose size is at least `low` and below `high` bytes; `high` is None for the last."""

    low: int
    high: int | None
    count: int

    @property
    def label(self) -> str:
        """`16 KiB – 256 KiB`."""
        low = "0" if not self.low else format_bytes(self.low).replace(".0 ", " ")
        if self.high is None:
            return f"{low} and more"
        return f"{low} – {format_bytes(self.high).replace('.0 ', ' ')}"


def size_histogram(files: Sequence[DataFile]) -> list[Bin]:
    """Counts by size, from the first bin that has files to the last."""
    edges = [0, *_BOUNDS]
    bins = [
        Bin(low, high, sum(1 for f in files if low <= f.size and (high is None or f.size < high)))
        for low, high in zip(edges, [*_BOUNDS, None], strict=True)
    ]
    filled = [index for index, one in enumerate(bins) if one.count]
    return bins[filled[0] : filled[-1] + 1] if filled else []


def small_file_warning(files: Sequence[DataFile], table: str) -> str | None:
    """A sentence when many small files slow the table down, None when they do not.

    Files of one partition cannot be merged with those of another, so it is counted by partition.
    """
    small: dict[tuple[tuple[str, str | None], ...], int] = {}
    for file in files:
        if file.size < SMALL:
            key = tuple(sorted(file.partition.items()))
            small[key] = small.get(key, 0) + 1
    crowded = sum(count for count in small.values() if count > 1)
    if crowded < _MANY:
        return None
    return (
        f"{crowded} of {len(files)} files are smaller than {format_bytes(SMALL)}: "
        f"%optimize {table} merges them."
    )
