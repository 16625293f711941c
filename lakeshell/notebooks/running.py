"""A notebook that runs: what `dbutils` of its cells knows, here or in a kernel's process."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakeshell.config import Config
from lakeshell.dialect.secrets_read import values_read
from lakeshell.home import Home
from lakeshell.notebooks.current import running
from lakeshell.session.cells import CellSession
from lakeshell.session.result import Event, Sink
from lakeshell.sql.widgets import Widgets

if TYPE_CHECKING:
    from lakeshell.session.remote import Remote

Runner = Callable[["RunningNotebook", str, float, Mapping[str, str]], str]
"""Runs the notebook at a path for at most so many seconds (0: any) with values for its widgets;
what it gives to `dbutils.notebook.exit`."""


class RunningNotebook:
    """The `CellTools` of one notebook.

    `runner` runs another one apart. `remote` is the cluster, None for the home's own server.
    `secrets` are the values that were read and must not be shown. `task` names the task of a job,
    empty outside one; `task_values` are by task and key.
    """

    def __init__(
        self,
        home: Home,
        config: Config,
        widgets: Widgets,
        secrets: set[str],
        runner: Runner,
        remote: Remote | None = None,
        caller: RunningNotebook | None = None,
    ) -> None:
        self.home = home
        self.config = config
        self.secrets = secrets
        self.runner = runner
        self.remote = remote
        self.depth: int = 0 if caller is None else caller.depth + 1
        self.task: str = "" if caller is None else caller.task
        self.task_values: dict[str, dict[str, Any]] = {} if caller is None else caller.task_values
        self.folder = Path.cwd()
        self.file: Path | None = None  # that runs; modules beside it can be imported
        self.limit = 0
        self._widgets = widgets
        self._session: CellSession | None = None
        self._sink: Sink | None = None
        self._display: Callable[..., None] | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_session": None, "_sink": None, "_display": None}

    @property
    def widgets(self) -> Widgets:
        """Shared with the SQL of the notebook."""
        return self._widgets

    @property
    def spark(self) -> Any:
        """pyspark's session of the cell that runs."""
        assert self._session is not None
        return self._session.spark

    def tell(self, event: Event) -> None:
        """Give the face an event, as the cell's."""
        if self._sink is not None:
            self._sink(event)

    def display(self, value: Any) -> None:
        """Show a DataFrame as a table."""
        if self._display is not None:
            self._display(value)

    @contextlib.contextmanager
    def serving(
        self,
        namespace: dict[str, Any],
        session: CellSession,
        sink: Sink,
        display: Callable[..., None],
    ) -> Iterator[None]:
        """While a cell runs: `dbutils` and its like in its namespace, modules of Databricks, and
        imports from the notebook's folder."""
        from lakeshell.notebooks.equipment import equip
        from lakeshell.notebooks.runtime_imports import runtime_modules

        self._session, self._sink, self._display = session, sink, display
        # In a kernel, that process and this copy know of one another's.
        read = values_read(self.home)
        read |= self.secrets
        self.secrets = read
        if self.file is not None and str(self.file.parent) not in sys.path:
            sys.path.insert(0, str(self.file.parent))
        with running(self), runtime_modules(namespace):
            equip(namespace)
            yield

    def redacted(self, event: Event) -> Event:
        """The event without the secrets that were read."""
        if not self.secrets:
            return event
        from lakeshell.notebooks.redaction import redacted

        return redacted(event, self.secrets)

    def learn(self, other: RunningNotebook) -> None:
        """Take over what the copy in a kernel has learnt."""
        self._widgets.learn(other._widgets)
        self.secrets |= other.secrets
        self.task_values.update(other.task_values)
