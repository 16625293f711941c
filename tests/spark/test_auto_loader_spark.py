"""Auto Loader: which files are taken, what their rows become, how a schema evolves."""

from __future__ import annotations

import gzip
import os
import shutil
import threading
import time

import pytest
from auto_loader_support import Landing, rescued
from cells_support import CellRun

from lakeshell.home import Home
from lakeshell.session.session import Session

UNKNOWN = "[UNKNOWN_FIELD_EXCEPTION."
SENTENCE = (
    "Encountered unknown fields during parsing: [{}], which can be fixed by an automatic retry: "
)

# The course has a comment at the end of the line before `.table`, which Python does not read.
COURSE = """\
df_autoloader = spark.readStream.format("cloudFiles") \\
    .option("cloudFiles.format", "csv") \\
    .option("cloudFiles.schemaLocation", "/mnt/schema/customer_files") \\
    .option("cloudFiles.inferColumnTypes", "true") \\
    .load("/mnt/landing/customer_files/")

df_autoloader.writeStream \\
    .format("delta") \\
    .option("checkpointLocation", "/mnt/checkpoints/customer_files") \\
    .trigger(once=True).table("customers_incremental")
"""


@pytest.fixture
def landing(lakehouse: Home, session: Session, schema: str) -> Landing:
    """A landing folder of the test's own; tables go into its own schema."""
    session.spark.sql(f"USE {schema}")
    return Landing(lakehouse, session, schema)


def test_json_is_widened_and_nothing_is_lost(landing: Landing) -> None:
    landing.put("a.json", '{"id": 1, "at": {"x": 1}}\n\n{"id": 2, "ID": 7}\n{"id": 3, "at"')
    landing.load("events", format="json")
    assert landing.schema(0) == {"at": "string", "id": "string"}
    path = f"{landing.path}/in/a.json"
    rows = landing.rows("SELECT at, id, _rescued_data FROM events ORDER BY id")
    assert [(a, b, rescued(c)) for a, b, c in rows] == [
        (None, None, {"_corrupt_record": '{"id": 3, "at"', "_file_path": path}),
        ('{"x":1}', "1", None),
        (None, "2", {"ID": 7, "_file_path": path}),
    ]
    landing.records("b.json", {"id": 4, "channel": "web"}, {"id": 5, "zone": None, "Channel": "x"})
    assert UNKNOWN + "NEW_FIELDS_IN_RECORD_WITH_FILE_PATH] " + SENTENCE.format(
        "channel, zone"
    ) + "true" in landing.failure("events", format="json")
    assert list(landing.schema(1)) == ["at", "id", "channel", "zone"]
    # The files are not marked as loaded, whatever the table says to the new columns.
    assert "DELTA_METADATA_MISMATCH" in landing.failure("events", format="json")
    landing.load("events", format="json", merge=True)
    assert landing.rows("SELECT id, channel, zone FROM events WHERE id > 3 ORDER BY id") == [
        ("4", "web", None), ("5", None, None),
    ]  # fmt: skip
    named = landing.rows("SELECT _rescued_data:Channel, _rescued_data:_file_path FROM events "
                         "WHERE id = 5")  # fmt: skip
    assert named == [("x", f"{landing.path}/in/b.json")]
    assert landing.rows("SELECT count(*) FROM events") == [(5,)]


def test_types_of_json_hints_and_nested_fields(landing: Landing) -> None:
    options = {
        "format": "json",
        "inferColumnTypes": True,
        "schemaHints": "n.wide BIGINT, day DATE, price DECIMAL(8,2), tags.element.id STRING",
    }
    landing.records("a.json", {"id": 1, "n": {"a": 1}, "day": "2024-05-01", "tags": [{"id": 1}]})
    landing.load("typed", **options)
    assert [(c[0], c[1]) for c in landing.rows("DESCRIBE typed")][:6] == [
        ("day", "date"), ("id", "bigint"), ("n", "struct<a:bigint,wide:bigint>"),
        ("tags", "array<struct<id:string>>"), ("price", "decimal(8,2)"),
        ("_rescued_data", "string"),
    ]  # fmt: skip
    landing.records("b.json", {"id": "two", "n": {"a": 2, "wide": "x"}, "price": 1.5, "tags": 3})
    landing.load("typed", **options)
    row = landing.rows("SELECT id, n.a, price, _rescued_data FROM typed WHERE price = 1.5")[0]
    assert (row[0], row[1], str(row[2])) == (None, 2, "1.50")
    assert rescued(row[3]) == {
        "id": "two", "n": {"wide": "x"}, "tags": 3, "_file_path": f"{landing.path}/in/b.json",
    }  # fmt: skip
    landing.records("c.json", {"id": 3, "n": {"a": 1, "b": {"c": [1.5]}}})
    assert SENTENCE.format("n.b") + "true" in landing.failure("typed", **options)
    landing.load("typed", merge=True, **options)
    assert landing.rows("SELECT n.b.c[0] FROM typed WHERE id = 3") == [(1.5,)]


def test_csv_by_its_headers(landing: Landing) -> None:
    options = {"format": "csv", "inferColumnTypes": True}
    landing.put("a.csv", "id,name,born\n1,Ada,1815-12-10\n2,Grace,1906-12-09\n")
    landing.put("b.csv", "name,id\nLinus,3\n")
    landing.load("people", **options)
    assert landing.schema(0) == {"id": "integer", "name": "string", "born": "date"}
    landing.put("c.csv", 'born,NAME,id\nsoon,"O\'Hara, Jim",4\n1990-01-01,Tim,x,more\n')
    landing.load("people", **options)
    path = f"{landing.path}/in/c.csv"
    rows = landing.rows("SELECT id, name, string(born), _rescued_data FROM people ORDER BY 3, 1")
    assert [(*row[:3], rescued(row[3])) for row in rows] == [
        (3, "Linus", None, None),
        (4, None, None, {"born": "soon", "NAME": "O'Hara, Jim", "_file_path": path}),
        (1, "Ada", "1815-12-10", None),
        (2, "Grace", "1906-12-09", None),
        (None, None, "1990-01-01", {"NAME": "Tim", "id": "x", "_c3": "more", "_file_path": path}),
    ]
    landing.put("d.csv", "id,shoe\n6,41\n")
    landing.put("empty.csv", "")
    assert UNKNOWN + "NEW_FIELDS_IN_FILE] " + SENTENCE.format("shoe") + "true" in landing.failure(
        "people", **options
    )
    assert landing.schema(1)["shoe"] == "integer"
    landing.load("people", merge=True, **options)
    assert landing.rows("SELECT id, name, shoe FROM people WHERE shoe > 0") == [(6, None, 41)]


@pytest.mark.parametrize("format", ["json", "csv"])
def test_the_other_modes(landing: Landing, format: str) -> None:
    def put(name: str, text: str) -> None:
        header, *words = text.split()
        if format == "csv":
            landing.put(name, f"{header}\n{','.join(words)}\n")
        else:
            landing.records(name, dict(zip(header.split(","), words, strict=True)))

    put("a", "id 1")
    landing.load("rescue", format=format, schemaEvolutionMode="rescue")
    landing.load("fails", format=format, schemaEvolutionMode="failOnNewColumns")
    put("b", "id,extra 2 x")
    landing.load("rescue", format=format, schemaEvolutionMode="rescue")
    assert landing.rows("SELECT id, _rescued_data:extra FROM rescue ORDER BY id") == [
        ("1", None), ("2", "x"),
    ]  # fmt: skip
    for _ in range(2):
        assert SENTENCE.format("extra") + "false" in landing.failure(
            "fails", format=format, schemaEvolutionMode="failOnNewColumns"
        )
    assert not (landing.folder / "schema" / "_schemas" / "1").exists()
    given = {"schema": "id INT, missing STRING", "reader_header": True}
    landing.load("given", format=format, **given)
    ids = {row[0] for row in landing.rows("SELECT id FROM given")}
    assert ids == ({1, 2} if format == "csv" else {None})  # JSON has them as texts
    landing.load("kept", format=format, rescuedDataColumn="rest", **given)
    assert {row[0] for row in landing.rows("SELECT rest:extra FROM kept")} == {None, "x"}


def test_folders_globs_and_metadata(landing: Landing) -> None:
    landing.records("eu/day=2024-05-01/n=1/a.json", {"id": 1})
    landing.records("eu/day=2024-05-02/n=2/b.json", {"id": 2})
    landing.records("us/day=2024-05-02/n=2/c.json", {"id": 3})
    landing.records("us/day=2024-05-02/n=2/d.txt", {"id": 4})
    frame = landing.frame(
        "in/{eu,us}/", format="json", inferColumnTypes=True, reader_pathGlobFilter="*.json"
    )
    landing.run(
        frame.selectExpr("*", "_metadata.file_name AS f", "_metadata.file_path AS p"), "days"
    )
    assert landing.rows("SELECT id, string(day), n, f, p FROM days ORDER BY id") == [
        (1, "2024-05-01", 1, "a.json", f"{landing.path}/in/eu/day=2024-05-01/n=1/a.json"),
        (2, "2024-05-02", 2, "b.json", f"{landing.path}/in/eu/day=2024-05-02/n=2/b.json"),
        (3, "2024-05-02", 2, "c.json", f"{landing.path}/in/us/day=2024-05-02/n=2/c.json"),
    ]
    landing.put("sheets/day=1/a b%20c.csv", "id\n1\n")
    landing.put("sheets/day=2/d.csv", "name,id\nx,2\n")
    landing.put("sheets/day=3/e.csv", "name,id\nx,3\n")
    sheets = landing.frame(
        "in/sh*/day=*/*.csv", format="csv", schemaLocation=f"{landing.path}/sheets"
    )
    some = sheets.where("day < '3'").selectExpr("id", "name", "day", "_metadata.file_name")
    landing.run(some, "sheets")
    assert landing.rows("SELECT * FROM sheets ORDER BY id") == [
        ("1", None, "1", "a%20b%2520c.csv"), ("2", "x", "2", "d.csv"),
    ]  # fmt: skip


def test_which_files_are_taken(landing: Landing) -> None:
    for number in range(5):
        landing.records(f"{number}.json", {"id": number})
    for name in ("_x.json", ".x.json", "x.json.tmp"):
        landing.records(name, {"id": -1})
    query = landing.load("five", format="json", maxFilesPerTrigger=2)
    assert [p.numInputRows for p in query.recentProgress if p.numInputRows] == [2, 2, 1]
    landing.load("news", format="json", includeExistingFiles=False)
    landing.load("over", format="json", allowOverwrites=True)
    landing.records("9.json", {"id": 9})
    changed = landing.records("0.json", {"id": 100})
    os.utime(changed, (time.time() - 30,) * 2)
    (landing.folder / "in" / "_x.json").rename(landing.folder / "in" / "renamed.json")
    landing.load("five", format="json")
    landing.load("news", format="json", includeExistingFiles=False)
    landing.load("over", format="json", allowOverwrites=True)

    def ids(table: str) -> list[int]:
        return [int(row[0]) for row in landing.rows(f"SELECT id FROM {table} ORDER BY int(id)")]

    assert ids("five") == [-1, 0, 1, 2, 3, 4, 9]
    assert ids("news") == [-1, 9]
    assert ids("over") == [-1, 0, 1, 2, 3, 4, 9, 100]


def test_a_file_is_read_when_it_is_whole(landing: Landing) -> None:
    growing = landing.folder / "in" / "growing.json"
    growing.parent.mkdir(parents=True)

    def write() -> None:
        with growing.open("w") as file:
            for number in range(20):
                file.write(f'{{"id": {number}, "na')
                file.flush()
                time.sleep(0.1)
                file.write(f'me": "{number}"}}\n')
                file.flush()

    frame = landing.frame(schema="id INT, name STRING", format="json")
    writer = frame.writeStream.option("checkpointLocation", f"{landing.path}/cp")
    query = writer.trigger(processingTime="100 milliseconds").toTable("grown")
    thread = threading.Thread(target=write)
    thread.start()
    thread.join()
    landing.records("after.json", {"id": 20, "name": "20"})
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if landing.rows("SELECT count(*) FROM grown WHERE id = 19") == [(1,)]:
            break
        time.sleep(0.2)
    query.stop()
    landing.records("fresh.json", {"id": 21, "name": "21"})
    os.utime(landing.folder / "in" / "fresh.json")
    writer.trigger(once=True).toTable("grown").awaitTermination()
    assert landing.rows("SELECT id, name FROM grown ORDER BY id") == [
        (number, str(number)) for number in range(22)
    ]


def test_refusals_in_one_sentence(landing: Landing, session: Session) -> None:
    (landing.folder / "in").mkdir(parents=True)

    def refusal(**options: object) -> str:
        return landing.failure("none", **options)

    empty = "[CF_EMPTY_DIR_FOR_SCHEMA_INFERENCE] Cannot infer schema when the input path "
    assert empty in refusal(format="json")
    assert "Did you mean cloudFiles.inferColumnTypes?" in refusal(format="json", inferColumTypes=1)
    assert "[CF_ADD_NEW_NOT_SUPPORTED]" in refusal(
        format="json", schema="id INT", schemaEvolutionMode="addNewColumns"
    )
    assert "must be one of addNewColumns, rescue" in refusal(format="json", schemaEvolutionMode="x")
    assert "is no known format" in refusal(format="jsn")
    assert "does not exist" in refusal(format="json", below="nowhere")
    assert "is no name with a type" in refusal(format="json", schemaHints="a nonsense<")
    reader = session.spark.readStream.format("cloudFiles").option("cloudFiles.format", "json")
    with pytest.raises(Exception, match="CF_SCHEMA_LOCATION_REQUIRED"):
        reader.load(f"{landing.path}/in").schema  # noqa: B018, the analysis is asked for
    with pytest.raises(Exception, match="CF_BATCH_NOT_SUPPORTED"):
        session.spark.read.format("cloudFiles").load(landing.path).collect()


def test_the_block_of_the_course(session: Session, lakehouse: Home, schema: str) -> None:
    for place in ("landing/customer_files", "schema/customer_files", "checkpoints/customer_files"):
        shutil.rmtree(lakehouse.mnt / place, ignore_errors=True)
    folder = lakehouse.mnt / "landing" / "customer_files"
    folder.mkdir(parents=True)
    (folder / "first.csv").write_text("customer_id,name,spent\n1,Ada,10.5\n2,Grace,7\n")
    cell = CellRun(session)
    cell.run(COURSE)
    assert cell.notices() == []
    cell.run(COURSE.partition("\n\n")[0].replace("schemaLocation", "useNotifications"))
    assert cell.notices() == ["Auto Loader ignores here: cloudFiles.useNotifications."]
    query = f"SELECT customer_id, name, spent, _rescued_data FROM {schema}.customers_incremental"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if session.spark.streams.active == []:
            break
        time.sleep(0.1)
    table = session.execute(f"{query} ORDER BY 1").table
    assert table is not None
    assert table.to_pylist() == [
        {"customer_id": 1, "name": "Ada", "spent": 10.5, "_rescued_data": None},
        {"customer_id": 2, "name": "Grace", "spent": 7.0, "_rescued_data": None},
    ]


def test_whole_files_and_packed_ones(landing: Landing) -> None:
    landing.put("a.json", '[{"id": 1, "t": "x\\n["},\n {"id": 2, "new": {"k": [1]}}]\n')
    landing.put("b.json", '{"id":\n 3}')
    landing.load("whole", format="json", inferColumnTypes=True, reader_multiLine=True)
    assert landing.rows("SELECT id, t, new.k[0] FROM whole ORDER BY id") == [
        (1, "x\n[", None), (2, None, 1), (3, None, None),
    ]  # fmt: skip
    packed = landing.put("c.json.gz", "")
    packed.write_bytes(gzip.compress(b'{"id": 4, "more": true}\n'))
    os.utime(packed, (time.time() - 60,) * 2)
    failure = landing.failure("whole", format="json", inferColumnTypes=True)
    assert SENTENCE.format("more") in failure
    assert landing.schema(1)["more"] == "boolean"
