"""The sink of the inline shell: results, remarks and errors on the terminal, as they come."""

from __future__ import annotations

import io
import os
import shutil
import sys
import threading
from collections.abc import Callable
from typing import TextIO

from lakeshell.commands.options import Options
from lakeshell.errors import Interrupted, LakeshellError, UsageError
from lakeshell.render.formats import BUILTIN_FORMATS, OutputFormat, RenderOptions
from lakeshell.render.safe_text import safe_text
from lakeshell.repl.progress import ProgressLine
from lakeshell.repl.terminal import drop_typed_ahead, set_echo
from lakeshell.session.result import Event, Failed, Notice, Progress, Result, Started, Text

_DIM, _YELLOW, _RESET = "\x1b[2m", "\x1b[33m", "\x1b[0m"
_PROMPT_LINES = 3  # kept free below a result that is not paged


class Output:
    """Writes events to `stream`, a terminal.

    `formats` gives the formats of plugins too, `time_zone` that of the session. `takes_terminal`
    tells whether a command may use the terminal itself, so that no progress is drawn. Remarks from
    other threads are kept until `flush_remarks`, so that they do not break into a prompt.
    """

    def __init__(
        self,
        options: Options,
        *,
        stream: TextIO | None = None,
        color: bool = True,
        formats: Callable[[], dict[str, OutputFormat]] = dict,
        time_zone: Callable[[], str] = lambda: "UTC",
    ) -> None:
        self.options = options
        self.formats = formats
        self.time_zone = time_zone
        self.takes_terminal: Callable[[str], bool] = lambda command: True
        self.color = color
        self._stream = stream or sys.stdout
        self._unicode = (self._stream.encoding or "utf-8").lower().replace("-", "") == "utf8"
        self.progress = ProgressLine(self._stream, lambda: self.width, unicode=self._unicode)
        self._at_line_start = True
        self._thread = threading.get_ident()
        self._kept: list[Notice] = []

    @property
    def width(self) -> int:
        """Cells of a line now."""
        return shutil.get_terminal_size().columns

    @property
    def height(self) -> int:
        """Lines of the screen now."""
        return shutil.get_terminal_size().lines

    def __call__(self, event: Event) -> None:
        """Take one event."""
        if isinstance(event, Progress):
            self.progress.update(event)
            return
        if isinstance(event, Notice):
            if threading.get_ident() != self._thread:
                self._kept.append(event)
                return
            self.progress.clear()
            self._remark(event)
            return
        if isinstance(event, Text):
            self.progress.stop()  # its line may go on; nothing may be drawn over it
            self._write(safe_text(event.text, multiline=True))
            return
        self.progress.stop()
        if isinstance(event, Started):
            busy = event.language == "sql" or (
                event.language == "command" and not self.takes_terminal(event.text)
            )
            set_echo(not busy)
            if busy:
                self.progress.start()
        elif isinstance(event, Result):
            self._show(event)
        elif isinstance(event, Failed):
            self.error(event.error)

    def error(self, error: LakeshellError) -> None:
        """Word an error for the person."""
        from lakeshell.render.errors import render_error

        self.progress.stop()
        if isinstance(error, Interrupted):
            self._line(self._paint(_DIM, error.message))  # as was asked for: no error
            return
        self._line(render_error(error, width=self.width, color=self.color))

    def confirm(self, question: str) -> bool:
        """Ask; anything but a yes is a no."""
        self.progress.stop()
        self._write(safe_text(question, multiline=True) + " [y/N] ")
        self._stream.flush()
        set_echo(True)
        drop_typed_ahead()
        try:
            answer = sys.stdin.readline()
        except KeyboardInterrupt:
            answer = ""
        if not answer.endswith("\n"):
            self._write("\n")
        self._at_line_start = True
        return answer.strip().lower() in ("y", "yes")

    def finish(self) -> None:
        """A statement or a cell has ended: leave the cursor at the start of a line."""
        self.progress.stop()
        set_echo(False)
        if not self._at_line_start:
            self._write("\n")
        self._stream.flush()

    def flush_remarks(self) -> None:
        """Show what other threads had to say."""
        kept, self._kept = self._kept, []
        for notice in kept:
            self._remark(notice)

    def page(self, text: str) -> None:
        """Show text that is safe already, in the pager when it is longer than the screen."""
        from lakeshell.repl.pager import page

        too_long = text.count("\n") > self.height - _PROMPT_LINES
        if not (too_long and self._may_page() and page(text)):
            self._line(text)

    # Results
    def _show(self, result: Result) -> None:
        if result.title:
            self._line(self._paint(_DIM, safe_text(result.title)))
        if result.table is not None:
            try:
                self._show_rows(result)
            except LakeshellError as error:
                self.error(error)
                return
        self._line(self._paint(_DIM, self._summary(result)))

    def _show_rows(self, result: Result) -> None:
        from lakeshell.repl.pager import page

        chosen = self._format()
        fitted, cut = self._rendered(chosen, result, self.width)
        too_long = fitted.count("\n") > self.height - _PROMPT_LINES
        if (too_long or cut) and self._may_page():
            whole, _ = self._rendered(chosen, result, None)
            if page(whole, wide=cut):
                return
        self._line(fitted)

    def _rendered(
        self, chosen: OutputFormat, result: Result, width: int | None
    ) -> tuple[str, bool]:
        """The rows as text, and whether columns had to be left out."""
        assert result.table is not None
        has_times = "tz=" in str(result.table.schema)
        options = RenderOptions(
            width=width,
            color=self.color,
            unicode=self._unicode,
            timezone=self.time_zone() if has_times else "UTC",
        )
        if chosen.name == "table":
            from lakeshell.render.table import TableView

            view = TableView(result.table, options)
            text = "".join(view.blocks()) + (f"{view.notice}\n" if view.notice else "")
            return text, view.notice is not None
        buffer = io.BytesIO()
        chosen.write(result, buffer, options)
        text = buffer.getvalue().decode("utf-8", "replace")
        # Formats for programs keep every value as it is; a terminal is no program.
        return (text if chosen.for_people else safe_text(text, multiline=True)), False

    def _format(self) -> OutputFormat:
        name = self.options.format
        known = {f.name: f for f in BUILTIN_FORMATS}
        if name not in known:
            known = self.formats()
        if name not in known:
            raise UsageError(f"There is no format {name!r}.", hint=f"Known: {', '.join(known)}.")
        if known[name].binary:
            raise UsageError(
                f"{name} cannot be shown.",
                hint="%set format table shows rows; %export writes files.",
            )
        return known[name]

    def _summary(self, result: Result) -> str:
        from lakeshell.render.metrics import format_seconds, metrics_sentence, rows

        if result.table is not None:
            told = rows(result.row_count)
            if result.truncated:
                told += " (more exist; %set limit 0 shows all)"
        elif result.metrics:
            told = metrics_sentence(result.metrics)
        else:
            told = "OK"
        timed = self.options.timing and result.elapsed > 0
        return f"{told}, {format_seconds(result.elapsed)}" if timed else told

    def _may_page(self) -> bool:
        return self.options.pager and self._stream.isatty() and sys.stdin.isatty()

    # Writing
    def _remark(self, notice: Notice) -> None:
        text = safe_text(notice.text, multiline=True)
        if notice.level == "warning":
            text = self._paint(_YELLOW, "Warning: ") + text
        self._line(text)

    def _paint(self, code: str, text: str) -> str:
        return f"{code}{text}{_RESET}" if self.color else text

    def _line(self, text: str) -> None:
        if not self._at_line_start:
            self._write("\n")
        self._write(text if text.endswith("\n") else text + "\n")
        self._stream.flush()

    def _write(self, text: str) -> None:
        if text:
            self._stream.write(text)
            self._at_line_start = text.endswith("\n")
            if not self._at_line_start:
                self._stream.flush()


def colors(theme: str) -> bool:
    """Whether the terminal wants colours."""
    return theme != "none" and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
