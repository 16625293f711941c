"""What a session knows of the streams it has started, and the sentences in which that is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lakeshell.endpoint import read_endpoint
from lakeshell.home import Home

if TYPE_CHECKING:
    from lakeshell.session.remote import Remote
    from lakeshell.session.stream_definitions import Definition

_MOST_NAMED = 8


class SessionStreams:
    """Streams of the sessions that one shell opens, one after the other. Costs a look at a file
    where no stream was ever started."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._seen = self._changed()

    def left_behind(self, remote: Remote) -> list[str]:
        """The shell of a session ends: names of its streams, for which the server keeps it."""
        if not self.run_in(remote):
            return []
        from lakeshell.errors import ServerError
        from lakeshell.session.control import ControlClient

        endpoint = read_endpoint(self._home)
        if endpoint is None or endpoint.token != remote.token:
            return []
        try:
            return ControlClient(endpoint).leave_session(remote.user_id, remote.session_id)
        except ServerError:
            return []

    def failures(self, remote: Remote) -> list[str]:
        """Sentences on streams of this session that have failed while nobody waited for them."""
        if not self.have_news:
            return []
        self._seen = self._changed()
        from lakeshell.session.stream_definitions import Definitions

        return [
            has_failed(one) for one in Definitions(self._home).to_tell_failed(remote.session_id)
        ]

    @property
    def have_news(self) -> bool:
        """Whether one has started or ended since the last question about failures."""
        return self._changed() != self._seen

    def lost(self) -> str | None:
        """A sentence on streams that a crash took along, if nobody was told yet."""
        if not self._changed():
            return None
        from lakeshell.session.stream_definitions import Definitions, life_of

        found = Definitions(self._home).to_tell_lost(life_of(read_endpoint(self._home)))
        return were_lost([one.called for one in found]) if found else None

    def run_in(self, remote: Remote) -> bool:
        """Whether streams of a session are said to run."""
        if not self._changed():
            return False
        from lakeshell.session.stream_definitions import Definitions

        return Definitions(self._home).runs_in(remote.session_id)

    def _changed(self) -> int:
        """When the definitions were last written; 0 where there are none."""
        try:
            return self._home.streams_db.stat().st_mtime_ns
        except OSError:
            return 0


def go_on(names: Sequence[str]) -> str:
    """At the end of a shell."""
    if len(names) == 1:
        return (
            f"The stream {names[0]} goes on; lakeshell streams shows it, lakeshell stream stop "
            f"{names[0]} ends it."
        )
    return (
        f"{len(names)} streams go on: {_listed(names)}. lakeshell streams shows them, lakeshell "
        "stream stop NAME ends one."
    )


def were_lost(names: Sequence[str]) -> str:
    """At the start of a server after a crash."""
    if len(names) == 1:
        return (
            f"The stream {names[0]} was running when the server died. lakeshell streams recover "
            "starts it again."
        )
    return (
        f"{len(names)} streams were running when the server died: {_listed(names)}. lakeshell "
        "streams recover starts them again."
    )


def end_with_server(names: Sequence[str]) -> str:
    """When a person stops the server."""
    one = len(names) == 1
    return (
        f"{'The stream' if one else f'{len(names)} streams:'} {_listed(names)} "
        f"{'ends' if one else 'end'} with it; lakeshell streams recover starts "
        f"{'it' if one else 'them'} again."
    )


def has_failed(definition: Definition) -> str:
    """A stream for which nobody waits."""
    error = (definition.error or "").split("\n", 1)[0]
    hint = f" {definition.hint}" if definition.hint else ""
    return f"The stream {definition.called} has failed. {error}{hint}"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
