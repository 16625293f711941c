"""Auto Loader's formats besides JSON and CSV: what becomes of each one's columns and types."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest
from auto_loader_support import Landing, rescued

from lakeshell.home import Home
from lakeshell.session.session import Session

IN_FILE = (
    "[UNKNOWN_FIELD_EXCEPTION.NEW_FIELDS_IN_FILE] Encountered unknown fields during parsing: "
    "[{}], which can be fixed by an automatic retry: true"
)


@pytest.fixture
def landing(lakehouse: Home, session: Session, schema: str) -> Landing:
    """A landing folder of the test's own; tables go into its own schema."""
    session.spark.sql(f"USE {schema}")
    return Landing(lakehouse, session, schema)


def write(landing: Landing, kind: str, name: str, query: str) -> str:
    """The rows of a query as one file below `in`; its path as rescued data names it."""
    made = landing.folder / "made"
    frame = landing.session.spark.sql(query).coalesce(1)
    frame.write.format(kind).mode("overwrite").save(f"{landing.path}/made")
    (file,) = made.glob(f"part-*.{kind}")
    target = landing.folder / "in" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    os.utime(file, (time.time() - 60,) * 2)
    file.rename(target)
    return f"{landing.path}/in/{name}"


def table(landing: Landing, query: str) -> list[tuple[Any, ...]]:
    """The rows of a query; the last column is of rescued data."""
    return [(*row[:-1], rescued(row[-1])) for row in landing.rows(query)]


def test_parquet(landing: Landing) -> None:
    kind = "parquet"
    write(
        landing, kind, f"day=2024-05-01/a.{kind}",
        "SELECT 1 AS id, named_struct('x', 1, 'y', 'a') AS n, array(named_struct('k', 1)) AS many,"
        " DATE'2024-05-01' AS at",
    )  # fmt: skip
    write(landing, kind, f"day=2024-05-02/b.{kind}", "SELECT 3000000000L AS id, 1.5D AS score")
    landing.load("t", format=kind)
    assert landing.schema(0) == {
        "id": "long",
        "n": {"type": "struct", "fields": [
            {"name": "x", "type": "integer", "nullable": True, "metadata": {}},
            {"name": "y", "type": "string", "nullable": True, "metadata": {}},
        ]},
        "many": {"type": "array", "containsNull": True, "elementType": {"type": "struct", "fields":
            [{"name": "k", "type": "integer", "nullable": True, "metadata": {}}]}},
        "at": "date", "score": "double",
    }  # fmt: skip
    assert table(
        landing, "SELECT id, n.y, many[0].k, CAST(at AS STRING), score, CAST(day AS STRING),"
        " _rescued_data FROM t ORDER BY id"
    ) == [
        (1, "a", 1, "2024-05-01", None, "2024-05-01", None),
        (3000000000, None, None, None, 1.5, "2024-05-02", None),
    ]  # fmt: skip

    # New fields end the stream once. Another type, another case: what fits is read.
    path = write(
        landing, kind, f"day=2024-05-03/c.{kind}",
        "SELECT * FROM VALUES ('four', named_struct('x', 'no', 'y', 'b'), 2.5F, 7),"
        " (NULL, NULL, 3.5F, NULL) AS v(id, n, score, AT)",
    )  # fmt: skip
    write(
        landing, kind, f"day=2024-05-04/d.{kind}",
        "SELECT 5L AS id, named_struct('x', 2, 'z', 9L) AS n, 'web' AS channel,"
        " array(named_struct('k', 1, 'l', true)) AS many",
    )  # fmt: skip
    assert IN_FILE.format("channel, many.l, n.z") in landing.failure("t", format=kind, merge=True)
    assert list(landing.schema(1)) == ["id", "n", "many", "at", "score", "channel"]
    query = landing.load("t", format=kind, merge=True)
    assert query.lastProgress.numInputRows == 3
    assert table(
        landing, "SELECT id, n.x, n.y, n.z, score, many[0].l, channel, _rescued_data FROM t"
        " WHERE day > '2024-05-02' ORDER BY day, score"
    ) == [
        (None, None, "b", None, 2.5, None, None,
         {"id": "four", "n": {"x": "no"}, "AT": 7, "_file_path": path}),
        (None, None, None, None, 3.5, None, None, None),
        (5, 2, None, 9, None, True, "web", None),
    ]  # fmt: skip

    # The same files in one batch, with the schema of the first two.
    frame = landing.frame(
        format=kind, schema="id BIGINT, n STRUCT<x: INT, y: STRING>, many ARRAY<STRUCT<k: INT>>",
        schemaEvolutionMode="rescue", rescuedDataColumn="_rest",
    ).selectExpr("id", "_metadata.file_name", "many", "_rest")  # fmt: skip
    landing.run(frame, "again")
    lines = table(landing, "SELECT * FROM again ORDER BY file_name, id")
    assert [line[:2] for line in lines] == [
        (1, f"a.{kind}"), (3000000000, f"b.{kind}"), (None, f"c.{kind}"), (None, f"c.{kind}"),
        (5, f"d.{kind}"),
    ]  # fmt: skip
    assert lines[-1][2] == [{"k": 1}]
    assert lines[-1][3] == {
        "n": {"z": 9}, "many": [{"k": 1, "l": True}], "channel": "web",
        "_file_path": f"{landing.path}/in/day=2024-05-04/d.{kind}",
    }  # fmt: skip


def test_avro(landing: Landing) -> None:
    write(landing, "avro", "p=1/a.avro", "SELECT 1 AS id, named_struct('x', 1) AS n, 'a' AS name")
    landing.load("t", format="avro")
    path = write(
        landing, "avro", "p=2/b.avro",
        "SELECT 2 AS id, named_struct('x', 'no', 'z', 9L) AS n, 'web' AS channel",
    )  # fmt: skip
    assert IN_FILE.format("channel, n.z") in landing.failure("t", format="avro", merge=True)
    landing.load("t", format="avro", merge=True)
    assert table(
        landing, "SELECT id, n.x, n.z, name, channel, p, _rescued_data FROM t ORDER BY id"
    ) == [
        (1, 1, None, "a", None, 1, None),
        (2, None, 9, None, "web", 2, {"n": {"x": "no"}, "_file_path": path}),
    ]  # fmt: skip
    frame = landing.frame(
        format="avro", schema="ID BIGINT, p INT", reader_readerCaseSensitive="false"
    ).selectExpr("ID", "p", "_metadata.file_name")  # fmt: skip
    landing.run(frame, "other")
    assert landing.rows("SELECT * FROM other ORDER BY p") == [(1, 1, "a.avro"), (2, 2, "b.avro")]


def test_a_file_that_is_none_and_a_type_that_would_be_lost(landing: Landing) -> None:
    path = write(landing, "parquet", "a.parquet", "SELECT 'x' AS id")
    message = landing.failure("t", format="parquet", schema="id INT")
    assert f"The column id of {path} is STRING there, and the schema says INT." in message
    landing.put("b.parquet", "no parquet at all")
    landing.put("c.parquet", "")
    message = landing.failure("u", format="parquet")
    assert f"The file {landing.path}/in/b.parquet cannot be read as parquet." in message
    landing.load("u", format="parquet", reader_ignoreCorruptFiles="true")
    assert landing.rows("SELECT * FROM u") == [("x", None)]


def test_orc_needs_a_schema(landing: Landing) -> None:
    path = write(landing, "orc", "p=1/a.orc", "SELECT 1 AS id, 'x' AS name, 2 AS more")
    write(landing, "orc", "p=2/b.orc", "SELECT 'two' AS id")
    assert "Schema inference is not supported for format: orc." in landing.failure(
        "t", format="orc"
    )
    frame = landing.frame(format="orc", schema="id BIGINT, name STRING, gone DATE, p INT",
                          rescuedDataColumn="_rest")  # fmt: skip
    landing.run(frame.selectExpr("id", "name", "gone", "p", "_metadata.file_name", "_rest"), "t")
    assert table(landing, "SELECT * FROM t ORDER BY p") == [
        (1, "x", None, 1, "a.orc", {"more": 2, "_file_path": path}),
        (None, None, None, 2, "b.orc",
         {"id": "two", "_file_path": f"{landing.path}/in/p=2/b.orc"}),
    ]  # fmt: skip


def test_text_and_whole_files(landing: Landing) -> None:
    landing.put("day=1/a.txt", "one\ntwo\n")
    landing.put("day=2/b.txt", "three;four")
    frame = landing.frame(format="text", reader_lineSep=";")
    landing.run(frame.selectExpr("value", "day", "_metadata.file_name"), "lines")
    assert landing.rows("SELECT * FROM lines ORDER BY day, value") == [
        ("one\ntwo\n", "1", "a.txt"), ("four", "2", "b.txt"), ("three", "2", "b.txt"),
    ]  # fmt: skip
    landing.run(
        landing.frame(format="binaryFile", pathGlobFilter="b.*").selectExpr(
            "*", "_metadata.file_size"
        ),
        "files",
    )
    assert landing.rows(
        "SELECT path LIKE '%/in/day=2/b.txt', modificationTime < now(), length,"
        " CAST(content AS STRING), day, file_size FROM files"
    ) == [(True, True, 10, "three;four", "2", 10)]


def test_xml_as_text_and_with_types(landing: Landing) -> None:
    assert "XML needs the option rowTag" in _first_xml(landing)
    landing.load("t", format="xml", reader_rowTag="book")
    assert landing.schema(0) == {
        "_id": "string", "n": "string", "price": "string", "tag": "string", "title": "string",
    }  # fmt: skip
    path = f"{landing.path}/in/day=1/a.xml"
    rows = table(landing, "SELECT _id, n, price, tag, title, day, _rescued_data FROM t ORDER BY 1")
    assert rows == [
        ("007", "<a>1</a><b>2</b>", "2.50", None, "A & B", "1",
         {"tag": ["x", "y"], "_file_path": path}),
        ("2", None, None, "z", "C", "1", None),
    ]  # fmt: skip

    # Typed: a value that is none, an unknown field within another one, a broken record.
    options = {"format": "xml", "reader_rowTag": "book", "rescuedDataColumn": "_rest",
               "schema": "_id INT, n STRUCT<a: INT>, price DECIMAL(6,2), tag ARRAY<STRING>,"
               " title STRING, at DATE, day INT", "reader_dateFormat": "dd.MM.yyyy"}  # fmt: skip
    landing.put(
        "day=2/b.xml",
        "<l><book id='3'><at>31.12.2024</at><price>cheap</price><n><a>5</a></n><tag>q</tag></book>"
        "<book id='4'><n><a>6</b></book><book id='five'><title>E</title></book></l>",
    )
    landing.run(landing.frame(**options).select("*", "_metadata.file_name"), "typed")
    rows = table(
        landing, "SELECT _id, n.a, CAST(price AS STRING), tag, title, CAST(at AS STRING), _rest"
        " FROM typed ORDER BY file_name, _id NULLS LAST, title NULLS FIRST"
    )  # fmt: skip
    second = f"{landing.path}/in/day=2/b.xml"
    assert rows == [
        (2, None, None, ["z"], "C", None, None),
        (7, 1, "2.50", ["x", "y"], "A & B", None, {"n": {"b": "2"}, "_file_path": path}),
        (3, 5, None, ["q"], None, "2024-12-31", {"price": "cheap", "_file_path": second}),
        (None, None, None, None, None, None,
         {"_corrupt_record": "<book id='4'><n><a>6</b></book>", "_file_path": second}),
        (None, None, None, None, "E", None, {"_id": "five", "_file_path": second}),
    ]  # fmt: skip
    assert IN_FILE.format("at") in landing.failure("t", format="xml", reader_rowTag="book")
    landing.load("t", format="xml", reader_rowTag="book", merge=True)
    assert table(landing, "SELECT at, price, _rescued_data FROM t WHERE _id = '3'") == [
        ("31.12.2024", "cheap", None)
    ]


def _first_xml(landing: Landing) -> str:
    landing.put(
        "day=1/a.xml",
        "<l><book id='007'><title>A &amp; B</title><price>2.50</price><n><a>1</a><b>2</b></n>"
        "<tag>x</tag><tag>y</tag></book>\n<book id='2'><title>C</title><tag>z</tag></book></l>",
    )
    return landing.failure("t", format="xml")
