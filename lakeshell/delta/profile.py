"""A profile of a table or query: one pass of SQL that says of every column what is in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lakeshell.delta.tables import rows

if TYPE_CHECKING:
    from lakeshell.session.result import Sink
    from lakeshell.session.session import Session

BINS = 12
_BLOCKS = "▁▂▃▅▇"
_WHOLE = ("tinyint", "smallint", "int", "bigint", "decimal")
_TIMES = ("date", "timestamp", "timestamp_ntz")
_NESTED = ("array", "map", "struct", "variant", "binary", "interval", "void")


@dataclass(frozen=True)
class ColumnProfile:
    """What is in a column. `distinct` is an estimate (5 %); `low` and `high` are Spark's texts.

    `mean` is that of numbers, and of booleans the share of true. `bins` counts the values in equal
    steps from low to high, empty where that makes no sense. Nested columns tell only `nulls`.
    """

    name: str
    type: str
    rows: int
    nulls: int
    distinct: int | None = None
    low: str | None = None
    high: str | None = None
    mean: float | None = None
    bins: tuple[int, ...] = ()

    @property
    def histogram(self) -> str:
        """The bins as a line of blocks."""
        return spark_line(self.bins)


def profile_query(session: Session, query: str, *, sink: Sink | None = None) -> list[ColumnProfile]:
    """Profile the columns of `query`, one SELECT; its column names may repeat."""
    described = rows(session, f"DESCRIBE QUERY {query}")
    columns = [(row["col_name"], row["data_type"]) for row in described]
    measures = [_measures(index, kind) for index, (_, kind) in enumerate(columns)]
    names = ", ".join(f"c{index}" for index in range(len(columns)))
    wanted = ",\n  ".join(["count(*) AS total", *(m for group in measures for m in group)])
    (row,) = rows(session, f"SELECT {wanted}\nFROM (\n{query}\n) AS q({names})", sink)
    return [_column(row, index, name, kind) for index, (name, kind) in enumerate(columns)]


def _measures(index: int, kind: str) -> list[str]:
    column = f"c{index}"
    measures = [f"count({column}) AS count{index}"]
    if re.split(r"[<( ]", kind)[0] in _NESTED:
        return measures
    measures.append(f"approx_count_distinct({column}) AS distinct{index}")
    measures.append(f"CAST(min({column}) AS STRING) AS low{index}")
    measures.append(f"CAST(max({column}) AS STRING) AS high{index}")
    number = _as_number(column, kind)
    if number:
        measures.append(f"avg({number}) AS mean{index}")
        measures.append(f"histogram_numeric({number}, {BINS * 4}) AS bins{index}")
    return measures


def _as_number(column: str, kind: str) -> str | None:
    """The column as a double that a histogram can be made of; NaN and infinities left out."""
    if kind == "boolean":
        return f"CAST({column} AS DOUBLE)"
    if kind == "date":
        return f"CAST(unix_date({column}) AS DOUBLE)"
    if kind == "timestamp":
        return f"CAST({column} AS DOUBLE)"
    if kind == "timestamp_ntz":
        return f"CAST(CAST({column} AS TIMESTAMP) AS DOUBLE)"
    if kind in ("float", "double"):
        return f"CASE WHEN abs({column}) < double('Infinity') THEN CAST({column} AS DOUBLE) END"
    if kind.partition("(")[0] in _WHOLE:
        return f"CAST({column} AS DOUBLE)"
    return None


def _column(row: dict[str, Any], index: int, name: str, kind: str) -> ColumnProfile:
    histogram = row.get(f"bins{index}") or []
    return ColumnProfile(
        name=name,
        type=kind,
        rows=row["total"],
        nulls=row["total"] - row[f"count{index}"],
        distinct=row.get(f"distinct{index}"),
        low=row.get(f"low{index}"),
        high=row.get(f"high{index}"),
        # Of a date the mean in days since 1970 tells nobody anything.
        mean=None if kind in _TIMES else row.get(f"mean{index}"),
        bins=() if kind == "boolean" else equal_bins([(p["x"], p["y"]) for p in histogram]),
    )


def equal_bins(points: Sequence[tuple[float, float]], bins: int = BINS) -> tuple[int, ...]:
    """Counts in `bins` equal steps, of the (centre, count) pairs of `histogram_numeric`.

    Nothing for fewer than two different centres: one bar says nothing.
    """
    if len(points) < 2:
        return ()
    low = min(x for x, _ in points)
    width = (max(x for x, _ in points) - low) / bins
    counts = [0.0] * bins
    for x, count in points:
        place = int((x - low) / width) if width else 0
        counts[min(place, bins - 1)] += count
    return tuple(round(count) for count in counts)


def spark_line(counts: Sequence[int]) -> str:
    """A character a count, its height the share of the largest; a blank for nothing."""
    top = max(counts, default=0)
    if not top:
        return ""
    steps = len(_BLOCKS)
    return "".join(
        _BLOCKS[min(-(-count * steps // top), steps) - 1] if count else " " for count in counts
    )
