"""Lines of text as messages for Kafka, and messages as rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from lakeshell.errors import CommandError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

Headers = tuple[tuple[str, bytes | None], ...]


@dataclass(frozen=True)
class Message:
    """What is written to a topic."""

    value: bytes
    key: bytes | None = None
    headers: Headers = ()


@dataclass(frozen=True)
class Received:
    """What was read. `timestamp` is milliseconds since the epoch, None where there is none."""

    partition: int
    offset: int
    timestamp: int | None
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


def parse_headers(texts: Sequence[str]) -> Headers:
    """`NAME=VALUE` each. Raises UsageError."""
    headers = []
    for text in texts:
        name, equals, value = text.partition("=")
        if not name or not equals:
            raise UsageError(
                f"{text!r} is not NAME=VALUE.", hint="For example: --header source=app"
            )
        headers.append((name, value.encode()))
    return tuple(headers)


def messages_of_lines(
    lines: Iterable[bytes],
    *,
    key: str | None = None,
    key_separator: str | None = None,
    headers: Headers = (),
) -> Iterator[Message]:
    """A message a line, as it is; blank lines are left out.

    With `key_separator` a line is split where it first stands. Raises CommandError, which names
    the line, where it does not.
    """
    fixed = None if key is None else key.encode()
    separator = None if key_separator is None else key_separator.encode()
    for number, line in enumerate(lines, 1):
        text = line.removesuffix(b"\n").removesuffix(b"\r")
        if not text.strip():
            continue
        if separator is None:
            yield Message(text, fixed, headers)
            continue
        before, found, after = text.partition(separator)
        if not found:
            raise CommandError(f"Line {number} has no {key_separator!r} between key and value.")
        yield Message(after, before, headers)


def table_of(messages: Sequence[Received]) -> pa.Table:
    """A row a message. Times are those of this machine's clock; bytes that are no UTF-8 are
    written as `\\xNN`."""
    import pyarrow as pa

    pair = pa.struct([("key", pa.string()), ("value", pa.string())])
    schema = pa.schema(
        [
            ("partition", pa.int32()),
            ("offset", pa.int64()),
            ("timestamp", pa.timestamp("ms")),
            ("key", pa.string()),
            ("value", pa.string()),
            ("headers", pa.list_(pair)),
        ]
    )
    rows = [
        {
            "partition": one.partition,
            "offset": one.offset,
            "timestamp": None if one.timestamp is None else _local(one.timestamp),
            "key": _text(one.key),
            "value": _text(one.value),
            "headers": [{"key": name, "value": _text(value)} for name, value in one.headers],
        }
        for one in messages
    ]
    return pa.Table.from_pylist(rows, schema)


def _local(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000)


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "backslashreplace")
