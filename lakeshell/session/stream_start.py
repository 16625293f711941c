"""Starting a kept stream again: a session on the server, its settings, its schema, its message."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from dataclasses import dataclass
from typing import Any

from lakeshell.endpoint import Endpoint
from lakeshell.errors import CommandError, LakeshellError
from lakeshell.home import Home
from lakeshell.session import stream_message as says
from lakeshell.session.remote import Remote
from lakeshell.session.stream_definitions import Definition, Definitions
from lakeshell.sql.names import quote_name

NO_CHECKPOINT = (
    "It has no checkpoint of its own (checkpointLocation), so it would begin from the start; run "
    "the code that starts it."
)
_UNTRUSTED = (
    "It calls Python functions, and programs of a home that is not trusted are not run.",
    "Look at the project, then: lakeshell init",
)
_GONE = (
    "It reads {names}, which is not there any more; temporary views end with the session that made "
    "them."
)


@dataclass(frozen=True)
class Started:
    """The run of a stream, and the session that it belongs to."""

    id: str
    run_id: str
    session: str


def start_again(
    home: Home, endpoint: Endpoint, definition: Definition, *, copy_of: str | None = None
) -> Started:
    """Start a stream of a former life of the server, or one that has ended, where its checkpoint
    left off. It gets a session of its own: a copy of `copy_of` with its temporary views, if given.

    Raises CommandError with the reason when it cannot be started.
    """
    from lakeshell.session.protocol import load_messages

    pb: Any = load_messages()
    if definition.checkpoint is None:
        raise CommandError(NO_CHECKPOINT)
    from google.protobuf.message import DecodeError

    try:
        kept, settings = Definitions(home).opened(definition)
        message = pb.WriteStreamOperationStart.FromString(kept)
    except (OSError, ValueError, DecodeError) as error:
        raise CommandError(
            "What is kept of it cannot be read; run the code that starts it."
        ) from error
    if says.carries_programs(message) and not home.trusted:
        raise CommandError(_UNTRUSTED[0], hint=_UNTRUSTED[1])
    for function in (message.foreach_batch, message.foreach_writer):
        _check_version(function.python_function.python_ver)
    remote = Remote.of(endpoint)
    if definition.user:
        remote = dataclasses.replace(remote, user_id=definition.user)
    return _start(pb, remote, definition, message, settings, copy_of)


def _check_version(made_by: str) -> None:
    """Of Python; empty where there is no function."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if made_by not in ("", version):
        raise CommandError(
            f"Its function was made by Python {made_by}, and this is {version}; run the code that "
            "starts it."
        )


def _start(
    pb: Any,
    remote: Remote,
    definition: Definition,
    message: Any,
    settings: dict[str, str],
    copy_of: str | None,
) -> Started:
    from lakeshell.session.connect import ConnectClient, command_plan, grpc, new_operation_id
    from lakeshell.session.spark_errors import convert_rpc_error

    client = ConnectClient(remote)

    def run(plan: Any) -> Any:
        """The answer that says something."""
        found = None
        for answer in client.execute(plan, new_operation_id()):
            if answer.HasField("write_stream_operation_start_result"):
                found = answer.write_stream_operation_start_result
        return found

    started = None
    try:
        if copy_of is not None:
            client.begin_as_copy(copy_of)
        there = client.all_config()
        for key, value in settings.items():
            if there.get(key) != value:
                with contextlib.suppress(grpc.RpcError):  # one that a session cannot set
                    client.set_config({key: value})
        run(command_plan(f"USE {quote_name((definition.schema,))}"))
        command = pb.Command(write_stream_operation_start=message)
        started = run(pb.Plan(command=command))
    except grpc.RpcError as error:
        raise _worded(convert_rpc_error(error, client, "")) from error
    finally:
        if started is None:
            client.release()
        client.close()
    if started is None:
        raise CommandError("Spark did not say that it started.")
    return Started(started.query_id.id, started.query_id.run_id, remote.session_id)


def _worded(error: LakeshellError) -> CommandError:
    """Why a stream that once ran cannot be started now."""
    from lakeshell.render.stream_errors import stream_failure

    error_class = getattr(error, "error_class", None) or ""
    if error_class.startswith("TABLE_OR_VIEW_NOT_FOUND"):
        names = (getattr(error, "parameters", None) or {}).get("relationName", "a table or view")
        return CommandError(_GONE.format(names=names.replace("`", "")))
    if error_class.startswith("SCHEMA_NOT_FOUND"):
        return CommandError(error.message)
    failure = stream_failure(f"[{error_class}] {error.message}" if error_class else error.message)
    return CommandError(failure.text, hint=failure.hint or error.hint)
