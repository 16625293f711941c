"""The way of a statement, the same for every face: split, bind, dispatch, run, report.

Text comes in, events go out to the face's sink. Nothing else in lakeshell runs a user's text.
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lakeshell.config import Config
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
from lakeshell.session.result import Failed, Notice, Sink, Started
from lakeshell.sql.classify import classify
from lakeshell.sql.places import offset_at
from lakeshell.sql.statements import Unit, split_source
from lakeshell.sql.variables import Bound, Parameter, bind, fill

if TYPE_CHECKING:
    from lakeshell.commands.context import CommandContext
    from lakeshell.commands.options import Options
    from lakeshell.commands.registry import Registry
    from lakeshell.session.cells import Cells
    from lakeshell.session.session import Session

HERE = "here"  # the variable that names the folder of the running file


@dataclass(frozen=True)
class Source:
    """Text to run: `name` is what errors call it, `folder` what relative paths start from."""

    text: str
    name: str
    language: str = "sql"
    folder: Path = field(default_factory=Path.cwd)


class Interpreter:
    """Runs sources in one session, for one face.

    `open_session` is called when the first statement needs Spark. `confirm` asks a person and
    answers False where there is none. `registry` is one that is loaded already. `make_cells` gives
    the runner of Python cells: without it they run in this process.
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
    ) -> None:
        self.home = home
        self.config = config
        self.options = options
        self.sink = sink
        self.language = "sql"
        self.variables: dict[str, str] = {**config.variables, **(variables or {})}
        self.parameters = dict(parameters or {})
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
        self._thread: int | None = None

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
                self._cells = self._make_cells(self.session, lambda event: self.sink(event))
            else:
                from lakeshell.session.python_cells import PythonCells

                self._cells = PythonCells(self.session, lambda event: self.sink(event))
        return self._cells

    def run(self, source: Source) -> bool:
        """Run every statement, cell and command of `source`; whether all of them went well.

        Failures go to the sink as Failed. Unless `options.keep_going`, the first one ends the run
        and is raised. Cancelling, a timeout and a lost server always do.
        """
        if self._switched_language(source.text):
            return True
        fine = True
        before = self._folder, self._thread
        self._folder, self._thread = source.folder, threading.get_ident()
        try:
            for unit in split_source(source.text, source.language):
                self.sink(Started(unit.text, unit.index, unit.language))
                try:
                    self._run_unit(unit, source)
                except LakeshellError as error:
                    fine = False
                    self.sink(Failed(error))
                    final = isinstance(error, (Interrupted, StatementTimeout, ServerError))
                    if final or not self.options.keep_going:
                        raise
        finally:
            self._folder, self._thread = before
        return fine

    def cancel(self) -> bool:
        """Stop what `run` runs now, from another thread; False when nothing runs."""
        if self._session is None or self._thread is None:
            return False
        in_cell = self._cells is not None and self._cells.interrupt()
        return self._session.cancel(self._thread) or in_cell

    def close(self) -> None:
        """End the session."""
        if self._session is not None:
            self._session.close()
            self._session = None

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
            self.cells.run(
                unit.text,
                file=source.name,
                first_line=unit.position().line,
                limit=self.options.limit,
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
                self.session, schemas, lambda told: self.sink(Notice(told, "info"))
            )

    def _bind(self, unit: Unit, source: Source) -> Bound:
        variables = self._visible_variables(source)
        try:
            return bind(unit.text, variables=variables, parameters=self.parameters)
        except UsageError as error:
            placed = StatementError(error.message, hint=error.hint)
            placed.exit_code = error.exit_code
            placed.source = source.name
            placed.position = unit.code_position
            raise placed from error

    def _visible_variables(self, source: Source) -> dict[str, str]:
        return {HERE: str(source.folder), **self.variables}

    def _run_sql(self, unit: Unit, source: Source) -> None:
        bound = self._bind(unit, source)
        kind = classify(bound.text)
        if kind.destructive and self.options.confirm_destructive and self.interactive:
            first_line = bound.text.split("\n", 1)[0]
            if not self._confirm(f"{kind.verb} changes or removes data: {first_line}\nRun it?"):
                self.sink(Notice("Not run."))
                return
        try:
            result = self.session.execute(
                bound.text,
                limit=self.options.limit,
                timeout=self.options.timeout,
                sink=self.sink,
                kind=kind,
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
        self.sink(result)

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
            self.sink(result)
            return True
        return False

    def _place(self, error: StatementError, bound: Bound, unit: Unit, source: Source) -> None:
        """From the place in the text that was sent to the place in the user's file."""
        error.source = source.name
        if error.position is not None:
            offset = bound.origin(offset_at(bound.text, error.position))
            error.position = unit.position(offset)
        else:
            error.position = unit.code_position
        lines = source.text.split("\n")
        if error.position.line <= len(lines):
            error.source_line = lines[error.position.line - 1].rstrip("\r")

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
            if isinstance(error, StatementError):
                error.position = error.source = None
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
            sink=self.sink,
            confirm=self._confirm,
            run=lambda text: self._run_nested(text),
            variables=self.variables,
            options=self.options,
            folder=self._folder,
            interactive=self.interactive,
            width=self.width,
            last_query=self.last_query,
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
