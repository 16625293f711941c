"""The scripted face: files and texts in, results on stdout, remarks on stderr, an exit code.

stdout carries results and nothing else, so that it can be piped; stderr is for people.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import BinaryIO

from lakeshell.commands.options import Options
from lakeshell.config import Config
from lakeshell.errors import CommandError, ExitCode, Interrupted, LakeshellError, UsageError
from lakeshell.home import Home
from lakeshell.interpreter import Interpreter, Source, add_to_path
from lakeshell.notebooks.notebook import decoded, read_notebook
from lakeshell.render.errors import render_error
from lakeshell.render.formats import BUILTIN_FORMATS, OutputFormat, RenderOptions, format_for_path
from lakeshell.render.safe_text import safe_text
from lakeshell.session.remote import Remote
from lakeshell.session.result import Event, Failed, Notice, Progress, Result, Started, Text
from lakeshell.session.session import Session
from lakeshell.sql.variables import Parameter

_BROKEN_PIPE = 141  # what a shell reports for a program that SIGPIPE ended


@dataclass(frozen=True)
class Script:
    """What the command line asked for: `inputs`, each `("file", path)` or `("text", sql)`, or else
    one `command` as its words."""

    inputs: Sequence[tuple[str, str]] = ()
    command: Sequence[str] = ()
    output: Path | None = None
    format: str | None = None
    variables: Mapping[str, str] | None = None
    parameters: Mapping[str, Parameter] | None = None
    remote: Remote | None = None
    quiet: bool = False
    debug: bool = False


def run(home: Home, config: Config, options: Options, script: Script) -> int:
    """Run all inputs in one session; the exit code. Stops at the first error by default.

    Raises UsageError before anything ran when an input or the output cannot be used.
    """
    sources = [_read(kind, value) for kind, value in script.inputs]
    light = not script.command and all(map(_is_plain_sql, sources))
    if light:
        # numpy would start a thread for every core, for nothing.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with _signals():
        screen = Screen(options, script)
        interpreter = Interpreter(
            home,
            config,
            options,
            sink=screen,
            open_session=lambda: screen.open_session(home, config, script.remote, light=light),
            confirm=screen.confirm,
            variables=script.variables,
            parameters=script.parameters,
            width=screen.width,
        )
        screen.interpreter = interpreter
        interrupted = False
        try:
            with screen.writing(script.output):
                outcomes = [interpreter.run(source) for source in sources]
                if script.command:
                    interpreter.run_words(list(script.command))
                    outcomes.append(interpreter.all_fine)
        except LakeshellError as error:
            interrupted = isinstance(error, Interrupted)
            screen.report(error)
            return _signal_exit_code() if interrupted else int(error.exit_code)
        except KeyboardInterrupt:
            interrupted = True
            screen.report(Interrupted())
            return _signal_exit_code()
        except BrokenPipeError:
            # Nobody reads on. Python would complain once more when it flushes at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return _BROKEN_PIPE
        except SystemExit as wanted:  # sys.exit() in a Python cell is the script's own end
            return wanted.code if isinstance(wanted.code, int) else int(bool(wanted.code))
        finally:
            screen.clear_progress()
            interpreter.close(end_streams=interrupted)
        return int(ExitCode.OK if all(outcomes) else ExitCode.FAILED)


class Screen:
    """The sink of a script: writes events where they belong as they come."""

    def __init__(self, options: Options, script: Script) -> None:
        self.interpreter: Interpreter | None = None
        self._options = options
        self._quiet = script.quiet
        self._named_format = script.format
        self._terminal = sys.stderr.isatty()
        self._reported: LakeshellError | None = None
        self._progress_shown = False
        self._told_fetched = False
        self._written = 0
        self._stream: BinaryIO = sys.stdout.buffer
        self._to_terminal = sys.stdout.isatty()
        self._path: Path | None = script.output
        self._debug = script.debug
        self.width = shutil.get_terminal_size().columns if self._to_terminal else None

    def __call__(self, event: Event) -> None:
        """Take one event.

        Raises KeyboardInterrupt when that of a signal was lost on its way: a library that is being
        loaded, or a destructor, may swallow what the handler has raised.
        """
        if _received is not None and isinstance(event, (Progress, Started)):
            raise KeyboardInterrupt
        if isinstance(event, Progress):
            self._show_progress(event)
            return
        self.clear_progress()
        if isinstance(event, Result):
            self._write_result(event)
        elif isinstance(event, Text):
            self._write_text(event.text)
        elif isinstance(event, Notice):
            self._remark(event.text, warning=event.level == "warning")
        elif isinstance(event, Started) and self._options.echo:
            self._err(safe_text(event.text, multiline=True))
        elif isinstance(event, Failed):
            self.report(event.error)

    def report(self, error: LakeshellError) -> None:
        """Word an error for the person, once."""
        if error is self._reported:
            return
        self._reported = error
        self.clear_progress()
        if isinstance(error, Interrupted):
            self._err(error.message)
            return
        width = shutil.get_terminal_size().columns if self._terminal else 120
        self._err(render_error(error, width=width, color=self._terminal and _colors()))
        detail = getattr(error, "detail", None)
        if self._debug and detail:
            self._err(safe_text(detail, multiline=True))

    def confirm(self, question: str) -> bool:
        """A script has nobody to ask."""
        return False

    def open_session(
        self, home: Home, config: Config, remote: Remote | None, *, light: bool
    ) -> Session:
        """Connect, telling a person at a terminal what is waited for."""
        try:
            return Session(
                home,
                config,
                remote=remote,
                announce=self._announce,
                fetch_progress=self._fetching,
                on_reconnect=lambda text: self(Notice(text, "warning")),
                light=light,
            )
        finally:
            self.clear_progress()

    @contextmanager
    def writing(self, path: Path | None) -> Iterator[None]:
        """Send results to `path`, which appears, whole, only when all went well."""
        if path is None:
            yield
            self._stream.flush()
            return
        if path.is_dir():
            raise UsageError(f"{path} is a folder; -o wants a file.")
        try:
            part = tempfile.NamedTemporaryFile(  # noqa: SIM115  closed below, before the rename
                dir=path.parent, prefix=f".{path.name}.", suffix=".part", delete=False
            )
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}.") from error
        self._stream, self._to_terminal = part.file, False  # type: ignore[assignment]
        try:
            yield
            part.close()
            # A temporary file is private; a result is as readable as any new file.
            umask = os.umask(0)
            os.umask(umask)
            Path(part.name).chmod(0o666 & ~umask)
            Path(part.name).replace(path)
        finally:
            part.close()
            Path(part.name).unlink(missing_ok=True)

    def clear_progress(self) -> None:
        """Take the progress line away."""
        if self._progress_shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._progress_shown = False

    def _write_result(self, result: Result) -> None:
        from lakeshell.render.metrics import summary_line

        if result.table is not None:
            output_format = self._format()
            if output_format.binary:
                if self._path is None and self._to_terminal:
                    raise UsageError(
                        f"{output_format.name} cannot be shown; write it with -o FILE."
                    )
                if self._written:
                    raise CommandError(f"A {output_format.name} file holds one result, not two.")
            self._written += 1
            if result.title and output_format.for_people:
                self._write_text(f"{result.title}\n")
            try:
                output_format.write(result, self._stream, self._render_options(result))
                self._stream.flush()
            except BrokenPipeError:
                raise
            except OSError as error:
                raise CommandError(f"The result cannot be written: {error.strerror}.") from error
        if result.truncated or result.metrics or self._terminal:
            line = summary_line(result)
            if line and not (self._quiet and not result.truncated):
                self._err(line)

    def _write_text(self, text: str) -> None:
        if self._to_terminal:
            text = safe_text(text, multiline=True)
        try:
            self._stream.write(text.encode(sys.stdout.encoding or "utf-8", "replace"))
            if self._to_terminal:
                self._stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise CommandError(f"The output cannot be written: {error.strerror}.") from error

    def _format(self) -> OutputFormat:
        name = self._named_format
        if name is None and self._path is not None:
            known = format_for_path(self._path)
            if known is not None:
                return known
        name = name or self._options.format
        for output_format in BUILTIN_FORMATS:
            if output_format.name == name:
                return output_format
        assert self.interpreter is not None
        formats = self.interpreter.registry.formats
        if name not in formats:
            raise UsageError(f"There is no format {name!r}.", hint=f"Known: {', '.join(formats)}.")
        return formats[name]

    def _render_options(self, result: Result) -> RenderOptions:
        encoding = (sys.stdout.encoding or "utf-8").lower()
        return RenderOptions(
            width=self.width if self._to_terminal else None,
            color=self._to_terminal and _colors(),
            unicode=not self._to_terminal or encoding.replace("-", "") == "utf8",
            timezone=self._time_zone(result),
        )

    def _time_zone(self, result: Result) -> str:
        """The session's zone, asked for only when a timestamp that has one may have to be shown.

        A VARIANT, which comes as binaries, can hold one.
        """
        schema = "" if result.table is None else str(result.table.schema)
        if self.interpreter is None or not ("tz=" in schema or "binary" in schema):
            return "UTC"
        return self.interpreter.session.time_zone

    def _remark(self, text: str, *, warning: bool) -> None:
        if warning or not self._quiet:
            prefix = "Warning: " if warning else ""
            self._err(prefix + safe_text(text, multiline=True))

    def _announce(self, text: str) -> None:
        if self._terminal:
            self._line(f"{text} …")

    def _fetching(self, done: int, total: int) -> None:
        """The first run fetches jars; that takes long enough to be told anywhere."""
        from lakeshell.render.metrics import format_bytes

        if self._terminal:
            filled = "█" * (24 * done // max(total, 1))
            self._line(
                f"Fetching Delta's jars [{filled:<24}] "
                f"{format_bytes(done)} of {format_bytes(total)}"
            )
        elif done >= total and not self._told_fetched:
            self._told_fetched = True
            self._err(f"Fetched Delta's jars ({format_bytes(total)}).")

    def _show_progress(self, progress: Progress) -> None:
        if self._terminal and progress.elapsed > 0.3:
            from lakeshell.render.progress import progress_line

            self._line(progress_line(progress, shutil.get_terminal_size().columns - 1))

    def _line(self, text: str) -> None:
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
        self._progress_shown = True

    def _err(self, text: str) -> None:
        if sys.stdout.isatty():
            sys.stdout.flush()
        print(text.rstrip("\n"), file=sys.stderr, flush=True)


def _read(kind: str, value: str) -> Source:
    if kind == "text":
        return Source(value, "<command line>")
    if value == "-":
        return Source(decoded(sys.stdin.buffer.read(), "standard input"), "<standard input>")
    source = Source.of(read_notebook(Path(value), value))
    if source.language == "python":
        add_to_path(source.folder)
    return source


def _is_plain_sql(source: Source) -> bool:
    """Whether nothing but SQL can come: no cell of another language, no command."""
    return source.language == "sql" and not re.search(
        r"^(?:--|#) MAGIC|^\s*%", source.text, re.MULTILINE
    )


def _colors() -> bool:
    return "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


_received: signal.Signals | None = None


def _signal_exit_code() -> int:
    return 128 + int(_received or signal.SIGINT)


@contextmanager
def _signals() -> Iterator[None]:
    """SIGTERM and SIGHUP stop the running statement as Ctrl-C does, before we end."""

    def handle(number: int, frame: FrameType | None) -> None:
        global _received
        _received = signal.Signals(number)
        raise KeyboardInterrupt

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
