"""Run one statement: tagged, watched, cancellable, its rows cut at a limit and that said."""

from __future__ import annotations

import importlib
import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lakeshell.errors import Interrupted, LakeshellError, StatementTimeout
from lakeshell.session import connect
from lakeshell.session.connect import ConnectClient
from lakeshell.session.dml_metrics import metrics_from_history, metrics_from_rows
from lakeshell.session.protocol import load_arrow_without_numpy
from lakeshell.session.result import Progress, Result, Sink, Stage
from lakeshell.session.spark_errors import convert_rpc_error
from lakeshell.sql.classify import StatementKind, classify
from lakeshell.sql.targets import write_target

if TYPE_CHECKING:
    import pyarrow as pa

ALL_ROWS = 0

Send = Callable[..., list[Any]]
"""Sends a command; what is answered."""

_numbers = itertools.count(1)


def _next_tag() -> str:
    """Marks the Spark jobs of one statement: this process and a number."""
    return f"lakeshell-{os.getpid()}-{next(_numbers)}"


@dataclass
class Operation:
    """One run of a statement on the server, as long as it lasts.

    `started` is on the monotonic clock, `began` the same moment in seconds since the epoch,
    `thread` the one that waits for it.
    """

    client: ConnectClient
    text: str
    id: str = field(default_factory=connect.new_operation_id)
    started: float = field(default_factory=time.monotonic)
    began: float = field(default_factory=time.time)
    tag: str = field(default_factory=_next_tag)
    thread: int = field(default_factory=threading.get_ident)
    timed_out: bool = False
    cancelled: bool = False

    def cancel(self) -> None:
        """Stop it and its Spark jobs. Safe from any thread, at any time."""
        self.cancelled = True
        self.client.interrupt(self.id)

    def expire(self) -> None:
        """Stop it because its time is over."""
        self.timed_out = True
        self.cancel()


class Executor:
    """Runs statements of one session.

    `light`: no Python code will run in this process, so Arrow need not load numpy. `on_cancelled`
    is told the tag of a cancelled statement, whose jobs may be about to start.
    """

    def __init__(
        self,
        client: ConnectClient,
        *,
        light: bool = False,
        on_cancelled: Callable[[str], None] | None = None,
    ) -> None:
        self.client = client
        self._on_cancelled = on_cancelled
        self._light = light
        self._running: dict[int, Operation] = {}
        self._lock = threading.Lock()

    def execute(
        self,
        text: str,
        *,
        limit: int = ALL_ROWS,
        timeout: float | None = None,
        sink: Sink | None = None,
        kind: StatementKind | None = None,
    ) -> Result:
        """Run `text` and return at most `limit` rows (0: all); `timeout` in seconds.

        `sink` gets Progress while it runs. Raises StatementError, StatementTimeout, Interrupted
        (also on Ctrl-C, after the Spark jobs were stopped), ServerDied.
        """
        kind = kind or classify(text)
        operation = Operation(self.client, text)
        with (
            self._registered(operation),
            _alarm(operation, timeout),
            self._failures(operation, timeout),
        ):
            return self._run(operation, kind, limit, sink)

    @contextmanager
    def commands(self, text: str, timeout: float | None = None) -> Iterator[Send]:
        """Several commands of the protocol that are watched and cancelled as one statement, which
        `text` names in errors. What is sent `regardless` goes out although it was cancelled."""
        operation = Operation(self.client, text)

        def send(command: Any, *, regardless: bool = False) -> list[Any]:
            plan = connect.pb.Plan(command=command)
            if regardless:
                return list(self.client.execute(plan, connect.new_operation_id()))
            with self._failures(operation, timeout):
                operation.id = connect.new_operation_id()
                if operation.cancelled:
                    raise _stopped(operation, timeout)
                return list(self.client.execute(plan, operation.id, (operation.tag,)))

        with self._registered(operation), _alarm(operation, timeout):
            yield send

    @contextmanager
    def _failures(self, operation: Operation, timeout: float | None) -> Iterator[None]:
        """What fails in here is raised as an error of ours."""
        try:
            yield
        except connect.grpc.RpcError as error:
            converted = convert_rpc_error(error, self.client, operation.text)
            if operation.cancelled:
                if self._on_cancelled:
                    self._on_cancelled(operation.tag)
                raise _stopped(operation, timeout) from error
            raise converted from error
        except KeyboardInterrupt:
            operation.cancel()
            if self._on_cancelled:
                self._on_cancelled(operation.tag)
            raise Interrupted() from None

    def cancel(self, thread: int | None = None) -> bool:
        """Stop what this session runs now, or only what `thread` runs; False when nothing does."""
        with self._lock:
            running = [
                operation
                for operation in self._running.values()
                if thread is None or operation.thread == thread
            ]
        for operation in running:
            operation.cancel()
        return bool(running)

    @contextmanager
    def _registered(self, operation: Operation) -> Iterator[None]:
        with self._lock:
            self._running[id(operation)] = operation
        try:
            yield
        finally:
            with self._lock:
                del self._running[id(operation)]

    def _run(
        self,
        operation: Operation,
        kind: StatementKind,
        limit: int,
        sink: Sink | None,
    ) -> Result:
        # One row more than asked for tells that there are more.
        fetch = limit + 1 if limit else ALL_ROWS
        if kind.can_limit:
            plan = connect.query_plan(operation.text, fetch)
            rows = self._fetch(operation, plan, sink)
        else:
            plan = connect.command_plan(operation.text)
            answer = self._fetch(operation, plan, sink)
            rows = self._rows_of_command(operation, answer, fetch, sink)
        table = rows.table
        truncated = bool(limit) and table is not None and table.num_rows > limit
        if table is not None and truncated:
            table = table.slice(0, limit)
        metrics = {}
        if kind.writes and table is not None:
            metrics = metrics_from_rows(table)
        if kind.writes and not metrics and (target := write_target(operation.text)):
            metrics = self._rows_written(target, operation.began)
        if metrics:
            table = None
        if table is not None and not table.num_columns and not kind.can_limit:
            table = None
        return Result(
            table=table,
            truncated=truncated,
            elapsed=time.monotonic() - operation.started,
            metrics=metrics,
            metadata=kind.metadata,
            tag=operation.tag,
        )

    def _rows_written(self, target: str, began: float) -> dict[str, int]:
        history = Operation(self.client, f"DESCRIBE HISTORY {target} LIMIT 1")
        plan = connect.command_plan(history.text)
        try:
            answer = self._fetch(history, plan, None)
            rows = self._rows_of_command(history, answer, ALL_ROWS, None)
        except connect.grpc.RpcError:
            return {}  # not a Delta table: nobody counted
        return metrics_from_history(rows.table, began)

    def _rows_of_command(
        self,
        operation: Operation,
        answer: _Answer,
        fetch: int,
        sink: Sink | None,
    ) -> _Answer:
        """The rows that the answer to a command leads to: inline, or by one more request."""
        relation = answer.relation
        if relation is None:
            return answer
        if relation.WhichOneof("rel_type") == "local_relation" and relation.local_relation.data:
            batches = list(connect.arrow_batches(relation.local_relation.data))
            return _Answer(batches=batches)
        operation.id = connect.new_operation_id()
        if operation.cancelled:
            raise Interrupted()
        plan = connect.relation_plan(relation, fetch)
        return self._fetch(operation, plan, sink)

    def _fetch(self, operation: Operation, plan: Any, sink: Sink | None) -> _Answer:
        call = self.client.execute(plan, operation.id, (operation.tag,))
        # Now, while the server works: it takes a tenth of a second.
        if self._light:
            load_arrow_without_numpy()
        else:
            importlib.import_module("pyarrow")
        answer = _Answer()
        for response in call:
            kind = response.WhichOneof("response_type")
            if kind == "arrow_batch":
                answer.batches.extend(connect.arrow_batches(response.arrow_batch.data))
            elif kind == "sql_command_result":
                answer.relation = response.sql_command_result.relation
            elif kind == "execution_progress" and sink is not None:
                sink(_progress(response.execution_progress, operation))
        if len(answer.batches) > 1:
            # The first may be an empty one that only carries the schema.
            answer.batches = [b for b in answer.batches if b.num_rows] or answer.batches[:1]
        return answer


@dataclass
class _Answer:
    """What one request brought: Arrow batches, or the relation in which a command left its rows."""

    batches: list[Any] = field(default_factory=list)
    relation: Any = None

    @property
    def table(self) -> pa.Table | None:
        if not self.batches:
            return None
        import pyarrow as pa

        return pa.Table.from_batches(self.batches)


def _stopped(operation: Operation, timeout: float | None) -> LakeshellError:
    """Why an operation was cancelled."""
    if operation.timed_out:
        return StatementTimeout(f"Stopped after {timeout:g} seconds.")
    return Interrupted()


def _progress(message: Any, operation: Operation) -> Progress:
    stages = tuple(
        Stage(
            id=stage.stage_id,
            tasks_done=stage.num_completed_tasks,
            tasks_total=stage.num_tasks,
            bytes_read=stage.input_bytes_read,
            done=stage.done,
        )
        for stage in message.stages
    )
    return Progress(
        stages_done=sum(stage.done for stage in stages),
        stages_total=len(stages),
        tasks_done=sum(stage.tasks_done for stage in stages),
        tasks_total=sum(stage.tasks_total for stage in stages),
        tasks_running=message.num_inflight_tasks,
        bytes_read=sum(stage.bytes_read for stage in stages),
        elapsed=time.monotonic() - operation.started,
        stages=stages,
        tag=operation.tag,
    )


@contextmanager
def _alarm(operation: Operation, timeout: float | None) -> Iterator[None]:
    if timeout is None:
        yield
        return
    timer = threading.Timer(timeout, operation.expire)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
