"""What the server says of a failure, as an error of ours: class, sentence, place in the text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lakeshell.errors import (
    Interrupted,
    LakeshellError,
    Position,
    ServerDied,
    ServerError,
    StatementError,
)
from lakeshell.session.jdbc_hints import driver_hint
from lakeshell.session.protocol import load_grpc
from lakeshell.sql.places import position_at

if TYPE_CHECKING:
    from lakeshell.session.connect import ConnectClient

grpc: Any = load_grpc()

_CANCELLED = "OPERATION_CANCELED"
# The server was restarted behind our back, or has dropped the session after an hour of silence.
_SESSION_GONE = "INVALID_HANDLE.SESSION"
# These say where something failed; why is said by the last of their causes.
_WRAPPERS = (
    "TASK_WRITE_FAILED",
    "FAILED_READ_FILE",
    "FAILED_EXECUTE_UDF",
    "FAILED_TO_CREATE_PLAN_FOR_DIRECT_QUERY",
)
_HINTS = {"No space left on device": "Make room there and run the statement again."}


def tells_death(message: str) -> bool:
    """Whether a failed call, as gRPC words it, means that the process at the other end is gone.

    A call that is under way then ends as UNAVAILABLE, or, when the death comes between two
    messages, as CANCELLED by a reset of its stream; what a client cancels is never reset.
    """
    if "StatusCode" not in message:
        return False
    return "UNAVAILABLE" in message or ("CANCELLED" in message and "RST_STREAM" in message)


def convert_rpc_error(error: Exception, client: ConnectClient, text: str) -> LakeshellError:
    """The error to raise for a failed call; `text` is the statement that was sent.

    StatementError when Spark refused or failed the statement, Interrupted when it was cancelled,
    ServerDied when the server is gone, ServerError when it will not talk to us.
    """
    call: Any = error
    code = call.code()
    if tells_death(f"{code} {call.details()}"):
        return ServerDied("The server is gone.")
    if code == grpc.StatusCode.UNAUTHENTICATED:
        return ServerError("The server refuses the token.", hint="Check the token in --remote.")
    if code == grpc.StatusCode.CANCELLED:
        return Interrupted()
    info = _error_info(call)
    message = call.details() or str(code)
    if info is None:
        return StatementError(_worded(message)[1], error_class=_worded(message)[0])
    metadata = dict(info.metadata)
    error_class = metadata.get("errorClass") or None
    if error_class == _CANCELLED:
        return Interrupted()
    if error_class and error_class.startswith(_SESSION_GONE):
        return ServerDied("The server no longer knows this session.")
    sqlstate = metadata.get("sqlState") or None
    position: Position | None = None
    detail: str | None = None
    reason: str | None = None
    parameters = _json_object(metadata.get("messageParameters"))
    if error_id := metadata.get("errorId"):
        full = client.error_details(error_id)
        if full is not None and full.HasField("root_error_idx"):
            chain = list(full.errors)
            root = chain[full.root_error_idx]
            message = root.message or message
            causes = _causes(chain, full.root_error_idx)
            detail = "\n".join(
                f"{'Caused by: ' if number else ''}{_java_class(e)}: {e.message}"
                for number, e in enumerate(causes)
            )
            if (error_class or "").startswith(_WRAPPERS):
                reason = _worded(causes[-1].message)[1].split("\n", 1)[0]
            if root.HasField("spark_throwable"):
                throwable = root.spark_throwable
                parameters = dict(throwable.message_parameters) or parameters
                position = _context_position(throwable.query_contexts, text)
    named, sentence, line, column = _worded(message)
    if position is None and line is not None:
        # Spark counts lines from 1 and columns from 0.
        position = Position(line, (column or 0) + 1)
    hint = None
    if reason and reason not in sentence:
        sentence = f"{sentence.rstrip('.')}: {reason.rstrip('.')}."
        hint = _HINTS.get(reason)
    hint = hint or driver_hint(f"{message}\n{detail or ''}", text)
    result = StatementError(
        sentence,
        hint=hint,
        error_class=error_class or named,
        sqlstate=sqlstate,
        position=position,
        detail=detail,
    )
    result.parameters = parameters
    return result


def _context_position(contexts: Any, text: str) -> Position | None:
    for context in contexts:
        # A place inside a view's own text says nothing about the statement.
        if context.object_type == "" and context.stop_index >= context.start_index > -1:
            if context.fragment and context.fragment not in text:
                continue
            # Spark counts code points, as Python does.
            return position_at(text, context.start_index)
    return None


def _worded(message: str) -> tuple[str | None, str, int | None, int | None]:
    from lakeshell.render.errors import split_spark_message

    parts = split_spark_message(message)
    return parts.error_class, parts.text, parts.line, parts.position


def _error_info(call: Any) -> Any:
    from google.rpc import error_details_pb2
    from grpc_status import rpc_status

    status = rpc_status.from_call(call)
    for entry in status.details if status else ():
        if entry.Is(error_details_pb2.ErrorInfo.DESCRIPTOR):
            info = error_details_pb2.ErrorInfo()
            entry.Unpack(info)
            return info
    return None


def _causes(chain: list[Any], index: int) -> list[Any]:
    causes: list[Any] = []
    while 0 <= index < len(chain) and len(causes) < 20:
        causes.append(chain[index])
        if not chain[index].HasField("cause_idx"):
            break
        index = chain[index].cause_idx
    return causes


def _java_class(error: Any) -> str:
    return error.error_type_hierarchy[0] if error.error_type_hierarchy else "error"


def _json_object(text: str | None) -> dict[str, str]:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
