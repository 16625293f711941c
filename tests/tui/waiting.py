"""Waiting for the screen: a condition is polled, never slept for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot

_POLL = 0.02  # seconds


async def until(
    pilot: Pilot[Any],
    condition: Callable[[], object],
    timeout: float = 20.0,
    *,
    saying: str = "",
) -> None:
    """Let the app go on until `condition` holds; AssertionError after `timeout` seconds.

    A condition that raises does not hold yet: a widget may not be there at first.
    """
    deadline = time.monotonic() + timeout
    problem: Exception | None = None
    while time.monotonic() < deadline:
        try:
            if condition():
                return
            problem = None
        except Exception as error:
            problem = error
        await pilot.pause(_POLL)
    raise AssertionError(saying or f"did not happen within {timeout} s: {problem or condition}")
