"""Component styles that are laid over others."""

from __future__ import annotations

from rich.style import Style
from textual.widget import Widget


def part_style(widget: Widget, name: str) -> Style:
    """What the sheet says of a component and of nothing else, its colours mixed with what they
    stand on: a partial style of Textual's leaves half-transparent colours whole, and takes
    `$text-muted` for white."""
    part = widget.get_component_rich_style(name, partial=True)
    whole = widget.get_component_rich_style(name)
    return part + Style(
        color=whole.color if part.color else None,
        bgcolor=whole.bgcolor if part.bgcolor else None,
    )
