"""The tree of lakeshell's errors and its exit codes.

::

    LakeshellError                 exit 1
    ├── UsageError                 exit 2   a flag, a file or a setting is wrong
    │   └── ConfigError                     lakeshell.toml or an environment variable
    ├── ServerError                exit 3   no server, or it cannot start
    │   ├── ServerDied                      it was there and is gone
    │   ├── JarsMissing                     Delta's jars are not in the cache and cannot be fetched
    │   └── JavaNotFound                    no Java 17 or 21
    ├── StatementError             exit 1   Spark refused or failed a statement
    │   └── CellError                       a Python cell raised
    ├── CommandError               exit 1   a % command failed
    ├── StatementTimeout           exit 4   --timeout passed
    └── Interrupted                exit 130 Ctrl-C

Raised low, worded once for the user at the edge (`lakeshell.render.errors`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """What the process returns to its caller."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NO_SERVER = 3
    TIMEOUT = 4
    INTERRUPTED = 130


@dataclass(frozen=True)
class Position:
    """A place in the user's text: 1-based line and column, in characters."""

    line: int
    column: int


class LakeshellError(Exception):
    """Base of every error that is shown to a user: one sentence, and a hint that helps."""

    exit_code = ExitCode.FAILED

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(LakeshellError):
    """A flag, a file or a setting is wrong; nothing was run."""

    exit_code = ExitCode.USAGE


class ConfigError(UsageError):
    """A setting in lakeshell.toml or the environment cannot be used."""


class ServerError(LakeshellError):
    """There is no server and none can be started, or it does not answer."""

    exit_code = ExitCode.NO_SERVER


class ServerDied(ServerError):
    """The server of this session is gone; its session state went with it."""


class JarsMissing(ServerError):
    """The pinned jars are not in the cache and could not be fetched."""


class JavaNotFound(ServerError):
    """No Java 17 or 21 was found."""


class StatementError(LakeshellError):
    """Spark refused or failed a statement.

    `error_class` and `sqlstate` are Spark's (``TABLE_OR_VIEW_NOT_FOUND``, ``42P01``);
    `position` points into the statement's own text, or, once the interpreter has placed it,
    into the user's file (`source` names it and `source_line` is that line's text). `is_placed`:
    the position is one in what the user wrote, although lakeshell sent something else.
    """

    is_placed = False

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        error_class: str | None = None,
        sqlstate: str | None = None,
        position: Position | None = None,
        source: str | None = None,
        source_line: str | None = None,
        detail: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.error_class = error_class
        self.sqlstate = sqlstate
        self.position = position
        self.source = source
        self.source_line = source_line
        self.detail = detail
        # Spark's message parameters, by its names: relationName, routineName …
        self.parameters: Mapping[str, str] = {}


class CellError(StatementError):
    """A Python cell raised; `detail` is the traceback cut to the user's own lines."""


class CommandError(LakeshellError):
    """A % command could not do what it was asked."""


class StatementTimeout(LakeshellError):
    """A statement ran longer than its limit and was cancelled."""

    exit_code = ExitCode.TIMEOUT


class Interrupted(LakeshellError):
    """The user cancelled the statement."""

    exit_code = ExitCode.INTERRUPTED

    def __init__(self, message: str = "Cancelled.", *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
