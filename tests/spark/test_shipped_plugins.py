"""The plugins of plugins/, copied into a home as their README says."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from command import Run, run_command

from lakeshell.home import Home
from lakeshell.session.session import Session

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def lakeshell(lakehouse: Home) -> Iterator[Callable[..., Run]]:
    """`lakeshell …` in the shared home, with both plugins in it."""
    copies = [Path(shutil.copy(path, lakehouse.plugins)) for path in PLUGINS.glob("*.py")]
    yield lambda *arguments: run_command(*arguments, home=lakehouse.root, timeout=400)
    for copy in copies:
        copy.unlink()


@pytest.fixture(scope="module")
def tpch(lakeshell: Callable[..., Run]) -> Iterator[str]:
    """A schema with the eight tables."""
    made = lakeshell("--format", "csv", "tpch", "generate", "--schema", "tpch_test")
    assert made.code == 0, made.stderr
    counts = {row["table"]: int(row["rows"]) for row in csv.DictReader(io.StringIO(made.stdout))}
    assert counts["tpch_test.orders"] == 15000
    assert len(counts) == 8
    yield "tpch_test"
    lakeshell("-e", "DROP SCHEMA tpch_test CASCADE")


def rows(session: Session, query: str) -> list[dict[str, object]]:
    table = session.execute(query).table
    assert table is not None
    return list(table.to_pylist())


def test_both_are_found_and_listed(lakeshell: Callable[..., Run]) -> None:
    listed = lakeshell("help")
    assert "%fake" in listed.stdout
    assert "%tpch" in listed.stdout
    assert listed.stderr == ""


def test_the_readmes_own_plugin_works(
    lakeshell: Callable[..., Run], lakehouse: Home, schema: str, session: Session
) -> None:
    session.execute("CREATE TABLE t AS SELECT id FROM range(100)")
    readme = (PLUGINS / "README.md").read_text(encoding="utf-8")
    code = readme.split("```python\n")[1].split("```")[0]
    plugin = lakehouse.plugins / "sample.py"
    plugin.write_text(code, encoding="utf-8")
    try:
        sampled = lakeshell("--format", "csv", "sample", f"{schema}.t", "7")
    finally:
        plugin.unlink()
    assert sampled.code == 0
    assert len(sampled.stdout.split()) == 1 + 7


def test_fake_shows_the_same_rows_for_a_seed(lakeshell: Callable[..., Run]) -> None:
    first = lakeshell("--format", "csv", "fake", "customers", "20", "--seed", "1")
    assert first.code == 0
    assert len(list(csv.DictReader(io.StringIO(first.stdout)))) == 20
    assert lakeshell("--format", "csv", "fake", "customers", "20", "--seed", "1") == first


def test_fake_fills_appends_and_replaces_a_table(
    lakeshell: Callable[..., Run], session: Session, schema: str
) -> None:
    table = f"{schema}.people"
    made = lakeshell(
        "fake", "id:serial, age:int(18,90)?50", "12000", "--into", table, "--seed", "3"
    )
    assert (made.code, made.stdout) == (0, "")
    assert made.stderr == f"12,000 rows made up in {table}.\n"
    query = "SELECT count(*) AS n, max(id) AS last, count(age) AS ages FROM people"
    (found,) = rows(session, query)
    assert (found["n"], found["last"]) == (12000, 12000)
    assert 5500 < found["ages"] < 6500

    again = lakeshell("fake", "id:serial", "5", "--into", table)
    assert again.code == 1
    assert "TABLE_OR_VIEW_ALREADY_EXISTS" in again.stderr
    more = lakeshell("fake", "age:int(1,2), id:serial", "5", "--into", table, "--append")
    assert more.code == 0, more.stderr
    assert rows(session, query)[0]["n"] == 12005
    assert rows(session, "SELECT max(age) AS a FROM people VERSION AS OF 1 WHERE age < 18") == [
        {"a": 2}
    ]
    less = lakeshell("fake", "id:serial", "5", "--into", table, "--overwrite")
    assert less.code == 0, less.stderr
    assert rows(session, "SELECT * FROM people ORDER BY id") == [{"id": n} for n in range(1, 6)]


@pytest.mark.parametrize("name", ["t; DROP TABLE x", "a.b.c.d.e.", "'x'", ""])
def test_fake_takes_names_for_names(lakeshell: Callable[..., Run], name: str) -> None:
    refused = lakeshell("fake", "id:serial", "1", "--into", name)
    assert refused.code == 2
    assert "is not a name" in refused.stderr


def test_nothing_is_left_in_tmp(
    lakeshell: Callable[..., Run], lakehouse: Home, schema: str
) -> None:
    assert lakeshell("fake", "id:serial", "1", "--into", f"{schema}.t").code == 0
    assert [p for p in lakehouse.tmp.iterdir() if p.name.startswith(("fake-", "tpch-"))] == []


def test_tpch_answers_all_queries(lakeshell: Callable[..., Run], tpch: str) -> None:
    done = lakeshell("--format", "json", "tpch", "run", "all", "--schema", tpch)
    assert done.code == 0, done.stderr
    answers = {row["query"]: row["rows"] for row in json.loads(done.stdout)}
    assert list(answers) == [*(f"Q{n}" for n in range(1, 23)), "all"]
    # The numbers of rows that the questions themselves fix.
    fixed = {"Q1": 4, "Q3": 10, "Q4": 5, "Q5": 5, "Q6": 1, "Q7": 4, "Q8": 2, "Q9": 175}
    fixed |= {"Q10": 20, "Q12": 2, "Q14": 1, "Q15": 1, "Q17": 1, "Q19": 1, "Q22": 7}
    assert {query: answers[query] for query in fixed} == fixed
    assert all(answers[query] for query in ("Q2", "Q11", "Q13", "Q16", "Q18", "Q20", "Q21"))


def test_tpch_answers_are_those_of_plain_python(
    lakeshell: Callable[..., Run], tpch: str, session: Session
) -> None:
    lines = rows(session, f"SELECT * FROM {tpch}.lineitem")
    orders = {r["o_orderkey"]: r for r in rows(session, f"SELECT * FROM {tpch}.orders")}

    (q6,) = answer(lakeshell, tpch, 6)
    assert Decimal(q6["revenue"]) == sum(
        line["l_extendedprice"] * line["l_discount"]
        for line in lines
        if line["l_shipdate"].year == 1994
        and Decimal("0.05") <= line["l_discount"] <= Decimal("0.07")
        and line["l_quantity"] < 24
    )

    late = {x["l_orderkey"] for x in lines if x["l_commitdate"] < x["l_receiptdate"]}
    expected: dict[str, int] = {}
    for key in late:
        order = orders[key]
        if order["o_orderdate"].year == 1993 and order["o_orderdate"].month in (7, 8, 9):
            priority = order["o_orderpriority"]
            expected[priority] = expected.get(priority, 0) + 1
    assert {
        row["o_orderpriority"]: int(row["order_count"]) for row in answer(lakeshell, tpch, 4)
    } == expected

    expected = {}
    for line in lines:
        if (
            line["l_shipmode"] in ("MAIL", "SHIP")
            and line["l_shipdate"] < line["l_commitdate"] < line["l_receiptdate"]
            and line["l_receiptdate"].year == 1994
            and orders[line["l_orderkey"]]["o_orderpriority"] in ("1-URGENT", "2-HIGH")
        ):
            expected[line["l_shipmode"]] = expected.get(line["l_shipmode"], 0) + 1
    assert {
        row["l_shipmode"]: int(row["high_line_count"]) for row in answer(lakeshell, tpch, 12)
    } == expected


def answer(lakeshell: Callable[..., Run], schema: str, number: int) -> list[dict[str, str]]:
    """The answer to one query."""
    shown = lakeshell("tpch", "show", str(number))
    done = lakeshell("--format", "csv", "-e", f"USE {schema}; {shown.stdout}")
    assert done.code == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_tpch_leaves_the_current_schema_alone(
    lakeshell: Callable[..., Run], tpch: str, schema: str
) -> None:
    text = f"USE {schema};\n%tpch run 6 --schema {tpch}\nSELECT current_schema() AS s;"
    done = lakeshell("--format", "csv", "-e", text)
    assert done.code == 0, done.stderr
    assert done.stdout.splitlines()[-1] == schema


def test_tpch_never_replaces_tables_unasked(lakeshell: Callable[..., Run], tpch: str) -> None:
    refused = lakeshell("tpch", "generate", "--schema", tpch)
    assert refused.code == 1
    assert f"Schema {tpch} has a table customer already." in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "23"), "There is no query '23'"),
        (("generate", "--scale", "0"), "0.01"),
        (("generate", "--schema", "a;b"), "is not a name"),
        (("run", "1", "--schema", "no_such_schema"), "no_such_schema"),
    ],
)
def test_tpch_says_what_is_wrong(
    lakeshell: Callable[..., Run], arguments: tuple[str, ...], says: str
) -> None:
    refused = lakeshell("tpch", *arguments)
    assert refused.code in (1, 2)
    assert says in refused.stderr
    assert "Traceback" not in refused.stderr
