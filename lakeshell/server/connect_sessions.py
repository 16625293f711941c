"""The Connect sessions of the server as far as streams go: whose one is, and how long it lives.

Spark ends the streams of a session that nobody has used for an hour, and those of one that is
released. Here a session is used as long as a stream of it runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lakeshell.server.jvm import Spark


@dataclass(frozen=True)
class Owner:
    """A session of Connect, by its user and its id."""

    user: str
    session: str


class ConnectSessions:
    """What Spark's Connect service knows. Calls raise py4j's errors when the JVM is gone."""

    def __init__(self, spark: Spark) -> None:
        services = spark.gateway.jvm.org.apache.spark.sql.connect.service
        service = getattr(getattr(services, "SparkConnectService$"), "MODULE$")
        self._manager = service.sessionManager()
        self._queries = service.streamingSessionManager()
        self._key = services.SessionKey

    def owner(self, id: str, run_id: str) -> Owner | None:
        """Whose a run of a query is; None for one that no client has started."""
        found = self._queries.getCachedValue(id, run_id)
        if not found.isDefined():
            return None
        return Owner(str(found.get().userId()), str(found.get().sessionId()))

    def query(self, id: str, run_id: str) -> Any | None:
        """A run of a query, also one that has ended in the last hour: Spark's StreamExecution."""
        found = self._queries.getCachedValue(id, run_id)
        if not found.isDefined():
            return None
        query = found.get().query()
        wrapped = str(query.getClass().getSimpleName()) == "StreamingQueryWrapper"
        return query.streamingQuery() if wrapped else query

    def running(self, owner: Owner) -> list[tuple[str, str | None]]:
        """Run id and name of the streams that run in a session."""
        holder = self._holder(owner)
        if holder is None:
            return []
        active = holder.session().streams().active()
        return [
            (str(query.runId()), None if query.name() is None else str(query.name()))
            for query in active
        ]

    def lives(self, owner: Owner) -> bool:
        """Whether a session is still there."""
        return self._holder(owner) is not None

    def touch(self, owner: Owner) -> None:
        """Count a session as just used."""
        holder = self._holder(owner)
        if holder is not None:
            holder.updateAccessTime()

    def release(self, owner: Owner) -> None:
        """End a session, with its temporary views and settings."""
        if self._holder(owner) is not None:
            self._manager.closeSession(self._key(owner.user, owner.session), False)

    def _holder(self, owner: Owner) -> Any | None:
        found = self._manager.getIsolatedSessionIfPresent(self._key(owner.user, owner.session))
        return found.get() if found.isDefined() else None
