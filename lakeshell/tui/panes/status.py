"""The status line: where statements run, how the server is, what is running."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Static

from lakeshell.render.safe_text import fit, safe_text
from lakeshell.tui.widgets.spinner import spinner
from lakeshell.tui.workbench import Workbench

_TICK = 0.25  # seconds


class StatusLine(Static):
    """One line: schema · server · what runs · the last outcome."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(id="status")
        self._bench = bench
        self._outcome = ""
        self.lost = False  # whether the server is known to be gone
        self._turn = 0

    def on_mount(self) -> None:
        """Draw now and then, because seconds pass."""
        self.set_interval(_TICK, self.draw)
        self.draw()

    def say(self, outcome: str) -> None:
        """Show how the last run ended."""
        self._outcome = safe_text(outcome)
        self.draw()

    def draw(self) -> None:
        """Draw anew."""
        self._turn += 1
        text = Text(no_wrap=True, overflow="ellipsis")
        schema = fit(safe_text(self._bench.metadata.current_schema), 40)
        text.append(f" {schema} ", style="bold reverse")
        text.append(" ")
        text.append_text(self._server())
        if self._bench.running:
            text.append(f"  {spinner(self._turn)} {self._what_runs()}", style="bold")
        elif self._outcome:
            text.append(f"  {self._outcome}")
        self.update(text)

    def _server(self) -> Text:
        connection = self._bench.connection
        if connection.is_opening:
            doing = safe_text(connection.doing)
            return Text(f"{spinner(self._turn)} {doing} {connection.elapsed:.0f} s", style="yellow")
        if connection.error is not None:
            return Text(f"✗ {safe_text(connection.error.message)}", style="red")
        if self.lost:
            return Text("✗ the server is gone (alt+x starts it)", style="red")
        return Text("● Spark", style="green")

    def _what_runs(self) -> str:
        runs = self._bench.running
        if len(runs) > 1:
            return f"{len(runs)} tabs run"
        return f"{runs[0].elapsed:.1f} s · escape cancels"
