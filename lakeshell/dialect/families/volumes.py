"""Volumes: folders of the home, reached as /Volumes/<catalog>/<schema>/<volume> everywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from lakeshell.config import load_config
from lakeshell.dialect.ledger import handled
from lakeshell.dialect.names.catalogs import SPARK
from lakeshell.dialect.objects.listings import matches
from lakeshell.dialect.objects.objects import owner_clause, rows, stamp, whole_name
from lakeshell.dialect.objects.schema_objects import volumes_of
from lakeshell.dialect.objects.volume_folders import Name, Volume, Volumes, in_paths, is_good_name
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Action, Answer, Engine, Step
from lakeshell.errors import StatementError, UsageError
from lakeshell.home import Home
from lakeshell.lake_files import LakeFiles
from lakeshell.sql.names import display_name, quote_name

CONSTRUCTS = (
    handled("CREATE VOLUME", "the folder /Volumes/<catalog>/<schema>/<volume> of the lakehouse.",
            "CREATE VOLUME IF NOT EXISTS sales.landing COMMENT 'files of shops'"),
    handled("CREATE EXTERNAL VOLUME", "the folder is a link to its LOCATION where that is a folder "
            "here; a place in a cloud is remembered, and the folder is empty.",
            "CREATE EXTERNAL VOLUME raw LOCATION '/mnt/raw'"),
    handled("DROP VOLUME", "its files are deleted; those of an external one stay.",
            "DROP VOLUME IF EXISTS sales.landing"),
    handled("ALTER VOLUME", "renamed, or given another owner.",
            "ALTER VOLUME landing RENAME TO arrivals"),
    handled("DESCRIBE VOLUME", "what is kept of it.", "DESCRIBE VOLUME sales.landing"),
    handled("SHOW VOLUMES", "those of a schema, folders made without CREATE VOLUME among them.",
            "SHOW VOLUMES IN sales LIKE 'l*'"),
)  # fmt: skip

_COLUMNS = ("name", "catalog", "database", "owner", "storageLocation", "volumeType", "comment")


def whole(reader: Reader) -> Step | None:
    """Statements on volumes, apart from grants, tags and comments."""
    verb = reader.one_of("CREATE", "DROP", "ALTER", "DESCRIBE", "DESC", "SHOW")
    if verb == "SHOW":
        return _show(reader) if reader.words("VOLUMES") else None
    external = verb == "CREATE" and reader.words("EXTERNAL")
    if not verb or not reader.words("VOLUME"):
        return None
    if verb == "CREATE":
        return _create(reader, external)
    if verb == "DROP":
        if_exists = reader.if_exists()
        name = reader.need_name("the name of a volume")
        reader.need_end()
        return Action("DROP VOLUME", partial(_dropped, name, if_exists))
    name = reader.need_name("the name of a volume")
    if verb == "ALTER":
        return _alter(reader, name)
    reader.need_end()
    return Action("DESCRIBE VOLUME", partial(_described, name))


def _create(reader: Reader, external: bool) -> Step:
    if_not_exists = reader.if_not_exists()
    name = reader.need_name("the name of a volume")
    location = comment = None
    while not reader.is_over:
        if reader.words("LOCATION"):
            location = reader.need_string()
        elif reader.words("COMMENT"):
            comment = reader.need_string()
        else:
            raise reader.error("LOCATION, COMMENT or the end of the statement")
    if external and location is None:
        raise reader.error("LOCATION")
    if location is not None and not external:
        raise StatementError(
            "A managed volume has no LOCATION of its own.", hint="Write CREATE EXTERNAL VOLUME."
        )
    fields = {"type": "EXTERNAL" if external else "MANAGED", "location": location,
              "comment": comment, **stamp()}  # fmt: skip
    construct = "CREATE EXTERNAL VOLUME" if external else "CREATE VOLUME"
    return Action(construct, partial(_created, name, if_not_exists, fields))


def _created(
    parts: tuple[str, ...], if_not_exists: bool, fields: dict[str, Any], engine: Engine
) -> Answer:
    name = _name(engine, parts)
    if not all(map(is_good_name, name)):
        raise StatementError(
            f"A volume cannot be called {display_name([name[2]])}: its name is that of a folder, "
            "without spaces, dots and slashes."
        )
    _need_schema(engine, parts)
    link_to = _place(engine, fields["location"]) if fields["location"] else None
    if not Volumes(engine.home).create(name, fields, link_to) and not if_not_exists:
        raise StatementError(
            f"Volume {display_name(name)} already exists.",
            error_class="VOLUME_ALREADY_EXISTS",
            hint="IF NOT EXISTS makes nothing of it.",
        )
    return Answer()


def _place(engine: Engine, location: str) -> Path | None:
    """The folder that a LOCATION means here; None where it is in a cloud."""
    try:
        found = LakeFiles(engine.home, load_config(engine.home)).find(location)
    except UsageError:
        engine.notice(
            f"{location} cannot be reached from here: the volume is an empty folder of the "
            "lakehouse."
        )
        return None
    if found.root is None and not _is_outside(engine.home, found.local):
        raise StatementError(f"{location} is lakeshell's own folder; no volume can be there.")
    return found.local


def _is_outside(home: Home, folder: Path) -> bool:
    """Whether a folder of this machine has nothing to do with the home's own files."""
    root = home.root.resolve()
    return folder != root and root not in folder.parents and folder not in root.parents


def _dropped(parts: tuple[str, ...], if_exists: bool, engine: Engine) -> Answer:
    volume = Volumes(engine.home).find(_name(engine, parts))
    if volume is None and if_exists:
        return Answer()
    Volumes(engine.home).drop(_need(volume, parts))
    return Answer()


def _alter(reader: Reader, name: tuple[str, ...]) -> Step | None:
    if reader.words("RENAME", "TO"):
        new = reader.need_name("the new name of the volume")
        reader.need_end()
        return Action("ALTER VOLUME", partial(_renamed, name, new))
    owner = owner_clause(reader)
    if owner is None:
        return None
    return Action("ALTER VOLUME", partial(_owned, name, owner))


def _owned(parts: tuple[str, ...], owner: str, engine: Engine) -> Answer:
    change_volume(engine, parts, lambda fields: {**fields, "owner": owner})
    return Answer()


def _renamed(parts: tuple[str, ...], new: tuple[str, ...], engine: Engine) -> Answer:
    name = _name(engine, parts)
    volume = _need(Volumes(engine.home).find(name), parts)
    # A bare new name stays in the volume's schema.
    target = _name(engine, new) if len(new) > 1 else (*name[:2], new[0])
    if tuple(p.lower() for p in target[:2]) != tuple(p.lower() for p in name[:2]):
        raise StatementError("A volume can be renamed in its own schema only.")
    if not is_good_name(target[2]):
        raise StatementError(f"A volume cannot be called {display_name([target[2]])}.")
    if Volumes(engine.home).find(target) is not None:
        raise StatementError(
            f"Volume {display_name(target)} already exists.", error_class="VOLUME_ALREADY_EXISTS"
        )
    Volumes(engine.home).rename(volume, target[2])
    return Answer()


def change_volume(
    engine: Engine, parts: Sequence[str], change: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    """Keep other fields of a volume. Raises StatementError when there is none."""
    volume = _need(Volumes(engine.home).find(_name(engine, parts)), parts)
    Volumes(engine.home).change(volume, change(volume.fields))


def _described(parts: tuple[str, ...], engine: Engine) -> Answer:
    volume = _need(Volumes(engine.home).find(_name(engine, parts)), parts)
    fields = volume.fields
    catalog, schema, name = volume.name
    kind = fields.get("type") or "MANAGED"
    location = fields.get("location") or volume.path
    described = (name, catalog, schema, fields.get("owner"), location, kind, fields.get("comment"))
    return rows(_COLUMNS, [described])


def _show(reader: Reader) -> Step:
    place: tuple[str, ...] = ()
    if reader.one_of("IN", "FROM"):
        place = reader.need_name("the name of a schema")
    reader.words("LIKE")
    pattern = reader.string()
    reader.need_end()
    return Action("SHOW VOLUMES", partial(_shown, place, "*" if pattern is None else pattern))


def _shown(place: tuple[str, ...], pattern: str, engine: Engine) -> Answer:
    if place:
        engine.execute(f"DESCRIBE SCHEMA {quote_name(place)}")
    catalog, schema = whole_name(engine, place, 2) if place else _current(engine)
    found = _of_schema(engine.home, catalog, schema)
    return rows(
        ("database", "volumeName"),
        [(schema.lower(), v.name[2]) for v in found if matches(v.name[2], pattern)],
    )


def _of_schema(home: Home, catalog: str, schema: str) -> list[Volume]:
    if catalog == SPARK:
        return volumes_of(home, catalog, schema)
    return Volumes(home).of(in_paths(catalog), schema)


def _current(engine: Engine) -> tuple[str, str]:
    catalog, schema, _ = whole_name(engine, ("",), 3)
    return catalog, schema


def _name(engine: Engine, parts: Sequence[str]) -> Name:
    catalog, schema, name = whole_name(engine, parts, 3)
    return in_paths(catalog), schema.lower(), name


def _need_schema(engine: Engine, parts: Sequence[str]) -> None:
    if len(parts) > 1:
        engine.execute(f"DESCRIBE SCHEMA {quote_name(parts[:-1])}")


def _need(volume: Volume | None, parts: Sequence[str]) -> Volume:
    if volume is None:
        raise StatementError(
            f"Volume {display_name(parts)} does not exist.",
            error_class="VOLUME_DOES_NOT_EXIST",
            hint="SHOW VOLUMES lists those of a schema.",
        )
    return volume
