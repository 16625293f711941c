"""What is kept of objects that are dropped or renamed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lakeshell.dialect.after import after_statement
from lakeshell.dialect.objects.store import Store
from lakeshell.home import Home


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Something of everything in two schemas of two catalogs."""
    store = Store(Home(tmp_path))
    for catalog in ("spark_catalog", "retail"):
        store.put("grant", ("CATALOG", catalog, "p", "USE CATALOG", ""), {"object": [catalog]})
        for schema in ("a", "b"):
            name = (catalog, schema, "t")
            store.put("grant", ("TABLE", *name, "p", "SELECT", ""), {"object": list(name)})
            store.put("grant", ("SCHEMA", catalog, schema, "p", "MANAGE", ""), {})
            store.put("tag", ("TABLE", *name, "col", "pii"), {"object": list(name)})
            store.put("row filter", name, {"table": list(name)})
            store.put("column mask", (*name, "c"), {"table": list(name)})
            store.put("procedure", (catalog, schema, "f"), {})
    return store


def asks(text: str) -> list[dict[str, Any]]:
    """Spark, whose current schema is a, and which has no tables."""
    return [] if text.startswith("SHOW") else [{"catalog": "spark_catalog", "schema": "a"}]


def kept(store: Store) -> int:
    """How many entries there are."""
    kinds = ("grant", "tag", "row filter", "column mask", "procedure")
    return sum(len(store.all(kind)) for kind in kinds)


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("DROP TABLE t", 4),
        ("drop view if exists A.T", 4),
        ("DROP TABLE main.a.t PURGE;", 4),
        ("DROP TABLE `retail`.b.`t`", 4),
        ("DROP MATERIALIZED VIEW a.t", 4),
        ("DROP SCHEMA b CASCADE", 6),
        ("DROP DATABASE IF EXISTS retail.b CASCADE", 6),
        ("DROP CATALOG retail CASCADE", 13),
        ("DROP TABLE c.t", 0),
        ("DROP FUNCTION t", 0),
        ("SELECT 'drop' AS t", 0),
        ("DROP", 0),
        ("ALTER TABLE t DROP COLUMN c", 0),
    ],
)
def test_what_is_kept_goes_with_what_is_dropped(
    text: str, gone: int, store: Store, tmp_path: Path
) -> None:
    before = kept(store)
    after_statement(text, Home(tmp_path), asks)
    assert before - kept(store) == gone


def test_a_temporary_view_takes_nothing_with_it(store: Store, tmp_path: Path) -> None:
    def there_is_a_table(text: str) -> list[dict[str, Any]]:
        return [{"tableName": "t", "isTemporary": False}] if "SHOW" in text else asks(text)

    before = kept(store)
    after_statement("DROP VIEW t", Home(tmp_path), there_is_a_table)
    assert kept(store) == before


def test_nothing_is_asked_where_nothing_is_kept(store: Store, tmp_path: Path) -> None:
    def never(text: str) -> list[dict[str, Any]]:
        raise AssertionError(text)

    after_statement("DROP TABLE other", Home(tmp_path), never)
    after_statement("DROP TABLE t", Home(tmp_path / "empty"), never)


@pytest.mark.parametrize("text", ["ALTER TABLE t RENAME TO u", "ALTER VIEW a.t RENAME TO a.u"])
def test_what_is_kept_is_renamed(text: str, store: Store, tmp_path: Path) -> None:
    before = kept(store)
    after_statement(text, Home(tmp_path), asks)
    assert kept(store) == before
    new = ("spark_catalog", "a", "u")
    assert store.get("grant", ("TABLE", *new, "p", "SELECT", "")) == {"object": list(new)}
    assert store.get("tag", ("TABLE", *new, "col", "pii")) == {"object": list(new)}
    assert store.get("column mask", (*new, "c")) == {"table": list(new)}
    assert store.get("row filter", new) == {"table": list(new)}
    assert store.get("row filter", ("spark_catalog", "a", "t")) is None
