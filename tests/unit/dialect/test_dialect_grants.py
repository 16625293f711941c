"""Privileges, users and groups: what is read, what is kept, what is shown."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from unit.dialect.engines import FakeEngine, carried_out

from lakeshell.dialect import once
from lakeshell.dialect.dialect import UNSUPPORTED, Dialect
from lakeshell.dialect.objects.store import Store
from lakeshell.errors import StatementError
from lakeshell.home import Home

CURRENT = pa.table({"catalog": ["spark_catalog"], "schema": ["default"]})
COLUMNS = pa.table({"col_name": ["id", "name", "", "# Partitioning", "x"]})


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    monkeypatch.setattr(once, "_told", set())
    Store(Home(tmp_path)).put("catalog", ["retail"], {})
    answers = [
        (r"SELECT current_catalog\(\).*", CURRENT),
        (r"DESCRIBE TABLE .*", COLUMNS),
    ]
    return FakeEngine(Home(tmp_path), answers)


def shown(statement: str, engine: FakeEngine) -> list[tuple[str, ...]]:
    """The rows of a SHOW."""
    table = carried_out(statement, engine).table
    assert table is not None
    return [tuple(row.values()) for row in table.to_pylist()]


def error_of(statement: str, engine: FakeEngine) -> StatementError:
    """Why a statement is refused."""
    with pytest.raises(StatementError) as caught:
        carried_out(statement, engine)
    return caught.value


def test_grants_are_shown_on_the_object_with_what_it_inherits(engine: FakeEngine) -> None:
    carried_out("GRANT USAGE ON CATALOG retail TO `data_analysts`;", engine)
    carried_out("grant use schema, create table on schema retail.sales to eng", engine)
    carried_out("GRANT SELECT, MODIFY ON retail.sales.orders TO `A.B@c.de`", engine)
    carried_out("GRANT ALL PRIVILEGES ON VIEW retail.sales.Orders TO eng", engine)
    carried_out("GRANT SELECT ON TABLE retail.other.orders TO eng", engine)
    rows = shown("SHOW GRANTS ON TABLE RETAIL.SALES.ORDERS", engine)
    assert rows == [
        ("A.B@c.de", "MODIFY", "TABLE", "retail.sales.orders"),
        ("A.B@c.de", "SELECT", "TABLE", "retail.sales.orders"),
        ("data_analysts", "USE CATALOG", "CATALOG", "retail"),
        ("eng", "ALL PRIVILEGES", "TABLE", "retail.sales.Orders"),
        ("eng", "CREATE TABLE", "SCHEMA", "retail.sales"),
        ("eng", "USE SCHEMA", "SCHEMA", "retail.sales"),
    ]
    assert shown("SHOW GRANT `a.b@C.de` ON retail.sales.orders", engine) == rows[:2]
    assert shown("SHOW GRANTS ON CATALOG retail", engine) == rows[2:3]
    assert len(shown("SHOW GRANTS TO eng", engine)) == 4
    assert engine.notices == [engine.notices[0]]  # said once, however many are granted


def test_columns_add_up_until_the_whole_is_granted(engine: FakeEngine) -> None:
    carried_out("GRANT SELECT (id) ON TABLE customers TO marketing", engine)
    carried_out("GRANT SELECT (NAME, id) ON TABLE customers TO marketing", engine)
    key = "spark_catalog.default.customers"
    assert shown("SHOW GRANTS ON customers", engine) == [
        ("marketing", "SELECT (id, NAME)", "TABLE", key)
    ]
    carried_out("GRANT SELECT ON TABLE customers TO marketing", engine)
    assert shown("SHOW GRANTS ON customers", engine) == [("marketing", "SELECT", "TABLE", key)]
    carried_out("REVOKE SELECT ON customers FROM marketing", engine)
    assert shown("SHOW GRANTS ON customers", engine) == []
    assert error_of("GRANT SELECT (x) ON customers TO m", engine).message == (
        "spark_catalog.default.customers has no column x."
    )


def test_a_revoke_takes_back_what_was_granted_or_denied_and_nothing_else(
    engine: FakeEngine,
) -> None:
    carried_out("GRANT SELECT, MODIFY ON t TO a", engine)
    carried_out("DENY SELECT ON t TO b", engine)
    carried_out("REVOKE SELECT ON TABLE t FROM a", engine)
    key = ("TABLE", "spark_catalog.default.t")
    assert shown("SHOW GRANTS ON t", engine) == [
        ("a", "MODIFY", *key), ("b", "DENIED_SELECT", *key),
    ]  # fmt: skip
    carried_out("REVOKE SELECT ON t FROM b", engine)
    carried_out("REVOKE ALL PRIVILEGES ON t FROM a", engine)
    assert shown("SHOW GRANTS ON t", engine) == [("a", "MODIFY", *key)]


def test_grants_on_what_is_gone_are_forgotten(engine: FakeEngine) -> None:
    carried_out("GRANT SELECT ON TABLE t TO a", engine)
    carried_out("GRANT SELECT ON TABLE t2 TO a", engine)
    carried_out("MSCK REPAIR TABLE T PRIVILEGES", engine)
    assert [row[3] for row in shown("SHOW GRANTS TO a", engine)] == ["spark_catalog.default.t2"]


@pytest.mark.parametrize(
    ("on", "kind", "key"),
    [
        ("METASTORE", "METASTORE", ""),
        ("ANY FILE", "ANY FILE", ""),
        ("ANONYMOUS FUNCTION", "ANONYMOUS FUNCTION", ""),
        ("CATALOG", "CATALOG", "spark_catalog"),
        ("DATABASE main.d", "SCHEMA", "spark_catalog.d"),
        ("VOLUME s.v", "VOLUME", "spark_catalog.s.v"),
        ("FUNCTION f", "FUNCTION", "spark_catalog.default.f"),
        ("`a.b`.`c``d`", "TABLE", "spark_catalog.a.b.c`d"),
        ("MATERIALIZED VIEW m", "TABLE", "spark_catalog.default.m"),
        ("volume", "TABLE", "spark_catalog.default.volume"),
        ("share", "TABLE", "spark_catalog.default.share"),
    ],
)
def test_what_privileges_are_granted_on(on: str, kind: str, key: str, engine: FakeEngine) -> None:
    carried_out(f"GRANT MANAGE ON {on} TO p", engine)
    assert ("p", "MANAGE", kind, key) in shown("SHOW GRANTS TO p", engine)


def test_names_go_to_spark_in_backticks(engine: FakeEngine) -> None:
    carried_out("GRANT SELECT ON `x; DROP TABLE y`.`a``b` TO p", engine)
    assert engine.sent[-1] == "DESCRIBE TABLE `spark_catalog`.`x; DROP TABLE y`.`a``b`"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("GRANT INSERT ON t TO a", "INSERT is not a privilege.", "MODIFY is the privilege"),
        ("GRANT USE_CATALOG ON CATALOG c TO a", "USE_CATALOG is not", "Did you mean USE CATALOG?"),
        ("GRANT SELECT ON CATALOG nowhere TO a", "Catalog nowhere was not found.", "SHOW CATALOGS"),
        ("GRANT SELECT (id) ON SCHEMA s TO a", "Only tables and views have columns.", ""),
        ("GRANT SELECT ON a.b.c.d TO a", "a.b.c.d has too many parts", ""),
        ("GRANT SELECT ON t TO a.b", "Put backticks around a.b", ""),
        ("GRANT SELECT ON t FROM a", "Syntax error: TO is expected", ""),
        ("GRANT ON t TO a", "Syntax error: a privilege is expected", ""),
        ("GRANT SELECT ON t TO a WITH GRANT OPTION", "Syntax error: the end", ""),
    ],
)
def test_what_is_wrong_is_said(text: str, message: str, hint: str, engine: FakeEngine) -> None:
    error = error_of(text, engine)
    assert error.message.startswith(message)
    assert hint in (error.hint or "")


@pytest.mark.parametrize(
    "on", ["SHARE s", "CONNECTION c", "EXTERNAL LOCATION l", "STORAGE CREDENTIAL `k`"]
)
def test_what_one_machine_does_not_have_is_refused(on: str, engine: FakeEngine) -> None:
    for text in (
        f"GRANT SELECT ON {on} TO a",
        f"SHOW GRANTS ON {on}",
        "SHOW GRANTS TO RECIPIENT r",
    ):
        assert error_of(text, engine).error_class == UNSUPPORTED


@pytest.mark.parametrize(
    "text",
    [
        "MSCK REPAIR TABLE t", "MSCK REPAIR TABLE privileges", "MSCK REPAIR TABLE a.privileges",
        "MSCK REPAIR TABLE t ADD PARTITIONS", "SHOW TABLES", "deny: BEGIN SELECT 1; END",
        "SHOW VIEWS IN role", "CREATE TABLE user (a INT)", "ALTER TABLE user ADD COLUMN role INT",
        "DROP TABLE group", "SHOW COLUMNS IN users",
    ],
)  # fmt: skip
def test_other_statements_are_left_alone(text: str) -> None:
    assert Dialect().plan(text) is None


def test_a_password_is_never_kept(engine: FakeEngine) -> None:
    carried_out("CREATE USER user1 WITH PASSWORD 'hunter2'", engine)
    carried_out("ALTER USER user1 WITH PASSWORD 'hunter2'", engine)
    assert b"hunter2" not in engine.home.objects_db.read_bytes()
    assert engine.sent == []
    assert engine.notices == [
        "Passwords are not kept: nobody logs in to a lakehouse on one machine."
    ]


def test_users_enter_and_leave_groups(engine: FakeEngine) -> None:
    for text in (
        "CREATE USER user1", "CREATE USER `ann@lake.org`",
        "ALTER USER user1 SET ROLE data_engineer",
        "CREATE GROUP staff WITH USER user1, `ann@lake.org` GROUP data_engineer",
        "CREATE ROLE guests", "ALTER GROUP guests ADD USER `ann@lake.org`",
    ):  # fmt: skip
        carried_out(text, engine)
    assert engine.notices == ["There was no role data_engineer: a group of that name was made."]
    assert shown("SHOW USERS", engine) == [("ann@lake.org",), ("user1",)]
    assert shown("SHOW USERS LIKE 'USER*'", engine) == [("user1",)]
    assert shown("SHOW GROUPS", engine) == [("data_engineer",), ("guests",), ("staff",)]
    assert shown("SHOW GROUPS WITH USER `Ann@lake.org`", engine) == [("guests",), ("staff",)]
    assert shown("SHOW GROUPS WITH GROUP data_engineer LIKE 's*'", engine) == [("staff",)]
    carried_out("ALTER GROUP staff DROP USER user1", engine)
    carried_out("DROP GROUP guests", engine)
    assert shown("SHOW GROUPS WITH USER user1", engine) == [("data_engineer",)]
    carried_out("DROP USER user1", engine)
    carried_out("DROP USER IF EXISTS user1", engine)
    assert shown("SHOW USERS", engine) == [("ann@lake.org",)]


def test_what_is_wrong_with_users_and_groups_is_said(engine: FakeEngine) -> None:
    carried_out("CREATE GROUP a", engine)
    carried_out("CREATE GROUP b WITH GROUP a", engine)
    carried_out("CREATE GROUP IF NOT EXISTS a", engine)
    for text, message in (
        ("CREATE ROLE A", "There is a group A already."),
        ("DROP USER nobody", "There is no user nobody."),
        ("ALTER USER nobody SET ROLE a", "There is no user nobody."),
        ("ALTER GROUP a ADD GROUP b", "a is in b already."),
        ("ALTER GROUP a ADD GROUP a", "a is in a already."),
        ("CREATE USER u PASSWORD secret", "Syntax error: the password in quotes"),
    ):
        assert error_of(text, engine).message.startswith(message)
