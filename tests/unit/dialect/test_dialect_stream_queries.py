"""Queries over streams: what is one, what its sources are, where its errors are."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pytest
from unit.dialect.engines import FakeEngine, carried_out

from lakeshell.dialect.dialect import Dialect
from lakeshell.dialect.steps import Stream, StreamSource
from lakeshell.dialect.streaming.calls import streamed_tables
from lakeshell.dialect.streaming.queries import stream_query
from lakeshell.dialect.streaming.runs import make_view
from lakeshell.errors import Position, StatementError
from lakeshell.home import Home
from lakeshell.sql.lexer import significant, tokenize


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    return FakeEngine(
        Home(tmp_path / "home").create(),
        [
            (r"SELECT path FROM .*", pa.table({"path": ["/mnt/raw/a.jsonl", "/mnt/raw/b.json"]})),
            (
                r"SELECT current_catalog.*",
                pa.table({"catalog": ["spark_catalog"], "schema": ["default"]}),
            ),
        ],
    )


def means(engine: FakeEngine, text: str) -> tuple[str, list[StreamSource]]:
    """The query with its sources' names shortened, and the sources in order."""
    stream = stream_query(text).stream(engine, "/schemas")
    query = stream.query
    for number, name in enumerate(stream.sources, 1):
        query = query.replace(name, f"s{number}")
    return query, list(stream.sources.values())


def test_read_files_is_auto_loader(engine: FakeEngine) -> None:
    query, sources = means(
        engine,
        "SELECT a FROM STREAM read_files('/mnt/raw', format => 'csv', header => true, "
        "schemaHints => 'a INT', MAXFILESPERTRIGGER => 5, fileNamePattern => '*.csv') f WHERE a>1",
    )
    assert query == "SELECT a FROM STREAM `s1` f WHERE a>1"
    assert sources == [
        StreamSource(
            "cloudFiles",
            "/mnt/raw",
            {
                "cloudFiles.format": "csv",
                "header": "true",
                "cloudFiles.schemaHints": "a INT",
                "cloudFiles.maxFilesPerTrigger": "5",
                "pathGlobFilter": "*.csv",
                "cloudFiles.schemaLocation": "/schemas/0",
                "cloudFiles.inferColumnTypes": "true",
            },
        )
    ]


def test_cloud_files_has_auto_loaders_own_names(engine: FakeEngine) -> None:
    query, (source,) = means(
        engine,
        "SELECT * FROM cloud_files('/mnt/raw', 'json', map('cloudFiles.inferColumnTypes', 'true', "
        "'multiLine', true, 'cloudfiles.usenotifications', 'true'))",
    )
    assert query == "SELECT * FROM STREAM `s1`"
    assert source.options == {
        "cloudFiles.format": "json",
        "cloudFiles.inferColumnTypes": "true",
        "multiLine": "true",
        "cloudFiles.schemaLocation": "/schemas/0",
    }
    assert engine.notices == ["useNotifications is ignored: it is for files in a cloud's store."]


def test_a_schema_is_no_option_and_files_tell_their_format(engine: FakeEngine) -> None:
    _, (source,) = means(engine, "SELECT * FROM STREAM(read_files('/mnt/raw', schema => 'a INT'))")
    assert source.schema == "a INT"
    assert source.options == {
        "cloudFiles.format": "json",
        "cloudFiles.inferColumnTypes": "true",
    }


@pytest.mark.parametrize(
    ("text", "query"),
    [
        (
            "SELECT *, _metadata.file_path FROM STREAM read_files('/r', format => 'csv')",
            "SELECT * EXCEPT (_metadata), _metadata.file_path FROM STREAM `s1`",
        ),
        (
            "SELECT DISTINCT f.*, g.*, count(*), 2 * 3, _metadata FROM "
            "STREAM read_files('/r', format => 'csv') AS f JOIN g",
            "SELECT DISTINCT f.* EXCEPT (_metadata), g.*, count(*), 2 * 3, _metadata FROM "
            "STREAM `s1` AS f JOIN g",
        ),
        (
            "SELECT * FROM (SELECT * EXCEPT (a), _metadata.file_name FROM cloud_files('/r','csv'))",
            "SELECT * FROM (SELECT * EXCEPT (_metadata, a), _metadata.file_name FROM STREAM `s1`)",
        ),
    ],
)
def test_the_hidden_column_stays_hidden(engine: FakeEngine, text: str, query: str) -> None:
    found, (source,) = means(engine, text)
    assert found == query
    assert source.metadata


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("SELECT * FROM STREAM a.b WHERE x", ["A.B"]),
        ("SELECT * FROM stream(`odd name`) s JOIN STREAM c ON 1", ["ODD NAME", "C"]),
        ("SELECT * FROM stream WHERE a", []),
        ("SELECT * FROM stream AS s", []),
        ("SELECT stream a FROM t", []),
        ("SELECT * FROM STREAM read_files('/x')", []),
        ("SELECT stream(a) FROM t", []),
        ("SELECT 'FROM STREAM a'", []),
    ],
)
def test_tables_behind_stream(text: str, names: list[str]) -> None:
    assert streamed_tables(significant(tokenize(text))) == names


def test_an_error_is_placed_in_what_was_written(engine: FakeEngine) -> None:
    given = "INSERT INTO t\nSELECT *, wrong FROM cloud_files('/r', 'csv') WHERE _metadata IS NULL"
    query = stream_query(given[14:], given, 14)
    stream = query.stream(engine, "/schemas")

    class Refusing(FakeEngine):
        def stream_view(self, name: str, stream: Stream, how: str = "") -> None:
            at = stream.query.index("wrong")
            raise StatementError("no such column", position=Position(1, at + 1))

    with pytest.raises(StatementError) as caught:
        make_view(Refusing(engine.home), "v", stream)
    assert caught.value.position == Position(2, 11)
    assert caught.value.is_placed


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM cloud_files('/x')",
        "SELECT * FROM cloud_files('/x', 'json', 'a')",
        "SELECT * FROM cloud_files('/x', 'json', map('a', 'b', 'c'))",
        "SELECT * FROM STREAM read_files(upper('x'))",
        "INSERT INTO t (a, b SELECT * FROM STREAM s",
    ],
)
def test_what_is_written_wrongly(text: str) -> None:
    with pytest.raises(StatementError, match="is expected where"):
        Dialect().plan(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("CREATE TABLE t AS SELECT * FROM cloud_files('/x', 'json')", "CREATE STREAMING TABLE"),
        ("CREATE VIEW t AS SELECT * FROM STREAM read_files('/x')", "CREATE TEMPORARY VIEW"),
        ("INSERT OVERWRITE t SELECT * FROM STREAM s", "INSERT OVERWRITE does not"),
    ],
)
def test_where_a_stream_cannot_stand(text: str, words: str) -> None:
    with pytest.raises(StatementError, match=re.escape(words)):
        Dialect().plan(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM STREAM t",
        "CREATE TEMP VIEW v AS SELECT * FROM STREAM t",
        "SELECT a AS stream FROM t",
        "INSERT INTO stream SELECT * FROM t",
        "INSERT INTO t SELECT stream FROM stream",
        "SELECT cloud_files('/x', 'json')",
    ],
)
def test_what_spark_understands_or_refuses_itself(text: str) -> None:
    assert Dialect().plan(text) is None


def test_temporary_views_are_streams(engine: FakeEngine) -> None:
    carried_out(
        "CREATE OR REPLACE TEMP VIEW v AS SELECT * FROM STREAM read_files('/r', format => 'xml')",
        engine,
    )
    (stream,) = engine.streams
    assert [source.options["cloudFiles.format"] for source in stream.sources.values()] == ["xml"]
