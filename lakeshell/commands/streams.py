"""%streams, %stream: the streaming queries of this lakehouse, whoever started them."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import click

from lakeshell.commands.context import CommandContext
from lakeshell.endpoint import read_endpoint
from lakeshell.errors import CommandError
from lakeshell.session.control import ControlClient

_EVERY = 1.0  # seconds
_NOBODY = (
    "No stream runs, and none has run in the last hour. A Python cell starts one: "
    'spark.readStream.table("a").writeStream.option("checkpointLocation", "/mnt/c").toTable("b")'
)


@click.command("streams")
@click.option("--watch", is_flag=True, help="Again every second, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="Everything that is known, as JSON.")
@click.pass_obj
def streams_command(context: CommandContext, watch: bool, as_json: bool) -> None:
    """List streaming queries: those that run, and those of the last hour that ended.

    Rates are in rows a second, of the last batch.

    \b
    Examples:
      %streams
      lakeshell streams --watch
      lakeshell streams --json
    """
    while True:
        client = _control(context)
        streams = client.streams() if client is not None else []
        if as_json:
            context.print(json.dumps(streams, ensure_ascii=False))
        else:
            _emit(context, streams)
            if not streams:
                context.notice(_NOBODY)
        if not watch:
            return
        time.sleep(_EVERY)


@click.group("stream")
def stream_command() -> None:
    """Stop, restart or show one streaming query, by its name or the beginning of its id.

    \b
    Examples:
      %stream show orders
      %stream stop orders
    """


@stream_command.command("show")
@click.argument("name")
@click.pass_obj
def show_command(context: CommandContext, name: str) -> None:
    """Show everything about a stream: where it reads and writes, its last batch, its error.

    \b
    Example:
      %stream show orders
    """
    stream = _required(context).stream(name)
    if stream is None:
        raise _unknown(context, name)
    import pyarrow as pa

    told = [(key, value) for key, value in _facts(stream) if value not in (None, "")]
    context.emit_table(
        pa.table(
            {
                "stream": pa.array([key for key, _ in told], pa.string()),
                "value": pa.array([str(value) for _, value in told], pa.string()),
            }
        )
    )


@stream_command.command("stop")
@click.argument("name")
@click.pass_obj
def stop_command(context: CommandContext, name: str) -> None:
    """Stop a stream and wait until it has ended.

    \b
    Example:
      %stream stop orders
    """
    client = _required(context)
    before = client.stream(name)
    if before is None:
        raise _unknown(context, name)
    if before["state"] != "running":
        context.notice(f"{_called(before)} does not run.")
        return
    client.stop_stream(str(before["run_id"]))
    context.notice(f"{_called(before)} has stopped.")


@stream_command.command("restart")
@click.argument("name")
@click.pass_obj
def restart_command(context: CommandContext, name: str) -> None:
    """Start a stream again where its checkpoint left off; one that runs is stopped first.

    Streams without a checkpoint of their own, or with a function of a cell as their sink, are
    started by the code that defines them.

    \b
    Example:
      %stream restart orders
    """
    client = _required(context)
    before = client.stream(name)
    if before is None:
        raise _unknown(context, name)
    answer = client.restart_stream(str(before["run_id"])) or {}
    if answer.get("run_id") is None:
        raise CommandError(f"{_called(before)} was not restarted. {answer.get('refusal') or ''}")
    context.notice(f"{_called(before)} runs again.")


def _control(context: CommandContext) -> ControlClient | None:
    """The server's control API; None without a server, which is not started for this."""
    endpoint = read_endpoint(context.home)
    return ControlClient(endpoint) if endpoint is not None else None


def _required(context: CommandContext) -> ControlClient:
    client = _control(context)
    if client is None:
        raise CommandError("No server runs here, so no stream does.")
    return client


def _unknown(context: CommandContext, name: str) -> CommandError:
    names = [stream["name"] or stream["id"][:8] for stream in _required(context).streams()]
    hint = f"There is {', '.join(names)}." if names else "No stream has run in the last hour."
    return CommandError(f"There is no stream {name!r}.", hint=hint)


def _called(stream: Mapping[str, Any]) -> str:
    return f"The stream {stream['name'] or stream['id'][:8]}"


def _emit(context: CommandContext, streams: list[dict[str, Any]]) -> None:
    import pyarrow as pa

    schema = pa.schema(
        [
            ("name", pa.string()),
            ("state", pa.string()),
            ("source", pa.string()),
            ("sink", pa.string()),
            ("trigger", pa.string()),
            ("batch", pa.int64()),
            ("in_per_s", pa.float64()),
            ("done_per_s", pa.float64()),
            ("backlog", pa.string()),
            ("state_rows", pa.int64()),
            ("error", pa.string()),
        ]
    )
    rows = [
        {
            **{key: stream.get(key) for key in schema.names},
            "name": stream["name"] or stream["id"][:8],
            "in_per_s": round(stream["input_rate"], 1),
            "done_per_s": round(stream["processed_rate"], 1),
            "backlog": (stream["backlog"] or {}).get("text"),
        }
        for stream in streams
    ]
    context.emit_table(pa.Table.from_pylist(rows, schema=schema))


def _facts(stream: Mapping[str, Any]) -> list[tuple[str, Any]]:
    def when(seconds: Any) -> str | None:
        return (
            time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
            if isinstance(seconds, (int, float))
            else None
        )

    durations = stream.get("durations") or {}
    state = f"{stream['state']} ({stream['status']})" if stream["status"] else stream["state"]
    temporary = " (temporary: lost when it ends)" if stream["checkpoint_is_temporary"] else ""
    return [
        ("name", stream["name"]),
        ("id", stream["id"]),
        ("state", state),
        ("error", stream["error"]),
        ("source", stream["source"]),
        ("sink", stream["sink"]),
        ("path", stream["sink_path"]),
        ("trigger", stream["trigger"]),
        ("output mode", stream["output_mode"]),
        ("checkpoint", f"{stream['checkpoint']}{temporary}"),
        ("started", when(stream["started"])),
        ("ended", when(stream["ended"])),
        ("batch", stream["batch"]),
        ("batch time", stream["batch_time"]),
        ("rows", stream["rows"]),
        ("rows/s in", f"{stream['input_rate']:.1f}"),
        ("rows/s done", f"{stream['processed_rate']:.1f}"),
        ("batch takes", f"{durations['p50']:.0f} ms (95 %: {durations['p95']:.0f} ms)")
        if durations
        else ("batch takes", None),
        ("backlog", (stream["backlog"] or {}).get("text")),
        ("state rows", stream["state_rows"]),
        ("watermark", stream["watermark"]),
        ("restart", stream.get("restart_refusal") or "%stream restart goes on at the checkpoint"),
    ]
