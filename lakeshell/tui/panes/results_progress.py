"""How far a run is, in lines: a bar a stage, tasks, bytes, and whether one task is much slower."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from rich.text import Text

from lakeshell.render.metrics import format_bytes, format_count, format_seconds
from lakeshell.render.safe_text import fit, safe_text
from lakeshell.tui.panes.results_lines import Item, line

if TYPE_CHECKING:
    from lakeshell.tui.panes.results_model import TabResults

_SKEWED = 4.0  # times the median
_MOST_STAGES = 60


def progress_items(tab: TabResults, width: int) -> list[Item]:
    """The lines of the Progress tab."""
    if not tab.statements:
        return [Item(line(("Nothing has been run yet.", "muted")))]
    statement = tab.statements[-1]
    took = (
        time.monotonic() - statement.began if statement.outcome == "running" else statement.elapsed
    )
    items = [
        Item(
            line(
                (f"{statement.number}  ", "muted"),
                fit(safe_text(statement.first_line), max(width - 30, 20)),
                (f"  {statement.outcome}  {format_seconds(took)}", "accent"),
            )
        )
    ]
    progress = tab.progress
    if progress is not None:
        known = f"{format_count(progress.tasks_done)} of {format_count(progress.tasks_total)} tasks"
        parts = [safe_text(progress.doing) or known]
        if tab.is_running and not progress.doing:
            parts.append(f"{progress.tasks_running} running")
        if progress.bytes_read:
            parts.append(f"{format_bytes(progress.bytes_read)} read")
        items.append(Item(_bar(progress.fraction, "all", " · ".join(parts), width)))
    told = {int(one["id"]): one for one in tab.stages}
    stages: list[tuple[int, dict[str, Any]]] = [(id, one) for id, one in sorted(told.items())]
    if progress is not None:
        for stage in progress.stages:
            if stage.id not in told:
                one = {
                    "tasks": stage.tasks_total, "done": stage.tasks_done,
                    "bytes_read": stage.bytes_read, "status": "COMPLETE" if stage.done else "",
                }  # fmt: skip
                stages.append((stage.id, one))
            elif stage.tasks_done > int(told[stage.id].get("done") or 0):
                told[stage.id]["done"] = stage.tasks_done
    stages.sort(key=lambda pair: pair[0])
    if len(stages) > _MOST_STAGES:
        items.append(Item(line((f"… {len(stages) - _MOST_STAGES} stages before", "muted"))))
    for id, one in stages[-_MOST_STAGES:]:
        items += _stage(id, one, width)
    if progress is None and not stages:
        words = "Spark has not told of any tasks yet." if tab.is_running else "No Spark tasks."
        items.append(Item(line((words, "muted"))))
    return items


def _stage(id: int, one: dict[str, Any], width: int) -> list[Item]:
    total, done = int(one.get("tasks") or 0), int(one.get("done") or 0)
    parts = [f"{format_count(done)}/{format_count(total)}"]
    for key, word in (("running", "running"), ("failed", "failed")):
        if one.get(key):
            parts.append(f"{format_count(int(one[key]))} {word}")
    for key, word in (
        ("bytes_read", "read"),
        ("shuffle_read", "shuffled in"),
        ("shuffle_written", "shuffled out"),
        ("spilled", "spilled"),
    ):
        if one.get(key):
            parts.append(f"{format_bytes(int(one[key]))} {word}")
    items = [Item(_bar(done / total if total else 0.0, f"{id:>3}", " · ".join(parts), width))]
    skew = one.get("skew")
    if skew is not None and skew >= _SKEWED:
        sentence = f"      the slowest task took {skew:.0f} times the median: skewed data?"
        items.append(Item(line((sentence, "warning")), indent=6))
    if one.get("failed"):
        items.append(Item(line(("      tasks failed; Spark tries them again", "error")), indent=6))
    return items


def _bar(fraction: float, name: str, text: str, width: int) -> Text:
    room = min(max(width // 4, 8), 30)
    filled = round(min(max(fraction, 0.0), 1.0) * room)
    return line(
        (f"{name} ", "muted"),
        ("━" * filled, "bar"),
        ("━" * (room - filled), "rest"),
        f" {round(fraction * 100):>3}% ",
        (text, "muted"),
    )
