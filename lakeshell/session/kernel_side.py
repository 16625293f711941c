"""The Python kernel's process: it runs cells in its main thread and tells what they give.

Three threads. The main one runs cells, because only there Python can be interrupted. One reads
requests, so that an interrupt is heard while a cell runs, and ends the process when the face is
gone. One writes, so that an interrupt never cuts a message in two.
"""

from __future__ import annotations

import builtins
import contextlib
import faulthandler
import os
import queue
import signal
import sys
import threading
from multiprocessing.connection import Connection
from typing import Any, TextIO, cast

from lakeshell.errors import CellError, Interrupted, LakeshellError
from lakeshell.home import Home
from lakeshell.session import kernel_messages as say
from lakeshell.session.cells import NotebookExit
from lakeshell.session.remote import Remote
from lakeshell.session.result import Event, Notice, Result, Text

MOST_TEXT = 10_000_000  # characters that one cell may print
_MESSAGE = 64_000  # characters after which text is sent without waiting for more
_REFUSAL = "a cell of the full screen cannot ask at the keyboard; give it the value instead"


class KernelSession:
    """What Python cells need of a session: the one of the face, joined with pyspark's client."""

    def __init__(self) -> None:
        self.generation = 0
        self.lakehouse: Home | None = None
        self._remote: Remote | None = None
        self._spark: Any = None

    def follow(self, remote: Remote, generation: int, home: Home | None) -> None:
        """Belong to that session from now on; the old one went with its server."""
        if remote != self._remote:
            if self._spark is not None:
                with contextlib.suppress(Exception):
                    self._spark.client.close()
            self._spark = None
        self._remote, self.generation, self.lakehouse = remote, generation, home

    @property
    def spark(self) -> Any:
        """The SparkSession; takes half a second once."""
        if self._spark is None:
            from lakeshell.session.pyspark_session import join_session

            assert self._remote is not None
            self._spark = join_session(self._remote)
        return self._spark

    def stop_jobs(self, tag: str = "") -> None:
        """The face does it, by the cell's tag: SQL of other tabs runs in this session, too."""

    def mark_lost(self) -> None:
        """The face finds out by the error."""


class KernelSide:
    """The kernel at its end of the pipe."""

    def __init__(self, pipe: Connection) -> None:
        from lakeshell.session.python_cells import PythonCells

        self._pipe = pipe
        self._requests: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._outgoing: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._session = KernelSession()
        self._cells = PythonCells(self._session, self._sink)
        self._running = 0  # the number of the cell that runs
        self._printed = 0

    def run(self) -> None:
        """Serve until the process ends."""
        signal.signal(signal.SIGINT, self._interrupted)
        threading.Thread(target=self._read, daemon=True, name="requests").start()
        threading.Thread(target=self._write, daemon=True, name="answers").start()
        while True:
            request = self._requests.get()
            if isinstance(request, say.Join):
                self._session.follow(request.remote, request.generation, request.home)
                # The first cell will meet the same trouble and report it.
                with contextlib.suppress(Exception):
                    _ = self._session.spark
            else:
                try:
                    done = self._run_cell(request)
                except KeyboardInterrupt:  # it hit the moment in which the cell ended
                    self._running = 0
                    done = say.CellDone(request.number, Interrupted(), names=self._names())
                self._running = 0
                self._outgoing.put(done)

    # The main thread
    def _run_cell(self, request: say.RunCell) -> say.CellDone:
        from lakeshell.session.python_cells import tagged

        error: LakeshellError | None = None
        exited, exit_code, notebook_value = False, None, None
        self._printed = 0
        try:
            self._session.follow(request.remote, request.generation, request.home)
            # Not to be interrupted: half of pyspark loaded would be of no use to later cells.
            spark = self._session.spark
            self._running = request.number
            try:
                with tagged(spark, request.tag):
                    for name, value in request.variables.items():
                        self._cells.assign(name, value)
                    self._cells.run(
                        request.code,
                        file=request.file,
                        first_line=request.first_line,
                        limit=request.limit,
                        tools=request.tools,
                    )
            finally:
                self._running = 0
        except KeyboardInterrupt:
            error = Interrupted()
        except LakeshellError as failure:
            error = failure
        except NotebookExit as ending:
            notebook_value = ending.value
        except SystemExit as ending:
            exited, exit_code = True, _plain(ending.code)
        except BaseException as fault:  # joining the session failed
            error = CellError(f"{type(fault).__name__}: {fault}")
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        return say.CellDone(
            request.number, error, exit_code, exited, self._names(), notebook_value, request.tools
        )

    def _names(self) -> tuple[str, ...]:
        return tuple(n for n in list(self._cells.namespace) if not n.startswith("__"))

    def _interrupted(self, *_: object) -> None:
        if self._running:
            raise KeyboardInterrupt

    def _sink(self, event: Event) -> None:
        number = self._running
        if isinstance(event, Text):
            before, self._printed = self._printed, self._printed + len(event.text)
            if before > MOST_TEXT:
                return
            if self._printed > MOST_TEXT:
                event = Notice(
                    f"This cell has printed more than {MOST_TEXT // 1_000_000} MB; the rest is "
                    "not shown.",
                    "warning",
                )
        if isinstance(event, Result) and event.table is not None:
            self._outgoing.put(_rows(number, event))
        else:
            self._outgoing.put(say.CellEvent(number, event))

    # Other threads
    def _read(self) -> None:
        while True:
            try:
                request = self._pipe.recv()
            except (EOFError, OSError):
                os._exit(0)  # nobody waits for what the cell still does
            if isinstance(request, say.InterruptCell):
                if request.number == self._running:
                    main = threading.main_thread().ident
                    assert main is not None
                    signal.pthread_kill(main, signal.SIGINT)
            elif isinstance(request, say.Call):
                threading.Thread(target=self._answer, args=(request,), daemon=True).start()
            else:
                self._requests.put(request)

    def _answer(self, call: say.Call) -> None:
        value = None
        with contextlib.suppress(Exception):
            value = call.function(*call.arguments, dict(self._cells.namespace))
        self._outgoing.put(say.Answer(call.number, value))

    def _write(self) -> None:
        waiting: Any = None
        while True:
            message = waiting or self._outgoing.get()
            message, waiting = self._with_more(message)
            try:
                self._pipe.send(message)
            except (BrokenPipeError, ConnectionError):
                os._exit(0)

    def _with_more(self, message: Any) -> tuple[Any, Any]:
        """`message`, with the text that was printed right behind it; and what came after that."""
        if not (isinstance(message, say.CellEvent) and type(message.event) is Text):
            return message, None
        parts, size, following = [message.event.text], len(message.event.text), None
        while size < _MESSAGE:
            try:
                following = self._outgoing.get_nowait()
            except queue.Empty:
                break
            if (
                not isinstance(following, say.CellEvent)
                or type(following.event) is not Text
                or following.number != message.number
            ):
                break
            parts.append(following.event.text)
            size += len(following.event.text)
            following = None
        return say.CellEvent(message.number, Text("".join(parts))), following


def _rows(number: int, result: Result) -> say.ArrowRows:
    import pyarrow as pa

    table = result.table
    assert table is not None
    buffer = pa.BufferOutputStream()
    with pa.ipc.new_stream(buffer, table.schema) as writer:
        writer.write_table(table)
    fields = {
        "truncated": result.truncated,
        "elapsed": result.elapsed,
        "title": result.title,
        "metadata": result.metadata,
    }
    return say.ArrowRows(number, buffer.getvalue().to_pybytes(), fields)


def _plain(code: object) -> object:
    return code if code is None or isinstance(code, (int, str)) else str(code)


def _refuse(*_: object, **__: object) -> Any:
    raise RuntimeError(_REFUSAL)


class _NoKeyboard:
    """A standard input that says why it gives nothing."""

    encoding = "utf-8"
    closed = False

    def isatty(self) -> bool:
        return False

    read = readline = readlines = __iter__ = __next__ = fileno = _refuse


def main() -> None:
    """Serve the pipe whose descriptor is the first argument."""
    pipe = Connection(int(sys.argv[1]))
    os.set_inheritable(pipe.fileno(), False)
    sys.argv = [""]
    faulthandler.enable()
    builtins.input = _refuse
    sys.breakpointhook = _refuse
    sys.stdin = cast(TextIO, _NoKeyboard())
    KernelSide(pipe).run()
