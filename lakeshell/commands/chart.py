"""%chart: a query's rows as a bar, line or scatter chart or a histogram, in characters."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from lakeshell.commands.asking import fetch
from lakeshell.commands.context import CommandContext
from lakeshell.commands.words import TextCommand, joined
from lakeshell.errors import CommandError, UsageError
from lakeshell.render.safe_text import display_width, fit, pad, safe_text

if TYPE_CHECKING:
    import pyarrow as pa

_LIMITS = {"bar": 60, "line": 5_000, "scatter": 5_000, "histogram": 100_000}
_MARKERS = ("•", "x", "o", "+", "*", "#")
_WIDTH, _HEIGHT = 80, 20  # where there is no terminal to ask
_BINS = 20
_TOO_FAR = "The numbers lie too far apart to be drawn."
_TICKS = 6


@dataclass(frozen=True)
class Series:
    """A named column of numbers; None where the row has no number."""

    name: str
    values: list[float | None]


@click.command("chart", cls=TextCommand)
@click.argument("kind", type=click.Choice(list(_LIMITS)))
@click.argument("query", nargs=-1, required=True, metavar="QUERY|TABLE")
@click.option("--x", "x", metavar="COL", help="Labels or positions (default: the first column).")
@click.option("--y", "y", multiple=True, metavar="COL", help="Values; may be given several times.")
@click.option("--title", help="A line above the chart.")
@click.pass_obj
def chart_command(
    context: CommandContext,
    kind: str,
    query: tuple[str, ...],
    x: str | None,
    y: tuple[str, ...],
    title: str | None,
) -> None:
    """Draw the rows of a table or query: bar, line, scatter or histogram.

    \b
    Examples:
      %chart bar SELECT city, count(*) FROM sales.customers GROUP BY city
      %chart line sales.daily --x day --y revenue --y cost
      %chart histogram sales.orders --y amount
    """
    result = fetch(context, joined(query), limit=_LIMITS[kind])
    table = result.table
    if table is None or not table.num_rows:
        raise CommandError("There are no rows to draw.")
    if result.truncated:
        context.notice(f"Only the first {_LIMITS[kind]:,} rows are drawn.", level="warning")
    width = max((context.width or _WIDTH) - 1, 20)
    context.print(draw(kind, table, x=x, y=y, title=title, width=width))


def draw(
    kind: str,
    table: pa.Table,
    *,
    x: str | None = None,
    y: Sequence[str] = (),
    title: str | None = None,
    width: int = _WIDTH,
) -> str:
    """The chart of `table` as lines of at most `width` cells, without colours.

    Raises UsageError when a column does not exist or holds no numbers.
    """
    if kind == "histogram":
        if x and y:
            raise UsageError("A histogram is of one column: --y COL.")
        names = [*y, *([x] if x else [])]
        across = None
    else:
        names = list(y)
        across = _find(table, x) if x else 0
    series = _series(table, names, across)
    if kind == "histogram":
        body = _histogram(series[0], width)
    elif kind == "bar":
        assert across is not None
        body = _bars(_labels(table.column(across)), series, width)
    else:
        assert across is not None
        body = _curves(kind, table, across, series, width)
    heading = fit(safe_text(title), width) + "\n" if title else ""
    return heading + body


def _find(table: pa.Table, name: str) -> int:
    wanted = [column.lower() for column in table.column_names]
    if name.lower() not in wanted:
        raise UsageError(
            f"There is no column {name}.", hint=f"Columns: {', '.join(table.column_names)}."
        )
    return wanted.index(name.lower())


def _series(table: pa.Table, names: Sequence[str], across: int | None) -> list[Series]:
    """The columns that were named, or the first one of numbers that is not the x column."""
    if names:
        places = [_find(table, name) for name in names]
    else:
        numeric = [i for i, c in enumerate(table.columns) if _is_number(c.type)]
        places = [i for i in numeric if i != across][:1] or numeric[:1]
        if not places:
            kinds = ", ".join(f"{f.name} {f.type}" for f in table.schema)
            raise UsageError(f"There is no column of numbers to draw: {kinds}.")
    found = []
    for place in places:
        column, name = table.column(place), table.column_names[place]
        if not _is_number(column.type):
            raise UsageError(f"Column {name} holds {column.type}, not numbers.")
        found.append(Series(name, [_number(value) for value in column.to_pylist()]))
    if not any(value is not None for one in found for value in one.values):
        raise CommandError("There are no numbers to draw, only NULL.")
    return found


def _is_number(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    )


def _number(value: Any) -> float | None:
    number = None if value is None else float(value)
    return number if number is not None and math.isfinite(number) else None


def _labels(column: pa.ChunkedArray) -> list[str]:
    return ["NULL" if v is None else safe_text(str(v)) for v in column.to_pylist()]


def _bars(labels: Sequence[str], series: Sequence[Series], width: int) -> str:
    """A line a value: label, bar from the zero line, number. Negative bars go to the left."""
    numbers = [value for one in series for value in one.values if value is not None]
    low, high = min(0.0, *numbers), max(0.0, *numbers)
    texts = {value: _compact(value) for value in numbers}
    text_width = max(len(text) for text in texts.values())
    names = [f" {safe_text(one.name)}" if len(series) > 1 else "" for one in series]
    rows = [
        (label + name, one.values[index])
        for index, label in enumerate(labels)
        for name, one in zip(names, series, strict=True)
    ]
    label_width = min(max(display_width(label) for label, _ in rows), max(width // 3, 8))
    room = max(width - label_width - text_width - 4, 5)
    # Shares of the largest: the numbers themselves may be too large or too small to add and divide.
    top = max(-low, high) or 1.0
    span = high / top - low / top or 1.0
    left = round(-low / top / span * room)
    lines = []
    for label, value in rows:
        shown = pad(fit(label, label_width), label_width, right=True)
        if value is None:
            lines.append(f"{shown} {' ' * left}│ NULL")
            continue
        length = round(abs(value) / top / span * room)
        before = " " * (left - length) + "█" * length if value < 0 else " " * left
        after = "█" * length if value > 0 else ""
        lines.append(f"{shown} {before}│{after} {texts[value]}")
    return "\n".join(lines)


def _compact(value: float) -> str:
    if abs(value) < 1e15 and value == int(value):
        return f"{int(value):,}"
    return f"{value:,.2f}" if 0.01 <= abs(value) < 1e9 else f"{value:.3g}"


def _histogram(series: Series, width: int) -> str:
    """Counts in equal steps, each a bar with its bounds."""
    values = [value for value in series.values if value is not None]
    low, high = min(values), max(values)
    bins = min(_BINS, max(len(set(values)), 1))
    step = (high - low) / bins or 1.0
    if not math.isfinite(low + bins * step):
        raise CommandError(_TOO_FAR)
    counts = [0] * bins
    for value in values:
        counts[min(int((value - low) / step), bins - 1)] += 1
    labels = [f"{_compact(low + i * step)} – {_compact(low + (i + 1) * step)}" for i in range(bins)]
    if low == high:
        labels = [_compact(low)]
    bars = _bars(labels, [Series(series.name, [float(count) for count in counts])], width)
    nulls = len(series.values) - len(values)
    footer = f"\n{nulls:,} without a number left out" if nulls else ""
    return f"{fit(safe_text(series.name), width)}\n{bars}{footer}"


def _curves(kind: str, table: pa.Table, across: int, series: Sequence[Series], width: int) -> str:
    """By plotext: points at their x if that is a number or a time, else one after the other."""
    column = table.column(across)
    positions, ticks = _positions(column)
    # It prints remarks of its own, in colours, wherever we write.
    aside = io.StringIO()
    with contextlib.redirect_stdout(aside), contextlib.redirect_stderr(aside):
        try:
            text = _plot(kind, table.column_names[across], positions, ticks, series, width)
        except (ArithmeticError, ValueError) as error:
            raise CommandError(_TOO_FAR) from error
    names = "" if len(series) > 1 else fit(safe_text(series[0].name), width) + "\n"
    return names + "\n".join(line.rstrip() for line in text.rstrip().split("\n"))


def _plot(
    kind: str,
    across: str,
    positions: Sequence[float | None],
    ticks: Sequence[tuple[float, str]],
    series: Sequence[Series],
    width: int,
) -> str:
    import plotext

    figure = plotext.figure
    figure.clear()
    figure.plot_size(width, _HEIGHT)
    for number, one in enumerate(series):
        points = [
            (x, y)
            for x, y in zip(positions, one.values, strict=True)
            if x is not None and y is not None
        ]
        if kind == "line":
            points.sort(key=lambda point: point[0])
        marker = "hd" if len(series) == 1 else _MARKERS[number % len(_MARKERS)]
        signal = figure.signal([x for x, _ in points], [y for _, y in points], marker=marker)
        if kind == "line":
            signal.lines()
        if len(series) > 1:
            signal.label(fit(safe_text(one.name), 20))
        figure.draw(signal)
    if len(series) > 1:
        figure.legend()
    if ticks:
        figure.ruler("x").ticks([x for x, _ in ticks], [fit(text, 16) for _, text in ticks])
    figure.label(fit(safe_text(across), 30), "x")
    return str(plotext.uncolorize(str(figure.build())))


def _positions(column: pa.ChunkedArray) -> tuple[list[float | None], list[tuple[float, str]]]:
    """Where each value stands on the x axis, and the labels for places that are no numbers."""
    values = column.to_pylist()
    if _is_number(column.type):
        return [_number(value) for value in values], []
    places: list[float | None] = []
    for index, value in enumerate(values):
        if isinstance(value, dt.datetime):
            places.append(value.timestamp())
        elif isinstance(value, dt.date):
            places.append(float(value.toordinal()))
        else:
            places.append(float(index))
    named = {p: safe_text(str(v)) for p, v in zip(places, values, strict=True) if p is not None}
    every = sorted(named.items())
    step = max(-(-len(every) // _TICKS), 1)
    return places, every[::step]
