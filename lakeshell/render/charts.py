"""Charts of Arrow tables, in characters: which kind suits the columns, and its lines.

Drawing is in `chart_curves` (line, scatter) and `chart_shares` (bar, histogram, pie, counter).
Nothing in the data can act on a terminal, and no number is too large, too small or too odd: NaN and
the infinities are drawn like NULL.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from lakeshell.errors import CommandError, UsageError
from lakeshell.render.chart_curves import Across, curves
from lakeshell.render.chart_pieces import Line, Piece, Series, plain
from lakeshell.render.chart_scales import Tick, date_ticks, number_ticks, time_ticks
from lakeshell.render.chart_shares import bars, counter, histogram, pie
from lakeshell.render.safe_text import fit, safe_text

if TYPE_CHECKING:
    import pyarrow as pa

# Kinds, and how many rows of each are drawn at most.
LIMITS = {
    "bar": 60,
    "line": 5_000,
    "scatter": 5_000,
    "histogram": 100_000,
    "pie": 1_000,
    "counter": 1,
}
MOST_COUNTED = 1_000_000  # rows of which the values are counted

_WIDTH, _HEIGHT = 80, 20  # where there is no terminal to ask
_FEW = 12  # rows of which each can have a bar
_MOST_SERIES = 3  # unless more are asked for


@dataclass(frozen=True)
class Chart:
    """What is drawn: a kind of LIMITS, and places of columns, because names may repeat.

    Without `y`, a bar chart and a pie count the rows of every value of `x`. With `group`, bar, line
    and scatter charts draw a series for each of that column's values.
    """

    kind: str
    x: int | None = None
    y: tuple[int, ...] = ()
    group: int | None = None


def suggest(table: pa.Table) -> Chart | None:
    """The chart that suits the columns' types; None for a table without rows or columns."""
    if not table.num_rows or not table.num_columns:
        return None
    kinds = table.schema.types
    numbers = number_columns(table)
    times = [i for i, kind in enumerate(kinds) if _is_time(kind)]
    names = [i for i, kind in enumerate(kinds) if _is_label(kind)]
    if table.num_rows == 1 and numbers:
        return Chart("counter", None, tuple(numbers[:4]))
    if not numbers:
        return Chart("bar", (names or times or [0])[0])
    if times:
        return Chart("line", times[0], tuple(numbers[:_MOST_SERIES]))
    if names:
        if table.num_rows <= LIMITS["bar"]:
            return Chart("bar", names[0], (numbers[0],))
        if len(numbers) == 1:
            return Chart("histogram", None, (numbers[0],))
    if len(numbers) == 1:
        if table.num_rows <= _FEW:
            return Chart("bar", numbers[0], (numbers[0],))
        return Chart("histogram", None, (numbers[0],))
    x, y = numbers[0], numbers[1]
    if _increases(table.column(x)):
        return Chart("bar" if table.num_rows <= _FEW else "line", x, (y,))
    return Chart("scatter", x, (y,))


def chart_lines(
    chart: Chart,
    table: pa.Table,
    *,
    width: int,
    height: int,
    colors: bool = True,
    time_zone: str = "UTC",
) -> list[Line]:
    """The lines of a chart, of at most `width` cells.

    Line and scatter charts and the disc of a pie take `height` lines, the others as many as there
    are values. Says below the chart when not all rows are in it. Raises UsageError for columns
    without numbers, CommandError when there is nothing to draw.
    """
    width, height = max(width, 20), max(height, 3)
    if not table.num_rows:
        raise CommandError("There are no rows to draw.")
    counted = chart.kind in ("bar", "pie") and not chart.y
    single = chart.kind in ("histogram", "pie")
    if chart.group is not None and chart.kind in ("bar", "line", "scatter"):
        from lakeshell.render.chart_groups import grouped

        chart, table, left_out_groups = grouped(chart, table, time_zone)
        counted = False
    else:
        left_out_groups = ""
    most = MOST_COUNTED if counted else LIMITS[chart.kind]
    drawn = table.slice(0, most)
    if counted:
        labels, series, distinct = _counts(drawn, chart.x or 0, time_zone)
        left_out = f"of {distinct:,} values" if distinct > len(labels) else ""
    else:
        labels, series, left_out = [], _series(drawn, chart.y[:1] if single else chart.y), ""
    left_out = left_out or left_out_groups
    if table.num_rows > most and chart.kind != "counter":
        left_out = f"the first {most:,} of {table.num_rows:,} rows"
    if chart.kind == "counter":
        # Of the type's own text no digit gets lost.
        return counter(
            [(drawn.column_names[i], _texts(drawn.column(i), time_zone)[0]) for i in chart.y], width
        )
    if chart.kind == "histogram":
        lines = histogram(series[0], width)
    elif chart.kind in ("bar", "pie"):
        if not counted:
            labels = _labels(drawn, chart.x, time_zone)
        if chart.kind == "bar":
            lines = bars(labels, series, width)
        else:
            lines = pie(labels, series[0], width=width, height=height, colors=colors)
    else:
        lines = curves(
            _across(drawn, chart.x, time_zone),
            series,
            joined=chart.kind == "line",
            width=width,
            height=height - bool(left_out),
            colors=colors,
        )
    if left_out:
        lines.append([Piece(fit(f"drawn: {left_out}", width), faint=True)])
    return lines


def draw(
    kind: str,
    table: pa.Table,
    *,
    x: str | None = None,
    y: Sequence[str] = (),
    title: str | None = None,
    width: int = _WIDTH,
    height: int = _HEIGHT,
    time_zone: str = "UTC",
) -> str:
    """The chart of named columns as lines of at most `width` cells, without colours.

    Raises UsageError when a column does not exist or holds no numbers.
    """
    if kind == "histogram":
        if x and y:
            raise UsageError("A histogram is of one column: --y COL.")
        names = [*y, *([x] if x else [])]
        across = None
    else:
        names = list(y)
        across = _find(table, x) if x else None if kind == "counter" else 0
    places = tuple(_find(table, name) for name in names) or _first_numbers(table, across)
    chart = Chart(kind, across, places)
    lines = chart_lines(chart, table, width=width, height=height, colors=False, time_zone=time_zone)
    heading = fit(safe_text(title), width) + "\n" if title else ""
    return heading + plain(lines)


def number_columns(table: pa.Table) -> list[int]:
    """The places of the columns that hold numbers."""
    return [i for i, kind in enumerate(table.schema.types) if is_number(kind)]


def is_number(kind: Any) -> bool:
    """Whether values of an Arrow type can be drawn."""
    import pyarrow.types as pat

    return bool(pat.is_integer(kind) or pat.is_floating(kind) or pat.is_decimal(kind))


def _is_time(kind: Any) -> bool:
    import pyarrow.types as pat

    return bool(pat.is_date(kind) or pat.is_timestamp(kind))


def _is_label(kind: Any) -> bool:
    import pyarrow.types as pat

    return bool(
        pat.is_string(kind)
        or pat.is_large_string(kind)
        or pat.is_boolean(kind)
        or pat.is_dictionary(kind)
    )


def _increases(column: Any) -> bool:
    values = _numbers(column.slice(0, LIMITS["line"]))
    return all(a is not None and b is not None and a < b for a, b in pairwise(values))


def _find(table: pa.Table, name: str) -> int:
    wanted = [column.lower() for column in table.column_names]
    if name.lower() not in wanted:
        raise UsageError(
            f"There is no column {name}.", hint=f"Columns: {', '.join(table.column_names)}."
        )
    return wanted.index(name.lower())


def _first_numbers(table: pa.Table, across: int | None) -> tuple[int, ...]:
    """The first column of numbers that is not the x column."""
    numeric = number_columns(table)
    places = [i for i in numeric if i != across][:1] or numeric[:1]
    if not places:
        kinds = ", ".join(f"{f.name} {f.type}" for f in table.schema)
        raise UsageError(f"There is no column of numbers to draw: {kinds}.")
    return tuple(places)


def _series(table: pa.Table, places: Sequence[int]) -> list[Series]:
    if not places:
        raise UsageError("There is no column of numbers to draw.")
    found = []
    for place in places:
        column, name = table.column(place), table.column_names[place]
        if not is_number(column.type):
            raise UsageError(f"Column {name} holds {column.type}, not numbers.")
        found.append(Series(name, _numbers(column)))
    if not any(value is not None for one in found for value in one.values):
        raise CommandError("There are no numbers to draw, only NULL.")
    return found


def _numbers(column: Any) -> list[float | None]:
    from lakeshell.render.arrow_values import plain_values

    return [_number(value) for value in plain_values(column)]


def _number(value: Any) -> float | None:
    number = None if value is None else float(value)
    return number if number is not None and math.isfinite(number) else None


def _texts(column: Any, time_zone: str) -> list[str]:
    from lakeshell.render.cells import column_cells
    from lakeshell.render.values import TextStyle

    return column_cells(column, TextStyle(timezone=time_zone), most_characters=200).texts


def _labels(table: pa.Table, place: int | None, time_zone: str) -> list[str]:
    if place is None:
        return [str(number) for number in range(1, table.num_rows + 1)]
    return _texts(table.column(place), time_zone)


def _counts(table: pa.Table, place: int, time_zone: str) -> tuple[list[str], list[Series], int]:
    """The most frequent values of a column, their counts, and how many values there are."""
    column = table.column(place)
    try:
        counted = column.value_counts()
        values, counts = counted.field("values"), counted.field("counts").to_pylist()
        order = sorted(range(len(counts)), key=lambda i: -counts[i])[: LIMITS["bar"]]
        labels = _texts(values.take(order), time_zone) if order else []
        numbers = [float(counts[i]) for i in order]
        distinct = len(counts)
    except (NotImplementedError, TypeError, ValueError):  # nested values: Arrow counts no such
        texts = Counter(_texts(column.slice(0, LIMITS["histogram"]), time_zone))
        labels = [text for text, _ in texts.most_common(LIMITS["bar"])]
        numbers = [float(texts[text]) for text in labels]
        distinct = len(texts)
    return labels, [Series("rows", numbers)], distinct


def _across(table: pa.Table, place: int | None, time_zone: str) -> Across:
    """Numbers and times stand at their place, other values one after the other."""
    import pyarrow.types as pat

    from lakeshell.render.arrow_values import plain_values
    from lakeshell.render.temporal import PER_SECOND

    if place is None:
        rows = [float(number) for number in range(1, table.num_rows + 1)]
        return Across("row", rows, number_ticks)
    column, name = table.column(place), table.column_names[place]
    kind = column.type
    if is_number(kind):
        found = Across(name, _numbers(column), number_ticks)
    elif pat.is_date32(kind):
        found = Across(name, _numbers(column), date_ticks)
    elif pat.is_timestamp(kind):
        unit = PER_SECOND[kind.unit]
        seconds = [None if v is None else v / unit for v in plain_values(column)]
        zone = None if kind.tz is None else time_zone
        found = Across(name, seconds, lambda s, n: time_ticks(s, n, zone), label_width=16)
    else:
        labels = _labels(table, place, time_zone)
        places = [float(number) for number in range(len(labels))]
        found = Across(name, places, lambda s, n: _name_ticks(labels, n))
    if not any(x is not None for x in found.places):
        # Nothing of x can be placed: the rows in their order.
        rows = [float(number) for number in range(1, table.num_rows + 1)]
        found = replace(found, places=rows, ticks=number_ticks)
    return found


def _name_ticks(labels: Sequence[str], most: int) -> list[Tick]:
    step = max(-(-len(labels) // most), 1)
    return [Tick(float(n), labels[n]) for n in range(0, len(labels), step)]
