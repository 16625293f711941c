"""The Python kernel without Spark: what cells print and raise, how they are stopped and die."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lakeshell.errors import CellError, Interrupted
from lakeshell.session.kernel import Kernel
from lakeshell.session.remote import Remote
from lakeshell.session.result import Event, Notice, Result, Text


class NoServer:
    """A session whose server nobody asks."""

    def __init__(self) -> None:
        self.remote = Remote("localhost", 1, "token")
        self.generation = 1
        self.lakehouse = None
        self.cancelled: list[str] = []

    def ensure_alive(self) -> None:
        pass

    def mark_lost(self) -> None:
        pass

    def cancel_tag(self, tag: str, *, watch: bool = True) -> None:
        self.cancelled.append(tag)


class Tab:
    """The cells of a tab and what they gave."""

    def __init__(self, kernel: Kernel) -> None:
        self.events: list[Event] = []
        self.cells = kernel.for_sink(self.events.append)

    def run(self, code: str, **arguments: Any) -> str:
        """Run a cell; the text that it gave."""
        self.events.clear()
        self.cells.run(code, file="cell.py", **arguments)
        return self.text

    @property
    def text(self) -> str:
        return "".join(e.text for e in self.events if isinstance(e, Text))

    def run_and_interrupt(self, code: str) -> BaseException | None:
        """Interrupt a cell, as the face does, once it has said "go"; what it raised."""
        caught: list[BaseException] = []

        def work() -> None:
            try:
                self.run(code)
            except BaseException as error:
                caught.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        until(lambda: "go" in self.text)
        while thread.is_alive():
            self.cells.interrupt()
            thread.join(0.25)
        return caught[0] if caught else None


def until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen"
        time.sleep(0.01)


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    session: Any = NoServer()
    kernel = Kernel(session)
    yield kernel
    kernel.close()


@pytest.fixture
def tab(kernel: Kernel) -> Tab:
    return Tab(kernel)


def test_prints_and_the_last_expression(tab: Tab) -> None:
    assert tab.run("print('a'); x = 20\nx + 1") == "a\n21\n"
    assert tab.run("x;") == ""


def test_names_are_shared_between_tabs(kernel: Kernel, tab: Tab) -> None:
    tab.run("shared = 5")
    assert Tab(kernel).run("shared") == "5\n"
    assert "shared" in tab.cells.namespace


def test_assigned_variables(tab: Tab) -> None:
    tab.cells.assign("here", "/tmp/x")
    assert tab.run("here") == "'/tmp/x'\n"


def test_rows_arrive_as_arrow(tab: Tab) -> None:
    tab.run("import pandas as pd\ndisplay(pd.DataFrame({'n': range(100)}))", limit=7)
    (result,) = [e for e in tab.events if isinstance(e, Result)]
    assert result.table is not None
    assert result.table.to_pydict() == {"n": list(range(7))}
    assert result.truncated


def test_output_of_programs_comes_too(tab: Tab) -> None:
    text = tab.run(
        "import os, sys\nos.system('echo from a program')\nprint('bad', file=sys.stderr)"
    )
    assert "from a program\n" in text
    assert "bad\n" in text


def test_an_error_shows_only_the_users_lines(tab: Tab) -> None:
    with pytest.raises(CellError) as caught:
        tab.run("def f():\n    return 1 / 0\nf()", first_line=10)
    assert caught.value.message == "ZeroDivisionError: division by zero"
    assert caught.value.detail is not None
    assert "line 11, in f" in caught.value.detail
    assert "line 12, in <module>" in caught.value.detail
    assert "lakeshell" not in caught.value.detail


def test_a_syntax_error_has_its_place(tab: Tab) -> None:
    with pytest.raises(CellError) as caught:
        tab.run("x = 1\nx = = 2", first_line=3)
    assert caught.value.position is not None
    assert caught.value.position.line == 4


def test_a_sleeping_cell_is_interrupted_and_names_stay(kernel: Kernel, tab: Tab) -> None:
    tab.run("kept = 1")
    begun = time.monotonic()
    error = tab.run_and_interrupt("print('go', flush=True)\nimport time; time.sleep(60)")
    assert isinstance(error, Interrupted)
    assert time.monotonic() - begun < 30
    assert tab.run("kept") == "1\n"
    session: Any = kernel.session
    assert session.cancelled


def test_a_cell_that_ignores_the_interrupt_loses_its_process(tab: Tab) -> None:
    error = tab.run_and_interrupt(
        "import time\nprint('go')\nwhile True:\n    try: time.sleep(60)\n"
        "    except BaseException: pass"
    )
    assert isinstance(error, Interrupted)
    assert "variables" in error.message
    assert tab.run("1") == "1\n"


def test_a_waiting_cell_can_be_cancelled(kernel: Kernel, tab: Tab) -> None:
    other = Tab(kernel)
    done = threading.Event()

    def hold() -> None:
        with pytest.raises(Interrupted):
            tab.run("print('go'); import time; time.sleep(60)")
        done.set()

    threading.Thread(target=hold, daemon=True).start()
    until(lambda: "go" in tab.text)
    caught: list[BaseException] = []

    def wait() -> None:
        try:
            other.run("print('never')")
        except BaseException as error:
            caught.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    until(other.cells.interrupt)
    waiting.join(20)
    assert isinstance(caught[0], Interrupted)
    assert not done.is_set(), "the other tab's cell goes on"
    tab.cells.interrupt()
    assert done.wait(20)
    assert other.text == ""


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("import os; os._exit(3)", "exit code 3"),
        ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
    ],
)
def test_a_process_that_dies_is_told_and_replaced(tab: Tab, code: str, word: str) -> None:
    tab.run("mine = 1")
    with pytest.raises(CellError, match="its variables are lost") as caught:
        tab.run(code)
    assert word in caught.value.message
    with pytest.raises(CellError, match="NameError"):
        tab.run("mine")


def test_a_process_that_died_between_cells_is_told_once(kernel: Kernel, tab: Tab) -> None:
    tab.run("import os, threading; threading.Timer(0.05, os._exit, (4,)).start()")
    until(lambda: kernel.call(len) is None)
    assert tab.run("1") == "1\n"
    (notice,) = [e for e in tab.events if isinstance(e, Notice)]
    assert "exit code 4" in notice.text
    tab.run("1")
    assert not [e for e in tab.events if isinstance(e, Notice)]


def test_sys_exit_ends_the_cell_only(tab: Tab) -> None:
    with pytest.raises(SystemExit) as caught:
        tab.run("y = 2\nimport sys; sys.exit(7)")
    assert caught.value.code == 7
    assert tab.run("y") == "2\n"


def test_a_flood_is_cut_and_told(tab: Tab) -> None:
    line = "x" * 999
    tab.run(f"for _ in range(100_000): print({line!r})")
    assert 9_000_000 < len(tab.text) < 11_000_000
    assert [e for e in tab.events if isinstance(e, Notice) and "not shown" in e.text]
    assert tab.run("print('after')") == "after\n"


def test_a_flood_of_a_program_is_cut_too(tab: Tab) -> None:
    tab.run("import os; os.system('head -c 30000000 /dev/zero | tr \"\\\\0\" x')")
    assert len(tab.text) < 11_000_000


@pytest.mark.parametrize("code", ["input('name? ')", "import getpass; getpass.getpass()"])
def test_asking_is_refused(tab: Tab, code: str) -> None:
    with pytest.raises(CellError, match="cannot ask at the keyboard"):
        tab.run(code)


@pytest.mark.parametrize("code", ["breakpoint()\nx = 1", "import pdb; pdb.set_trace()\nx = 1"])
def test_a_debugger_is_refused(tab: Tab, code: str) -> None:
    with pytest.raises(CellError, match="cannot ask at the keyboard"):
        tab.run(code)


def test_completion_asks_the_kernel(tab: Tab) -> None:
    from lakeshell.catalog.python_names import complete_names

    tab.run("import decimal\nlongest_name = decimal.Decimal(1)")
    text = "longest_name.to_int"
    found = complete_names(text, len(text), 0, tab.cells.namespace)
    assert "to_integral_value" in [candidate.text for candidate in found]
