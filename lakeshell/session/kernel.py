"""Python cells in a process of their own, for the full-screen face.

There a cell must not print on the screen, block it or take it down, and must be interrupted from
another thread. So cells run in a child process, which joins the *same* Spark session: views,
settings and the current schema are shared with SQL. It is started by the first cell, or ahead of it
(`Kernel.warm`), and when it dies the next cell starts another.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import queue
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection, wait
from typing import Any

from lakeshell.errors import CellError, Interrupted, LakeshellError, ServerDied
from lakeshell.session import kernel_messages as say
from lakeshell.session.cells import CellTools, NotebookExit
from lakeshell.session.result import Notice, Result, Sink, Text
from lakeshell.session.session import Session

_LOOK = 0.25  # seconds between looks whether the process still lives
_STUBBORN = 5.0  # seconds after which a cell that ignores the interrupt is ended with its process
_ANSWER_TIMEOUT = 3.0  # seconds
_MOST_RAW_TEXT = 10_000_000  # bytes that programs started by one cell may print
_TAG = "lakeshell-"  # as in session/execute.py: the server knows its statements by it


class Kernel:
    """One Python process for all tabs, which take turns in it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._child: _Child | None = None
        self._had_cells = False
        self._turn = threading.Condition()
        self._current: KernelCells | None = None
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._closing = False
        self.names: tuple[str, ...] = ()

    def for_sink(self, sink: Sink) -> KernelCells:
        """The cells of one tab: the same names as everywhere, output into `sink`."""
        return KernelCells(self, sink)

    def warm(self) -> None:
        """Start the process and let it join the session, in the background."""

        def work() -> None:
            with contextlib.suppress(LakeshellError, OSError):
                child = self._living_child()
                session = self.session
                child.send(say.Join(session.remote, session.generation, session.lakehouse))

        threading.Thread(target=work, daemon=True, name="kernel-start").start()

    def close(self) -> None:
        """End the process."""
        self._closing = True
        with self._lock:
            if self._child is not None:
                self._child.kill()
                self._child = None

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """`function(*arguments, namespace)` of the kernel's names; None when it does not answer
        at once. `function` must be one that can be imported there."""
        child = self._child
        if child is None or not child.is_alive:
            return None
        return child.ask(say.Call(next(self._numbers), function, arguments))

    # For KernelCells
    def run(self, cells: KernelCells, variables: dict[str, str], **cell: Any) -> None:
        """Run a cell when it is its turn; see `Cells.run`."""
        with self._taking_turn(cells):
            self.session.ensure_alive()
            child = self._living_child(cells.sink)
            self._had_cells = True
            request = say.RunCell(
                number=next(self._numbers),
                remote=self.session.remote,
                generation=self.session.generation,
                home=self.session.lakehouse,
                tag=f"{_TAG}{uuid.uuid4()}",
                variables=variables,
                **cell,
            )
            cells.running = request
            try:
                if cells.interrupted_since is not None:
                    raise Interrupted()
                done = child.run(request, cells.sink)
            except _Died as death:
                raise self._death(cells, death) from None
            finally:
                cells.running = None
            self.names = done.names
            if request.tools is not None and done.tools is not None:
                request.tools.learn(done.tools)
            if done.notebook_value is not None:
                raise NotebookExit(done.notebook_value)
            if done.exited:
                raise SystemExit(done.exit_code)
            if isinstance(done.error, ServerDied):
                self.session.mark_lost()
            if done.error is not None:
                if cells.interrupted_since is not None:
                    # pyspark has words of its own for a cell whose jobs were cancelled.
                    raise Interrupted()
                raise done.error

    def interrupt(self, cells: KernelCells) -> bool:
        """Stop what `cells` run or wait for."""
        with self._turn:
            self._turn.notify_all()
        request, child = cells.running, self._child
        if request is None or child is None:
            return False
        child.send(say.InterruptCell(request.number))
        since = cells.interrupted_since
        if since is not None and time.monotonic() - since > _STUBBORN:
            child.stubborn = True
            child.kill()
            return True
        # Once is enough for the server's control: it goes on looking for jobs of the tag.
        self.session.cancel_tag(request.tag, watch=cells.told_server is not request)
        cells.told_server = request
        return True

    @contextlib.contextmanager
    def _taking_turn(self, cells: KernelCells) -> Iterator[None]:
        with self._turn:
            while self._current is not None:
                if cells.interrupted_since is not None:
                    raise Interrupted()
                self._turn.wait(_LOOK)
            self._current = cells
        try:
            yield
        finally:
            with self._turn:
                self._current = None
                self._turn.notify_all()

    def _living_child(self, sink: Sink | None = None) -> _Child:
        with self._lock:
            if self._closing:
                raise Interrupted()
            child = self._child
            if child is None or not child.is_alive:
                if child is not None and self._had_cells and sink is not None:
                    sink(
                        Notice(
                            f"The Python process had ended ({child.how_it_ended}); a new one was "
                            "started, and the variables of Python cells are lost.",
                            "warning",
                        )
                    )
                self.names = ()
                self._child = child = _Child()
            return child

    def _death(self, cells: KernelCells, death: _Died) -> LakeshellError:
        """The error for a cell with which the process ended."""
        child, self._child = self._child, None
        self.names = ()
        if self._closing:
            return Interrupted()
        self._stop_orphans(cells.running)
        if child is not None and child.stubborn:
            return Interrupted(
                "Cancelled. The cell did not stop, so its Python process was ended; the variables "
                "of Python cells are lost."
            )
        return CellError(
            f"The Python process ended ({death}); its variables are lost.",
            hint="The next cell starts a new one.",
        )

    def _stop_orphans(self, request: say.RunCell | None) -> None:
        """Spark goes on working for a client that is gone."""
        if request is not None:
            with contextlib.suppress(LakeshellError):
                self.session.cancel_tag(request.tag)


class KernelCells:
    """The kernel as one tab sees it; see `session.cells.Cells`."""

    def __init__(self, kernel: Kernel, sink: Sink) -> None:
        self._kernel = kernel
        self._variables: dict[str, str] = {}
        self._waiting = False
        self.sink = sink
        self.running: say.RunCell | None = None
        self.told_server: say.RunCell | None = None  # the cell that is to be stopped
        self.interrupted_since: float | None = None

    @property
    def namespace(self) -> dict[str, Any]:
        """The names, without their values; `complete_names` asks the kernel for more."""
        return KernelNames(self._kernel)

    def assign(self, name: str, value: str) -> None:
        """Give the cells a variable."""
        self._variables[name] = value

    def run(
        self,
        code: str,
        *,
        file: str,
        first_line: int = 1,
        limit: int = 1000,
        tools: CellTools | None = None,
    ) -> None:
        """Run a cell in the kernel, after those of other tabs; raises as `Cells.run`, SystemExit
        where the cell ended itself, and CellError when its process ended with it."""
        self.interrupted_since = None
        self._waiting = True
        try:
            self._kernel.run(
                self,
                dict(self._variables),
                code=code,
                file=file,
                first_line=first_line,
                limit=limit,
                tools=tools,
            )
        finally:
            self._waiting = False

    def interrupt(self) -> bool:
        """Stop the cell that runs, and its Spark jobs; asked again and again for five seconds in
        vain, its process."""
        if not self._waiting:
            return False
        if self.interrupted_since is None:
            self.interrupted_since = time.monotonic()
        self._kernel.interrupt(self)
        return True


class KernelNames(dict[str, Any]):
    """The names of a kernel's cells. `call` asks the kernel about their values."""

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(dict.fromkeys(kernel.names))
        self.call = kernel.call


class _Died(Exception):
    """The process ended; the text says how."""


class _Child:
    """A kernel's process and the thread that listens to it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        output, output_end = os.pipe()
        # The child imports what we import, and never from a folder we merely happen to be in.
        path = [entry for entry in sys.path if entry]
        start = (
            f"import sys; sys.path[:] = {path!r}; "
            "from lakeshell.session.kernel_side import main; main()"
        )
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8:replace"}
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-c", start, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=output_end,
                stderr=output_end,
                pass_fds=(theirs.fileno(),),
                # No terminal of its own: getpass would ask on it, and Ctrl-C is not meant for it.
                start_new_session=True,
                env=environment,
            )
        os.close(output_end)
        self.stubborn = False
        self._output = output
        self._pipe = Connection(ours.detach())
        self._sending = threading.Lock()
        self._sink: Sink | None = None
        self._raw_text = 0
        self._number = 0
        self._done: queue.SimpleQueue[say.CellDone | None] = queue.SimpleQueue()
        self._answers: dict[int, queue.SimpleQueue[Any]] = {}
        self._over = threading.Event()
        threading.Thread(target=self._listen, daemon=True, name="kernel").start()

    @property
    def is_alive(self) -> bool:
        """Whether it takes cells."""
        return not self._over.is_set() and self.process.poll() is None

    @property
    def how_it_ended(self) -> str:
        """In a few words."""
        code = self.process.poll()
        if code is None:
            return "without a word"
        if code >= 0:
            return f"exit code {code}"
        import signal

        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return f"{name}, perhaps for lack of memory" if name == "SIGKILL" else name

    def send(self, request: object) -> None:
        """Tell it something; nothing happens when it is gone."""
        with self._sending, contextlib.suppress(OSError):
            self._pipe.send(request)

    def run(self, request: say.RunCell, sink: Sink) -> say.CellDone:
        """Run a cell to its end; raises _Died."""
        self._number, self._sink, self._raw_text = request.number, sink, 0
        self.send(request)
        while True:
            done = self._done.get()
            if done is None:
                self._done.put(None)
                raise _Died(self.how_it_ended)
            if done.number == request.number:
                return done

    def ask(self, call: say.Call) -> Any:
        """The answer to a call, None if there is none within three seconds."""
        answer: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._answers[call.number] = answer
        try:
            self.send(call)
            return answer.get(timeout=_ANSWER_TIMEOUT)
        except queue.Empty:
            return None
        finally:
            self._answers.pop(call.number, None)

    def kill(self) -> None:
        """End it now."""
        with contextlib.suppress(OSError):
            self.process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(2.0)

    # The listening thread
    def _listen(self) -> None:
        sources: list[Any] = [self._pipe, self._output]
        try:
            while True:
                ready = wait(sources, _LOOK)
                if self._output in ready and not self._take_output():
                    sources.remove(self._output)
                if self._pipe in ready:
                    self._take(self._pipe.recv())
                # A process that the cell has started may hold the other ends open.
                elif not ready and self.process.poll() is not None:
                    break
        except (EOFError, OSError):
            pass
        finally:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(2.0)
            self._drain()
            self._over.set()
            self._done.put(None)
            for answer in list(self._answers.values()):
                answer.put(None)
            self.kill()
            self._pipe.close()
            os.close(self._output)

    def _take(self, message: Any) -> None:
        if isinstance(message, say.CellDone):
            self._drain()
            self._done.put(message)
        elif isinstance(message, say.Answer):
            if (answer := self._answers.get(message.number)) is not None:
                answer.put(message.value)
        elif isinstance(message, say.CellEvent):
            self._tell(message.event)
        elif isinstance(message, say.ArrowRows):
            import pyarrow as pa

            with pa.ipc.open_stream(message.data) as reader:
                self._tell(Result(reader.read_all(), **message.fields))

    def _tell(self, event: Any) -> None:
        sink = self._sink
        if sink is not None:
            # A face that is closing down must not end this thread, which frees the cell's.
            with contextlib.suppress(Exception):
                sink(event)

    def _take_output(self) -> bool:
        """What the process or programs that it started wrote past Python; False at its end."""
        data = os.read(self._output, 65536)
        if data:
            before, self._raw_text = self._raw_text, self._raw_text + len(data)
            if self._raw_text <= _MOST_RAW_TEXT:
                self._tell(Text(data.decode("utf-8", "replace")))
            elif before <= _MOST_RAW_TEXT:
                self._tell(Notice("The output is too long; the rest is not shown.", "warning"))
        return bool(data)

    def _drain(self) -> None:
        with contextlib.suppress(OSError):
            while wait([self._output], 0) and self._take_output():
                pass
