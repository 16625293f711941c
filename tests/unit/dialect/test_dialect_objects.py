"""Catalogs, schemas, comments and volumes: what is kept, what Spark is asked, what is refused."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from unit.dialect.engines import FakeEngine, carried_out, rewritten

from lakeshell.dialect.dialect import Dialect
from lakeshell.dialect.names.catalogs import KIND
from lakeshell.dialect.names.names import Names
from lakeshell.dialect.objects.store import Store
from lakeshell.errors import StatementError
from lakeshell.home import Home

CURRENT = (
    r"SELECT current_catalog\(\).*",
    pa.table({"catalog": ["spark_catalog"], "schema": ["default"]}),
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").create()


@pytest.fixture
def engine(home: Home) -> FakeEngine:
    return FakeEngine(home, [CURRENT])


def rows(text: str, engine: FakeEngine) -> list[dict[str, str]]:
    answer = carried_out(text, engine)
    assert answer.metadata
    assert answer.table is not None
    found: list[dict[str, str]] = answer.table.to_pylist()
    return found


def described(text: str, engine: FakeEngine) -> dict[str, str]:
    return {row["info_name"]: row["info_value"] for row in rows(text, engine)}


def test_a_catalog_is_made_with_its_default_schema(engine: FakeEngine) -> None:
    carried_out("CREATE CATALOG Retail COMMENT 'shops' MANAGED LOCATION '/mnt/r/'", engine)
    assert engine.sent[-1] == "CREATE SCHEMA IF NOT EXISTS `Retail`.`default`"
    carried_out("CREATE CATALOG IF NOT EXISTS retail", engine)
    with pytest.raises(StatementError) as raised:
        carried_out("CREATE CATALOG RETAIL", engine)
    assert raised.value.error_class == "CATALOG_ALREADY_EXISTS"
    shown = described("DESCRIBE CATALOG EXTENDED retail", engine)
    assert (shown["Comment"], shown["Storage Location"]) == ("shops", "/mnt/r")


def test_a_catalog_whose_schema_cannot_be_made_is_none(home: Home) -> None:
    class Refusing(FakeEngine):
        def execute(self, text: str) -> pa.Table | None:
            if text.startswith("CREATE SCHEMA"):
                raise StatementError("no room")
            return super().execute(text)

    with pytest.raises(StatementError, match="no room"):
        carried_out("CREATE CATALOG retail", Refusing(home))
    assert Store(home).all(KIND) == []


@pytest.mark.parametrize("name", ["a__b", "a_", "`a-b`", "`a``; DROP`", "system", "x" * 61, "main"])
def test_names_that_would_be_ambiguous_are_refused(engine: FakeEngine, name: str) -> None:
    with pytest.raises(StatementError):
        carried_out(f"CREATE CATALOG {name}", engine)
    assert not [text for text in engine.sent if text.startswith("CREATE")]


def test_what_is_changed_of_a_catalog_is_kept(engine: FakeEngine) -> None:
    carried_out("CREATE CATALOG retail", engine)
    carried_out("ALTER CATALOG retail OWNER TO `data engineers`", engine)
    carried_out("ALTER CATALOG retail SET DBPROPERTIES ('a' = '1')", engine)
    carried_out("ALTER CATALOG retail SET DBPROPERTIES ('b' = '2')", engine)
    carried_out("COMMENT ON CATALOG retail IS 'x'", engine)
    shown = described("DESC CATALOG EXTENDED retail", engine)
    assert (shown["Owner"], shown["Properties"], shown["Comment"]) == (
        "data engineers", "((a,1), (b,2))", "x",
    )  # fmt: skip
    carried_out("COMMENT ON CATALOG retail IS NULL", engine)
    assert described("DESCRIBE CATALOG retail", engine)["Comment"] == ""
    carried_out("ALTER CATALOG OWNER TO me", engine)  # the current one is Spark's
    assert described("DESCRIBE CATALOG main", engine)["Owner"] == "me"
    assert described("DESCRIBE CATALOG retail", engine)["Owner"] == "data engineers"


def test_a_catalog_is_dropped_when_it_is_empty_or_with_what_is_in_it(home: Home) -> None:
    engine = FakeEngine(
        home, [CURRENT, ("SHOW SCHEMAS IN .*", pa.table({"namespace": ["default", "sales"]}))]
    )
    Store(home).add(KIND, ["retail"], {})
    with pytest.raises(StatementError) as raised:
        carried_out("DROP CATALOG retail", engine)
    assert raised.value.error_class == "CATALOG_NOT_EMPTY"
    carried_out("DROP CATALOG retail CASCADE", engine)
    assert "DROP SCHEMA IF EXISTS `retail`.`sales` CASCADE" in engine.sent
    assert Store(home).all(KIND) == []
    carried_out("DROP CATALOG IF EXISTS retail", engine)
    for text in ("DROP CATALOG retail", "USE CATALOG retail", "DESCRIBE CATALOG retail"):
        with pytest.raises(StatementError) as raised:
            carried_out(text, engine)
        assert raised.value.error_class == "NO_SUCH_CATALOG_EXCEPTION"
    with pytest.raises(StatementError, match="always stays"):
        carried_out("DROP CATALOG main CASCADE", engine)


def test_a_catalog_is_used_by_its_default_schema(home: Home, engine: FakeEngine) -> None:
    Store(home).add(KIND, ["retail"], {})
    carried_out("USE CATALOG retail", engine)
    carried_out("SET CATALOG `hive_metastore`", engine)
    assert engine.sent == [
        "CREATE SCHEMA IF NOT EXISTS `retail`.`default`",
        "USE `retail`.`default`",
        "USE `spark_catalog`.`default`",
    ]


PAIRS = [
    (
        "CREATE SCHEMA IF NOT EXISTS s MANAGED LOCATION '/mnt/s' COMMENT 'c'",
        "CREATE SCHEMA IF NOT EXISTS s LOCATION '/mnt/s' COMMENT 'c'",
    ),
    ("CREATE SCHEMA s LOCATION '/mnt/s'", "CREATE SCHEMA s LOCATION '/mnt/s'"),
    (
        "comment on column a.`b c`.d is 'it''s'",
        "ALTER TABLE `a`.`b c` ALTER COLUMN `d` COMMENT 'it\\'s'",
    ),
    ("COMMENT ON COLUMN t.c IS NULL", "ALTER TABLE `t` ALTER COLUMN `c` COMMENT ''"),
    ("COMMENT ON VIEW v IS 'x'", "ALTER VIEW `v` SET TBLPROPERTIES ('comment' = 'x')"),
    ("COMMENT ON VIEW v IS NULL", "ALTER VIEW `v` UNSET TBLPROPERTIES IF EXISTS ('comment')"),
    ("COMMENT ON TABLE t IS 'x'", "COMMENT ON TABLE t IS 'x'"),
    ("ALTER SCHEMA s SET DBPROPERTIES ('a' = 'b')", "ALTER SCHEMA s SET DBPROPERTIES ('a' = 'b')"),
    ("SHOW TABLES IN dropped", "SHOW TABLES IN dropped"),
]


@pytest.mark.parametrize(("text", "expected"), PAIRS)
def test_pairs(text: str, expected: str) -> None:
    assert rewritten(text) == expected


def test_a_comment_on_a_table_that_is_a_view() -> None:
    refusal = "'COMMENT ON TABLE' expects a table but `v` is a view."
    plan = Dialect().repair("COMMENT ON TABLE a.v IS 'x'", refusal)
    assert plan is not None
    assert plan.text == "ALTER VIEW `a`.`v` SET TBLPROPERTIES ('comment' = 'x')"
    assert Dialect().repair("ALTER TABLE v ADD COLUMN a INT", refusal) is None


def test_the_owner_of_a_schema_is_shown_and_goes_with_it(home: Home, engine: FakeEngine) -> None:
    carried_out("ALTER SCHEMA sales OWNER TO me", engine)
    names = Names(home, lambda: "default")
    named = names.named("DESCRIBE SCHEMA main.Sales")
    assert named is not None
    table = pa.table({"info_name": ["Catalog Name", "Owner"], "info_value": ["x", "root"]})
    assert named.listed(table).column(1).to_pylist() == ["x", "me"]
    assert names.named("DESCRIBE SCHEMA other") is None
    dropping = names.named("DROP SCHEMA sales")
    assert dropping is not None
    assert dropping.done is not None
    dropping.done()
    assert names.named("DROP SCHEMA sales") is None


def test_a_schema_of_a_catalog_with_a_place_is_made_there(home: Home) -> None:
    Store(home).add(KIND, ["retail"], {"location": "/mnt/it's"})
    names = Names(home, lambda: "retail__default")
    for text in ("CREATE SCHEMA S COMMENT 'x'", "CREATE SCHEMA retail.S COMMENT 'x'"):
        named = names.named(text)
        assert named is not None
        assert named.text == "CREATE SCHEMA retail__S LOCATION '/mnt/it\\'s/s' COMMENT 'x'"
    own = names.named("CREATE SCHEMA retail.s LOCATION '/mnt/x'")
    assert own is not None
    assert own.text == "CREATE SCHEMA retail__s LOCATION '/mnt/x'"


def test_volumes_are_folders(home: Home, engine: FakeEngine) -> None:
    carried_out("CREATE VOLUME Sales.Landing COMMENT 'files'", engine)
    folder = home.volumes / "main" / "sales" / "landing"
    assert folder.is_dir()
    (folder / "x.csv").write_text("1")
    carried_out("CREATE VOLUME IF NOT EXISTS sales.landing", engine)
    with pytest.raises(StatementError) as raised:
        carried_out("CREATE VOLUME main.sales.landing", engine)
    assert raised.value.error_class == "VOLUME_ALREADY_EXISTS"
    (home.volumes / "main" / "Sales" / "made").mkdir(parents=True)
    assert rows("SHOW VOLUMES IN sales", engine) == [
        {"database": "sales", "volumeName": "landing"},
        {"database": "sales", "volumeName": "made"},
    ]
    assert rows("SHOW VOLUMES IN sales LIKE 'L*'", engine)[0]["volumeName"] == "landing"
    assert rows("SHOW VOLUMES", engine) == []
    carried_out("ALTER VOLUME sales.landing RENAME TO arrivals", engine)
    carried_out("ALTER VOLUME sales.arrivals SET OWNER TO me", engine)
    carried_out("COMMENT ON VOLUME sales.arrivals IS 'other'", engine)
    assert rows("DESCRIBE VOLUME sales.arrivals", engine) == [{
        "name": "arrivals", "catalog": "main", "database": "sales", "owner": "me",
        "storageLocation": "/Volumes/main/sales/arrivals", "volumeType": "MANAGED",
        "comment": "other",
    }]  # fmt: skip
    assert (home.volumes / "main" / "sales" / "arrivals" / "x.csv").read_text() == "1"
    carried_out("DROP VOLUME sales.arrivals", engine)
    carried_out("DROP VOLUME sales.made", engine)
    assert rows("SHOW VOLUMES IN sales", engine) == []
    carried_out("DROP VOLUME IF EXISTS sales.arrivals", engine)
    with pytest.raises(StatementError) as raised:
        carried_out("DROP VOLUME sales.arrivals", engine)
    assert raised.value.error_class == "VOLUME_DOES_NOT_EXIST"


def test_an_external_volume_is_a_link_and_its_files_stay(home: Home, engine: FakeEngine) -> None:
    carried_out("CREATE EXTERNAL VOLUME raw LOCATION '/mnt/raw'", engine)
    link = home.volumes / "main" / "default" / "raw"
    (link / "x").write_text("1")
    assert (home.mnt / "raw" / "x").read_text() == "1"
    assert rows("DESCRIBE VOLUME raw", engine)[0]["storageLocation"] == "/mnt/raw"
    carried_out("DROP VOLUME raw", engine)
    assert not link.is_symlink()
    assert (home.mnt / "raw" / "x").exists()


@pytest.mark.parametrize(
    "text",
    [
        "CREATE VOLUME `../../x`",
        "CREATE VOLUME a.`..`.v",
        "CREATE VOLUME `a b`",
        "CREATE VOLUME v LOCATION '/mnt/x'",
        "CREATE EXTERNAL VOLUME v",
        "CREATE EXTERNAL VOLUME v LOCATION '{home}/metastore'",
        "CREATE EXTERNAL VOLUME v LOCATION 'file:/'",
    ],
)
def test_no_volume_leads_out_of_the_lakehouse(engine: FakeEngine, text: str) -> None:
    with pytest.raises(StatementError):
        carried_out(text.format(home=engine.home.root), engine)
    assert not list(engine.home.volumes.rglob("*"))
    assert Store(engine.home).all("volume") == []


def test_volumes_go_with_their_schema(home: Home, engine: FakeEngine) -> None:
    Store(home).add(KIND, ["retail"], {})
    carried_out("CREATE VOLUME retail.sales.landing", engine)
    names = Names(home, lambda: "retail__default")
    with pytest.raises(StatementError) as raised:
        names.named("DROP SCHEMA sales")
    assert raised.value.error_class == "SCHEMA_NOT_EMPTY"
    named = names.named("DROP SCHEMA IF EXISTS sales CASCADE")
    assert named is not None
    assert named.done is not None
    assert (home.volumes / "retail" / "sales" / "landing").is_dir()
    named.done()
    assert not (home.volumes / "retail" / "sales" / "landing").exists()
    assert Store(home).all("volume") == []
