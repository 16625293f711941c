"""The terminal as the shell found it, and its echo."""

from __future__ import annotations

import contextlib
import os
import sys
import termios
from collections.abc import Iterator

_ATTRIBUTES_LOCAL = 3  # the index of the local modes in what tcgetattr returns


@contextlib.contextmanager
def terminal_kept() -> Iterator[None]:
    """Leave the terminal as it was found, however the shell ends."""
    try:
        # exit() of a Python cell closes sys.stdin; the descriptor stays.
        keyboard, screen = os.dup(sys.stdin.fileno()), os.dup(sys.stdout.fileno())
        before = termios.tcgetattr(keyboard)
    except (termios.error, ValueError, OSError):
        yield
        return
    try:
        yield
    finally:
        with contextlib.suppress(termios.error, OSError):
            termios.tcsetattr(keyboard, termios.TCSADRAIN, before)
            # Bracketed paste off, cursor shown, colours gone.
            os.write(screen, b"\x1b[?2004l\x1b[?25h\x1b[0m")


def set_echo(on: bool) -> None:
    """Whether typed characters appear outside the prompt.

    Off while statements run: what is typed ahead would break into results and progress; the next
    prompt shows it. On for whatever may ask the person something itself.
    """
    try:
        attributes = termios.tcgetattr(sys.stdin.fileno())
        local = attributes[_ATTRIBUTES_LOCAL] & ~termios.ECHOCTL  # no ^C in front of a word
        attributes[_ATTRIBUTES_LOCAL] = local | termios.ECHO if on else local & ~termios.ECHO
        termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, attributes)
    except (termios.error, ValueError, OSError):
        return  # no terminal, no echo


def drop_typed_ahead() -> None:
    """Forget what was typed so far: it cannot be the answer to a question not yet asked."""
    with contextlib.suppress(termios.error, ValueError, OSError):
        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
