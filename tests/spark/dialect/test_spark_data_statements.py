"""What lakeshell does for Spark with files, JSON paths, functions, keys and missing files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from spark.cells_support import CellRun

from lakeshell.config import Config
from lakeshell.errors import StatementError
from lakeshell.home import Home
from lakeshell.session.session import Session


def rows(session: Session, statement: str) -> list[tuple[Any, ...]]:
    table = session.execute(statement).table
    assert table is not None
    return [tuple(row.values()) for row in table.to_pylist()]


@pytest.fixture
def raw(lakehouse: Home, schema: str) -> Path:
    folder = lakehouse.mnt / schema
    folder.mkdir()
    return folder


def test_read_files(session: Session, schema: str, raw: Path) -> None:
    (raw / "csv" / "deep").mkdir(parents=True)
    (raw / "csv" / "a.csv").write_text("zip,n,day\n00123,1,01.02.2024\n")
    (raw / "csv" / "deep" / "b.csv").write_text("zip,n,Day\n99999,x,02.02.2024,more\n")
    read = f"read_files('/mnt/{schema}/csv', header => true, dateFormat => 'dd.MM.yyyy'"
    hinted = session.execute(
        "SELECT *, _metadata.file_name AS file "
        f"FROM {read}, schemaHints => 'zip STRING, n INT, day DATE') f ORDER BY f.zip"
    ).table
    assert hinted is not None
    path = f"/mnt/{schema}/csv/deep/b.csv"
    assert [
        row | {"_rescued_data": json.loads(row["_rescued_data"] or "null"), "day": str(row["day"])}
        for row in hinted.to_pylist()
    ] == [
        {"zip": "00123", "n": 1, "day": "2024-02-01", "_rescued_data": None, "file": "a.csv"},
        {
            "zip": "99999",
            "n": None,
            "day": "None",
            "_rescued_data": {"n": "x", "Day": "02.02.2024", "_c3": "more", "_file_path": path},
            "file": "b.csv",
        },
    ]
    session.execute(f"CREATE TABLE t AS SELECT * FROM {read}, format => 'csv') f WHERE f.n = '1'")
    assert rows(session, "SELECT zip, _rescued_data FROM t") == [(123, None)]
    limited = session.execute(f"SELECT zip FROM {read})", limit=1)
    assert limited.truncated
    with pytest.raises(StatementError, match="nope") as raised:
        session.execute(f"SELECT nope FROM {read})")
    assert raised.value.position is None
    with pytest.raises(StatementError, match="Path does not exist: /mnt/nowhere"):
        session.execute("SELECT * FROM read_files('/mnt/nowhere', format => 'json')")


def test_read_files_with_columns_that_are_given_or_passed_over(
    session: Session, schema: str, raw: Path
) -> None:
    for day, text in ((1, '{"s": {"a": 1, "b": [{"c": "x"}]}, "n": "7"}\n\n'), (2, '{"N": 8}\n')):
        (raw / "json" / f"day={day}").mkdir(parents=True)
        (raw / "json" / f"day={day}" / "a.json").write_text(text)
    read = f"read_files('/mnt/{schema}/json', format => 'json'"
    typed = "schema => 'n INT, s STRUCT<b: ARRAY<STRUCT<c: STRING>>, a: BIGINT>, gone DATE')"
    assert rows(session, f"SELECT * FROM {read}, {typed} ORDER BY n") == [
        (None, {"b": [{"c": "x"}], "a": 1}, None),
        (8, None, None),
    ]
    given = f"SELECT * FROM {read}, rescuedDataColumn => 'rest', schema => 'n STRING') ORDER BY n"
    (_, lost), (_, kept) = rows(session, given)
    assert (json.loads(lost)["N"], json.loads(kept)["s"]["a"]) == (8, 1)
    session.execute(f"CREATE VIEW v AS SELECT n, day FROM {read}, schemaEvolutionMode => 'none')")
    (raw / "json" / "day=2" / "b.json").write_text('{"n": 9}\n')  # a view reads what is there
    assert rows(session, "SELECT n FROM v WHERE day > 1 ORDER BY n") == [("8",), ("9",)]
    whole = f"SELECT * FROM {read}, schemaEvolutionMode => 'none')"
    columns = session.execute(whole, limit=1).table
    assert columns is not None
    assert columns.column_names == ["n", "s", "day"]
    for kind in ("parquet", "orc", "avro"):
        for name, select in (("a", "1 AS id, 'x' AS n"), ("b", "'q' AS id")):
            folder = f"/mnt/{schema}/{kind}/{name}"
            session.execute(f"INSERT OVERWRITE DIRECTORY '{folder}' USING {kind} SELECT {select}")
        read = f"read_files('/mnt/{schema}/{kind}', format => '{kind}', schemaHints => 'id INT')"
        (one, other) = rows(session, f"SELECT * FROM {read} ORDER BY id NULLS LAST")
        assert (one, other[:2]) == ((1, "x", None), (None, None))
        assert json.loads(other[2])["id"] == "q"


def test_json_paths(session: Session, schema: str) -> None:
    session.execute("CREATE TABLE t (id INT, j STRING, v VARIANT)")
    text = '{"a b": {"c": [5, 6]}, "items": [{"id": 1}, {"x": {}}, {"id": "z"}], "n": "3"}'
    session.execute(f"INSERT INTO t SELECT 1, s, parse_json(s) FROM (SELECT '{text}' AS s)")
    found = rows(
        session,
        "SELECT j:['a b'].c[1]::INT + 1, t.j:n, j:items[*].id, j:items[0], j:none.x "
        "FROM t WHERE j:n::INT = 3",
    )
    assert found == [(7, "3", '[1,null,"z"]', '{"id":1}', None)]
    assert rows(session, "SELECT v:n::STRING, v:items[*].id FROM t") == [("3", '[1,null,"z"]')]
    with pytest.raises(StatementError) as raised:
        session.execute("SELECT j:n,\n  wrong FROM t")
    assert raised.value.position is not None
    assert (raised.value.position.line, raised.value.position.column) == (2, 3)
    assert CellRun(session).run('print(spark.sql("SELECT j:n FROM t").collect()[0].n)') == "3\n"
    text = '{"Items": [{"Id": "7"}, {"ID": 8, "Sub": [{"A": 1}, {"a": null}]}, {"x": [2]}]}'
    session.execute(f"INSERT INTO t SELECT 2, s, parse_json(s) FROM (SELECT '{text}' AS s)")
    assert rows(
        session,
        "SELECT j:items[*].id, j:ITEMS[*].SUB[*].a, concat(j, ''):items[*].X, "
        "j:items[*]['id'] AS exact, v:items[*].id AS none, v:Items[*].id AS v FROM t WHERE id = 2",
    ) == [
        ('["7",8,null]', "[1,null]", "[null,null,[2]]", "[null,null,null]", None,
         "[null,null,null]")
    ]  # fmt: skip
    in_any_case = session.execute(
        'WITH d AS (SELECT \'{"Owner": {"Name": ["x", {"Id": 7}]}, "a": null, "A": 1, '
        '"s": "{\\\\"K\\\\": 2}"}\' AS j) '
        "SELECT j:OWNER.name[1].ID, j:['OWNER'].name AS exact, j:Owner:NAME[0]::string || '' AS c, "
        "j:owner['Name'][0] AS d, j:a AS e, j:s.k AS f, j:s:k AS g, lower(concat(j, '')):S.none, "
        "count(j:owner) FROM d GROUP BY ALL"
    ).table
    assert in_any_case is not None
    assert in_any_case.to_pylist() == [
        {"ID": "7", "exact": None, "c": "x", "d": "x", "e": None, "f": None, "g": "2",
         "none": None, "count(j:owner)": 1}
    ]  # fmt: skip


def test_functions(session: Session, schema: str) -> None:
    assert rows(
        session,
        "SELECT iff(true, charindex('b', 'abcb', 3), 0), current_metastore(), "
        "is_member('admins'), is_account_group_member('strangers'), getdate() IS NOT NULL",
    ) == [(4, "lakeshell", True, False, True)]
    lacking = rows(session, "SHOW FUNCTIONS LIKE 'iff|charindex|getdate|current_metastore'")
    assert lacking == []  # if Spark has learnt one, the rewriting can go


def test_keys(session: Session, schema: str) -> None:
    session.execute(
        "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, s INT, "
        "CONSTRAINT f FOREIGN KEY (s) REFERENCES other (id)) TBLPROPERTIES ('mine' = '1')"
    )
    session.execute("ALTER TABLE t ADD CONSTRAINT positive CHECK (id > 0)")
    session.execute("INSERT INTO t VALUES (1, 1), (1, 2)")
    session.execute("ALTER TABLE t DROP PRIMARY KEY")
    session.execute("ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY (id)")
    session.execute("ALTER TABLE t DROP CONSTRAINT IF EXISTS f")
    session.execute("ALTER TABLE t DROP CONSTRAINT IF EXISTS never")
    properties = dict(rows(session, "SHOW TBLPROPERTIES t"))
    keys = {key: value for key, value in properties.items() if key.startswith("lakeshell")}
    assert keys == {"lakeshell.key.k": "PRIMARY KEY (id)"}
    assert properties["mine"] == "1"
    session.execute("ALTER TABLE t DROP CONSTRAINT positive")
    session.execute("INSERT INTO t VALUES (-1, 1)")
    with pytest.raises(StatementError, match="nonexistent constraint"):
        session.execute("ALTER TABLE t DROP CONSTRAINT positive")


def test_missing_files(session: Session, schema: str, lakehouse: Home) -> None:
    session.execute(
        "CREATE TABLE t (id INT) TBLPROPERTIES ('delta.checkpointInterval' = '2', "
        "'delta.enableDeletionVectors' = 'true')"
    )
    for number in (1, 2):
        session.execute(f"INSERT INTO t SELECT id FROM range({number}, {number} + 2)")
    session.execute("DELETE FROM t WHERE id = 3")
    folder = lakehouse.warehouse / f"{schema}.db" / "t"
    assert list((folder / "_delta_log").glob("*.checkpoint*"))
    assert rows(session, "FSCK REPAIR TABLE t DRY RUN") == []
    ((name,),) = rows(session, "SELECT _metadata.file_name FROM t WHERE id = 1")
    gone = folder / name
    gone.unlink()
    report = rows(session, "FSCK REPAIR TABLE t DRY RUN")
    assert [row[:2] for row in report] == [(gone.name, True)]
    assert rows(session, "FSCK REPAIR TABLE t") == report
    assert rows(session, "FSCK REPAIR TABLE t") == []
    session.execute("INSERT INTO t VALUES (9)")
    assert (9,) in rows(session, "SELECT * FROM t")
    assert (1,) not in rows(session, "SELECT * FROM t")
    session.execute("MSCK REPAIR TABLE t SYNC METADATA")


def test_files_of_a_volume(session: Session, schema: str, raw: Path, tmp_path: Path) -> None:
    local = tmp_path / "a.csv"
    local.write_text("1\n2\n")
    session.execute(f"PUT '{local}' INTO '/mnt/{schema}/in/a.csv'")
    assert [row[1:3] for row in rows(session, f"LIST '/mnt/{schema}/in'")] == [("a.csv", 4)]
    assert rows(session, f"SELECT _c0 FROM csv.`/mnt/{schema}/in`") == [("1",), ("2",)]
    session.execute(f"GET '/mnt/{schema}/in/a.csv' TO '{tmp_path}/b.csv'")
    session.execute(f"REMOVE '/mnt/{schema}/in/a.csv'")
    assert rows(session, f"LIST '/mnt/{schema}/in'") == []
    assert (tmp_path / "b.csv").read_text() == "1\n2\n"


def test_functions_in_python(
    session: Session, schema: str, lakehouse: Home, config: Config
) -> None:
    session.execute(
        "CREATE FUNCTION shout(x INT, s STRING) RETURNS STRING LANGUAGE PYTHON AS $$\n"
        "  import math\n  def twice(n):\n    return n * 2\n"
        "  return None if x is None else s.upper() + str(twice(x) + math.floor(1.5))\n$$"
    )
    query = "SELECT shout(id, 'a') AS a, shout(NULL, 'a') AS b FROM range(2)"
    assert rows(session, query) == [("A1", None), ("A3", None)]
    other = Session(lakehouse, config)  # the function is there in later sessions, too
    try:
        assert rows(other, f"SELECT {schema}.shout('2', 'b') AS c") == [("B5",)]
        other.execute(f"USE {schema}")
        cell = """print(spark.sql("SELECT shout(1, 'c') AS c").collect()[0].c)"""
        assert CellRun(other).run(cell) == "C3\n"
    finally:
        other.close()
    session.execute(
        "CREATE TEMPORARY FUNCTION loud(s STRING) RETURNS STRING LANGUAGE PYTHON "
        "AS $$ return s.upper() $$"
    )
    assert rows(session, "SELECT loud('a'), loud(1) FROM range(1)") == [("A", "1")]
    cell = """print(spark.sql("SELECT loud('c') AS c").collect()[0].c)"""
    assert CellRun(session).run(cell) == "C\n"
    session.execute("DROP TEMPORARY FUNCTION loud")
    session.execute("DROP FUNCTION shout")
    with pytest.raises(StatementError, match="shout"):
        session.execute(query)
