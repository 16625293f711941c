"""The control API: what Connect clients cannot see or do, over HTTP on loopback with a token."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import psutil
import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException

import lakeshell
from lakeshell.home import Home
from lakeshell.server.streams import NoSuchStream, Streams

if TYPE_CHECKING:
    from lakeshell.server.lifecycle import ServerState


_CANCEL_WATCH = 10.0  # seconds that a cancelled statement is looked after


class ControlServer:
    """Serves the control API on an already bound socket, in a thread of its own."""

    def __init__(self, state: ServerState, home: Home, token: str, listener: socket.socket) -> None:
        self._socket = listener
        self._streams = Streams(state.spark, home, f"{os.getpid()}-{state.started:.3f}")
        config = uvicorn.Config(
            control_app(state, home, token, self._streams),
            log_level="warning",
            access_log=False,
            lifespan="off",
        )
        self._server = uvicorn.Server(config)

    def finish(self) -> None:
        """The server is about to end in good order."""
        self._streams.close()

    def start(self) -> None:
        """Answer from now on; connections made since the socket was bound are served, too."""
        self._streams.start()
        self._socket.listen(64)
        # A thread of its own: uvicorn installs signal handlers only in the main one.
        threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True
        ).start()


@contextlib.contextmanager
def _found() -> Iterator[None]:
    try:
        yield
    except NoSuchStream as error:
        raise HTTPException(404, "no such stream") from error


def control_app(state: ServerState, home: Home, token: str, streams: Streams) -> FastAPI:
    """The API of one supervisor. Every route wants `Authorization: Bearer <token>`."""
    from lakeshell.server.executions import executions as executions_of
    from lakeshell.server.executions import stages as stages_of
    from lakeshell.server.lifecycle import attached_shells
    from lakeshell.server.parsing import parse_problems

    def authorized(authorization: Annotated[str, Header()] = "") -> None:
        if not secrets.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
            raise HTTPException(401, "wrong or missing token")

    app = FastAPI(
        docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(authorized)]
    )

    @app.get("/status")
    def status() -> dict[str, Any]:
        """Processes, memory in bytes, seconds up, shells, running jobs and streams."""
        jvm = psutil.Process(state.spark.process.pid)
        return {
            "version": lakeshell.__version__,
            "home": str(home.root),
            "pid": os.getpid(),
            "jvm_pid": jvm.pid,
            "uptime": time.time() - state.started,
            "jvm_memory": jvm.memory_info().rss,
            "spark_version": str(state.spark.session.version()),
            "shells": attached_shells(home),
            "streams": state.spark.active_streams(),
            "jobs": len(state.spark.running_jobs()),
        }

    @app.get("/jobs")
    def jobs() -> list[dict[str, Any]]:
        """Spark jobs running now: id, tasks, done."""
        return state.spark.running_jobs()

    @app.get("/executions/{tag}")
    def executions(tag: str) -> list[dict[str, Any]]:
        """The plans of the statement with this tag, with their counts; see `server/executions`."""
        return executions_of(state.spark, tag)

    @app.get("/stages/{tag}")
    def stages(tag: str) -> list[dict[str, Any]]:
        """The Spark stages of the statement with this tag; see `server/executions`."""
        return stages_of(state.spark, tag)

    @app.post("/parse")
    def parse(texts: list[str]) -> list[dict[str, Any] | None]:
        """Why each of these cannot be parsed, null where it can; see `server/parsing`."""
        return parse_problems(state.spark, texts)

    @app.post("/cancel/{tag}")
    def cancel(tag: str) -> dict[str, bool]:
        """See to it that no job of the statement with this tag goes on or still begins."""
        threading.Thread(
            target=state.spark.cancel_tagged, args=(tag, _CANCEL_WATCH), daemon=True
        ).start()
        return {"cancelling": True}

    @app.get("/streams")
    def list_streams() -> list[dict[str, Any]]:
        """Every streaming query, with those of the last hour that have ended; see
        `server/streams`."""
        return streams.all()

    @app.post("/streams/recover")
    def recover_streams() -> list[dict[str, Any]]:
        """Start again those that ran when the server died; of each, why not, if not."""
        return streams.recover()

    @app.post("/sessions/{session}/leave")
    def leave_session(session: str, user: str = "") -> list[str]:
        """Its shell ends: the names of its streams, for which the session stays."""
        return streams.leave(user, session)

    @app.get("/streams/{wanted}")
    def show_stream(wanted: str) -> dict[str, Any]:
        """One of them, by name, id or the beginning of an id, with its last batches."""
        with _found():
            return streams.show(wanted)

    @app.post("/streams/{wanted}/stop")
    def stop_stream(wanted: str) -> dict[str, Any]:
        """Stop it, wait for that, and tell how it is."""
        with _found():
            return streams.stop(wanted)

    @app.post("/streams/{wanted}/restart")
    def restart_stream(wanted: str) -> dict[str, Any]:
        """Start it again; why not, if not."""
        with _found():
            return streams.restart(wanted)

    @app.post("/stop")
    def stop() -> dict[str, bool]:
        """Begin to stop; the supervisor's lock is free when it is done."""
        state.stop_requested.set()
        return {"stopping": True}

    return app
