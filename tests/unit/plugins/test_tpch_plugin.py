"""The TPC-H generator: rows, keys and rules of the specification's clause 4.2.3."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from lakeshell.errors import UsageError
from lakeshell.samples import tpch as generator
from lakeshell.samples import tpch_words

SCALE = 0.01
TODAY = dt.date(1995, 6, 17)


@pytest.fixture(scope="session")
def tpch(load_plugin: Callable[[str], ModuleType]) -> ModuleType:
    return load_plugin("lakeshell_tpch")


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pa.Table]:
    folder = tmp_path_factory.mktemp("tpch")
    rows = generator.write_tables(folder, SCALE)
    read = {name: pq.read_table(folder / name) for name in generator.TABLES}
    assert {name: table.num_rows for name, table in read.items()} == rows
    return read


def column(table: pa.Table, name: str) -> list[object]:
    return list(table[name].to_pylist())


def test_tables_have_the_rows_of_their_scale(tables: dict[str, pa.Table]) -> None:
    lines = tables["lineitem"].num_rows
    assert {name: table.num_rows for name, table in tables.items() if name != "lineitem"} == {
        "region": 5,
        "nation": 25,
        "supplier": 100,
        "part": 2000,
        "partsupp": 8000,
        "customer": 1500,
        "orders": 15000,
    }
    assert 3.9 < lines / 15000 < 4.1


def test_tables_have_the_columns_and_types_of_the_specification(
    tables: dict[str, pa.Table],
) -> None:
    assert {name: len(table.column_names) for name, table in tables.items()} == {
        "region": 3,
        "nation": 4,
        "supplier": 7,
        "part": 9,
        "partsupp": 5,
        "customer": 8,
        "orders": 9,
        "lineitem": 16,
    }
    kinds = {field.name: str(field.type) for field in tables["lineitem"].schema}
    assert kinds["l_orderkey"] == "int64"
    assert kinds["l_extendedprice"] == "decimal128(15, 2)"
    assert kinds["l_shipdate"] == "date32[day]"
    assert kinds["l_comment"] == "string"


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("region", ["r_regionkey"]),
        ("nation", ["n_nationkey"]),
        ("supplier", ["s_suppkey"]),
        ("part", ["p_partkey"]),
        ("partsupp", ["ps_partkey", "ps_suppkey"]),
        ("customer", ["c_custkey"]),
        ("orders", ["o_orderkey"]),
        ("lineitem", ["l_orderkey", "l_linenumber"]),
    ],
)
def test_primary_keys_are_unique(tables: dict[str, pa.Table], table: str, key: list[str]) -> None:
    assert tables[table].group_by(key).aggregate([]).num_rows == tables[table].num_rows


@pytest.mark.parametrize(
    ("table", "key", "parent", "parent_key"),
    [
        ("nation", ["n_regionkey"], "region", ["r_regionkey"]),
        ("supplier", ["s_nationkey"], "nation", ["n_nationkey"]),
        ("customer", ["c_nationkey"], "nation", ["n_nationkey"]),
        ("partsupp", ["ps_partkey"], "part", ["p_partkey"]),
        ("partsupp", ["ps_suppkey"], "supplier", ["s_suppkey"]),
        ("orders", ["o_custkey"], "customer", ["c_custkey"]),
        ("lineitem", ["l_orderkey"], "orders", ["o_orderkey"]),
        ("lineitem", ["l_partkey", "l_suppkey"], "partsupp", ["ps_partkey", "ps_suppkey"]),
    ],
)
def test_foreign_keys_lead_somewhere(
    tables: dict[str, pa.Table], table: str, key: list[str], parent: str, parent_key: list[str]
) -> None:
    children = tables[table].select(key)
    parents = tables[parent].select(parent_key)
    assert children.join(parents, key, parent_key, join_type="left anti").num_rows == 0


def test_a_third_of_the_customers_never_order(tables: dict[str, pa.Table]) -> None:
    buyers = set(column(tables["orders"], "o_custkey"))
    assert not [key for key in buyers if key % 3 == 0]
    assert len(buyers) > 990


def test_order_keys_use_eight_of_every_thirty_two(tables: dict[str, pa.Table]) -> None:
    assert {(key - 1) % 32 for key in column(tables["orders"], "o_orderkey")} == set(range(8))


def test_dates_follow_each_other(tables: dict[str, pa.Table]) -> None:
    lines = tables["lineitem"].join(tables["orders"], "l_orderkey", "o_orderkey")
    ordered = lines["o_orderdate"].cast(pa.int32())
    for name, low, high in (("l_shipdate", 1, 121), ("l_commitdate", 30, 90)):
        gap = pc.subtract(lines[name].cast(pa.int32()), ordered)
        assert pc.min_max(gap).as_py() == {"min": low, "max": high}
    late = pc.subtract(
        lines["l_receiptdate"].cast(pa.int32()), lines["l_shipdate"].cast(pa.int32())
    )
    assert pc.min_max(late).as_py() == {"min": 1, "max": 30}
    days = pc.min_max(tables["orders"]["o_orderdate"]).as_py()
    assert days["min"] >= dt.date(1992, 1, 1)
    assert days["max"] <= dt.date(1998, 12, 31) - dt.timedelta(days=151)


def test_flags_follow_the_dates(tables: dict[str, pa.Table]) -> None:
    for row in tables["lineitem"].slice(0, 5000).to_pylist():
        assert (row["l_linestatus"] == "O") == (row["l_shipdate"] > TODAY)
        assert (row["l_returnflag"] == "N") == (row["l_receiptdate"] > TODAY)


def test_prices_and_totals_are_computed_from_parts_and_lines(tables: dict[str, pa.Table]) -> None:
    prices = dict(
        zip(
            column(tables["part"], "p_partkey"),
            column(tables["part"], "p_retailprice"),
            strict=True,
        )
    )
    for key, price in prices.items():
        assert price == Decimal(90000 + key // 10 % 20001 + 100 * (key % 1000)) / 100
    totals: Counter[int] = Counter()
    states: dict[int, set[str]] = {}
    for row in tables["lineitem"].to_pylist():
        assert row["l_extendedprice"] == row["l_quantity"] * prices[row["l_partkey"]]
        charge = row["l_extendedprice"] * (1 - row["l_discount"]) * (1 + row["l_tax"])
        totals[row["l_orderkey"]] += charge
        states.setdefault(row["l_orderkey"], set()).add(row["l_linestatus"])
    for row in tables["orders"].to_pylist():
        key = row["o_orderkey"]
        assert abs(row["o_totalprice"] - totals[key]) <= Decimal("0.005")
        expected = states[key].pop() if len(states[key]) == 1 else "P"
        assert row["o_orderstatus"] == expected


def test_values_have_the_shapes_that_queries_look_for(tables: dict[str, pa.Table]) -> None:
    for row in tables["supplier"].to_pylist():
        assert row["s_name"] == f"Supplier#{row['s_suppkey']:09}"
        assert re.fullmatch(r"\d\d-\d{3}-\d{3}-\d{4}", row["s_phone"])
        assert int(row["s_phone"][:2]) == row["s_nationkey"] + 10
        assert 10 <= len(row["s_address"]) <= 40
    for row in tables["part"].to_pylist():
        colours = row["p_name"].split(" ")
        assert len(set(colours)) == 5
        assert set(colours) <= set(tpch_words.COLOURS)
        assert row["p_brand"][6] == row["p_mfgr"][-1]
    assert len(tpch_words.COLOURS) == 92
    assert set(column(tables["part"], "p_type")) == set(tpch_words.TYPES)
    assert set(column(tables["part"], "p_container")) == set(tpch_words.CONTAINERS)
    assert set(column(tables["lineitem"], "l_shipmode")) == set(tpch_words.MODES)
    assert any("Customer Complaints" in c for c in column(tables["supplier"], "s_comment"))
    comments = column(tables["orders"], "o_comment")
    special = sum(bool(re.search("special.*requests", text)) for text in comments)
    assert 0 < special < len(comments) / 20
    assert all(19 <= len(text) <= 78 for text in comments)
    assert pc.min_max(tables["customer"]["c_acctbal"]).as_py()["min"] < 0


def test_a_scale_makes_the_same_bytes_again(tables: dict[str, pa.Table], tmp_path: Path) -> None:
    generator.write_tables(tmp_path, SCALE)
    assert all(pq.read_table(tmp_path / name).equals(tables[name]) for name in generator.TABLES)


def test_batches_join_without_gaps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SUPPLIER", "PART", "CUSTOMER", "ORDER"):
        monkeypatch.setattr(generator, f"{name}_BATCH", 97)
    done: list[tuple[int, int]] = []
    rows = generator.write_tables(tmp_path, SCALE, lambda *step: done.append(step))
    assert rows["orders"] == 15000
    assert column(pq.read_table(tmp_path / "customer"), "c_custkey") == list(range(1, 1501))
    keys = column(pq.read_table(tmp_path / "orders"), "o_orderkey")
    assert len(set(keys)) == 15000
    assert done[-1][0] == done[-1][1] == len(done)


@pytest.mark.parametrize("suppliers", [100, 120, 150, 204, 228, 1000, 10_000])
def test_four_suppliers_of_a_part_are_four(suppliers: int) -> None:
    import numpy as np

    part = np.arange(1, 20 * suppliers + 1)
    chosen = np.stack([generator.supplier_of(part, np.int64(i), suppliers) for i in range(4)])
    assert all(len(set(column)) == 4 for column in chosen.T.tolist())
    assert chosen.min() == 1
    assert chosen.max() == suppliers


def test_there_are_twenty_two_queries(tpch: ModuleType) -> None:
    assert sorted(tpch.QUERIES) == sorted(tpch.TITLES) == list(range(1, 23))
    assert tpch._numbers("all") == list(range(1, 23))
    assert tpch._numbers("5") == [5]


@pytest.mark.parametrize("number", ["0", "23", "-1", "x", "", "1;2", "²"])
def test_other_numbers_are_refused(tpch: ModuleType, number: str) -> None:
    with pytest.raises(UsageError, match="There is no query"):
        tpch._numbers(number)
