"""%streams, %stream: the streaming queries of this lakehouse, whoever started them."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from typing import Any

import click

from lakeshell.commands.context import CommandContext
from lakeshell.commands.stream_tables import called, facts_of, streams_table
from lakeshell.endpoint import read_endpoint
from lakeshell.errors import CommandError, ServerError
from lakeshell.session.control import ControlClient

_EVERY = 1.0  # seconds
_SETTLES = 15.0  # seconds within which a stream that was started again does or fails
_NOBODY = (
    "No stream runs, and none has run in the last hour. A Python cell starts one: "
    'spark.readStream.table("a").writeStream.option("checkpointLocation", "/mnt/c").toTable("b")'
)
_CLEAR = "\x1b[H\x1b[2J"  # to the first line, and everything away


@click.group("streams", invoke_without_command=True)
@click.option("--watch", is_flag=True, help="Again every second, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="Everything that is known, as JSON.")
@click.pass_context
def streams_command(click_context: click.Context, watch: bool, as_json: bool) -> None:
    """List streaming queries: those that run, and those of the last hour that ended.

    Rates are in rows a second, of the last batch; p50, p95 and p99 are what batches took.

    \b
    Examples:
      %streams
      lakeshell streams --watch
      lakeshell streams --json
      lakeshell streams recover
    """
    if click_context.invoked_subcommand is not None:
        return
    context: CommandContext = click_context.obj
    if not watch:
        _list(context, as_json)
        return
    in_place = not as_json and not context.interactive and sys.stdout.isatty()
    while True:
        if in_place:
            sys.stdout.write(_CLEAR)
            sys.stdout.flush()
        try:
            _list(context, as_json)
            time.sleep(_EVERY)
        except KeyboardInterrupt:  # the way to end it, no failure
            return


def _list(context: CommandContext, as_json: bool) -> None:
    client = _control(context)
    streams = client.streams() if client is not None else _lost(context)
    if as_json:
        context.print(json.dumps(streams, ensure_ascii=False))
        return
    context.emit_table(streams_table(streams, without_empty=context.width is not None))
    if not streams:
        context.notice(_NOBODY)
    for one in streams:
        if one["state"] == "failed":
            context.notice(f"{called(one)}: {one['hint'] or one['error']}")
    lost = [called(one) for one in streams if one["state"] == "lost"]
    if lost:
        context.notice(f"lakeshell streams recover starts again: {', '.join(lost)}.")


@streams_command.command("recover")
@click.pass_obj
def recover_command(context: CommandContext) -> None:
    """Start again the streams that ran when the server died, each where its checkpoint left off.

    Their definitions are kept in the home when they are started. Which cannot be started, and why,
    is said; such a one is forgotten by lakeshell stream stop NAME.

    \b
    Example:
      lakeshell streams recover
    """
    client = context.session.control
    try:
        answers = client.recover_streams()
    except ServerError:  # it is just dying; the next one is asked
        context.session.mark_lost()
        client = context.session.control
        answers = client.recover_streams()
    if not answers:
        context.notice("No stream was running when the server ended.")
        return
    left = [called(one) for one in answers if one["refusal"]]
    for answer in answers:
        name = called(answer)
        if answer["refusal"]:
            hint = f" {answer['hint']}" if answer["hint"] else ""
            context.notice(f"{name} was not started. {answer['refusal']}{hint}", level="warning")
            continue
        told, fine = _settled(client, str(answer["run_id"]))
        if not fine:
            left.append(name)
        context.notice(f"{name} {told}", level="info" if fine else "warning")
    if left:
        raise CommandError(f"Not running: {', '.join(left)}.")


def _settled(client: ControlClient, run_id: str) -> tuple[str, bool]:
    """How a stream that has just been started again is, once that is seen; whether it is well."""
    deadline = time.monotonic() + _SETTLES
    while time.monotonic() < deadline:
        stream = client.stream(run_id)
        if stream is not None and stream["state"] == "failed":
            hint = f" {stream['hint']}" if stream["hint"] else ""
            return f"failed again. {stream['error']}{hint}", False
        if stream is not None and (stream["batch"] is not None or stream["ended"] is not None):
            break
        time.sleep(0.2)
    return "runs again.", True


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
    context.emit_facts("stream", facts_of(stream))


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
    if before["state"] == "lost":
        client.stop_stream(str(before["run_id"]))
        context.notice(f"{_sentence(before)} is not started again.")
        return
    if before["state"] != "running":
        context.notice(f"{_sentence(before)} does not run.")
        return
    client.stop_stream(str(before["run_id"]))
    context.notice(f"{_sentence(before)} has stopped.")


@stream_command.command("restart")
@click.argument("name")
@click.pass_obj
def restart_command(context: CommandContext, name: str) -> None:
    """Start a stream again where its checkpoint left off; one that runs is stopped first.

    One without a checkpoint of its own is started by the code that defines it.

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
        raise CommandError(
            f"{_sentence(before)} was not restarted. {answer.get('refusal') or ''}",
            hint=answer.get("hint"),
        )
    told, fine = _settled(client, str(answer["run_id"]))
    if not fine:
        raise CommandError(f"{_sentence(before)} {told}")
    context.notice(f"{_sentence(before)} {told}")


def _control(context: CommandContext) -> ControlClient | None:
    """The server's control API; None without a server, which is not started for this."""
    endpoint = read_endpoint(context.home)
    return ControlClient(endpoint) if endpoint is not None else None


def _lost(context: CommandContext) -> list[dict[str, Any]]:
    """Without a server: the streams that ended with the last one."""
    from lakeshell.session.lost_streams import lost_streams

    return lost_streams(context.home, "")


def _required(context: CommandContext) -> ControlClient:
    client = _control(context)
    if client is None:
        hint = "lakeshell streams recover starts those that ran." if _lost(context) else None
        raise CommandError("No server runs here, so no stream does.", hint=hint)
    return client


def _unknown(context: CommandContext, name: str) -> CommandError:
    names = [called(stream) for stream in _required(context).streams()]
    hint = f"There is {', '.join(names)}." if names else "No stream has run in the last hour."
    return CommandError(f"There is no stream {name!r}.", hint=hint)


def _sentence(stream: Mapping[str, Any]) -> str:
    return f"The stream {called(stream)}"
