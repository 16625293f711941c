"""One line of the catalog tree, and what its key tells."""

from __future__ import annotations

from typing import NamedTuple

Key = tuple[str, ...]
"""What a line is known by: its kind and the names that lead to it. Keys of paths end with the path;
those inside a volume begin with the catalog and schema that the volume is shown in."""

RELATIONS = frozenset({"table", "view", "temp view"})
PATHS = frozenset({"folder", "file", "volume"})
"""Kinds whose name is a path: `parts` holds nothing else."""
OPENS = RELATIONS | {"catalog", "schema", "folder", "volume", "group"}
"""Kinds with something below them."""

TEMP_VIEWS: Key = ("group", "temporary views")
STREAMS: Key = ("streams",)
_VOLUME = len(["", "Volumes", "catalog", "schema", "volume"])


class Line(NamedTuple):
    """One line. `label` and `detail` are as they come from data: the widget neutralises them.

    `kind` is catalog, schema, table, view, temp view, function, column, volume, folder, file,
    stream, group or note. `parts` is the name in SQL, of a path the path, of a stream its name.
    `marked` is the current schema; `state` is a stream's: running, stopped or failed.
    """

    key: Key
    kind: str
    depth: int
    label: str
    detail: str = ""
    parts: tuple[str, ...] = ()
    is_open: bool = False
    marked: bool = False
    state: str = ""

    @property
    def opens(self) -> bool:
        """Whether there may be lines below it."""
        return self.kind in OPENS


def note(key: Key, depth: int, text: str) -> Line:
    """A remark on the line that has `key`."""
    return Line(("note", *key), "note", depth, text)


def volumes_key(catalog: str, schema: str) -> Key:
    """The group of a schema's volumes."""
    return ("volumes", catalog, schema)


def keys_above(line: Line) -> list[Key]:
    """What has to be open for a line to be seen."""
    key = line.key
    if line.kind in PATHS:
        return _above_path(key)
    if line.kind == "stream":
        return [STREAMS]
    if line.kind == "temp view" or key == TEMP_VIEWS:
        return [TEMP_VIEWS]
    if key[0] == "volumes":
        return [("catalog", key[1]), ("schema", *key[1:])]
    parts = line.parts if line.kind != "column" else key[2:-1]
    keys: list[Key] = [("catalog", parts[0])] if parts else []
    if len(parts) > 2:
        keys.append(("schema", *parts[:2]))
    return keys


def _above_path(key: Key) -> list[Key]:
    inside, path = key[1:-1], key[-1].split("/")
    if not inside:
        return [("folder", "/".join(path[:end])) for end in range(2, len(path))]
    catalog, schema = inside
    keys: list[Key] = [
        ("catalog", catalog),
        ("schema", catalog, schema),
        volumes_key(catalog, schema),
    ]
    for end in range(_VOLUME, len(path)):
        kind = "volume" if end == _VOLUME else "folder"
        keys.append((kind, *inside, "/".join(path[:end])))
    return keys
