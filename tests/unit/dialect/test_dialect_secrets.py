"""secret(…) and list_secrets(…) in SQL."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from engines import FakeEngine, carried_out, rewritten

from lakeshell.dialect.secret_store import SecretStore
from lakeshell.dialect.secrets_read import values_read
from lakeshell.errors import StatementError
from lakeshell.home import Home

pytest.importorskip("cryptography")


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    # Never the keyring of the person who runs the tests.
    monkeypatch.setattr("lakeshell.dialect.secret_store._keyring", lambda: None)
    home = Home(tmp_path / "home").create()
    store = SecretStore(home)
    store.create_scope("jdbc")
    store.put("jdbc", "password", "it's \\ s3cret")
    pair = pa.table({"a": ["jdbc"], "b": ["password"]})
    return FakeEngine(home, [(r"SELECT 'jd' \|\| 'bc', lower\('PASSWORD'\)", pair)])


VALUE = r"'it\'s \\ s3cret'"


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("SELECT secret('jdbc', 'password') AS p", f"SELECT {VALUE} AS p"),
        ("SELECT try_secret('jdbc', 'no')", "SELECT CAST(NULL AS STRING)"),
        ("SELECT secret('jd' || 'bc', lower('PASSWORD'))", f"SELECT {VALUE}"),
        (
            "CREATE TABLE t USING jdbc OPTIONS (url 'u', password secret('JDBC', 'password'))",
            f"CREATE TABLE t USING jdbc OPTIONS (url 'u', password {VALUE})",
        ),
        (
            "CREATE OR REPLACE TEMP VIEW v AS SELECT secret('jdbc', 'password') AS p",
            f"CREATE OR REPLACE TEMP VIEW v AS SELECT {VALUE} AS p",
        ),
        (
            "SELECT key FROM list_secrets() AS s",
            "SELECT key FROM (SELECT * FROM VALUES ('jdbc', 'password') AS secrets(scope, key)) "
            "AS s",
        ),
    ],
)
def test_a_call_becomes_what_it_gives(given: str, sent: str, engine: FakeEngine) -> None:
    assert carried_out(given, engine).then == sent


def test_a_value_that_was_read_is_remembered(engine: FakeEngine) -> None:
    values_read(engine.home).clear()
    carried_out("SELECT * FROM list_secrets('jdbc')", engine)
    assert values_read(engine.home) == set()
    carried_out("SELECT secret('jdbc', 'password')", engine)
    assert values_read(engine.home) == {"it's \\ s3cret"}


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("SELECT secret('jdbc', 'none')", "does not exist with scope: jdbc and key: none"),
        ("SELECT secret('none', 'none')", "There is no scope none"),
        ("SELECT secret('jdbc')", "takes the name of a scope and that of a key"),
        ("CREATE VIEW v AS SELECT secret('jdbc', 'password')", "would hold the secret"),
        ("CREATE FUNCTION f() RETURN secret('jdbc', 'password')", "would hold the secret"),
    ],
)
def test_what_cannot_be(statement: str, words: str, engine: FakeEngine) -> None:
    with pytest.raises(StatementError, match=words):
        carried_out(statement, engine)


@pytest.mark.parametrize(
    "native",
    [
        "SELECT secret, key FROM t",
        "SELECT s.secret('a') FROM t",
        "WITH a AS (SELECT 1), secret (k) AS (SELECT 2) SELECT * FROM secret",
        "INSERT INTO secret (a) VALUES (1)",
    ],
)
def test_other_things_of_that_name_are_left_alone(native: str) -> None:
    assert rewritten(native) == native
