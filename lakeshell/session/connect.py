"""A thin Spark Connect client: one statement out, Arrow batches, progress and metrics back.

The protocol is Spark's (spark/connect/base.proto); this speaks the part that statements need, and
loads in a tenth of a second where pyspark's client, which Python cells use on the same session,
takes four.
"""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from lakeshell.session.protocol import load_grpc, load_messages
from lakeshell.session.remote import Remote

grpc = load_grpc()
pb = load_messages()

_MESSAGE_LIMIT = 128 * 1024 * 1024  # bytes, as pyspark sets it
_CLIENT_TYPE = "lakeshell"


class ConnectClient:
    """One session on a Spark Connect endpoint. Raises grpc.RpcError; `spark_errors` words it."""

    def __init__(self, remote: Remote) -> None:
        self.remote = remote
        self._metadata = list(remote.headers)
        if remote.token:
            self._metadata.append(("authorization", f"Bearer {remote.token}"))
        options = [
            ("grpc.max_send_message_length", _MESSAGE_LIMIT),
            ("grpc.max_receive_message_length", _MESSAGE_LIMIT),
            # A proxy meant for the internet must not see loopback.
            ("grpc.enable_http_proxy", 0 if remote.host == "localhost" else 1),
        ]
        target = f"{remote.host}:{remote.port}"
        if remote.use_ssl:
            self._channel = grpc.secure_channel(target, grpc.ssl_channel_credentials(), options)
        else:
            self._channel = grpc.insecure_channel(target, options)
        self.stub = pb.SparkConnectServiceStub(self._channel)

    @property
    def user_context(self) -> Any:
        """Who asks, in the protocol's form."""
        return pb.UserContext(user_id=self.remote.user_id, user_name=self.remote.user_id)

    def _request(self, kind: Any, **fields: Any) -> Any:
        return kind(
            session_id=self.remote.session_id,
            user_context=self.user_context,
            client_type=_CLIENT_TYPE,
            **fields,
        )

    def execute(self, plan: Any, operation_id: str, tags: tuple[str, ...] = ()) -> Any:
        """Run `plan`; the gRPC call, an iterator of ExecutePlanResponse."""
        request = self._request(
            pb.ExecutePlanRequest, plan=plan, operation_id=operation_id, tags=tags
        )
        return self.stub.ExecutePlan(request, metadata=self._metadata)

    def interrupt(self, operation_id: str, within: float = 2.0) -> bool:
        """Stop an operation and its Spark jobs; whether the server named it as stopped.

        In the first milliseconds of an operation the server does not know it yet and would do
        nothing, so it is asked until it says that it did, for `within` seconds at most.
        """
        deadline = time.monotonic() + within
        request = self._request(
            pb.InterruptRequest,
            interrupt_type=pb.InterruptRequest.InterruptType.INTERRUPT_TYPE_OPERATION_ID,
            operation_id=operation_id,
        )
        while True:
            try:
                answer = self.stub.Interrupt(request, metadata=self._metadata, timeout=within)
            except grpc.RpcError:
                pass
            except ValueError:  # the session was closed meanwhile, which has stopped everything
                return False
            else:
                if answer.interrupted_ids:
                    return True
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.01)

    def interrupt_all(self) -> None:
        """Stop every operation of this session, those of Python cells included."""
        request = self._request(
            pb.InterruptRequest,
            interrupt_type=pb.InterruptRequest.InterruptType.INTERRUPT_TYPE_ALL,
        )
        with contextlib.suppress(grpc.RpcError):
            self.stub.Interrupt(request, metadata=self._metadata, timeout=2.0)

    def interrupt_tag(self, tag: str) -> None:
        """Stop the operations of this session that carry `tag`, whichever client sent them."""
        request = self._request(
            pb.InterruptRequest,
            interrupt_type=pb.InterruptRequest.InterruptType.INTERRUPT_TYPE_TAG,
            operation_tag=tag,
        )
        with contextlib.suppress(grpc.RpcError, ValueError):
            self.stub.Interrupt(request, metadata=self._metadata, timeout=2.0)

    def get_config(self, *keys: str) -> dict[str, str | None]:
        """Values of Spark settings in this session; None where one is not set."""
        operation = pb.ConfigRequest.Operation(get_option=pb.ConfigRequest.GetOption(keys=keys))
        answer = self._config(operation)
        return {p.key: p.value if p.HasField("value") else None for p in answer.pairs}

    def all_config(self, prefix: str = "") -> dict[str, str]:
        """All Spark settings of this session whose key starts with `prefix`."""
        get_all = pb.ConfigRequest.GetAll(prefix=prefix) if prefix else pb.ConfigRequest.GetAll()
        answer = self._config(pb.ConfigRequest.Operation(get_all=get_all))
        # The server answers with the prefix taken off.
        return {prefix + p.key: p.value for p in answer.pairs}

    def set_config(self, settings: Mapping[str, str]) -> list[str]:
        """Set Spark settings; the server's warnings."""
        pairs = [pb.KeyValue(key=key, value=value) for key, value in settings.items()]
        answer = self._config(pb.ConfigRequest.Operation(set=pb.ConfigRequest.Set(pairs=pairs)))
        return list(answer.warnings)

    def _config(self, operation: Any) -> Any:
        request = self._request(pb.ConfigRequest, operation=operation)
        return self.stub.Config(request, metadata=self._metadata)

    def error_details(self, error_id: str) -> Any:
        """The whole of a truncated error; None if the server does not have it any more."""
        request = self._request(pb.FetchErrorDetailsRequest, error_id=error_id)
        with contextlib.suppress(grpc.RpcError):
            return self.stub.FetchErrorDetails(request, metadata=self._metadata, timeout=5.0)
        return None

    def begin_as_copy(self, session_id: str) -> None:
        """Make this session, which must be new, a copy of another one of the same user: its
        temporary views, its settings, its functions."""
        request = pb.CloneSessionRequest(
            session_id=session_id,
            user_context=self.user_context,
            client_type=_CLIENT_TYPE,
            new_session_id=self.remote.session_id,
        )
        self.stub.CloneSession(request, metadata=self._metadata, timeout=10.0)

    def release(self) -> None:
        """End the session on the server: its temporary views, its operations, its memory."""
        with contextlib.suppress(grpc.RpcError, ValueError):
            request = self._request(pb.ReleaseSessionRequest)
            self.stub.ReleaseSession(request, metadata=self._metadata, timeout=2.0)

    def close(self) -> None:
        """Drop the connection; the session stays for others that share it."""
        self._channel.close()


def new_operation_id() -> str:
    """An id for one operation, chosen here so that it can be interrupted before it answers."""
    return str(uuid.uuid4())


def command_plan(text: str) -> Any:
    """A plan that runs any statement; the answer's `sql_command_result` says where its rows are."""
    relation = pb.Relation(sql=pb.SQL(query=text))
    return pb.Plan(command=pb.Command(sql_command=pb.SqlCommand(input=relation)))


def query_plan(text: str, limit: int) -> Any:
    """A plan for the first `limit` rows of a query; 0 for all."""
    return relation_plan(pb.Relation(sql=pb.SQL(query=text)), limit)


def relation_plan(relation: Any, limit: int) -> Any:
    """A plan for the first `limit` rows of `relation`; 0 for all."""
    if limit:
        relation = pb.Relation(limit=pb.Limit(input=relation, limit=limit))
    return pb.Plan(root=relation)


def arrow_batches(data: bytes) -> Iterator[Any]:
    """The record batches in an Arrow IPC stream."""
    import pyarrow as pa

    with pa.ipc.open_stream(data) as reader:
        yield from reader
