"""A tab's text in the person's own editor, and back."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from lakeshell.errors import LakeshellError


def editor_command() -> list[str]:
    """What $VISUAL or $EDITOR says, or vi."""
    wanted = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        return shlex.split(wanted) or ["vi"]
    except ValueError as error:
        raise LakeshellError(f"The editor {wanted!r} cannot be read as a command.") from error


def edit_outside(text: str, suffix: str, row: int = 0) -> str | None:
    """`text` as the editor leaves it; None when nothing was changed.

    Waits for the editor, which has the terminal. Raises LakeshellError when it cannot be started,
    ends with an error, or leaves what is no text. The text is never lost: in doubt nothing changes.
    """
    command = editor_command()
    if Path(command[0]).name in ("vi", "vim", "nvim", "nano", "emacs", "micro") and row:
        command.append(f"+{row + 1}")
    with tempfile.TemporaryDirectory(prefix="lakeshell-") as folder:
        path = Path(folder) / f"statement{suffix}"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            code = subprocess.call([*command, str(path)])
        except OSError as error:
            reason = error.strerror or error
            raise LakeshellError(f"{command[0]} cannot be started: {reason}.") from error
        if code:
            raise LakeshellError(f"{command[0]} ended with code {code}; the text is as it was.")
        try:
            edited = path.read_bytes().decode("utf-8", "surrogatepass")
        except (OSError, UnicodeDecodeError) as error:
            raise LakeshellError(f"{command[0]} left no text: {error}.") from error
    edited = edited.replace("\r\n", "\n")
    if not text.endswith("\n") and edited.endswith("\n"):
        edited = edited[:-1]  # editors end the last line
    return None if edited == text else edited
