"""What lakeshell does when a statement has been carried out; for most statements nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lakeshell.home import Home

Rows = Callable[[str], Sequence[Mapping[str, Any]]]

_ENDS_OR_MOVES = re.compile(r"\b(?:DROP|RENAME)\b", re.IGNORECASE)


def after_statement(text: str, home: Home, rows: Rows) -> None:
    """Let what is kept of an object follow it. `rows` asks Spark, if need be."""
    if _ENDS_OR_MOVES.search(text) and home.objects_db.exists():
        from lakeshell.dialect.objects.forgetting import follow

        follow(text, home, rows)
