"""Topics, writing and reading, by librdkafka: a Java client would take a second to start."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from lakeshell.errors import CommandError, UsageError
from lakeshell.kafka.messages import Message, Received

_ANSWER = 10.0  # seconds that a broker may take for an answer
_DELIVERY = 30.0  # seconds until a message counts as lost
_BATCH = 2000  # messages taken from librdkafka at once
_NAME = re.compile(r"[A-Za-z0-9._-]{1,249}")
_INTERNAL = "__"  # how the names of Kafka's own topics begin


@dataclass(frozen=True)
class Topic:
    """`messages` are those between the first and the last offset."""

    name: str
    partitions: int
    messages: int


@dataclass(frozen=True)
class Span:
    """The offsets of a partition: the first one there, and the next one to be written."""

    partition: int
    low: int
    high: int


def checked_topic(name: str) -> str:
    """A name that Kafka takes. Raises UsageError."""
    if not _NAME.fullmatch(name) or name in (".", ".."):
        raise UsageError(
            f"{name!r} cannot be the name of a topic.",
            hint="Letters, digits, '.', '_' and '-', at most 249.",
        )
    return name


class KafkaClient:
    """Speaks with the brokers `servers`, `host:port` each, with commas between them.

    Every method raises CommandError in a sentence when they do not answer or refuse.
    """

    def __init__(self, servers: str) -> None:
        self.servers = servers
        self._kafka = _library()
        self._kept_admin: Any = None

    # Topics
    def topics(self) -> list[Topic]:
        """Those of people, not Kafka's own, by name."""
        with self._worded():
            known = self._admin().list_topics(timeout=_ANSWER).topics
            return [
                Topic(name, len(spans), sum(span.high - span.low for span in spans))
                for name in sorted(known)
                if not name.startswith(_INTERNAL)
                for spans in [self._spans(name, known[name].partitions)]
            ]

    def create_topic(self, name: str, partitions: int) -> None:
        """Make a topic of one replica."""
        from confluent_kafka.admin import NewTopic

        with self._worded():
            topic = NewTopic(name, num_partitions=partitions, replication_factor=1)
            self._admin().create_topics([topic], operation_timeout=_ANSWER)[name].result()

    def delete_topic(self, name: str) -> None:
        """Delete a topic with all that is in it, and wait until it is gone."""
        with self._worded():
            admin = self._admin()
            admin.delete_topics([name], operation_timeout=_ANSWER)[name].result()
            deadline = time.monotonic() + _ANSWER
            while name in admin.list_topics(timeout=_ANSWER).topics:
                if time.monotonic() > deadline:
                    raise CommandError(f"The topic {name} is being deleted, but still there.")
                time.sleep(0.05)

    def spans(self, name: str) -> list[Span]:
        """What offsets each partition of a topic has."""
        with self._worded():
            known = self._admin().list_topics(timeout=_ANSWER).topics
            if name not in known:
                raise CommandError(
                    f"There is no topic {name}.", hint="lakeshell kafka topics lists them."
                )
            return self._spans(name, known[name].partitions)

    # Writing
    def produce(self, topic: str, messages: Iterable[Message]) -> int:
        """Write messages, and wait until the broker has them all; how many it has.

        Raises CommandError, which says how many were written, when one was refused.
        """
        failures: list[Any] = []
        written = 0

        def delivered(error: Any, _message: Any) -> None:
            nonlocal written
            if error is not None:
                failures.append(error)
            else:
                written += 1

        with self._worded():
            self._admin().list_topics(timeout=_ANSWER)  # says at once that nobody answers
            producer = self._kafka.Producer(
                self._settings(**{
                    "linger.ms": 5,
                    "enable.idempotence": True,  # a repeated request writes nothing twice
                    "message.timeout.ms": int(_DELIVERY * 1000),
                })
            )  # fmt: skip
            try:
                for message in messages:
                    if failures:
                        break
                    self._hand_over(producer, topic, message, delivered)
            except CommandError as error:  # of the messages themselves
                producer.flush(_DELIVERY)
                raise CommandError(f"{error.message} {written:,} before it were written.") from None
            finally:
                producer.flush(_DELIVERY)
        if failures or len(producer):
            why = self._sentence(failures[0]) if failures else "The broker did not answer in time."
            raise CommandError(f"{written:,} messages were written, then: {why}")
        return written

    def _hand_over(self, producer: Any, topic: str, message: Message, delivered: Any) -> None:
        while True:
            try:
                producer.produce(
                    topic,
                    value=message.value,
                    key=message.key,
                    headers=list(message.headers),
                    on_delivery=delivered,
                )
            except BufferError:  # its queue is full
                producer.poll(0.1)
            else:
                producer.poll(0)
                return

    # Reading
    def read(self, topic: str, begin: dict[int, int]) -> Iterator[list[Received]]:
        """Messages of the partitions in `begin` from those offsets on, to the end of each."""
        with self._consuming(topic, begin) as consumer:
            ended: set[int] = set()
            while len(ended) < len(begin):
                before = len(ended)
                batch = self._batch(consumer, _ANSWER, ended)
                if not batch and len(ended) == before:
                    self.spans(topic)  # says so if the broker is gone
                yield batch

    def follow(self, topic: str, begin: dict[int, int]) -> Iterator[list[Received]]:
        """Messages as they come, without end; an empty list when for a moment none has come."""
        with self._consuming(topic, begin) as consumer:
            while True:
                yield self._batch(consumer, 0.3, set())

    @contextlib.contextmanager
    def _consuming(self, topic: str, begin: dict[int, int]) -> Iterator[Any]:
        with self._worded():
            consumer = self._kafka.Consumer(
                self._settings(**{
                    "group.id": "lakeshell",  # wanted by the library; nothing is kept under it
                    "enable.auto.commit": False,
                    "enable.partition.eof": True,
                    "auto.offset.reset": "earliest",
                })
            )  # fmt: skip
            try:
                partition = self._kafka.TopicPartition
                consumer.assign([partition(topic, number, at) for number, at in begin.items()])
                yield consumer
            finally:
                consumer.close()

    def _batch(self, consumer: Any, timeout: float, ended: set[int]) -> list[Received]:
        received = []
        # One at first: `consume` waits for the whole of `timeout` unless its batch is full.
        first = consumer.poll(timeout)
        for message in [] if first is None else [first, *consumer.consume(_BATCH, 0.0)]:
            error = message.error()
            if error is None:
                received.append(_received(message))
                ended.discard(message.partition())
            elif error.code() == self._kafka.KafkaError._PARTITION_EOF:
                ended.add(message.partition())
            elif not error.retriable():
                raise self._kafka.KafkaException(error)
        return received

    # The library
    def _admin(self) -> Any:
        if self._kept_admin is None:
            from confluent_kafka.admin import AdminClient

            self._kept_admin = AdminClient(self._settings())
        return self._kept_admin

    def _spans(self, name: str, partitions: Iterable[int]) -> list[Span]:
        from confluent_kafka.admin import OffsetSpec

        places = [self._kafka.TopicPartition(name, number) for number in sorted(partitions)]
        admin = self._admin()
        low, high = (
            admin.list_offsets(dict.fromkeys(places, spec), request_timeout=_ANSWER)
            for spec in (OffsetSpec.earliest(), OffsetSpec.latest())
        )
        return [
            Span(place.partition, low[place].result().offset, high[place].result().offset)
            for place in places
        ]

    def _settings(self, **more: Any) -> dict[str, Any]:
        # It writes on stderr what its errors say already.
        return {"bootstrap.servers": self.servers, "log_level": 0, **more}

    @contextlib.contextmanager
    def _worded(self) -> Iterator[None]:
        try:
            yield
        except self._kafka.KafkaException as error:
            raise CommandError(self._sentence(error.args[0])) from error

    def _sentence(self, error: Any) -> str:
        code = self._kafka.KafkaError
        if error.code() in (code._TRANSPORT, code._ALL_BROKERS_DOWN, code._TIMED_OUT,
                            code._MSG_TIMED_OUT, code._RESOLVE):  # fmt: skip
            return f"No Kafka broker answers at {self.servers}."
        text = str(error.str()).removeprefix("Broker: ").rstrip(".")
        return f"Kafka refused: {text}."


def _received(message: Any) -> Received:
    kind, moment = message.timestamp()
    return Received(
        message.partition(),
        message.offset(),
        moment if kind else None,
        message.key(),
        message.value(),
        tuple(message.headers() or ()),
    )


def _library() -> ModuleType:
    try:
        import confluent_kafka
    except ImportError as error:
        raise CommandError(
            "The package confluent-kafka is missing.", hint="pip install confluent-kafka"
        ) from error
    module: ModuleType = confluent_kafka
    return module
