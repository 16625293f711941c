"""Which columns are shown, in what width, and where each begins; no widget, no Arrow.

Columns go by their number in the table, since names may repeat. A *place* is a position among the
columns that are shown, from 0 at the left.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

GAP = 2  # cells around a column's text: a blank on both sides
NARROWEST, WIDEST_AT_FIRST, WIDEST = 3, 40, 2_000
_LEAST_SCROLLED = 10  # cells that frozen columns leave to the others


@dataclass(frozen=True)
class Span:
    """A column on the screen: it begins at cell `x` of the line, `width` cells of it are visible
    from cell `skip` of the column on."""

    place: int
    column: int
    x: int
    skip: int
    width: int


class ColumnLayout:
    """The columns of one table. `wanted` are the widths their texts would need, in cells."""

    def __init__(self, wanted: Sequence[int]) -> None:
        self._wanted = list(wanted)
        self._chosen: dict[int, int] = {}  # widths a person set
        self._room = 0
        self.order = list(range(len(wanted)))
        self.frozen = 0
        self._layout()

    @property
    def hidden(self) -> int:
        """How many columns are not shown."""
        return len(self._wanted) - len(self.order)

    @property
    def total(self) -> int:
        """Cells that all shown columns take."""
        return self._ends[-1] if self._ends else 0

    def width(self, column: int) -> int:
        """Cells of a column's text, without the gap."""
        return self._widths[column]

    def start(self, place: int) -> int:
        """The cell in which the column at this place begins."""
        return self._ends[place - 1] if place else 0

    def place(self, column: int) -> int | None:
        """Where a column is shown, None if it is hidden."""
        return self._places.get(column)

    def set_room(self, room: int) -> None:
        """The screen's width, in cells: what is left over goes to columns that were cut."""
        self._room = room
        self._layout()

    def resize(self, column: int, by: int) -> None:
        """Make a column wider or narrower by some cells."""
        width = self._widths[column] + by
        self._chosen[column] = max(NARROWEST, min(width, WIDEST))
        self._layout()

    def fit(self, column: int, width: int) -> None:
        """Make a column as wide as a text of some cells."""
        self.resize(column, width - self._widths[column])

    def hide(self, place: int) -> bool:
        """Hide the column at this place, unless it is the last one shown."""
        if len(self.order) < 2:
            return False
        del self.order[place]
        if place < self.frozen:
            self.frozen -= 1
        self._layout()
        return True

    def show_all(self) -> None:
        """Show the hidden columns again, each where it was."""
        self.order = list(range(len(self._wanted)))
        self._layout()

    def frozen_width(self) -> int:
        """Cells of the frozen columns; never all of the screen."""
        return max(0, min(self.start(self.frozen), self._room - _LEAST_SCROLLED))

    def spans(self, scroll: int, room: int) -> list[Span]:
        """The columns that are visible when the others are scrolled by `scroll` cells."""
        fixed = self.frozen_width()
        spans = [
            Span(place, self.order[place], start, 0, min(self._outer(place), fixed - start))
            for place in range(self.frozen)
            if (start := self.start(place)) < fixed
        ]
        # The cell of the first scrolled column that stands right of the frozen ones.
        first = self.start(self.frozen) + scroll
        place = max(bisect_right(self._ends, first), self.frozen)
        x = fixed
        while place < len(self.order) and x < room:
            skip = max(0, first - self.start(place))
            width = min(self._outer(place) - skip, room - x)
            spans.append(Span(place, self.order[place], x, skip, width))
            x += width
            place += 1
        return spans

    def scroll_to(self, place: int, scroll: int, room: int) -> int:
        """The scroll offset, nearest to `scroll`, at which the column at `place` is visible."""
        if place < self.frozen:
            return scroll
        start = self.start(place) - self.start(self.frozen)
        available = room - self.frozen_width()
        if start < scroll or self._outer(place) >= available:
            return start
        return max(scroll, start + self._outer(place) - available)

    @property
    def scrolled_width(self) -> int:
        """Cells a scroll area needs: the visible part of the frozen columns and all others."""
        return self.frozen_width() + self.total - self.start(self.frozen)

    def _outer(self, place: int) -> int:
        return self.start(place + 1) - self.start(place)

    def _layout(self) -> None:
        self._widths = [
            self._chosen.get(column, min(max(wanted, NARROWEST), WIDEST_AT_FIRST))
            for column, wanted in enumerate(self._wanted)
        ]
        spare = self._room - sum(self._widths[column] + GAP for column in self.order)
        cut = [
            column
            for column in self.order
            if column not in self._chosen and self._wanted[column] > self._widths[column]
        ]
        # Narrow ones first: what they leave is shared by the rest.
        cut.sort(key=lambda column: self._wanted[column])
        for position, column in enumerate(cut):
            if spare <= 0:
                break
            share = spare // (len(cut) - position)
            more = min(share, self._wanted[column] - self._widths[column])
            self._widths[column] += more
            spare -= more
        self._ends = list(accumulate(self._widths[column] + GAP for column in self.order))
        self._places = {column: place for place, column in enumerate(self.order)}
        self.frozen = min(self.frozen, len(self.order))
