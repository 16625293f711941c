"""Asking the supervisor: its control API, over HTTP on loopback."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import quote

from lakeshell.endpoint import Endpoint
from lakeshell.errors import ServerError

_TIMEOUT = 10.0  # seconds
_PARSE_TIMEOUT = 120.0  # seconds; thousands of statements
_STREAM_TIMEOUT = 600.0  # seconds; the end of a stream is that of the batch it is in


class ControlClient:
    """Calls the control API of one server. Every method raises ServerError when it does not answer.

    http.client and not a library: loading one takes longer than the call.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint

    def status(self) -> dict[str, Any]:
        """See `server/control.py`: processes, memory, shells, jobs, streams."""
        answer = self._call("GET", "/status")
        return answer if isinstance(answer, dict) else {}

    def jobs(self) -> list[dict[str, Any]]:
        """Spark jobs running now, of every session."""
        answer = self._call("GET", "/jobs")
        return answer if isinstance(answer, list) else []

    def executions(self, tag: str) -> list[dict[str, Any]]:
        """The plans of a statement, with their counts; `server/executions.py` tells the keys."""
        answer = self._call("GET", f"/executions/{quote(tag, safe='')}")
        return answer if isinstance(answer, list) else []

    def stages(self, tag: str) -> list[dict[str, Any]]:
        """The Spark stages of a statement; `server/executions.py` tells the keys."""
        answer = self._call("GET", f"/stages/{quote(tag, safe='')}")
        return answer if isinstance(answer, list) else []

    def streams(self) -> list[dict[str, Any]]:
        """Every streaming query of the home; `server/streams.py` tells the keys."""
        answer = self._call("GET", "/streams")
        return answer if isinstance(answer, list) else []

    def stream(self, wanted: str) -> dict[str, Any] | None:
        """One by its name, id or the beginning of an id, with its last batches; None if there is
        none."""
        return self._stream("GET", wanted)

    def stop_stream(self, wanted: str) -> dict[str, Any] | None:
        """Stop one and wait until it has ended; None if there is none."""
        return self._stream("POST", wanted, "/stop")

    def restart_stream(self, wanted: str) -> dict[str, Any] | None:
        """Start one again where its checkpoint left off: `{"refusal", "run_id"}`, of which one is
        None; None if there is no such stream."""
        return self._stream("POST", wanted, "/restart")

    def recover_streams(self) -> list[dict[str, Any]]:
        """Start again the streams that ran when the server died: of each `{"name", "id", "run_id",
        "refusal", "hint"}`."""
        answer = self._call("POST", "/streams/recover", timeout=_STREAM_TIMEOUT)
        return answer if isinstance(answer, list) else []

    def leave_session(self, user: str, session: str) -> list[str]:
        """A shell ends: the names of the streams of its session, which stays for them; with none it
        is to be ended."""
        path = f"/sessions/{quote(session, safe='')}/leave?user={quote(user, safe='')}"
        answer = self._call("POST", path)
        return [str(name) for name in answer] if isinstance(answer, list) else []

    def _stream(self, method: str, wanted: str, action: str = "") -> dict[str, Any] | None:
        path = f"/streams/{quote(wanted, safe='')}{action}"
        timeout = _STREAM_TIMEOUT if action else _TIMEOUT
        answer = self._call(method, path, missing_is_none=True, timeout=timeout)
        return answer if isinstance(answer, dict) else None

    def parse(self, texts: list[str]) -> list[dict[str, Any] | None]:
        """Why Spark's parser refuses each of these statements, None where it does not;
        `server/parsing.py` tells the keys."""
        answer = self._call("POST", "/parse", body=texts, timeout=_PARSE_TIMEOUT)
        return answer if isinstance(answer, list) else []

    def cancel(self, tag: str) -> None:
        """Cancel the jobs of a statement, those that it is about to start included."""
        self._call("POST", f"/cancel/{quote(tag, safe='')}")

    def stop(self) -> None:
        """Ask the server to stop."""
        self._call("POST", "/stop")

    def _call(
        self,
        method: str,
        path: str,
        *,
        missing_is_none: bool = False,
        timeout: float = _TIMEOUT,
        body: Any = None,
    ) -> Any:
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.endpoint.control_port, timeout=timeout
        )
        try:
            headers = {"Authorization": f"Bearer {self.endpoint.token}"}
            if body is not None:
                headers["Content-Type"] = "application/json"
            sent = None if body is None else json.dumps(body)
            connection.request(method, path, sent, headers)
            response = connection.getresponse()
            received = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise ServerError(
                "The server does not answer.", hint="lakeshell server logs"
            ) from error
        finally:
            connection.close()
        if response.status == 404 and missing_is_none:
            return None
        if response.status != 200:
            raise ServerError(f"The server refuses {path} ({response.status}).")
        try:
            return json.loads(received)
        except ValueError as error:
            # Another program has got the port of a server that is gone.
            raise ServerError("What answers is not lakeshell's server.") from error
