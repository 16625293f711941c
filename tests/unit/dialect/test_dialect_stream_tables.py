"""Streaming tables and inserts without Spark: what is read, sent and kept."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from unit.dialect.engines import FakeEngine, carried_out

from lakeshell.dialect import once
from lakeshell.dialect.dialect import Dialect
from lakeshell.dialect.objects.store import Store
from lakeshell.dialect.steps import Stream, StreamWriting
from lakeshell.dialect.streaming.tables import (
    DEFINITION,
    Definition,
    StreamingTable,
    create_statement,
    own_properties,
)
from lakeshell.dialect.streaming.targets import FOLDER, Target
from lakeshell.dialect.views.protected import DEFINITION as VIEW
from lakeshell.dialect.views.protected import KIND
from lakeshell.errors import (
    CommandError,
    Interrupted,
    LakeshellError,
    ServerDied,
    StatementError,
)
from lakeshell.home import Home

NAME = ("spark_catalog", "default", "t")
HERE = ("spark_catalog", "default")


class Tables(FakeEngine):
    """One table `t`, if its properties are given; drains fail as `failures` say, in turn."""

    def __init__(self, home: Home, properties: dict[str, str] | None) -> None:
        self.folder = home.warehouse / "t"
        self.failures: list[LakeshellError] = []
        listed = [] if properties is None else [{"tableName": "t", "isTemporary": False}]
        answers: list[tuple[str, list[dict[str, Any]]]] = [
            (r"SHOW TABLES .*", listed),
            (r"SHOW TBLPROPERTIES .*", [
                {"key": key, "value": value} for key, value in (properties or {}).items()]),
            (r"SELECT current_catalog.*", [{"catalog": HERE[0], "schema": HERE[1]}]),
            (r"DESCRIBE QUERY .*", [
                {"col_name": "a b", "data_type": "int"}, {"col_name": "c", "data_type": "string"}]),
            (r"DESCRIBE TABLE .*", [{"col_name": "x"}, {"col_name": "y"}]),
            (r"DESCRIBE TABLE EXTENDED .*", [
                {"col_name": "x", "data_type": "string"}, {"col_name": "y", "data_type": "int"},
                {"col_name": "", "data_type": ""},
                {"col_name": "# Detailed Table Information", "data_type": ""},
                {"col_name": "Provider", "data_type": "delta"},
                {"col_name": "Location", "data_type": "viewfs://lake/warehouse/t"}]),
        ]  # fmt: skip
        super().__init__(
            home, [(pattern, pa.Table.from_pylist(rows)) for pattern, rows in reversed(answers)]
        )

    def execute(self, text: str) -> pa.Table | None:
        if text.startswith("CREATE"):
            self.make()
        return super().execute(text)

    def make(self) -> Tables:
        (self.folder / "_delta_log").mkdir(parents=True, exist_ok=True)
        self.commit(0, "CREATE TABLE", "", 0, metaData={"id": "an-id"})
        self.commit(1, "STREAMING UPDATE", "query-id", 4)
        return self

    def drain(self, writing: StreamWriting) -> str:
        super().drain(writing)
        if self.failures:
            raise self.failures.pop(0)
        self.commit(2, "STREAMING UPDATE", "another", 5)
        self.commit(3, "STREAMING UPDATE", "query-id", 7)
        return "query-id"

    def commit(self, version: int, operation: str, query: str, rows: int, **more: Any) -> None:
        info = {
            "operation": operation,
            "operationParameters": {"outputMode": "Append", "queryId": query},
            "operationMetrics": {"numOutputRows": str(rows)},
        }
        lines = [json.dumps({"commitInfo": info}), json.dumps(more)]
        path = self.folder / "_delta_log" / f"{version:020}.json"
        path.write_text("\n".join(lines), encoding="utf-8")


Make = Callable[..., Tables]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    home = Home(tmp_path / "home").create()

    def tables(definition: Definition | None = None, **properties: str) -> Tables:
        known = own_properties(StreamingTable(NAME, definition)) if definition else {}
        engine = Tables(home, {**known, **properties} if definition or properties else None)
        if definition is not None:
            (engine.folder / FOLDER / definition.folder).mkdir(parents=True, exist_ok=True)
        return engine.make() if definition or properties else engine

    return tables


def definition(query: str = "SELECT * FROM STREAM s", **fields: str) -> Definition:
    return replace(Definition(query, HERE, **fields), folder="f0")


def sent(engine: Tables, begin: str) -> list[str]:
    return [text for text in engine.sent if text.startswith(begin)]


def test_a_table_is_made_and_filled(make: Make) -> None:
    engine = make()
    answer = carried_out(
        "CREATE OR REFRESH STREAMING TABLE t COMMENT 'it''s' PARTITIONED BY (c) TBLPROPERTIES "
        "('quality' = 'bronze') AS SELECT * FROM STREAM s -- end",
        engine,
    )
    assert answer.metrics == {"num_inserted_rows": 7}
    (create,) = sent(engine, "CREATE")
    assert create.startswith(
        "CREATE TABLE `spark_catalog`.`default`.`t` (`a b` int, `c` string) USING DELTA\n"
        "PARTITIONED BY (`c`)\nCOMMENT 'it\\'s'\nTBLPROPERTIES ('quality' = 'bronze', "
        "'lakeshell.stream.text' = 'SELECT * FROM STREAM s', 'lakeshell.stream.definition' = '"
    )
    (writing,) = engine.writings
    assert re.fullmatch(r"SELECT \* FROM STREAM `stream_\w+`", writing.query)
    assert writing.table == "`spark_catalog`.`default`.`t`"
    folder = f"file://{engine.folder / FOLDER}"
    assert re.fullmatch(re.escape(folder) + r"/[0-9a-f]{32}/checkpoint", writing.checkpoint)
    assert writing.columns_added
    assert [stream.query for stream in engine.streams] == ["SELECT * FROM STREAM s"] * 2
    made = len(sent(engine, "DROP VIEW"))
    assert made == 2


def test_columns_that_are_written_stay_as_they_are(make: Make) -> None:
    engine = make()
    carried_out(
        "CREATE STREAMING TABLE t (a INT NOT NULL COMMENT 'x', CONSTRAINT p PRIMARY KEY (a)) "
        "CLUSTER BY (a) AS SELECT a FROM STREAM(s)",
        engine,
    )
    (create,) = sent(engine, "CREATE")
    assert "`t` (a INT NOT NULL COMMENT 'x', CONSTRAINT p PRIMARY KEY (a)) USING" in create
    assert not engine.writings[0].columns_added


def test_what_cannot_be_filled_is_not_made(make: Make) -> None:
    engine = make()
    engine.failures = [StatementError("boo", error_class="USER_RAISED_EXCEPTION")]
    with pytest.raises(StatementError, match="boo"):
        carried_out("CREATE STREAMING TABLE t AS SELECT * FROM STREAM s", engine)
    assert sent(engine, "DROP TABLE") == [
        "DROP TABLE IF EXISTS `spark_catalog`.`default`.`t` PURGE"
    ]


@pytest.mark.parametrize("end", [Interrupted(), ServerDied("The JVM ended.")])
def test_what_was_cut_off_goes_on(make: Make, end: LakeshellError) -> None:
    engine = make()
    engine.failures = [end]
    with pytest.raises(type(end)):
        carried_out("CREATE STREAMING TABLE t AS SELECT * FROM STREAM s", engine)
    assert sent(engine, "DROP TABLE") == []
    assert "REFRESH STREAMING TABLE goes on" in engine.notices[-1]


def test_a_query_that_is_no_stream_is_refused_in_databricks_words(make: Make) -> None:
    class Batch(Tables):
        def rows(self, text: str) -> list[dict[str, Any]]:
            if text.startswith("DESCRIBE QUERY"):
                raise StatementError("v is not a temp view of streaming logical plan, please …")
            return super().rows(text)

    engine = Batch(make().home, None)
    with pytest.raises(StatementError) as caught:
        carried_out("CREATE STREAMING TABLE t AS SELECT * FROM s", engine)
    assert caught.value.error_class == "STREAMING_TABLE_QUERY_INVALID"
    assert caught.value.message.startswith(
        "Streaming table spark_catalog.default.t can only be created from a streaming query. "
    )
    assert sent(engine, "CREATE") == []


def test_one_without_a_query_waits_for_rows(make: Make) -> None:
    engine = make()
    carried_out("CREATE STREAMING TABLE t (a INT)", engine)
    assert sent(engine, "CREATE")[0].startswith(
        "CREATE TABLE `spark_catalog`.`default`.`t` (a INT) USING DELTA"
    )
    assert engine.writings == []
    with pytest.raises(StatementError, match="no query of its own"):
        carried_out("REFRESH STREAMING TABLE t", make(definition("")))


def test_a_refresh_goes_on_and_meets_new_columns(make: Make) -> None:
    engine = make(definition("SELECT * FROM STREAM s"))
    engine.failures = [
        StatementError("new", error_class="UNKNOWN_FIELD_EXCEPTION.NEW_FIELDS_IN_FILE"),
        StatementError("new", error_class="DELTA_SCHEMA_CHANGED_WITH_VERSION"),
        StatementError("mode", error_class="STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION"),
    ]
    answer = carried_out("REFRESH STREAMING TABLE t SYNC", engine)
    assert answer.table is not None
    assert answer.table.to_pylist() == [{"refresh": "append", "rows_written": 7}]
    assert [writing.mode for writing in engine.writings] == ["append"] * 3 + ["complete"]
    assert len(engine.streams) == 3  # each time with the columns that there are then
    assert {Path(writing.checkpoint).parts[-2] for writing in engine.writings} == {"f0"}
    assert sent(engine, "CREATE") == []


def test_a_source_that_changes_for_ever_ends(make: Make) -> None:
    engine = make(definition())
    engine.failures = [StatementError("new", error_class="UNKNOWN_FIELD_EXCEPTION")] * 1000
    with pytest.raises(StatementError, match="new"):
        carried_out("REFRESH STREAMING TABLE t", engine)
    assert 10 < len(engine.writings) < 100


def test_a_mode_that_fails_on_new_columns_fails_at_once(make: Make) -> None:
    engine = make(definition())
    error = "which can be fixed by an automatic retry: false"
    engine.failures = [StatementError(error, error_class="UNKNOWN_FIELD_EXCEPTION.X")]
    with pytest.raises(StatementError, match="false"):
        carried_out("REFRESH STREAMING TABLE t", engine)


def test_a_full_refresh_forgets_what_was_read(make: Make) -> None:
    engine = make(definition(clauses="CLUSTER BY (`c`)\n"))
    kept = engine.folder / FOLDER / "f0" / "checkpoint"
    kept.mkdir(parents=True)
    carried_out("REFRESH STREAMING TABLE t FULL", engine)
    (create,) = sent(engine, "CREATE")
    assert create.startswith("CREATE OR REPLACE TABLE `spark_catalog`.`default`.`t` (`a b` int")
    assert "\nCLUSTER BY (`c`)\n" in create
    assert not kept.exists()
    assert Path(engine.writings[0].checkpoint).parts[-2] != "f0"


def test_a_copy_reads_nothing_twice(make: Make) -> None:
    engine = make(definition())
    (engine.folder / FOLDER / "f0").rmdir()
    with pytest.raises(StatementError, match="it is a copy"):
        carried_out("REFRESH STREAMING TABLE t", engine)
    assert engine.writings == []
    carried_out("REFRESH STREAMING TABLE t FULL", engine)
    assert len(engine.writings) == 1


@pytest.mark.parametrize(
    ("query", "goes_on"),
    [
        ("SELECT a FROM STREAM s WHERE a > 1", True),
        ("SELECT * FROM STREAM(S)", True),
        ("SELECT * FROM STREAM other", False),
        ("SELECT * FROM STREAM s JOIN STREAM other", False),
    ],
)
def test_a_changed_query_goes_on_while_it_reads_the_same(
    make: Make, query: str, goes_on: bool
) -> None:
    engine = make(definition())
    kept = engine.folder / FOLDER / "f0"
    carried_out(f"CREATE OR REFRESH STREAMING TABLE t COMMENT 'c' AS {query}", engine)
    assert sent(engine, "CREATE") == []
    assert len(sent(engine, "ALTER TABLE `spark_catalog`.`default`.`t` SET TBLPROPERTIES")) == 1
    assert sent(engine, "COMMENT ON") == ["COMMENT ON TABLE `spark_catalog`.`default`.`t` IS 'c'"]
    assert (Path(engine.writings[0].checkpoint).parts[-2] == "f0") is goes_on
    assert kept.exists() is goes_on


def test_names_that_are_taken(make: Make) -> None:
    engine = make(definition())
    carried_out("CREATE STREAMING TABLE IF NOT EXISTS t AS SELECT 1", engine)
    assert engine.writings == []
    for text in (
        "REFRESH STREAMING TABLE t",
        "DROP STREAMING TABLE t",
        "CREATE OR REFRESH STREAMING TABLE t AS SELECT * FROM STREAM s",
    ):
        with pytest.raises(StatementError) as caught:
            carried_out(text, make(owner="me"))
        assert caught.value.error_class == "EXPECT_STREAMING_TABLE"
    with pytest.raises(StatementError, match="There is no streaming table"):
        carried_out("DROP STREAMING TABLE t", make())
    carried_out("DROP STREAMING TABLE IF EXISTS t", make())


@pytest.mark.parametrize("damaged", ["", "zz", b"{}".hex(), b'{"folder": "../x"}'.hex()])
def test_damaged_properties_are_said(make: Make, damaged: str) -> None:
    with pytest.raises(CommandError, match="damaged"):
        carried_out("REFRESH STREAMING TABLE t", make(**{DEFINITION: damaged}))


def test_a_folder_of_another_name_is_never_touched(make: Make) -> None:
    outside = replace(definition(), folder="../../other")
    with pytest.raises(CommandError, match="damaged"):
        carried_out("DROP STREAMING TABLE t", make(outside))


def test_schedules_and_drops(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(once, "_told", set())
    engine = make(definition())
    carried_out("ALTER STREAMING TABLE t SET SCHEDULE EVERY 2 DAYS", engine)
    carried_out("ALTER STREAMING TABLE t DROP SCHEDULE", engine)
    assert [text.partition("`t` ")[2] for text in sent(engine, "ALTER")] == [
        "SET TBLPROPERTIES ('lakeshell.stream.schedule' = 'EVERY 2 DAYS')",
        "UNSET TBLPROPERTIES IF EXISTS ('lakeshell.stream.schedule')",
    ]
    assert len(engine.notices) == 1
    kept = engine.folder / FOLDER / "f0"
    carried_out("DROP STREAMING TABLE t", engine)
    assert engine.sent[-1] == "DROP TABLE `spark_catalog`.`default`.`t`"
    assert not kept.exists()


def test_hostile_names_stay_names() -> None:
    table = StreamingTable(("c", "s", "t`; DROP"), definition("SELECT '\\'"))
    statement = create_statement(table, [("a`b", "int")], replaces=False)
    assert statement.startswith("CREATE TABLE `c`.`s`.`t``; DROP` (`a``b` int) USING DELTA\n")
    assert "'lakeshell.stream.text' = 'SELECT \\'\\\\\\''" in statement


INSERTS = [
    ("INSERT INTO t SELECT a, b FROM STREAM s", "SELECT * FROM STREAM V AS q (`x`, `y`)", False),
    ("INSERT INTO TABLE t (y, x) (SELECT a, b FROM STREAM s)",
     "SELECT * FROM STREAM V AS q (`y`, `x`)", False),
    ("INSERT WITH SCHEMA EVOLUTION INTO t BY NAME SELECT * FROM STREAM s",
     "SELECT * FROM STREAM V", True),
]  # fmt: skip


@pytest.mark.parametrize(("text", "query", "grows"), INSERTS)
def test_inserts(make: Make, text: str, query: str, grows: bool) -> None:
    engine = make(owner="me")
    answer = carried_out(text, engine)
    assert answer.metrics == {"num_inserted_rows": 7}
    (writing,) = engine.writings
    assert re.sub(r"`stream_\w+`", "V", writing.query) == query
    assert writing.columns_added is grows
    again = make(owner="me")
    carried_out(text.replace("SELECT", "  select /* c */"), again)
    assert again.writings[0].checkpoint == writing.checkpoint
    other = make(owner="me")
    carried_out(text.replace("STREAM s", "STREAM s2"), other)
    assert other.writings[0].checkpoint != writing.checkpoint


def test_rows_of_a_complete_result_are_those_of_the_last_batch(make: Make) -> None:
    engine = make(owner="me")
    complete = {"outputMode": "Complete", "queryId": "q"}
    for version, rows in ((2, 5), (3, 6)):
        info = {"operation": "STREAMING UPDATE", "operationParameters": complete,
                "operationMetrics": {"numOutputRows": rows}}  # fmt: skip
        path = engine.folder / "_delta_log" / f"{version:020}.json"
        path.write_text(json.dumps({"commitInfo": info}), encoding="utf-8")
    into = Target((), engine.folder)
    assert into.rows_since(1, "q") == 6
    assert (into.last_version, into.id) == (3, "an-id")


def test_a_table_made_anew_is_filled_from_the_start(make: Make) -> None:
    engines = [make(owner="me"), make(owner="me")]
    engines[1].commit(2, "CREATE OR REPLACE TABLE", "", 0, metaData={"id": "another-id"})
    for engine in engines:
        carried_out("INSERT INTO t SELECT a, b FROM STREAM s", engine)
    assert engines[0].writings[0].checkpoint != engines[1].writings[0].checkpoint


def test_materialized_views_take_no_stream(make: Make) -> None:
    engine = make(**{VIEW: "00"})
    Store(engine.home).put(KIND, NAME, {"name": list(NAME)})
    with pytest.raises(StatementError, match="only its query writes into it"):
        carried_out("INSERT INTO t SELECT a, b FROM STREAM s", engine)
    assert engine.writings == []


def test_inserts_count_columns(make: Make) -> None:
    with pytest.raises(StatementError, match="2 columns, and 1 are wanted: x"):
        carried_out("INSERT INTO t (x) SELECT a, b FROM STREAM s", make(owner="me"))


@pytest.mark.parametrize(
    "text",
    [
        "CREATE STREAMING TABLE",
        "CREATE STREAMING TABLE t AS",
        "CREATE STREAMING TABLE t LIKE u",
        "REFRESH STREAMING TABLE t FULL now",
        "ALTER STREAMING TABLE t ADD SCHEDULE EVERY day",
    ],
)
def test_what_is_written_wrongly(text: str) -> None:
    with pytest.raises(StatementError, match="is expected where"):
        Dialect().plan(text)


def test_views_are_taken_away_whatever_happens(make: Make) -> None:
    class Refusing(Tables):
        def stream_view(self, name: str, stream: Stream, how: str = "") -> None:
            raise StatementError("no such table s")

    engine = Refusing(make().home, None)
    with pytest.raises(StatementError, match="no such table"):
        carried_out("CREATE STREAMING TABLE t AS SELECT * FROM STREAM s", engine)
    assert len(sent(engine, "DROP VIEW IF EXISTS `stream_")) == 1
    assert sent(engine, "CREATE") == []
