"""Streams that ran when their server ended, told like those that run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lakeshell.dialect.names.catalogs import Catalogs
from lakeshell.dialect.names.shown import NamesShown
from lakeshell.home import Home
from lakeshell.session.lake_paths import LakePaths
from lakeshell.session.stream_definitions import Definition, Definitions

LOST = "lost"
"""Their state."""


def lost_streams(home: Home, server: str) -> list[dict[str, Any]]:
    """In the form of the control API; `server` is the life that runs now, empty for none."""
    paths, names = LakePaths(home), NamesShown(Catalogs(home).stored)
    return [_shown(one, paths.text, names) for one in Definitions(home).lost(server)]


def _shown(
    definition: Definition, path_shown: Callable[[str], str], names: NamesShown
) -> dict[str, Any]:
    return {
        "id": definition.id,
        "run_id": definition.run_id,
        "name": definition.name,
        "session": definition.session,
        "state": LOST,
        "status": "",
        "source": path_shown(names.text(definition.source)),
        "sink": path_shown(names.text(definition.sink)),
        "sink_table": None,
        "sink_path": None,
        "trigger": definition.trigger,
        "output_mode": "",
        "checkpoint": path_shown(definition.checkpoint or ""),
        "checkpoint_is_temporary": definition.checkpoint is None,
        "batch": None,
        "batch_time": None,
        "batch_ms": None,
        "latency": None,
        "rows": None,
        "input_rate": 0.0,
        "processed_rate": 0.0,
        "input_series": [],
        "processed_series": [],
        "backlog": None,
        "state_rows": None,
        "state_bytes": None,
        "watermark": None,
        "started": definition.started,
        "ended": None,
        "error": None,
        "error_class": None,
        "hint": "It ran when its server ended; lakeshell streams recover starts it again.",
    }
