"""How far a statement is, on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakeshell.render.metrics import format_bytes, format_seconds
from lakeshell.render.safe_text import fit, safe_text

if TYPE_CHECKING:
    from lakeshell.session.result import Progress

_BAR = 20  # cells


def progress_line(progress: Progress, width: int, *, unicode: bool = True) -> str:
    """`██████░░░░ stage 2/3 · tasks 12/40 · 3.1 MiB · 4.20 s`, at most `width` cells wide."""
    full, empty, dot = ("█", "░", " · ") if unicode else ("#", ".", ", ")
    filled = min(round(_BAR * progress.fraction), _BAR)
    stage = min(progress.stages_done + 1, progress.stages_total)
    parts = []
    if progress.doing:
        parts.append(safe_text(progress.doing))
    elif progress.stages_total:
        parts.append(f"stage {stage}/{progress.stages_total}")
        parts.append(f"tasks {progress.tasks_done}/{progress.tasks_total}")
    if progress.bytes_read:
        parts.append(format_bytes(progress.bytes_read))
    parts.append(format_seconds(progress.elapsed))
    return fit(
        f"{full * filled}{empty * (_BAR - filled)} {dot.join(parts)}",
        width,
        ellipsis="…" if unicode else "...",
    )
