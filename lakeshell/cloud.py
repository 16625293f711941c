"""Addresses of cloud storage: `s3://bucket/…`, `abfss://container@account…/…`, `gs://…`, `adl://…`.

Each bucket or container is a folder of the home, made when it is first used. Schemes that lead to
the same storage share it: s3, s3a and s3n; abfs, abfss, wasb and wasbs. `CloudFileSystem.java` does
for Spark what is said here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from lakeshell.errors import UsageError
from lakeshell.home import Home

FAMILIES = {
    "s3": "s3", "s3a": "s3", "s3n": "s3",
    "gs": "gs",
    "abfss": "azure", "abfs": "azure", "wasbs": "azure", "wasb": "azure",
    "adl": "adl",
}  # fmt: skip
"""Scheme → the folder of the home in which its buckets lie."""

_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/]*)(/.*)?", re.DOTALL)
_BUCKET = re.compile(r"[a-z0-9_][a-z0-9_.\-]*(@[a-z0-9][a-z0-9\-]*)?")


@dataclass(frozen=True)
class Bucket:
    """A bucket, or an Azure container as `container@account`, in small letters."""

    family: str
    name: str

    def folder(self, home: Home) -> Path:
        """Where it lies unless `[mounts]` says otherwise."""
        return home.cloud / self.family / self.name


def split_address(text: str) -> tuple[Bucket, str] | None:
    """The bucket and the path in it, which begins with `/`; None for what is no cloud address.

    Raises UsageError for an address without a bucket, or with one that no cloud would have.
    """
    found = _ADDRESS.fullmatch(text)
    if found is None or found[1].lower() not in FAMILIES:
        return None
    container, at, host = found[2].lower().partition("@")
    # An account is the same storage at its .dfs. and its .blob. address.
    name = f"{container}@{host.split('.')[0]}" if at else container
    if not _BUCKET.fullmatch(name):
        raise UsageError(
            f"{text} names no bucket.", hint="For example: s3://bucket/path, "
            "abfss://container@account.dfs.core.windows.net/path",
        )  # fmt: skip
    return Bucket(FAMILIES[found[1].lower()], name), found[3] or "/"
