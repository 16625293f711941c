"""CREATE WIDGET and REMOVE WIDGET."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from engines import FakeEngine, carried_out

from lakeshell.dialect.dialect import Dialect
from lakeshell.errors import CommandError, StatementError, UsageError
from lakeshell.home import Home


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    choices = pa.table({"c": ["north", "south", None, "north"]})
    return FakeEngine(Home(tmp_path), [("SELECT region FROM stores", choices)])


def test_widgets_are_made_and_removed(engine: FakeEngine) -> None:
    carried_out("create widget text day default '2024-12-31'", engine)
    carried_out('CREATE WIDGET TEXT "odd name"', engine)
    carried_out(
        "CREATE WIDGET DROPDOWN region DEFAULT 'south' CHOICES SELECT region FROM stores;", engine
    )
    assert engine.widgets.values() == {"day": "2024-12-31", "odd name": "", "region": "south"}
    assert engine.widgets.declared["region"].choices == ("north", "south")
    assert engine.sent == ["SELECT region FROM stores"]
    carried_out("REMOVE WIDGET day", engine)
    assert "day" not in engine.widgets.values()


@pytest.mark.parametrize(
    ("text", "error", "word"),
    [
        ("CREATE WIDGET SLIDER x DEFAULT '1'", StatementError, "TEXT or DROPDOWN"),
        ("CREATE WIDGET DROPDOWN x DEFAULT '1'", StatementError, "CHOICES"),
        ("CREATE WIDGET COMBOBOX x DEFAULT '1' CHOICES", StatementError, "a query"),
        ("CREATE WIDGET TEXT x DEFAULT '1' more", StatementError, "the end"),
        (
            "CREATE WIDGET DROPDOWN r DEFAULT 'east' CHOICES SELECT region FROM stores",
            UsageError, "none of its choices",
        ),
        ("CREATE WIDGET DROPDOWN r DEFAULT 'x' CHOICES SELECT 1", UsageError, "one column"),
        ("REMOVE WIDGET absent", CommandError, "no widget 'absent'"),
    ],
)  # fmt: skip
def test_refusals(engine: FakeEngine, text: str, error: type[Exception], word: str) -> None:
    with pytest.raises(error, match=word):
        carried_out(text, engine)


def test_a_table_of_that_name_is_sparks() -> None:
    assert Dialect().plan("CREATE TABLE widget (id INT)") is None
