"""The inline shell: a prompt at once, Spark behind it, statements one after the other."""

from __future__ import annotations

import contextlib
import importlib
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from lakeshell.catalog.metadata import SessionMetadata
from lakeshell.commands.lazy import LazyCommand
from lakeshell.commands.options import Options
from lakeshell.completing import Completing
from lakeshell.config import Config
from lakeshell.errors import Interrupted, LakeshellError
from lakeshell.history import StatementHistory
from lakeshell.home import Home
from lakeshell.repl.completer import ShellCompleter
from lakeshell.repl.highlight import ShellLexer
from lakeshell.repl.interrupts import cancellable
from lakeshell.repl.keys import QUIT_WORDS
from lakeshell.repl.output import Output, colors
from lakeshell.repl.prompt import Prompt
from lakeshell.repl.prompt_history import PromptHistory
from lakeshell.repl.shell_commands import Quit, shell_commands
from lakeshell.repl.terminal import set_echo, terminal_kept
from lakeshell.session.connection import Connection
from lakeshell.session.result import Notice

if TYPE_CHECKING:
    from lakeshell.interpreter import Interpreter
    from lakeshell.session.remote import Remote
    from lakeshell.session.session import Session
    from lakeshell.sql.variables import Parameter

_SCHEMA_WAIT = 1.0  # seconds that the prompt behind a USE waits for the new name
_TICK = 0.5  # seconds between two drawings of the toolbar while something is waited for


def run(
    home: Home,
    config: Config,
    *,
    remote: Remote | None = None,
    variables: Mapping[str, str] | None = None,
    parameters: Mapping[str, Parameter] | None = None,
    options: Options | None = None,
) -> int:
    """Open the shell and stay in it until the person leaves; the exit code."""
    home.create()
    shell = Shell(home, config, options or Options.of(config.shell), remote, variables, parameters)
    with terminal_kept():
        return shell.run()


class Ended(SystemExit):
    """A signal ends the shell; its code is the conventional one."""


class Shell:
    """One inline shell, with all that its prompt, its commands and its statements share."""

    def __init__(
        self,
        home: Home,
        config: Config,
        options: Options,
        remote: Remote | None = None,
        variables: Mapping[str, str] | None = None,
        parameters: Mapping[str, Parameter] | None = None,
    ) -> None:
        self.home = home
        self.config = config
        self.options = options
        self._variables = variables
        self._parameters = parameters
        self._interpreter: Interpreter | None = None
        self._lock = threading.RLock()
        self._functions: tuple[int, frozenset[str]] = (0, frozenset())
        self._count = 0
        color = colors(config.shell.theme)
        self.output = Output(options, color=color)
        self.history = StatementHistory(
            home.state_db, warn=lambda text: self.output(Notice(text, "warning"))
        )
        self.metadata = SessionMetadata(on_change=self._names_have_come)
        completing = Completing(
            home,
            self.metadata,
            ready=lambda: self._interpreter,
            make=lambda: self.interpreter,
        )
        self.connection = Connection(
            home,
            config,
            remote,
            on_change=self._connection_changed,
            on_announce=self._announced,
            on_reconnect=self._reconnected,
        )
        self.prompt = Prompt(
            self,
            completer=ShellCompleter(completing.surroundings, lambda: self.language),
            history=PromptHistory(self.history, lambda: self.language),
            lexer=ShellLexer(lambda: self.language, self._known_functions),
            theme=config.shell.theme,
            color=color,
        )

    # What the prompt shows
    @property
    def language(self) -> str:
        """The language of the prompt."""
        return self._interpreter.language if self._interpreter else "sql"

    @property
    def schema(self) -> str:
        """The current schema, as far as it is known."""
        return self.metadata.current_schema

    @property
    def edit_mode(self) -> str:
        """emacs or vi."""
        return self.options.edit_mode

    def server_text(self) -> tuple[str, str]:
        """For the toolbar: what keeps Spark from being there."""
        connection = self.connection
        if connection.is_opening:
            return "busy", f"{connection.doing} {connection.elapsed:.0f} s; type on, it will wait"
        if connection.error is not None:
            return "error", f"No Spark: {connection.error.message} The next statement tries again."
        return "", ""

    # Its life
    def run(self) -> int:
        """Read and run until the person leaves."""
        set_echo(False)
        self.connection.start()
        threading.Thread(target=self._warm_up, name="lakeshell-warm-up", daemon=True).start()
        with self._ended_by_signals():
            try:
                while True:
                    self.output.flush_remarks()
                    self._tell_streams()
                    try:
                        text = self.prompt.ask()
                    except KeyboardInterrupt:
                        continue
                    except EOFError:
                        return 0
                    self.run_text(text)
            except Quit:
                return 0
            finally:
                self._close()

    def _tell_streams(self) -> None:
        """Streams of this shell that have failed while nobody waited for them."""
        if self.connection.session is not None:
            for failure in self.connection.session.stream_failures():
                self.output(Notice(failure, "warning"))

    def run_text(self, text: str) -> None:
        """Run what was typed. Raises Quit when it asks to leave; errors are shown."""
        word = text.strip()
        if not word:
            return
        if word in QUIT_WORDS:
            raise Quit
        if word.startswith("?"):
            word = text = f"%help {word[1:].strip().lstrip('%')}"
        self._count += 1
        with cancellable(lambda sentence: self.output(Notice(sentence))):
            try:
                self._run_source(text)
            except LakeshellError as error:
                if self._reported is not error:
                    self.output.error(error)
            except KeyboardInterrupt:
                self.output.error(Interrupted())
            except Ended:
                raise
            except SystemExit as wanted:
                raise Quit from wanted  # exit() in a cell
            except Quit:
                raise
            # A fault of ours: the shell and its session outlive it.
            except Exception as error:
                self._fault(error)
            finally:
                self.output.finish()
        self._after(word)

    def _run_source(self, text: str) -> None:
        from lakeshell.interpreter import Source

        interpreter = self.interpreter
        interpreter.width = self.output.width
        self._reported = None
        interpreter.run(Source(text, f"<input {self._count}>", self.language, Path.cwd()))

    _reported: LakeshellError | None = None

    def _sink(self, event: Any) -> None:
        from lakeshell.session.result import Failed

        if isinstance(event, Failed):
            self._reported = event.error
        self.output(event)

    @property
    def interpreter(self) -> Interpreter:
        """The interpreter, with the shell's own commands among the others."""
        with self._lock:
            if self._interpreter is None:
                from lakeshell.interpreter import Interpreter

                interpreter = Interpreter(
                    self.home,
                    self.config,
                    self.options,
                    sink=self._sink,
                    open_session=self._wait_for_session,
                    confirm=self.output.confirm,
                    variables=self._variables,
                    parameters=self._parameters,
                    interactive=True,
                    width=self.output.width,
                )
                own = shell_commands(self.history, lambda: self.language)
                commands = interpreter.registry.commands
                commands.update({str(command.name): command for command in own})
                self.output.formats = lambda: interpreter.registry.formats
                self.output.takes_terminal = self._takes_terminal
                self.output.time_zone = lambda: interpreter.session.time_zone
                self._interpreter = interpreter
            return self._interpreter

    def _takes_terminal(self, text: str) -> bool:
        """Whether a command may read keys or draw: programs, editors, and what plugins do."""
        name = text.lstrip("% ").split(None, 1)[0] if text.strip("% \n") else ""
        known = self.interpreter.registry.commands.get(name)
        return name in ("sh", "secrets") or not isinstance(known, LazyCommand)

    def _wait_for_session(self) -> Session:
        if self.connection.is_opening or self.connection.session is None:
            self.output.progress.start(lambda: self.connection.doing)
            try:
                session = self.connection.wait()
            finally:
                self.output.progress.stop()
            self.output.progress.start()
            return session
        return self.connection.session

    def _after(self, text: str) -> None:
        """What a statement may have changed: names, the schema in the prompt, the language."""
        if self.language == "python" and "jedi" not in sys.modules:
            threading.Thread(target=lambda: importlib.import_module("jedi"), daemon=True).start()
        if not _may_change_names(text):
            return
        self.metadata.refresh()
        if "use" in text.lower():
            self.metadata.wait(_SCHEMA_WAIT)

    def _close(self) -> None:
        self.output.progress.stop()
        self.metadata.close()
        with contextlib.suppress(LakeshellError):
            self._tell_streams()
            session = self.connection.session
            if session is not None and (names := session.leave()):
                from lakeshell.session.session_streams import go_on

                self.output(Notice(go_on(names)))
        self.history.close()

    def _fault(self, error: Exception) -> None:
        import tempfile
        import traceback

        with tempfile.NamedTemporaryFile(
            "w", prefix="lakeshell-", suffix=".log", delete=False, encoding="utf-8"
        ) as log:
            traceback.print_exception(type(error), error, error.__traceback__, file=log)
        self.output(
            Notice(
                f"lakeshell met a fault of its own: {type(error).__name__}: {str(error)[:200]}\n"
                f"The details are in {log.name}.",
                "warning",
            )
        )

    # Other threads
    def _warm_up(self) -> None:
        """Load what the first statement would wait for, and draw the seconds of a slow start."""
        with contextlib.suppress(Exception):
            self.interpreter.registry.formats  # noqa: B018  loads them
        while self.connection.is_opening:
            self.prompt.redraw()
            time.sleep(_TICK)

    def _connection_changed(self) -> None:
        if self.connection.session is not None:
            self.metadata.attach(self.connection.session)
        self.prompt.redraw()

    def _announced(self, doing: str) -> None:
        """A statement has to start the server again."""
        if threading.current_thread() is threading.main_thread():
            self.output.progress.start(lambda: doing)

    def _reconnected(self, sentence: str) -> None:
        self.output.progress.stop()
        self.output(Notice(sentence, "warning"))
        if threading.current_thread() is threading.main_thread():
            self.output.progress.start()
        self.metadata.refresh()

    def _names_have_come(self) -> None:
        self.prompt.complete_again()

    def _known_functions(self) -> frozenset[str]:
        functions = self.metadata.functions()
        if len(functions) != self._functions[0]:
            self._functions = (len(functions), frozenset(functions))
        return self._functions[1]

    @contextlib.contextmanager
    def _ended_by_signals(self) -> Iterator[None]:
        """SIGTERM and SIGHUP leave the prompt, or stop the statement, and end the shell."""

        def handle(number: int, frame: FrameType | None) -> None:
            if not self.prompt.end(Ended(128 + number)):
                raise Ended(128 + number)

        before = {n: signal.signal(n, handle) for n in (signal.SIGTERM, signal.SIGHUP)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _may_change_names(text: str) -> bool:
    """Whether names or the current schema may be others behind `text`; when in doubt, yes."""
    words = text.lower()
    return any(
        word in words
        for word in ("create", "drop", "alter", "use", "rename", "replace", "restore", "%", "spark")
    )
