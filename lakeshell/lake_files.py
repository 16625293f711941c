"""Paths of the lakehouse (/mnt/…, /Volumes/…, dbfs:/…) as files of this machine, and no others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from lakeshell.config import Config
from lakeshell.errors import UsageError
from lakeshell.home import Home


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
        mounts = {
            point.rstrip("/"): Path(target).expanduser().resolve()
            for point, target in config.mounts.items()
        }
        self._roots = {"/mnt": home.mnt, "/Volumes": home.volumes, **mounts}
        self._dbfs_roots = {"/mnt": home.mnt, "/Volumes": home.volumes, "": home.dbfs}

    def find(self, text: str) -> LakeFile:
        """The file that `text` means.

        Raises UsageError for a relative path, an unknown scheme and a way out by `..` or a link.
        """
        scheme, path = _split_scheme(text)
        if scheme == "file":
            return LakeFile(text, Path(path).resolve(), None)
        if scheme not in ("", "dbfs"):
            raise UsageError(
                f"{text}: %fs knows /mnt/…, /Volumes/…, dbfs:/… and paths of this machine."
            )
        if not path.startswith("/"):
            raise UsageError(f"{text} is no whole path.", hint="Begin with / or dbfs:/.")
        # The same links as Spark's mount tables: dbfs:/ knows /mnt and /Volumes and is a folder otherwise.
        roots = self._dbfs_roots if scheme else self._roots
        for point in sorted(roots, key=len, reverse=True):
            if path == point or path.startswith(point + "/"):
                return _below(roots[point], path[len(point) :], text)
        return LakeFile(text, Path(path).resolve(), None)


def _split_scheme(text: str) -> tuple[str, str]:
    """Scheme and path; `/dbfs/x` is how Python on Databricks spells `dbfs:/x`."""
    found = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):/+", text)
    if found:
        return found[1].lower(), "/" + text[found.end() :]
    if text == "/dbfs" or text.startswith("/dbfs/"):
        return "dbfs", text[5:] or "/"
    return "", text


def _below(root: Path, rest: str, text: str) -> LakeFile:
    root = root.resolve()
    local = (root / rest.lstrip("/")).resolve()
    if local != root and root not in local.parents:
        raise UsageError(f"{text} leads out of the lakehouse.")
    return LakeFile(text, local, root)
