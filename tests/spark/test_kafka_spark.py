"""Kafka against a real broker: the command, and streams and batches of Spark.

One broker in the shared lakehouse, started when the first of these tests runs.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cells_support import CellRun
from command import Run, run_command

from lakeshell.config import load_config
from lakeshell.errors import CellError
from lakeshell.home import Home
from lakeshell.kafka.broker import Broker, ensure_broker, running_broker, stop_broker
from lakeshell.session.session import Session

SCHEMA = """\
event_schema = (
    "user_id string, event_type string, item_id string, properties map<string, string>"
)
"""
# As the course has it.
STREAM = """\
# Create a streaming DataFrame from a source
from pyspark.sql.functions import *

stream_df = spark.readStream.format("kafka") \\
    .option("kafka.bootstrap.servers", "kafka-server:9092") \\
    .option("subscribe", "events_topic") \\
    .option("startingOffsets", "latest") \\
    .load()

# Parse the JSON payload
parsed_df = stream_df.select(
    col("key").cast("string"),
    from_json(col("value").cast("string"), event_schema).alias("event"),
    col("timestamp")
)

# Extract fields from the nested structure
processed_df = parsed_df.select(
    "key",
    "timestamp",
    "event.user_id",
    "event.event_type",
    "event.item_id",
    "event.properties"
)

# Write the stream to a Delta table
query = processed_df.writeStream \\
    .format("delta") \\
    .outputMode("append") \\
    .option("checkpointLocation", "/mnt/checkpoints/events") \\
    .table("events_streaming")
"""
MESSAGES = 100_000
CANARY = "canary-5Kxq"


@pytest.fixture(scope="module")
def broker(lakehouse: Home) -> Iterator[Broker]:
    broker, _ = ensure_broker(lakehouse, load_config(lakehouse), port=0)
    yield broker
    stop_broker(lakehouse)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < deadline, "did not happen"
        time.sleep(0.05)


def events(numbers: range) -> str:
    """Lines `key|{…}`."""
    return "".join(
        f'u{n % 97}|{{"user_id": "u{n % 97}", "event_type": "view", "item_id": "i{n}", '
        f'"properties": {{"page": "p{n % 10}"}}}}\n'
        for n in numbers
    )


def kafka(home: Home, *words: str, stdin: str = "") -> Run:
    done = run_command("--format", "jsonl", "kafka", *words, home=home.root, stdin=stdin)
    assert done.code == 0, done.stderr
    return done


def rows(session: Session, text: str) -> list[dict[str, Any]]:
    table = session.execute(text).table
    return [] if table is None else list(table.to_pylist())


def test_a_stream_into_delta_loses_and_doubles_nothing_over_a_restart(
    session: Session, schema: str, lakehouse: Home, broker: Broker
) -> None:
    shutil.rmtree(lakehouse.mnt / "checkpoints" / "events", ignore_errors=True)
    kafka(lakehouse, "topics", "create", "events_topic", "--partitions", "2")
    cells = CellRun(session)
    cells.run(SCHEMA + STREAM)
    assert [n for n in cells.notices() if "kafka-server:9092" in n] == [
        "kafka-server:9092 is not to be found; Kafka of this lakehouse at "
        f"{broker.address} is used."
    ]
    query = cells.names["query"]
    until(lambda: query.lastProgress)  # "latest" has become offsets

    half = MESSAGES // 2
    kafka(lakehouse, "produce", "events_topic", "--key-separator", "|", stdin=events(range(half)))
    count = "SELECT count(*) AS n FROM events_streaming"
    until(lambda: rows(session, count)[0]["n"] > 0)
    query.stop()
    rest = events(range(half, MESSAGES))
    kafka(lakehouse, "produce", "events_topic", "--key-separator", "|", stdin=rest)
    cells.run(STREAM)
    until(lambda: rows(session, count)[0]["n"] >= MESSAGES)
    cells.run("query.processAllAvailable(); query.stop()")
    assert rows(
        session,
        "SELECT count(*) AS n, count(DISTINCT item_id) AS items, min(properties.page) AS page, "
        "count_if(key = user_id AND event_type = 'view') AS whole FROM events_streaming",
    ) == [{"n": MESSAGES, "items": MESSAGES, "page": "p0", "whole": MESSAGES}]


def test_batches_and_streams_carry_keys_values_and_headers_both_ways(
    session: Session, schema: str, broker: Broker
) -> None:
    cells = CellRun(session)
    cells.run("""\
servers = "kafka-server:9092"
rows = [("k1", "v1", [("h", b"1"), ("e", None)]), (None, "v2", [])]
frame = spark.createDataFrame(
    rows, "key string, value string, headers array<struct<key: string, value: binary>>"
)
frame.write.format("kafka").option("kafka.bootstrap.servers", servers).option(
    "topic", "pairs"
).option("includeHeaders", "true").save()
copied = (
    spark.readStream.format("kafka").option("kafka.bootstrap.servers", servers)
    .option("subscribe", "pairs").option("startingOffsets", "earliest")
    .option("includeHeaders", "true").load().select("key", "value", "headers")
    .writeStream.format("kafka").option("kafka.bootstrap.servers", servers)
    .option("topic", "copied").option("includeHeaders", "true")
    .option("checkpointLocation", "/mnt/checkpoints/copied").trigger(availableNow=True).start()
)
copied.awaitTermination()
back = (
    spark.read.format("kafka").option("kafka.bootstrap.servers", servers)
    .option("subscribe", "copied").option("includeHeaders", "true").load()
    .selectExpr("CAST(key AS STRING) AS key", "CAST(value AS STRING) AS value", "headers")
    .orderBy("value").collect()
)
""")
    found = [row.asDict(recursive=True) for row in cells.names["back"]]
    assert [(row["key"], row["value"]) for row in found] == [("k1", "v1"), (None, "v2")]
    assert found[0]["headers"] == [{"key": "h", "value": b"1"}, {"key": "e", "value": None}]


def test_passwords_are_shown_nowhere_and_nobody_there_is_said_at_once(
    session: Session, schema: str, lakehouse: Home, broker: Broker
) -> None:
    cells = CellRun(session)
    said = [
        cells.run(f"""\
login = "org.apache.kafka.common.security.plain.PlainLoginModule required "
login += 'username="u" password="{CANARY}";'
secured = {{
    "kafka.bootstrap.servers": {broker.address!r}, "subscribe": "events_topic",
    "kafka.security.protocol": "SASL_PLAINTEXT", "kafka.sasl.mechanism": "PLAIN",
    "kafka.sasl.jaas.config": login, "kafka.ssl.truststore.password": {CANARY!r},
}}
stream = spark.readStream.format("kafka").options(**secured).load()
stream.explain(True)
query = stream.writeStream.format("noop").queryName("secured").start()
""")
    ]
    control = session.control
    until(lambda: (control.stream("secured") or {}).get("state") == "failed")
    said.append(json.dumps(control.streams()))
    assert "client mechanism PLAIN" in said[-1]  # so its login was asked for
    for code in ("query.awaitTermination()", "stream.select('nothing').schema"):
        with pytest.raises(CellError) as told:
            cells.run(code)
        said += [told.value.message, told.value.hint or "", told.value.detail or ""]
    said += [path.read_text("utf-8", "replace") for path in lakehouse.logs.iterdir()]
    assert [text for text in said if CANARY in text] == []

    load = "_ = spark.read.format('kafka').options(**{**secured, **more}).load()"
    cells.run(f"more = {{'kafka.bootstrap.servers': '127.0.0.1:1,{broker.address}'}}\n{load}")
    with pytest.raises(CellError) as told:
        cells.run(f"more = {{'kafka.bootstrap.servers': '127.0.0.1:1'}}\n{load}")
    assert told.value.message == "No Kafka broker answers at 127.0.0.1:1."
    assert CANARY not in (told.value.hint or "")


def test_the_command_writes_lists_and_shows(lakehouse: Home, broker: Broker) -> None:
    hostile = 'k1\t{"text": "\x1b[31mred"}\n\nk2\tplain\n'
    written = kafka(
        lakehouse, "produce", "typed", "--key-separator", "\t", "--header", "from=test",
        stdin=hostile,
    )  # fmt: skip
    assert written.stderr == "2 messages written to typed.\n"
    shown = [json.loads(line) for line in kafka(lakehouse, "consume", "typed").stdout.splitlines()]
    assert [(one["offset"], one["key"], one["value"]) for one in shown] == [
        (0, "k1", '{"text": "\x1b[31mred"}'), (1, "k2", "plain"),
    ]  # fmt: skip
    assert shown[0]["headers"] == [{"key": "from", "value": "test"}]
    table = run_command("kafka", "consume", "typed", "-n", "2", home=lakehouse.root)
    assert "\x1b" not in table.stdout
    assert "plain" in table.stdout
    first = kafka(lakehouse, "consume", "typed", "--from-beginning", "-n", "1").stdout
    assert json.loads(first)["key"] == "k1"
    topics = kafka(lakehouse, "topics").stdout.splitlines()
    assert '{"topic": "typed", "partitions": 1, "messages": 2}' in topics
    kafka(lakehouse, "topics", "delete", "typed")
    assert "typed" not in kafka(lakehouse, "topics").stdout
    again = run_command("kafka", "start", home=lakehouse.root)
    assert f"Kafka runs already at {broker.address}" in again.stderr


def test_a_broker_that_was_killed_is_told_and_keeps_its_messages(
    lakehouse: Home, broker: Broker
) -> None:
    kafka(lakehouse, "produce", "kept", stdin="one\ntwo\n")
    os.kill(broker.pid, signal.SIGKILL)
    until(lambda: running_broker(lakehouse) is None)
    status = kafka(lakehouse, "status").stdout
    assert "ended without being stopped" in status
    assert "killed from outside" in status
    started = run_command("kafka", "start", "--port", str(broker.port), home=lakehouse.root)
    assert started.code == 0, started.stderr
    assert '"messages": 2}' in kafka(lakehouse, "topics").stdout
    stopped = run_command("kafka", "stop", home=lakehouse.root)
    assert stopped.stderr == "Kafka has stopped.\n"
