"""Text that does not fit the screen goes to the user's pager."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess

_LESS = "FRSX"  # quit if one screen, colours, long lines are cut, leave the text on the screen


def page(text: str, *, wide: bool = False) -> bool:
    """Show `text` in $PAGER, or else less; False when there is none to be run.

    `wide`: its lines are longer than the screen, so that also a short text must be scrolled.
    """
    command = _command()
    if not command:
        return False
    environment = dict(os.environ)
    if os.path.basename(command[0]) == "less":  # noqa: PTH119
        environment.setdefault("LESS", _LESS)
        environment.setdefault("LESSCHARSET", "utf-8")
        # Data must not reach for an editor or a shell.
        environment.setdefault("LESSSECURE", "1")
        if wide:
            command.append("-+F")
    # Ctrl-C is the pager's. A handler, since SIG_IGN would be inherited by it.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment) as process:
            assert process.stdin is not None
            try:
                process.stdin.write(text.encode("utf-8", "replace"))
                process.stdin.close()
            except BrokenPipeError:
                pass  # it was left before it had read all
    except OSError:
        return False
    finally:
        signal.signal(signal.SIGINT, before)
    return process.returncode != 127


def _command() -> list[str]:
    named = os.environ.get("PAGER") or "less"
    try:
        command = shlex.split(named)
    except ValueError:
        command = []
    if not command or shutil.which(command[0]) is None:
        return []
    return command
