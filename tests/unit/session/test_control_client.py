"""The client of the control API, against answers that are none."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from lakeshell.endpoint import Endpoint
from lakeshell.errors import ServerError
from lakeshell.session.control import ControlClient


class _Stranger(BaseHTTPRequestHandler):
    """What may have got the port of a server that is gone."""

    def do_GET(self) -> None:
        status, body = {
            "/streams": (200, b"<html>hello</html>"),
            "/jobs": (200, b"\xff\xfe"),
            "/status": (200, b"[]"),
            "/streams/a%2Fb": (404, b""),
        }.get(self.path, (500, b""))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def client() -> Iterator[ControlClient]:
    server = HTTPServer(("127.0.0.1", 0), _Stranger)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield ControlClient(Endpoint(1, 2, 3, server.server_port, "token", "0", 0.0))
    server.shutdown()
    server.server_close()


def test_an_answer_that_is_none_is_an_error_of_ours(client: ControlClient) -> None:
    for ask in (client.streams, client.jobs):
        with pytest.raises(ServerError, match="not lakeshell's server"):
            ask()
    assert client.status() == {}
    with pytest.raises(ServerError, match="refuses /executions/x%2Fy"):
        client.executions("x/y")


def test_a_stream_that_is_not_there_is_none(client: ControlClient) -> None:
    assert client.stream("a/b") is None


def test_nobody_there() -> None:
    server = HTTPServer(("127.0.0.1", 0), _Stranger)
    port = server.server_port
    server.server_close()
    with pytest.raises(ServerError, match="does not answer"):
        ControlClient(Endpoint(1, 2, 3, port, "token", "0", 0.0)).streams()
