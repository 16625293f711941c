"""The dock's History: the versions of a Delta table, and what can be done with one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Button, DataTable, Static

from lakeshell.errors import LakeshellError
from lakeshell.render.metrics import format_count
from lakeshell.render.safe_text import safe_text
from lakeshell.sql.names import quote_name
from lakeshell.tui.keys import bindings
from lakeshell.tui.messages import TextRunRequested
from lakeshell.tui.panes.confirming import confirming_word
from lakeshell.tui.panes.dock_facts import TableFacts
from lakeshell.tui.panes.dock_tab import DockTab
from lakeshell.tui.panes.dock_words import field, joined, moment, shown
from lakeshell.tui.panes.spark_call import SparkCall

if TYPE_CHECKING:
    from lakeshell.delta.history import Version
    from lakeshell.delta.maintenance import RestorePlan
    from lakeshell.session.session import Session

_MOST = 500  # versions read
_PREVIEW = 100  # rows
_MOST_UNDONE = 6  # versions named in a question
_MARK = "◆"


class VersionsTable(DataTable[Text]):
    """Rows of versions. A click moves the cursor, two preview the version."""

    BINDINGS = bindings("versions")

    @dataclass
    class Wanted(Message):
        """Something is to be done with the version under the cursor: preview, mark, copy,
        restore."""

        act: str

    def action_want(self, act: str) -> None:
        """Let the tab do it."""
        self.post_message(self.Wanted(act))

    def action_select_cursor(self) -> None:
        """Enter."""
        self.action_want("preview")

    def on_click(self, event: events.Click) -> None:
        """Twice: like enter."""
        if event.chain == 2:
            self.action_want("preview")


class HistoryTab(DockTab):
    """Posts TextRunRequested, and TableChanged when a restore is over."""

    what = "history"

    def compose(self) -> ComposeResult:
        """The versions above what is known of the one under the cursor."""
        yield self._state
        yield VersionsTable(id="versions", cursor_type="row", zebra_stripes=True)
        with Horizontal(classes="dock-buttons", id="version-acts"):
            yield Button("Preview", id="preview", compact=True)
            yield Button("Compare", id="mark", compact=True)
            yield Button("Copy", id="copy", compact=True)
            yield Button("Restore", id="restore", compact=True)
        yield Static(id="version-text", markup=False)

    def on_mount(self) -> None:
        """The columns stay."""
        super().on_mount()
        self._versions: Sequence[Version] = ()
        self.marked: int | None = None
        for label in ("", "when", "operation", "what it did"):
            self._table.add_column(Text(label))
        self.clear()

    @property
    def _table(self) -> VersionsTable:
        return self.query_one(VersionsTable)

    @property
    def _acts(self) -> Horizontal:
        return self.query_one("#version-acts", Horizontal)

    def read(self, session: Session, facts: TableFacts) -> Any:
        """The versions, the latest first."""
        from lakeshell.delta.history import history

        return history(session, facts.delta(session), limit=_MOST)

    def choose(self, facts: TableFacts | None) -> None:
        """Another table: what was marked belonged to the last one."""
        self.marked = None
        super().choose(facts)

    def draw(self, found: Any) -> None:
        """Show them; the cursor stays on its version, or on the latest when it was there."""
        at = self.version
        was_latest = at is None or (bool(self._versions) and at is self._versions[0])
        self._versions = found
        numbers = [version.version for version in found]
        row = numbers.index(at.version) if at is not None and at.version in numbers else 0
        self._draw_rows()
        self._table.display = self._acts.display = bool(found)
        self._table.move_cursor(row=0 if was_latest else row)
        self._draw_version()

    def _draw_rows(self) -> None:
        table = self._table
        table.clear()
        for version in self._versions:
            mark = _MARK if version.version == self.marked else ""
            table.add_row(
                Text(f"{mark}{version.version}", justify="right"),
                Text(moment(version.time)),
                Text(shown(version.operation)),
                Text(shown(version.did or version.how)),
            )

    def clear(self) -> None:
        """Show nothing."""
        self._versions = ()
        self._table.clear()
        self._table.display = self._acts.display = False
        self.query_one("#version-text", Static).update("")

    @property
    def version(self) -> Version | None:
        """The version under the cursor."""
        row = self._table.cursor_row
        return self._versions[row] if 0 <= row < len(self._versions) else None

    @on(DataTable.RowHighlighted)
    def _draw_version(self) -> None:
        version = self.version
        text = Text() if version is None else joined(version_lines(version))
        if version is not None and len(self._versions) == _MOST and self.facts is not None:
            text.append(f"\nthe latest {_MOST} versions; %history lists all", "dim")
        self.query_one("#version-text", Static).update(text)

    # What can be done with a version
    @on(VersionsTable.Wanted)
    def _wanted(self, wanted: VersionsTable.Wanted) -> None:
        wanted.stop()
        self._do(wanted.act)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self._do(event.button.id or "")

    def _do(self, act: str) -> None:
        acts = {
            "preview": self.preview,
            "mark": self.mark,
            "copy": self.copy,
            "restore": self.restore,
        }
        acts[act]()

    def preview(self) -> None:
        """Run a query on the version under the cursor."""
        if self.version is not None and self.facts is not None:
            name, number = quote_name(self.facts.parts), self.version.version
            text = f"SELECT * FROM {name} VERSION AS OF {number:d} LIMIT {_PREVIEW}"
            self.post_message(TextRunRequested(text))

    def mark(self) -> None:
        """Mark the version under the cursor, or compare it with the one that is marked."""
        version, facts = self.version, self.facts
        if version is None or facts is None:
            return
        if self.marked is None:
            self.marked = version.version
            self._bench.notify(
                f"Version {version.version} is marked; = on another one compares them.", "info"
            )
        elif self.marked == version.version:
            self.marked = None
        else:
            first, last = sorted((self.marked, version.version))
            self.marked = None
            self.post_message(TextRunRequested(f"%diff {facts.name} {first} {last}"))
        row = self._table.cursor_row
        self._draw_rows()
        self._table.move_cursor(row=row)

    def copy(self) -> None:
        """Copy what reads the version under the cursor."""
        if self.version is not None:
            text = f"VERSION AS OF {self.version.version}"
            self.app.copy_to_clipboard(text)
            self._bench.notify(f"Copied {text}", "info")

    def restore(self) -> None:
        """Make the version under the cursor the current one, after a look at what that changes."""
        if self.version is not None and self.facts is not None:
            work = self._restore(self.facts, self.version.version)
            self.run_worker(work, group="restore", exclusive=True)

    async def _restore(self, facts: TableFacts, number: int) -> None:
        from lakeshell.delta.maintenance import plan_restore, restore
        from lakeshell.tui.screens.dialogs import TypeToConfirm

        try:
            self._tell(facts, f"looking what restoring version {number} would change …")
            plan = await SparkCall(
                self._bench,
                lambda session, sink: plan_restore(
                    session, facts.delta(session), version=number, sink=sink
                ),
            ).result()
            self._tell(facts, None)
            if not plan.undone:
                self._tell(
                    facts, f"Version {number} is the current one: there is nothing to restore."
                )
                return
            question = restore_question(facts.name, plan)
            word = confirming_word(facts.parts[-1])
            if not await self.app.push_screen_wait(TypeToConfirm(question, word)):
                return
            self._tell(facts, f"restoring version {number} …")
            await SparkCall(
                self._bench,
                lambda session, sink: restore(session, facts.delta(session), number, sink=sink),
            ).result()
            self._tell(facts, None)
            name = safe_text(facts.name)
            self._bench.notify(f"{name} is as it was in version {number}.", "info")
        except LakeshellError as error:
            self._tell(facts, error.message, failed=True)
        finally:
            self.post_message(self.TableChanged())

    def _tell(self, facts: TableFacts, sentence: str | None, *, failed: bool = False) -> None:
        """Above the versions; what is said of a table that nobody looks at any more is a message
        if it matters."""
        if self.facts is not None and self.facts.parts == facts.parts:
            self.say(sentence, failed=failed)
        elif failed and sentence:
            self._bench.notify(f"{safe_text(facts.name)}: {safe_text(sentence)}", "warning")


def version_lines(version: Version) -> list[Text]:
    """All that is known of a version."""
    lines = [
        Text.assemble(
            (f"version {version.version} ", "bold"), (shown(version.operation), "bold cyan")
        ),
        Text(f"{version.time:%Y-%m-%d %H:%M:%S %Z}"),
    ]
    if version.user:
        lines.append(field("by", version.user))
    if version.how:
        lines.append(Text(shown(version.how), style="dim"))
    if version.did:
        lines.append(Text(shown(version.did)))
    return lines


def restore_question(name: str, plan: RestorePlan) -> str:
    """What a restore would change, and whether to do it."""
    lines = [f"Restore {safe_text(name)} from version {plan.current} to {plan.version}?", ""]
    count = len(plan.undone)
    lines.append(f"It undoes {count} version{'' if count == 1 else 's'}:")
    for version in plan.undone[:_MOST_UNDONE]:
        words = version.did or version.how
        told = f" ({words})" if words else ""
        lines.append(f"  {version.version}  {shown(version.operation)}{shown(told)}")
    if count > _MOST_UNDONE:
        lines.append(f"  and {count - _MOST_UNDONE} more")
    if plan.rows_before is not None and plan.rows_after is not None:
        now, then = format_count(plan.rows_before), format_count(plan.rows_after)
        lines.append(f"Rows: {now} now, {then} then.")
    lines.append(f"Files: {plan.files_added} come back, {plan.files_removed} go.")
    if plan.schema_changes:
        lines.append("The columns were different then; they change back, too.")
    lines.append("Nothing is lost: it becomes a new version.")
    return "\n".join(lines)
