"""A second name for every file of a folder, so that the folder itself may be deleted.

Delta, Spark and lakeshell write new files and rename them into place; no file of a table is written
into again. So a hard link is as good as a copy, and costs neither time nor space.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

# Where the file system has no links, or the other folder is on another one.
_NO_LINKS = frozenset({
    errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EMLINK, errno.EACCES,
    errno.ENOSYS,
})  # fmt: skip


def link_files(folder: Path, target: Path, *, first: str) -> None:
    """Link what is in `folder` into the new folder `target`, or copy it; OSError when neither can
    be done. The files below `first` are linked before the others: a log that is linked before the
    files it names has them all."""
    target.mkdir(mode=0o700, parents=True)
    (target / first).mkdir()
    _link_entries(folder / first, target / first)
    _link_entries(folder, target, but=first)


def _link_entries(folder: Path, target: Path, but: str = "") -> None:
    for entry in os.scandir(folder):
        if entry.name == but:
            continue
        if entry.is_dir(follow_symlinks=False):
            below = target / entry.name
            below.mkdir()
            _link_entries(folder / entry.name, below)
        else:
            _link(entry.path, f"{target}/{entry.name}")


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        shutil.copy2(source, target, follow_symlinks=False)


def move_folder(folder: Path, target: Path) -> None:
    """Let `folder` be at `target`, where nothing is, all at once; OSError when it cannot be."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.rename(target)
        return
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
    # On another file system: made whole beside the place first. A copy that an earlier attempt has
    # left unfinished begins anew.
    beside = target.with_name(f".{target.name}.{folder.parent.name}")
    shutil.rmtree(beside, ignore_errors=True)
    shutil.copytree(folder, beside, symlinks=True)
    beside.rename(target)
    shutil.rmtree(folder)


def is_empty(folder: Path) -> bool:
    """Whether nothing is in a folder, or there is none."""
    return next(_entries(folder), None) is None


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        yield from os.scandir(folder)
    except FileNotFoundError:
        return
