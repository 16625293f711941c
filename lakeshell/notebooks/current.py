"""The notebook whose cell runs now: `dbutils` is one object for all, and asks here."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING

from lakeshell.errors import CommandError

if TYPE_CHECKING:
    from lakeshell.notebooks.running import RunningNotebook

_here: ContextVar[RunningNotebook | None] = ContextVar("_here", default=None)
# For threads that a cell has started: they know no more than the process.
_running: list[RunningNotebook] = []


def current() -> RunningNotebook:
    """The notebook. Raises CommandError where none runs."""
    found = _here.get() or (_running[0] if _running else None)
    if found is None:
        raise CommandError("dbutils works in the cells of a notebook only.")
    return found


@contextlib.contextmanager
def running(notebook: RunningNotebook) -> Iterator[None]:
    """While a cell of `notebook` runs in this thread."""
    token = _here.set(notebook)
    _running.append(notebook)
    try:
        yield
    finally:
        _running.remove(notebook)
        _here.reset(token)
