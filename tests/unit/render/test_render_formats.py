from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hostile_texts import FORMATS, HOSTILE, written
from hypothesis import given
from hypothesis import strategies as st
from month_columns import month_column
from wcwidth import wcswidth

from lakeshell.errors import CommandError
from lakeshell.render.formats import RenderOptions, format_for_path
from lakeshell.render.table import TableView

GOLDEN = Path(__file__).parents[2] / "golden" / "render"
# LAKESHELL_REGENERATE_GOLDEN=1 writes the files anew; look at the difference before committing it.
REGENERATE = bool(os.environ.get("LAKESHELL_REGENERATE_GOLDEN"))

FOR_PEOPLE = [name for name, f in FORMATS.items() if f.for_people]
TEXT_FORMATS = [name for name, f in FORMATS.items() if not f.binary]
TERMINAL_FORMATS = ["table", "vertical", "csv", "tsv", "markdown"]

ORDERS = pa.table(
    {
        "id": pa.array([1, 2, None], pa.int64()),
        "customer": ["Ada", "null", None],
        "note": ["", 'two\nlines, "quoted" | <b>', "日本\x1b[31m"],
        "amount": pa.array([Decimal("12.50"), None, Decimal("-1.00")], pa.decimal128(10, 2)),
        "rate": [1.0, 1e10, float("nan")],
        "paid": [True, False, None],
        "at": pa.array([1_719_828_000_500_000, 0, None], pa.timestamp("us", "UTC")),
        "day": pa.array([0, 19_000, None], pa.date32()),
        "raw": [b"\xca\xfe", b"", None],
        "tags": pa.array([["a", None], [], None], pa.list_(pa.string())),
        "item": pa.array([{"sku": "x", "n": 1}, {"sku": None, "n": 2}, None]),
        "attributes": pa.array([[("k", 1)], [], None], pa.map_(pa.string(), pa.int64())),
    }
)
REPEATED = pa.Table.from_arrays([pa.array([1]), pa.array(["x"])], names=["a", "a"])
EMPTY = ORDERS.slice(0, 0).select(["id", "customer"])
TABLES = {"orders": ORDERS, "repeated": REPEATED, "empty": EMPTY}
OPTIONS = {
    "": RenderOptions(timezone="Europe/Berlin"),
    "-80": RenderOptions(width=80, timezone="Europe/Berlin"),
    "-80-color": RenderOptions(width=80, color=True, timezone="Europe/Berlin"),
    "-40-ascii": RenderOptions(width=40, unicode=False, timezone="Europe/Berlin"),
}


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("name", TEXT_FORMATS)
def test_bytes_are_the_golden_ones(name: str, table: str, options: str) -> None:
    found = written(TABLES[table], name, OPTIONS[options])
    path = GOLDEN / f"{table}{options}{FORMATS[name].suffix}"
    if name == "vertical":
        path = GOLDEN / f"{table}{options}.vertical.txt"
    if REGENERATE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(found)
    assert found == path.read_bytes()


def harmless(output: bytes) -> bool:
    text = output.decode("utf-8")
    return not any(
        (ord(c) < 0x20 and c != "\n") or 0x7F <= ord(c) < 0xA0 or c in "\u2028\u2029\u202e\u2066"
        for c in text
    )


@pytest.mark.parametrize("width", [None, 80])
@pytest.mark.parametrize("name", TEXT_FORMATS)
def test_hostile_values_and_names_are_harmless(name: str, width: int | None) -> None:
    table = pa.table({"n": list(range(len(HOSTILE))), "text": list(map(clean_surrogates, HOSTILE))})
    output = written(table, name, RenderOptions(width=width))
    if FORMATS[name].for_people or width is not None or name.startswith("json"):
        assert harmless(output.replace(b"\t", b" ") if name in ("csv", "tsv") else output)
    for text in HOSTILE:
        named = pa.Table.from_arrays([pa.array([text]), pa.array([[text]])], names=[text, "x"])
        if FORMATS[name].for_people:
            assert harmless(written(named, name, RenderOptions(width=width)))


def clean_surrogates(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


@given(
    st.lists(st.tuples(st.text(max_size=12), st.none() | st.text(max_size=30)), min_size=1),
    st.sampled_from(FOR_PEOPLE),
    st.sampled_from([None, 1, 7, 20, 80]),
    st.booleans(),
)
def test_nothing_for_people_holds_a_control_character(
    rows: list[tuple[str, str | None]], name: str, width: int | None, unicode: bool
) -> None:
    table = pa.Table.from_arrays(
        [pa.array([a for a, _ in rows]), pa.array([b for _, b in rows], pa.string())],
        names=[rows[0][0], rows[0][1] or ""],
    )
    output = written(table, name, RenderOptions(width=width, unicode=unicode))
    assert harmless(output)
    assert unicode or output.isascii()


WIDE_TEXT = st.text(st.sampled_from("ab 日本é\u0301👩❤\ufe0f\x1b\n"), max_size=40)


@given(
    st.lists(st.lists(WIDE_TEXT, min_size=1, max_size=4), min_size=1, max_size=12),
    st.integers(1, 60),
    st.booleans(),
)
def test_no_line_of_a_table_is_wider_than_the_terminal(
    columns: list[list[str]], width: int, unicode: bool
) -> None:
    rows = min(map(len, columns))
    table = pa.Table.from_arrays(
        [pa.array(c[:rows]) for c in columns], names=[c[0] for c in columns]
    )
    output = written(table, "table", RenderOptions(width=width, unicode=unicode)).decode()
    for line in output.splitlines():
        assert wcswidth(line) <= width


@given(st.lists(st.tuples(WIDE_TEXT, WIDE_TEXT), min_size=1, max_size=8))
def test_columns_align_whatever_the_width_of_their_characters(rows: list[tuple[str, str]]) -> None:
    table = pa.table({"first": [a for a, _ in rows], "second": [f"{b}x" for _, b in rows]})
    header, rule, *lines = TableView(table, RenderOptions()).lines()
    assert len(lines) == len(rows)
    bar = rule.index("┼")
    for line in (header, *lines):
        assert wcswidth(line[: line.index("│")]) == bar


def test_columns_share_a_narrow_terminal_fairly() -> None:
    table = pa.table({"id": [1], "a": ["x" * 100], "b": ["y" * 100]})
    _, rule, row = written(table, "table", RenderOptions(width=40)).decode().splitlines()
    assert row == "  1 │ xxxxxxxxxxxxxx… │ yyyyyyyyyyyyyy…"
    assert len(rule) == 40


def test_columns_without_room_are_told() -> None:
    table = pa.table({f"column{i}": ["x" * 50] for i in range(40)})
    view = TableView(table, RenderOptions(width=80))
    assert (view.columns_shown, view.columns_total) == (7, 40)
    output = written(table, "table", RenderOptions(width=80)).decode()
    assert output.endswith("(7 of 40 columns shown)\n")
    assert all(line.endswith("…") for line in list(view.lines())[::2])
    assert TableView(table, RenderOptions()).notice is None


def test_to_a_pipe_nothing_is_cut() -> None:
    table = pa.table({"long": ["x" * 5000, "y"], "blob": [b"z" * 200, b""]})
    output = written(table, "table").decode()
    assert "x" * 5000 in output
    assert b"z".hex().upper() * 200 in output
    # The short row is not padded to the long one.
    assert len(output.splitlines()[3]) < 2000


def test_many_rows_are_laid_out_alike() -> None:
    table = pa.table({"n": list(range(45_000)), "s": ["日" * (i % 5) for i in range(45_000)]})
    lines = list(TableView(table, RenderOptions(width=60)).lines())
    assert len(lines) == 45_002
    assert lines[-1] == " 44999 │ 日日日日"
    assert lines[20_005] == " 20003 │ 日日日"


@pytest.mark.parametrize("name", TEXT_FORMATS)
def test_a_table_without_columns_is_no_crash(name: str) -> None:
    for rows in (0, 3):
        table = pa.table({"a": [0] * rows}).select([])
        written(table, name)


def test_color_is_only_used_when_asked() -> None:
    for name in FOR_PEOPLE:
        assert b"\x1b" not in written(ORDERS, name, RenderOptions(width=80))
    colored = written(ORDERS, "table", RenderOptions(width=80, color=True))
    assert b"\x1b[2m" in colored
    assert b"\x1b[31m" not in colored


# Python's own csv module reads NUL from 3.11 on.
UNREADABLE = "\x00" if sys.version_info < (3, 11) else ""
CELLS = st.none() | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters=UNREADABLE), max_size=20
)


@given(
    st.lists(st.tuples(CELLS, CELLS), max_size=10), st.sampled_from([("csv", ","), ("tsv", "\t")])
)
def test_csv_reads_back_unchanged(
    rows: list[tuple[str | None, str | None]], form: tuple[str, str]
) -> None:
    name, delimiter = form
    table = pa.Table.from_arrays(
        [pa.array([a for a, _ in rows], pa.string()), pa.array([b for _, b in rows], pa.string())],
        names=["a", 'odd "name",\n'],
    )
    text = written(table, name).decode("utf-8")
    found = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    expected = [[value or "" for value in row] for row in rows]
    assert found == [["a", 'odd "name",\n'], *expected]


def test_csv_tells_null_from_the_empty_string() -> None:
    table = pa.table({"a": [None, "", "null"], "b": ["x", "y", "z"]})
    assert written(table, "csv") == b'a,b\n,x\n"",y\nnull,z\n'


def test_csv_keeps_bytes_that_are_no_utf8_in_a_file_and_shows_them_on_a_terminal() -> None:
    table = pa.table({"a": pa.array([b"x\xff\x1b"]).view(pa.string())})
    assert written(table, "csv") == b"a\nx\xff\x1b\n"
    assert written(table, "csv", RenderOptions(width=80)) == "a\nx\\xff␛\n".encode()


@given(st.lists(st.tuples(CELLS, st.integers(-(2**63), 2**63 - 1)), max_size=10))
def test_json_reads_back_unchanged(rows: list[tuple[str | None, int]]) -> None:
    table = pa.Table.from_arrays(
        [pa.array([a for a, _ in rows], pa.string()), pa.array([b for _, b in rows], pa.int64())],
        names=["text", "number"],
    )
    expected = [{"text": a, "number": b} for a, b in rows]
    assert json.loads(written(table, "json")) == expected
    lines = written(table, "jsonl").decode().split("\n")
    assert [json.loads(line) for line in lines[:-1]] == expected
    assert lines[-1] == ""


def test_json_keeps_columns_of_one_name() -> None:
    assert json.loads(written(REPEATED, "json")) == [{"a": 1, "a_2": "x"}]


@pytest.mark.parametrize("name", ["parquet", "arrow"])
def test_arrow_files_keep_rows_and_types(name: str) -> None:
    for table in (ORDERS, EMPTY):
        data = pa.BufferReader(written(table, name))
        back = pq.read_table(data) if name == "parquet" else pa.ipc.open_file(data).read_all()
        assert back.schema.equals(table.schema)
        assert written(back, "jsonl") == written(table, "jsonl")
    data = pa.BufferReader(written(REPEATED, name))
    back = pq.read_table(data) if name == "parquet" else pa.ipc.open_file(data).read_all()
    assert back.column_names == ["a", "a_2"]


def test_parquet_holds_intervals_as_text() -> None:
    table = pa.table({"i": pa.array([(1, 2, 0), None], pa.month_day_nano_interval())})
    back = pq.read_table(pa.BufferReader(written(table, "parquet")))
    assert back.to_pylist() == [{"i": "1 months 2 days"}, {"i": None}]


def test_markdown_values_stay_text() -> None:
    table = pa.table({"a|b": ["<script>", "x\ny", "`code` *b* [l](u)"]})
    lines = written(table, "markdown").decode().splitlines()
    assert lines[0].startswith("| a\\|b")
    assert "&lt;script&gt;" in lines[2]
    assert "x<br>y" in lines[3]
    assert "\\`code\\` \\*b\\* \\[l\\](u)" in lines[4]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a.csv", "csv"),
        ("A.CSV", "csv"),
        ("a.b.jsonl", "jsonl"),
        ("a.ndjson", "jsonl"),
        ("a.feather", "arrow"),
        ("a.parquet", "parquet"),
        ("a.md", "markdown"),
        ("a.txt", "table"),
        ("a", None),
        ("a.xyz", None),
        (".csv", None),
    ],
)
def test_the_name_of_a_file_tells_its_format(path: str, name: str | None) -> None:
    found = format_for_path(Path(path))
    assert (found.name if found else None) == name


def test_printing_a_table_loads_nothing_heavy() -> None:
    program = (
        "import sys, io, pyarrow as pa; table = pa.table({'a': [1, None], 'b': ['x', 'y']})\n"
        "before = set(sys.modules)\n"
        "from lakeshell.render.formats import BUILTIN_FORMATS, RenderOptions\n"
        "from lakeshell.session.result import Result\n"
        "for name in ('table', 'csv', 'json', 'vertical'):\n"
        "    form = next(f for f in BUILTIN_FORMATS if f.name == name)\n"
        "    form.write(Result(table), io.BytesIO(), RenderOptions(width=80))\n"
        "new = {name.split('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(new & {'pandas', 'numpy', 'rich', 'wcwidth', 'pyspark', 'textual'}))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


def test_year_month_intervals_are_shown_in_every_format() -> None:
    table = month_column(pa.array([14, -1, None], pa.int32()))
    assert str(table.schema.field("i").type) == "month_interval"
    texts = ["INTERVAL '1-2' YEAR TO MONTH", "INTERVAL '-0-1' YEAR TO MONTH", None]
    assert [row["i"] for row in json.loads(written(table, "json"))] == texts
    assert [row["i"] for row in json.loads(written(table.slice(1), "json"))] == texts[1:]
    assert json.loads(written(table.slice(0, 0), "json")) == []
    for name in TEXT_FORMATS:
        assert b"INTERVAL '1-2' YEAR TO MONTH" in written(table, name)
    back = pq.read_table(pa.BufferReader(written(table, "parquet")))
    assert back.column("i").to_pylist() == texts
    assert written(table, "arrow")


def test_year_month_intervals_within_arrays() -> None:
    table = month_column(pa.array([[14, None], None, []], pa.list_(pa.int32())))
    expected = [["INTERVAL '1-2' YEAR TO MONTH", None], None, []]
    assert [row["i"] for row in json.loads(written(table, "json"))] == expected
    with pytest.raises(CommandError):
        written(table, "parquet")
