"""Which files COPY INTO has loaded into a table, remembered beside the table's log.

A load is noted before its commit, and settled once the commit is known to be there. A process may
die in between; then nobody knows yet whether the load took place, and the next COPY INTO finds out
(`lakeshell.dialect.families.copy_into`). The notes move with the table's folder and go with it.
"""

from __future__ import annotations

import contextlib
import json
import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lakeshell.dialect.tables.table_folder import DeltaFolder

FOLDER = "_lakeshell_copy_into"  # in the log's folder, which VACUUM and clean-ups leave alone
_NOTED, _SETTLED = ".noted", ".json"


@dataclass(frozen=True)
class Load:
    """The `files`, as plain paths, that one COPY INTO puts into a table by one commit.

    `number` counts the loads of a table: of several with one number Delta lets one commit.
    """

    token: str
    number: int
    files: tuple[str, ...]


class CopiedFiles:
    """The loads of one table. A table that replaced another begins anew: its id is another."""

    def __init__(self, table: DeltaFolder) -> None:
        self._table = table.id
        self._folder = table.log / FOLDER

    def settled(self) -> list[Load]:
        """Loads that took place."""
        return self._read(_SETTLED)

    def noted(self) -> list[Load]:
        """Loads of which it is not known whether they took place."""
        return self._read(_NOTED)

    def note(self, files: Sequence[str]) -> Load:
        """A load begins."""
        number = max((load.number for load in self.settled()), default=0) + 1
        load = Load(uuid.uuid4().hex, number, tuple(files))
        self._write(load, _NOTED)
        return load

    def replace(self, loads: Sequence[Load]) -> None:
        """The table now holds what these have loaded into another one, and nothing else."""
        known = [*self.settled(), *self.noted()]
        # The table's own number goes on: Delta has seen it.
        number = max((load.number for load in self.settled()), default=0)
        if loads or known:
            files = tuple(path for load in loads for path in load.files)
            self._write(Load(uuid.uuid4().hex, number, files), _SETTLED)
        for load in known:
            for suffix in (_SETTLED, _NOTED):
                self._path(load, suffix).unlink(missing_ok=True)

    def settle(self, load: Load) -> None:
        """It took place. Others of the same number can no longer take place: they are forgotten."""
        with contextlib.suppress(FileNotFoundError):  # another shell has settled it
            self._path(load, _NOTED).rename(self._path(load, _SETTLED))
        for other in self.noted():
            if other.number <= load.number:
                self.forget(other)

    def forget(self, load: Load) -> None:
        """It did not take place and never will."""
        self._path(load, _NOTED).unlink(missing_ok=True)

    def _write(self, load: Load, suffix: str) -> None:
        self._folder.mkdir(exist_ok=True)
        path = self._path(load, suffix)
        unseen = path.with_suffix(".tmp")
        with unseen.open("w", encoding="utf-8") as file:
            content = {"table": self._table, "number": load.number, "files": load.files}
            json.dump(content, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        unseen.rename(path)

    def _path(self, load: Load, suffix: str) -> Path:
        return self._folder / (load.token + suffix)

    def _read(self, suffix: str) -> list[Load]:
        found: list[Load] = []
        for path in self._folder.glob(f"*{suffix}"):
            with contextlib.suppress(FileNotFoundError):
                content = json.loads(path.read_text(encoding="utf-8"))
                if content["table"] == self._table:
                    number, files = content["number"], tuple(content["files"])
                    found.append(Load(path.stem, number, files))
        return found
