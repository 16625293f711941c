"""The widgets of outputs: a grid for rows, lines for text and errors."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Any

from textual.widget import Widget

from lakeshell.errors import LakeshellError
from lakeshell.session.result import Result
from lakeshell.tui.panes.results_lines import Item, LinesView, line, paragraph
from lakeshell.tui.panes.results_messages import error_items
from lakeshell.tui.panes.results_model import Output

if TYPE_CHECKING:
    from lakeshell.tui.widgets.grid import ResultGrid

_MOST_LINES = 20_000  # of a printed text that are shown, the last ones


class OutputViews:
    """Makes them when they are first looked at, by `mount`, and draws those that are lines."""

    def __init__(self, mount: Callable[[Widget], object]) -> None:
        self._mount = mount
        self._views: dict[int, Widget] = {}
        self._shown: dict[int, tuple[int, int]] = {}  # revision of the text, and its width

    def all(self) -> Iterable[Widget]:
        """Those that have been made."""
        return self._views.values()

    def of(self, output: Output, time_zone: str) -> Widget:
        """That of an output."""
        view = self._views.get(output.id)
        if view is None:
            view = self._views[output.id] = _made(output, time_zone)
            self._mount(view)
        return view

    def grid_of(self, output: Output) -> ResultGrid | None:
        """The grid of an output; None when it has not been looked at, or is no rows."""
        from lakeshell.tui.widgets.grid import ResultGrid

        view = self._views.get(output.id)
        return view if isinstance(view, ResultGrid) else None

    def extend(self, output: Output, result: Result) -> None:
        """More rows of an output have come."""
        grid = self.grid_of(output)
        if grid is not None and result.table is not None:
            grid.extend(result.table, truncated=result.truncated)

    def drop(self, id: int) -> None:
        """Remove the widget of an output that is gone."""
        self._shown.pop(id, None)
        if (view := self._views.pop(id, None)) is not None:
            view.remove()

    def keep(self, ids: Collection[int]) -> None:
        """Remove those of all other outputs."""
        for id in [id for id in self._views if id not in ids]:
            self.drop(id)

    def draw(self, output: Output, width: int) -> None:
        """Show the text or the error of an output, `width` cells wide, if it is not shown yet."""
        view = self._views[output.id]
        if not isinstance(view, LinesView):
            return
        revision = output.revision, width
        if self._shown.get(output.id) == revision:
            return
        is_new = output.id not in self._shown
        self._shown[output.id] = revision
        body = output.body
        if isinstance(body, LakeshellError):
            position = output.statement.error_position
            view.show(error_items(body, position, width - 4), keep=not is_new)
        elif isinstance(body, list):
            view.show(_printed("".join(body), output.shortened), end=True)
        else:
            view.show(paragraph(_long_text(body) or ""), keep=not is_new)


def _made(output: Output, time_zone: str) -> Widget:
    body = output.body
    if isinstance(body, LakeshellError):
        return LinesView(classes="output-error")
    if isinstance(body, list) or _long_text(body) is not None:
        return LinesView(classes="output-text")
    from lakeshell.tui.widgets.grid import ResultGrid

    return ResultGrid(body.table, time_zone=time_zone, truncated=body.truncated)


def _printed(text: str, is_shortened: bool) -> list[Item]:
    text = text.rstrip("\n")
    shown = _last_lines(text, _MOST_LINES)
    items = paragraph(shown)
    if len(shown) < len(text) or is_shortened:
        items.insert(0, Item(line(("… what came before is not shown", "warning"))))
    return items


def _last_lines(text: str, most: int) -> str:
    at = len(text)
    for _ in range(most):
        at = text.rfind("\n", 0, at)
        if at < 0:
            return text
    return text[at + 1 :]


def _long_text(result: Result) -> str | None:
    """The text of a result that is one text of several lines (EXPLAIN, SHOW CREATE TABLE)."""
    table = result.table
    if table is None or not result.metadata or table.num_rows != 1 or table.num_columns != 1:
        return None
    value: Any = table.column(0)[0].as_py()
    return value if isinstance(value, str) and "\n" in value else None
