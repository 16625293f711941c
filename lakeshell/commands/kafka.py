"""%kafka: a broker of the lakehouse's own, its topics, and messages in and out of them."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

import click

from lakeshell.commands.admin import ProgressLine, last_lines
from lakeshell.commands.context import CommandContext
from lakeshell.errors import CommandError, UsageError
from lakeshell.kafka.broker import (
    PORT,
    Broker,
    ensure_broker,
    is_there,
    last_broker,
    running_broker,
    stop_broker,
    why_it_ended,
)
from lakeshell.kafka.client import KafkaClient, checked_topic
from lakeshell.kafka.messages import Received, messages_of_lines, parse_headers, table_of
from lakeshell.render.metrics import format_bytes, format_seconds

_SERVERS = "lakeshell.kafka.servers"  # what `topics --servers` leaves for its subcommands
_LAST = 20  # messages that are shown when nothing else was asked for
_NEXT = """\
In another terminal:
  echo '{"id": 1}' | lakeshell kafka produce events
  lakeshell kafka consume events --follow
In Python cells a server whose name leads nowhere, as kafka-server:9092, means this one."""

_port = click.option(
    "--port", type=click.IntRange(0, 65535), metavar="N",
    help=f"Its port on 127.0.0.1, {PORT} if not given; 0 takes any that is free.",
)  # fmt: skip
_servers = click.option(
    "--servers", metavar="HOST:PORT", help="Another broker than the one of this lakehouse."
)


@click.group("kafka")
def kafka_command() -> None:
    """Run a Kafka broker for learning, and write and read messages.

    It is a real one (one node, KRaft), reached from this machine only, without passwords; its
    data is kept in the lakehouse. Python cells that name a server which cannot be found use it.

    \b
    Examples:
      lakeshell kafka dev
      lakeshell kafka produce events orders.jsonl
      lakeshell kafka consume events --from-beginning
    """


@kafka_command.command("dev")
@_port
@click.pass_obj
def dev_command(context: CommandContext, port: int | None) -> None:
    """Run the broker until Ctrl-C.

    \b
    Example:
      lakeshell kafka dev
    """
    broker = _started(context, port)
    if broker is None:
        return
    if not _has_terminal():
        context.notice(f"Kafka runs at {broker.address} until %kafka stop.")
        return
    context.notice(f"Kafka runs at {broker.address} until Ctrl-C.")
    context.notice(_NEXT)
    try:
        while is_there(context.home):
            time.sleep(0.2)
    except KeyboardInterrupt:  # the way to end it, no failure
        stop_broker(context.home)
        context.notice("Kafka has stopped.")
        return
    if last_broker(context.home) is None:
        context.notice("Kafka was stopped.")
    else:
        raise CommandError(
            f"Kafka has ended. {why_it_ended(context.home)}", hint="lakeshell kafka logs"
        )


@kafka_command.command("start")
@_port
@click.pass_obj
def start_command(context: CommandContext, port: int | None) -> None:
    """Start the broker in the background, unless it runs already.

    \b
    Examples:
      lakeshell kafka start
      %kafka start --port 0
    """
    broker = _started(context, port)
    if broker is not None:
        context.notice(f"Kafka runs at {broker.address} until lakeshell kafka stop.")


@kafka_command.command("stop")
@click.pass_obj
def stop_command(context: CommandContext) -> None:
    """Stop the broker and wait until it is gone. Topics and messages are kept.

    \b
    Example:
      lakeshell kafka stop
    """
    stopped = stop_broker(context.home)
    context.notice("Kafka has stopped." if stopped else "No broker runs here.")


@kafka_command.command("status")
@click.pass_obj
def status_command(context: CommandContext) -> None:
    """Show whether the broker runs, and where.

    \b
    Example:
      lakeshell kafka status
    """
    context.emit_facts("kafka", _status(context))


@kafka_command.command("logs")
@click.option(
    "-n", "--lines", type=click.IntRange(min=1), default=40, show_default=True, metavar="N",
    help="The last N lines of each log.",
)  # fmt: skip
@click.pass_obj
def logs_command(context: CommandContext, lines: int) -> None:
    """Print what the broker logged since its last start.

    \b
    Example:
      lakeshell kafka logs -n 100
    """
    told = False
    for log in (context.home.kafka_output, context.home.kafka_log):
        text = last_lines(log, lines)
        if text:
            context.print(f"== {log}\n{text}")
            told = True
    if not told:
        context.notice("The broker has logged nothing.")


@kafka_command.group("topics", invoke_without_command=True)
@_servers
@click.pass_context
def topics_command(click_context: click.Context, servers: str | None) -> None:
    """List the topics, with their partitions and how many messages they hold.

    \b
    Examples:
      lakeshell kafka topics
      lakeshell kafka topics create events --partitions 3
      lakeshell kafka topics delete events
    """
    context: CommandContext = click_context.obj
    click_context.meta[_SERVERS] = servers
    if click_context.invoked_subcommand is not None:
        return
    import pyarrow as pa

    columns = [("topic", pa.string()), ("partitions", pa.int32()), ("messages", pa.int64())]
    rows = [
        {"topic": topic.name, "partitions": topic.partitions, "messages": topic.messages}
        for topic in _client(context, servers).topics()
    ]
    context.emit_table(pa.Table.from_pylist(rows, pa.schema(columns)))


@topics_command.command("create")
@click.argument("topic")
@click.option(
    "--partitions", type=click.IntRange(1, 1000), default=1, show_default=True, metavar="N",
    help="In how many parts it is kept.",
)  # fmt: skip
@click.pass_context
def create_command(click_context: click.Context, topic: str, partitions: int) -> None:
    """Make a topic. Writing to one that is not there makes it, too, with one partition.

    \b
    Example:
      lakeshell kafka topics create events --partitions 3
    """
    context: CommandContext = click_context.obj
    client = _client(context, click_context.meta[_SERVERS])
    client.create_topic(checked_topic(topic), partitions)
    context.notice(f"The topic {topic} was made.")


@topics_command.command("delete")
@click.argument("topic")
@click.option("--yes", is_flag=True, help="Without asking.")
@click.pass_context
def delete_command(click_context: click.Context, topic: str, yes: bool) -> None:
    """Delete a topic and all its messages.

    \b
    Example:
      lakeshell kafka topics delete events
    """
    context: CommandContext = click_context.obj
    client = _client(context, click_context.meta[_SERVERS])
    question = f"Delete the topic {checked_topic(topic)} and all its messages?"
    if context.interactive and not yes and not context.confirm(question):
        context.notice("Nothing was deleted.")
        return
    client.delete_topic(topic)
    context.notice(f"The topic {topic} was deleted.")


@kafka_command.command("produce")
@click.argument("topic")
@click.argument("file", required=False, metavar="[FILE|-]")
@click.option("--value", "values", multiple=True, metavar="TEXT", help="A message; repeatable.")
@click.option("--key", metavar="TEXT", help="The key of all messages.")
@click.option(
    "--key-separator", metavar="S", help="What stands between key and value in each line."
)
@click.option(
    "--header", "headers", multiple=True, metavar="NAME=VALUE",
    help="A header of all messages; repeatable.",
)  # fmt: skip
@_servers
@click.pass_obj
def produce_command(
    context: CommandContext,
    topic: str,
    file: str | None,
    values: tuple[str, ...],
    key: str | None,
    key_separator: str | None,
    headers: tuple[str, ...],
    servers: str | None,
) -> None:
    """Write the lines of a file, or of what is piped in, as messages. Blank lines are left out.

    Lines of JSON are sent as they are.

    \b
    Examples:
      lakeshell kafka produce events orders.jsonl
      jq -c '.[]' orders.json | lakeshell kafka produce events --header source=jq
      echo 'c1:{"id": 1}' | lakeshell kafka produce events --key-separator :
      %kafka produce events --value '{"id": 1}' --key c1
    """
    checked_topic(topic)
    if key is not None and key_separator is not None:
        raise UsageError("--key and --key-separator exclude each other.")
    if key_separator == "":
        raise UsageError("--key-separator wants at least one character.")
    if values and file is not None:
        raise UsageError("--value and a file exclude each other.")
    client = _client(context, servers)
    messages = messages_of_lines(
        (value.encode() for value in values) if values else _lines(context, file),
        key=key,
        key_separator=key_separator,
        headers=parse_headers(headers),
    )
    written = client.produce(topic, messages)
    context.notice(f"{written:,} message{'' if written == 1 else 's'} written to {topic}.")


@kafka_command.command("consume")
@click.argument("topic")
@click.option("--from-beginning", is_flag=True, help="From the oldest message on.")
@click.option(
    "-n", "--number", type=click.IntRange(min=1), metavar="N",
    help=f"The last N messages, {_LAST} if not given; with --from-beginning the first N.",
)  # fmt: skip
@click.option("--follow", is_flag=True, help="Go on with new ones as they come, until Ctrl-C.")
@_servers
@click.pass_obj
def consume_command(
    context: CommandContext,
    topic: str,
    from_beginning: bool,
    number: int | None,
    follow: bool,
    servers: str | None,
) -> None:
    """Show messages with key, headers, time, partition and offset. Nothing is committed.

    \b
    Examples:
      lakeshell kafka consume events
      lakeshell kafka consume events --from-beginning -n 100
      lakeshell --format jsonl kafka consume events --follow
    """
    checked_topic(topic)
    if follow and from_beginning and number is not None:
        raise UsageError("-n has no meaning beside --from-beginning --follow.")
    if follow and not _has_terminal():
        raise UsageError(
            "--follow wants a terminal of its own.",
            hint=f"lakeshell kafka consume {topic} --follow",
        )
    client = _client(context, servers)
    spans = client.spans(topic)
    wanted = number if number is not None else 0 if follow else _LAST
    if from_beginning:
        begin = {span.partition: span.low for span in spans}
    else:
        begin = {span.partition: max(span.low, span.high - wanted) for span in spans}
    if not follow:
        filled = {span.partition: begin[span.partition] for span in spans if span.high > span.low}
        _show(context, client, topic, filled, number=number, from_beginning=from_beginning)
        return
    try:
        for batch in client.follow(topic, begin):
            if batch:
                context.emit_table(table_of(batch))
            elif servers is None and not is_there(context.home):
                raise CommandError("The broker has ended.", hint="lakeshell kafka status")
    except KeyboardInterrupt:  # the way to end it, no failure
        return


def _show(
    context: CommandContext,
    client: KafkaClient,
    topic: str,
    begin: dict[int, int],
    *,
    number: int | None,
    from_beginning: bool,
) -> None:
    limit = (number or context.options.limit) if from_beginning else 0
    messages: list[Received] = []
    for batch in client.read(topic, begin) if begin else ():
        messages += batch
        if limit and len(messages) > limit:
            break
    messages.sort(key=lambda one: (one.timestamp or 0, one.partition, one.offset))
    if from_beginning and limit:
        if number is None and len(messages) > limit:
            context.notice(f"The first {limit:,} messages; -n N shows more.", level="warning")
        messages = messages[:limit]
    elif not from_beginning:
        messages = messages[-(number or _LAST) :]
    context.emit_table(table_of(messages))


def _started(context: CommandContext, port: int | None) -> Broker | None:
    """The broker that this call has started; None when there was one, which is told."""
    with ProgressLine() as line:
        broker, is_new = ensure_broker(
            context.home,
            context.config,
            port=PORT if port is None else port,
            announce=line.announce,
            fetch_progress=lambda done, total: line.announce(
                f"Fetching jars: {format_bytes(done)} of {format_bytes(total)}"
            ),
        )
    if is_new:
        return broker
    if port not in (None, 0, broker.port):
        raise CommandError(
            f"Kafka runs already, at port {broker.port}.", hint="lakeshell kafka stop ends it."
        )
    context.notice(f"Kafka runs already at {broker.address} until lakeshell kafka stop.")
    return None


def _status(context: CommandContext) -> Iterator[tuple[str, str]]:
    home = context.home
    broker = running_broker(home)
    if broker is not None:
        yield "state", "running"
        yield "address", broker.address
        yield "up", format_seconds(time.time() - broker.started)
        yield "process", str(broker.pid)
    elif is_there(home):
        yield "state", "starting or stopping"
    elif (last := last_broker(home)) is not None:
        begun = datetime.fromtimestamp(last.started).strftime("%Y-%m-%d %H:%M:%S")
        yield "state", f"ended without being stopped; it had run since {begun}"
        yield "reason", why_it_ended(home)
    else:
        yield "state", "not running"
    yield "data", str(home.kafka)


def _client(context: CommandContext, servers: str | None) -> KafkaClient:
    if servers is not None:
        return KafkaClient(servers)
    broker = running_broker(context.home)
    if broker is None:
        raise CommandError(
            "No broker runs here.", hint="lakeshell kafka dev starts one; --servers names another."
        )
    return KafkaClient(broker.address)


def _lines(context: CommandContext, file: str | None) -> Iterator[bytes]:
    if file is None or file == "-":
        if not _has_terminal():
            raise UsageError("Name a file, or give --value TEXT.")
        if sys.stdin.isatty():
            context.notice("One message a line; Ctrl-D ends.")
        return iter(sys.stdin.buffer)
    try:
        return _reading(context.path(file).open("rb"))
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error


def _reading(source: BinaryIO) -> Iterator[bytes]:
    with source:
        yield from source


def _has_terminal() -> bool:
    """Whether the command may wait for Ctrl-C and read standard input: not so in a full screen,
    which runs commands in threads and has the keyboard itself."""
    return threading.current_thread() is threading.main_thread()
