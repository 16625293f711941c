"""Values of secrets that this process has read: whatever shows something leaves them out."""

from __future__ import annotations

from pathlib import Path

from lakeshell.home import Home

_READ: dict[Path, set[str]] = {}


def values_read(home: Home) -> set[str]:
    """Those of one home. Add to the set what is read past `SecretStore.get`."""
    return _READ.setdefault(home.root, set())
