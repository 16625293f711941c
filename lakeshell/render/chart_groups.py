"""A chart's series by the values of a column: rows become columns, one for each of the values."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from lakeshell.render.cells import column_cells
from lakeshell.render.values import TextStyle

if TYPE_CHECKING:
    import pyarrow as pa

    from lakeshell.render.charts import Chart

MOST_GROUPS = 6
_MOST_ROWS = 100_000


def grouped(chart: Chart, table: pa.Table, time_zone: str) -> tuple[Chart, pa.Table, str]:
    """The chart and the table with a column for each of the most frequent values of the group.

    Numbers of the same x and group are added up, except in a scatter chart, which shows every row;
    without `y`, rows are counted. The third is what has been left out, in words, or empty.
    """
    import pyarrow as pa

    from lakeshell.render.arrow_values import plain_values

    assert chart.group is not None
    rows = table.slice(0, _MOST_ROWS)
    style = TextStyle(timezone=time_zone)
    groups = column_cells(rows.column(chart.group), style, most_characters=60).texts
    counts = Counter(groups)
    names = [name for name, _ in counts.most_common(MOST_GROUPS)]
    values = plain_values(rows.column(chart.y[0])) if chart.y else [1] * rows.num_rows
    if chart.x is None or chart.kind == "scatter":
        keys: list[object] = list(range(rows.num_rows))
    else:
        keys = list(column_cells(rows.column(chart.x), style, most_characters=200).texts)
    first: dict[object, int] = {}
    sums: dict[tuple[object, str], float] = {}
    wanted = set(names)
    for row, (key, group, value) in enumerate(zip(keys, groups, values, strict=True)):
        if group not in wanted:
            continue
        first.setdefault(key, row)
        if value is not None:
            sums[key, group] = sums.get((key, group), 0.0) + float(value)
    order = list(first)
    columns = [pa.array([sums.get((key, name)) for key in order], pa.float64()) for name in names]
    labels = [str(name) for name in names]
    if chart.x is not None:
        columns.insert(0, rows.column(chart.x).take(pa.array(list(first.values()), pa.int64())))
        labels.insert(0, table.column_names[chart.x])
    start = 0 if chart.x is None else 1
    drawn = replace(
        chart,
        x=None if chart.x is None else 0,
        y=tuple(range(start, start + len(names))),
        group=None,
    )
    left_out = []
    if len(counts) > len(names):
        left_out.append(f"{len(names)} of {len(counts):,} groups")
    if table.num_rows > _MOST_ROWS:
        left_out.append(f"the first {_MOST_ROWS:,} of {table.num_rows:,} rows")
    return drawn, pa.table(columns, names=labels), ", ".join(left_out)
