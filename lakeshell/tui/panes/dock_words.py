"""Pieces of text that several of the dock's tabs draw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rich.text import Text

from lakeshell.render.metrics import format_bytes
from lakeshell.render.safe_text import fit, safe_text

if TYPE_CHECKING:
    from lakeshell.delta.log import DataFile, Snapshot

_LONGEST = 600  # characters of a text that may be a whole page: a comment, a property
_BAR = 12  # cells of the longest bar


def heading(title: str) -> Text:
    """A line above a part."""
    return Text(title, style="bold underline")


def field(name: str, value: str) -> Text:
    """`name value`, the value neutralised."""
    return Text.assemble((f"{name} ", "dim"), shown(value))


def shown(value: str) -> str:
    """A text of data, neutralised, on one line, and cut where it would fill the screen."""
    return fit(safe_text(value), _LONGEST)


def joined(lines: Sequence[Text]) -> Text:
    """Lines below each other."""
    return Text("\n").join(lines)


def moment(time: datetime) -> str:
    """A time on one line; of today only the time of the day."""
    now = datetime.now(time.tzinfo)
    return f"{time:%H:%M:%S}" if time.date() == now.date() else f"{time:%Y-%m-%d}"


def layout_line(snapshot: Snapshot) -> str:
    """`4 files, 12.3 MiB, 3.1 MiB on average`."""
    from lakeshell.delta.wording import counted

    count = len(snapshot.files)
    if not count:
        return "no files"
    each = f", {format_bytes(snapshot.size // count)} on average" if count > 1 else ""
    return f"{counted(count, 'file')}, {format_bytes(snapshot.size)}{each}"


def histogram(files: Sequence[DataFile]) -> list[Text]:
    """How many files there are of which size, a line a size."""
    from lakeshell.delta.files import size_histogram

    bins = size_histogram(files)
    most = max((one.count for one in bins), default=1)
    labels = max((len(one.label) for one in bins), default=0)
    return [
        Text.assemble(
            (f"{one.label:>{labels}} ", "dim"),
            "█" * -(-one.count * _BAR // most) if one.count else "",
            f" {one.count:,}" if one.count else "",
        )
        for one in bins
    ]
