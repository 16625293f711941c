"""The lines of folders, files and volumes in the catalog tree."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Protocol

from lakeshell.tui.panes.catalog_folders import Entry
from lakeshell.tui.panes.catalog_line import Key, Line, note, volumes_key
from lakeshell.tui.panes.catalog_volumes import Volume

_MOST_ENTRIES = 1000


class Paths(Protocol):
    """What is known of folders by now."""

    def entries(self, path: str) -> Sequence[Entry] | None:
        """What is in a folder; None while it is being read."""

    def volumes(self, catalog: str, schema: str) -> Sequence[Volume]:
        """The volumes of a schema."""


class PathLines:
    """With `wanted`, in small letters, only lines whose names hold it, and what leads there. Files
    are looked for in open folders only."""

    def __init__(self, paths: Paths, opened: Collection[Key], wanted: str) -> None:
        self._paths = paths
        self._opened = opened
        self._wanted = wanted

    def folder(
        self, label: str, path: str, depth: int, *, inside: tuple[str, ...] = ()
    ) -> Iterator[Line]:
        """A folder and what is in it; `inside` the catalog and schema of its volume."""
        line = Line(("folder", *inside, path), "folder", depth, label, "", (path,))
        return self._with_entries(line, inside, hit=self._wanted in label.lower())

    def volumes(self, catalog: str, schema: str) -> Iterator[Line]:
        """The group of a schema's volumes, if it has any; `a.b` looks for `b…` in a schema `…a`."""
        volumes = self._paths.volumes(catalog, schema)
        key = volumes_key(catalog, schema)
        is_open = bool(self._wanted) or key in self._opened
        below: list[Line] = []
        if is_open:
            for volume in volumes[:_MOST_ENTRIES]:
                below += self._volume(volume, catalog, schema)
        if not volumes or (self._wanted and not below):
            return
        yield Line(key, "group", 2, "volumes", str(len(volumes)), (), is_open)
        yield from below
        if is_open and len(volumes) > _MOST_ENTRIES:
            yield _more(key, 3, len(volumes))

    def _volume(self, volume: Volume, catalog: str, schema: str) -> Iterator[Line]:
        key = ("volume", catalog, schema, volume.path)
        name = f"{schema}.{volume.name}" if "." in self._wanted else volume.name
        other = volume.catalog if volume.catalog.lower() != catalog.lower() else ""
        line = Line(key, "volume", 3, volume.name, other, (volume.path,))
        return self._with_entries(line, (catalog, schema), hit=self._wanted in name.lower())

    def _with_entries(self, line: Line, inside: tuple[str, ...], *, hit: bool) -> Iterator[Line]:
        path, depth = line.parts[0], line.depth + 1
        is_open = line.key in self._opened
        entries = self._paths.entries(path) if is_open else None
        below: list[Line] = []
        for entry in (entries or ())[:_MOST_ENTRIES]:
            inner = f"{path}/{entry.name}"
            if entry.is_folder:
                below += self.folder(entry.name, inner, depth, inside=inside)
            elif self._wanted in entry.name.lower():
                key = ("file", *inside, inner)
                below.append(Line(key, "file", depth, entry.name, entry.size, (inner,)))
        if self._wanted and not (hit or below):
            return
        count = "" if entries is None else str(len(entries))
        detail = "  ".join(filter(None, (line.detail, count)))
        yield line._replace(detail=detail, is_open=is_open)
        yield from below
        if is_open and not below and not self._wanted:
            yield note(line.key, depth, "reading …" if entries is None else "empty")
        elif entries is not None and len(entries) > _MOST_ENTRIES:
            yield _more(line.key, depth, len(entries))


def _more(key: Key, depth: int, count: int) -> Line:
    return note((*key, "more"), depth, f"and {count - _MOST_ENTRIES} more")
