"""Python cells in the shell's own process: `spark`, `display`, the last expression echoed."""

from __future__ import annotations

import ast
import contextlib
import io
import linecache
import sys
import traceback
import uuid
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from types import CodeType, TracebackType
from typing import Any

from lakeshell.errors import CellError, Interrupted, LakeshellError, Position, ServerDied
from lakeshell.session.cells import CellSession, CellTools, PythonRestart
from lakeshell.session.display import result_of
from lakeshell.session.jdbc_hints import driver_hint
from lakeshell.session.python_api.figures import Figures
from lakeshell.session.result import Event, Notice, Sink, Text
from lakeshell.session.spark_errors import tells_death
from lakeshell.sql.widgets import Widgets


class PythonCells:
    """A Python namespace that lives as long as the shell.

    The cells' module is `__main__` by name, so that functions defined in them travel to Spark's
    workers by value.
    """

    def __init__(self, session: CellSession, sink: Sink) -> None:
        self._session = session
        self._sink = sink
        self._generation = 0
        self._limit = 1000
        self._tools: CellTools | None = None
        self._figures = Figures()
        self.namespace: dict[str, Any] = {}
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._generation = 0
        self.namespace.clear()
        self.namespace.update(
            {
                "__name__": "__main__",
                "__builtins__": __builtins__,
                "display": self._display,
            }
        )

    def assign(self, name: str, value: str) -> None:
        """Give the cells a variable."""
        self.namespace[name] = value

    def interrupt(self) -> bool:
        """Cells here are interrupted by a signal to this process, not by a thread of it."""
        return False

    def run(
        self,
        code: str,
        *,
        file: str,
        first_line: int = 1,
        limit: int = 1000,
        tools: CellTools | None = None,
    ) -> None:
        """Run `code`, whose first line is line `first_line` of `file`.

        What it prints and displays goes to the sink while it runs. Raises CellError with the
        traceback cut to lines of the user's own, Interrupted on Ctrl-C after its Spark jobs were
        stopped. SystemExit passes through.
        """
        self._limit = limit
        self._tools = tools
        self._refresh_spark()
        _remember_source(code, file, first_line)
        body, last = self._compile(code, file, first_line)
        tag = f"lakeshell-{uuid.uuid4()}"
        with self._serving(tag):
            try:
                exec(body, self.namespace)
                if last is not None:
                    value = eval(last, self.namespace)
                    if value is not None:
                        self.namespace["_"] = value
                        self._echo(value)
            except KeyboardInterrupt:
                self._session.stop_jobs(tag)
                raise Interrupted() from None
            except PythonRestart:
                self._begin_anew()
            except SystemExit:
                raise
            except BaseException as error:
                raise self._cell_error(error, file) from error

    @contextlib.contextmanager
    def _serving(self, tag: str) -> Iterator[None]:
        """What a cell finds while it runs: its output, its tools, its session as pyspark's own,
        the files of the lakehouse. Its Spark jobs carry `tag`."""
        from lakeshell.session.pyspark_session import active
        from lakeshell.session.python_files import lake_files_in_python

        with contextlib.ExitStack() as around:
            around.enter_context(_printing_to(self._tell))
            around.enter_context(active(self.namespace.get("spark")))
            around.enter_context(tagged(self.namespace.get("spark"), tag))
            around.enter_context(lake_files_in_python(self._session.lakehouse))
            around.enter_context(self._figures.of_cell(self._session.lakehouse, self._tell))
            if self._tools is not None:
                around.enter_context(
                    self._tools.serving(self.namespace, self._session, self._tell, self._display)
                )
            yield

    def _tell(self, event: Event) -> None:
        self._sink(event if self._tools is None else self._tools.redacted(event))

    def _widgets(self) -> Widgets:
        return Widgets() if self._tools is None else self._tools.widgets

    def _refresh_spark(self) -> None:
        """Give the cells the session of the present server; a new one after a restart."""
        spark = self._session.spark
        if self._generation != self._session.generation:
            self._generation = self._session.generation
            home = self._session.lakehouse
            if home is not None:
                from lakeshell.session.pyspark_dialect import teach

                teach(spark, home, lambda text: self._tell(Notice(text, "warning")), self._widgets)
                self.namespace["sc"] = spark.sparkContext
            # The names that notebooks of Databricks find.
            self.namespace.update(spark=spark, sqlContext=spark, sql=spark.sql, table=spark.table)

    def _compile(self, code: str, file: str, first_line: int) -> tuple[CodeType, CodeType | None]:
        """The cell, and apart from it its last line where that is an expression to echo."""
        try:
            tree = ast.parse(code, file)
            ast.increment_lineno(tree, first_line - 1)
            last = None
            if tree.body and isinstance(tree.body[-1], ast.Expr) and not _silenced(code):
                expression = tree.body.pop()
                assert isinstance(expression, ast.Expr)
                last = compile(ast.Expression(expression.value), file, "eval")
            return compile(tree, file, "exec"), last
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 1
            column = getattr(error, "offset", None) or 1
            raise CellError(
                f"{type(error).__name__}: {getattr(error, 'msg', error)}",
                position=Position(line + first_line - 1, column),
                source=file,
                source_line=(code.splitlines() or [""])[min(line, code.count("\n") + 1) - 1],
            ) from None

    def _echo(self, value: Any) -> None:
        if self._figures.show(value):
            return
        result = result_of(value, self._limit)
        if result is not None:
            self._tell(result)
        else:
            self._tell(Text(repr(value) + "\n"))

    def _display(self, value: Any = None, *_: Any, **__: Any) -> None:
        """Databricks' `display`: a DataFrame or whatever reads as rows, shown as a table."""
        if value is not None:
            self._echo(value)

    def _cell_error(self, error: BaseException, file: str) -> Exception:
        from lakeshell.render.errors import split_spark_message
        from lakeshell.render.stream_errors import is_stream_failure, stream_failure

        if isinstance(error, Interrupted):
            return error
        if isinstance(error, LakeshellError):
            return CellError(
                error.message,
                hint=error.hint,
                error_class=getattr(error, "error_class", None),
                detail=_own_lines(error, file),
            )
        error_class = getattr(error, "getCondition", lambda: None)()
        text = str(error)
        if tells_death(text):
            self._session.mark_lost()
            return ServerDied("The server is gone.", hint="The next statement starts a new server.")
        if error_class == "OPERATION_CANCELED":
            return Interrupted()
        hint = driver_hint(str(error), "")
        if is_stream_failure(text):
            told = stream_failure(text)
            text, error_class, hint = told.text, told.error_class, told.hint or hint
        elif type(error).__module__.startswith("pyspark."):
            parts = split_spark_message(text)
            text, error_class = parts.text, error_class or parts.error_class
        message = f"{type(error).__name__}: {text}" if text else type(error).__name__
        return CellError(
            message,
            hint=hint,
            error_class=error_class,
            detail=_own_lines(error, file),
        )


@contextlib.contextmanager
def tagged(spark: Any, tag: str) -> Iterator[None]:
    """Spark jobs that begin here carry `tag`, by which they are cancelled."""
    if not hasattr(spark, "addTag"):  # the cell's own `spark`
        yield
        return
    spark.addTag(tag)
    try:
        yield
    finally:
        # The cell may have cleared the tags, or stopped the session.
        with contextlib.suppress(Exception):
            spark.removeTag(tag)


_printing: ContextVar[Sink | None] = ContextVar("_printing", default=None)


class _SinkWriter(io.TextIOBase):
    """A standard output whose lines become events as they come.

    Cells may run notebooks in threads, each of which prints to a sink of its own; threads that
    have none print to that of the cell.
    """

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if text:
            (_printing.get() or self._sink)(Text(text))
        return len(text)


@contextlib.contextmanager
def _printing_to(sink: Sink) -> Iterator[None]:
    token = _printing.set(sink)
    try:
        if isinstance(sys.stdout, _SinkWriter):  # a cell runs this one
            yield
        else:
            with contextlib.redirect_stdout(_SinkWriter(sink)):
                yield
    finally:
        _printing.reset(token)


def _silenced(code: str) -> bool:
    """A trailing `;` keeps the last value from being echoed, as in notebooks."""
    return code.rstrip().endswith(";")


def _remember_source(code: str, file: str, first_line: int) -> None:
    """Let tracebacks quote cells that are in no file."""
    if not Path(file).is_file():
        lines = [""] * (first_line - 1) + code.split("\n")
        text = "\n".join(lines) + "\n"
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)


def _own_lines(error: BaseException, file: str) -> str:
    """The traceback without frames of lakeshell, pyspark, gRPC and Python itself."""
    own = traceback.StackSummary.from_list(
        [
            frame
            for frame in traceback.extract_tb(_trimmed(error.__traceback__))
            if frame.filename == file or not _is_library(frame.filename)
        ]
    )
    return "".join(own.format()).rstrip("\n")


def _trimmed(trace: TracebackType | None) -> TracebackType | None:
    """Without the frame of `run` above the cell."""
    return trace.tb_next if trace else None


def _is_library(filename: str) -> bool:
    if filename.startswith("<frozen"):
        return True
    path = Path(filename)
    return (
        Path(sys.prefix) in path.parents
        or Path(sys.base_prefix) in path.parents
        or any(part in ("site-packages", "dist-packages", "lakeshell") for part in path.parts[:-1])
    )
