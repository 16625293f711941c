"""The names in a folder, for the screens that ask for a path."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rich.text import Text

from lakeshell.render.safe_text import fit, safe_text


def names_in(
    base: Path, folder: str, keep: Callable[[Path], bool] = lambda path: True
) -> list[str]:
    """What is in `folder` as it was typed, seen from `base`: folders first, with a slash behind
    them, then the files to `keep`. Nothing where nothing can be read.

    For threads: disks and networks are slow.
    """
    folders, files = [], []
    try:
        where = base / Path(folder or ".").expanduser()
        for entry in sorted(where.iterdir(), key=lambda path: path.name):
            if entry.is_dir():
                folders.append(entry.name + "/")
            elif keep(entry):
                files.append(entry.name)
    except (OSError, ValueError, RuntimeError):
        pass
    return folders + files


def name_line(name: str, width: int) -> Text:
    """A name as a line of a list."""
    shown = " " + fit(safe_text(name), max(width - 2, 4))
    return Text(shown, style="bold" if name.endswith("/") else "")
