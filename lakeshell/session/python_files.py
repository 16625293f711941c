"""Python's own access to files of the lakehouse while a cell runs: `open("/dbfs/…")` and the like.

On Databricks /dbfs, /Volumes and /mnt are folders of the machine; here they are folders of the
home. `open` and the functions of `os` are replaced while a cell runs, and take paths under these
prefixes there; every other path goes through untouched. What is built on them follows: pathlib,
shutil, glob, csv, json, pandas. What opens files in C does not: pyarrow by path, sqlite3, Python's
own imports, other processes.
"""

from __future__ import annotations

import builtins
import functools
import io
import os
import posixpath
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lakeshell.config import load_config
from lakeshell.home import Home
from lakeshell.lake_files import LakeFiles

# Functions of os by how many of their first arguments are paths, and the names of these.
_ONE = ("access", "chdir", "chmod", "chown", "getxattr", "listdir", "listxattr", "lstat", "mkdir",
        "mkfifo", "open", "readlink", "remove", "removexattr", "rmdir", "setxattr", "stat",
        "statvfs", "truncate", "unlink", "utime")  # fmt: skip
_TWO = ("link", "rename", "replace", "symlink")
# Modules that have taken `open` to themselves when they were imported.
_TAKEN = (("bz2", "_builtin_open"), ("tarfile", "bltn_open"), ("tokenize", "_builtin_open"))
# Classes that have taken functions of os: pathlib of Python 3.10, glob of 3.13.
_TAKEN_BY_CLASSES = (("pathlib", "_NormalAccessor"), ("glob", "_StringGlobber"))


@contextmanager
def lake_files_in_python(home: Home | None) -> Iterator[None]:
    """While this lasts, Python finds the files of `home`; of nothing, when there is none.

    It may be entered again inside; the innermost home counts.
    """
    if home is None:
        yield
        return
    _stack.append(_translation(home))
    _install()
    try:
        yield
    finally:
        _stack.pop()
        if not _stack:
            _remove()


class Translation:
    """From the paths that people write to those of this machine, by prefix."""

    def __init__(self, prefixes: dict[str, Path]) -> None:
        self._prefixes = sorted(prefixes.items(), key=lambda one: len(one[0]), reverse=True)
        self._first = tuple({f"/{prefix.split('/')[1]}" for prefix in prefixes})

    def local(self, path: Any) -> Any:
        """`path` where it lies; the very same object where it is none of the lakehouse."""
        if isinstance(path, int) or path is None:
            return path
        try:
            text = os.fspath(path)
        except TypeError:
            return path  # whoever gets it says what is wrong with it
        if isinstance(text, bytes):
            found = self._find(os.fsdecode(text))
            return path if found is None else os.fsencode(found)
        found = self._find(text)
        return path if found is None else found

    def _find(self, text: str) -> str | None:
        if not text.startswith(self._first):
            return None
        # `/mnt/../etc` is no path of the lakehouse. A last slash says that it must be a folder.
        plain = posixpath.normpath(text)
        for prefix, folder in self._prefixes:
            if plain == prefix or plain.startswith(prefix + "/"):
                return str(folder) + plain[len(prefix) :] + ("/" if text.endswith("/") else "")
        return None


@functools.lru_cache(maxsize=8)
def _translation(home: Home) -> Translation:
    return Translation(LakeFiles(home, load_config(home)).prefixes)


class _Entries:
    """What os.scandir gives, named by the path that was asked for."""

    def __init__(self, entries: Any, shown: str) -> None:
        self._entries = entries
        self._shown = shown

    def __iter__(self) -> _Entries:
        return self

    def __next__(self) -> _Entry:
        return _Entry(next(self._entries), self._shown)

    def __enter__(self) -> _Entries:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the folder go."""
        self._entries.close()


class _Entry:
    """An os.DirEntry under another path."""

    def __init__(self, entry: Any, shown: str) -> None:
        self._entry = entry
        self.name: Any = entry.name
        self.path: Any = os.path.join(shown, entry.name)  # noqa: PTH118, bytes stay bytes

    def __fspath__(self) -> Any:
        return self.path

    def __getattr__(self, name: str) -> Any:
        return getattr(self._entry, name)

    def __repr__(self) -> str:
        return repr(self._entry)


_stack: list[Translation] = []
_lock = threading.Lock()
_replaced: dict[tuple[Any, str], Any] = {}  # what stood there


def _install() -> None:
    with _lock:
        if _replaced:
            return
        for owner, name, new in _replacements():
            _replaced[owner, name] = vars(owner)[name]
            setattr(owner, name, new)


def _remove() -> None:
    with _lock:
        for (owner, name), plain in _replaced.items():
            setattr(owner, name, plain)
        _replaced.clear()


def _replacements() -> Iterator[tuple[Any, str, Any]]:
    """Every place where one of the functions stands: owner, name, what is put there."""
    new_open, of_os = _functions()
    yield builtins, "open", new_open
    yield io, "open", new_open
    for name, new in of_os.items():
        yield os, name, new
    for module, name in _TAKEN:
        if hasattr(sys.modules.get(module), name):
            yield sys.modules[module], name, new_open
    for module, within in _TAKEN_BY_CLASSES:
        owner = getattr(sys.modules.get(module), within, None)
        if owner is not None:
            for name, new in {**of_os, "open": new_open}.items():
                if name in vars(owner):
                    yield owner, name, staticmethod(new)


@functools.cache
def _functions() -> tuple[Any, dict[str, Any]]:
    """`open`, and those of os by name; made once, because os has sets of functions by identity."""
    of_os = {name: _translated(getattr(os, name), 1) for name in _ONE if hasattr(os, name)}
    of_os |= {name: _translated(getattr(os, name), 2) for name in _TWO}
    of_os["scandir"] = _scanning(os.scandir)
    for able in (os.supports_fd, os.supports_dir_fd, os.supports_follow_symlinks):
        # By these sets shutil and others choose how to work.
        able.update(new for name, new in of_os.items() if getattr(os, name) in able)
    return _translated(builtins.open, 1), of_os


def _translated(plain: Callable[..., Any], count: int) -> Any:
    """`plain` with its first `count` arguments, named or not, as paths of this machine."""
    names = ("src", "dst") if count == 2 else ("path", "file")

    @functools.wraps(plain)
    def replaced(*arguments: Any, **named: Any) -> Any:
        if not _stack:
            return plain(*arguments, **named)
        local = _stack[-1].local
        asked = [*arguments[:count], *(named[name] for name in names if name in named)]
        where = [local(path) for path in asked]
        if all(one is other for one, other in zip(asked, where, strict=True)):
            return plain(*arguments, **named)
        positional = len(arguments[:count])
        later = zip([name for name in names if name in named], where[positional:], strict=True)
        with _shown(asked, where):
            return plain(*where[:positional], *arguments[count:], **{**named, **dict(later)})

    return replaced


def _scanning(plain: Callable[..., Any]) -> Any:
    @functools.wraps(plain)
    def scandir(path: Any = ".") -> Any:
        local = _stack[-1].local(path) if _stack else path
        if local is path:
            return plain(path)
        with _shown([path], [local]):
            return _Entries(plain(local), os.fspath(path))

    return scandir


@contextmanager
def _shown(asked: list[Any], local: list[Any]) -> Iterator[None]:
    """An error names the path that was asked for."""
    try:
        yield
    except OSError as error:
        for path, where in zip(asked, local, strict=True):
            if path is not where:
                if error.filename == where:
                    error.filename = os.fspath(path)
                if error.filename2 == where:
                    error.filename2 = os.fspath(path)
        raise
