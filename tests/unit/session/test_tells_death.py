"""Which failures of a call mean that the server is gone."""

from __future__ import annotations

import pytest

from lakeshell.session.spark_errors import tells_death


@pytest.mark.parametrize(
    ("message", "dead"),
    [
        ("StatusCode.UNAVAILABLE failed to connect to all addresses", True),
        ("status = StatusCode.UNAVAILABLE\n details = 'Socket closed'", True),
        (
            "status = StatusCode.CANCELLED\n details = "
            "'Stream removed (RST_STREAM (Received RST_STREAM with error code 8))'",
            True,
        ),
        ("StatusCode.CANCELLED Locally cancelled by application!", False),
        ("StatusCode.INTERNAL [OPERATION_CANCELED] cancelled", False),
        ("the file said UNAVAILABLE", False),
    ],
)
def test_a_connection_that_breaks_is_a_death(message: str, dead: bool) -> None:
    assert tells_death(message) is dead
