"""How the screen is divided: which panes are shown, how large, which one has it all.

What the person decides is remembered; until they do, the width of the terminal decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from textual.containers import Horizontal, Vertical
from textual.widget import Widget

CATALOG_FROM = 100  # columns of the terminal
DOCK_FROM = 140
_NARROWEST = 16
_ROOM = 30  # columns that stay for the editor


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
        self, catalog: Widget, editor: Widget, results: Widget, dock: Widget, layout: Layout
    ) -> None:
        self.layout = layout
        self.zoomed: Widget | None = None
        self._catalog = catalog
        self._editor = editor
        self._results = results
        self._dock = dock

    def is_shown(self, pane: Widget, columns: int) -> bool:
        """Whether a side is shown in a terminal of that many columns."""
        if pane is self._catalog:
            wanted, needed = self.layout.catalog, CATALOG_FROM
        else:
            wanted, needed = self.layout.dock, DOCK_FROM
        return columns >= needed if wanted is None else wanted

    def apply(self, columns: int, rows: int) -> None:
        """Show the panes in a terminal of that size."""
        layout, zoomed = self.layout, self.zoomed
        panes = (self._catalog, self._editor, self._results, self._dock)
        sides = (self._catalog, self._dock)
        for pane in panes:
            shown = pane not in sides or self.is_shown(pane, columns)
            pane.display = pane is zoomed if zoomed is not None else shown
        centre = self._editor.parent
        if isinstance(centre, (Vertical, Horizontal)):
            centre.display = zoomed is None or zoomed not in sides
        most = max(_NARROWEST, columns - _ROOM)
        if zoomed is None:
            self._catalog.styles.width = min(layout.catalog_width, most)
            self._dock.styles.width = min(layout.dock_width, most)
            share = round(layout.results_share * 100)
            self._editor.styles.height = f"{100 - share}fr"
            self._results.styles.height = f"{share}fr"
        else:
            zoomed.styles.width = "1fr"
            zoomed.styles.height = "1fr"

    def toggle(self, pane: Widget, columns: int) -> bool:
        """Show or hide a side; whether it is shown now."""
        shown = not self.is_shown(pane, columns)
        self.show(pane, shown)
        return shown

    def show(self, pane: Widget, shown: bool) -> None:
        """Show or hide a side, and end a zoom that would cover it."""
        self.zoomed = None
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

    def resize(self, pane: Widget, direction: str, by: int, rows: int) -> None:
        """Make the pane with the focus wider (columns) or higher (rows)."""
        layout = self.layout
        if direction == "height":
            share = by / max(rows, 1) * (1 if pane is self._results else -1)
            self.layout = replace(
                layout, results_share=min(0.9, max(0.1, layout.results_share + share))
            )
        elif pane is self._dock:
            self.layout = replace(layout, dock_width=max(_NARROWEST, layout.dock_width + by))
        else:
            by = by if pane is self._catalog else -by
            self.layout = replace(layout, catalog_width=max(_NARROWEST, layout.catalog_width + by))
