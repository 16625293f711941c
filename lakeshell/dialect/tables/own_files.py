"""Files of another table copied into a table's folder, as its own."""

from __future__ import annotations

import base64
import re
import shutil
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from lakeshell.dialect.steps import Engine
from lakeshell.dialect.tables.table_folder import TO_Z85, DeltaFolder, file_of
from lakeshell.errors import StatementError

_VECTOR = re.compile(r"deletion_vector_([0-9a-f-]{36})\.bin\Z")


def own_copies(
    engine: Engine, table: DeltaFolder, adds: Iterable[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Copy the files of these `add` actions; the actions by which they are the table's own."""
    vectors: dict[str, Path] = {}
    owned: list[dict[str, Any]] = []
    for add in adds:
        own = {**add, "path": _own_copy(engine, table, add["path"])}
        if add.get("deletionVector"):
            own["deletionVector"] = _own_vector(engine, table, add["deletionVector"], vectors)
        owned.append(own)
    return owned


def _own_copy(engine: Engine, table: DeltaFolder, path: str) -> str:
    """Copy a data file; its path in the log, from now on. `path` is as the log has it."""
    source = file_of(engine, table, unquote(path))
    partition = [part for part in source.parent.parts if "=" in part]
    folder = table.folder.joinpath(*partition)
    place = folder / source.name
    if place.exists():
        place = folder / f"{uuid.uuid4().hex}-{source.name}"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, place)
    return quote("/".join([*partition, place.name]), safe="/=")


def _own_vector(
    engine: Engine, table: DeltaFolder, vector: dict[str, Any], copies: dict[str, Path]
) -> dict[str, Any]:
    """Copy the file that names the deleted rows, once for all that refer to it."""
    if vector["storageType"] != "p":
        return vector  # it stands in the log itself
    where = vector["pathOrInlineDv"]
    source = file_of(engine, table, unquote(where))
    named = _VECTOR.fullmatch(source.name)
    if named is None:
        raise StatementError(f"{source.name} is no file of deletion vectors as Delta names them.")
    if where not in copies:
        copies[where] = table.folder / source.name
        shutil.copyfile(source, copies[where])
    letters = base64.b85encode(uuid.UUID(named[1]).bytes).decode().translate(TO_Z85)
    return {**vector, "storageType": "u", "pathOrInlineDv": letters}
