"""`spark.sql` of Python cells: arguments, DataFrames in braces, and Databricks' statements."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from lakeshell.dialect.after import after_statement
from lakeshell.dialect.before import around_statement
from lakeshell.dialect.dialect import Dialect
from lakeshell.dialect.python_functions import PythonFunctions
from lakeshell.dialect.views.protected import refuse_writes
from lakeshell.session.define_function import register
from lakeshell.session.python_api.arguments import bind_arguments
from lakeshell.session.python_api.frames import frame_of
from lakeshell.session.python_api.statement_errors import as_pysparks

if TYPE_CHECKING:
    from lakeshell.dialect.steps import Engine, Stream


class Queries:
    """Stands in for the `sql` of one pyspark session."""

    def __init__(self, spark: Any, engine: Engine, notify: Callable[[str], None]) -> None:
        self._spark = spark
        self._plain: Callable[..., Any] = spark.sql
        self._engine = engine
        self._notify = notify
        self._dialect = Dialect()
        self._functions = PythonFunctions(
            engine.home, self._current_names, partial(register, spark)
        )

    def sql(self, sqlQuery: str, args: Any = None, **kwargs: Any) -> Any:  # noqa: N803
        """Run a statement, in Spark's words or in those of Databricks; its rows as a DataFrame.

        `args`: values for `:name` (a dict) or `?` (a list). Further arguments are the values and
        DataFrames that stand in the text as `{name}`. What is refused is an AnalysisException.
        """
        with as_pysparks():
            return self._run(sqlQuery, args, kwargs)

    def _run(self, text: str, args: Any, kwargs: dict[str, Any]) -> Any:
        if not isinstance(text, str):
            return self._plain(text, args, **kwargs)
        frames: dict[str, Any] = {}
        if kwargs:
            text, frames = self._filled(text, kwargs)
        if args is not None:
            text = bind_arguments(self._spark, text, args)
        return self._planned(text, frames)

    def _planned(self, text: str, frames: Mapping[str, Any]) -> Any:
        called = self._functions.called(text)
        if called is not None:
            text = called.text
        plan = self._dialect.plan(text)
        for notice in plan.notices if plan is not None else ():
            self._notify(notice)
        if plan is not None and plan.action is not None:
            with self._views(frames):
                answer = plan.action.run(self._engine)
            self._follow(text)
            table = answer.table
            if answer.then:
                return self.sql(answer.then)
            if answer.stream is not None:
                return self.stream(answer.stream)
            if table is None:
                return self._spark.createDataFrame([], "result STRING").select()
            return frame_of(self._spark, table)
        if plan is not None:
            text = plan.text
        refuse_writes(text, self._engine.home, self._engine.rows)
        try:
            home, rows = self._engine.home, self._engine.rows
            with around_statement(text, home, rows, self._notify):
                frame = self._sent(text, frames)
            self._follow(text)
            return frame
        except Exception as error:
            again = self._dialect.repair(text, str(error))
            if again is None:
                raise
        return self._sent(again.text, frames)

    def stream(self, stream: Stream) -> Any:
        """A query that is a stream, as a DataFrame."""
        return self._planned(stream.query, self._sources(stream))

    def _sources(self, stream: Stream) -> dict[str, Any]:
        """What it reads that is no table, as DataFrames."""
        frames = {}
        for name, source in stream.sources.items():
            reader = self._spark.readStream.format(source.format).options(**source.options)
            if source.schema:
                reader = reader.schema(source.schema)
            frame = reader.load(source.path) if source.path else reader.load()
            frames[name] = frame.select("*", "_metadata") if source.metadata else frame
        return frames

    def _follow(self, text: str) -> None:
        after_statement(text, self._engine.home, self._engine.rows)

    def _current_names(self) -> tuple[str, str]:
        """The current catalog and schema, as the user knows them."""
        (row,) = self._engine.rows("SELECT current_catalog() AS c, current_schema() AS s")
        return row["c"], row["s"]

    def _sent(self, text: str, frames: Mapping[str, Any]) -> Any:
        return self._plain(_template(text, frames), **frames) if frames else self._plain(text)

    def _filled(self, text: str, values: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """`text` with its `{name}` replaced, and the DataFrames by the names they were given."""
        from pyspark.sql.connect.sql_formatter import SQLStringFormatter

        formatter = SQLStringFormatter(self._spark)
        filled = formatter.format(text, **values)
        return filled, {name: frame for frame, name in formatter._temp_views}

    @contextlib.contextmanager
    def _views(self, frames: Mapping[str, Any]) -> Iterator[None]:
        """The DataFrames as views, for statements that are carried out in several."""
        try:
            for name, frame in frames.items():
                frame.createOrReplaceTempView(name)
            yield
        finally:
            for name in frames:
                self._spark.catalog.dropTempView(name)


def _template(text: str, frames: Mapping[str, Any]) -> str:
    """`text` with the frames' names in braces again, for pyspark to send them with it."""
    text = text.replace("{", "{{").replace("}", "}}")
    for name in frames:
        text = text.replace(name, f"{{{name}}}")
    return text
