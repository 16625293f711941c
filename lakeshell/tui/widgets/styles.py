"""Component styles that are laid over others."""

from __future__ import annotations

from rich.style import Style
from textual.widget import Widget


def part_style(widget: Widget, name: str) -> Style:
    """What the sheet says of a component and of nothing else, its colour as it is on the widget's
    background: a partial style of Textual's leaves half-transparent colours whole, and takes
    `$text-muted` for white."""
    part = widget.get_component_rich_style(name, partial=True)
    if part.color is None:
        return part
    return part + Style(color=widget.get_component_rich_style(name).color)
