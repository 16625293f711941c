"""How the screen is divided: which panes are shown, how large, which one has it all.

What the person decides is remembered; until they do, the width of the terminal decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from textual.containers import Horizontal, Vertical
from textual.widget import Widget

CATALOG_FROM = 100  # columns of the terminal
DOCK_FROM = 140
_NARROWEST = 16
_ROOM = 30  # columns that stay for the editor
_CATALOG_LEAST, _DOCK_LEAST = 20, 36  # columns beside each other; below that one gives way


@dataclass(frozen=True)
class Layout:
    """Columns of the sides, the share of the results in the centre's height (0 to 1), and whether
    the sides are shown: None is as the terminal's width allows."""

    catalog_width: int = 30
    dock_width: int = 44
    results_share: float = 0.5
    catalog: bool | None = None
    dock: bool | None = None

    @classmethod
    def restored(cls, remembered: Any) -> Layout:
        """From what `asdict` gave; what does not fit is as at first."""
        if not isinstance(remembered, Mapping):
            return cls()
        try:
            layout = cls(**remembered)
            return replace(
                layout,
                catalog_width=max(_NARROWEST, int(layout.catalog_width)),
                dock_width=max(_NARROWEST, int(layout.dock_width)),
                results_share=min(0.9, max(0.1, float(layout.results_share))),
            )
        except (TypeError, ValueError):
            return cls()

    def remembered(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return asdict(self)


class Division:
    """Applies a layout to the panes."""

    def __init__(
        self,
        catalog: Widget,
        editor: Widget,
        results: Widget,
        dock: Widget,
        layout: Layout,
        plugged: Sequence[Widget] = (),
    ) -> None:
        self.layout = layout
        self.zoomed: Widget | None = None
        self._catalog = catalog
        self._editor = editor
        self._results = results
        self._dock = dock
        self._plugged = plugged  # panes of plugins
        self._latest = catalog  # the side that was asked for last

    def sides(self, columns: int) -> dict[Widget, int]:
        """The sides that are shown in a terminal of that many columns, and their widths. Where
        there is no room for both, the one that was asked for last."""
        layout, room = self.layout, max(_NARROWEST, columns - _ROOM)
        shown = {}
        if columns >= CATALOG_FROM if layout.catalog is None else layout.catalog:
            shown[self._catalog] = min(layout.catalog_width, room)
        if columns >= DOCK_FROM if layout.dock is None else layout.dock:
            shown[self._dock] = min(layout.dock_width, room)
        both = sum(shown.values())
        if len(shown) < 2 or both <= room:
            return shown
        if room < _CATALOG_LEAST + _DOCK_LEAST:
            return {self._latest: shown[self._latest]}
        catalog = max(_CATALOG_LEAST, room * shown[self._catalog] // both)
        catalog = min(catalog, room - _DOCK_LEAST)
        return {self._catalog: catalog, self._dock: room - catalog}

    def apply(self, columns: int) -> None:
        """Show the panes in a terminal of that many columns."""
        zoomed, sides = self.zoomed, self.sides(columns)
        shown = {self._editor, self._results, *self._plugged, *sides}
        for pane in (self._catalog, self._editor, self._results, self._dock, *self._plugged):
            pane.display = pane is zoomed if zoomed is not None else pane in shown
        for pane in self._plugged:
            pane.styles.width = pane.styles.height = None  # the sheet's, again
        centre = self._editor.parent
        if isinstance(centre, (Vertical, Horizontal)):
            centre.display = zoomed is None or zoomed.parent is centre
        if zoomed is None:
            for side, width in sides.items():
                side.styles.width = width
            share = round(self.layout.results_share * 100)
            self._editor.styles.height = f"{100 - share}fr"
            self._results.styles.height = f"{share}fr"
        else:
            zoomed.styles.width = "1fr"
            zoomed.styles.height = "1fr"

    def toggle(self, pane: Widget, columns: int) -> bool:
        """Show or hide a side; whether it is shown now."""
        shown = pane not in self.sides(columns)
        self.show(pane, shown)
        return shown

    def show(self, pane: Widget, shown: bool) -> None:
        """Show or hide a side, and end a zoom that would cover it."""
        self.zoomed = None
        if shown:
            self._latest = pane
        if pane is self._catalog:
            self.layout = replace(self.layout, catalog=shown)
        else:
            self.layout = replace(self.layout, dock=shown)

    def zoom(self, pane: Widget) -> None:
        """Give one pane the whole screen, or all of them their places again."""
        for styled in (self._catalog, self._editor, self._results, self._dock):
            styled.styles.height = None
        self._catalog.styles.height = self._dock.styles.height = "1fr"
        self.zoomed = None if self.zoomed is not None else pane

    def resize(self, pane: Widget, direction: str, by: int, columns: int, rows: int) -> None:
        """Make the pane with the focus wider or higher, in a terminal of that size."""
        layout, most = self.layout, max(_NARROWEST, columns - _ROOM)
        if direction == "height":
            share = by / max(rows, 1) * (1 if pane is self._results else -1)
            self.layout = replace(
                layout, results_share=min(0.9, max(0.1, layout.results_share + share))
            )
        elif pane is self._dock:
            width = min(layout.dock_width + by, most)
            self.layout = replace(layout, dock_width=max(_NARROWEST, width))
        else:
            width = min(layout.catalog_width + (by if pane is self._catalog else -by), most)
            self.layout = replace(layout, catalog_width=max(_NARROWEST, width))
