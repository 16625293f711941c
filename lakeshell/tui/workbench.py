"""What all panes work with: the session, the names, the commands, the memory; no widget.

Nothing here waits in the interface's thread. Whoever needs Spark asks in a worker thread
(`Workbench.session`), and runs of the user's text go through `start`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

from lakeshell.catalog.completion import Surroundings
from lakeshell.catalog.metadata import SessionMetadata
from lakeshell.commands.options import Options
from lakeshell.completing import Completing
from lakeshell.config import Config
from lakeshell.history import StatementHistory
from lakeshell.home import Home
from lakeshell.interpreter import Interpreter, Source
from lakeshell.session.connection import Connection
from lakeshell.session.result import Event, Notice
from lakeshell.tui.messages import ConnectionChanged, MetadataChanged, RunRequested
from lakeshell.tui.runs import Run
from lakeshell.tui.state import TuiState

if TYPE_CHECKING:
    from lakeshell.commands.registry import Registry
    from lakeshell.session.cells import Cells
    from lakeshell.session.kernel import Kernel
    from lakeshell.session.remote import Remote
    from lakeshell.session.session import Session
    from lakeshell.sql.variables import Parameter

Post = Callable[[Message], object]


class Workbench:
    """One lakehouse, opened full screen.

    `post` delivers a message to the main screen from any thread; `confirm` asks the person a
    question from a worker thread and waits for the answer; `notify` tells them a sentence.
    """

    def __init__(
        self,
        home: Home,
        config: Config,
        *,
        remote: Remote | None = None,
        variables: Mapping[str, str] | None = None,
        parameters: Mapping[str, Parameter] | None = None,
        options: Options | None = None,
        connection: Connection | None = None,
        state: TuiState | None = None,
    ) -> None:
        self.home = home
        self.config = config
        self.options = options or replace(
            Options.of(config.shell),
            limit=config.tui.limit,
            confirm_destructive=config.tui.confirm_destructive,
        )
        self._variables = dict(variables or {})
        self._parameters = dict(parameters or {})
        self.post: Post = lambda message: None
        self.confirm: Callable[[str], bool] = lambda question: False
        self.notify: Callable[[str, str], object] = lambda text, level: None
        self.state = state or TuiState(home)
        self.history = StatementHistory(home.state_db, warn=self._warn)
        self.metadata = SessionMetadata(on_change=self._names_have_come)
        self.connection = connection or Connection(
            home,
            config,
            remote,
            on_change=self._connection_changed,
            on_announce=lambda text: None,
            on_reconnect=self._reconnected,
        )
        self.runs: dict[str, Run] = {}
        self._interpreters: dict[str, Interpreter] = {}
        self._registry: Registry | None = None
        self._kernel: Kernel | None = None
        self._lock = threading.RLock()
        self._count = 0
        self._completing = Completing(
            home,
            self.metadata,
            ready=self._ready_interpreter,
            make=lambda: self.interpreter(""),
        )

    # What panes ask for
    @property
    def session(self) -> Session:
        """The session of this program; waits for it, so only for worker threads. Raises
        ServerError when there is none to be had."""
        return self.connection.wait()

    @property
    def has_lost_server(self) -> bool:
        """Whether the server of the session is known to be gone. The next statement starts it
        again; what merely looks does not."""
        session = self.connection.session
        return session is not None and session.is_lost

    @property
    def registry(self) -> Registry:
        """Commands, formats and panes, of plugins too; loads them at the first use."""
        with self._lock:
            if self._registry is None:
                from lakeshell.commands.registry import Registry

                self._registry = Registry(self.home)
                for plugin in self._registry.problems:
                    self.notify(f"Plugin {plugin.name} was not loaded: {plugin.error}", "warning")
            return self._registry

    def surroundings(self, tab: str, folder: Path | None = None) -> Surroundings:
        """What completion may draw from in an editor tab."""
        return self._completing.surroundings(folder, of=self._interpreters.get(tab))

    def _ready_interpreter(self) -> Interpreter | None:
        """One that has a session, by which the names of Python cells are known, if there is one."""
        there = list(self._interpreters.values())
        return next((one for one in there if one.has_session), there[0] if there else None)

    def interpreter(self, tab: str) -> Interpreter:
        """The interpreter of an editor tab. All share the session and the options; each has its
        own language, variables and last query."""
        with self._lock:
            if tab not in self._interpreters:
                self._interpreters[tab] = Interpreter(
                    self.home,
                    self.config,
                    self.options,
                    sink=lambda event: self._stray(event),
                    open_session=lambda: self.session,
                    confirm=lambda question: self.confirm(question),
                    variables=self._variables,
                    parameters=self._parameters,
                    interactive=True,
                    registry=self.registry,
                    make_cells=self._make_cells,
                )
            return self._interpreters[tab]

    # Runs
    def start(self, request: RunRequested) -> Run | None:
        """Run what was asked for in a thread of its own; None when its tab still runs something.

        Posts RunStarted, RunEvent and RunFinished.
        """
        if (running := self.runs.get(request.tab)) is not None and running.is_alive:
            return None
        self._count += 1
        run = Run(self, request, self._count)
        self.runs[request.tab] = run
        run.start()
        return run

    def remember(self, source: Source) -> None:
        """Add what runs to the history; called in the run's thread, since it waits for the disk."""
        if self.config.shell.history:
            self.history.add(source.text, source.language)

    @property
    def running(self) -> list[Run]:
        """Runs that are not over."""
        return [run for run in self.runs.values() if run.is_alive]

    def cancel(self, tab: str) -> bool:
        """Stop what a tab runs and its Spark jobs; False when it runs nothing."""
        run = self.runs.get(tab)
        return run is not None and run.cancel()

    def forget(self, tab: str) -> None:
        """A tab is gone: stop what it runs and drop what belonged to it."""
        self.cancel(tab)
        self.runs.pop(tab, None)
        with self._lock:
            self._interpreters.pop(tab, None)

    def close(self) -> list[str]:
        """End everything but the streams, whose names are given back; waits a moment for the
        server to be told."""
        for run in self.running:
            run.cancel()
        if self._kernel is not None:
            self._kernel.close()
        self.metadata.close()
        names: list[str] = []
        if self.connection.session is not None:
            names = self.connection.session.leave()
        self.history.close()
        self.state.close()
        return names

    @property
    def has_stream_news(self) -> bool:
        """Whether a stream has started or ended since `tell_failed_streams`; a look at a file."""
        session = self.connection.session
        return session is not None and session.has_stream_news

    def tell_failed_streams(self) -> None:
        """Say which streams of this program have failed while nobody waited for them."""
        session = self.connection.session
        if session is not None:
            for failure in session.stream_failures():
                self.notify(failure, "warning")

    def warm_python(self) -> None:
        """Start the process of the Python cells before the first one runs, once there is a
        session."""
        session = self.connection.session
        if session is not None and self._kernel is None:
            self._kernel_of(session).warm()

    # From other threads
    def _make_cells(self, session: Session, sink: Callable[[Event], None]) -> Cells:
        return self._kernel_of(session).for_sink(sink)

    def _kernel_of(self, session: Session) -> Kernel:
        """One for all tabs: Python names are shared like the session is."""
        with self._lock:
            if self._kernel is None:
                from lakeshell.session.kernel import Kernel

                self._kernel = Kernel(session)
            return self._kernel

    def _warn(self, sentence: str) -> None:
        self.notify(sentence, "warning")

    def _names_have_come(self) -> None:
        self.post(MetadataChanged())

    def _connection_changed(self) -> None:
        if self.connection.session is not None:
            self.metadata.attach(self.connection.session)
        self.post(ConnectionChanged())

    def _reconnected(self, sentence: str) -> None:
        self.notify(sentence, "warning")
        self.metadata.refresh()
        self.post(ConnectionChanged())

    def _stray(self, event: Event) -> None:
        """An event outside a run: a remark of a plugin that is being loaded."""
        if isinstance(event, Notice):
            self.notify(event.text, event.level)
