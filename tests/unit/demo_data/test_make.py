"""The demo data: committed as it is made, with the dirt that its README promises."""

from __future__ import annotations

import csv
import importlib
import json
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

DEMO = Path(__file__).resolve().parents[3] / "demo_data"


@pytest.fixture(scope="module")
def make() -> ModuleType:
    """`demo_data/make.py`, which imports its neighbour as scripts do."""
    sys.path.insert(0, str(DEMO))
    try:
        return importlib.import_module("make")
    finally:
        sys.path.remove(str(DEMO))


@pytest.fixture(scope="module")
def made(make: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data, made anew."""
    out = tmp_path_factory.mktemp("demo")
    make.make(out)
    return out


def data_files(folder: Path) -> dict[str, Path]:
    """Every data file below `folder` by its relative name."""
    return {
        str(path.relative_to(folder)): path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path.suffix in (".csv", ".json", ".jsonl", ".parquet")
        and "large" not in path.relative_to(folder).parts
    }


def same(one: Path, other: Path) -> bool:
    """Equal bytes; between two versions of pyarrow, which signs its files, equal tables."""
    if one.read_bytes() == other.read_bytes():
        return True
    if one.suffix != ".parquet" or writer(one) == writer(other):
        return False
    return bool(pq.read_table(one).equals(pq.read_table(other)))


def writer(path: Path) -> str:
    return str(pq.read_metadata(path).created_by)


def test_committed_files_are_what_make_writes(made: Path) -> None:
    committed, fresh = data_files(DEMO), data_files(made)
    assert list(committed) == list(fresh)
    assert [name for name in fresh if not same(committed[name], fresh[name])] == []


def test_made_twice_the_bytes_are_the_same(make: ModuleType, made: Path, tmp_path: Path) -> None:
    make.make(tmp_path)
    assert {n: p.read_bytes() for n, p in data_files(tmp_path).items()} == {
        n: p.read_bytes() for n, p in data_files(made).items()
    }


def test_all_of_it_is_small() -> None:
    assert sum(path.stat().st_size for path in data_files(DEMO).values()) < 1_500_000


def test_readme_names_every_file_and_its_rows(made: Path) -> None:
    readme = (DEMO / "README.md").read_text(encoding="utf-8")
    for name, rows in {
        "customers.csv": len(people(made)),
        "customer_updates.csv": len(read_csv(made / "customer_updates.csv")),
        "stores.csv": len(read_csv(made / "stores.csv")),
        "products.json": len(json.loads((made / "products.json").read_text(encoding="utf-8"))),
        "sales/*.parquet": pq.read_table(made / "sales").num_rows,
        "orders.jsonl": len(lines(made / "orders.jsonl")),
        "events/*.jsonl": sum(len(lines(path)) for path in (made / "events").iterdir()),
    }.items():
        assert f"| `{name}` | {rows:,} |" in readme


def test_customers_are_as_dirty_as_the_readme_says(made: Path) -> None:
    rows = people(made)
    by_id = {row["id"]: row for row in rows}
    assert [i for i, n in Counter(row["id"] for row in rows).items() if n > 1] == ["512"]
    assert (by_id["99"]["age"], by_id["100"]["age"]) == ("-1", "200")
    assert '"' in by_id["9"]["first_name"]
    assert "\n" in by_id["23"]["address"]
    assert "\n" in by_id["404"]["address"]
    assert any("," in row["address"] for row in rows if row["country"] == "ES")
    assert any(not row["first_name"].isascii() for row in rows)
    for dirty in (
        lambda row: row["email"] == "",
        lambda row: " at " in row["email"],
        lambda row: row["email"].isupper(),
        lambda row: row["first_name"] != row["first_name"].strip(),
        lambda row: row["last_name"].isupper(),
        lambda row: row["signup_date"][2:3] == ".",
        lambda row: row["age"] == "",
    ):
        assert 0 < sum(map(dirty, rows)) < len(rows) / 2


def test_updates_change_known_customers_and_bring_new_ones(made: Path) -> None:
    known = {row["id"] for row in people(made)}
    ids = Counter(row["id"] for row in read_csv(made / "customer_updates.csv"))
    assert [i for i, n in ids.items() if n > 1] == ["5", "30"]
    assert len(ids.keys() & known) == 40
    assert len(ids.keys() - known) == 20


def test_sales_refer_to_what_exists_but_for_one_product(made: Path) -> None:
    table = pq.read_table(made / "sales")
    catalogue = json.loads((made / "products.json").read_text(encoding="utf-8"))
    products = set(table["product_id"].to_pylist())
    assert products - {product["product_id"] for product in catalogue} == {"P999"}
    stores = {row["store_id"] for row in read_csv(made / "stores.csv")}
    assert set(table["store_id"].to_pylist()) <= stores
    customers = {int(row["id"]) for row in people(made)}
    assert set(table["customer_id"].to_pylist()) - {None} <= customers
    assert 0 < table["customer_id"].null_count < table.num_rows / 5
    assert pc.min(table["quantity"]).as_py() == -1


def test_orders_add_up(made: Path) -> None:
    for line in lines(made / "orders.jsonl"):
        order = json.loads(line)
        goods = sum(item["quantity"] * item["price"] for item in order["items"])
        assert order["total"] == pytest.approx(goods + order["shipping"]["cost"])


def test_events_are_as_dirty_as_the_readme_says(made: Path) -> None:
    days = {path.stem[-2:]: lines(path) for path in sorted((made / "events").iterdir())}
    broken = {day: [line for line in found if not is_json(line)] for day, found in days.items()}
    assert {day: len(found) for day, found in broken.items() if found} == {"03": 1}
    events = {day: [json.loads(x) for x in found if is_json(x)] for day, found in days.items()}
    assert {day for day in events if any(e["quantity"] == "two" for e in events[day])} == {"02"}
    assert {day for day in events if any("channel" in e for e in events[day])} == {"04", "05", "06"}
    assert {day for day in events if any("locale" in e["device"] for e in events[day])} == {"06"}
    assert any("customer_id" not in e for found in events.values() for e in found)


def test_a_larger_scale_has_that_many_times_the_rows(make: ModuleType, tmp_path: Path) -> None:
    make.make(tmp_path, 3)
    assert len(people(tmp_path)) == 3 * make.CUSTOMERS + 1
    assert len(lines(tmp_path / "orders.jsonl")) == 3 * make.ORDERS
    receipts = pc.count_distinct(pq.read_table(tmp_path / "sales")["transaction_id"]).as_py()
    assert receipts == pytest.approx(3 * make.TRANSACTIONS, abs=12)
    buyers = pc.max(pq.read_table(tmp_path / "sales")["customer_id"]).as_py()
    assert make.CUSTOMERS < buyers <= 3 * make.CUSTOMERS


def test_large_months_are_written_in_batches_and_parts(
    make: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = list(make.sales(1, 1))
    held = []
    batches = make._batches

    def watched(rows: Any) -> Any:
        for batch in batches(rows):
            held.append(len(batch))
            yield batch

    monkeypatch.setattr(make, "BATCH", 100)
    monkeypatch.setattr(make, "FILE_ROWS", 500)
    monkeypatch.setattr(make, "_batches", watched)
    make._parquet(tmp_path, "january", iter(whole))
    parts = [tmp_path / "january.parquet"]
    parts += [tmp_path / f"january-part{n}.parquet" for n in range(2, len(whole) // 500 + 2)]
    assert max(held) == 100
    assert sorted(parts) == sorted(tmp_path.iterdir())
    rows = [tuple(row.values()) for part in parts for row in pq.read_table(part).to_pylist()]
    assert rows == whole


def people(folder: Path) -> list[dict[str, str]]:
    return read_csv(folder / "customers.csv")


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def is_json(line: str) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True
