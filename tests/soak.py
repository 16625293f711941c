"""How long tests of endurance go on: a few rounds in every run, all of them when asked for."""

from __future__ import annotations

import os

SOAK = os.environ.get("LAKESHELL_SOAK") == "1"


def rounds(full: int, short: int) -> int:
    """`short`; with LAKESHELL_SOAK=1 in the environment, `full`."""
    return full if SOAK else short
