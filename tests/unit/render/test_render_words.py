from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakeshell.render.metrics import (
    format_bytes,
    format_count,
    format_seconds,
    metrics_sentence,
    summary_line,
)
from lakeshell.render.progress import progress_line
from lakeshell.render.safe_text import display_width
from lakeshell.session.result import Progress, Result


@pytest.mark.parametrize(
    ("metrics", "sentence"),
    [
        ({"num_inserted_rows": 3, "num_updated_rows": 1}, "3 rows inserted, 1 updated"),
        ({"num_affected_rows": 1, "num_deleted_rows": 1}, "1 row deleted"),
        ({"num_affected_rows": 1234}, "1,234 rows affected"),
        ({"num_inserted_rows": 0, "num_updated_rows": 0}, "0 rows inserted"),
        ({"numFilesRemoved": 2, "numFilesAdded": 1}, "2 files compacted into 1"),
        ({"numFilesRemoved": 0, "numFilesAdded": 0}, "no files to compact"),
        ({"odd\x1b": 5}, "odd␛ 5"),
        ({}, ""),
    ],
)
def test_what_a_write_did(metrics: dict[str, int], sentence: str) -> None:
    assert metrics_sentence(metrics) == sentence


def test_numbers_in_words() -> None:
    assert format_count(1234567) == "1,234,567"
    assert [format_bytes(n) for n in (0, 1023, 1536, 5 * 2**30)] == [
        "0 B",
        "1023 B",
        "1.5 KiB",
        "5.0 GiB",
    ]
    assert [format_seconds(s) for s in (0.123, 59.994, 59.996, 64, 3600, 7500)] == [
        "0.12 s",
        "59.99 s",
        "1 min 0 s",
        "1 min 4 s",
        "1 h 0 min",
        "2 h 5 min",
    ]


def test_the_line_below_a_result() -> None:
    table = pa.table({"a": [1, 2]})
    assert summary_line(Result(table, elapsed=0.12)) == "2 rows, 0.12 s"
    cut = Result(table, truncated=True, elapsed=0.12)
    assert summary_line(cut) == "2 rows (more exist; --limit 0 shows all), 0.12 s"
    assert summary_line(Result(None, metrics={"num_inserted_rows": 1})) == "1 row inserted, 0.00 s"
    assert summary_line(Result(None, elapsed=1)) == "OK, 1.00 s"


def test_progress_is_told_on_a_line() -> None:
    progress = Progress(1, 3, 12, 40, 4, 3 * 2**20, 4.2)
    assert progress_line(progress, 80) == (
        "██████░░░░░░░░░░░░░░ stage 2/3 · tasks 12/40 · 3.0 MiB · 4.20 s"
    )
    assert progress_line(progress, 80, unicode=False).isascii()
    counting = Progress(0, 0, 15, 60, 0, 0, 15.2, doing="300 sales, \x1b45 s to go")
    assert progress_line(counting, 80) == "█████░░░░░░░░░░░░░░░ 300 sales, ␛45 s to go · 15.20 s"


@given(*[st.integers(0, 10**6)] * 6, st.floats(0, 10**6), st.integers(1, 120), st.booleans())
def test_progress_fits_its_line(
    a: int, b: int, c: int, d: int, e: int, f: int, seconds: float, width: int, unicode: bool
) -> None:
    line = progress_line(Progress(a, b, c, d, e, f, seconds), width, unicode=unicode)
    assert display_width(line) <= width
    assert line.isprintable()
