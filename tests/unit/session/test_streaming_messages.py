"""Streams started from SQL: the messages that are sent, and how a run ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from lakeshell.dialect.steps import Stream, StreamSource, StreamWriting
from lakeshell.errors import Interrupted, StatementError
from lakeshell.session.streaming import drain, pb, view_command, worded

WRITING = StreamWriting(
    "SELECT * FROM STREAM v", "file:///c", "t", columns_added=True, name="orders"
)
FAILED = (
    "Query [id = a, runId = b] terminated with exception: [CAST_INVALID_INPUT] The value is bad."
)


class Server:
    """Ends a stream after `looks` looks; raises `error` instead of the answer to what it names."""

    def __init__(self, looks: int = 1, **errors: BaseException) -> None:
        self.looks = looks
        self.errors = errors
        self.asked: list[tuple[str, bool]] = []
        self.started: Any = None

    def __call__(self, command: Any, *, regardless: bool = False) -> Mapping[str, Any]:
        kind = command.WhichOneof("command_type")
        if kind == "streaming_query_command":
            kind = command.streaming_query_command.WhichOneof("command")
        self.asked.append((kind, regardless))
        if kind == "write_stream_operation_start":
            self.started = command.write_stream_operation_start
        if kind in self.errors:
            raise self.errors[kind]
        one = pb.StreamingQueryInstanceId(id="query", run_id="run")
        if kind == "write_stream_operation_start":
            return {
                "write_stream_operation_start_result": pb.WriteStreamOperationStartResult(
                    query_id=one
                )
            }
        if kind == "streaming_query_manager_command":
            active = pb.StreamingQueryManagerCommandResult.ActiveResult()
            for name in ("another", self.started.query_name):
                active.active_queries.add(id=one, name=name)
            return {
                "streaming_query_manager_command_result": pb.StreamingQueryManagerCommandResult(
                    active=active
                )
            }
        self.looks -= 1
        result = pb.StreamingQueryCommandResult(query_id=one)
        result.await_termination.terminated = self.looks <= 0
        return {"streaming_query_command_result": result}


def test_a_stream_is_waited_for() -> None:
    server, ticks = Server(looks=3), []
    assert drain(server, WRITING, "`s`.`t`", lambda: ticks.append(1)) == "query"
    assert len(ticks) == 2
    message = server.started
    assert (message.table_name, message.format, message.output_mode) == (
        "`s`.`t`", "delta", "append",
    )  # fmt: skip
    assert message.available_now
    assert dict(message.options) == {"checkpointLocation": "file:///c", "mergeSchema": "true"}
    assert message.query_name.startswith("orders ")
    assert message.input.sql.query == "SELECT * FROM STREAM v"


def test_rows_in_memory_are_limited() -> None:
    server = Server()
    drain(server, StreamWriting("SELECT 1", "c", memory="m", limit=11), "", lambda: None)
    message = server.started
    assert (message.format, message.query_name, message.table_name) == ("memory", "m", "")
    assert message.input.limit.limit == 11


def test_a_failure_is_said_in_the_words_of_its_cause() -> None:
    server = Server(await_termination=StatementError(FAILED, error_class="STREAM_FAILED"))
    with pytest.raises(StatementError) as caught:
        drain(server, WRITING, "t", lambda: None)
    assert caught.value.message == "The value is bad."
    assert caught.value.error_class == "CAST_INVALID_INPUT"


def test_new_fields_are_said_in_databricks_words() -> None:
    said = (
        "Encountered unknown fields during parsing: [a], which can be fixed by an automatic retry: "
    )
    for last in ("true", "false"):
        text = FAILED.partition("[CAST")[0] + f"[UNKNOWN_FIELD_EXCEPTION.X] {said}{last} SQLSTATE"
        error = worded(StatementError(text, error_class="STREAM_FAILED"))
        assert (error.message, error.hint) == (said + last, None)
        assert error.error_class == "UNKNOWN_FIELD_EXCEPTION.X"


@pytest.mark.parametrize("stop", [Interrupted(), KeyboardInterrupt()])
def test_what_is_cancelled_is_stopped(stop: BaseException) -> None:
    server = Server(await_termination=stop)
    with pytest.raises(type(stop)):
        drain(server, WRITING, "t", lambda: None)
    assert server.asked[-1] == ("stop", True)


def test_what_is_cancelled_before_it_answered_is_found_and_stopped() -> None:
    server = Server(write_stream_operation_start=Interrupted())
    with pytest.raises(Interrupted):
        drain(server, WRITING, "t", lambda: None)
    assert server.asked[1:] == [("streaming_query_manager_command", True), ("stop", True)]


def test_a_server_that_is_gone_hides_no_cancellation() -> None:
    server = Server(await_termination=Interrupted(), stop=StatementError("gone"))
    with pytest.raises(Interrupted):
        drain(server, WRITING, "t", lambda: None)


def test_a_view_of_sources() -> None:
    source = StreamSource("cloudFiles", "/mnt/raw", {"a": "b"}, "x INT", metadata=True)
    stream = Stream("SELECT * FROM STREAM s", {"s": source})
    view = view_command("v", "SELECT 1", stream, "replace global").create_dataframe_view
    assert (view.name, view.replace, view.is_global) == ("v", True, True)
    relations = view.input.with_relations
    assert relations.root.sql.query == "SELECT 1"
    (reference,) = relations.references
    assert reference.subquery_alias.alias == "s"
    project = reference.subquery_alias.input.project
    assert project.expressions[1].unresolved_attribute.unparsed_identifier == "_metadata"
    read = project.input.read
    assert read.is_streaming
    assert (read.data_source.format, read.data_source.schema) == ("cloudFiles", "x INT")
    assert list(read.data_source.paths) == ["/mnt/raw"]
