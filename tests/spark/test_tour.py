"""The tours, run as the README says: they work, work again, and leave what they promise."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from command import Run, run_command
from soak import SOAK

from lakeshell.home import Home
from lakeshell.session.session import Session

DEMO = Path(__file__).resolve().parents[2] / "demo_data"

pytestmark = pytest.mark.timeout(1200)


@pytest.fixture(scope="module")
def tour(run_in_lakehouse: Callable[..., Run]) -> Iterator[Run]:
    """The output of tour.sql."""
    yield run_in_lakehouse("-f", str(DEMO / "tour.sql"))
    run_in_lakehouse(
        "-e", "DROP DATABASE tour CASCADE; DROP DATABASE tour_retail CASCADE", "--keep-going"
    )


@pytest.fixture(scope="module")
def python_tour(run_in_lakehouse: Callable[..., Run]) -> Iterator[Run]:
    """The output of tour.py."""
    yield run_in_lakehouse("-f", str(DEMO / "tour.py"))
    run_in_lakehouse("-e", "DROP DATABASE tour_python CASCADE")


@pytest.fixture(scope="module")
def run_in_lakehouse(lakehouse: Home) -> Callable[..., Run]:
    return lambda *arguments: run_command(*arguments, home=lakehouse.root, timeout=550)


@pytest.fixture(scope="module")
def sales() -> list[dict[str, object]]:
    """The lines of all receipts, as the files have them."""
    return list(pq.read_table(DEMO / "sales").to_pylist())


def value(session: Session, query: str) -> object:
    """The only value of a query."""
    table = session.execute(query).table
    assert table is not None
    assert table.num_rows == 1
    return table.column(0)[0].as_py()


def rows(session: Session, query: str) -> list[tuple[object, ...]]:
    """The rows of a query."""
    table = session.execute(query).table
    assert table is not None
    return [tuple(row.values()) for row in table.to_pylist()]


def test_every_statement_of_the_tour_works(tour: Run) -> None:
    assert (tour.code, [x for x in tour.stderr.splitlines() if x.startswith("Error")]) == (0, [])


def test_the_tour_ends_where_it_says(
    tour: Run, session: Session, sales: list[dict[str, object]]
) -> None:
    assert tour.code == 0
    unknown = sum(row["product_id"] == "P999" for row in sales)
    assert value(session, "SELECT count(*) FROM tour.transactions") == len(sales)
    assert value(session, "SELECT count(*) FROM tour.rejected_sales") == unknown
    assert value(session, "SELECT count(*) FROM tour_retail.fact_sales") == len(sales) - unknown
    assert value(session, "SELECT count(*) FROM tour.quality_checks WHERE broken > 0") == 0
    assert rows(session, "SELECT email FROM tour.customer_data ORDER BY id") == [
        ("lukasz@example.com",),
        ("chloe@example.com",),
        ("sean@example.org",),
    ]
    assert rows(
        session,
        "SELECT count(*), count_if(created_at > '2025-01-01'), count_if(updated_at > created_at)"
        " FROM tour.customers",
    ) == [(1020, 20, 40)]
    # Id 5 came twice in the updates: the later row counts.
    assert value(session, "SELECT email FROM tour.customers WHERE id = 5") == (
        "mathis.dubois5@mail.example.org"
    )


def test_the_stars_revenue_is_that_of_the_files(
    tour: Run, session: Session, sales: list[dict[str, object]]
) -> None:
    assert tour.code == 0
    expected: dict[object, float] = defaultdict(float)
    for row in sales:
        if row["product_id"] != "P999":
            expected[row["store_id"]] += row["quantity"] * row["price"]
    found = rows(session, "SELECT store_id, sum(revenue) FROM tour_retail.fact_sales GROUP BY 1")
    assert {store: float(revenue) for store, revenue in found} == pytest.approx(expected)


def test_external_tables_lie_under_mnt(tour: Run, lakehouse: Home) -> None:
    assert tour.code == 0
    for folder in ("data/transactions", "data/events", "retail/fact_sales"):
        assert (lakehouse.mnt / "tour" / folder / "_delta_log").is_dir()
    assert not Path("/mnt/tour").exists()


@pytest.mark.skipif(not SOAK, reason="takes a minute; .ci/run does it with the built wheel")
def test_the_tour_can_be_run_again(tour: Run, run_in_lakehouse: Callable[..., Run]) -> None:
    again = run_in_lakehouse("-f", str(DEMO / "tour.sql"))
    assert again.code == 0
    assert timeless(again.stdout) == timeless(tour.stdout)


def timeless(output: str) -> list[str]:
    """What a run printed, without times, expression ids, and what depends on how files fell."""
    varying = r"\d\d:\d\d|#\d|\b[0-9a-f]{8}-|numFiles|sizeIn|_removed|_copied|KiB|^[ \d│]+$"
    lines = (re.sub(r"[\s─┼]+", " ", line).strip() for line in output.splitlines())
    return sorted(line for line in lines if line and not re.search(varying, line))


def test_every_cell_of_the_python_tour_works(python_tour: Run) -> None:
    assert (python_tour.code, python_tour.stderr) == (0, "")
    assert "17,849 lines before, 17,850 after, 17,849 restored" in python_tour.stdout
    assert "1,001 rows read, 1,000 customers kept" in python_tour.stdout
    assert "O'Sullivan" in python_tour.stdout


def test_segments_are_what_plain_python_finds(
    python_tour: Run, session: Session, sales: list[dict[str, object]]
) -> None:
    assert python_tour.code == 0
    last = max(row["transaction_date"] for row in sales)
    visits = defaultdict(list)
    for row in sales:
        if row["customer_id"] is not None and row["quantity"] > 0:
            visits[row["customer_id"]].append(row)
    segments: Counter[str] = Counter()
    for lines in visits.values():
        recency = (last - max(line["transaction_date"] for line in lines)).days
        frequency = len({line["transaction_id"] for line in lines})
        monetary = sum(round(line["quantity"] * line["price"], 2) for line in lines)
        score = 3 if recency < 30 else 2 if recency < 90 else 1
        score += 3 if frequency > 10 else 2 if frequency > 5 else 1
        score += 3 if monetary > 1000 else 2 if monetary > 500 else 1
        segments["High Value" if score > 6 else "Medium Value" if score > 4 else "Low Value"] += 1
    found = rows(
        session,
        "SELECT customer_segment, count(*) FROM tour_python.customer_segments GROUP BY 1",
    )
    assert dict(found) == segments
