"""What the results pane says about a tab in a few words."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from lakeshell.errors import LakeshellError
from lakeshell.render.metrics import format_count, format_seconds, rows
from lakeshell.render.safe_text import safe_text
from lakeshell.tui.panes.results_lines import Item, line
from lakeshell.tui.panes.results_messages import message_items, outcome_of

if TYPE_CHECKING:
    from lakeshell.tui.panes.results_model import TabResults


def status_words(tab: TabResults) -> str:
    """What is in front: rows, whether there are more, time. Safe text."""
    output = tab.output
    if tab.is_running:
        return f"running, {format_seconds(time.monotonic() - tab.began)}"
    if output is None:
        return safe_text(outcome_of(tab.statements[-1])) if tab.statements else ""
    result = output.result
    if result is None:
        words = "failed" if isinstance(output.body, LakeshellError) else "text"
        return f"{words}, {format_seconds(output.statement.elapsed)}"
    count = rows(result.row_count)
    if result.truncated:
        count = f"{format_count(result.row_count)} of >{rows(result.row_count)}"
    return f"{count}, {format_seconds(result.elapsed)}"


def empty_items(tab: TabResults) -> list[Item]:
    """What stands where results will be."""
    if tab.is_running:
        return [muted_item("Running … escape cancels it.")]
    if tab.statements:
        return message_items(tab)
    words = (
        ("", "No results yet.", ""),
        ("F5", " or ctrl+j", " runs the statement at the cursor or the selection"),
        ("F7", "", " runs the whole tab"),
        ("alt+q", "", " shows the statement's plan without running it"),
        ("F8", "", " the history"),
        ("F1", "", " all keys"),
        ("1 … 5", "", " here: the part"),
        ("[ ]", "", " the result"),
        ("p", "", " pins it"),
        ("ctrl+w", "", " closes it"),
    )
    return [Item(line((key, "accent"), (also, "strong"), rest)) for key, also, rest in words]


def muted_item(words: str) -> Item:
    """A remark instead of what is not there."""
    return Item(line((words, "muted")))
