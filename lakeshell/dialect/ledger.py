"""The ledger: every construct of Databricks that open-source Spark does not know, and its fate."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Fate(Enum):
    """What becomes of a construct; the value is how `lakeshell check` calls it."""

    HANDLED = "handled"
    IGNORED = "accepted and ignored"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True)
class Construct:
    """`name` as users say it. `what` ends the sentence "`name`: …": what is done instead, what is
    ignored, or why it cannot be done. `example` is a whole statement."""

    name: str
    fate: Fate
    what: str
    example: str


def handled(name: str, what: str, example: str) -> Construct:
    """It works here."""
    return Construct(name, Fate.HANDLED, what, example)


def ignored(name: str, what: str, example: str) -> Construct:
    """The statement runs; the construct itself has no effect on one machine."""
    return Construct(name, Fate.IGNORED, what, example)


def unsupported(name: str, why: str, example: str) -> Construct:
    """It is refused, with this reason."""
    return Construct(name, Fate.UNSUPPORTED, why, example)
