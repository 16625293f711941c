"""The dock's Schema: columns and what is known of them, constraints, properties, where it lies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from lakeshell.render.metrics import format_bytes, format_count
from lakeshell.tui.panes.dock_facts import TableFacts
from lakeshell.tui.panes.dock_tab import DockTab
from lakeshell.tui.panes.dock_words import field, heading, joined, shown
from lakeshell.tui.panes.spark_call import SparkCall

if TYPE_CHECKING:
    from lakeshell.delta.description import Description
    from lakeshell.delta.log import Snapshot
    from lakeshell.delta.tables import DeltaTable
    from lakeshell.session.session import Session

_MOST_COLUMNS = 500
_CONSTRAINT = "delta.constraints."
_TOLD = ("Type", "Provider", "Comment", "Location", "Owner", "Created Time", "Statistics")


@dataclass(frozen=True)
class _Read:
    """`delta` and `snapshot` are None for what is no Delta table, and until they have come."""

    described: Description
    delta: DeltaTable | None = None
    snapshot: Snapshot | None = None


class SchemaTab(DockTab):
    """Draws the columns at once and their statistics when the log has been read."""

    def compose(self) -> ComposeResult:
        """One text that scrolls."""
        yield self._state
        with VerticalScroll(can_focus=True):
            yield Static(id="schema-text", markup=False)

    async def load(self, facts: TableFacts) -> None:
        """Columns first: the log of a large table takes its time."""

        def describe(session: Session, _: object) -> _Read:
            return _Read(facts.description(session))

        def all_of_it(session: Session, _: object) -> _Read:
            return _Read(facts.description(session), facts.delta(session), facts.snapshot(session))

        found = await SparkCall(self._bench, describe).result()
        if facts is not self.facts:
            return
        if found.described.is_delta and not found.described.is_view:
            if not self.loads:
                self.draw(found)
            found = await SparkCall(self._bench, all_of_it).result()
        if facts is self.facts:
            self.draw(found)
            self.say(None)
            self.drawn()

    def choose(self, facts: TableFacts | None) -> None:
        """Another table: its columns are drawn before the rest of it is known."""
        self.loads = 0
        super().choose(facts)

    def draw(self, found: Any) -> None:
        """Show it."""
        self.query_one("#schema-text", Static).update(joined(list(schema_lines(found))))

    def clear(self) -> None:
        """Show nothing."""
        self.query_one("#schema-text", Static).update("")


def schema_lines(found: _Read) -> Iterator[Text]:
    """Everything the tab tells."""
    described, snapshot = found.described, found.snapshot
    comment = (snapshot.comment if snapshot else None) or described.details.get("Comment")
    if comment:
        yield Text(shown(comment), style="italic")
    if snapshot is not None:
        yield Text(_amount(snapshot), style="dim")
    fields: Mapping[str, Any] = {}
    if snapshot is not None:
        fields = {f["name"]: f for f in snapshot.schema["fields"]}
    clustered = described.clustering_columns
    if found.delta is not None:
        clustered = tuple(found.delta.detail.get("clusteringColumns") or clustered)
    count = len(described.columns)
    yield heading(f"{format_count(count)} column{'' if count == 1 else 's'}")
    for column in described.columns[:_MOST_COLUMNS]:
        marks = [
            word
            for word, names in (
                ("partition", described.partition_columns),
                ("cluster", clustered),
            )
            if column.name in names
        ]
        yield from _column(column.name, column.type, column.comment, marks, fields, snapshot)
    if count > _MOST_COLUMNS:
        yield Text(f"and {count - _MOST_COLUMNS:,} more; DESCRIBE lists them all", style="dim")
    yield from _rest(found)


def _amount(snapshot: Snapshot) -> str:
    from lakeshell.delta.wording import counted

    rows = "" if snapshot.rows is None else f"{counted(snapshot.rows, 'row')} · "
    files = counted(len(snapshot.files), "file")
    return f"{rows}{format_bytes(snapshot.size)} in {files} · version {snapshot.version}"


def _column(
    name: str,
    kind: str,
    comment: str | None,
    marks: Sequence[str],
    fields: Mapping[str, Any],
    snapshot: Snapshot | None,
) -> Iterator[Text]:
    line = Text.assemble((shown(name), "bold"), " ", (shown(kind), "cyan"))
    of_log = fields.get(name, {})
    if of_log and not of_log["nullable"]:
        line.append(" NOT NULL", "yellow")
    for mark in marks:
        line.append(f" ◆{mark}", "magenta")
    yield line
    if comment:
        yield Text(f"  {shown(comment)}", style="italic dim")
    made = _made(of_log.get("metadata", {}))
    if made:
        yield Text(f"  {shown(made)}", style="dim")
    if snapshot is not None and snapshot.files:
        told = _statistics(snapshot, name, name in snapshot.partition_columns)
        if told:
            yield Text(f"  {told}", style="dim")


def _made(metadata: Mapping[str, Any]) -> str:
    """How a column gets a value that nobody gives."""
    if "delta.generationExpression" in metadata:
        return f"generated as {metadata['delta.generationExpression']}"
    if "delta.identity.start" in metadata:
        step = metadata["delta.identity.step"]
        return f"identity from {metadata['delta.identity.start']} by {step}"
    if "CURRENT_DEFAULT" in metadata:
        return f"default {metadata['CURRENT_DEFAULT']}"
    return ""


def _statistics(snapshot: Snapshot, name: str, is_partition: bool) -> str:
    from lakeshell.delta.statistics import column_statistics
    from lakeshell.delta.wording import counted

    if is_partition:
        values = {file.partition.get(name) for file in snapshot.files}
        return counted(len(values), "partition")
    found = column_statistics(snapshot.files, name)
    told = [shown(found.span)] if found.span else []
    if found.nulls:
        told.append(counted(found.nulls, "NULL"))
    elif found.nulls == 0 and found.span:
        told.append("no NULLs")
    return ", ".join(told)


def _rest(found: _Read) -> Iterator[Text]:
    described, snapshot = found.described, found.snapshot
    properties = dict(snapshot.properties) if snapshot else {}
    constraints = {
        key.removeprefix(_CONSTRAINT): value
        for key, value in properties.items()
        if key.startswith(_CONSTRAINT)
    }
    if constraints:
        yield Text()
        yield heading("Constraints")
        for name, check in sorted(constraints.items()):
            yield field(shown(name), f"CHECK ({check})")
    text = described.details.get("View Text")
    if described.is_view:
        yield Text()
        yield heading("View")
        yield Text(shown_page(text or "A view of this session; Spark does not tell its text."))
    told = [(name, described.details[name]) for name in _TOLD if described.details.get(name)]
    if told:
        yield Text()
        yield heading("Table")
        for name, value in told:
            yield field(name.lower(), _location(found) if name == "Location" else value)
    rest = {k: v for k, v in sorted(properties.items()) if not k.startswith(_CONSTRAINT)}
    if rest:
        yield Text()
        yield heading("Properties")
        for name, value in rest.items():
            yield field(shown(name), value)


def _location(found: _Read) -> str:
    # Delta knows the path as people do; the catalog has it with its scheme.
    if found.delta is not None:
        return found.delta.location
    return found.described.details["Location"]


def shown_page(text: str) -> str:
    """A text of several lines, neutralised, cut where it would be endless."""
    from lakeshell.render.safe_text import safe_text

    return safe_text(text[:20_000], multiline=True)
