"""Where a table's files lie on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lakeshell.config import load_config
from lakeshell.dialect.files.file_relations import plain
from lakeshell.dialect.steps import Engine
from lakeshell.errors import StatementError, UsageError
from lakeshell.home import Home
from lakeshell.lake_files import LakeFiles
from lakeshell.sql.names import quote_name

_WAREHOUSE = "viewfs://lake/warehouse/"
LOG = "_delta_log"

# Delta writes the UUIDs of files in the letters of Z85; Python's base85 has others for the digits.
_B85 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
_Z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
TO_Z85 = str.maketrans(_B85, _Z85)
FROM_Z85 = str.maketrans(_Z85, _B85)


@dataclass(frozen=True)
class DeltaFolder:
    """A Delta table: `id` is what its log calls it, `folder` where it lies."""

    id: str
    folder: Path

    @property
    def log(self) -> Path:
        """Its commits."""
        return self.folder / LOG


def delta_folder(engine: Engine, name: tuple[str, ...], what: str) -> DeltaFolder:
    """The folder of the Delta table `name`, for the statement that is called `what`.

    Raises StatementError when it is no Delta table or not on this machine.
    """
    (detail,) = engine.rows(f"DESCRIBE DETAIL {quote_name(name)}")
    if detail["format"] != "delta":
        raise StatementError(f"{what} needs a Delta table; {'.'.join(name)} is not one.")
    try:
        folder = local_path(engine, detail["location"])
    except UsageError as error:
        raise StatementError(f"{what} needs a table on this machine: {error.message}") from error
    return DeltaFolder(detail["id"], folder)


def file_of(engine: Engine, table: DeltaFolder, path: str) -> Path:
    """A file of the table; `path` as the log has it, decoded.

    Raises StatementError when it is not on this machine.
    """
    try:
        return local_path(engine, path) if ":/" in path else table.folder / path
    except UsageError as error:
        raise StatementError(f"A file of the table cannot be found: {error.message}") from error


def local_path(engine: Engine, location: str) -> Path:
    """The place on this machine of a path as Spark or the user names it; UsageError for others."""
    return place_in(engine.home, location)


def place_in(home: Home, location: str) -> Path:
    """The same, where there is only the home."""
    if location.startswith(_WAREHOUSE):
        return home.warehouse.joinpath(location[len(_WAREHOUSE) :])
    return LakeFiles(home, load_config(home)).find(plain(location)).local
