"""Python cells in the kernel and SQL in the shell are one Spark session."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from lakeshell.config import Config
from lakeshell.errors import CellError, Interrupted
from lakeshell.home import Home
from lakeshell.session.kernel import Kernel, KernelCells
from lakeshell.session.launch import ensure_server, stop_server
from lakeshell.session.result import Event, Result, Text
from lakeshell.session.session import Session


class Tab:
    """The cells of a tab and what they gave."""

    def __init__(self, session: Session) -> None:
        self.events: list[Event] = []
        self.kernel = Kernel(session)
        self.cells: KernelCells = self.kernel.for_sink(self.events.append)

    def run(self, code: str) -> str:
        """Run a cell; the text that it gave."""
        self.events.clear()
        self.cells.run(code, file="cell.py")
        return "".join(e.text for e in self.events if isinstance(e, Text))

    @property
    def rows(self) -> list[dict[str, object]]:
        (result,) = [e for e in self.events if isinstance(e, Result)]
        assert result.table is not None
        return list(result.table.to_pylist())


@pytest.fixture
def tab(session: Session) -> Iterator[Tab]:
    tab = Tab(session)
    yield tab
    tab.kernel.close()


def test_views_settings_and_schema_are_shared(tab: Tab, session: Session, schema: str) -> None:
    session.execute("CREATE TEMP VIEW from_sql AS SELECT 41 AS n")
    session.execute("SET spark.sql.shuffle.partitions = 3")
    tab.run(
        "spark.table('from_sql').createTempView('from_python'); "
        "print(spark.conf.get('spark.sql.shuffle.partitions'), spark.catalog.currentDatabase())"
    )
    text = "".join(e.text for e in tab.events if isinstance(e, Text))
    assert text == f"3 {schema}\n"
    table = session.execute("SELECT n + 1 AS n FROM from_python").table
    assert table is not None
    assert table.to_pylist() == [{"n": 42}]


def test_show_display_and_echo(tab: Tab) -> None:
    assert "|  0|" in tab.run("spark.range(2).show()")
    tab.run("display(spark.range(3))")
    assert tab.rows == [{"id": 0}, {"id": 1}, {"id": 2}]
    tab.run("spark.range(1)")
    assert tab.rows == [{"id": 0}]


def test_functions_of_cells_travel_to_workers(tab: Tab) -> None:
    tab.run(
        "from pyspark.sql.functions import udf\n"
        "def twice(x): return 2 * x\n"
        "display(spark.range(3).select(udf(twice, 'long')('id').alias('n')))"
    )
    assert tab.rows == [{"n": 0}, {"n": 2}, {"n": 4}]


def test_an_interrupt_stops_the_spark_job_of_the_cell_alone(tab: Tab, session: Session) -> None:
    slow = "SELECT count(*) FROM range(100000000000) WHERE sha2(string(id), 512) = 'x'"
    ended: list[str] = []

    def sql() -> None:
        try:
            session.execute(slow)
        except Interrupted:
            ended.append("sql")

    def cell() -> None:
        try:
            tab.run(f"spark.sql({slow!r}).collect()")
        except Interrupted:
            ended.append("cell")

    threads = [threading.Thread(target=sql), threading.Thread(target=cell)]
    for thread in threads:
        thread.start()
    wait_for_jobs(session, 2)
    while threads[1].is_alive():
        tab.cells.interrupt()
        threads[1].join(0.25)
    assert ended == ["cell"]
    wait_for_jobs(session, 1)
    assert threads[0].is_alive(), "SQL of another tab goes on"
    session.cancel()
    threads[0].join(30)
    assert ended == ["cell", "sql"]


def test_a_kernel_that_dies_leaves_no_job_behind(tab: Tab, session: Session) -> None:
    wait_for_jobs(session, 0)
    with pytest.raises(CellError, match="exit code 5"):
        tab.run(
            "import os, threading\n"
            "threading.Timer(3, os._exit, (5,)).start()\n"
            'spark.sql("SELECT count(*) FROM range(100000000000) '
            "WHERE sha2(string(id), 512) = 'x'\").collect()"
        )
    wait_for_jobs(session, 0)


def test_a_new_server_gives_a_new_session_to_the_same_variables(
    lakehouse: Home, config: Config, session: Session, tab: Tab
) -> None:
    tab.run("kept = 3; spark.range(1).collect()")
    stop_server(lakehouse)
    ensure_server(lakehouse, config)
    tab.run("spark.range(kept).collect()")
    assert len(tab.events) == 1
    session.execute("CREATE TEMP VIEW again AS SELECT 1 AS n")
    tab.run("spark.table('again')")
    assert tab.rows == [{"n": 1}]


def wait_for_jobs(session: Session, count: int) -> None:
    deadline = time.monotonic() + 60
    while len(session.control.jobs()) != count:
        assert time.monotonic() < deadline, f"there are not {count} jobs"
        time.sleep(0.05)
