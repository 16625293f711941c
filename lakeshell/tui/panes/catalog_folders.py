"""Folders of the home that code sees as `/Volumes` and `/mnt`: listed in the background."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from lakeshell.home import Home
from lakeshell.render.metrics import format_bytes
from lakeshell.tui.threads import in_background


class Entry(NamedTuple):
    """A file or folder; `size` in words, empty for a folder."""

    name: str
    is_folder: bool
    size: str = ""


class Folders:
    """What is in the folders that were asked for. `on_change` is called, in another thread, when
    that is known, or is not what it was."""

    def __init__(self, home: Home, on_change: Callable[[], object]) -> None:
        self._roots = {"/Volumes": home.volumes, "/mnt": home.mnt}
        self._on_change = on_change
        self._known: dict[str, Sequence[Entry]] = {}
        self._asked: set[str] = set()
        self._asked_again: set[str] = set()  # while they were being read
        self._lock = threading.Lock()

    @property
    def roots(self) -> list[tuple[str, str]]:
        """Label and path of the folders at the top."""
        return [(path, path) for path in self._roots]

    def entries(self, path: str) -> Sequence[Entry] | None:
        """What is in a folder as far as is known; None while it is read for the first time."""
        if path not in self._known:
            self._ask(path)
        return self._known.get(path)

    def look_again(self, paths: Sequence[str]) -> None:
        """Read these folders anew."""
        for path in paths:
            self._ask(path)

    def local(self, path: str) -> Path:
        """Where a folder lies on this machine."""
        root = next(r for r in self._roots if path == r or path.startswith(f"{r}/"))
        return self._roots[root] / path[len(root) :].lstrip("/")

    def _ask(self, path: str) -> None:
        with self._lock:
            if path in self._asked:
                self._asked_again.add(path)
                return
            self._asked.add(path)
        in_background(lambda: self._read(path), "folders")

    def _read(self, path: str) -> None:
        reads = True
        while reads:
            entries = _listed(self.local(path))
            with self._lock:
                changed = self._known.get(path) != entries
                self._known[path] = entries
                reads = path in self._asked_again
                self._asked_again.discard(path)
                if not reads:
                    self._asked.discard(path)
            if changed:
                self._on_change()


def _listed(folder: Path) -> list[Entry]:
    """Folders first; nothing where nothing can be read."""
    found = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    is_folder = entry.is_dir()
                    size = "" if is_folder else format_bytes(entry.stat().st_size)
                except OSError:
                    is_folder, size = False, ""
                found.append(Entry(entry.name, is_folder, size))
    except OSError:
        return []
    return sorted(found, key=lambda e: (not e.is_folder, e.name.lower()))
