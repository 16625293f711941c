"""One Spark session of a shell: opened on the home's server or on a remote one, kept alive."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lakeshell.config import Config
from lakeshell.dialect.names.names import Names, may_change_current
from lakeshell.dialect.python_functions import PythonFunction, PythonFunctions
from lakeshell.dialect.steps import Action, Answer, Stream, StreamWriting
from lakeshell.endpoint import read_endpoint
from lakeshell.errors import ServerDied, ServerError, StatementError, UsageError
from lakeshell.home import Home
from lakeshell.session.carrying_out import carry_out, is_stream, running
from lakeshell.session.connect import ConnectClient
from lakeshell.session.execute import ALL_ROWS, Executor
from lakeshell.session.launch import Announce, FetchProgress, Presence, death_reason, ensure_server
from lakeshell.session.remote import Remote
from lakeshell.session.result import Notice, Result, Sink
from lakeshell.session.session_streams import SessionStreams
from lakeshell.session.translation import Translated, Translator, place_back
from lakeshell.sql.classify import StatementKind, classify

if TYPE_CHECKING:
    from lakeshell.session.control import ControlClient
    from lakeshell.sql.widgets import Widgets

OnReconnect = Callable[[str], None]


class Session:
    """A session that outlives its server: when that is gone, the next statement starts another.

    `on_reconnect` is told in a sentence when that happened, because temporary views, settings and
    variables went with the old one. `generation` counts the servers this session has had.
    `light` promises that no Python code will run in this process; see `Executor`.
    """

    def __init__(
        self,
        home: Home,
        config: Config,
        *,
        remote: Remote | None = None,
        announce: Announce | None = None,
        fetch_progress: FetchProgress | None = None,
        on_reconnect: OnReconnect | None = None,
        light: bool = False,
    ) -> None:
        self.home = home
        self.config = config
        self.is_remote = remote is not None
        self.generation = 1
        self._announce = announce
        self._fetch_progress = fetch_progress
        self._on_reconnect = on_reconnect
        self._light = light
        self._presence: Presence | None = None
        self._streams = SessionStreams(home)
        self._spark: Any = None
        self._dead = False
        self._translator = Translator(
            home,
            PythonFunctions(home, self._current_names, self._define),
            Names(home, self._current_schema),
            self._asked,
        )
        self._schema: str | None = None  # the current one, where that is known
        self._reopening = threading.RLock()  # threads that find the server gone open one session
        self._connect(remote)

    def execute(
        self,
        text: str,
        *,
        limit: int = ALL_ROWS,
        timeout: float | None = None,
        sink: Sink | None = None,
        kind: StatementKind | None = None,
        widgets: Widgets | None = None,
    ) -> Result:
        """Run one statement, in Spark's words or in those of Databricks; see `Executor.execute`.

        `widgets` are those that CREATE WIDGET adds to. Another cluster gets it as it is.
        """
        self.ensure_alive()
        if self.is_remote:
            return self._answer(text, limit=limit, timeout=timeout, sink=sink, kind=kind)
        statement = self._translator.statement(text)
        if sink is not None:
            for notice in statement.notices:
                sink(Notice(notice, "warning"))
        if statement.action is not None:
            result = carry_out(
                self, statement.action, limit=limit, timeout=timeout, sink=sink, widgets=widgets
            )
            statement.done()
            return result
        if may_change_current(statement.sent):
            self._schema = None
        kind = classify(statement.sent) if statement.in_other_words else kind
        try:
            with statement.around(sink):
                result = self._sent(statement, limit=limit, timeout=timeout, sink=sink, kind=kind)
        except StatementError as error:
            if is_stream(error) and classify(statement.sent).can_limit:
                return self._snapshot(statement.user_text, limit, timeout, sink, widgets)
            statement.reword(error)
            raise
        statement.done()
        if result.table is None:
            return result
        return replace(result, table=statement.shown(result.table, metadata=result.metadata))

    def _sent(self, statement: Translated, **how: Any) -> Result:
        """Spark's answer; what its analyzer refuses is sent once more if there are other words."""
        try:
            return self._answer(statement.sent, **how)
        except StatementError as error:
            again = statement.repaired(error)
            if again is None:
                raise
        try:
            return self._answer(again.text, **how)
        except StatementError as error:
            place_back(error, again.text, statement.sent, [again])
            raise

    def _answer(self, text: str, **how: Any) -> Result:
        """Spark's answer to exactly this text."""
        with self._survived():
            return self._executor.execute(text, **how)

    @contextlib.contextmanager
    def _survived(self) -> Iterator[None]:
        """What to say when the server dies in here."""
        try:
            yield
        except ServerDied:
            self.mark_lost()
            if self.is_remote:
                raise
            reason = death_reason(self.home)
            raise ServerDied(
                f"{reason.message} The statement may or may not have taken effect.",
                hint=reason.hint or "The next statement starts a new server.",
            ) from None

    def stream_view(self, name: str, stream: Stream, how: str, timeout: float | None) -> None:
        """See `Engine.stream_view`."""
        from lakeshell.session.streaming import make_view

        with self._survived():
            make_view(self._executor, self._translator, name, stream, how, timeout)

    def drain(self, writing: StreamWriting, timeout: float | None, sink: Sink | None) -> str:
        """See `Engine.drain`."""
        from lakeshell.session.streaming import run

        with self._survived():
            return run(self._executor, self._translator, writing, timeout, running(sink))

    def _snapshot(
        self,
        query: str,
        limit: int,
        timeout: float | None,
        sink: Sink | None,
        widgets: Widgets | None,
    ) -> Result:
        """What a query that is a stream gives now."""
        answer = Action("STREAM", lambda _: Answer(stream=Stream(query)))
        return carry_out(self, answer, limit=limit, timeout=timeout, sink=sink, widgets=widgets)

    def _asked(self, text: str) -> list[dict[str, Any]]:
        """The rows of a statement."""
        table = self.execute(text).table
        return [] if table is None else list(table.to_pylist())

    def _current_names(self) -> tuple[str, str]:
        """The current catalog and schema, as the user knows them."""
        (row,) = self._asked("SELECT current_catalog() AS c, current_schema() AS s")
        return row["c"], row["s"]

    def _define(self, function: PythonFunction) -> None:
        """Let Spark's session know a function in Python."""
        from lakeshell.session.define_function import define

        define(self.remote, function)

    def _current_schema(self) -> str:
        """Spark's current schema. It is remembered only where no Python can change it."""
        if not self._light or self._schema is None:
            table = self._executor.execute("SELECT current_schema()").table
            self._schema = "" if table is None else str(table.column(0)[0].as_py())
        return self._schema

    def cancel(self, thread: int | None = None) -> bool:
        """Stop what runs now, or only what `thread` waits for; False when nothing runs."""
        return self._executor.cancel(thread)

    def stop_jobs(self, tag: str = "") -> None:
        """Stop everything that this session runs, Python cells included. While streams of it run,
        whose functions work in this session, too, only what carries `tag`, if one is given."""
        if tag and not self.is_remote and self._streams.run_in(self.remote):
            self.client.interrupt_tag(tag)
        else:
            self.client.interrupt_all()

    def cancel_tag(self, tag: str, *, watch: bool = True) -> None:
        """Stop what runs under `tag`, as cells in another process do; with `watch` also what they
        are about to start."""
        self._client.interrupt_tag(tag)
        if watch and not self.is_remote:
            self._cancel_jobs(tag)

    def mark_lost(self) -> None:
        """The server was seen to be gone: the next use opens a new session."""
        self._dead = True

    @property
    def is_lost(self) -> bool:
        """Whether its server is known to be gone; costs the reading of a small file."""
        if self._dead or self.is_remote:
            return self._dead
        endpoint = read_endpoint(self.home)
        return endpoint is None or endpoint.token != self.remote.token

    def ensure_alive(self) -> None:
        """Open a new session if the server of this one is gone."""
        if self.is_lost:
            with self._reopening:
                if self.is_lost:
                    self._reopen()

    def _reopen(self) -> None:
        reason = "" if self.is_remote else death_reason(self.home).message
        self._abandon()
        self._connect(self.remote if self.is_remote else None, lost=self.remote.token)
        self.generation += 1
        if self._on_reconnect:
            self._on_reconnect(
                f"{reason or 'The server was gone.'} A new session was opened; temporary views, "
                "variables and settings of the old one are lost."
            )

    @property
    def lakehouse(self) -> Home | None:
        """The home that this session works on; None on another cluster."""
        return None if self.is_remote else self.home

    @property
    def time_zone(self) -> str:
        """The zone in which this session's timestamps are meant to be read."""
        key = "spark.sql.session.timeZone"
        return self.client.get_config(key)[key] or "UTC"

    @property
    def client(self) -> ConnectClient:
        """The connection, for settings."""
        self.ensure_alive()
        return self._client

    @property
    def control(self) -> ControlClient:
        """The supervisor's control API; UsageError on a remote session, which has none."""
        if self.is_remote:
            raise UsageError("This needs lakeshell's own server; the session is a remote one.")
        self.ensure_alive()
        endpoint = read_endpoint(self.home)
        if endpoint is None:
            raise ServerDied("The server is gone.")
        from lakeshell.session.control import ControlClient

        return ControlClient(endpoint)

    @property
    def spark(self) -> Any:
        """This session as pyspark's SparkSession, for Python cells; takes half a second once."""
        self.ensure_alive()
        if self._spark is None:
            from lakeshell.session.pyspark_session import join_session

            self._spark = join_session(self.remote)
        return self._spark

    def leave(self) -> list[str]:
        """Close, but leave the session on the server as long as streams of it run: their names."""
        names = [] if self._dead or self.is_remote else self._streams.left_behind(self.remote)
        self._close(release=not names)
        return names

    @property
    def has_stream_news(self) -> bool:
        """Whether a stream has started or ended since `stream_failures`; a look at a file."""
        return not self.is_remote and self._streams.have_news

    def stream_failures(self) -> list[str]:
        """Sentences on streams of this session that have failed since the last question."""
        return [] if self.is_remote else self._streams.failures(self.remote)

    def close(self) -> None:
        """End the session on the server, its streams too, and let the server know that nobody waits
        for it."""
        self._close(release=True)

    def _close(self, *, release: bool) -> None:
        if release and not self._dead:
            if self._spark is not None:
                self._client.interrupt_all()
            self._client.release()
        self._abandon()
        if self._presence:
            self._presence.leave()
            self._presence = None

    def _connect(self, remote: Remote | None, lost: str | None = None) -> None:
        is_ours = remote is None
        if remote is None:
            if self._presence is None and self.home.shells.is_dir():
                self._enter()
            endpoint = ensure_server(
                self.home,
                self.config,
                announce=self._announce,
                fetch_progress=self._fetch_progress,
                lost=lost,
            )
            if self._presence is None:
                self._enter()
            remote = Remote.of(endpoint)
        self.remote = remote
        self._client = ConnectClient(remote)
        self._translator.functions.forget()
        self._schema = None
        self._executor = Executor(
            self._client,
            light=self._light,
            on_cancelled=None if self.is_remote else self._cancel_jobs,
        )
        self._dead = False
        if is_ours and self._on_reconnect and (lost := self._streams.lost()):
            self._on_reconnect(lost)

    def _cancel_jobs(self, tag: str) -> None:
        """A statement was cancelled while it may have been about to start its jobs."""
        from lakeshell.session.control import ControlClient

        endpoint = read_endpoint(self.home)
        if endpoint is not None:
            with contextlib.suppress(ServerError):
                ControlClient(endpoint).cancel(tag)

    def _enter(self) -> None:
        self._presence = Presence(self.home)
        self._presence.enter()

    def _abandon(self) -> None:
        if self._spark is not None:
            # Left open, it would ask a server that may be gone once more when the process ends.
            with contextlib.suppress(Exception):
                self._spark.client.close()
            self._spark = None
        self._client.close()
