"""The dock's Files: how many data files of which size, in which partitions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from lakeshell.render.metrics import format_bytes
from lakeshell.tui.panes.dock_facts import TableFacts
from lakeshell.tui.panes.dock_tab import DockTab
from lakeshell.tui.panes.dock_words import heading, histogram, joined, layout_line, shown

if TYPE_CHECKING:
    from lakeshell.delta.log import Snapshot
    from lakeshell.session.session import Session

_MOST_PARTITIONS = 50
_LARGEST = 10


class FilesTab(DockTab):
    """Draws the current version's files summed up."""

    what = "files"

    def compose(self) -> ComposeResult:
        """One text that scrolls."""
        yield self._state
        with VerticalScroll(can_focus=True):
            yield Static(id="files-text", markup=False)

    def read(self, session: Session, facts: TableFacts) -> Text:
        """The text: summing up a hundred thousand files is for a thread, too."""
        return joined(list(files_lines(facts.snapshot(session), facts.name)))

    def draw(self, found: Any) -> None:
        """Show it."""
        self.query_one("#files-text", Static).update(found)

    def clear(self) -> None:
        """Show nothing."""
        self.query_one("#files-text", Static).update("")


def files_lines(snapshot: Snapshot, name: str) -> Iterator[Text]:
    """Everything the tab tells."""
    from lakeshell.delta.files import small_file_warning
    from lakeshell.delta.wording import counted

    yield Text(layout_line(snapshot), style="bold")
    yield Text(f"version {snapshot.version}", style="dim")
    if not snapshot.files:
        return
    warning = small_file_warning(snapshot.files, name)
    if warning:
        yield Text(f"⚠ {shown(warning)}", style="yellow")
    yield Text()
    yield heading("Sizes")
    yield from histogram(snapshot.files)
    if snapshot.partition_columns:
        yield Text()
        yield from _partitions(snapshot)
    yield Text()
    yield heading("Largest")
    for file in sorted(snapshot.files, key=lambda f: -f.size)[:_LARGEST]:
        rows = "" if file.rows is None else f"  {counted(file.rows, 'row')}"
        yield Text.assemble(f"{format_bytes(file.size):>10}{rows}  ", (shown(file.path), "dim"))


def _partitions(snapshot: Snapshot) -> Iterator[Text]:
    from lakeshell.delta.wording import counted

    sums: dict[tuple[str | None, ...], tuple[int, int]] = {}
    for file in snapshot.files:
        key = tuple(file.partition.get(column) for column in snapshot.partition_columns)
        count, size = sums.get(key, (0, 0))
        sums[key] = count + 1, size + file.size
    yield heading(counted(len(sums), "partition"))
    largest = sorted(sums.items(), key=lambda entry: -entry[1][1])
    for key, (count, size) in largest[:_MOST_PARTITIONS]:
        pairs = zip(snapshot.partition_columns, key, strict=True)
        place = "/".join(f"{name}={'NULL' if v is None else v}" for name, v in pairs)
        amount = f"  {counted(count, 'file')}, {format_bytes(size)}"
        yield Text.assemble(shown(place), (amount, "dim"))
    if len(sums) > _MOST_PARTITIONS:
        yield Text(f"and {len(sums) - _MOST_PARTITIONS:,} more", style="dim")
