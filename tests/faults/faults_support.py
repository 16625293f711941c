"""What the tests of this folder share: killing, waiting, looking at a server."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace

from lakeshell.endpoint import Endpoint, read_endpoint
from lakeshell.home import Home


def endpoint_of(home: Home) -> Endpoint:
    """The endpoint of a server that must be running."""
    endpoint = read_endpoint(home)
    assert endpoint is not None
    return endpoint


def kill(pid: int) -> None:
    """SIGKILL, for what must not have a chance to clean up."""
    os.kill(pid, signal.SIGKILL)


def wait_until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Poll until `condition` holds; fails the test after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def with_token(endpoint: Endpoint, token: str) -> Endpoint:
    """The same server, asked with another token."""
    return replace(endpoint, token=token)
