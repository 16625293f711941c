"""What of a table is shown: sorted, filtered, as row numbers; the table itself is never copied."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lakeshell.tui.widgets.grid.filters import mask, parse_condition
from lakeshell.tui.widgets.grid.order import Sort, sorted_rows

_TAKEN = 100_000  # rows of a view that are put together at a time


@dataclass(frozen=True)
class Arrangement:
    """`rows` are the table's row numbers in the order in which they are shown, None for all as
    they came. `order` and `matching` are the two parts it was made of, kept for the next one."""

    sorts: tuple[Sort, ...] = ()
    filter: str = ""
    rows: Any = None
    order: Any = None
    matching: Any = None


def arrange(
    table: pa.Table,
    sorts: tuple[Sort, ...],
    filter_text: str,
    *,
    shown: Sequence[int],
    time_zone: str,
    before: Arrangement,
    is_current: Callable[[], bool] = lambda: True,
) -> Arrangement:
    """The rows that match `filter_text` in the order of `sorts`. Reuses what is unchanged of
    `before`, an arrangement of the same table. Raises FilterError and InterruptedError."""
    order = before.order if sorts == before.sorts else None
    if sorts and order is None:
        order = sorted_rows(table, sorts, is_current=is_current)
    matching = None
    condition = parse_condition(filter_text, table.column_names, shown)
    if condition is not None:
        matching = mask(table, condition, time_zone, is_current)
    return Arrangement(sorts, filter_text, _rows(order, matching), order, matching)


def _rows(order: Any, matching: Any) -> Any:
    if matching is None:
        return order
    if order is None:
        return pc.indices_nonzero(matching)
    return order.filter(matching.take(order))


def matching_positions(
    table: pa.Table,
    text: str,
    rows: Any,
    *,
    shown: Sequence[int],
    time_zone: str,
    is_current: Callable[[], bool] = lambda: True,
) -> Any:
    """The positions, among the shown rows, of those that `text` matches: an ascending Array."""
    condition = parse_condition(text, table.column_names, shown)
    if condition is None:
        return pa.array([], pa.uint64())
    found = mask(table, condition, time_zone, is_current)
    return pc.indices_nonzero(found if rows is None else found.take(rows))


def position_of(row: int, rows: Any, count: int) -> int | None:
    """Where a row of the table is shown; None if it is not."""
    if rows is None:
        return row if row < count else None
    position = pc.index(rows, pa.scalar(row, rows.type)).as_py()
    return None if position < 0 else int(position)


def shown_table(table: pa.Table, columns: Sequence[int], rows: Any) -> pa.Table:
    """The shown columns and rows as a table of their own; shares memory where it can."""
    table = table.select(list(columns))
    if rows is None:
        return table
    return pick(table, rows)


@dataclass(frozen=True)
class Snapshot:
    """What a grid showed at one moment, not yet put together."""

    table: pa.Table
    columns: tuple[int, ...]
    rows: Any = None

    @property
    def is_whole(self) -> bool:
        """Whether it is the table as it came."""
        return self.rows is None and self.columns == tuple(range(self.table.num_columns))

    @property
    def num_rows(self) -> int:
        """How many rows are shown."""
        return self.table.num_rows if self.rows is None else len(self.rows)

    @property
    def num_columns(self) -> int:
        """How many columns are shown."""
        return len(self.columns)

    def read(self) -> pa.Table:
        """The rows; copies them where they are sorted or filtered, so only for threads."""
        return self.table if self.is_whole else shown_table(self.table, self.columns, self.rows)


def pick(table: pa.Table, rows: Any) -> pa.Table:
    """Some rows of a table, an Array of their numbers."""
    from lakeshell.render.month_intervals import has_month_intervals

    if any(has_month_intervals(kind) for kind in table.schema.types):
        # pyarrow takes no rows of such a column; slices it can.
        slices = [table.slice(row, 1) for row in rows.to_pylist()]
        return pa.concat_tables(slices) if slices else table.slice(0, 0)
    parts = [table.take(rows.slice(start, _TAKEN)) for start in range(0, len(rows), _TAKEN)]
    return pa.concat_tables(parts) if parts else table.slice(0, 0)
