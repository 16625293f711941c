"""The way of a statement, the same for every face: split, bind, dispatch, run, report.

Text comes in, events go out to the face's sink. Nothing else in lakeshell runs a user's text.
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from lakeshell.config import Config
from lakeshell.dialect.secrets_read import values_read
from lakeshell.errors import (
    CommandError,
    Interrupted,
    LakeshellError,
    ServerError,
    StatementError,
    StatementTimeout,
    UsageError,
)
from lakeshell.home import Home
from lakeshell.notebooks.source import Source as Source
from lakeshell.session.cells import NotebookExit
from lakeshell.session.result import Event, Failed, Notice, Sink, Started, Text
from lakeshell.sql.classify import classify
from lakeshell.sql.places import offset_at
from lakeshell.sql.statements import FOREIGN, OF_IPYTHON, Unit, split_source
from lakeshell.sql.variables import Bound, Parameter, bind, fill
from lakeshell.sql.widgets import Widgets

if TYPE_CHECKING:
    from lakeshell.commands.context import CommandContext
    from lakeshell.commands.options import Options
    from lakeshell.commands.registry import Registry
    from lakeshell.notebooks.notebook import Notebook
    from lakeshell.notebooks.running import RunningNotebook
    from lakeshell.session.cells import Cells
    from lakeshell.session.session import Session

HERE = "here"  # the variable that names the folder of the running file


OnUnit = Callable[[Unit], None]


class Interpreter:
    """Runs sources in one session, for one face.

    `open_session` is called when the first statement needs Spark. `confirm` asks a person and
    answers False where there is none. `registry` is one that is loaded already. `make_cells` gives
    the runner of Python cells: without it they run in this process. `caller` is the notebook whose
    cell runs this one.
    """

    def __init__(
        self,
        home: Home,
        config: Config,
        options: Options,
        *,
        sink: Sink,
        open_session: Callable[[], Session],
        confirm: Callable[[str], bool] = lambda question: False,
        variables: Mapping[str, str] | None = None,
        parameters: Mapping[str, Parameter] | None = None,
        interactive: bool = False,
        width: int | None = None,
        registry: Registry | None = None,
        make_cells: Callable[[Session, Sink], Cells] | None = None,
        caller: RunningNotebook | None = None,
    ) -> None:
        self.home = home
        self.config = config
        self.options = options
        self.sink = sink
        self.language = "sql"
        self.variables: dict[str, str] = {**config.variables, **(variables or {})}
        self.parameters = dict(parameters or {})
        self.widgets = Widgets(self.variables)
        self.secrets = values_read(home)
        self.all_fine = True  # in the last source, and what it has run
        self.exit_value: str | None = None  # what the last source gave dbutils.notebook.exit
        self.interactive = interactive
        self.width = width
        self.last_query: str | None = None
        self._open_session = open_session
        self._confirm = confirm
        self._session: Session | None = None
        self._registry = registry
        self._make_cells = make_cells
        self._cells: Cells | None = None
        self._folder = Path.cwd()
        self._file: Path | None = None
        self._thread: int | None = None
        self._caller = caller
        self._notebook: RunningNotebook | None = None
        self._depth = 0
        self._told: LakeshellError | None = None
        self._tap: Sink | None = None

    # What a face may look at
    @property
    def session(self) -> Session:
        """The Spark session, opened now if it is not yet."""
        if self._session is None:
            self._session = self._open_session()
        return self._session

    @property
    def has_session(self) -> bool:
        """Whether a session has been opened."""
        return self._session is not None

    @property
    def registry(self) -> Registry:
        """Commands and formats; loads the plugins, warning of those that are broken."""
        if self._registry is None:
            from lakeshell.commands.registry import Registry

            self._registry = Registry(self.home)
            for plugin in self._registry.problems:
                self.sink(Notice(f"Plugin {plugin.name} was not loaded: {plugin.error}", "warning"))
        return self._registry

    @property
    def cells(self) -> Cells:
        """The runner of Python cells."""
        if self._cells is None:
            if self._make_cells is not None:
                # Through the interpreter: a face may give every run a sink of its own.
                self._cells = self._make_cells(self.session, self._emit)
            else:
                from lakeshell.session.python_cells import PythonCells

                self._cells = PythonCells(self.session, self._emit)
        return self._cells

    @property
    def notebook(self) -> RunningNotebook:
        """What Python cells find as `dbutils`."""
        if self._notebook is None:
            from lakeshell.nested import run_apart
            from lakeshell.notebooks.running import RunningNotebook

            remote = self.session.remote if self.session.is_remote else None
            self._notebook = RunningNotebook(
                self.home, self.config, self.widgets, self.secrets, run_apart, remote, self._caller
            )
        self._notebook.folder, self._notebook.file = self._folder, self._file
        self._notebook.limit = self.options.limit
        return self._notebook

    def run(self, source: Source, on_unit: OnUnit | None = None) -> bool:
        """Run every statement, cell and command of `source`; whether all of them went well.

        `on_unit` is told each one before it runs. Failures go to the sink as Failed. Unless
        `options.keep_going`, the first one ends the run and is raised. Cancelling, a timeout and a
        lost server always do. A notebook that ends itself by `dbutils.notebook.exit` ends well.
        """
        if self._switched_language(source.text):
            return True
        if not self._depth:
            self.all_fine, self.exit_value = True, None
        before = self._folder, self._file, self._thread
        self._folder, self._file = source.folder, source.path
        self._thread = threading.get_ident()
        self._depth += 1
        try:
            for unit in split_source(source.text, source.language):
                if on_unit is not None:
                    on_unit(unit)
                self._emit(Started(unit.text, unit.index, unit.language))
                try:
                    self._run_unit(unit, source)
                except LakeshellError as error:
                    self.all_fine = False
                    self._report(error)
                    final = isinstance(error, (Interrupted, StatementTimeout, ServerError))
                    if final or not self.options.keep_going:
                        raise
        except NotebookExit as ending:
            if self._depth > 1:
                raise
            self.exit_value = ending.value
            if ending.value and self._caller is None:
                self._emit(Text(ending.value + "\n"))
        finally:
            self._depth -= 1
            self._folder, self._file, self._thread = before
        return self.all_fine

    def run_notebook(
        self,
        notebook: Notebook,
        arguments: Mapping[str, str],
        on_unit: OnUnit | None = None,
        tap: Sink | None = None,
    ) -> bool:
        """Run a file with these values for its widgets, and let `tap` see its events, too; else as
        `run`."""
        before, self._tap = self._tap, tap or self._tap
        try:
            with self.widgets.given(arguments):
                return self.run(Source.of(notebook), on_unit)
        finally:
            self._tap = before

    def _emit(self, event: Event) -> None:
        """Through the interpreter: a face may give every run a sink of its own."""
        if self.secrets:
            from lakeshell.notebooks.redaction import redacted

            event = redacted(event, self.secrets)
        self.sink(event)
        if self._tap is not None:
            self._tap(event)

    def _report(self, error: LakeshellError) -> None:
        """Say once that something failed, also where one source has run another."""
        if error is not self._told:
            self._told = error
            self._emit(Failed(error))

    def cancel(self) -> bool:
        """Stop what `run` runs now, from another thread; False when nothing runs."""
        if self._session is None or self._thread is None:
            return False
        in_cell = self._cells is not None and self._cells.interrupt()
        return self._session.cancel(self._thread) or in_cell

    def close(self, *, end_streams: bool = False) -> None:
        """End the session. Its streams go on, which is said, unless they are to end, too."""
        session, self._session = self._session, None
        if session is None:
            return
        if end_streams:
            session.close()
            return
        for failure in session.stream_failures():
            self._emit(Notice(failure, "warning"))
        if names := session.leave():
            from lakeshell.session.session_streams import go_on

            self._emit(Notice(go_on(names)))

    def _switched_language(self, text: str) -> bool:
        """`%python` or `%sql` alone switches the shell."""
        if self.interactive and text.strip() in ("%sql", "%python"):
            self.language = text.strip()[1:]
            return True
        return False

    def _run_unit(self, unit: Unit, source: Source) -> None:
        self._provide_samples(unit.text)
        if unit.language == "python":
            self.cells.assign(HERE, str(source.folder))
            name, place = source.placed(unit.position())
            self.cells.run(
                unit.text,
                file=name,
                first_line=place.line,
                limit=self.options.limit,
                tools=self.notebook,
            )
        elif unit.language == "command":
            self._run_command(unit, source)
        else:
            self._run_sql(unit, source)

    def _provide_samples(self, text: str) -> None:
        """What every workspace has beside its own data is made when it is first named."""
        if "samples" not in text.lower() and "databricks-datasets" not in text:
            return
        from lakeshell.session import samples

        if samples.names_datasets(text):
            samples.provide_datasets(self.home)
        schemas = samples.named_in(text)
        if schemas and not self.session.is_remote:
            samples.provide_tables(
                self.session, schemas, lambda told: self._emit(Notice(told, "info"))
            )

    def _bind(self, unit: Unit, source: Source) -> Bound:
        variables = self._visible_variables(source)
        values = {name: Parameter(value) for name, value in self.widgets.values().items()}
        try:
            return bind(unit.text, variables=variables, parameters={**values, **self.parameters})
        except UsageError as error:
            placed = StatementError(error.message, hint=error.hint)
            placed.exit_code = error.exit_code
            placed.source, placed.position = source.placed(unit.code_position)
            raise placed from error

    def _visible_variables(self, source: Source) -> dict[str, str]:
        return {HERE: str(source.folder), **self.variables, **self.widgets.values()}

    def _run_sql(self, unit: Unit, source: Source) -> None:
        bound = self._bind(unit, source)
        kind = classify(bound.text)
        if kind.destructive and self.options.confirm_destructive and self.interactive:
            first_line = bound.text.split("\n", 1)[0]
            if not self._confirm(f"{kind.verb} changes or removes data: {first_line}\nRun it?"):
                self._emit(Notice("Not run."))
                return
        try:
            result = self.session.execute(
                bound.text,
                limit=self.options.limit,
                timeout=self.options.timeout,
                sink=self._emit,
                kind=kind,
                widgets=self.widgets,
            )
        except LakeshellError as error:
            self._conceal(error, unit, source)
            if not isinstance(error, StatementError):
                raise
            if self._handled(bound.text, error):
                return
            self._place(error, bound, unit, source)
            from lakeshell.session.suggestions import add_suggestion

            add_suggestion(error, self.session)
            raise
        if kind.can_limit:
            self.last_query = bound.text
        self._emit(result)

    def _conceal(self, error: LakeshellError, unit: Unit, source: Source) -> None:
        """Spark quotes what it was sent; values of `${password}` and the like are not repeated."""
        from lakeshell.history import secret_values, without_values

        variables = self._visible_variables(source)
        values = secret_values({n: v for n, v in variables.items() if n in unit.text})
        if values:
            error.message = without_values(error.message, values)
            error.args = (error.message,)
            if error.hint:
                error.hint = without_values(error.hint, values)
            if isinstance(error, StatementError) and error.detail:
                error.detail = without_values(error.detail, values)

    def _handled(self, text: str, error: StatementError) -> bool:
        """Let a dialect handler take over a statement that Spark's parser has refused."""
        if not (error.error_class or "").startswith("PARSE_"):
            return False
        for handler in self.registry.dialect_handlers:
            try:
                if not handler.matches(text):
                    continue
                result = handler.run(text, self.context())
            except LakeshellError:
                raise
            except Exception as fault:
                # Somebody else's code failed: their name, not our traceback.
                raise CommandError(
                    f"The plugin that handles {handler.construct} failed: "
                    f"{type(fault).__name__}: {fault}"
                ) from fault
            self._emit(result)
            return True
        return False

    def _place(self, error: StatementError, bound: Bound, unit: Unit, source: Source) -> None:
        """From the place in the text that was sent to the place in the user's file."""
        if error.position is not None:
            place = unit.position(bound.origin(offset_at(bound.text, error.position)))
        else:
            place = unit.code_position
        error.source, error.position = source.placed(place)
        error.source_line = source.line(place)

    # Commands
    def _run_command(self, unit: Unit, source: Source) -> None:
        """Run `%name arguments`; what follows the first line is one argument more.

        Values of `${x}` are bound as in any statement where the command takes SQL, left alone
        where it takes a shell script, and are plain text in the words of all others.
        """
        from lakeshell.commands.words import TextCommand, is_verbatim, plain_words

        name, line = _command_name(unit.text)
        if not name:
            raise UsageError("A command has a name.", hint="%help lists them.")
        if name in OF_IPYTHON:
            self._emit(Notice(f"%{name} has no effect here."))
            return
        if name.lower() in FOREIGN:
            raise self._foreign(FOREIGN[name.lower()], unit, source)
        command = self.registry.command(name)
        if isinstance(command, TextCommand):
            text = unit.text if is_verbatim(command) else self._bind(unit, source).text
            words = command.split(_command_name(text)[1])
        else:
            first, _, body = line.partition("\n")
            variables = self._visible_variables(source)
            words = [fill(word, variables) for word in plain_words(first)]
            if body.strip():
                words.append(fill(body, variables))
        try:
            self.run_words([name, *words])
        except LakeshellError as error:
            self._conceal(error, unit, source)
            raise

    def _foreign(self, language: str, unit: Unit, source: Source) -> StatementError:
        error = StatementError(f"{language} cells do not run here.")
        error.source, error.position = source.placed(unit.code_position)
        error.source_line = source.line(unit.code_position)
        return error

    def run_words(self, words: list[str]) -> None:
        """Run a command given as its name and arguments."""
        import click

        command = self.registry.command(words[0])
        try:
            command.main(
                words[1:],
                prog_name=f"%{words[0]}" if self.interactive else f"lakeshell {words[0]}",
                standalone_mode=False,
                obj=self.context(),
            )
        except click.exceptions.Exit:
            return
        except click.Abort:
            raise Interrupted() from None
        except click.UsageError as error:
            hint = error.ctx.get_usage() if error.ctx else None
            raise UsageError(error.format_message(), hint=hint) from error
        except click.ClickException as error:
            raise CommandError(error.format_message()) from error
        except KeyboardInterrupt:
            if self._session is not None:
                self._session.cancel(threading.get_ident())
            raise Interrupted() from None
        except LakeshellError as error:
            if isinstance(error, StatementError) and error.source is None:
                error.position = None  # in a statement of the command's own
            raise
        except Exception as error:
            if not self._is_plugin(words[0]):
                raise
            # Somebody else's code failed: their name, not our traceback.
            raise CommandError(
                f"The plugin command %{words[0]} failed: {type(error).__name__}: {error}"
            ) from error

    def context(self) -> CommandContext:
        """What commands are given."""
        from lakeshell.commands.context import CommandContext

        return CommandContext(
            home=self.home,
            config=self.config,
            registry=self.registry,
            open_session=lambda: self.session,
            sink=self._emit,
            confirm=self._confirm,
            run=lambda text: self._run_nested(text),
            run_notebook=self.run_notebook,
            variables=self.variables,
            options=self.options,
            folder=self._folder,
            interactive=self.interactive,
            width=self.width,
            last_query=self.last_query,
            in_file=self._depth > (1 if self.interactive else 0),
        )

    def _run_nested(self, text: str) -> None:
        self.run(Source(text, "<command>", self.language, self._folder))

    def _is_plugin(self, name: str) -> bool:
        from lakeshell.commands.lazy import LazyCommand

        return not isinstance(self.registry.commands.get(name), LazyCommand)


def _command_name(text: str) -> tuple[str, str]:
    """`%name` without the sign, and the rest of the text."""
    name, *rest = re.split(r"(?=\s)", text.lstrip()[1:], maxsplit=1)
    return name, "".join(rest)


def add_to_path(folder: Path) -> None:
    """Let a script import what lies beside it, as Python itself does."""
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
