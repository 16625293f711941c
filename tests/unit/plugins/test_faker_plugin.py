"""%fake without Spark: what a specification means, and the rows it makes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest

from lakeshell.errors import UsageError


@pytest.fixture(scope="session")
def fake(load_plugin: Callable[[str], ModuleType]) -> ModuleType:
    return load_plugin("lakeshell_faker")


def made(
    fake: ModuleType, columns: str, rows: int, *, seed: int = 1, locale: str = "en_US"
) -> pa.Table:
    """The rows that `%fake COLUMNS ROWS --seed …` makes."""
    specification = fake.parse_columns(fake.PRESETS.get(columns, columns))
    return pa.Table.from_batches(fake.made_up(specification, rows, fake.faker(locale, seed)))


def test_columns_have_names_providers_arguments_and_a_share_of_nulls(fake: ModuleType) -> None:
    assert fake.parse_columns("id:serial, age : int(18, 90)?10,pay:choice(a b,c)") == [
        fake.Column("id", "serial"),
        fake.Column("age", "int", ("18", "90"), 0.1),
        fake.Column("pay", "choice", ("a b", "c")),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "a:int(1",
        "a:name?101",
        "a:name;drop",
        "a b:name",
        "a:name,,b:name",
        "a:name,A:int",
    ],
)
def test_what_is_no_specification_is_refused(fake: ModuleType, text: str) -> None:
    with pytest.raises(UsageError):
        fake.parse_columns(text)


@pytest.mark.parametrize("preset", ["customers", "products", "orders", "events"])
def test_presets_make_as_many_rows_as_asked_for(fake: ModuleType, preset: str) -> None:
    table = made(fake, preset, 123)
    assert table.num_rows == 123
    assert table.column_names == [c.name for c in fake.parse_columns(fake.PRESETS[preset])]
    assert table.column(0).null_count == 0


@pytest.mark.parametrize("preset", ["customers", "products", "orders", "events"])
def test_a_seed_makes_the_same_rows_again_and_another_makes_others(
    fake: ModuleType, preset: str
) -> None:
    assert made(fake, preset, 50, seed=7).equals(made(fake, preset, 50, seed=7))
    assert not made(fake, preset, 50, seed=7).equals(made(fake, preset, 50, seed=8))


@pytest.mark.parametrize(
    ("column", "kind", "within"),
    [
        ("int(18,90)", pa.int64(), lambda v: 18 <= v <= 90),
        ("int(5,5)", pa.int64(), lambda v: v == 5),
        ("float(-1,1)", pa.float64(), lambda v: -1 <= v <= 1),
        (
            "decimal(1.5,9.25)",
            pa.decimal128(18, 2),
            lambda v: Decimal("1.5") <= v <= Decimal("9.25"),
        ),
        ("bool(1)", pa.bool_(), lambda v: v is True),
        ("choice(a,b)", pa.string(), lambda v: v in ("a", "b")),
        ("date(2024-02-28,2024-03-01)", pa.date32(), lambda v: v.month in (2, 3)),
        (
            "timestamp(2024-01-01,2024-01-02)",
            pa.timestamp("us", "UTC"),
            lambda v: dt.date(2024, 1, 1) <= v.date() <= dt.date(2024, 1, 2),
        ),
        ("uuid4", pa.string(), lambda v: len(v) == 36),
        ("words(3)", pa.string(), lambda v: v.count('"') == 6),
        ("pyint(min_value=3,max_value=4)", pa.int64(), lambda v: v in (3, 4)),
        ("date_time", pa.timestamp("us", "UTC"), lambda v: v.tzinfo is not None),
    ],
)
def test_providers_have_types_and_keep_their_bounds(
    fake: ModuleType, column: str, kind: pa.DataType, within: Callable[[Any], bool]
) -> None:
    table = made(fake, f"x:{column}", 200)
    assert table.schema.field("x").type == kind
    assert all(within(value) for value in table["x"].to_pylist())


def test_both_ends_of_a_range_occur(fake: ModuleType) -> None:
    assert set(made(fake, "x:int(1,3)", 200)["x"].to_pylist()) == {1, 2, 3}


def test_serial_counts_across_batches(fake: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake, "BATCH", 7)
    columns = fake.parse_columns("id:serial(10)")
    batches = list(fake.made_up(columns, 20, fake.faker("en_US", 1)))
    assert [batch.num_rows for batch in batches] == [7, 7, 6]
    assert [v for batch in batches for v in batch["id"].to_pylist()] == list(range(10, 30))


def test_a_share_of_nulls_is_about_that_large(fake: ModuleType) -> None:
    nulls = made(fake, "x:int(1,9)?25", 2000)["x"].null_count
    assert 400 < nulls < 600
    assert made(fake, "x:name?0", 100)["x"].null_count == 0
    assert made(fake, "x:name?100", 100)["x"].null_count == 100


def test_a_locale_speaks_its_language(fake: ModuleType) -> None:
    names = made(fake, "x:name", 50, locale="ja_JP")["x"].to_pylist()
    assert not any(name.isascii() for name in names)


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ("x:nmae", "there is no provider 'nmae'"),
        ("x:seed_instance(5)", "there is no provider"),
        ("x:add_provider", "there is no provider"),
        ("x:__class__", "there is no provider"),
        ("x:_factory", "there is no provider"),
        ("x:int(9,1)", "9 is more than 1"),
        ("x:int(a)", "invalid literal"),
        ("x:date(tomorrow)", "Invalid isoformat"),
        ("x:choice", "needs options"),
        ("x:name(1,2,3)", "positional argument"),
    ],
)
def test_wrong_providers_and_arguments_are_named(fake: ModuleType, columns: str, says: str) -> None:
    with pytest.raises(UsageError, match="x: ") as caught:
        made(fake, columns, 1)
    assert says in caught.value.message


def test_a_near_provider_is_suggested(fake: ModuleType) -> None:
    with pytest.raises(UsageError) as caught:
        made(fake, "x:emial", 1)
    assert "email" in (caught.value.hint or "")


def test_an_unknown_locale_is_refused(fake: ModuleType) -> None:
    with pytest.raises(UsageError, match="no locale 'xx_YY'"):
        fake.faker("xx_YY", 1)
