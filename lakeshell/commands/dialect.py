"""What a dialect handler is: it takes over a statement that Spark's own parser refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lakeshell.commands.context import CommandContext
    from lakeshell.session.result import Result


@dataclass(frozen=True)
class DialectHandler:
    """`construct` names what is handled, as a user would say it ("COPY INTO").

    `matches` sees the bound text of a statement; `run` carries it out and returns its result.
    """

    construct: str
    matches: Callable[[str], bool]
    run: Callable[[str, CommandContext], Result]
