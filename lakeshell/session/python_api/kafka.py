"""`format("kafka")` in Python cells: servers that lie elsewhere are found, or it is said that they
are not."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from lakeshell.config import load_config
from lakeshell.home import Home
from lakeshell.kafka.servers import Located, locate
from lakeshell.session.python_api.streams import LAKEHOUSE

_NOTIFY = "_lakeshell_kafka_notify"
_SERVERS = "kafka.bootstrap.servers"
_NAMES = frozenset({"kafka", "org.apache.spark.sql.kafka010.kafkasourceprovider"})

Options = MutableMapping[str, str]


def find_kafka(spark: Any, notify: Callable[[str], None]) -> None:
    """Let readers and writers of a taught session know where brokers are; twice does no harm.

    `notify` is told when another server is used than the code names.
    """
    from pyspark.sql.connect.readwriter import DataFrameReader, DataFrameWriter
    from pyspark.sql.connect.streaming.readwriter import DataStreamReader, DataStreamWriter

    setattr(spark, _NOTIFY, notify)
    _teach(DataFrameReader, "load", _of_reader)
    _teach(DataStreamReader, "load", _of_reader)
    _teach(DataFrameWriter, "save", _of_writer)
    _teach(DataStreamWriter, "start", _of_stream_writer)


def _of_reader(reader: Any) -> tuple[Any, str | None, Options]:
    """The session, the format and the options of a reader, which may be changed in place."""
    return reader._client, reader._format, reader._options


def _of_writer(writer: Any) -> tuple[Any, str | None, Options]:
    return writer._spark, writer._write.source, writer._write.options


def _of_stream_writer(writer: Any) -> tuple[Any, str | None, Options]:
    return writer._session, writer._write_proto.format, writer._write_proto.options


def _teach(kind: Any, method: str, parts: Callable[[Any], tuple[Any, str | None, Options]]) -> None:
    plain = getattr(kind, method)
    if getattr(plain, "finds_kafka", False):
        return

    @functools.wraps(plain)
    def finding(self: Any, path: Any = None, format: Any = None, *rest: Any, **named: Any) -> Any:
        name = format or parts(self)[1] or ""
        if str(name).lower() not in _NAMES:
            return plain(self, path, format, *rest, **named)
        # Options may stand in the call itself.
        given = {key: named.pop(key) for key in list(named) if key.lower() == _SERVERS}
        self.options(**given)
        session, _, options = parts(self)
        with _pointed(session, options):
            return plain(self, path, format, *rest, **named)

    finding.finds_kafka = True  # type: ignore[attr-defined]
    setattr(kind, method, finding)


@contextmanager
def _pointed(session: Any, options: Options) -> Iterator[None]:
    """While the options name the servers as they are found now; afterwards they are the user's."""
    home = getattr(session, LAKEHOUSE, None)
    written = {key: value for key, value in options.items() if key.lower() == _SERVERS}
    if home is None or not written:
        yield
        return
    for key, value in written.items():
        found = locate_for(home, value)
        if found.notice:
            getattr(session, _NOTIFY)(found.notice)
        options[key] = found.servers
    try:
        yield
    finally:
        options.update(written)


def locate_for(home: Home, servers: str) -> Located:
    """Where servers that code names are, for this lakehouse. Raises CommandError."""

    def own_broker() -> str | None:
        # Only now: what starts brokers would make every first cell slower.
        from lakeshell.kafka.broker import running_broker

        broker = running_broker(home)
        return None if broker is None else broker.address

    return locate(servers, load_config(home).kafka.servers, own_broker)
