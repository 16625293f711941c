"""Running a notebook apart, for `dbutils.notebook.run`: own names, own widgets, own session."""

from __future__ import annotations

import contextlib
import contextvars
import ctypes
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from lakeshell.commands.options import Options
from lakeshell.errors import CommandError, LakeshellError
from lakeshell.notebooks.notebook import find_notebook, read_notebook
from lakeshell.session.result import Event, Failed, Started

if TYPE_CHECKING:
    from lakeshell.interpreter import Interpreter
    from lakeshell.notebooks.running import RunningNotebook
    from lakeshell.session.session import Session

_AGAIN = 0.5  # seconds between two attempts to stop a notebook
_ATTEMPTS = 10


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
        sink=lambda event: _tell(caller, event),
        open_session=lambda: _open_session(caller),
        caller=caller,
    )

    def run() -> str:
        interpreter.run_notebook(notebook, arguments)
        return interpreter.exit_value or ""

    try:
        return _limited(run, interpreter, path, timeout) if timeout else run()
    finally:
        interpreter.close()


def _tell(caller: RunningNotebook, event: Event) -> None:
    """What it gives is part of what the calling cell gives; how it goes on is not. Its failure is
    an exception there, which may be caught."""
    if not isinstance(event, (Started, Failed)):
        caller.tell(event)


def _open_session(caller: RunningNotebook) -> Session:
    from lakeshell.session.remote import new_session_id
    from lakeshell.session.session import Session

    remote = caller.remote
    if remote is not None:
        remote = replace(remote, session_id=new_session_id())
    return Session(caller.home, caller.config, remote=remote)


def _limited(run: Callable[[], str], interpreter: Interpreter, path: str, seconds: float) -> str:
    """In a thread of its own, because only there it can be stopped without harm to the caller."""
    values: list[str] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            values.append(run())
        except BaseException as error:
            errors.append(error)

    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(work,), daemon=True, name="notebook")
    thread.start()
    try:
        thread.join(seconds)
    except BaseException:  # Ctrl-C
        _stop(interpreter, thread)
        raise
    if thread.is_alive():
        _stop(interpreter, thread)
        raise CommandError(f"{path} ran longer than {seconds:g} seconds and was stopped.")
    if errors:
        raise errors[0]
    return values[0]


def _stop(interpreter: Interpreter, thread: threading.Thread) -> None:
    """Stop its statement, the Spark jobs of its cell, and its Python; a cell that takes no notice
    is left to itself."""
    for _ in range(_ATTEMPTS):
        if not thread.is_alive():
            return
        if interpreter.has_session:
            with contextlib.suppress(LakeshellError):
                interpreter.session.cancel(thread.ident)
                interpreter.session.stop_jobs()
        exception = ctypes.py_object(KeyboardInterrupt)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), exception)
        thread.join(_AGAIN)
