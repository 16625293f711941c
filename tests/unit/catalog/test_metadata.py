"""What a session's metadata does with a server that is slow, refuses, or is gone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest

from lakeshell.catalog.metadata import SessionMetadata
from lakeshell.catalog.model import Column, Table
from lakeshell.errors import ServerDied, StatementError
from lakeshell.session.result import Result

Answer = list[tuple[Any, ...]]


class FakeSession:
    """Answers statements from `answers`; remote, so that nobody looks for a server's files."""

    is_remote = True

    def __init__(self, answers: dict[str, Answer]) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.error: Exception | None = None

    def execute(self, sql: str, *, limit: int = 0, timeout: float | None = None) -> Result:
        self.asked.append(sql)
        assert self.may_answer.wait(10)
        if self.error is not None:
            raise self.error
        if sql not in self.answers:
            raise StatementError("No such thing.", error_class="TABLE_OR_VIEW_NOT_FOUND")
        columns = list(zip(*self.answers[sql], strict=True))
        return Result(
            pa.table([pa.array(c) for c in columns], [str(n) for n in range(len(columns))])
        )


ANSWERS: dict[str, Answer] = {
    "SELECT current_catalog(), current_schema()": [("spark_catalog", "retail")],
    "SHOW SCHEMAS": [("default",), ("retail",)],
    "SHOW TABLES": [("retail", "orders", False), ("retail", "v", False), ("", "recent", True)],
    "SHOW VIEWS": [("retail", "v", False), ("", "recent", True)],
    "SHOW TABLES IN `retail`": [("retail", "orders", False), ("", "recent", True)],
    "SHOW VIEWS IN `retail`": [("", "recent", True)],
    "SHOW FUNCTIONS": [("!",), ("abs",), ("spark_catalog.retail.mine",), ("<=>",)],
    "SET -v": [("spark.a", "1", "What  it\nis", "3.0")],
    "DESCRIBE TABLE `retail`.`orders`": [
        ("id", "bigint", None),
        ("day", "date", "a day"),
        ("# Partition Information", "", ""),
        ("day", "date", "a day"),
    ],
}


@pytest.fixture
def session() -> FakeSession:
    return FakeSession(dict(ANSWERS))


@pytest.fixture
def metadata(session: FakeSession) -> Iterator[SessionMetadata]:
    metadata = SessionMetadata()
    metadata.attach(session)  # type: ignore[arg-type]
    assert metadata.wait(10)
    yield metadata
    session.may_answer.set()
    metadata.close()


def test_what_is_read_at_once(metadata: SessionMetadata) -> None:
    assert metadata.current_schema == "retail"
    assert list(metadata.schemas()) == ["default", "retail"]
    assert list(metadata.functions()) == ["abs", "mine"]
    assert list(metadata.tables()) == [
        Table("retail", "orders"),
        Table("retail", "v", "view"),
        Table("", "recent", "temp view"),
    ]


def test_the_rest_is_read_when_it_is_asked_for(metadata: SessionMetadata) -> None:
    assert list(metadata.columns(("Retail", "ORDERS"))) == []
    assert metadata.wait(10)
    assert list(metadata.columns(("retail", "orders"))) == [
        Column("id", "bigint"),
        Column("day", "date"),
    ]
    assert list(metadata.tables("retail")) == []
    assert metadata.wait(10)
    assert list(metadata.tables("retail")) == [Table("retail", "orders")]
    assert list(metadata.settings()) == []
    assert metadata.wait(10)
    assert metadata.settings()[0].meaning == "What it is"


def test_nobody_waits_for_a_slow_server(metadata: SessionMetadata, session: FakeSession) -> None:
    session.may_answer.clear()
    assert list(metadata.columns(("retail", "orders"))) == []
    assert list(metadata.schemas()) == ["default", "retail"]
    session.may_answer.set()


def test_old_names_are_good_until_new_ones_have_come(
    metadata: SessionMetadata, session: FakeSession
) -> None:
    session.may_answer.clear()
    session.answers["SHOW SCHEMAS"] = [("fresh",)]
    metadata.refresh()
    assert list(metadata.schemas()) == ["default", "retail"]
    session.may_answer.set()
    assert metadata.wait(10)
    assert list(metadata.schemas()) == ["fresh"]


def test_a_change_is_told_and_a_repetition_is_not(session: FakeSession) -> None:
    told: list[int] = []
    metadata = SessionMetadata(on_change=lambda: told.append(1))
    metadata.attach(session)  # type: ignore[arg-type]
    assert metadata.wait(10)
    metadata.close()
    before = len(told)
    assert before
    again = SessionMetadata(on_change=lambda: told.append(1))
    again.close()
    assert len(told) == before


def test_a_table_that_is_not_there_is_asked_for_once(
    metadata: SessionMetadata, session: FakeSession
) -> None:
    for _ in range(3):
        assert list(metadata.columns(("nothing",))) == []
        assert metadata.wait(10)
    assert session.asked.count("DESCRIBE TABLE `nothing`") == 1
    metadata.refresh()
    metadata.columns(("nothing",))
    assert metadata.wait(10)
    assert session.asked.count("DESCRIBE TABLE `nothing`") == 2


@pytest.mark.parametrize(
    "error",
    [
        ServerDied("gone"),
        ValueError("channel closed"),
        StatementError("stopped", error_class="OPERATION_CANCELED"),
    ],
)
def test_a_server_that_is_gone_is_asked_again_later(
    metadata: SessionMetadata, session: FakeSession, error: Exception
) -> None:
    session.error = error
    metadata.settings()
    assert metadata.wait(10)
    session.error = None
    metadata.settings()
    assert metadata.wait(10)
    assert metadata.settings()


def test_hostile_names_are_quoted(metadata: SessionMetadata, session: FakeSession) -> None:
    metadata.columns(("a`; DROP TABLE b", "c.d"))
    assert metadata.wait(10)
    assert session.asked[-1] == "DESCRIBE TABLE `a``; drop table b`.`c.d`"


def test_a_local_server_is_not_started_for_names(
    session: FakeSession, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from lakeshell.home import Home

    session.is_remote = False  # type: ignore[misc]
    session.home = Home(tmp_path_factory.mktemp("home"))  # type: ignore[attr-defined]
    metadata = SessionMetadata()
    metadata.attach(session)  # type: ignore[arg-type]
    assert metadata.wait(10)
    metadata.close()
    assert session.asked == []


def test_schemas_and_tables_of_another_catalog() -> None:
    answers: dict[str, Answer] = {
        **ANSWERS,
        "SHOW CATALOGS": [("spark_catalog",), ("shops",)],
        "SHOW SCHEMAS IN `shops`": [("default",), ("sales",)],
        "SHOW TABLES IN `shops`.`sales`": [("sales", "orders", False)],
        "SHOW VIEWS IN `shops`.`sales`": [],
    }
    metadata = SessionMetadata()
    metadata.attach(FakeSession(answers))  # type: ignore[arg-type]
    try:
        for _ in range(2):  # its schemas are asked for once the catalogs are known
            metadata.schemas_of("Shops")
            metadata.tables("shops.sales")
            assert metadata.wait(10)
        assert metadata.schemas_of("SHOPS") == ["default", "sales"]
        assert metadata.schemas_of("nowhere") == ()
        assert [table.name for table in metadata.tables("shops.sales")] == ["orders"]
    finally:
        metadata.close()
