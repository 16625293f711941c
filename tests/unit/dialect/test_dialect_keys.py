"""SQL pairs: primary and foreign keys become properties."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from unit.dialect.engines import FakeEngine, carried_out, rewritten

from lakeshell.dialect.dialect import Dialect
from lakeshell.errors import StatementError
from lakeshell.home import Home

PAIRS = [
    (
        "create table a.t (id int not null primary key, v decimal(9, 2))",
        "create table a.t (id int not null , v decimal(9, 2)) "
        "TBLPROPERTIES ('lakeshell.key.t_pk' = 'PRIMARY KEY (id)')",
    ),
    (
        "CREATE OR REPLACE TABLE t (id INT, c INT CONSTRAINT f REFERENCES s (x) NOT ENFORCED RELY "
        "COMMENT 'c', s STRUCT<a: INT, b: INT>, CONSTRAINT `p k` PRIMARY KEY (id, ts TIMESERIES)) "
        "USING DELTA TBLPROPERTIES ('a' = 'b') COMMENT 'x'",
        "CREATE OR REPLACE TABLE t (id INT, c INT  COMMENT 'c', s STRUCT<a: INT, b: INT>) "
        "USING DELTA TBLPROPERTIES ('lakeshell.key.f' = 'FOREIGN KEY (c) REFERENCES `s` (x)', "
        "'lakeshell.key.p k' = 'PRIMARY KEY (id, ts TIMESERIES)', 'a' = 'b') COMMENT 'x'",
    ),
    (
        "CREATE TABLE IF NOT EXISTS t (PRIMARY KEY (a), a INT, FOREIGN KEY (a, b) REFERENCES x.y "
        "ON DELETE NO ACTION, b INT) USING delta PARTITIONED BY (a)",
        "CREATE TABLE IF NOT EXISTS t ( a INT, b INT) USING delta TBLPROPERTIES "
        "('lakeshell.key.t_pk' = 'PRIMARY KEY (a)', "
        "'lakeshell.key.t_a_b_fk' = 'FOREIGN KEY (a, b) REFERENCES `x`.`y`') PARTITIONED BY (a)",
    ),
    (
        "alter table a.t add constraint k primary key (id) rely;",
        "alter table a.t SET TBLPROPERTIES ('lakeshell.key.k' = 'PRIMARY KEY (id)');",
    ),
    (
        "ALTER TABLE t ADD FOREIGN KEY (c) REFERENCES s",
        "ALTER TABLE t SET TBLPROPERTIES "
        "('lakeshell.key.t_c_fk' = 'FOREIGN KEY (c) REFERENCES `s`')",
    ),
]
NATIVE = [
    "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)",
    "ALTER TABLE t ADD COLUMN primary INT",
    "ALTER TABLE t DROP COLUMN a",
    "CREATE TABLE t (primary INT, references STRING, a INT GENERATED ALWAYS AS (primary))",
    "CREATE TABLE t AS SELECT primary, foreign FROM s",
    "SELECT primary FROM references",
]


@pytest.mark.parametrize(("text", "expected"), PAIRS + [(text, text) for text in NATIVE])
def test_pairs(text: str, expected: str) -> None:
    assert rewritten(text) == expected


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    properties = {
        "lakeshell.key.P": "PRIMARY KEY (id)",
        "lakeshell.key.f": "FOREIGN KEY (a) REFERENCES `s`",
        "lakeshell.key.g": "FOREIGN KEY (b) REFERENCES `s`",
        "delta.x": "y",
    }
    listed = pa.table({"key": list(properties), "value": list(properties.values())})
    home = Home(tmp_path / "home").create()
    return FakeEngine(home, [("SHOW TBLPROPERTIES .*", listed)])


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("ALTER TABLE t DROP PRIMARY KEY", "('lakeshell.key.P')"),
        ("ALTER TABLE t DROP FOREIGN KEY IF EXISTS (b) CASCADE", "('lakeshell.key.g')"),
        ("ALTER TABLE t DROP FOREIGN KEY", "('lakeshell.key.f', 'lakeshell.key.g')"),
        ("ALTER TABLE t DROP CONSTRAINT p RESTRICT", "('lakeshell.key.P')"),
    ],
)
def test_dropping(engine: FakeEngine, text: str, sent: str) -> None:
    carried_out(text, engine)
    assert engine.sent[-1] == f"ALTER TABLE `t` UNSET TBLPROPERTIES {sent}"


def test_a_check_is_dropped_by_delta(engine: FakeEngine) -> None:
    text = "ALTER TABLE t DROP CONSTRAINT IF EXISTS `o'k` -- so"
    planned: list[bool] = []

    class Session(FakeEngine):
        """Asks the dialect, as a session does."""

        def execute(self, text: str) -> pa.Table | None:
            planned.append(Dialect().plan(text) is None)
            return super().execute(text)

    session = Session(engine.home, engine._answers)
    carried_out(text, session)
    assert session.sent[-1] == text
    assert planned[-1]
    assert Dialect().plan(text) is not None


def test_a_key_that_is_not_there(engine: FakeEngine) -> None:
    with pytest.raises(StatementError, match="has no FOREIGN KEY"):
        carried_out("ALTER TABLE t DROP FOREIGN KEY (c)", engine)
    carried_out("ALTER TABLE t DROP FOREIGN KEY IF EXISTS (c)", engine)
