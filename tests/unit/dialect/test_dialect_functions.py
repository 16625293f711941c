"""Built-in functions that Spark lacks: other names, memberships, and what cannot be."""

from __future__ import annotations

import getpass
from pathlib import Path

import pytest
from unit.dialect.engines import FakeEngine, carried_out, rewritten

from lakeshell.dialect.dialect import UNSUPPORTED, Dialect
from lakeshell.dialect.objects.store import Store
from lakeshell.errors import StatementError
from lakeshell.home import Home

PAIRS = [
    ("select IFF(a > 1, 'iff(', `iff`) iff", "select if(a > 1, 'iff(', `iff`) iff"),
    ("select iff(charindex('a', b), 1, 2)", "select if(locate('a', b), 1, 2)"),
    ("select getdate( ), current_metastore ( )", "select now( ), 'lakeshell'"),
    ("select s.iff(1), iff from iff", "select s.iff(1), iff from iff"),
    (
        "create function charindex(a string) returns int return 1",
        "create function charindex(a string) returns int return 1",
    ),
    ("with iff(a) as (select 1) select a from iff", "with iff(a) as (select 1) select a from iff"),
]


@pytest.mark.parametrize(("text", "expected"), PAIRS)
def test_pairs(text: str, expected: str) -> None:
    assert rewritten(text) == expected


def test_memberships_follow_the_groups(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    store = Store(home)
    for group, kind, name in (
        ("HR", "user", getpass.getuser().upper()),
        ("staff", "group", "hr"),
        ("hr", "group", "staff"),  # one in the other: no end is no problem
        ("others", "user", "somebody else"),
    ):
        store.put("member", (group, kind, name), {"group": group, "kind": kind, "name": name})
    engine = FakeEngine(home)
    groups = "'account users', 'admins', 'hr', 'staff', 'users'"
    answer = carried_out(
        "CREATE VIEW v AS SELECT is_member('Hr') AND is_account_group_member(concat(a, '(')) "
        "FROM t",
        engine,
    )
    assert answer.then == (
        f"CREATE VIEW v AS SELECT (lower('Hr') IN ({groups})) AND "
        f"(lower(concat(a, '(')) IN ({groups})) FROM t"
    )
    assert len(engine.notices) == 1


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM STREAM read_kafka(subscribe => 'x')",
        "SELECT * FROM t, LATERAL vector_search(index => 'i')",
        "SELECT * FROM event_log(TABLE(a.b))",
        "SELECT AI_QUERY('m', x) FROM t",
    ],
)
def test_what_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(StatementError) as raised:
        Dialect().plan(text)
    assert raised.value.error_class == UNSUPPORTED


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE event_log (id INT)",
        "CREATE TABLE IF NOT EXISTS a.event_log (secret STRING)",
        "INSERT INTO event_log (id) VALUES (1)",
        "SELECT secret, t.secret, event_log.id FROM event_log",
        "SELECT event_log(1), mine.ai_query('x')",
        "SELECT 'secret(1)' AS secret",
    ],
)
def test_other_things_of_these_names(text: str) -> None:
    assert Dialect().plan(text) is None
