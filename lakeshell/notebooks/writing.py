"""Writing an executed notebook to a file: what kind by its suffix, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from lakeshell.errors import CommandError, UsageError
from lakeshell.notebooks.recording import Recording

SUFFIXES = (".ipynb", ".html")


def check_target(path: Path) -> None:
    """Before anything runs. Raises UsageError for a file that could not be written."""
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{path.name}: an executed notebook is written as .ipynb or .html.")
    if path.is_dir():
        raise UsageError(f"{path} is a folder; --output wants a file.")
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise UsageError(f"{path} cannot be written: there is no such folder to write to.")


def write_executed(recording: Recording, path: Path, time_zone: str) -> None:
    """Write the cells with what they gave. Raises CommandError when the file cannot be written."""
    if path.suffix.lower() == ".html":
        from lakeshell.notebooks.html_page import html_page

        content = html_page(recording, time_zone)
    else:
        from lakeshell.notebooks.jupyter_file import jupyter_file

        content = jupyter_file(recording, time_zone)
    try:
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, prefix=f".{path.name}.", suffix=".part", delete=False,
            encoding="utf-8", errors="backslashreplace", newline="\n",
        ) as part:  # fmt: skip
            part.write(content)
        # A temporary file is private; a result is as readable as any new file.
        umask = os.umask(0)
        os.umask(umask)
        Path(part.name).chmod(0o666 & ~umask)
        Path(part.name).replace(path)
    except OSError as error:
        with contextlib.suppress(OSError, NameError):
            Path(part.name).unlink(missing_ok=True)
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
