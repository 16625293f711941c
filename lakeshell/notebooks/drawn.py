"""Figures that cells have drawn, as they go into a file of an executed notebook."""

from __future__ import annotations

import base64
from pathlib import Path

from lakeshell.session.result import Figure

_PNG = b"\x89PNG\r\n\x1a\n"


def png_of(figure: Figure) -> str:
    """Its image in base64; empty where it is none, as plotly's pages, or gone."""
    if not figure.path.endswith(".png"):
        return ""
    try:
        content = Path(figure.path).read_bytes()
    except OSError:
        return ""
    return base64.b64encode(content).decode() if content.startswith(_PNG) else ""
