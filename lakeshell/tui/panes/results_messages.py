"""What became of every statement of a run, in lines: outcome, rows, time, remarks, errors."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from lakeshell.errors import LakeshellError, Position, StatementError
from lakeshell.render.errors import render_error
from lakeshell.render.metrics import format_seconds, metrics_sentence, rows
from lakeshell.render.safe_text import fit, safe_text
from lakeshell.tui.panes.results_lines import Item, line, paragraph

if TYPE_CHECKING:
    from lakeshell.tui.panes.results_model import Statement, TabResults

_MARKS = {
    "ok": ("✓", "success"),
    "failed": ("✗", "error"),
    "cancelled": ("◼", "warning"),
    "running": ("▶", "accent"),
}
_WIDEST = 100
_MOST_STATEMENTS = 2_000  # that are listed, the last ones


def message_items(tab: TabResults) -> list[Item]:
    """The lines of the Messages tab; keys are ("place", Position)."""
    items: list[Item] = []
    if tab.dropped:
        items.append(
            Item(line((f"The first {rows_of(tab.dropped)} are no longer kept.", "warning")))
        )
    if (unlisted := len(tab.statements) - _MOST_STATEMENTS) > 0:
        items.append(Item(line((f"The first {unlisted:,} statements are not listed.", "muted"))))
    for statement in tab.statements[-_MOST_STATEMENTS:]:
        items += _statement(statement)
    return items


def rows_of(count: int) -> str:
    """`3 results`."""
    return f"{count:,} result{'' if count == 1 else 's'}"


def outcome_of(statement: Statement) -> str:
    """What a statement did, in a few words, not safe yet."""
    if statement.outcome == "running":
        return "running"
    took = format_seconds(statement.elapsed)
    if statement.outcome == "cancelled":
        return f"cancelled after {took}"
    if statement.outcome == "failed":
        return f"failed after {took}"
    parts = []
    for result in statement.results:
        if result.table is not None:
            more = " of more" if result.truncated else ""
            parts.append(f"{rows(result.row_count)}{more}")
        elif result.metrics:
            parts.append(metrics_sentence(result.metrics))
    return ", ".join([*(parts[:5] or ["OK"]), took])


def _statement(statement: Statement) -> list[Item]:
    mark, role = _MARKS.get(statement.outcome, ("·", "muted"))
    place = statement.error_position or statement.position
    key = ("place", place) if place is not None else None
    where = f"line {place.line}  " if place is not None else ""
    head = line(
        (f"{mark} ", role),
        (f"{statement.number}  ", "muted"),
        fit(safe_text(statement.first_line), _WIDEST),
    )
    items = [Item(head, key, copied=statement.text, indent=2)]
    items.append(Item(line("    ", (where, "muted"), (outcome_of(statement), role)), indent=4))
    for notice in statement.notices:
        role = "warning" if notice.level == "warning" else "muted"
        items += _indented(notice.text, role)
    if statement.error is not None and statement.outcome != "cancelled":
        items += _indented(statement.error.message, "error", key)
        if statement.error.hint:
            items += _indented(f"hint: {statement.error.hint}", "accent")
    return items


def _indented(text: str, role: str, key: object = None) -> list[Item]:
    items = []
    for number, one in enumerate(safe_text(text, multiline=True).split("\n")):
        items.append(Item(line("    ", (one, role)), None if number else key, indent=4))
    return items


def error_items(error: LakeshellError, position: Position | None, width: int) -> list[Item]:
    """An error in full: sentence, place with a caret, what helps; of a cell its traceback."""
    shown = copy.copy(error)
    if isinstance(shown, StatementError):
        shown.position = position
    items: list[Item] = []
    key = ("place", position) if position is not None else None
    for one in render_error(shown, width=max(width, 20)).split("\n"):
        role = "accent" if one.startswith(("hint: ", "usage: ")) else ""
        if one.startswith("Error"):
            head, _, rest = one.partition(": ")
            items.append(Item(line((f"{head}: ", "error"), rest), key))
        else:
            items += [Item(item.text, None) for item in paragraph(one, role)]
    return items
