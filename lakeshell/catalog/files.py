"""Completion of paths: real ones, and those that mean folders of the lakehouse home."""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from lakeshell.catalog.candidates import Candidate
from lakeshell.home import Home

_MOST_READ = 2000  # entries of a folder


def lakehouse_roots(home: Home) -> dict[str, Path]:
    """What the beginnings of lakehouse paths mean on disk."""
    return {
        "dbfs:/mnt": home.mnt,
        "dbfs:": home.dbfs,
        "/mnt": home.mnt,
        "/Volumes": home.volumes,
    }


def complete_path(
    typed: str, start: int, folder: Path, roots: Mapping[str, Path] | None = None
) -> list[Candidate]:
    """Entries of the folder that `typed`, at offset `start` of the text, is a path into.

    Only the last part is replaced. Relative paths begin in `folder`.
    """
    directory, _, name = typed.rpartition("/")
    base = _on_disk(directory + "/" if "/" in typed else "", folder, roots or {})
    at = start + len(typed) - len(name)
    found = []
    try:
        with os.scandir(base) as entries:
            for entry in islice(entries, _MOST_READ):
                if not entry.name.lower().startswith(name.lower()):
                    continue
                if entry.name.startswith(".") and not name.startswith("."):
                    continue
                is_folder = entry.is_dir()
                text = entry.name + ("/" if is_folder else "")
                found.append(Candidate(text, "file", at, meta="folder" if is_folder else ""))
    except (OSError, ValueError):
        return []
    return sorted(found, key=lambda candidate: (candidate.meta == "", candidate.text))


def _on_disk(directory: str, folder: Path, roots: Mapping[str, Path]) -> Path:
    for beginning, root in roots.items():
        if directory.startswith(beginning + "/"):
            rest = directory[len(beginning) :].lstrip("/")
            # The home's own files are no part of the lakehouse.
            return folder / "\0" if ".." in rest.split("/") else root / rest
    return folder / Path(directory.removeprefix("file:")).expanduser()
