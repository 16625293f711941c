"""`dbutils.fs`: files and folders by the paths that SQL and Spark use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from lakeshell.dialect.objects.store import Store
from lakeshell.errors import LakeshellError
from lakeshell.home import Home
from lakeshell.lake_files import LakeFiles
from lakeshell.notebooks import lake_operations as lake
from lakeshell.notebooks.current import current
from lakeshell.notebooks.utility import Utility
from lakeshell.session.result import Notice

_MOUNT = "mount"


class ExecutionError(Exception):
    """What `dbutils.fs` raises; the message begins as on Databricks where code looks at it."""


class FileInfo(NamedTuple):
    """A file or folder; `size` in bytes, `modificationTime` in milliseconds since the epoch."""

    path: str
    name: str
    size: int
    modificationTime: int  # noqa: N815, Databricks' name

    def isDir(self) -> bool:  # noqa: N802
        """Whether it is a folder."""
        return self.name.endswith("/")

    def isFile(self) -> bool:  # noqa: N802
        """Whether it is a file."""
        return not self.isDir()

    def asDict(self, recursive: bool = False) -> dict[str, Any]:  # noqa: N802
        """The fields by name, as of a Row."""
        return self._asdict()


class MountInfo(NamedTuple):
    """A mount point and what it stands for."""

    mountPoint: str  # noqa: N815
    source: str
    encryptionType: str  # noqa: N815

    def asDict(self, recursive: bool = False) -> dict[str, Any]:  # noqa: N802
        """The fields by name, as of a Row."""
        return self._asdict()


class FileUtility(Utility):
    """Paths are those of the lakehouse (/mnt/…, /Volumes/…, dbfs:/…, s3://…) and file:/…."""

    _summary = "dbutils.fs: files and folders of the lakehouse."

    def ls(self, path: str) -> list[FileInfo]:
        """List a folder, or a file."""
        with _as_databricks():
            found = _files().find(path)
            entries = lake.listing(_files(), path)
        return [
            FileInfo(
                _shown(entry.path, in_lake=found.root is not None)
                + ("/" if entry.is_folder else ""),
                entry.name,
                entry.size,
                int(entry.modified * 1000),
            )
            for entry in entries
        ]

    def head(self, file: str, max_bytes: int = lake.HEAD) -> str:
        """The first bytes of a file, as text."""
        with _as_databricks():
            text, more = lake.head(_files(), file, max_bytes)
        if more:
            print(f"[Truncated to first {max_bytes} bytes]")
        return text

    def put(self, file: str, contents: str, overwrite: bool = False) -> bool:
        """Write a file of text."""
        with _as_databricks():
            count = lake.put(_files(), file, contents, overwrite=overwrite)
        print(f"Wrote {count} bytes.")
        return True

    def mkdirs(self, dir: str) -> bool:
        """Make a folder, and those above it that are missing."""
        with _as_databricks():
            lake.make_folders(_files(), dir)
        return True

    def cp(self, source: str, target: str, recurse: bool = False) -> bool:
        """Copy a file, or with recurse a folder; what is there is replaced."""
        with _as_databricks():
            lake.copy(_files(), source, target, recursive=recurse)
        return True

    def mv(self, source: str, target: str, recurse: bool = False) -> bool:
        """Move a file, or with recurse a folder."""
        with _as_databricks():
            lake.move(_files(), source, target, recursive=recurse)
        return True

    def rm(self, path: str, recurse: bool = False) -> bool:
        """Delete a file, or with recurse a folder; False when there is none."""
        with _as_databricks():
            found = lake.refuse_to_delete(_files(), path)
            if not found.local.exists() and not found.local.is_symlink():
                return False
            lake.count_files(found, path, recursive=recurse)
            lake.delete(found, path)
        return True

    def mount(
        self,
        source: str,
        mount_point: str,
        encryption_type: str = "",
        owner: str | None = None,
        extra_configs: dict[str, str] | None = None,
    ) -> bool:
        """Remember what a folder under /mnt stands for. No cloud is asked: its files are those
        that are put into the folder."""
        with _as_databricks():
            point = mount_point.rstrip("/")
            lake.make_folders(_files(), point)
            fields = {"source": source, "encryption": encryption_type}
            if not _store().add(_MOUNT, (point,), fields):
                raise LakeshellError(f"Directory already mounted: {point}.")
        folder = _files().find(point).local
        current().tell(
            Notice(
                f"{point} stands for {source}: no cloud is asked, its files are those in {folder}."
            )
        )
        return True

    def updateMount(  # noqa: N802, Databricks' name
        self,
        source: str,
        mount_point: str,
        encryption_type: str = "",
        owner: str | None = None,
        extra_configs: dict[str, str] | None = None,
    ) -> bool:
        """As mount, for a point that is there."""
        with _as_databricks():
            _store().delete(_MOUNT, (mount_point.rstrip("/"),))
        return self.mount(source, mount_point, encryption_type, owner, extra_configs)

    def unmount(self, mount_point: str) -> bool:
        """Forget a mount; the files in its folder stay."""
        with _as_databricks():
            if not _store().delete(_MOUNT, (mount_point.rstrip("/"),)):
                raise LakeshellError(f"Directory not mounted: {mount_point}.")
        current().tell(Notice(f"{mount_point} is forgotten; the files in its folder stay."))
        return True

    def mounts(self) -> list[MountInfo]:
        """What is mounted: by mount(), and by [mounts] in lakeshell.toml."""
        with _as_databricks():
            remembered = remembered_mounts(current().home)
        settings = current().config.mounts
        return [*remembered, *(MountInfo(point, to, "") for point, to in settings.items())]

    def refreshMounts(self) -> bool:  # noqa: N802, Databricks' name
        """Nothing to do: all shells see the same mounts."""
        return True


def remembered_mounts(home: Home) -> list[MountInfo]:
    """What was mounted by mount(), in all shells."""
    return [
        MountInfo(name[0], fields.get("source", ""), fields.get("encryption", ""))
        for name, fields in Store(home).all(_MOUNT)
    ]


def _files() -> LakeFiles:
    return LakeFiles(current().home, current().config)


def _store() -> Store:
    return Store(current().home)


def _shown(path: str, *, in_lake: bool) -> str:
    if in_lake or path.lower().startswith("file:"):
        return lake.as_dbfs(path)
    return f"file:{path}"


@contextmanager
def _as_databricks() -> Iterator[None]:
    """Code for Databricks looks for Java's class in the message of what is not there."""
    try:
        yield
    except LakeshellError as error:
        missing = error.message.startswith("There is no file or folder")
        prefix = "java.io.FileNotFoundException: " if missing else ""
        hint = f" {error.hint}" if error.hint else ""
        raise ExecutionError(f"{prefix}{error.message}{hint}") from None
