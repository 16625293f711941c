"""What the full-screen face and its Python kernel tell each other over their pipe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lakeshell.errors import LakeshellError
from lakeshell.home import Home
from lakeshell.session.cells import CellTools
from lakeshell.session.remote import Remote
from lakeshell.session.result import Event


# To the kernel
@dataclass(frozen=True)
class Join:
    """Connect to the session of `remote` before the first cell needs it."""

    remote: Remote
    generation: int
    home: Home | None


@dataclass(frozen=True)
class RunCell:
    """Run `code`; the arguments are those of `Cells.run`. `tag` marks its Spark jobs."""

    number: int
    code: str
    file: str
    first_line: int
    limit: int
    remote: Remote
    generation: int
    home: Home | None
    tag: str
    variables: dict[str, str] = field(default_factory=dict)
    tools: CellTools | None = None


@dataclass(frozen=True)
class InterruptCell:
    """Raise KeyboardInterrupt in the cell of that number, if it still runs."""

    number: int


@dataclass(frozen=True)
class Call:
    """Answer with `function(*arguments, namespace)`, on the names as they are now."""

    number: int
    function: Callable[..., Any]
    arguments: tuple[Any, ...]


# From the kernel
@dataclass(frozen=True)
class CellEvent:
    """What a cell gives while it runs."""

    number: int
    event: Event


@dataclass(frozen=True)
class ArrowRows:
    """A Result whose table travels as an Arrow stream: pickled, a slice would bring the whole."""

    number: int
    data: bytes
    fields: dict[str, Any]


@dataclass(frozen=True)
class CellDone:
    """The cell is over. `error` is what it raised; `exit_code` that of `sys.exit`, if it called
    that; `notebook_value` what it gave `dbutils.notebook.exit`, if that; `names` are the names that
    there are now, `tools` those of the cell, which may have learnt something."""

    number: int
    error: LakeshellError | None
    exit_code: object = None
    exited: bool = False
    names: tuple[str, ...] = ()
    notebook_value: str | None = None
    tools: CellTools | None = None


@dataclass(frozen=True)
class Answer:
    """The value of a Call; None if it failed."""

    number: int
    value: Any
