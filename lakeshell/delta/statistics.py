"""Statistics of columns: what a Delta log tells (lowest, highest, NULLs), and ANALYZE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lakeshell.delta.log import DataFile
from lakeshell.delta.tables import rows, table_errors
from lakeshell.sql.names import quote_name

if TYPE_CHECKING:
    from lakeshell.session.result import Sink
    from lakeshell.session.session import Session

_CUT = 32  # characters after which Delta cuts a text in its statistics


@dataclass(frozen=True)
class ColumnStatistics:
    """Of one column over all files. `low` and `high` are JSON values, None where some file does
    not tell them; all rows are between them, but a deleted row may have been the last of that
    value. `nulls` is None where some file does not tell."""

    low: Any = None
    high: Any = None
    nulls: int | None = None

    @property
    def span(self) -> str:
        """`1 … 90`, a text that was cut with dots; empty when nothing is known."""
        if self.low is None or self.high is None:
            return ""
        low, high = _shown(self.low), _shown(self.high)
        return low if low == high else f"{low} … {high}"


def column_statistics(files: Sequence[DataFile], column: str) -> ColumnStatistics:
    """The statistics of a column, by its name, of a version's files."""
    # A file full of NULLs has neither a lowest nor a highest value.
    valued = [file for file in files if file.nulls.get(column) != file.rows or file.rows is None]
    lows = [file.low.get(column) for file in valued]
    highs = [file.high.get(column) for file in valued]
    nulls = [file.nulls.get(column) for file in files]
    return ColumnStatistics(
        low=_extreme(min, lows),
        high=_extreme(max, highs),
        nulls=None if None in nulls or not files else sum(n for n in nulls if n is not None),
    )


def _extreme(choose: Any, values: Sequence[Any]) -> Any:
    """The lowest or highest; None when one is missing, or they are no plain values."""
    if not values or any(v is None or isinstance(v, (dict, list)) for v in values):
        return None
    try:
        return choose(values)
    except TypeError:
        return None


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value[:_CUT] + "…" if len(value) >= _CUT else value
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:,}" if isinstance(value, int) else str(value)


def analyze(session: Session, parts: tuple[str, ...], *, sink: Sink | None = None) -> None:
    """Let Spark count rows and values of every column, for its plans (ANALYZE TABLE).

    Raises StatementError for what Spark cannot analyze.
    """
    sql = f"ANALYZE TABLE {quote_name(parts)} COMPUTE STATISTICS FOR ALL COLUMNS"
    with table_errors(session, parts):
        rows(session, sql, sink)
