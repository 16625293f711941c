"""Streams that SQL starts: a view that is a stream, and a run until it has read what is there.

The messages are Spark's (spark/connect/commands.proto), the same as pyspark's client sends; what
sends them is the thin client in scripts and shells, and pyspark's own in Python cells.
"""

from __future__ import annotations

import contextlib
import re
import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from lakeshell.dialect.steps import Stream, StreamSource, StreamWriting
from lakeshell.errors import StatementError
from lakeshell.render.stream_errors import stream_failure
from lakeshell.session.protocol import load_messages
from lakeshell.session.translation import place_back

if TYPE_CHECKING:
    from lakeshell.session.execute import Executor
    from lakeshell.session.translation import Translator

pb = load_messages()

_LOOK = 1000  # milliseconds between two looks at a running stream
_UNKNOWN_FIELDS = re.compile(r"Encountered unknown fields [^\n]* automatic retry: (?:true|false)")
_STARTED = "write_stream_operation_start_result"
_ANSWER = "streaming_query_command_result"
_ACTIVE = "streaming_query_manager_command_result"


def make_view(
    executor: Executor,
    translator: Translator,
    name: str,
    stream: Stream,
    how: str,
    timeout: float | None,
) -> None:
    """`Engine.stream_view` by the thin client."""
    statement = translator.statement(stream.query)

    def make(text: str) -> None:
        with executor.commands(text, timeout) as send:
            send(view_command(name, text, stream, how))

    try:
        try:
            make(statement.sent)
        except StatementError as error:
            again = statement.repaired(error)
            if again is None:
                raise
            try:
                make(again.text)
            except StatementError as other:
                place_back(other, again.text, statement.sent, [again])
                raise
    except StatementError as error:
        statement.reword(error)
        raise


def run(
    executor: Executor,
    translator: Translator,
    writing: StreamWriting,
    timeout: float | None,
    tick: Callable[[], None],
) -> str:
    """`Engine.drain` by the thin client."""
    table = translator.names.table(writing.table) if writing.table else ""
    with executor.commands(writing.query, timeout) as send:

        def ask(command: Any, *, regardless: bool = False) -> Mapping[str, Any]:
            return by_kind(send(command, regardless=regardless))

        try:
            return drain(ask, writing, table, tick)
        except StatementError as error:
            translator.reword(error)
            raise


class Asks(Protocol):
    """Sends a command of the protocol; gives the answer by the name of its kind. `regardless`: also
    when the statement was cancelled."""

    def __call__(self, command: Any, *, regardless: bool = False) -> Mapping[str, Any]:
        """Raises lakeshell's errors."""


def by_kind(responses: list[Any]) -> dict[str, Any]:
    """The answers of the thin client, by the name of their kind."""
    kinds = (response.WhichOneof("response_type") for response in responses)
    return {
        kind: getattr(response, kind)
        for kind, response in zip(kinds, responses, strict=True)
        if kind
    }


def view_command(name: str, text: str, stream: Stream, how: str) -> Any:
    """The command that makes a view of `text`, which is the stream's query in Spark's words."""
    relation = pb.Relation(sql=pb.SQL(query=text))
    if stream.sources:
        references = [
            pb.Relation(subquery_alias=pb.SubqueryAlias(input=_read(source), alias=alias))
            for alias, source in stream.sources.items()
        ]
        relation = pb.Relation(
            with_relations=pb.WithRelations(root=relation, references=references)
        )
    view = pb.CreateDataFrameViewCommand(
        input=relation, name=name, is_global="global" in how, replace="replace" in how
    )
    return pb.Command(create_dataframe_view=view)


def _read(source: StreamSource) -> Any:
    data = pb.Read.DataSource(
        format=source.format,
        schema=source.schema,
        options=source.options,
        paths=[source.path] if source.path else [],
    )
    relation = pb.Relation(read=pb.Read(is_streaming=True, data_source=data))
    if not source.metadata:
        return relation
    star = pb.Expression(unresolved_star=pb.Expression.UnresolvedStar())
    hidden = pb.Expression.UnresolvedAttribute(unparsed_identifier="_metadata")
    columns = [star, pb.Expression(unresolved_attribute=hidden)]
    return pb.Relation(project=pb.Project(input=relation, expressions=columns))


def drain(ask: Asks, writing: StreamWriting, table: str, tick: Callable[[], None]) -> str:
    """Run a stream until it has read what is there now; the id that its checkpoint gives it.

    `table` is the target in Spark's words, `tick` is called once a second. Whatever ends this
    early, an error or a cancellation, stops the stream. Raises StatementError when it fails.
    """
    message = _start_message(writing, table)
    started: Any = None
    try:
        started = ask(pb.Command(write_stream_operation_start=message))[_STARTED]
        awaited = pb.StreamingQueryCommand.AwaitTerminationCommand(timeout_ms=_LOOK)
        while True:
            command = pb.StreamingQueryCommand(query_id=started.query_id, await_termination=awaited)
            answer = ask(pb.Command(streaming_query_command=command))[_ANSWER]
            if answer.await_termination.terminated:
                return str(started.query_id.id)
            tick()
    except StatementError as error:
        raise worded(error) from error
    except BaseException:
        with contextlib.suppress(Exception):  # it is told why it ended, whatever the server says
            _stop(ask, started, message.query_name)
        raise


def worded(error: StatementError) -> StatementError:
    """The error of a stream in the words of what made it fail."""
    failure = stream_failure(error.message)
    text, hint = failure.text, failure.hint or error.hint
    if (fields := _UNKNOWN_FIELDS.search(error.message)) is not None:
        text, hint = fields[0], None  # whether that may be tried again is told by its last word
    told = StatementError(
        text,
        error_class=failure.error_class or error.error_class,
        sqlstate=error.sqlstate,
        hint=hint,
        detail=error.detail,
    )
    told.parameters = error.parameters
    return told


def _start_message(writing: StreamWriting, table: str) -> Any:
    relation = pb.Relation(sql=pb.SQL(query=writing.query))
    if writing.limit:
        relation = pb.Relation(limit=pb.Limit(input=relation, limit=writing.limit))
    options = {"checkpointLocation": writing.checkpoint}
    if writing.columns_added:
        options["mergeSchema"] = "true"
    message = pb.WriteStreamOperationStart(
        input=relation,
        format="delta" if table else "memory",
        options=options,
        output_mode=writing.mode,
        available_now=True,
        query_name=writing.memory or f"{writing.name or 'stream'} {uuid.uuid4().hex[:6]}",
    )
    if table:
        message.table_name = table
    return message


def _stop(ask: Asks, started: Any, name: str) -> None:
    """Stop the run; also one that was started without its answer having come."""
    ids = [started.query_id] if started is not None else []
    if not ids:
        command = pb.StreamingQueryManagerCommand(active=True)
        answer = ask(pb.Command(streaming_query_manager_command=command), regardless=True)
        ids = [one.id for one in answer[_ACTIVE].active.active_queries if one.name == name]
    for one in ids:
        command = pb.StreamingQueryCommand(query_id=one, stop=True)
        ask(pb.Command(streaming_query_command=command), regardless=True)
