"""Charts: the kind that suits the columns, values at their places, and no data that hurts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakeshell.errors import CommandError, UsageError
from lakeshell.render.chart_pieces import line_width, plain
from lakeshell.render.chart_scales import Scale, date_ticks, number_ticks, time_ticks
from lakeshell.render.charts import LIMITS, Chart, chart_lines, draw, suggest

DAYS = [dt.date(2024, 1, day) for day in range(1, 29)]
NUMBERS = list(range(28))


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"city": ["a", "b"], "n": [1, 2]}, Chart("bar", 0, (1,))),
        ({"day": DAYS, "n": NUMBERS, "m": NUMBERS}, Chart("line", 0, (1, 2))),
        ({"n": NUMBERS}, Chart("histogram", None, (0,))),
        ({"name": [str(n) for n in range(100)], "n": list(range(100))},
         Chart("histogram", None, (1,))),
        ({"a": [3, 1, 2] * 9, "b": [1, 2, 3] * 9}, Chart("scatter", 0, (1,))),
        ({"a": NUMBERS, "b": NUMBERS}, Chart("line", 0, (1,))),
        ({"year": [2022, 2023, 2024], "n": [5, 6, 7]}, Chart("bar", 0, (1,))),
        ({"n": [7]}, Chart("counter", None, (0,))),
        ({"city": ["a", "b", "a"]}, Chart("bar", 0)),
        ({"n": pa.array([], pa.int64())}, None),
    ],
)  # fmt: skip
def test_the_chart_that_suits_the_columns(columns: dict[str, object], expected: object) -> None:
    table = pa.table(columns)
    assert suggest(table) == expected
    if expected is not None:
        assert chart_lines(suggest(table), table, width=60, height=12)  # type: ignore[arg-type]


def test_rows_are_counted_without_a_column_of_numbers() -> None:
    table = pa.table({"city": ["Ulm"] * 3 + ["Bonn"] + [None]})
    text = plain(chart_lines(Chart("bar", 0), table, width=40, height=10))
    assert [(line.split()[0], line.split()[-1]) for line in text.split("\n")] == [
        ("Ulm", "3"),
        ("Bonn", "1"),
        ("NULL", "1"),
    ]


def test_nested_values_are_counted_by_their_text() -> None:
    table = pa.table({"tags": [["a"], ["a"], ["b"]]})
    text = plain(chart_lines(Chart("bar", 0), table, width=40, height=10))
    assert text.split("\n")[0].endswith(" 2")


def test_a_rising_line_goes_from_the_lower_left_to_the_upper_right() -> None:
    table = pa.table({"x": [0, 1, 2, 3], "y": [0, 10, 20, 30]})
    lines = plain(chart_lines(Chart("line", 0, (1,)), table, width=50, height=14)).split("\n")
    plotted = [line.split("│")[-1].split("┤")[-1] for line in lines[1:-3]]
    starts = [len(line) - len(line.lstrip()) for line in plotted if line.strip()]
    assert starts == sorted(starts, reverse=True)
    assert len(starts) == len(plotted)


def test_a_row_without_a_number_leaves_a_gap() -> None:
    whole = pa.table({"x": [0, 1, 2, 3, 4], "y": [1.0, 1.0, 1.0, 1.0, 1.0]})
    gap = pa.table({"x": [0, 1, 2, 3, 4], "y": [1.0, 1.0, None, 1.0, 1.0]})
    drawn = [draw("line", table, width=60, height=10) for table in (whole, gap)]
    count = [sum(0x2800 < ord(c) <= 0x28FF for c in text) for text in drawn]
    assert count[1] < count[0] * 0.7


def test_line_and_scatter_are_as_tall_as_asked_for() -> None:
    table = pa.table({"x": [1, 2], "y": [1, 2]})
    for kind in ("line", "scatter"):
        for height in (8, 12, 40):
            assert len(chart_lines(Chart(kind, 0, (1,)), table, width=50, height=height)) == height


def test_a_pie_tells_the_shares_and_takes_small_ones_together() -> None:
    table = pa.table({"x": [f"c{n}" for n in range(30)], "y": [100] + [1] * 29})
    text = draw("pie", table, width=80, height=12)
    assert "c0  100  77.5%" in text
    assert "23 others  23  17.8%" in text


@pytest.mark.parametrize("values", [[1, -1], [0, 0]])
def test_a_pie_that_has_no_slices(values: list[int]) -> None:
    with pytest.raises(CommandError, match="slices"):
        draw("pie", pa.table({"x": ["a", "b"], "y": values}))


def test_a_counter_keeps_every_digit() -> None:
    value = Decimal("12345678901234567890.123456789")
    table = pa.table({"total": pa.array([value], pa.decimal128(38, 9))})
    text = draw("counter", table, width=20)
    assert "total" in text  # too wide for big digits, so it is text, cut with an ellipsis
    assert "1234567890123456789…" in text
    assert len(draw("counter", table, width=120).split("\n")) == 4


def test_rows_beyond_the_limit_are_told() -> None:
    table = pa.table({"x": [str(n) for n in range(100)], "y": list(range(100))})
    text = plain(chart_lines(Chart("bar", 0, (1,)), table, width=60, height=10))
    assert "the first 60 of 100 rows" in text


def test_columns_of_the_same_name() -> None:
    table = pa.Table.from_arrays([pa.array(["a"]), pa.array([1]), pa.array([2])], ["c", "c", "c"])
    text = plain(chart_lines(Chart("bar", 0, (2,)), table, width=40, height=5))
    assert text.endswith(" 2")


def test_no_numbers_asked_for() -> None:
    with pytest.raises(UsageError, match="numbers"):
        chart_lines(Chart("line", 0, ()), pa.table({"x": [1]}), width=40, height=5)


def test_round_numbers_on_an_axis() -> None:
    assert [tick.label for tick in number_ticks(Scale(0, 100), 6)] == [
        "0", "20", "40", "60", "80", "100",
    ]  # fmt: skip
    assert [tick.label for tick in number_ticks(Scale(0.1, 0.3), 3)] == ["0.1", "0.2", "0.3"]
    assert len(number_ticks(Scale(5, 5), 3)) == 1


def test_round_times_on_an_axis() -> None:
    hours = time_ticks(Scale(1_704_067_200, 1_704_067_200 + 4 * 3600), 5, "UTC")
    assert [tick.label[11:] for tick in hours] == ["00:00", "01:00", "02:00", "03:00", "04:00"]
    # Midnight where the person is, not where Greenwich is.
    days = time_ticks(Scale(1_704_067_200, 1_704_067_200 + 3 * 86_400), 4, "Asia/Kolkata")
    assert [tick.label for tick in days] == ["2024-01-02", "2024-01-03", "2024-01-04"]
    months = date_ticks(Scale(19_723, 19_723 + 364), 12)
    assert "2024-03" in [tick.label for tick in months]


@pytest.mark.parametrize("kind", ["date32", "timestamp"])
def test_years_beyond_pythons(kind: str) -> None:
    stored = pa.int32() if kind == "date32" else pa.int64()
    far = pa.array([-2_000_000, 5_000_000] if kind == "date32" else [-(10**18), 10**18], stored)
    column = far.cast(pa.date32()) if kind == "date32" else far.cast(pa.timestamp("us", "UTC"))
    text = draw("line", pa.table({"t": column, "y": [1, 2]}), width=70)
    assert max(map(len, text.split("\n"))) <= 70


EXTREME = st.one_of(
    st.none(),
    st.floats(),
    st.sampled_from([1.7e308, -1.7e308, 5e-324, -5e-324, 0.0, -0.0, 1e16, 1e16 + 2]),
)
HOSTILE = st.text(alphabet=st.sampled_from("ab[/]\x1b[]0;2Jm\x07\r\n\t\x9b‮⁦漢é́"), max_size=20)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(HOSTILE, EXTREME, EXTREME), min_size=1, max_size=9),
    HOSTILE,
    st.integers(20, 100),
    st.integers(1, 30),
    st.booleans(),
)
def test_no_data_hurts(
    rows: list[tuple[str, float | None, float | None]],
    name: str,
    width: int,
    height: int,
    colors: bool,
) -> None:
    table = pa.Table.from_arrays(
        [
            pa.array([row[0] for row in rows]),
            pa.array([row[1] for row in rows], pa.float64()),
            pa.array([row[2] for row in rows], pa.float64()),
        ],
        [name, name, name],
    )
    for kind in LIMITS:
        for x in (0, 1):
            try:
                chart = Chart(kind, x, (1, 2))
                lines = chart_lines(chart, table, width=width, height=height, colors=colors)
            except CommandError:  # only NULL, or negative slices
                continue
            text = plain(lines)
            assert not {c for c in text if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160}
            assert "‮" not in text
            assert max(map(line_width, lines)) <= width


def test_a_series_for_each_value_of_a_column() -> None:
    import pyarrow as pa

    from lakeshell.render.chart_pieces import plain
    from lakeshell.render.charts import Chart, chart_lines

    table = pa.table(
        {"day": ["mo", "mo", "tu", "tu"], "shop": ["a", "b", "a", "a"], "n": [1, 2, 3, 4]}
    )
    text = plain(chart_lines(Chart("bar", 0, (2,), group=1), table, width=60, height=10))
    lines = text.split("\n")
    assert [line.split("│")[0].strip() for line in lines] == ["mo a", "mo b", "tu a", "tu b"]
    assert lines[2].endswith(" 7")
    assert lines[3].endswith("NULL")


def test_only_the_most_frequent_groups_are_drawn_and_that_is_said() -> None:
    import pyarrow as pa

    from lakeshell.render.chart_pieces import plain
    from lakeshell.render.charts import Chart, chart_lines

    table = pa.table({"x": list(range(20)), "g": [f"g{n}" for n in range(20)], "y": [1] * 20})
    text = plain(chart_lines(Chart("line", 0, (2,), group=1), table, width=60, height=12))
    assert "6 of 20 groups" in text
