"""Statement history: what it keeps, what it masks, and that it never stands in the way."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from lakeshell.history import MASK, StatementHistory, mask_secrets


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


def texts(history: StatementHistory, *args: object) -> list[str]:
    return [entry.text for entry in history.recent(*args)]  # type: ignore[arg-type]


def test_newest_first_with_language(path: Path) -> None:
    history = StatementHistory(path)
    history.add("select 1;")
    history.add("print(1)", "python")
    first, second = history.recent()
    assert (first.text, first.language) == ("print(1)", "python")
    assert (second.text, second.language) == ("select 1;", "sql")
    assert history.entry(second.id) == second
    assert history.entry(99) is None


def test_repeating_the_last_statement_adds_nothing(path: Path) -> None:
    history = StatementHistory(path)
    for text in ("a", "a", "b", "a"):
        history.add(text)
    assert texts(history) == ["a", "b", "a"]


def test_capacity(path: Path) -> None:
    history = StatementHistory(path, capacity=3)
    for number in range(10):
        history.add(f"select {number}")
    assert texts(history) == ["select 9", "select 8", "select 7"]


def test_search_takes_text_literally_and_in_any_case(path: Path) -> None:
    history = StatementHistory(path)
    for text in ("SELECT 100% AS a", "select 100", "show tables"):
        history.add(text)
    assert texts(history, 10, "0%") == ["SELECT 100% AS a"]
    assert texts(history, 10, "select") == ["select 100", "SELECT 100% AS a"]


def test_shells_share_it(path: Path) -> None:
    shells = [StatementHistory(path) for _ in range(4)]

    def type_statements(number: int) -> None:
        for statement in range(25):
            shells[number].add(f"select {number}, {statement}")

    threads = [threading.Thread(target=type_statements, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(texts(shells[0]))) == 100
    assert texts(shells[0]) == texts(shells[3])


def test_nothing_is_made_before_something_is_added(path: Path) -> None:
    assert StatementHistory(path).recent() == []
    assert not path.exists()


def test_only_its_owner_reads_it(path: Path) -> None:
    StatementHistory(path).add("select 1")
    assert path.stat().st_mode & 0o077 == 0


def test_a_damaged_database_is_told_once_and_left_alone(path: Path) -> None:
    path.write_bytes(b"this is no database, and has been here for long" * 50)
    warnings: list[str] = []
    history = StatementHistory(path, warn=warnings.append)
    history.add("select 1")
    history.add("select 2")
    assert history.recent() == []
    assert len(warnings) == 1
    assert str(path) in warnings[0]
    assert path.read_bytes().startswith(b"this is no database")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    warnings: list[str] = []
    history = StatementHistory(tmp_path / "gone" / "state.db", warn=warnings.append)
    history.add("select 1")
    assert len(warnings) == 1


def test_a_locked_database_is_tried_again(path: Path) -> None:
    warnings: list[str] = []
    history = StatementHistory(path, warn=warnings.append)
    history.add("select 1")
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    history.add("select 2")
    assert len(warnings) == 1
    other.rollback()
    history.add("select 3")
    assert texts(history) == ["select 3", "select 1"]


SECRETS = [
    "CREATE TABLE t USING jdbc OPTIONS (user 'me', password 'S3CR:ET')",
    "OPTIONS ('password'='S3CR''ET')",
    r"OPTIONS ('password'='S3CR\'ET')",
    'df.option("user", "me").option("password", "S3CR ET")',
    "SET spark.hadoop.fs.azure.account.key.x.dfs.core.windows.net=S3CR/ET==",
    "url 'jdbc:postgresql://host/db?user=me&password=S3CR&ssl=true'",
    "select * from users where token = 'S3CRET'",
    "%x --token S3CRET --limit 3",
    "sc://host:15002/;token=S3CRET;user_id=2",
    "http://me:S3CRET@host/x",
    'headers = {"Authorization": "Bearer S3CRETS3CRET"}',
    "connect(api_key='S3CRET')",
    'password = """S3CR\nET"""',
    "CREATE USER x IDENTIFIED BY 'S3CRET'",
    "password => 'S3CRET'",
    "fs.s3a.secret.key 'S3CRET'",
    "password 'S3CRET",
]


@pytest.mark.parametrize("text", SECRETS)
def test_secrets_do_not_reach_the_disk(path: Path, text: str) -> None:
    history = StatementHistory(path)
    history.add(text)
    history.close()
    assert MASK in texts(StatementHistory(path))[0]
    for part in path.parent.iterdir():
        assert b"S3CR" not in part.read_bytes()


@pytest.mark.parametrize(
    "text",
    [
        "select password from users",
        "select tokens, count(*) from t group by tokens",
        "select 'a token of thanks'",
        "insert into secrets values (1)",
        "select * from t where a = 'x' and b = 2",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert mask_secrets(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "password" * 50_000,
        "a." * 200_000,
        "://" * 100_000,
        "password " * 50_000,
        "token" + "'" * 99_999,
    ],
    ids=["one-word", "dotted", "addresses", "words", "quotes"],
)
def test_masking_is_linear(text: str) -> None:
    assert len(mask_secrets(text)) > 0
