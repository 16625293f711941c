"""Streams of a pyspark session are noted in the home when they start, and when they are stopped.

pyspark sends one message to start a stream; it is kept as it is, with what else the stream needs of
its session, so that it can be started again (`stream_start.py`). Starting is Spark's affair: where
it cannot be noted, the stream runs all the same.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from typing import Any

from lakeshell.endpoint import read_endpoint
from lakeshell.home import Home
from lakeshell.render.stream_errors import is_stream_failure
from lakeshell.session import stream_message as says
from lakeshell.session.stream_definitions import STOPPED, Definition, Definitions, life_of

_SECRET = ("password", "secret", "token", "credential")


def note_streams(spark: Any, home: Home) -> None:
    """From now on, keep the definitions of the streams that this session starts."""
    client = spark.client
    plain = client.execute_command
    definitions = Definitions(home)

    def execute_command(command: Any, *arguments: Any, **named: Any) -> Any:
        kind = command.WhichOneof("command_type")
        if kind == "write_stream_operation_start":
            answer = plain(command, *arguments, **named)
            with contextlib.suppress(Exception):  # see above
                started = answer[1]["write_stream_operation_start_result"]
                message = command.write_stream_operation_start
                definitions.note(_definition(spark, home, message, started))
            return answer
        if kind != "streaming_query_command":
            return plain(command, *arguments, **named)
        asked = command.streaming_query_command
        run_id, what = asked.query_id.run_id, asked.WhichOneof("command")
        try:
            answer = plain(command, *arguments, **named)
        except Exception as error:
            if is_stream_failure(str(error)):
                definitions.told(run_id)  # the cell raises it
            raise
        if what == "stop":
            definitions.ended(run_id, STOPPED)
        elif what == "exception" and _failed(answer):
            definitions.told(run_id)
        return answer

    client.execute_command = execute_command


def _failed(answer: Any) -> bool:
    result = answer[1].get("streaming_query_command_result")
    return result is not None and result.exception.HasField("exception_message")


def definition_of(
    message: Any,
    started: Any,
    *,
    home: Home,
    session: str,
    user: str,
    schema: str,
    settings: Mapping[str, str],
) -> Definition:
    """A stream that was started by `message`, a WriteStreamOperationStart; `started` is Spark's
    answer, `schema` the current one in Spark's words."""
    return Definition(
        id=started.query_id.id,
        run_id=started.query_id.run_id,
        name=started.name or None,
        session=session,
        user=user,
        server=life_of(read_endpoint(home)),
        schema=schema,
        source=says.source_of(message),
        sink=says.sink_of(message),
        trigger=says.trigger_of(message),
        checkpoint=says.checkpoint_of(message, settings),
        message=message.SerializeToString(),
        settings=worth_keeping(settings),
        started=time.time(),
    )


def worth_keeping(settings: Mapping[str, str]) -> dict[str, str]:
    """Settings of a session that a stream may depend on: not those of the server itself."""
    return {
        key: value
        for key, value in settings.items()
        if (key.startswith(("spark.sql.", "spark.databricks.")) or not key.startswith("spark."))
        and not any(word in key.lower() for word in _SECRET)
    }


def _definition(spark: Any, home: Home, message: Any, started: Any) -> Definition:
    from pyspark.sql.connect.catalog import Catalog

    return definition_of(
        message,
        started,
        home=home,
        session=spark.client._session_id,
        user=spark.client._user_id or "",
        schema=Catalog(spark).currentDatabase(),
        settings=spark.conf.getAll,
    )
