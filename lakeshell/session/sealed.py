"""What the home keeps and nobody else may read: encrypted with the home's own key."""

from __future__ import annotations

import contextlib
import os
import tempfile
from typing import Any

from lakeshell.home import Home


class Sealed:
    """Bytes in and out of one home's cipher. Raises OSError or ValueError where the key cannot be
    made or read, or where bytes were sealed with another one."""

    def __init__(self, home: Home) -> None:
        self._path = home.secrets_key

    def seal(self, plain: bytes) -> bytes:
        """Encrypt."""
        return bytes(self._cipher().encrypt(plain))

    def opened(self, sealed: bytes) -> bytes:
        """Decrypt."""
        from cryptography.fernet import InvalidToken

        try:
            return bytes(self._cipher().decrypt(sealed))
        except InvalidToken as error:
            raise ValueError("it was written with another key") from error

    def _cipher(self) -> Any:
        from cryptography.fernet import Fernet

        if not self._path.exists():
            # Another shell may do the same now: the file appears whole, and the first one stays.
            with tempfile.NamedTemporaryFile(dir=self._path.parent, prefix=".key-") as new:
                new.write(Fernet.generate_key())
                new.flush()
                with contextlib.suppress(FileExistsError):
                    os.link(new.name, self._path)
        return Fernet(self._path.read_bytes())
