"""Asking the supervisor: its control API, over HTTP on loopback."""

from __future__ import annotations

import http.client
import json
from typing import Any

from lakeshell.endpoint import Endpoint
from lakeshell.errors import ServerError

_TIMEOUT = 10.0  # seconds


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

    def cancel(self, tag: str) -> None:
        """Cancel the jobs of a statement, those that it is about to start included."""
        self._call("POST", f"/cancel/{tag}")

    def stop(self) -> None:
        """Ask the server to stop."""
        self._call("POST", "/stop")

    def _call(self, method: str, path: str) -> Any:
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.endpoint.control_port, timeout=_TIMEOUT
        )
        try:
            connection.request(
                method, path, headers={"Authorization": f"Bearer {self.endpoint.token}"}
            )
            response = connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise ServerError(
                "The server does not answer.", hint="lakeshell server logs"
            ) from error
        finally:
            connection.close()
        if response.status != 200:
            raise ServerError(f"The server refuses {path} ({response.status}).")
        return json.loads(body)
