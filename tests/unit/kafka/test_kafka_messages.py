"""Lines as messages, and messages as rows."""

from __future__ import annotations

from datetime import datetime

import pytest

from lakeshell.errors import CommandError, UsageError
from lakeshell.kafka.client import checked_topic
from lakeshell.kafka.messages import (
    Message,
    Received,
    messages_of_lines,
    parse_headers,
    table_of,
)


def test_a_line_is_a_message_as_it_is() -> None:
    lines = [b'{"a": 1}\n', b"\n", b"  \r\n", b" two \r\n", b"\xff\n", b"last"]
    assert list(messages_of_lines(lines)) == [
        Message(b'{"a": 1}'), Message(b" two "), Message(b"\xff"), Message(b"last"),
    ]  # fmt: skip


def test_keys_and_headers() -> None:
    headers = parse_headers(["source=a=b", "empty="])
    assert headers == (("source", b"a=b"), ("empty", b""))
    assert list(messages_of_lines([b"x\n"], key="k", headers=headers)) == [
        Message(b"x", b"k", headers)
    ]
    split = messages_of_lines([b"k::v::w\n", b"::v\n", b"k::\n"], key_separator="::")
    assert list(split) == [Message(b"v::w", b"k"), Message(b"v", b""), Message(b"", b"k")]


def test_a_line_without_its_separator_is_named() -> None:
    with pytest.raises(CommandError, match="Line 3 has no ':'"):
        list(messages_of_lines([b"a:1\n", b"\n", b"b\n"], key_separator=":"))


@pytest.mark.parametrize("text", ["", "name", "=value"])
def test_what_is_no_header(text: str) -> None:
    with pytest.raises(UsageError, match="NAME=VALUE"):
        parse_headers([text])


@pytest.mark.parametrize("name", ["", ".", "..", "a b", "a/b", "é", "x" * 250, "a\x1b[0m"])
def test_what_is_no_topic(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name of a topic"):
        checked_topic(name)


def test_rows_hold_everything_and_any_bytes() -> None:
    table = table_of(
        [
            Received(1, 7, 1_700_000_000_123, b"k", b"\xffv", (("h", b"1"), ("none", None))),
            Received(0, 8, None, None, None),
        ]
    )
    first, second = table.to_pylist()
    assert first["headers"] == [{"key": "h", "value": "1"}, {"key": "none", "value": None}]
    assert first["value"] == "\\xffv"
    assert first["timestamp"] == datetime.fromtimestamp(1_700_000_000.123)
    assert (first["partition"], first["offset"], first["key"]) == (1, 7, "k")
    assert [second[name] for name in ("timestamp", "key", "value", "headers")] == [
        None, None, None, [],
    ]  # fmt: skip
    assert table_of([]).num_rows == 0
