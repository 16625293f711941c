"""A program on a pseudo-terminal, started without forking this process.

The tests' process has gRPC's threads; what a fork copies of them may never let the child run.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence

# The terminal becomes the program's own, as that of a login shell is.
_ADOPT = """\
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
_HAND = 0.05  # seconds before a key: a program may be about to change what the terminal echoes
_PATIENCE = 10.0  # seconds for a program to end that was told to


class PtyProcess:
    """`command` in a terminal of that size; `fd` is our end of it."""

    def __init__(
        self, command: Sequence[str], *, columns: int, lines: int, env: Mapping[str, str]
    ) -> None:
        self.fd, theirs = os.openpty()
        self.resize(columns, lines)
        self._popen = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _ADOPT, *command],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=dict(env),
        )
        os.close(theirs)

    def send(self, text: str | bytes) -> None:
        """Type."""
        time.sleep(_HAND)
        data = text.encode() if isinstance(text, str) else text
        while data:
            data = data[os.write(self.fd, data) :]

    def read(self, timeout: float) -> bytes | None:
        """What comes within `timeout` seconds, empty when nothing does; None at the end."""
        if not select.select([self.fd], [], [], timeout)[0]:
            return b""
        try:
            return os.read(self.fd, 65536) or None
        except OSError:  # the other end is closed
            return None

    def resize(self, columns: int, lines: int) -> None:
        """Another size; the program is told."""
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def kill(self, number: signal.Signals) -> None:
        """Send a signal to the program."""
        self._popen.send_signal(number)

    def wait(self) -> int:
        """Its exit code, -n when signal n ended it."""
        return self._popen.wait(60)

    def hang_up(self) -> None:
        """Close the window under it."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def close(self) -> None:
        """End it, whatever it does."""
        self.hang_up()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(_PATIENCE)
            return
        self._popen.kill()
        self._popen.wait()
