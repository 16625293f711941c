"""Counts, sizes and times in words, and the line below a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakeshell.render.safe_text import safe_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lakeshell.session.result import Result

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_VERBS = {
    "num_inserted_rows": "inserted",
    "num_updated_rows": "updated",
    "num_deleted_rows": "deleted",
}
# Files taken away and added, as OPTIMIZE's own row and as DESCRIBE HISTORY name them.
_COMPACTED = (("numFilesRemoved", "numFilesAdded"), ("numRemovedFiles", "numAddedFiles"))


def format_count(number: int) -> str:
    """`1,234,567`."""
    return f"{number:,}"


def format_bytes(number: int) -> str:
    """`12.3 MiB`."""
    size = float(number)
    for unit in _UNITS:
        if abs(size) < 1024 or unit == _UNITS[-1]:
            return f"{int(size)} B" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    raise AssertionError


def format_seconds(seconds: float) -> str:
    """`0.12 s`, `1 min 4 s`, `2 h 5 min`."""
    if round(seconds, 2) < 60:
        return f"{seconds:.2f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def rows(number: int) -> str:
    """`1 row`, `3 rows`."""
    return f"{format_count(number)} row{'' if number == 1 else 's'}"


def metrics_sentence(metrics: Mapping[str, int]) -> str:
    """What a write did: `3 rows inserted, 1 updated`, `2 files compacted into 1`.

    Counts of names not known here are told by their names.
    """
    parts = [
        (count, verb) for name, verb in _VERBS.items() if (count := metrics.get(name)) is not None
    ]
    told = [(count, verb) for count, verb in parts if count] or parts[:1]
    if told:
        first, *others = told
        words = [f"{rows(first[0])} {first[1]}"]
        words += [f"{format_count(count)} {verb}" for count, verb in others]
        return ", ".join(words)
    if "num_affected_rows" in metrics:
        return f"{rows(metrics['num_affected_rows'])} affected"
    for removed_name, added_name in _COMPACTED:
        if removed_name in metrics and added_name in metrics:
            removed, added = metrics[removed_name], metrics[added_name]
            if not removed and not added:
                return "no files to compact"
            noun = "file" if removed == 1 else "files"
            return f"{format_count(removed)} {noun} compacted into {format_count(added)}"
    return ", ".join(f"{safe_text(name)} {format_count(n)}" for name, n in metrics.items())


def summary_line(result: Result) -> str:
    """The line below a result: rows, whether there are more, what was changed, how long it took."""
    took = format_seconds(result.elapsed)
    if result.table is not None:
        more = " (more exist; --limit 0 shows all)" if result.truncated else ""
        return f"{rows(result.row_count)}{more}, {took}"
    if result.metrics:
        return f"{metrics_sentence(result.metrics)}, {took}"
    return f"OK, {took}"
