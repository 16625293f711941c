"""pyspark's session taught what code for Databricks expects of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from lakeshell.dialect.steps import Stream, StreamWriting
    from lakeshell.home import Home
    from lakeshell.session.python_api.queries import Queries
    from lakeshell.sql.widgets import Widgets


def teach(
    spark: Any, home: Home, notify: Callable[[str], None], widgets: Callable[[], Widgets]
) -> None:
    """Let `spark.sql` of this pyspark session understand arguments and Databricks' statements, and
    this process know `delta.tables` and what else Connect's client lacks.

    `notify` is told what is ignored in a statement, `widgets` gives those of the notebook that
    runs. Statements that Spark understands go there as they are.
    """
    from lakeshell.session.pyspark_names import teach_names
    from lakeshell.session.python_api import (
        absent,
        auto_loader,
        delta_import,
        kafka,
        sessions,
        settings,
        streams,
    )
    from lakeshell.session.python_api.queries import Queries
    from lakeshell.session.stream_watch import note_streams

    plain = spark.sql
    steps = _PysparkSteps(spark, home, notify, widgets)
    queries = steps.queries = Queries(spark, steps, notify)

    def sql(sqlQuery: str, args: Any = None, **kwargs: Any) -> Any:  # noqa: N803, pyspark's name
        return queries.sql(sqlQuery, args, **kwargs)

    sql.__doc__ = plain.__doc__
    spark.sql = sql
    teach_names(spark, home)
    note_streams(spark, home)
    spark.sparkContext = absent.Context(spark)
    setattr(spark, streams.LAKEHOUSE, home)
    delta_import.provide_delta_tables()
    absent.explain_absences()
    settings.answer_databricks_settings()
    streams.complete_stream_writer()
    auto_loader.tell_ignored_options(spark, notify)
    kafka.find_kafka(spark, notify)
    sessions.give_present_session()


class _PysparkSteps:
    """An Engine on pyspark's session."""

    def __init__(
        self,
        spark: Any,
        home: Home,
        notify: Callable[[str], None],
        widgets: Callable[[], Widgets],
    ) -> None:
        self.queries: Queries | None = None
        self._spark = spark
        self._home = home
        self._notify = notify
        self._widgets = widgets

    @property
    def widgets(self) -> Widgets:
        return self._widgets()

    @property
    def home(self) -> Home:
        return self._home

    def execute(self, text: str) -> pa.Table | None:
        from lakeshell.session.python_api.statement_errors import as_lakeshells

        with as_lakeshells():
            table: pa.Table = self._spark.sql(text).toArrow()
        return table if table.num_columns else None

    def rows(self, text: str) -> list[dict[str, Any]]:
        table = self.execute(text)
        return [] if table is None else list(table.to_pylist())

    def notice(self, text: str) -> None:
        self._notify(text)

    def stream_view(self, name: str, stream: Stream, how: str = "") -> None:
        from lakeshell.session.python_api.statement_errors import as_lakeshells

        assert self.queries is not None
        verb = "createOrReplace" if "replace" in how else "create"
        kind = "GlobalTempView" if "global" in how else "TempView"
        with as_lakeshells():
            frame = self.queries.stream(stream)
            getattr(frame, verb + kind)(name)

    def drain(self, writing: StreamWriting) -> str:
        from lakeshell.session.python_api.statement_errors import as_lakeshells
        from lakeshell.session.streaming import drain

        client = self._spark.client

        def ask(command: Any, *, regardless: bool = False) -> dict[str, Any]:
            # Not by the instance's method, which notes streams that are to be started again.
            with as_lakeshells():
                _, answers, _ = type(client).execute_command(client, command)
                return dict(answers)

        return drain(ask, writing, writing.table, lambda: None)
