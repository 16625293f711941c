"""Secrets of a home: scopes, and in each values by key.

The values lie in the system's keyring if the `keyring` library finds one, else encrypted in the
home, with a key that its owner alone can read. Which secrets there are is no secret.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from typing import Any

from lakeshell.dialect.objects.store import Store
from lakeshell.dialect.secrets_read import values_read
from lakeshell.errors import CommandError, LakeshellError, UsageError
from lakeshell.home import Home

_SCOPE, _SECRET = "secret scope", "secret"
_NAME = re.compile(r"[\w.\-@/]{1,128}\Z", re.ASCII)  # as on Databricks
_MOST = 131_072  # bytes: 128 KiB, as on Databricks


class SecretStore:
    """The secrets of one home. Every method raises CommandError or UsageError."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._store = Store(home)
        self._service = f"lakeshell {home.root}"

    def scopes(self) -> list[str]:
        """The names of all scopes."""
        return [str(fields["name"]) for _, fields in self._store.all(_SCOPE)]

    def create_scope(self, scope: str) -> None:
        """Make a scope."""
        _check_name(scope, "A scope")
        if not self._store.add(_SCOPE, (scope,), {"name": scope}):
            raise CommandError(f"There is a scope {scope} already.")

    def delete_scope(self, scope: str) -> None:
        """Delete a scope and all in it."""
        self._need_scope(scope)
        for key in self.keys(scope):
            self.delete(scope, key)
        self._store.delete(_SCOPE, (scope,))

    def keys(self, scope: str) -> list[str]:
        """The keys of the secrets in a scope."""
        self._need_scope(scope)
        return [str(fields["key"]) for _, fields in self._store.all(_SECRET, (scope,))]

    def put(self, scope: str, key: str, value: str) -> str:
        """Keep a value; where: "keyring" or "file"."""
        self._need_scope(scope)
        _check_name(key, "A key")
        if len(value.encode()) > _MOST:
            raise UsageError(f"A secret holds at most {_MOST // 1024} KiB.")
        fields = {"key": key}
        ring = _keyring()
        if ring is not None:
            with _worded("The keyring does not take the secret"):
                ring.set_password(self._service, f"{scope.lower()}/{key}", value)
        else:
            fields["value"] = self._cipher().encrypt(value.encode()).decode()
        self._store.put(_SECRET, (scope, key), fields)
        return "file" if ring is None else "keyring"

    def get(self, scope: str, key: str) -> str:
        """The value of a secret; no output of this process shows it from then on."""
        value = self._get(scope, self._need(scope, key))
        if value:
            values_read(self._home).add(value)
        return value

    def _get(self, scope: str, fields: dict[str, Any]) -> str:
        key = str(fields["key"])
        if "value" in fields:
            with _worded(f"The secret {key} of scope {scope} cannot be read with this home's key"):
                return bytes(self._cipher().decrypt(str(fields["value"]).encode())).decode()
        ring = _keyring()
        value: str | None = None
        if ring is not None:
            with _worded("The keyring does not give the secret"):
                value = ring.get_password(self._service, f"{scope.lower()}/{key}")
        if value is None:
            raise CommandError(
                f"The keyring of this system has no value for the secret {key} of scope {scope}.",
                hint=f"lakeshell secrets put {scope} {key}",
            )
        return value

    def delete(self, scope: str, key: str) -> None:
        """Delete a secret."""
        fields = self._need(scope, key)
        ring = _keyring()
        if "value" not in fields and ring is not None:
            with contextlib.suppress(Exception):  # gone from there already
                ring.delete_password(self._service, f"{scope.lower()}/{fields['key']}")
        self._store.delete(_SECRET, (scope, key))

    def _need_scope(self, scope: str) -> None:
        if self._store.get(_SCOPE, (scope,)) is None:
            raise CommandError(
                f"There is no scope {scope}.", hint=f"lakeshell secrets create-scope {scope}"
            )

    def _need(self, scope: str, key: str) -> dict[str, Any]:
        self._need_scope(scope)
        fields = self._store.get(_SECRET, (scope, key))
        if fields is None:
            raise CommandError(
                f"Secret does not exist with scope: {scope} and key: {key}.",
                hint=f"lakeshell secrets put {scope} {key}",
            )
        return fields

    def _cipher(self) -> Any:
        try:
            from cryptography.fernet import Fernet
        except ImportError as error:
            raise CommandError("Secrets need the package cryptography.") from error
        path = self._home.secrets_key
        if not path.exists():
            # Another shell may do the same now: the file appears whole, and the first one stays.
            with (
                _worded(f"{path} cannot be made"),
                tempfile.NamedTemporaryFile(dir=path.parent, prefix=".key-") as new,
            ):
                new.write(Fernet.generate_key())
                new.flush()
                with contextlib.suppress(FileExistsError):
                    os.link(new.name, path)
        with _worded(f"{path} holds no key"):
            return Fernet(path.read_bytes())


def _keyring() -> Any:
    """The system's keyring; None where there is none that keeps anything."""
    try:
        import keyring
        import keyring.backends.fail
        import keyring.backends.null
    except ImportError:
        return None
    try:
        found = keyring.get_keyring()
    except Exception:  # a backend of somebody else's that cannot be loaded
        return None
    unusable = (keyring.backends.fail.Keyring, keyring.backends.null.Keyring)
    return None if isinstance(found, unusable) else found


def _check_name(name: str, what: str) -> None:
    if not _NAME.match(name):
        raise UsageError(
            f"{what} is named by letters, digits and . _ - @ /, at most 128 of them.",
        )


@contextlib.contextmanager
def _worded(sentence: str) -> Any:
    """Whatever a keyring or a cipher raises, in a sentence."""
    try:
        yield
    except LakeshellError:
        raise
    except Exception as error:
        raise CommandError(f"{sentence}: {type(error).__name__}.") from error
