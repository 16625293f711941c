"""Dropped tables on Spark: kept, listed, brought back as they were."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from lakeshell.dialect.objects.store import Store
from lakeshell.dialect.tables.dropped_tables import (
    DROPPED,
    DROPPING,
    RETURNING,
    DroppedTable,
    DroppedTables,
)
from lakeshell.errors import StatementError
from lakeshell.home import Home
from lakeshell.session.python_cells import PythonCells
from lakeshell.session.result import Event
from lakeshell.session.session import Session


@pytest.fixture
def shop(session: Session) -> Iterator[str]:
    """A catalog with a schema `sales`."""
    session.execute("DROP CATALOG IF EXISTS undrop_shop CASCADE")
    session.execute("CREATE CATALOG undrop_shop")
    session.execute("CREATE SCHEMA undrop_shop.sales")
    yield "undrop_shop.sales"
    session.execute("DROP CATALOG IF EXISTS undrop_shop CASCADE")


def rows(session: Session, text: str) -> list[dict[str, Any]]:
    table = session.execute(text).table
    return [] if table is None else list(table.to_pylist())


def values(session: Session, text: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in rows(session, text)]


def told(session: Session, name: str) -> list[tuple[Any, ...]]:
    """What the catalog and the log say of a table."""
    described = values(session, f"DESCRIBE TABLE EXTENDED {name}")
    history = values(session, f"DESCRIBE HISTORY {name}")
    return [*described, *history, *values(session, f"DESCRIBE DETAIL {name}")]


def refused(session: Session, text: str) -> StatementError:
    with pytest.raises(StatementError) as raised:
        session.execute(text)
    return raised.value


def kept(home: Home, schema: str) -> list[DroppedTable]:
    return [table for table in DroppedTables(home).all() if table.name[1] == schema]


def test_a_managed_table_comes_back_as_it_was(
    session: Session, schema: str, lakehouse: Home
) -> None:
    session.execute(
        "CREATE TABLE t (id INT NOT NULL COMMENT 'k', p STRING, g BIGINT GENERATED ALWAYS AS "
        "(CAST(id AS BIGINT) * 2)) PARTITIONED BY (p) COMMENT 'it''s\nLocation: /etc' "
        "TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true', 'mine' = 'x')"
    )
    session.execute("ALTER TABLE t ADD CONSTRAINT pos CHECK (id > 0)")
    session.execute("INSERT INTO t (id, p) VALUES (1, 'a'), (2, 'b c')")
    session.execute("ALTER TABLE t SET TAGS ('pii' = 'yes')")
    session.execute("GRANT SELECT ON TABLE t TO `ann`")
    before, grants = told(session, "t"), values(session, "SHOW GRANTS ON TABLE t")
    assert refused(session, "UNDROP TABLE t").error_class == "TABLE_OR_VIEW_NOT_FOUND"

    session.execute("DROP TABLE t")
    assert not (lakehouse.warehouse / f"{schema}.db" / "t").exists()
    assert not values(session, "SHOW TABLES")
    (listed,) = rows(session, "SHOW TABLES DROPPED")
    assert (listed["schemaName"], listed["tableName"]) == (schema, "t")
    assert (listed["tableType"], listed["comment"]) == ("MANAGED", "it's\nLocation: /etc")
    first = listed["tableId"]

    # Another one of the same name, of as many versions, is dropped after it.
    session.execute("CREATE TABLE t (other STRING)")
    assert refused(session, "UNDROP TABLE t").error_class == "TABLE_OR_VIEW_ALREADY_EXISTS"
    session.execute("INSERT INTO t VALUES ('x')")
    assert not Store(lakehouse).all("tag", ("TABLE", "spark_catalog", schema, "t"))
    session.execute("/* c */ drop -- d\n table if exists T;")
    assert len(rows(session, "SHOW TABLES DROPPED LIMIT 1")) == 1
    session.execute("UNDROP TABLE t")
    assert values(session, "SELECT * FROM t") == [("x",)]
    session.execute("ALTER TABLE t RENAME TO u")

    session.execute(f"UNDROP TABLE WITH ID '{first.upper()}'")
    assert told(session, "t") == before
    assert values(session, "SHOW GRANTS ON TABLE t") == grants
    assert Store(lakehouse).all("tag", ("TABLE", "spark_catalog", schema, "t"))
    assert "pos" in refused(session, "INSERT INTO t (id, p) VALUES (-1, 'a')").message
    session.execute("INSERT INTO t (id, p) VALUES (3, 'a')")
    assert values(session, "SELECT sum(g), count(*) FROM t") == [(12, 3)]
    assert not rows(session, "SHOW TABLES DROPPED")
    assert not kept(lakehouse, schema)

    session.execute("DROP TABLE t PURGE")
    session.execute("CREATE TABLE c (a INT) USING csv")
    session.execute("DROP TABLE c")
    session.execute("CREATE VIEW v AS SELECT 1 AS a")
    refused(session, "DROP TABLE missing")
    session.execute("DROP VIEW v")
    assert not kept(lakehouse, schema)
    assert "Views" in str(refused(session, "UNDROP TABLE v").hint)


def test_external_tables_and_those_of_schemas_and_catalogs(session: Session, shop: str) -> None:
    session.execute(f"CREATE TABLE {shop}.e (a INT) LOCATION '/mnt/undrop e/é'")
    session.execute(f"INSERT INTO {shop}.e VALUES (1)")
    session.execute(f"CREATE TABLE {shop}.m (a INT)")
    session.execute(f"INSERT INTO {shop}.m VALUES (2)")
    session.execute(f"CREATE MATERIALIZED VIEW {shop}.mv AS SELECT sum(a) AS s FROM {shop}.m")
    events: list[Event] = []
    cells = PythonCells(session, events.append)
    cells.run("spark.sql('USE undrop_shop.sales'); spark.sql('DROP TABLE e')", file="cell.py")
    session.execute(f"DROP MATERIALIZED VIEW {shop}.mv")
    assert "materialized" in refused(session, "UNDROP TABLE mv").message
    session.execute("UNDROP MATERIALIZED VIEW mv")
    session.execute("REFRESH MATERIALIZED VIEW mv")
    assert refused(session, "INSERT INTO mv VALUES (1)").error_class is not None
    cells.run(
        "spark.sql('UNDROP TABLE undrop_shop.sales.e')\n"
        "assert spark.sql('SHOW TABLES DROPPED IN undrop_shop.sales').count() == 0",
        file="cell.py",
    )
    assert values(session, "SELECT * FROM e") == [(1,)]
    described = {row["col_name"]: row["data_type"] for row in rows(session, "DESCRIBE EXTENDED e")}
    assert (described["Type"], described["Location"]) == ("EXTERNAL", "/mnt/undrop e/é")

    session.execute("USE spark_catalog.default")
    session.execute("DROP CATALOG undrop_shop CASCADE")
    assert "undrop_shop" in refused(session, f"UNDROP TABLE {shop}.m").message
    session.execute("CREATE CATALOG undrop_shop")
    assert "SCHEMA" in str(refused(session, f"UNDROP TABLE {shop}.m").error_class)
    session.execute(f"CREATE SCHEMA {shop}")
    listed = {row["tableName"]: row for row in rows(session, f"SHOW TABLES DROPPED IN {shop}")}
    assert {name: row["tableType"] for name, row in listed.items()} == {
        "e": "EXTERNAL", "m": "MANAGED", "mv": "MATERIALIZED_VIEW"
    }  # fmt: skip
    assert {row["catalogName"] for row in listed.values()} == {"undrop_shop"}
    session.execute(f"UNDROP TABLE {shop}.m")
    session.execute(f"UNDROP TABLE {shop}.e")
    assert values(session, f"SELECT m.a, e.a AS b FROM {shop}.m, {shop}.e") == [(2, 1)]


def test_what_is_interrupted_can_be_done_again(
    session: Session, schema: str, lakehouse: Home
) -> None:
    tables = DroppedTables(lakehouse)
    session.execute("CREATE TABLE t (a INT)")
    session.execute("INSERT INTO t VALUES (1)")
    session.execute("DROP TABLE t")
    (one,) = kept(lakehouse, schema)

    # A schema elsewhere, which Spark shows as a URI.
    elsewhere = f"{schema}_elsewhere"
    session.execute(f"CREATE SCHEMA {elsewhere} LOCATION '/mnt/undrop é%20 x'")
    session.execute(f"CREATE TABLE {elsewhere}.t AS SELECT 7 AS a")
    session.execute(f"DROP TABLE {elsewhere}.t")
    session.execute(f"UNDROP TABLE {elsewhere}.t")
    assert values(session, f"SELECT * FROM {elsewhere}.t") == [(7,)]
    session.execute(f"DROP SCHEMA {elsewhere} CASCADE")

    # Ended behind the DROP, before anybody noted that it took place.
    tables.put(one, state=DROPPING)
    assert len(rows(session, "SHOW TABLES DROPPED")) == 1
    (one,) = kept(lakehouse, schema)
    assert one.state == DROPPED

    # Ended when the empty table had been made, and its folder had gone already.
    place = lakehouse.warehouse / f"{schema}.db" / "t"
    session.execute(
        f"CREATE TABLE t USING DELTA TBLPROPERTIES ('lakeshell.undrop' = '{one.token}')"
    )
    assert refused(session, "UNDROP TABLE t").error_class == "TABLE_OR_VIEW_ALREADY_EXISTS"
    tables.put(one, state=RETURNING)
    shutil.rmtree(place)
    session.execute("UNDROP TABLE t")
    assert values(session, "SELECT * FROM t") == [(1,)]

    # Ended when all was done but the entry was still there.
    tables.put(one, state=RETURNING)
    session.execute("UNDROP TABLE t")
    assert values(session, "SELECT * FROM t") == [(1,)]

    # Ended before the DROP was sent: the next one finds the table still there.
    tables.put(one, state=DROPPING)
    session.execute("DROP TABLE IF EXISTS nothing")
    assert not kept(lakehouse, schema)
    assert place.is_dir()
