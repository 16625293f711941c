"""The dialect's frame: what is left alone, where places lead, what the ledger promises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.sql.sql_texts import sql_texts

from lakeshell.dialect.dialect import UNSUPPORTED, Dialect, Plan, edited
from lakeshell.dialect.families import FAMILIES
from lakeshell.dialect.ledger import Construct, Fate
from lakeshell.dialect.steps import Edit
from lakeshell.errors import StatementError

LEDGER = Dialect().ledger()


def planned(text: str) -> tuple[Plan | None, StatementError | None]:
    """The plan for a statement, or why there is none."""
    try:
        return Dialect().plan(text), None
    except StatementError as error:
        return None, error


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1",
        "",
        "-- nothing",
        "select a from t cluster by auto",
        "SELECT '@v1', `t@v1` FROM delta.`/p@v3`",
        "CREATE TABLE t (a INT) USING parquet CLUSTERED BY (a) INTO 4 BUCKETS",
        "CREATE TABLE t (a INT) CLUSTER BY (a)",
        "select auto, buckets from sync",
    ],
)
def test_what_spark_understands_is_left_alone(text: str) -> None:
    assert Dialect().plan(text) is None


@given(sql_texts)
def test_no_text_makes_the_dialect_fail(text: str) -> None:
    plan, error = planned(text)
    assert error is None or error.message
    assert plan is None or plan.text != text or plan.action is not None


@given(st.text(max_size=40), st.data())
def test_edits_put_in_what_they_say_and_keep_the_rest(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    edits = [Edit(a, b, "«»") for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    kept = [text[a:b] for a, b in zip(
        [0, *(e.end for e in edits)], [*(e.start for e in edits), len(text)], strict=True
    )]  # fmt: skip
    assert edited(text, edits) == "«»".join(kept)


def test_places_lead_back_to_the_words_of_the_user() -> None:
    text = "SELECT a FROM t@v12 x JOIN u@v3 y ON wrong"
    plan = Dialect().plan(text)
    assert plan is not None
    for word in ("SELECT", "FROM", " x JOIN", "y ON", "wrong"):
        assert plan.origin(plan.text.index(word)) == text.index(word)
    assert plan.origin(plan.text.index("VERSION")) == text.index("@v12")


@pytest.mark.parametrize("construct", LEDGER, ids=lambda construct: construct.name)
def test_every_example_of_the_ledger_is_known_as_what_it_is(construct: Construct) -> None:
    assert construct.what.endswith(".")
    plan, error = planned(construct.example)
    if construct.fate is Fate.UNSUPPORTED:
        assert error is not None
        assert error.error_class == UNSUPPORTED
        assert error.message == f"{construct.name}: {construct.what}"
    else:
        assert error is None
        assert plan is not None
        assert construct.name in plan.constructs


def test_names_in_the_ledger_are_unique() -> None:
    names = [construct.name for construct in LEDGER]
    assert len(names) == len(set(names))


def test_every_family_says_when_it_is_asked() -> None:
    for family in FAMILIES:
        assert family.constructs
        assert family.heads or family.anywhere or family.marks
