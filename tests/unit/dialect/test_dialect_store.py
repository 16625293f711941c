"""What is remembered of objects, by several processes at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lakeshell.dialect.objects.store import Store
from lakeshell.errors import CommandError
from lakeshell.home import Home


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(Home(tmp_path / "home").create())


def test_names_have_no_case(store: Store) -> None:
    assert store.get("catalog", ["Retail"]) is None
    store.put("catalog", ["Retail"], {"comment": "Läden"})
    assert store.get("catalog", ["RETAIL"]) == {"comment": "Läden"}
    assert not store.add("catalog", ["retail"], {})
    assert store.all("catalog") == [(("retail",), {"comment": "Läden"})]
    assert store.delete("catalog", ["rEtail"])
    assert not store.delete("catalog", ["retail"])
    assert store.all("catalog") == []


def test_objects_under_another(store: Store) -> None:
    for name in (["a", "b"], ["a", "b", "c"], ["ab", "c"], ["a", "d"]):
        store.put("volume", name, {})
    assert [name for name, _ in store.all("volume", ["A", "B"])] == [("a", "b"), ("a", "b", "c")]
    store.delete_under("volume", ["a"])
    assert [name for name, _ in store.all("volume")] == [("ab", "c")]


def test_many_write_at_once(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda n: store.add("group", [f"g{n % 20}"], {"n": n}), range(200)))
    assert sum(added) == 20
    assert len(store.all("group")) == 20


def test_a_file_that_is_no_database_is_said(store: Store, tmp_path: Path) -> None:
    (tmp_path / "home" / "objects.db").write_text("no database" * 100)
    with pytest.raises(CommandError, match="cannot be used"):
        store.all("catalog")
