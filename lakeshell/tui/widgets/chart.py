"""The chart of a result: what is drawn is chosen above it, how it is drawn is `render.charts`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from lakeshell.errors import LakeshellError
from lakeshell.render.safe_text import display_width, fit, safe_text
from lakeshell.tui.keys import bindings
from lakeshell.tui.panes.results_lines import Item, LinesView, line
from lakeshell.tui.threads import in_background
from lakeshell.tui.widgets.styles import part_style

if TYPE_CHECKING:
    import pyarrow as pa

    from lakeshell.render.charts import Chart

KINDS = ("bar", "line", "scatter", "histogram", "pie", "counter")
_NAME = 18  # cells of a column's name above the chart


class ChartChoices(Widget, can_focus=False):
    """The line of what is drawn; a click on a word changes it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"chart--choice", "chart--value"}

    @dataclass
    class Wanted(Message):
        """This is to be changed: kind, x, y or group."""

        what: str

    def __init__(self) -> None:
        super().__init__(id="chart-choices")
        self._values: list[tuple[str, str, str]] = []
        self._spots: list[tuple[int, int, str]] = []

    def show(self, values: list[tuple[str, str, str]]) -> None:
        """What can be chosen: its id, the key that does it, its value (safe)."""
        self._values = values
        self.refresh()

    def render(self) -> Text:
        """The line."""
        text = Text(no_wrap=True, end="", overflow="ellipsis")
        self._spots = []
        choice = part_style(self, "chart--choice")
        value_style = part_style(self, "chart--value")
        at = 0
        for id, key, value in self._values:
            named = id if id == key else f"{id} ({key})"
            text.append(f" {named} ", style=choice)
            text.append(f"{value} ▾ ", style=value_style)
            width = display_width(f" {named} {value} ▾ ")
            self._spots.append((at, at + width, id))
            at += width
        return text

    def on_click(self, event: events.Click) -> None:
        """Change what was clicked."""
        for start, end, id in self._spots:
            if start <= event.x < end:
                self.post_message(self.Wanted(id))


class ChartView(Vertical):
    """Draws a table in a thread. Posts Changed when the person chose something."""

    BINDINGS = bindings("chart")

    @dataclass
    class Changed(Message):
        """The person chose what to draw."""

        view: ChartView
        chart: Chart

    @dataclass
    class Drawn(Message, bubble=False):
        """A thread has drawn number `number`."""

        number: int
        items: list[Item]
        chart: Chart | None

    def __init__(self) -> None:
        super().__init__(id="results-chart")
        self.lines = LinesView(id="chart-lines")
        self._choices = ChartChoices()
        self._table: pa.Table | None = None
        self._time_zone = "UTC"
        self._truncated = False
        self.chart: Chart | None = None
        self._number = 0
        self._drawn: tuple[Any, ...] = ()

    def compose(self) -> ComposeResult:
        """The choices above the drawing."""
        yield self._choices
        yield self.lines

    def focus(self, scroll_visible: bool = True) -> ChartView:
        """Keys go to the drawing."""
        self.lines.focus(scroll_visible)
        return self

    def show(
        self, table: pa.Table | None, chart: Chart | None, *, time_zone: str, truncated: bool
    ) -> None:
        """Draw a table; None: the chart that suits it."""
        if table is not self._table or chart is not None:
            self.chart = chart
        self._table, self._time_zone, self._truncated = table, time_zone, truncated
        self._draw()

    def on_resize(self) -> None:
        """Draw to the new size."""
        self._draw()

    def _draw(self) -> None:
        size = self.lines.scrollable_content_region.size
        table = self._table
        if table is None:
            self._drawn = ()
            self._choices.show([])
            self.lines.show([Item(line(("No rows to draw: run a query.", "muted")))])
            return
        wanted = (id(table), self.chart, size, self._time_zone, self._truncated)
        if size.width <= 0 or wanted == self._drawn:
            return
        self._drawn = wanted
        self._number += 1
        number, chart, zone = self._number, self.chart, self._time_zone
        truncated = self._truncated

        def draw() -> None:
            items, drawn = _items(table, chart, size.width, size.height, zone, truncated)
            self.post_message(self.Drawn(number, items, drawn))

        in_background(draw, "chart")

    def on_chart_view_drawn(self, message: Drawn) -> None:
        """Show it, unless something else has been asked for meanwhile."""
        message.stop()
        if message.number != self._number or self._table is None:
            return
        if self.chart is None and message.chart is not None:
            self.chart = message.chart
            self._drawn = (self._drawn[0], self.chart, *self._drawn[2:])
        self._tell()
        self.lines.show(message.items)

    def _tell(self) -> None:
        chart, table = self.chart, self._table
        if chart is None or table is None:
            self._choices.show([])
            return
        values = [("kind", "c", chart.kind)]
        if chart.kind in ("bar", "line", "scatter", "pie"):
            values.append(("x", "x", self._column(chart.x, "row number")))
        names = ", ".join(self._column(y, "") for y in chart.y) or "count of rows"
        values.append(("y", "v", fit(names, 2 * _NAME)))
        if chart.kind in ("bar", "line", "scatter"):
            values.append(("by", "b", self._column(chart.group, "–")))
        self._choices.show(values)

    def _column(self, place: int | None, none: str) -> str:
        if place is None or self._table is None or place >= self._table.num_columns:
            return none
        return fit(safe_text(self._table.column_names[place]), _NAME)

    # Choosing
    def on_chart_choices_wanted(self, message: ChartChoices.Wanted) -> None:
        """A click on what is drawn."""
        message.stop()
        self.action_choose_chart("group" if message.what == "by" else message.what)

    def action_choose_chart(self, what: str) -> None:
        """Ask for the kind, the columns of an axis, or the column that makes series."""
        from lakeshell.render.charts import is_number
        from lakeshell.tui.screens.dialogs import Choose

        table, chart = self._table, self.chart
        if table is None or chart is None:
            return
        if what == "kind":
            options = [(kind, kind) for kind in KINDS]
        else:
            columns = [
                (str(place), fit(safe_text(field.name), 60))
                for place, field in enumerate(table.schema)
                if what != "y" or is_number(field.type)
            ]
            none = {"x": "row number", "y": "count of rows", "group": "no groups"}[what]
            options = [("none", none), *columns]
            if what == "y" and len(columns) > 1:
                options += [("all", "all of these")]
        titles = {
            "kind": "Chart",
            "x": "Across (x)",
            "y": "Values (y)",
            "group": "A series for each",
        }

        def choose(answer: str | None) -> None:
            if answer is not None:
                self._choose(what, answer)

        self.app.push_screen(Choose(titles[what], options), choose)

    def _choose(self, what: str, answer: str) -> None:
        from lakeshell.render.charts import number_columns

        chart, table = self.chart, self._table
        assert chart is not None
        assert table is not None
        numbers = number_columns(table)
        if what == "kind":
            chart = replace(chart, kind=answer)
            if answer not in ("bar", "pie") and not chart.y:
                chart = replace(chart, y=tuple(numbers[:1]))
            if answer in ("bar", "pie", "line", "scatter") and chart.x is None:
                others = [n for n in range(table.num_columns) if n not in chart.y]
                chart = replace(chart, x=others[0] if others else None)
        elif what == "x":
            chart = replace(chart, x=None if answer == "none" else int(answer))
        elif what == "y":
            y = {"none": (), "all": tuple(numbers)}.get(answer)
            chart = replace(chart, y=(int(answer),) if y is None else y)
        else:
            chart = replace(chart, group=None if answer == "none" else int(answer))
        self.chart = chart
        self.post_message(self.Changed(self, chart))
        self._draw()
        self._tell()


def _items(
    table: pa.Table, chart: Chart | None, width: int, height: int, zone: str, truncated: bool
) -> tuple[list[Item], Chart | None]:
    from lakeshell.render.charts import chart_lines, suggest

    try:
        chart = chart or suggest(table)
        if chart is None:
            return [Item(line(("There are no rows to draw.", "muted")))], None
        room = height - 1 if truncated else height
        drawn = chart_lines(chart, table, width=width, height=room, time_zone=zone)
    except LakeshellError as error:
        hint = f" {error.hint}" if error.hint else ""
        return [Item(line((f"{error.message}{hint}", "warning")))], chart
    # Data can be odd in ways that nobody has thought of; the chart is not worth a program.
    except Exception as error:
        return [Item(line((f"This cannot be drawn: {error}", "warning")))], chart
    items = []
    for pieces in drawn:
        text = Text(no_wrap=True, end="")
        for piece in pieces:
            role = "muted" if piece.faint else "" if piece.color is None else f"c{piece.color % 8}"
            if piece.on is not None:
                role = f"{role} on c{piece.on % 8}"
            text.append(piece.text, style=role)
        items.append(Item(text))
    if truncated:
        items.append(Item(line(("drawn: only the rows that were fetched", "muted"))))
    return items, chart
