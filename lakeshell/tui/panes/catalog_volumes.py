"""Volumes: the folders `/Volumes/<catalog>/<schema>/<volume>`, found by catalog and schema."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from lakeshell.tui.panes.catalog_folders import Entry

ROOT = "/Volumes"


class Volume(NamedTuple):
    """A volume; `path` as code writes it, `catalog` as it stands there."""

    name: str
    path: str
    catalog: str


class VolumeNames:
    """The volumes in what `entries` tells of folders, which is None for what is being read.

    A folder is no name of Spark's, which has all of them in small letters: `Sales` is the folder of
    the schema `sales`, as it would be on Databricks.
    """

    def __init__(self, entries: Callable[[str], Sequence[Entry] | None]) -> None:
        self._entries = entries
        self._indexed: dict[str, dict[str, list[str]]] = {}

    def of(self, catalogs: Collection[str], schema: str) -> list[Volume]:
        """Those of a schema whose catalog has one of these names in paths, by name."""
        return sorted(
            Volume(name, f"{ROOT}/{catalog}/{folder}/{name}", catalog)
            for wanted in catalogs
            for catalog in self._named(ROOT, wanted)
            for folder in self._named(f"{ROOT}/{catalog}", schema)
            for name in self._folders(f"{ROOT}/{catalog}/{folder}")
        )

    def _folders(self, path: str) -> list[str]:
        return [entry.name for entry in self._entries(path) or () if entry.is_folder]

    def _named(self, path: str, name: str) -> list[str]:
        """The folders in `path` that have this name, whatever its letters' case."""
        if path not in self._indexed:
            index = self._indexed[path] = {}
            for folder in self._folders(path):
                index.setdefault(folder.lower(), []).append(folder)
        return self._indexed[path].get(name.lower(), [])
