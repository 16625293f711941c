"""The streams of the home, whoever started them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.screen import Screen
from textual.widgets import DataTable, Footer, Static

from lakeshell.endpoint import read_endpoint
from lakeshell.errors import LakeshellError
from lakeshell.render.safe_text import fit, safe_text
from lakeshell.session.control import ControlClient
from lakeshell.session.lost_streams import lost_streams
from lakeshell.sql.names import quote_name
from lakeshell.tui.keys import bindings
from lakeshell.tui.messages import TextRunRequested
from lakeshell.tui.threads import in_background
from lakeshell.tui.widgets.sparkline import sparkline
from lakeshell.tui.workbench import Workbench

_EVERY = 1.0  # seconds
_SERIES = 40  # batches of the sparklines in the detail
_COLUMNS = ("stream", "state", "rows/s", "", "batch", "backlog", "source", "sink")
_NOBODY = """No stream runs in this lakehouse, and none has run in the last hour.

A Python cell starts one:

    (spark.readStream.table("orders")
        .writeStream.option("checkpointLocation", "/mnt/checkpoints/copy")
        .queryName("copy")
        .toTable("orders_copy"))
"""


class StreamsScreen(Screen[None]):
    """Every streaming query, anew every second while it is on top. `chosen` is the run to begin
    with, without one the first."""

    BINDINGS = bindings("streams")
    CSS_PATH: ClassVar[list[str | PurePath]] = ["../streams.tcss"]

    @dataclass
    class Read(Message):
        """What the server says: all streams, and all that is known of the chosen one."""

        streams: list[dict[str, Any]]
        detail: dict[str, Any] | None
        problem: str = ""

    @dataclass
    class Acted(Message):
        """How a stop or a restart ended."""

        text: str
        failed: bool = False

    def __init__(self, bench: Workbench, chosen: str | None = None) -> None:
        super().__init__()
        self._bench = bench
        self._streams: list[dict[str, Any]] = []
        self._chosen = chosen
        self._reading = False

    def compose(self) -> ComposeResult:
        """The table over what is known of the chosen stream."""
        yield DataTable(id="streams-table", cursor_type="row")
        with VerticalScroll(id="streams-detail"):
            yield Static("", id="streams-text")
        yield Footer()

    def on_mount(self) -> None:
        """Read now and every second."""
        table = self.query_one(DataTable)
        for name in _COLUMNS:
            table.add_column(name)
        table.focus()
        self.set_interval(_EVERY, self._read)
        self._read()

    def control(self) -> ControlClient | None:
        """The server's control API; None while no server runs."""
        endpoint = read_endpoint(self._bench.home)
        return ControlClient(endpoint) if endpoint is not None else None

    def _read(self) -> None:
        if self._reading or not self.is_current:
            return
        self._reading = True
        chosen = self._chosen

        def work() -> None:
            try:
                client = self.control()
                if client is None:
                    lost = lost_streams(self._bench.home, "")
                    picked = [one for one in lost if one["run_id"] == chosen] or lost
                    self.post_message(self.Read(lost, picked[0] if picked else None))
                    return
                streams = client.streams()
                detail = None
                if streams:
                    detail = client.stream(chosen or str(streams[0]["run_id"]))
                self.post_message(self.Read(streams, detail))
            except LakeshellError as error:
                self.post_message(self.Read([], None, error.message))
            # An answer of another shape must not be the last one that is asked for.
            except (LookupError, TypeError, ValueError) as error:
                words = f"The server's answer is not understood: {error}"
                self.post_message(self.Read([], None, words))

        in_background(work, "streams")

    def on_streams_screen_read(self, message: Read) -> None:
        """Show it."""
        self._reading = False
        self._streams = message.streams
        table = self.query_one(DataTable)
        row = max(table.cursor_row, 0)
        runs = [str(stream["run_id"]) for stream in self._streams]
        if self._chosen in runs:
            row = runs.index(self._chosen)
        table.clear()
        for stream in self._streams:
            table.add_row(*_cells(stream))
        if runs:
            table.move_cursor(row=min(row, len(runs) - 1))
        text = self.query_one("#streams-text", Static)
        if message.problem:
            text.update(Text(safe_text(message.problem)))
        elif not runs:
            text.update(Text(_NOBODY))
        elif message.detail is not None:
            text.update(_detail(message.detail))

    def on_streams_screen_acted(self, message: Acted) -> None:
        """Tell it, and look again."""
        self.notify(message.text, severity="error" if message.failed else "information")
        self._read()

    @on(DataTable.RowHighlighted)
    def _highlighted(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        table = self.query_one(DataTable)
        # Filling the table anew highlights its first row before the cursor is put back.
        if event.cursor_row != table.cursor_row or table.row_count != len(self._streams):
            return
        if 0 <= event.cursor_row < len(self._streams):
            run_id = str(self._streams[event.cursor_row]["run_id"])
            if run_id != self._chosen:
                self._chosen = run_id
                self._read()

    @property
    def chosen(self) -> dict[str, Any] | None:
        """The stream under the cursor."""
        row = self.query_one(DataTable).cursor_row
        return self._streams[row] if 0 <= row < len(self._streams) else None

    # Keys
    def action_stop(self) -> None:
        """Stop the chosen stream, if the person says so."""
        stream = self.chosen
        if stream is None or stream["state"] not in ("running", "lost"):
            return
        from lakeshell.tui.screens.dialogs import Confirm

        def answered(yes: bool | None) -> None:
            if yes:
                self._act(stream, "stop")

        if stream["state"] == "lost":
            text, verb = f"Forget the stream {_called(stream)}, which ran before?", "Forget"
        else:
            text, verb = f"Stop the stream {_called(stream)}?", "Stop"
        question = Confirm(text, yes=verb, danger=True)
        self.app.push_screen(question, answered)

    def action_restart(self) -> None:
        """Start the chosen stream again where its checkpoint left off, if the person says so."""
        stream = self.chosen
        if stream is None:
            return
        from lakeshell.tui.screens.dialogs import Confirm

        def answered(yes: bool | None) -> None:
            if yes:
                self._act(stream, "restart")

        self.app.push_screen(
            Confirm(f"Restart the stream {_called(stream)}?", yes="Restart"), answered
        )

    def action_open_sink(self) -> None:
        """Show the table that the chosen stream writes."""
        stream = self.chosen
        if stream is None:
            return
        if not stream["sink_table"]:
            self.notify("This stream writes into no table.", severity="warning")
            return
        name = quote_name(tuple(stream["sink_table"]))
        self._bench.post(TextRunRequested(f"SELECT * FROM {name}"))
        self.dismiss(None)

    def action_help(self) -> None:
        """The keys, those of this screen first."""
        from lakeshell.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen("streams", self._bench.config.tui.keys))

    def action_close(self) -> None:
        """Back."""
        self.dismiss(None)

    def _act(self, stream: dict[str, Any], act: str) -> None:
        def work() -> None:
            try:
                # One that was lost with its server wants another one.
                client = self.control() or self._bench.session.control
                if act == "stop":
                    client.stop_stream(str(stream["run_id"]))
                    self.post_message(self.Acted(f"{_called(stream)} has stopped."))
                else:
                    answer = client.restart_stream(str(stream["run_id"])) or {}
                    refusal = answer.get("refusal")
                    hint = f" {answer['hint']}" if answer.get("hint") else ""
                    told = f"{refusal}{hint}" if refusal else f"{_called(stream)} runs again."
                    self.post_message(self.Acted(told, bool(refusal)))
            except LakeshellError as error:
                self.post_message(self.Acted(error.message, True))

        in_background(work, "stream-act")


def _called(stream: dict[str, Any]) -> str:
    return safe_text(str(stream["name"] or stream["id"][:8]))


def _cells(stream: dict[str, Any]) -> list[Text]:
    state = str(stream["state"])
    colour = {"running": "green", "failed": "bold red", "lost": "bold yellow"}.get(state, "dim")
    backlog = (stream["backlog"] or {}).get("text") or ""
    batch = "" if stream["batch"] is None else str(stream["batch"])
    return [
        Text(fit(_called(stream), 16)),
        Text(state, style=colour),
        Text(f"{stream['processed_rate']:,.1f}", justify="right"),
        Text(sparkline(stream["processed_series"], 10)),
        Text(batch, justify="right"),
        Text(fit(safe_text(str(backlog)), 14)),
        Text(fit(safe_text(str(stream["source"])), 24)),
        Text(fit(safe_text(str(stream["sink"])), 30)),
    ]


def _batch_time(stream: dict[str, Any]) -> str:
    latency = stream["latency"]
    if stream["batch_ms"] is None or not latency:
        return ""
    shares = ", ".join(f"{key} {latency[key]:,.0f}" for key in ("p50", "p95", "p99"))
    return f"{stream['batch_ms']:,} ms  ({shares})"


def _state_size(stream: dict[str, Any]) -> str:
    if stream["state_rows"] is None:
        return ""
    from lakeshell.render.metrics import format_bytes

    return f"{stream['state_rows']:,} rows, {format_bytes(stream['state_bytes'] or 0)}"


def _detail(stream: dict[str, Any]) -> Text:
    text = Text()
    if stream["error"]:
        named = f" [{stream['error_class']}]" if stream["error_class"] else ""
        told = safe_text(f"{stream['error']}{named}", multiline=True)
        text.append(told + "\n", style="bold red")
    if stream["hint"]:
        text.append(safe_text(str(stream["hint"])) + "\n", style="bold")
    for label, rate, series in (
        ("input", stream["input_rate"], stream["input_series"]),
        ("processed", stream["processed_rate"], stream["processed_series"]),
    ):
        text.append(f"{label:<12}", style="dim")
        text.append(f"{rate:,.1f} rows/s".ljust(18)).append(sparkline(series, _SERIES) + "\n")
    temporary = " (temporary)" if stream["checkpoint_is_temporary"] else ""
    for label, value in (
        ("status", stream["status"]),
        ("batch time", _batch_time(stream)),
        ("trigger", stream["trigger"]),
        ("checkpoint", f"{stream['checkpoint']}{temporary}"),
        ("watermark", stream["watermark"]),
        ("state", _state_size(stream)),
        ("id", stream["id"]),
    ):
        if value not in (None, ""):
            text.append(f"{label:<12}", style="dim").append(safe_text(str(value)) + "\n")
    shown = json.dumps(stream.get("progress") or {}, indent=2, ensure_ascii=False)
    return text.append("\n" + safe_text(shown, multiline=True))
