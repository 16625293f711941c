"""A series of numbers in one line of text."""

from __future__ import annotations

from collections.abc import Sequence

_BLOCKS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float], width: int) -> str:
    """The last `width` values as blocks, the highest of them full; blanks where there are none."""
    shown = list(values)[-width:] if width > 0 else []
    top = max(shown, default=0.0)
    if top <= 0:
        return (_BLOCKS[0] * len(shown)).rjust(max(width, 0))
    last = len(_BLOCKS) - 1
    marks = "".join(_BLOCKS[round(max(v, 0.0) / top * last)] for v in shown)
    return marks.rjust(width)
