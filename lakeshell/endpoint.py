"""Where a running server can be reached: `server.json`, written by it and read by shells."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass

from lakeshell.home import Home
from lakeshell.locks import is_locked


@dataclass(frozen=True)
class Endpoint:
    """A server's ports on loopback and the token that both of them ask for.

    `started` is seconds since the epoch.
    """

    pid: int
    jvm_pid: int
    connect_port: int
    control_port: int
    token: str
    version: str
    started: float

    def write(self, home: Home) -> None:
        """Publish, at once and readable by the owner only."""
        part = home.server_json.with_suffix(f".{self.pid}.part")
        fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(fd, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file)
        part.replace(home.server_json)


def read_endpoint(home: Home) -> Endpoint | None:
    """The endpoint of the living server of `home`; None without one, or if the file is stale."""
    try:
        fields = json.loads(home.server_json.read_text(encoding="utf-8"))
        endpoint = Endpoint(**fields)
    except (OSError, ValueError, TypeError):
        return None
    return endpoint if is_locked(home.supervisor_lock) else None
