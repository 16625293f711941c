"""Secrets: kept encrypted, read by notebooks, shown by nobody."""

from __future__ import annotations

import stat
from pathlib import Path

import pyarrow as pa
import pytest
from command_shell import FakeSession, Shell

from lakeshell.dialect.secret_store import SecretStore
from lakeshell.errors import CellError, CommandError, UsageError
from lakeshell.home import Home
from lakeshell.notebooks.redaction import REDACTED, redacted, shown_rows, without
from lakeshell.session.result import Failed, Html, Notice, Result, Text

pytest.importorskip("cryptography")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    # Never the keyring of the person who runs the tests.
    monkeypatch.setattr("lakeshell.dialect.secret_store._keyring", lambda: None)
    return Home(tmp_path / "home").create()


@pytest.fixture
def shell(home: Home, tmp_path: Path) -> Shell:
    return Shell(home, tmp_path, FakeSession())


def test_values_are_encrypted_in_the_home(home: Home) -> None:
    store = SecretStore(home)
    store.create_scope("jdbc")
    assert store.put("jdbc", "password", "s3cret ÄÖ") == "file"
    assert SecretStore(home).get("JDBC", "password") == "s3cret ÄÖ"
    assert stat.S_IMODE(home.secrets_key.stat().st_mode) == 0o600
    everything = b"".join(p.read_bytes() for p in home.root.rglob("*") if p.is_file())
    assert b"s3cret" not in everything
    home.secrets_key.write_bytes(b"another")
    with pytest.raises(CommandError, match="holds no key"):
        store.get("jdbc", "password")


def test_rows_that_go_past_the_sink_are_redacted() -> None:
    rows = Result(pa.table({"a": ["x s3cret", None], "n": [1, 2]}))
    assert shown_rows(rows, {"s3cret"}).table == pa.table(
        {"a": [f"x {REDACTED}", None], "n": [1, 2]}
    )
    assert shown_rows(rows, set()) is rows


def test_a_keyring_keeps_the_values(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    class Ring:
        def __init__(self) -> None:
            self.kept: dict[tuple[str, str], str] = {}

        def set_password(self, service: str, name: str, value: str) -> None:
            self.kept[service, name] = value

        def get_password(self, service: str, name: str) -> str | None:
            return self.kept.get((service, name))

        def delete_password(self, service: str, name: str) -> None:
            del self.kept[service, name]

    ring = Ring()
    monkeypatch.setattr("lakeshell.dialect.secret_store._keyring", lambda: ring)
    store = SecretStore(home)
    store.create_scope("s")
    assert store.put("s", "k", "v") == "keyring"
    assert store.get("s", "k") == "v"
    assert list(ring.kept.values()) == ["v"]
    assert not home.secrets_key.exists()
    ring.kept.clear()
    with pytest.raises(CommandError, match="no value for the secret"):
        store.get("s", "k")
    store.put("s", "k", "v")
    store.delete_scope("s")
    assert ring.kept == {}


def test_what_is_not_there_and_what_cannot_be(home: Home) -> None:
    store = SecretStore(home)
    with pytest.raises(CommandError, match="no scope jdbc"):
        store.put("jdbc", "k", "v")
    store.create_scope("jdbc")
    with pytest.raises(CommandError, match="already"):
        store.create_scope("Jdbc")
    with pytest.raises(CommandError, match="does not exist with scope: jdbc and key: k"):
        store.get("jdbc", "k")
    for name in ("", "a b", "x" * 129, "a\nb"):
        with pytest.raises(UsageError):
            store.create_scope(name)
    with pytest.raises(UsageError, match="128 KiB"):
        store.put("jdbc", "k", "x" * 131_073)


def test_the_command(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    shell.words("secrets", "create-scope", "jdbc")
    monkeypatch.setattr("sys.stdin", io.StringIO("from a pipe\n"))
    shell.words("secrets", "put", "jdbc", "a")
    shell.words("secrets", "put", "jdbc", "b", "--string-value", "typed")
    assert SecretStore(shell.home).get("jdbc", "a") == "from a pipe"
    assert "typed" not in shell.notices
    assert "encrypted" in shell.notices
    shell.words("secrets", "list")
    assert shell.rows == [{"scope": "jdbc"}]
    shell.words("secrets", "list", "jdbc")
    assert shell.rows == [{"key": "a"}, {"key": "b"}]
    with pytest.raises(UsageError):
        shell.words("secrets", "delete", "jdbc", "a")
    shell.words("secrets", "delete", "jdbc", "a", "--yes")
    assert SecretStore(shell.home).keys("jdbc") == ["b"]
    shell.words("secrets", "delete", "jdbc", "--yes")
    assert SecretStore(shell.home).scopes() == []


def test_everything_shown_is_without_them() -> None:
    secrets = {"abc", "abcdef"}
    assert without("x abcdef y abc", secrets) == f"x {REDACTED} y {REDACTED}"
    assert redacted(Text("abc"), secrets) == Text(REDACTED)
    assert redacted(Notice("abc"), secrets) == Notice(REDACTED)
    assert redacted(Html("abc", "<b>abc</b>"), secrets) == Html(REDACTED, f"<b>{REDACTED}</b>")
    error = CellError("ValueError: abc", hint="abc", detail="line abc", source_line="abc")
    redacted(Failed(error), secrets)
    assert [error.message, error.hint, error.detail, error.source_line, str(error)] == [
        f"ValueError: {REDACTED}", REDACTED, f"line {REDACTED}", REDACTED, f"ValueError: {REDACTED}"
    ]  # fmt: skip


def test_rows_are_without_them_in_every_type() -> None:
    table = pa.table(
        {
            "abc": pa.array([1, 2]),
            "s": ["abc!", None],
            "b": pa.array([b"\x00abc", b"x"], pa.binary()),
            "l": pa.array([["abc"], None], pa.list_(pa.string())),
            "st": pa.array([{"f": "abc", "n": 1}, {"f": None, "n": 2}]),
            "m": pa.array([[("k", "abc")], []], pa.map_(pa.string(), pa.string())),
        }
    )
    shown = redacted(Result(table), {"abc"})
    assert isinstance(shown, Result)
    assert shown.table is not None
    assert shown.table.to_pylist() == [
        {REDACTED: 1, "s": f"{REDACTED}!", "b": b"\x00" + REDACTED.encode(), "l": [REDACTED],
         "st": {"f": REDACTED, "n": 1}, "m": [("k", REDACTED)]},
        {REDACTED: 2, "s": None, "b": b"x", "l": None, "st": {"f": None, "n": 2}, "m": []},
    ]  # fmt: skip
    assert shown.table.schema.types == table.schema.types


def test_an_exported_file_holds_no_secret(shell: Shell, tmp_path: Path) -> None:
    store = SecretStore(shell.home)
    store.create_scope("jdbc")
    store.put("jdbc", "a", "s3cret")
    store.get("jdbc", "a")
    shell.session.on("SELECT t FROM hidden", [{"t": "s3cret"}])
    shell.run("%export out.csv SELECT t FROM hidden")
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == f"t\n{REDACTED}\n"
