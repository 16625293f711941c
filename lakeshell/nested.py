"""Running a notebook apart, for `dbutils.notebook.run`: own names, own widgets, own session."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from lakeshell.commands.options import Options
from lakeshell.errors import CommandError, Interrupted, LakeshellError
from lakeshell.notebooks.notebook import find_notebook, read_notebook

if TYPE_CHECKING:
    from lakeshell.interpreter import Interpreter
    from lakeshell.notebooks.running import RunningNotebook
    from lakeshell.session.session import Session

_AGAIN = 1.0  # seconds between two attempts to stop a notebook that goes on


def run_apart(
    caller: RunningNotebook, path: str, timeout: float, arguments: Mapping[str, str]
) -> str:
    """See `lakeshell.notebooks.running.Runner`. Raises what failed in it, CommandError when its
    time was over, Interrupted."""
    from lakeshell.interpreter import Interpreter

    notebook = read_notebook(find_notebook(path, caller.folder, caller.home.workspace))
    interpreter = Interpreter(
        caller.home,
        caller.config,
        replace(Options.of(caller.config.shell), limit=caller.limit),
        sink=caller.tell,
        open_session=lambda: _open_session(caller),
        caller=caller,
    )
    try:
        with _limited(interpreter, path, timeout):
            interpreter.run_notebook(notebook, arguments)
        return interpreter.exit_value or ""
    finally:
        interpreter.close()


def _open_session(caller: RunningNotebook) -> Session:
    from lakeshell.session.remote import new_session_id
    from lakeshell.session.session import Session

    remote = caller.remote
    if remote is not None:
        remote = replace(remote, session_id=new_session_id())
    return Session(caller.home, caller.config, remote=remote)


@contextmanager
def _limited(interpreter: Interpreter, path: str, seconds: float) -> Iterator[None]:
    if not seconds:
        yield
        return
    thread, over, expired = threading.get_ident(), threading.Event(), threading.Event()
    lock = threading.Lock()

    def stop() -> None:
        if over.wait(seconds):
            return
        expired.set()
        while True:
            with lock:
                if over.is_set():
                    return
                _interrupt(interpreter, thread)
            over.wait(_AGAIN)

    watch = threading.Thread(target=stop, daemon=True, name="notebook-timeout")
    watch.start()
    try:
        yield
    except (Interrupted, KeyboardInterrupt, LakeshellError):
        if not expired.is_set():
            raise
        raise CommandError(f"{path} ran longer than {seconds:g} seconds and was stopped.") from None
    finally:
        with lock:
            over.set()
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), None)


def _interrupt(interpreter: Interpreter, thread: int) -> None:
    """Stop its statement, the Spark jobs of its cell, and its Python."""
    if interpreter.has_session:
        interpreter.session.cancel(thread)
        interpreter.session.stop_jobs()
    exception = ctypes.py_object(KeyboardInterrupt)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), exception)
