"""What `%fs` and `dbutils.fs` do with files and folders, by lakehouse paths.

All raise CommandError or UsageError, in words for the user.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lakeshell.errors import CommandError, UsageError
from lakeshell.lake_files import LakeFile, LakeFiles

HEAD = 65_536  # bytes, as on Databricks


@dataclass(frozen=True)
class Entry:
    """`path` begins as the user's did; `size` in bytes, `modified` in seconds since the epoch."""

    path: str
    name: str
    size: int
    modified: float
    is_folder: bool


@contextmanager
def worded(path: str) -> Iterator[None]:
    """Errors of the machine, told in a sentence."""
    try:
        yield
    except FileNotFoundError as error:
        raise CommandError(f"There is no file or folder {path}.") from error
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror or error}.") from error


def listing(files: LakeFiles, path: str) -> list[Entry]:
    """What lies in a folder, in the order of the names; of a file, itself."""
    found = files.find(path)
    with worded(path):
        entries = sorted(found.local.iterdir()) if found.local.is_dir() else [found.local]
        listed = [(entry, entry.lstat(), entry.is_dir()) for entry in entries]
    return [
        Entry(
            path=found.child(entry),
            name=entry.name + ("/" if folder else ""),
            size=0 if folder else stat.st_size,
            modified=stat.st_mtime,
            is_folder=folder,
        )
        for entry, stat, folder in listed
    ]


def head(files: LakeFiles, path: str, count: int = HEAD) -> tuple[str, bool]:
    """The first bytes of a file as text, and whether there are more."""
    local = files.find(path).local
    with worded(path), local.open("rb") as file:
        text = file.read(count)
        more = bool(file.read(1))
    return text.decode("utf-8", "replace"), more


def put(files: LakeFiles, path: str, contents: str, *, overwrite: bool = False) -> int:
    """Write a file of text; the number of bytes."""
    local = files.find(path).local
    if local.exists() and not overwrite:
        raise CommandError(f"{path} exists already.", hint="overwrite=True replaces it.")
    raw = contents.encode("utf-8", "surrogateescape")
    with worded(path):
        local.parent.mkdir(parents=True, exist_ok=True)
        local.write_bytes(raw)
    return len(raw)


def make_folders(files: LakeFiles, path: str) -> None:
    """Make a folder, and those above it that are missing."""
    with worded(path):
        files.find(path).local.mkdir(parents=True, exist_ok=True)


def copy(
    files: LakeFiles, source: str, target: str, *, recursive: bool, overwrite: bool = True
) -> None:
    """Copy a file, or a folder and all in it; into `target` if that is a folder."""
    origin, place = _from_to(files, source, target, recursive=recursive, overwrite=overwrite)
    with worded(source):
        place.parent.mkdir(parents=True, exist_ok=True)
        if origin.is_dir():
            shutil.copytree(origin, place, dirs_exist_ok=overwrite)
        else:
            shutil.copyfile(origin, place)


def move(
    files: LakeFiles, source: str, target: str, *, recursive: bool, overwrite: bool = True
) -> None:
    """Move a file, or a folder and all in it; into `target` if that is a folder."""
    refuse_to_delete(files, source)
    origin, place = _from_to(files, source, target, recursive=recursive, overwrite=overwrite)
    with worded(source):
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.is_dir():
            raise CommandError(f"{target} has a folder {place.name} already.")
        shutil.move(origin, place)


def _from_to(
    files: LakeFiles, source: str, target: str, *, recursive: bool, overwrite: bool
) -> tuple[Path, Path]:
    origin, place = files.find(source).local, files.find(target).local
    if target.endswith("/") or place.is_dir():
        place = place / origin.name
    if origin.is_dir() and not recursive:
        raise UsageError(f"{source} is a folder.", hint="--recursive (recurse=True) takes it.")
    if place.exists() and not overwrite:
        raise CommandError(f"{target} exists already.", hint="--overwrite replaces it.")
    if place == origin or origin in place.parents:
        raise UsageError("A folder cannot be copied into itself.")
    with worded(source):
        origin.stat()
    return origin, place


def refuse_to_delete(files: LakeFiles, path: str) -> LakeFile:
    """The file that `path` means, unless it must not be deleted.

    What is not in the lakehouse is the person's own: a file may go when it is named by `file:/`,
    a folder only where the machine keeps temporary ones.
    """
    found = files.find(path)
    if found.root is None:
        named = path.lower().startswith("file:") and not found.local.is_dir()
        if not named and Path(tempfile.gettempdir()).resolve() not in found.local.parents:
            raise UsageError(f"{path} is not in the lakehouse.", hint=f"%sh rm {path}")
    elif found.is_root:
        raise UsageError(f"{path} is a whole mount; delete what is in it.")
    return found


def count_files(found: LakeFile, path: str, *, recursive: bool) -> int:
    """How many files would be deleted."""
    with worded(path):
        folder = found.local.is_dir()
        found.local.lstat()
    if folder and not recursive:
        raise UsageError(f"{path} is a folder.", hint="--recursive (recurse=True) deletes it.")
    return sum(1 for below in found.local.rglob("*") if below.is_file()) if folder else 1


def delete(found: LakeFile, path: str) -> None:
    """Delete a file, or a folder and all in it, for good."""
    with worded(path):
        if found.local.is_dir() and not found.local.is_symlink():
            shutil.rmtree(found.local)
        else:
            found.local.unlink()


def as_dbfs(path: str) -> str:
    """The path as `dbutils.fs` tells it: with its scheme, as on Databricks."""
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", path):
        return path
    if path == "/dbfs" or path.startswith("/dbfs/"):
        return f"dbfs:{path[5:] or '/'}"
    return f"dbfs:{path}"
