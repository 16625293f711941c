"""Files of editor tabs: read whole, written so that a crash leaves the old one or the new one.

Line ends and a byte order mark are a file's own: the editor works on ``\\n`` and gives them back.
"""

from __future__ import annotations

import hashlib
import os
import stat
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lakeshell.errors import LakeshellError
from lakeshell.notebooks import jupyter

LARGEST = 50_000_000
"""Bytes; a larger file is data, not something that is edited."""

_BOM = "\ufeff"


@dataclass(frozen=True)
class Opened:
    """A file's text as it is edited. `stamp` tells whether the file is still the one that was read
    (None: there is no file yet). `newline` is "\\n" or "\\r\\n"."""

    text: str
    language: str
    newline: str = "\n"
    bom: bool = False
    stamp: str | None = None


def read_file(path: Path) -> Opened:
    """The text of a .sql, .py or .ipynb file, or of any other as SQL.

    Raises LakeshellError in a sentence when it cannot be read or is no UTF-8 text.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
            raise LakeshellError(f"{path} is no file; the editor does not open it.")
        if found.st_size > LARGEST:
            raise LakeshellError(f"{path.name} is larger than 50 MB; the editor does not open it.")
        content = path.read_bytes()
    except OSError as error:
        raise LakeshellError(f"{path} cannot be read: {error.strerror or error}.") from error
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise LakeshellError(
            f"{path.name} is not UTF-8 text: byte {error.start + 1}, in line {line}."
        ) from error
    if is_notebook(path):
        text, language = jupyter.to_text(text, path.name)
        return Opened(text, language, stamp=_digest(content))
    bom = text.startswith(_BOM)
    text = text[bom:]
    newline = "\n"
    # Only a file that has nothing else: mixed line ends are kept as they are.
    if "\r\n" in text and text.count("\n") == text.count("\r\n"):
        newline, text = "\r\n", text.replace("\r\n", "\n")
    return Opened(text, language_of(path), newline, bom, _digest(content))


def write_file(
    path: Path, text: str, language: str, *, newline: str = "\n", bom: bool = False
) -> str:
    """Write a tab's text into its file; the stamp of what was written.

    A link is followed, the file's mode is kept. Raises LakeshellError in a sentence.
    """
    try:
        path = path.resolve()
        if is_notebook(path):
            old = path.read_text("utf-8") if path.exists() else None
            content = jupyter.from_text(text, language, old).encode("utf-8")
        else:
            whole = _BOM * bom + (text.replace("\n", newline) if newline != "\n" else text)
            content = whole.encode("utf-8")
        _replace(path, content)
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise LakeshellError(
            f"Line {line} holds a character that is no text (half of a pair); nothing was written."
        ) from error
    except UnicodeDecodeError as error:
        raise LakeshellError(f"{path.name} is no UTF-8 text; it was left alone.") from error
    except OSError as error:
        raise LakeshellError(f"{path} cannot be written: {error.strerror or error}.") from error
    return _digest(content)


def stamp_of(path: Path) -> str | None:
    """The stamp of the file as it is now; None when there is none."""
    try:
        return _digest(path.read_bytes())
    except OSError:
        return None


def looks_of(path: Path) -> tuple[int, int, int] | None:
    """What changes when a file is written, without reading it; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def is_notebook(path: Path) -> bool:
    """Whether a file is a Jupyter notebook, by its name."""
    return path.suffix.lower() == ".ipynb"


def language_of(path: Path) -> str:
    """The language of a file, by its name."""
    return "python" if path.suffix.lower() in (".py", ".pyi", ".ipynb") else "sql"


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _replace(path: Path, content: bytes) -> None:
    """Write beside the file and move it there."""
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(13, "it is write-protected")
    beside = path.with_name(f".{path.name[:100]}.{uuid.uuid4().hex}")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileNotFoundError):
            beside.chmod(stat.S_IMODE(path.stat().st_mode))
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
