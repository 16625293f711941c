"""Dropped tables: what is kept of them around a DROP, how they are listed and brought back."""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from unit.dialect.engines import FakeEngine, carried_out

from lakeshell.dialect.before import around_statement
from lakeshell.dialect.dialect import Dialect
from lakeshell.dialect.objects.objects import text_table
from lakeshell.dialect.objects.store import Store
from lakeshell.dialect.tables import linked_files
from lakeshell.dialect.tables.delta_log import read_metadata
from lakeshell.dialect.tables.dropped_tables import (
    DROPPED,
    DROPPING,
    LINKING,
    RETURNING,
    DroppedTable,
    DroppedTables,
    sweep,
)
from lakeshell.dialect.tables.keeping import Drop, judge, read_drop
from lakeshell.dialect.tables.linked_files import link_files, move_folder
from lakeshell.dialect.tables.table_facts import delta_tables
from lakeshell.errors import StatementError
from lakeshell.home import Home
from lakeshell.locks import FileLock

ID = "6ca7be55-8f58-47a7-85ee-7a59082fd17a"
DAY = 86400


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").create()


def write_log(folder: Path, table_id: str = ID, **more: Any) -> Path:
    """A table of one commit and one file."""
    (folder / "_delta_log").mkdir(parents=True)
    metadata = {"id": table_id, "configuration": {}, "createdTime": 1000, **more}
    text = json.dumps({"metaData": metadata})
    (folder / "_delta_log" / f"{0:020}.json").write_text(text, encoding="utf-8")
    (folder / "p=a b").mkdir()
    (folder / "p=a b" / "1.parquet").write_text("rows", encoding="utf-8")
    return folder


class Catalog:
    """Spark with the table s.t at its place, as long as its log is there."""

    def __init__(self, home: Home, kind: str = "MANAGED", provider: str = "delta") -> None:
        self.place = home.warehouse / "s.db" / "t"
        self.kind, self.provider = kind, provider
        self.sent: list[str] = []

    def rows(self, text: str) -> list[dict[str, Any]]:
        self.sent.append(text)
        if not self.place.exists():
            raise StatementError("no such table")
        told = {
            "Location": "a column", "# Detailed Table Information": "a column, too",
            "": "", "# Detailed Table Information ": "", "Catalog": "main", "Database": "s",
            "Table": "t", "Type": self.kind, "Comment": "x\nLocation: /etc",
            "Location ": str(self.place), "Provider": self.provider, "Owner": "ann",
        }  # fmt: skip
        return [{"col_name": k.strip(), "data_type": v} for k, v in told.items()]

    def drop(self) -> None:
        for path in (*self.place.rglob("*.json"), *self.place.rglob("*.parquet")):
            path.unlink()
        self.place.rename(self.place.with_name("gone"))


@pytest.fixture
def catalog(home: Home) -> Catalog:
    catalog = Catalog(home)
    write_log(catalog.place)
    return catalog


def drop(home: Home, catalog: Catalog, text: str = "DROP TABLE s.t") -> list[str]:
    """Carry a DROP out; what the person is told."""
    heard: list[str] = []
    with around_statement(text, home, catalog.rows, heard.append):
        catalog.drop()
    return heard


def put(home: Home, token: str, **changed: Any) -> DroppedTable:
    """An entry of the table main.s.t."""
    table = DroppedTable(
        token=token, id=ID, name=("spark_catalog", "s", "t"), type="MANAGED", location="/l",
        comment=None, owner="ann", created=1.0, updated=2.0, deleted=time.time(), state=DROPPED,
    )  # fmt: skip
    return DroppedTables(home).put(table, **changed)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("DROP TABLE t", Drop(table="`t`")),
        ("-- c\ndrop /* x */ table if exists a.`b``c` ;", Drop(table="`a`.`b``c`")),
        ("DROP TABLE IDENTIFIER('a.' || x)", Drop(table="IDENTIFIER('a.' || x)")),
        ("DROP TABLE t PURGE", None),
        ("DROP TABLE", None),
        ("DROP VIEW t", None),
        ("DROP SCHEMA s CASCADE", Drop(schema=("s",))),
        ("DROP DATABASE IF EXISTS c.s CASCADE", Drop(schema=("c", "s"))),
        ("DROP SCHEMA s", None),
        ("DROP SCHEMA s RESTRICT", None),
        ("SELECT 'DROP TABLE t'", None),
        ("ALTER TABLE t DROP COLUMN c", None),
        ("CREATE OR REPLACE TABLE t (a INT)", None),
        ("BEGIN DROP TABLE t; END", None),
    ],
)
def test_which_statements_drop_tables(text: str, found: Drop | None) -> None:
    assert read_drop(text) == found


@pytest.mark.parametrize(
    "text",
    ["UNDROP TABLE", "UNDROP TABLE WITH ID x", "UNDROP TABLE t VERSION AS OF 1",
     "SHOW TABLES DROPPED LIMIT x", "SHOW TABLES DROPPED IN", "UNDROP VIEW v"],
)  # fmt: skip
def test_what_is_written_wrongly_is_refused(text: str) -> None:
    with pytest.raises(StatementError, match="Syntax error"):
        Dialect().plan(text)


def test_files_get_a_second_name_and_the_log_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_log(tmp_path / "t")
    (folder / "link").symlink_to("nowhere")
    linked: list[str] = []
    link = os.link

    def note(source: str, target: str, **how: Any) -> None:
        linked.append(Path(source).name)
        if source.endswith("1.parquet"):
            raise OSError(errno.EXDEV, "another file system")
        link(source, target, **how)

    monkeypatch.setattr(os, "link", note)
    target = tmp_path / "kept" / "files"
    link_files(folder, target, first="_delta_log")
    assert linked[0] == f"{0:020}.json"
    log = f"_delta_log/{0:020}.json"
    assert (target / log).stat().st_ino == (folder / log).stat().st_ino
    assert (target / "p=a b/1.parquet").read_text(encoding="utf-8") == "rows"
    assert (target / "link").readlink() == Path("nowhere")


def test_a_folder_moves_to_another_file_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_log(tmp_path / "token" / "files")
    target = tmp_path / "schema" / "t"
    left = tmp_path / "schema" / ".t.token" / "unfinished"
    left.mkdir(parents=True)
    rename = Path.rename

    def refuse(path: Path, to: Path) -> Path:
        if path == folder:
            raise OSError(errno.EXDEV, "another file system")
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", refuse)
    move_folder(folder, target)
    assert (target / "p=a b" / "1.parquet").exists()
    assert not folder.exists()
    assert not (target / "unfinished").exists()
    assert [path.name for path in target.parent.iterdir()] == ["t"]


def test_a_dropped_table_is_kept_with_what_the_store_says_of_it(
    home: Home, catalog: Catalog
) -> None:
    store = Store(home)
    store.put("tag", ("TABLE", "spark_catalog", "s", "t", "", "pii"), {"value": "yes"})
    store.put("row filter", ("spark_catalog", "s", "t"), {"function": "f"})
    store.put("tag", ("TABLE", "spark_catalog", "s", "other", "", "pii"), {"value": "no"})
    assert drop(home, catalog) == []
    (kept,) = DroppedTables(home).all()
    assert (kept.id, kept.name, kept.type) == (ID, ("spark_catalog", "s", "t"), "MANAGED")
    assert (kept.state, kept.owner, kept.created) == (DROPPED, "ann", 1.0)
    assert {kind for kind, _, _ in kept.remembered} == {"tag", "row filter"}
    assert len(kept.remembered) == 2
    files = DroppedTables(home).files(kept)
    assert (files / "p=a b" / "1.parquet").read_text(encoding="utf-8") == "rows"
    assert files.parent.parent == home.dropped


@pytest.mark.parametrize("error", [StatementError("refused"), KeyboardInterrupt(), OSError("gone")])
def test_a_drop_that_fails(home: Home, catalog: Catalog, error: BaseException) -> None:
    with (
        pytest.raises(type(error)),
        around_statement("DROP TABLE s.t", home, catalog.rows, pytest.fail),
    ):
        raise error
    states = [table.state for table in DroppedTables(home).all()]
    assert states == ([] if isinstance(error, StatementError) else [DROPPING])
    judge(DroppedTables(home), catalog.rows)  # it is still there
    assert not DroppedTables(home).all()
    assert not list(home.dropped.iterdir())


@pytest.mark.parametrize("text", ["DROP TABLE s.t PURGE", "SELECT 1", "DROP VIEW s.t"])
def test_nothing_is_asked_about_other_statements(home: Home, catalog: Catalog, text: str) -> None:
    drop(home, catalog, text)
    assert not catalog.sent
    assert not home.dropped.exists()


def test_what_is_not_kept(home: Home, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog.provider = "csv"
    with around_statement("DROP TABLE s.t", home, catalog.rows, pytest.fail):
        pass
    catalog.provider = "delta"

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(linked_files, "_link", full)
    (told,) = drop(home, catalog)
    assert told == (
        "UNDROP TABLE will not bring back spark_catalog.s.t: its files could not be kept "
        "(No space left on device)."
    )
    assert not DroppedTables(home).all()
    home.settings_file.write_text("[tables]\nundrop_days = 0\n", encoding="utf-8")
    catalog.sent.clear()
    with around_statement("DROP TABLE s.t", home, catalog.rows, pytest.fail):
        pass
    assert not catalog.sent


def test_an_external_table_is_an_entry_without_files(home: Home, catalog: Catalog) -> None:
    catalog.kind = "EXTERNAL"
    for _ in range(2):
        with around_statement("DROP TABLE s.t", home, catalog.rows, pytest.fail):
            pass
    (kept,) = DroppedTables(home).all()
    assert (kept.type, kept.location) == ("EXTERNAL", str(catalog.place))
    assert not home.dropped.exists()


def test_only_one_shell_drops_at_a_time(
    home: Home, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lakeshell.dialect.tables.dropped_tables._WAIT", 0.0)
    with FileLock(home.drop_lock) as other:
        assert other.acquire()
        with pytest.raises(StatementError, match="still dropping"):
            drop(home, catalog)
        put(home, "old", deleted=time.time() - 8 * DAY)
        home.dropped.mkdir()
        sweep(home)
        assert Store(home).get("dropped table", ["old"])
    assert catalog.place.exists()


def test_what_nobody_saw_the_end_of_is_judged(home: Home, catalog: Catalog) -> None:
    tables = DroppedTables(home)
    put(home, "half", state=LINKING)
    put(home, "another", state=DROPPING, id="another-id")  # its name has a new table
    returning = put(home, "returning", state=RETURNING)
    write_log(DroppedTables(home).files(returning))
    put(home, "came back and was dropped", state=RETURNING, id="third-id")
    judge(tables, catalog.rows)
    states = {table.token: table.state for table in tables.all()}
    assert states == {"another": DROPPED, "returning": RETURNING}


def test_old_ones_and_leftovers_are_swept(home: Home) -> None:
    for token, age in (("old", 7.1), ("new", 6.9)):
        put(home, token, deleted=time.time() - age * DAY)
        write_log(home.dropped / token / "files")
    write_log(home.dropped / "orphan" / "files")
    put(home, "external", type="EXTERNAL", deleted=time.time() - 8 * DAY)
    assert [table.token for table in DroppedTables(home).all()] == ["new"]
    sweep(home)
    assert [path.name for path in home.dropped.iterdir()] == ["new"]
    assert [key for key, _ in Store(home).all("dropped table")] == [("new",)]


def test_a_comment_cannot_forge_the_place_of_a_table(home: Home, catalog: Catalog) -> None:
    information = "Catalog: spark_catalog\nDatabase: s\nTable: {}\nType: MANAGED\nProvider: {}\n{}"
    listed = [
        ("t", "delta", "Comment: x\nLocation: /etc\nLocation: /real"),
        ("plain", "delta", "Location: /plain: x"),
        ("c", "csv", "Location: /c"),
        ("c", "csv", "Comment: x\nProvider: delta\nLocation: /c"),
    ]

    def rows(text: str) -> list[dict[str, Any]]:
        if not text.startswith("SHOW TABLE EXTENDED IN `s` "):
            return catalog.rows(text)
        if catalog.provider == "csv":
            raise StatementError("no such schema")
        return [
            {"tableName": name, "isTemporary": False,
             "information": information.format(name, provider, rest)}
            for name, provider, rest in listed
        ]  # fmt: skip

    places = [facts.location for facts in delta_tables(rows, ["s"])]
    assert places[:2] == [str(catalog.place), "/plain: x"]
    assert "/etc" not in places
    assert "/c" not in places
    catalog.provider = "csv"
    assert delta_tables(rows, ["s"]) == []


def test_the_latest_metadata_of_a_log(tmp_path: Path) -> None:
    log = write_log(tmp_path / "t", comment="first") / "_delta_log"
    assert read_metadata(log)["comment"] == "first"
    columns = {"metaData": [None, {"id": "two", "configuration": [("a", "b")]}], "add": [1, None]}
    kind = pa.struct([("id", pa.string()), ("configuration", pa.map_(pa.string(), pa.string()))])
    pq.write_table(
        pa.table({"metaData": pa.array(columns["metaData"], kind), "add": columns["add"]}),
        log / f"{3:020}.checkpoint.parquet",
    )
    (log / f"{4:020}.json").write_text('{"commitInfo":{}}\n', encoding="utf-8")
    assert read_metadata(log) == {"id": "two", "configuration": {"a": "b"}}
    (log / f"{5:020}.json").write_text('{"metaData":{"id":"three"}}\n', encoding="utf-8")
    assert read_metadata(log)["id"] == "three"
    with pytest.raises(FileNotFoundError):
        read_metadata(tmp_path)


def engine_of(home: Home, *tables: str) -> FakeEngine:
    """Spark with a schema s that has these tables."""
    names = pa.table({
        "tableName": pa.array(tables, pa.string()),
        "isTemporary": pa.array([False] * len(tables), pa.bool_()),
    })  # fmt: skip
    place = str(home.warehouse / "a %20 s.db")
    details = [
        ("# Detailed Table Information", ""), ("Catalog", "main"), ("Database", "s"),
        ("Table", "t"), ("Type", "MANAGED"), ("Provider", "delta"), ("Location", f"{place}/t"),
    ]  # fmt: skip
    information = "\n".join(f"{key}: {value}" for key, value in details)
    extended = {"tableName": ["t"], "isTemporary": [False], "information": [information]}
    return FakeEngine(home, [
        ("DESCRIBE TABLE EXTENDED .*", text_table(["col_name", "data_type"], details)),
        ("SHOW TABLE EXTENDED .*", pa.table(extended)),
        ("DESCRIBE SCHEMA .*",
         text_table(["info_name", "info_value"], [("Location", quote(place))])),
        ("SHOW TABLES IN .*", names),
        ("SELECT current_catalog.*", text_table(["catalog", "schema"], [("main", "s")])),
    ])  # fmt: skip


def refusal(text: str, engine: FakeEngine) -> StatementError:
    with pytest.raises(StatementError) as raised:
        carried_out(text, engine)
    return raised.value


def test_a_managed_table_is_brought_back_in_steps(home: Home) -> None:
    entry = ("tag", ("TABLE", "spark_catalog", "s", "t", "", "pii"), {"value": "yes"})
    one = put(home, "one", comment="it's", remembered=(entry,))
    write_log(DroppedTables(home).files(one))
    engine = engine_of(home)
    carried_out("UNDROP TABLE T", engine)
    assert [text for text in engine.sent if text.startswith("CREATE")] == [
        r"CREATE TABLE `spark_catalog`.`s`.`t` USING DELTA COMMENT 'it\'s' "
        "TBLPROPERTIES ('lakeshell.undrop' = 'one')"
    ]
    assert (home.warehouse / "a %20 s.db" / "t" / "p=a b" / "1.parquet").exists()
    assert Store(home).get("tag", entry[1]) == {"value": "yes"}
    assert not DroppedTables(home).all()
    assert not list(home.dropped.iterdir())


def test_the_latest_of_a_name_or_the_one_with_an_id(home: Home) -> None:
    ids = {"first": "1" * 36, "second": "2" * 36, "third": "3" * 36}
    for at, (token, one) in enumerate(ids.items()):
        table = put(home, token, id=one, deleted=time.time() - 10 + at)
        write_log(DroppedTables(home).files(table), one)
    listed = carried_out("SHOW TABLES DROPPED IN main.S LIMIT 2", engine_of(home)).table
    assert listed is not None
    assert listed.column("tableId").to_pylist() == ["3" * 36, "2" * 36]
    assert listed.column("catalogName").to_pylist() == ["spark_catalog"] * 2
    carried_out("UNDROP TABLE s.t", engine_of(home))
    assert not DroppedTables(home).files(put(home, "third")).exists()
    engine = engine_of(home, "t")
    assert refusal("UNDROP TABLE s.t", engine).error_class == "TABLE_OR_VIEW_ALREADY_EXISTS"
    missing = refusal(f"UNDROP TABLE WITH ID '{'9' * 36}'", engine)
    assert missing.error_class == "TABLE_OR_VIEW_NOT_FOUND"
    in_the_way = refusal(f"UNDROP TABLE WITH ID '{ids['first']}'", engine_of(home))
    assert "is not empty" in in_the_way.message  # the place of the one that came back


@pytest.mark.parametrize("made", ["missing", "marked", "whole", "foreign"])
def test_an_undrop_that_was_interrupted_goes_on(home: Home, made: str) -> None:
    one = put(home, "one", state=RETURNING)
    files = DroppedTables(home).files(one)
    place = home.warehouse / "a %20 s.db" / "t"
    if made != "whole":
        write_log(files)
    if made == "marked":
        write_log(place, "empty", configuration={"lakeshell.undrop": "one"})
    elif made == "foreign":
        write_log(place, "of somebody else")
    elif made == "whole":
        write_log(place)
    engine = engine_of(home, "t")
    if made == "foreign":
        assert refusal("UNDROP TABLE t", engine).error_class == "TABLE_OR_VIEW_ALREADY_EXISTS"
        assert read_metadata(place / "_delta_log")["id"] == "of somebody else"
        return
    carried_out("UNDROP TABLE t", engine)
    assert read_metadata(place / "_delta_log")["id"] == ID
    assert not any(text.startswith("CREATE") for text in engine.sent)
    assert not DroppedTables(home).all()


@pytest.mark.parametrize("left", ["marked", "no commit"])
def test_a_create_that_was_cut_off_is_cleared_away(home: Home, left: str) -> None:
    one = put(home, "one", state=RETURNING)
    write_log(DroppedTables(home).files(one))
    place = home.warehouse / "a %20 s.db" / "t"
    if left == "marked":
        write_log(place, "empty", configuration={"lakeshell.undrop": "one"})
    else:
        (place / "_delta_log").mkdir(parents=True)
    engine = engine_of(home)
    carried_out("UNDROP TABLE t", engine)
    assert read_metadata(place / "_delta_log")["id"] == ID
    assert any(text.startswith("CREATE") for text in engine.sent)


def test_an_external_table_needs_its_files(home: Home, tmp_path: Path) -> None:
    place = tmp_path / "it's"
    put(home, "one", type="EXTERNAL", location=str(place))
    assert "no longer at" in refusal("UNDROP TABLE t", engine_of(home)).message
    write_log(place)
    engine = engine_of(home)
    carried_out("UNDROP TABLE t", engine)
    created = rf"CREATE TABLE `spark_catalog`.`s`.`t` USING DELTA LOCATION '{tmp_path}/it\'s'"
    assert created in engine.sent
    assert place.exists()


@pytest.mark.parametrize(
    ("kind", "text"),
    [("MATERIALIZED_VIEW", "UNDROP TABLE t"), ("MANAGED", "UNDROP MATERIALIZED VIEW t")],
)
def test_views_and_tables_are_told_apart(home: Home, kind: str, text: str) -> None:
    put(home, "one", type=kind)
    error = refusal(text, engine_of(home))
    assert error.error_class == "WRONG_COMMAND_FOR_OBJECT_TYPE"


def test_a_refused_create_leaves_the_table_where_it_is(home: Home) -> None:
    one = put(home, "one")
    write_log(DroppedTables(home).files(one))

    class Refusing(FakeEngine):
        def execute(self, text: str) -> pa.Table | None:
            if text.startswith("CREATE"):
                raise StatementError("no")
            return super().execute(text)

    answers: Sequence[tuple[str, pa.Table]] = engine_of(home)._answers
    assert refusal("UNDROP TABLE t", Refusing(home, answers)).message == "no"
    (kept,) = DroppedTables(home).all()
    assert kept.state == DROPPED
    assert DroppedTables(home).files(kept).exists()
