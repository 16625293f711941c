"""What the dock's tabs have in common: read when they are looked at, the newest choice wins."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.containers import Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from lakeshell.errors import LakeshellError
from lakeshell.render.safe_text import safe_text
from lakeshell.tui.panes.dock_facts import TableFacts
from lakeshell.tui.panes.spark_call import SparkCall
from lakeshell.tui.widgets.spinner import spinner
from lakeshell.tui.workbench import Workbench

if TYPE_CHECKING:
    from lakeshell.session.session import Session

_TICK = 0.2  # seconds


class DockTab(Vertical):
    """Shows some facts of the chosen table. A subclass says how they are read (`read`, in a
    thread) and drawn (`draw`, `clear`). The first line tells what is being read, or why not."""

    what: ClassVar[str] = ""
    """What only Delta tables have; empty where every relation has something to show."""

    class Drawn(Message):
        """What was read is on the screen."""

    class TableChanged(Message):
        """The person has changed the table here: what the tabs know is old."""

    def __init__(self, bench: Workbench, id: str) -> None:
        super().__init__(id=id, classes="dock-tab")
        self._bench = bench
        self.facts: TableFacts | None = None
        self.loads = 0  # how often it has been read and drawn
        self._due = False
        self._state = Static(classes="dock-state", markup=False)
        self._since = 0.0
        self._ticks: Timer | None = None

    def on_mount(self) -> None:
        """Nothing to tell at first."""
        self._state.display = False

    # What the dock calls
    def choose(self, facts: TableFacts | None) -> None:
        """Another table; it is read when the tab is looked at."""
        self.workers.cancel_group(self, "load")
        self._stop_telling()
        self.facts = facts
        self._due = facts is not None
        self.clear()
        self.say(None)

    def renew(self, facts: TableFacts) -> None:
        """The same table, changed: what is shown stays until it was read anew."""
        self.facts = facts
        self._due = True

    def look(self) -> None:
        """Somebody looks at this tab: read what is due."""
        if self._due and self.facts is not None:
            self._due = False
            self.run_worker(self._load(self.facts), group="load", exclusive=True)

    async def _load(self, facts: TableFacts) -> None:
        self._tell_waiting()
        try:
            await self.load(facts)
        except LakeshellError as error:
            if facts is self.facts:
                self.clear()
                self.say(error.message, failed=True)
        finally:
            if facts is self.facts:
                self._stop_telling()

    async def load(self, facts: TableFacts) -> None:
        """Read everything and draw it; a subclass with steps overrides this."""
        found = await self.ask(facts)
        if facts is not self.facts:
            return
        if isinstance(found, str):
            self.clear()
            self.say(found)
        else:
            self.say(None)
            self.draw(found)
        self.drawn()

    def drawn(self) -> None:
        """Tell that it has been read and drawn."""
        self.loads += 1
        self.post_message(self.Drawn())

    async def ask(self, facts: TableFacts) -> Any:
        """What `read` gives, or a sentence why there is nothing."""

        def work(session: Session, _: object) -> Any:
            missing = facts.missing(session, self.what) if self.what else None
            return missing or self.read(session, facts)

        return await SparkCall(self._bench, work).result()

    # For subclasses
    def read(self, session: Session, facts: TableFacts) -> Any:
        """Read what is to be drawn; in a thread."""
        raise NotImplementedError

    def draw(self, found: Any) -> None:
        """Show it."""
        raise NotImplementedError

    def clear(self) -> None:
        """Show nothing."""
        raise NotImplementedError

    def say(self, sentence: str | None, *, failed: bool = False) -> None:
        """Show a sentence above everything, or none."""
        self._state.set_class(failed, "-failed")
        self._state.display = sentence is not None
        mark = "✗ " if failed else ""
        self._state.update(Text(mark + safe_text(sentence or "", multiline=True)))

    # The spinner
    def _tell_waiting(self) -> None:
        self._since = time.monotonic()
        self._stop_telling()
        self._ticks = self.set_interval(_TICK, self._turn)

    def _stop_telling(self) -> None:
        if self._ticks is not None:
            self._ticks.stop()
            self._ticks = None

    def _turn(self) -> None:
        seconds = time.monotonic() - self._since
        connection = self._bench.connection
        doing = "reading …" if connection.session is not None else connection.doing
        self.say(f"{spinner(int(seconds / _TICK))} {doing} {seconds:.0f} s")
