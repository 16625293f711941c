"""`format("kafka")` of pyspark's own readers and writers: servers are found, the rest is left."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pyspark.sql.connect.plan import Read
from pyspark.sql.connect.readwriter import DataFrameReader, DataFrameWriter
from pyspark.sql.connect.streaming.readwriter import DataStreamReader, DataStreamWriter

from lakeshell.errors import CommandError
from lakeshell.home import Home
from lakeshell.kafka import broker, servers
from lakeshell.kafka.servers import Reach
from lakeshell.session.python_api import kafka
from lakeshell.session.python_api.streams import LAKEHOUSE

OWN = "127.0.0.1:19092"
SERVERS = "kafka.bootstrap.servers"
SECRET = {
    "kafka.security.protocol": "SASL_SSL",
    "kafka.sasl.mechanism": "PLAIN",
    "kafka.sasl.jaas.config": 'x.PlainLoginModule required username="u" password="canary";',
    "kafka.ssl.truststore.location": "/etc/t.jks",
    "kafka.ssl.truststore.password": "canary",
    "includeHeaders": "true",
    "subscribe": "events_topic",
}


class Client:
    """Takes what is sent."""

    def __init__(self) -> None:
        self.sent: list[Any] = []

    def execute_command(self, command: Any, *_: Any) -> Any:
        self.sent.append(command)
        return None, {}, None


class Session(SimpleNamespace):
    """What readers and writers want of pyspark's session."""

    client: Client


@pytest.fixture
def notices() -> list[str]:
    return []


@pytest.fixture
def spark(tmp_path: Path, notices: list[str], monkeypatch: pytest.MonkeyPatch) -> Session:
    def look(host: str, port: int) -> Reach:
        return Reach.ANSWERS if host in ("there", "127.0.0.1") else Reach.UNKNOWN

    monkeypatch.setattr(servers, "_probe", look)
    monkeypatch.setattr(broker, "running_broker", lambda home: SimpleNamespace(address=OWN))
    monkeypatch.setenv("LAKESHELL_CONFIG_DIR", str(tmp_path))
    spark = Session(client=Client())
    setattr(spark, LAKEHOUSE, Home(tmp_path / "home").create())
    kafka.find_kafka(spark, notices.append)
    kafka.find_kafka(spark, notices.append)
    return spark


@pytest.mark.parametrize("kind", [DataFrameReader, DataStreamReader])
def test_readers(kind: Any, spark: Session, notices: list[str]) -> None:
    reader = kind(spark).format("kafka").option(SERVERS, "kafka-server:9092").options(**SECRET)
    plan = reader.load()._plan
    assert plan._options == {**SECRET, SERVERS: OWN}
    assert len(notices) == 1
    assert "kafka-server:9092 is not to be found" in notices[0]
    assert "canary" not in notices[0]
    # The next load looks again: the broker may have been started anew elsewhere.
    assert reader._options[SERVERS] == "kafka-server:9092"

    named = kind(spark).options(**SECRET).load(format="Kafka", **{SERVERS.upper(): "there:1"})
    assert named._plan._options == {**SECRET, SERVERS.upper(): "there:1"}
    assert len(notices) == 1


@pytest.mark.parametrize("kind", [DataFrameReader, DataStreamReader])
def test_other_formats_are_not_looked_at(kind: Any, spark: Session, notices: list[str]) -> None:
    other = kind(spark).format("rate").option(SERVERS, "kafka-server:9092").load()
    assert other._plan._options == {SERVERS: "kafka-server:9092"}
    assert notices == []


def test_writers(spark: Session, notices: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, str]] = []
    frame: Any = Read("t")
    batch = DataFrameWriter(frame, spark).format("kafka").options(**SECRET)
    monkeypatch.setattr(
        type(batch._write), "command", lambda self, _: sent.append(dict(self.options))
    )
    batch.option(SERVERS, "kafka-server:9092").save()
    stream = DataStreamWriter(frame, spark).options(**SECRET)
    monkeypatch.setattr(
        type(stream._write_stream), "command",
        lambda self, _: sent.append(dict(self.write_op.options)),
    )  # fmt: skip
    with pytest.raises(KeyError):  # nothing was started there
        stream.option(SERVERS, "kafka-server:9092").start(format="kafka")
    assert sent == [{**SECRET, SERVERS: OWN}] * 2
    assert stream._write_proto.options[SERVERS] == "kafka-server:9092"
    assert len(notices) == 2


def test_nobody_there_is_an_error_before_spark_is_asked(
    spark: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker, "running_broker", lambda home: None)
    reader = DataStreamReader(spark).format("kafka").options(**SECRET)
    with pytest.raises(
        CommandError, match="no host for the Kafka server kafka-server:9092"
    ) as told:
        reader.option(SERVERS, "kafka-server:9092").load()
    assert "canary" not in told.value.message + (told.value.hint or "")
