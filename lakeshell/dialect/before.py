"""What lakeshell does around a statement that drops tables; for all others nothing."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator

from lakeshell.dialect.after import Rows
from lakeshell.home import Home

_DROPS = re.compile(r"\bDROP\s+(?:TABLE|SCHEMA|DATABASE)\b|\bDROP\b\s*(?:--|/\*)", re.IGNORECASE)


@contextlib.contextmanager
def around_statement(
    text: str, home: Home, rows: Rows, tell: Callable[[str], None]
) -> Iterator[None]:
    """The statement is sent in here; tables that it drops are kept. `rows` asks Spark, `tell` says
    something to the person."""
    if not _DROPS.search(text):
        yield
        return
    from lakeshell.dialect.tables.keeping import keeping

    with keeping(text, home, rows, tell):
        yield
