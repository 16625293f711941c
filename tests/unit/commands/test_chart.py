"""Charts: right lengths, within the width, labels that cannot act, clear refusals."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakeshell.errors import CommandError, UsageError
from lakeshell.render.charts import draw
from lakeshell.render.safe_text import display_width

CITIES = pa.table({"city": ["Ulm", "Köln", None], "n": [2, 4, None]})


def test_bars_are_as_long_as_their_numbers() -> None:
    lines = draw("bar", CITIES, width=40).split("\n")
    assert [line.split("│")[0].strip() for line in lines] == ["Ulm", "Köln", "NULL"]
    assert abs(lines[0].count("█") * 2 - lines[1].count("█")) <= 1
    assert lines[2].endswith("│ NULL")


def test_negative_bars_go_to_the_left() -> None:
    first, second = draw("bar", pa.table({"x": ["a", "b"], "y": [-3, 3]}), width=60).split("\n")
    assert first.index("█") < first.index("│")
    assert second.index("█") > second.index("│")
    assert first.index("│") == second.index("│")
    assert first.count("█") == second.count("█")


def test_columns_by_name_and_several_values() -> None:
    table = pa.table({"a": [1, 2], "b": ["x", "y"], "c": [Decimal("1.5"), Decimal("3.0")]})
    lines = draw("bar", table, x="B", y=["c", "a"], title="Both", width=60).split("\n")
    assert lines[0] == "Both"
    assert [line.split("│")[0].strip() for line in lines[1:]] == ["x c", "x a", "y c", "y a"]


def test_a_histogram_counts_every_number() -> None:
    table = pa.table({"v": [*range(100), None, float("nan")]})
    text = draw("histogram", table, width=60)
    counts = [int(line.rsplit(" ", 1)[1]) for line in text.split("\n")[1:-1]]
    assert sum(counts) == 100
    assert "2 without a number" in text


def test_a_histogram_of_one_value() -> None:
    assert "│" in draw("histogram", pa.table({"v": [5, 5]}), width=40)


@pytest.mark.parametrize("kind", ["line", "scatter"])
def test_curves_have_the_days_below(kind: str) -> None:
    days = [dt.date(2024, 1, day) for day in (3, 1, 2)]
    table = pa.table({"day": days, "n": [1.0, None, 3.0], "m": [2.0, 2.0, 2.0]})
    text = draw(kind, table, y=["n", "m"], width=70)
    assert "2024-01-01" in text
    assert "2024-01-03" in text
    assert "n" in text
    assert "\x1b" not in text
    assert max(display_width(line) for line in text.split("\n")) <= 70


@pytest.mark.parametrize(
    ("table", "arguments", "reason"),
    [
        ({"a": ["x"], "b": ["y"]}, {}, "no column of numbers"),
        ({"a": ["x"], "b": [1]}, {"y": ["a"]}, "not numbers"),
        ({"a": ["x"], "b": [1]}, {"y": ["c"]}, "no column c"),
        ({"a": ["x"], "b": [1]}, {"x": "c"}, "no column c"),
    ],
)
def test_wrong_columns(
    table: dict[str, list[object]], arguments: dict[str, object], reason: str
) -> None:
    with pytest.raises(UsageError, match=reason):
        draw("bar", pa.table(table), **arguments)  # type: ignore[arg-type]


def test_nothing_is_printed_past_the_sink(capsys: pytest.CaptureFixture[str]) -> None:
    draw("line", pa.table({"x": [1, 2], "y": [1e300, 1e300]}), width=60)
    assert capsys.readouterr() == ("", "")


def test_only_nulls() -> None:
    with pytest.raises(CommandError, match="NULL"):
        draw("bar", pa.table({"a": ["x"], "b": pa.array([None], pa.int64())}))


HOSTILE = st.text(
    alphabet=st.sampled_from("ab\x1b[]0;2Jm\x07\r\n\t\x9b‮⁦漢é́"), min_size=1, max_size=20
)


@given(st.lists(st.tuples(HOSTILE, st.floats(allow_nan=True)), min_size=1, max_size=8), HOSTILE)
def test_data_never_reaches_the_terminal_raw(rows: list[tuple[str, float]], title: str) -> None:
    table = pa.table({"l": [label for label, _ in rows], "v": [value for _, value in rows]})
    for kind in ("bar", "line", "histogram"):
        try:
            text = draw(kind, table, title=title, width=60)
        except CommandError:  # only NULL, or too far apart
            continue
        assert not {c for c in text if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160}
        assert "‮" not in text
        if kind != "line":
            assert max(display_width(line) for line in text.split("\n")) <= 60
