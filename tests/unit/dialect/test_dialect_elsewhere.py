"""What one machine has no use for: refused with its reason, or accepted with a warning."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from unit.dialect.engines import FakeEngine, carried_out

from lakeshell.dialect.dialect import UNSUPPORTED, Dialect
from lakeshell.errors import StatementError
from lakeshell.home import Home

REFUSED = [
    ("CREATE CONNECTION c TYPE mysql OPTIONS (host 'h')", "CONNECTION"),
    ("CREATE OR REPLACE SERVER c TYPE mysql", "CONNECTION"),
    ("show connections", "CONNECTION"),
    ("DESCRIBE CONNECTION c", "CONNECTION"),
    ("COMMENT ON CONNECTION c IS 'x'", "CONNECTION"),
    ("ALTER CONNECTION c OWNER TO x", "CONNECTION"),
    ("REFRESH FOREIGN TABLE a.b.c", "REFRESH FOREIGN …"),
    ("CREATE FOREIGN CATALOG c USING CONNECTION x OPTIONS (database 'd')",
     "CREATE FOREIGN CATALOG"),
    ("CREATE CATALOG c USING CONNECTION x", "CREATE CATALOG … USING CONNECTION"),
    ("CREATE CATALOG IF NOT EXISTS USING SHARE p.s", "CREATE CATALOG … USING SHARE"),
    ("GRANT SELECT ON SHARE s TO RECIPIENT `r`",
     "GRANT … ON SHARE, CONNECTION, EXTERNAL LOCATION, CREDENTIAL, …"),
    ("REVOKE SELECT ON SHARE s FROM RECIPIENT r",
     "GRANT … ON SHARE, CONNECTION, EXTERNAL LOCATION, CREDENTIAL, …"),
    ("SHOW EFFECTIVE POLICIES ON TABLE t", "POLICY"),
    ("DESC EXTERNAL LOCATION l", "EXTERNAL LOCATION"),
    ("SHOW EXTERNAL LOCATIONS", "EXTERNAL LOCATION"),
    ("CREATE STORAGE CREDENTIAL c", "STORAGE CREDENTIAL, SERVICE CREDENTIAL"),
    ("DROP SERVICE CREDENTIAL c", "STORAGE CREDENTIAL, SERVICE CREDENTIAL"),
    ("DESCRIBE CREDENTIAL c", "STORAGE CREDENTIAL, SERVICE CREDENTIAL"),
    ("ALTER SHARE s ADD TABLE t", "SHARE"),
    ("SHOW ALL IN SHARE s", "SHARE"),
    ("SHOW SHARES IN PROVIDER p", "PROVIDER"),
    ("DROP RECIPIENT IF EXISTS r", "RECIPIENT"),
    ("SYNC TABLE a.b.c FROM hive_metastore.b.c", "SYNC"),
    ("CREATE OR REPLACE POLICY p ON TABLE t COLUMN MASK f TO g", "POLICY"),
    ("SHOW POLICIES ON TABLE t", "POLICY"),
    ("CREATE PRIVATE STREAMING TABLE t AS SELECT 1", "CREATE PRIVATE STREAMING TABLE"),
    ("CREATE STREAMING TABLE t (a INT, CONSTRAINT ok EXPECT (a > 0) ON VIOLATION DROP ROW) AS "
     "SELECT a FROM STREAM s", "CONSTRAINT … EXPECT"),
    ("CREATE OR REFRESH STREAMING LIVE TABLE t AS SELECT * FROM cloud_files('/x', 'json')",
     "LIVE TABLE, LIVE VIEW"),
    ("CREATE LIVE TABLE t AS SELECT 1", "LIVE TABLE, LIVE VIEW"),
    ("CREATE TEMPORARY STREAMING LIVE VIEW t AS SELECT 1", "LIVE TABLE, LIVE VIEW"),
    ("CREATE INCREMENTAL LIVE TABLE t AS SELECT 1", "LIVE TABLE, LIVE VIEW"),
    ("CREATE FLOW f AS AUTO CDC INTO t FROM STREAM s KEYS (id) SEQUENCE BY ts", "CREATE FLOW"),
    ("AUTO CDC INTO t FROM STREAM s KEYS (id) SEQUENCE BY ts",
     "APPLY CHANGES INTO, AUTO CDC INTO"),
    ("CREATE TABLE t (a INT, CONSTRAINT ok EXPECT (a > 0))", "CONSTRAINT … EXPECT"),
    ("CREATE TEMPORARY MATERIALIZED VIEW v AS SELECT 1",
     "CREATE PRIVATE|TEMPORARY MATERIALIZED VIEW"),
]  # fmt: skip
NATIVE = [
    "CREATE VIEW m WITH METRICS LANGUAGE YAML AS $$a$$", "DESCRIBE share", "DESC provider.t",
    "DESCRIBE TABLE connection", "DROP TABLE recipient", "CREATE TABLE streaming (live INT)",
    "CREATE VIEW live AS SELECT 1", "SHOW TABLES IN share",
    "CREATE TABLE t (a INT, CONSTRAINT c CHECK (a > 0))", "REFRESH connection", "REFRESH TABLE t",
    "SELECT * FROM share", "ALTER VIEW v AS SELECT 1", "CREATE TABLE sync (a INT)",
    "ALTER TABLE t SET TBLPROPERTIES ('owner' = 'x')", "ALTER TABLE t ADD COLUMN managed INT",
    "CREATE VIEW v AS SELECT 1 AS metrics", "ANALYZE TABLES IN s COMPUTE STATISTICS",
    "CACHE TABLE t AS SELECT 1", "CREATE TABLE t AS SELECT constraint, a, expect (1) FROM u",
    "ALTER TABLE `owner` RENAME TO managed", "CREATE TEMPORARY VIEW v AS SELECT 1",
    "ALTER TABLE IDENTIFIER('owner') DROP COLUMN a", "CREATE OR REPLACE TABLE live (a INT)",
    "CREATE VIEW IF NOT EXISTS \"a\" AS SELECT 1", "ALTER TABLE \"a\" DROP COLUMN owner",
]  # fmt: skip


@pytest.mark.parametrize(("text", "construct"), REFUSED)
def test_what_needs_more_than_one_machine_is_refused_by_name(text: str, construct: str) -> None:
    with pytest.raises(StatementError) as caught:
        Dialect().plan(text)
    assert caught.value.error_class == UNSUPPORTED
    assert caught.value.message.startswith(f"{construct}: ")


@pytest.mark.parametrize("text", NATIVE)
def test_what_spark_understands_is_left_alone(text: str) -> None:
    assert Dialect().plan(text) is None


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("ALTER TABLE c.a.b SET OWNER TO `x y`", "DESCRIBE TABLE `c`.`a`.`b`"),
        ("ALTER VIEW v SET OWNER TO x;", "DESCRIBE TABLE `spark_catalog`.`default`.`v`"),
        ("ALTER SCHEMA s DISABLE PREDICTIVE OPTIMIZATION", "DESCRIBE SCHEMA `spark_catalog`.`s`"),
        ("ALTER TABLE t SET MANAGED TRUNCATE HISTORY",
         "DESCRIBE TABLE `spark_catalog`.`default`.`t`"),
        ("ALTER TABLE t UNSET MANAGED", "DESCRIBE TABLE `spark_catalog`.`default`.`t`"),
        ("ANALYZE TABLE t COMPUTE DELTA STATISTICS",
         "DESCRIBE TABLE `spark_catalog`.`default`.`t`"),
        ("CREATE BLOOMFILTER INDEX ON t FOR COLUMNS (a)",
         "DESCRIBE TABLE `spark_catalog`.`default`.`t`"),
    ],
)  # fmt: skip
def test_what_has_no_effect_wants_its_object_and_says_so(
    text: str, asked: str, tmp_path: Path
) -> None:
    current = pa.table({"catalog": ["spark_catalog"], "schema": ["default"]})
    engine = FakeEngine(Home(tmp_path), [(r"SELECT current_catalog\(\).*", current)])
    assert carried_out(text, engine).table is None
    assert engine.sent[-1] == asked
    assert len(engine.notices) == 1
    assert " is ignored: " in engine.notices[0]


def test_statistics_are_sparks_where_delta_keeps_none_of_its_own(tmp_path: Path) -> None:
    text = "ANALYZE TABLE t PARTITION (day) COMPUTE STATISTICS FOR COLUMNS a"
    engine = FakeEngine(Home(tmp_path))
    carried_out(text, engine)
    assert (engine.sent, engine.notices) == ([text], [])

    class OfDelta(FakeEngine):
        def execute(self, text: str) -> pa.Table | None:
            assert Dialect().plan(text) is None
            raise StatementError("ANALYZE TABLE is not supported for v2 tables.")

    engine = OfDelta(Home(tmp_path))
    carried_out(text, engine)
    assert "Delta keeps statistics" in engine.notices[0]


def test_caching_asks_nothing(tmp_path: Path) -> None:
    engine = FakeEngine(Home(tmp_path))
    carried_out("CACHE SELECT * FROM t WHERE a > 1", engine)
    assert engine.sent == []
    assert engine.notices
