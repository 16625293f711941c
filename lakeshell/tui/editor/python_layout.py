"""F4 in Python: black or ruff, whichever is installed beside lakeshell; none is included."""

from __future__ import annotations

import sys

from lakeshell.errors import LakeshellError

_PATIENCE = 30  # seconds


def format_python(text: str) -> str:
    """`text` laid out anew. Raises LakeshellError, in words, when there is no formatter, or when
    the text is no Python that it can parse. Waits for a process: only for worker threads."""
    import importlib.util
    import subprocess

    if importlib.util.find_spec("black") is not None:
        command = _command("black", "-q", "-")
    elif importlib.util.find_spec("ruff") is not None:
        command = _command("ruff", "format", "-")
    else:
        raise LakeshellError(
            "No formatter for Python is included; install black or ruff beside lakeshell."
        )
    try:
        done = subprocess.run(
            command,
            input=text.encode("utf-8", "surrogatepass"),
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
        written = done.stdout.decode("utf-8")
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise LakeshellError(f"Not formatted: {error}") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().split("\n")[0]
        raise LakeshellError(f"Not formatted: {said}")
    return written.rstrip("\n")


def _command(module: str, *arguments: str) -> list[str]:
    """As `python -m module`, which would first look for it in the folder one happens to be in."""
    path = [entry for entry in sys.path if entry]
    start = (
        f"import sys; sys.path[:] = {path!r}; import runpy; "
        f"runpy.run_module({module!r}, run_name='__main__', alter_sys=True)"
    )
    return [sys.executable, "-c", start, *arguments]
