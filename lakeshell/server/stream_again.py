"""Starting a stream again: from its definition in the home, else from what Spark still holds of it.

The definition comes first: Spark then looks anew at the source's columns, which is what a stream
that ended because they changed needs. It is started in a copy of its session as long as that lives,
so that temporary views are there.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from lakeshell.endpoint import read_endpoint
from lakeshell.errors import CommandError
from lakeshell.home import Home
from lakeshell.server.connect_sessions import ConnectSessions, Owner
from lakeshell.server.stream_restart import restart_query, restart_refusal
from lakeshell.server.stream_run import Stream
from lakeshell.session.stream_definitions import Definition, Definitions
from lakeshell.session.stream_start import NO_CHECKPOINT, start_again

if TYPE_CHECKING:
    from lakeshell.server.jvm import Spark


class Again:
    """For the streams of one life of a server."""

    def __init__(self, spark: Spark, home: Home, life: str, sessions: ConnectSessions) -> None:
        self._spark = spark
        self._home = home
        self._life = life
        self._sessions = sessions
        self._definitions = Definitions(home)
        self.one_at_a_time = threading.Lock()

    def start(self, run_id: str, stream: Stream | None) -> dict[str, Any]:
        """Start the stream of a run: `{"refusal", "hint", "run_id"}`, and with it the `owner` of
        the session that was made for it. `stream` is the run where this server has seen it."""
        definition = self._definitions.of_run(run_id)
        refusal, hint = "Nothing is kept of it; run the code that starts it.", None
        if definition is not None:
            try:
                return self._by_definition(definition)
            except CommandError as error:
                refusal, hint = error.message, error.hint
        if stream is not None and restart_refusal(stream.query, stream.checkpoint) is None:
            try:
                again = restart_query(self._spark, stream.query, stream.name, stream.checkpoint)
            except Exception as error:
                from lakeshell.render.stream_errors import stream_failure
                from lakeshell.server.jvm import first_cause

                told = stream_failure(first_cause(error))
                return {"refusal": told.text, "hint": told.hint, "run_id": None}
            if definition is not None:
                self._definitions.runs_again(definition.id, again, definition.session, self._life)
            return {"refusal": None, "hint": None, "run_id": again}
        return {"refusal": refusal, "hint": hint, "run_id": None}

    def _by_definition(self, definition: Definition) -> dict[str, Any]:
        endpoint = read_endpoint(self._home)
        if endpoint is None:
            raise CommandError("The server is just ending.")
        before = Owner(definition.user, definition.session)
        copy_of = definition.session if self._sessions.lives(before) else None
        started = start_again(self._home, endpoint, definition, copy_of=copy_of)
        self._definitions.runs_again(definition.id, started.run_id, started.session, self._life)
        owner = Owner(definition.user, started.session)
        return {"refusal": None, "hint": None, "run_id": started.run_id, "owner": owner}


def refusal_of(definitions: Definitions, stream: Stream) -> str | None:
    """Why a stream cannot be started again, as far as that is known beforehand."""
    refusal = restart_refusal(stream.query, stream.checkpoint)
    if refusal is None or refusal == NO_CHECKPOINT:
        return refusal
    return None if definitions.of_run(stream.run_id) is not None else refusal
