"""`dbutils.secrets`: values that must not be seen."""

from __future__ import annotations

from typing import Any, NamedTuple

from lakeshell.dialect.secret_store import SecretStore
from lakeshell.notebooks.current import current
from lakeshell.notebooks.utility import Utility


class SecretMetadata(NamedTuple):
    """What is known of a secret besides its value."""

    key: str

    def asDict(self, recursive: bool = False) -> dict[str, Any]:  # noqa: N802
        """The fields by name, as of a Row."""
        return self._asdict()


class SecretScope(NamedTuple):
    """A scope."""

    name: str

    def getName(self) -> str:  # noqa: N802
        """Its name."""
        return self.name

    def asDict(self, recursive: bool = False) -> dict[str, Any]:  # noqa: N802
        """The fields by name, as of a Row."""
        return self._asdict()


class SecretUtility(Utility):
    """A value that was read is shown as [REDACTED] from then on, wherever it comes out."""

    _summary = "dbutils.secrets: values that `lakeshell secrets put` has kept."

    def get(self, scope: str, key: str) -> str:
        """The value of a secret, as text."""
        return SecretStore(current().home).get(scope, key)

    def getBytes(self, scope: str, key: str) -> bytes:  # noqa: N802, Databricks' name
        """The value of a secret, as bytes."""
        return self.get(scope, key).encode()

    def listScopes(self) -> list[SecretScope]:  # noqa: N802, Databricks' name
        """The scopes."""
        return [SecretScope(name) for name in SecretStore(current().home).scopes()]

    def list(self, scope: str) -> list[SecretMetadata]:
        """The keys in a scope."""
        return [SecretMetadata(key) for key in SecretStore(current().home).keys(scope)]
