"""Writes a result to a file: which file, which format, which rows."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Select, Static
from textual.widgets.input import Selection

from lakeshell.dialect.secrets_read import values_read
from lakeshell.errors import CommandError, Interrupted, LakeshellError, UsageError
from lakeshell.notebooks.redaction import shown_rows
from lakeshell.render.metrics import format_bytes, format_count, rows
from lakeshell.render.safe_text import fit, safe_text
from lakeshell.session.result import Event, Progress, Result
from lakeshell.tui.keys import bindings
from lakeshell.tui.screens.path_names import name_line, names_in
from lakeshell.tui.threads import in_background
from lakeshell.tui.widgets.choice_list import ChoiceList
from lakeshell.tui.widgets.safe_input import SafeInput
from lakeshell.tui.workbench import Workbench

if TYPE_CHECKING:
    import pyarrow as pa

    from lakeshell.render.formats import OutputFormat
    from lakeshell.tui.widgets.grid.view import Snapshot

_MOST_NAMES = 300
_BY_NAME = "by the file's name"


class ExportScreen(ModalScreen["Path | None"]):
    """Export `result`; closes with the file that was written, or None.

    `query` is the text that gave it: where more rows exist than were fetched, all of them are
    written by running it again, without a limit. `view` are the rows and columns that a grid shows
    now: a table, or better the grid's `snapshot`, which is put together in a thread. `time_zone` is
    the session's.
    """

    BINDINGS = bindings("export")

    @dataclass
    class Listed(Message):
        """The names in a folder; `folder` as it was typed."""

        folder: str
        names: list[str]

    @dataclass
    class Said(Message, bubble=False):
        """How far the export is."""

        text: str

    @dataclass
    class Ended(Message, bubble=False):
        """The export is over: what was written, or why it was not."""

        target: Path
        told: str
        error: str | None = None

    def __init__(
        self,
        bench: Workbench,
        result: Result,
        *,
        query: str | None = None,
        view: pa.Table | Snapshot | None = None,
        time_zone: str = "UTC",
        folder: Path | None = None,
    ) -> None:
        super().__init__()
        self._bench = bench
        self._result = result
        self._query = query
        self._view = view
        self._time_zone = time_zone
        self._base = folder or Path.cwd()
        self._formats: dict[str, OutputFormat] = {}
        self._folder: str | None = None
        self._names: list[str] = []
        self._shown: list[str] = []
        self._thread: threading.Thread | None = None
        self._asks_spark = False
        self._stopped = threading.Event()

    # The dialog
    def compose(self) -> ComposeResult:
        """Path and completion, format, rows, buttons."""
        self._formats = dict(self._bench.registry.formats)
        formats = [(Content(_BY_NAME), _BY_NAME)]
        for name, output_format in self._formats.items():
            told = f"{name}: {output_format.summary}"
            formats.append((Content(fit(safe_text(told), 60)), name))
        with Vertical(id="export"):
            yield Static(Text("Export", style="bold"), id="export-title")
            yield SafeInput("result.csv", id="export-path", select_on_focus=False, compact=True)
            yield ChoiceList(self._name_line, id="export-names")
            with Horizontal(classes="export--choice"):
                yield Static(Text("Format"), classes="export--label")
                yield Select(formats, value=_BY_NAME, allow_blank=False, id="export-format")
            with Horizontal(classes="export--choice"):
                yield Static(Text("Rows"), classes="export--label")
                choices = self._scopes()
                yield Select(choices, value=choices[0][1], allow_blank=False, id="export-rows")
            yield Static(Text(""), id="export-told")
            with Horizontal(id="export-buttons"):
                yield Button(Content("Export"), variant="primary", id="export-go")
                yield Button(Content("Cancel"), id="export-stop")

    def _scopes(self) -> list[tuple[Content, str]]:
        fetched = rows(self._result.row_count)
        scopes = []
        if self._result.truncated and self._can_ask_again():
            scopes.append((Content("all rows: the query runs again"), "all"))
            scopes.append((Content(f"the {fetched} that were fetched"), "fetched"))
        elif self._result.truncated:
            scopes.append((Content(f"the {fetched} that were fetched; more exist"), "fetched"))
        else:
            scopes.append((Content(f"all rows: {fetched}"), "fetched"))
        is_whole = self._view is self._result.table or getattr(self._view, "is_whole", False)
        if self._view is not None and not is_whole:
            shown = f"{rows(self._view.num_rows)} × {format_count(self._view.num_columns)} columns"
            scopes.append((Content(f"what is shown: {shown}"), "view"))
        return scopes

    def _can_ask_again(self) -> bool:
        """Only what reads may run twice."""
        from lakeshell.commands.asking import query_of

        try:
            return self._query is not None and bool(query_of(self._query))
        except UsageError:
            return False

    def on_mount(self) -> None:
        """Type at once; the name without its suffix is selected."""
        entry = self.query_one("#export-path", Input)
        entry.focus()
        entry.selection = Selection(0, len("result"))
        self._look(entry.value)

    # Completion of the path
    @on(Input.Changed, "#export-path")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._say("")
        self._look(event.value)

    def _look(self, value: str) -> None:
        folder = value[: value.rfind("/") + 1]
        if folder != self._folder:
            self._folder, self._names = folder, []
            in_background(lambda: self._list(folder), "folder")
        self._filter_names()

    def _list(self, folder: str) -> None:
        self.post_message(self.Listed(folder, names_in(self._base, folder)))

    def on_export_screen_listed(self, message: Listed) -> None:
        """Show them, unless another folder was typed since."""
        if message.folder == self._folder:
            self._names = message.names
            self._filter_names()

    def _filter_names(self) -> None:
        value = self.query_one("#export-path", Input).value
        typed = value[value.rfind("/") + 1 :].lower()
        self._shown = [
            name
            for name in self._names
            if name.lower().startswith(typed) and (typed.startswith(".") or name[0] != ".")
        ][:_MOST_NAMES]
        self.query_one(ChoiceList).show(len(self._shown))

    def _name_line(self, number: int, width: int) -> Text:
        return name_line(self._shown[number], width)

    def on_key(self, event: events.Key) -> None:
        """In the path, arrows move among the names, and tab takes one where there is one."""
        if self.focused is not self.query_one("#export-path"):
            return
        choices = self.query_one(ChoiceList)
        if event.key == "tab" and self._shown:
            self._take(choices.cursor)
        elif not choices.take_key(event.key):
            return
        event.stop()
        event.prevent_default()

    def _take(self, number: int) -> None:
        if 0 <= number < len(self._shown):
            entry = self.query_one("#export-path", Input)
            taken = (self._folder or "") + self._shown[number]
            if entry.value == taken:
                self.focus_next()
            entry.value = taken
            entry.cursor_position = len(taken)

    @on(ChoiceList.Clicked)
    def _clicked(self, event: ChoiceList.Clicked) -> None:
        event.stop()
        self.query_one("#export-path", Input).focus()
        self._take(event.number)

    @on(ChoiceList.Highlighted)
    def _highlighted(self, event: ChoiceList.Highlighted) -> None:
        event.stop()

    # Doing it
    @on(Input.Submitted, "#export-path")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._begin()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "export-go":
            self._begin()
        else:
            self.action_close()

    def _begin(self) -> None:
        if self._thread is not None:
            return
        try:
            target, output_format = self._target()
            exists = target.exists()
        except LakeshellError as error:
            self._say(f"{error.message} {error.hint or ''}".strip(), is_error=True)
            return
        except (OSError, ValueError, RuntimeError):
            self._say("This is no path.", is_error=True)
            return
        if not exists:
            self._start(target, output_format)
            return
        from lakeshell.tui.screens.dialogs import Confirm

        def answered(yes: bool | None) -> None:
            if yes:
                self._start(target, output_format)

        question = f"{fit(safe_text(str(target)), 200)} exists already. Replace it?"
        self.app.push_screen(Confirm(question, yes="Replace", danger=True), answered)

    def _target(self) -> tuple[Path, OutputFormat]:
        """Where and how to write. Raises UsageError for what cannot be, OSError and ValueError
        for what is no path."""
        from lakeshell.render.formats import format_for_path

        text = self.query_one("#export-path", Input).value.strip()
        if not text:
            raise UsageError("Name a file.")
        if "\0" in text:
            raise UsageError("This is no path.")
        target = self._base / Path(text).expanduser()
        if text.endswith("/") or target.is_dir():
            raise UsageError("This is a folder; name a file in it.")
        if not target.parent.is_dir():
            raise UsageError(f"There is no folder {fit(safe_text(str(target.parent)), 100)}.")
        chosen = self.query_one("#export-format", Select).value
        if chosen != _BY_NAME:
            return target, self._formats[str(chosen)]
        suffix = target.suffix.lower()
        of_plugins = (f for f in self._formats.values() if suffix and f.suffix == suffix)
        found = format_for_path(target) or next(of_plugins, None)
        if found is None:
            raise UsageError("The name does not tell the format; choose one.")
        return target, found

    def _start(self, target: Path, output_format: OutputFormat) -> None:
        scope = str(self.query_one("#export-rows", Select).value)
        self._stopped.clear()
        self._thread = threading.Thread(
            target=self._work, args=(target, output_format, scope), daemon=True
        )
        self.query_one("#export-go", Button).disabled = True
        self._say("Writing …")
        self._thread.start()

    def _work(self, target: Path, output_format: OutputFormat, scope: str) -> None:
        from lakeshell.commands.export import write_whole
        from lakeshell.render.options import RenderOptions

        error: str | None = None
        told = ""
        try:
            result = self._rows_of(scope)
            if self._stopped.is_set():
                raise Interrupted
            self.post_message(self.Said(f"Writing {rows(result.row_count)} …"))
            options = RenderOptions(timezone=self._time_zone)
            size = write_whole(target, output_format, result, options)
            told = f"{rows(result.row_count)} in {target} ({format_bytes(size)})."
        except Interrupted:
            error = "Cancelled; nothing was written."
        except LakeshellError as failure:
            error = failure.message
        except Exception as fault:
            # A format of a plugin may fail in any way.
            error = f"It could not be written: {fault or type(fault).__name__}"
        self.post_message(self.Ended(target, told, error))

    def _rows_of(self, scope: str) -> Result:
        if scope == "view" and self._view is not None:
            from lakeshell.tui.widgets.grid.view import Snapshot

            is_lazy = isinstance(self._view, Snapshot)
            return Result(self._view.read() if is_lazy else self._view)
        if scope == "all" and self._query is not None:
            from lakeshell.commands.asking import query_of

            self.post_message(self.Said("The query runs …"))
            session = self._bench.session
            self._asks_spark = True
            try:
                if self._stopped.is_set():  # while the session was waited for
                    raise Interrupted
                result = session.execute(query_of(self._query), limit=0, sink=self._progress)
                result = shown_rows(result, values_read(self._bench.home))
            finally:
                self._asks_spark = False
            self._time_zone = session.time_zone
        else:
            result = self._result
        if result.table is None:
            raise CommandError("This has no rows to export.")
        return result

    def _progress(self, event: Event) -> None:
        if isinstance(event, Progress):
            done = f"{event.tasks_done} of {event.tasks_total} tasks"
            self.post_message(self.Said(f"The query runs … {done}"))

    def on_export_screen_said(self, message: Said) -> None:
        """How far it is."""
        if self._thread is not None:
            self._say(message.text)

    def on_export_screen_ended(self, message: Ended) -> None:
        """Close, or tell what was wrong and let the person try again."""
        self._thread = None
        if message.error is None:
            self.app.notify(message.told)
            self.dismiss(message.target)
            return
        self.query_one("#export-go", Button).disabled = False
        self._say(message.error, is_error=True)

    def action_close(self) -> None:
        """Close; while it runs, stop the query first."""
        if self._thread is None:
            self.dismiss(None)
            return
        self._stopped.set()
        if self._asks_spark:
            self._say("Cancelling …")
            ident = self._thread.ident
            in_background(lambda: self._bench.session.cancel(ident), "cancel")
        else:
            self._say("It is being written; a moment …")

    def _say(self, sentence: str, *, is_error: bool = False) -> None:
        told = self.query_one("#export-told", Static)
        told.set_class(is_error, "-error")
        told.update(Text(fit(safe_text(sentence), 400)))
