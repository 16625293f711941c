"""Volumes: folders `/Volumes/<catalog>/<schema>/<volume>` of the home, and what is said of them.

A folder that code has made without CREATE VOLUME is a volume, too: its paths work all the same.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lakeshell.dialect.names.catalogs import OTHER_NAMES, SPARK
from lakeshell.dialect.objects.store import Store
from lakeshell.errors import CommandError
from lakeshell.home import Home

KIND = "volume"
"""The kind of a volume in the store; names have three parts."""

_GOOD = re.compile(r"[^\s./\\\x00-\x1f\x7f]+\Z")

Name = tuple[str, str, str]


@dataclass(frozen=True)
class Volume:
    """`name` as in its path; `fields`: type, location, comment, owner and so on, or nothing."""

    name: Name
    fields: dict[str, Any]

    @property
    def path(self) -> str:
        """How code names it."""
        return "/".join(("/Volumes", *self.name))


def in_paths(catalog: str) -> str:
    """A catalog's name in paths; Spark's own is Databricks' first one there."""
    return OTHER_NAMES[0] if catalog.lower() == SPARK else catalog.lower()


class Volumes:
    """Those of one home. Methods raise CommandError when the disk or the store refuses."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._store = Store(home)

    def find(self, name: Name) -> Volume | None:
        """The volume of this name, whatever its letters' case."""
        catalog, schema, volume = (part.lower() for part in name)
        return next((v for v in self.of(catalog, schema) if v.name[2].lower() == volume), None)

    def of(self, catalog: str, schema: str) -> list[Volume]:
        """Those of a schema, by name."""
        stored = {name[2]: fields for name, fields in self._store.all(KIND, (catalog, schema))}
        folders = {name[2].lower(): name for name in self._folders(catalog, schema)}
        found = [
            Volume(folders.get(key, (catalog, schema, key)), stored.get(key, {}))
            for key in {*stored, *folders}
        ]
        return sorted(found, key=lambda volume: volume.name[2].lower())

    def create(self, name: Name, fields: dict[str, Any], link_to: Path | None) -> bool:
        """Make the folder, or a link to one; False when there is such a volume in the store."""
        catalog, schema, volume = (part.lower() for part in name)
        if not self._store.add(KIND, (catalog, schema, volume), fields):
            return False
        found = next(
            (one for one in self._folders(catalog, schema) if one[2].lower() == volume), None
        )
        folder = self._home.volume(*(found or (catalog, schema, volume)))
        try:
            if link_to is None:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            else:
                link_to.mkdir(mode=0o700, parents=True, exist_ok=True)
                folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                folder.symlink_to(link_to, target_is_directory=True)
        except OSError as error:
            self._store.delete(KIND, (catalog, schema, volume))
            raise _failed(folder, error) from error
        return True

    def change(self, volume: Volume, fields: dict[str, Any]) -> None:
        """Remember other fields."""
        self._store.put(KIND, volume.name, fields)

    def rename(self, volume: Volume, name: str) -> None:
        """Give it another name in its schema."""
        catalog, schema, _ = volume.name
        old, new = self._home.volume(*volume.name), self._home.volume(catalog, schema, name.lower())
        try:
            if old.is_symlink() or old.exists():
                old.rename(new)
        except OSError as error:
            raise _failed(old, error) from error
        self._store.put(KIND, (catalog, schema, name), volume.fields)
        self._store.delete(KIND, volume.name)

    def drop(self, volume: Volume) -> None:
        """Forget it, and delete its files; of an external one only the link."""
        folder = self._home.volume(*volume.name)
        try:
            if folder.is_symlink():
                folder.unlink()
            elif folder.is_dir():
                shutil.rmtree(folder)
        except OSError as error:
            raise _failed(folder, error) from error
        self._store.delete(KIND, volume.name)

    def _folders(self, catalog: str, schema: str) -> Iterator[Name]:
        """The names in paths of the folders of a schema, whatever their letters' case."""
        for at in _named(self._home.volumes, catalog):
            for folder in _named(at, schema):
                for volume in _entries(folder):
                    yield at.name, folder.name, volume.name


def is_good_name(name: str) -> bool:
    """Whether a volume may be called so: it becomes a folder."""
    return bool(_GOOD.match(name))


def _named(folder: Path, name: str) -> list[Path]:
    return [entry for entry in _entries(folder) if entry.name.lower() == name.lower()]


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(
            entry for entry in folder.iterdir() if entry.is_dir() and _GOOD.match(entry.name)
        )
    except OSError:
        return []


def _failed(folder: Path, error: OSError) -> CommandError:
    return CommandError(f"{folder} cannot be changed: {error.strerror or error}.")
