"""Work beside the interface, in threads for which the end of the program does not wait.

Textual's thread workers and `asyncio.to_thread` run in a pool that Python joins at its end: a query
that fetches for another hour would keep the terminal for an hour.
"""

from __future__ import annotations

import threading
from collections.abc import Callable


def in_background(work: Callable[[], object], name: str) -> None:
    """Do `work`, which tells what it found in messages and raises nothing."""
    threading.Thread(target=work, name=name, daemon=True).start()
