"""Paths of the lakehouse as files of this machine, and no others: /mnt/…, /Volumes/…, dbfs:/…,
s3://bucket/… and the other clouds."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lakeshell.cloud import Bucket, split_address
from lakeshell.config import Config
from lakeshell.errors import ConfigError, UsageError
from lakeshell.home import Home

DATASETS = "/databricks-datasets"


@dataclass(frozen=True)
class LakeFile:
    """A path as the user knows it (`shown`) and where it lies (`local`).

    `root` is the folder of the lakehouse that holds it; None for a path of the machine itself.
    """

    shown: str
    local: Path
    root: Path | None

    @property
    def is_root(self) -> bool:
        """Whether this is a whole mount."""
        return self.local == self.root

    def child(self, local: Path) -> str:
        """The path, as the user knows it, of something below."""
        below = local.relative_to(self.local)
        return self.shown if below == Path() else f"{self.shown.rstrip('/')}/{below.as_posix()}"


class LakeFiles:
    """Finds paths in one home. `[mounts]` of its settings come before the home's own folders."""

    def __init__(self, home: Home, config: Config) -> None:
        self._home = home
        self._mounts = mounted(config.mounts)
        mounts = {point: path for point, path in self._mounts.items() if isinstance(point, str)}
        datasets = {DATASETS: home.dbfs / DATASETS[1:]}
        self._roots = {"/mnt": home.mnt, "/Volumes": home.volumes, **datasets, **mounts}
        self._dbfs_roots = {"/mnt": home.mnt, "/Volumes": home.volumes, **mounts, "": home.dbfs}

    @property
    def prefixes(self) -> dict[str, Path]:
        """The folders behind the paths that need no scheme; /dbfs/x is dbfs:/x."""
        dbfs = {f"/dbfs{point}": folder for point, folder in self._dbfs_roots.items()}
        return {**self._roots, **dbfs}

    def find(self, text: str) -> LakeFile:
        """The file that `text` means.

        Raises UsageError for a relative path, an unknown scheme and a way out by `..` or a link.
        """
        if (cloud := split_address(text)) is not None:
            bucket, path = cloud
            root = self._mounts.get(bucket) or bucket.folder(self._home)
            return self._below(root, path, text)
        scheme, path = _split_scheme(text)
        if scheme == "file":
            return LakeFile(text, Path(path).resolve(), None)
        if scheme not in ("", "dbfs"):
            raise UsageError(
                f"{text}: there are /mnt/…, /Volumes/…, dbfs:/…, s3://…, abfss://…, gs://… and "
                "paths of this machine."
            )
        if not path.startswith("/"):
            raise UsageError(f"{text} is no whole path.", hint="Begin with / or dbfs:/.")
        # The same links as Spark's mount tables have.
        roots = self._dbfs_roots if scheme else self._roots
        for point in sorted(roots, key=len, reverse=True):
            if path == point or path.startswith(point + "/"):
                return self._below(roots[point], path[len(point) :], text)
        return LakeFile(text, Path(path).resolve(), None)

    def _below(self, root: Path, rest: str, text: str) -> LakeFile:
        """A path below `root`. A link in it may lead to another folder of the lakehouse, as that of
        an external volume does; `..` may not."""
        root = root.resolve()
        named = root / rest.lstrip("/")
        local = named.resolve()
        if _is_in(root, Path(os.path.normpath(named))):
            others = (*self._roots.values(), self._home.dbfs, self._home.cloud)
            for holder in (root, *(other.resolve() for other in others)):
                if _is_in(holder, local):
                    return LakeFile(text, local, holder)
        raise UsageError(f"{text} leads out of the lakehouse.")


def _is_in(folder: Path, path: Path) -> bool:
    return path == folder or folder in path.parents


def mounted(mounts: Mapping[str, str]) -> dict[str | Bucket, Path]:
    """`[mounts]`: folders by the paths or buckets that they are mounted at.

    Raises ConfigError for a point that is neither.
    """
    found: dict[str | Bucket, Path] = {}
    for point, target in mounts.items():
        folder = Path(target).expanduser().resolve()
        try:
            cloud = split_address(point)
        except UsageError as error:
            raise ConfigError(f"[mounts] {error.message}", hint=error.hint) from error
        if cloud is not None and cloud[1] == "/":
            found[cloud[0]] = folder
        elif cloud is None and re.fullmatch(r"(/[^/]+)+/?", point):
            found[point.rstrip("/")] = folder
        else:
            raise ConfigError(
                f"[mounts] {point!r} is neither a path from / on nor a whole bucket.",
                hint='For example: "/mnt/sales" = "/data/sales", "s3://bucket" = "/data/bucket"',
            )
    return found


def _split_scheme(text: str) -> tuple[str, str]:
    """Scheme and path; `/dbfs/x` is how Python on Databricks spells `dbfs:/x`."""
    found = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):/+", text)
    if found:
        return found[1].lower(), "/" + text[found.end() :]
    if text == "/dbfs" or text.startswith("/dbfs/"):
        return "dbfs", text[5:] or "/"
    return "", text
