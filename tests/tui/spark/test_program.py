"""The program on a real pseudo-terminal: how it ends, what it restores, what never reaches it."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pty_terminal import PtyTerminal

from lakeshell.home import Home
from lakeshell.session.session import Session
from lakeshell.tui.state import TuiState

F2, F3, F5, F6, F7 = "\x1bOQ", "\x1bOR", "\x1b[15~", "\x1b[17~", "\x1b[18~"
RIGHT = "\x1b[C"
CTRL_Q = "\x11"
ATTACK = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eEVIL[/x]"
QUOTED = "\\u001b]0;owned\\u0007\\u001b[2J\\u009b31m\\u202eEVIL[/x]"


@pytest.fixture
def full_screen(lakehouse: Home) -> Iterator[Callable[..., PtyTerminal]]:
    """Open the program in a terminal; what is still open at the end is closed."""
    opened: list[PtyTerminal] = []

    def open_(columns: int = 120, lines: int = 36, *, fresh: bool = True) -> PtyTerminal:
        if fresh:  # else the text of the last one is there again
            state = TuiState(lakehouse)
            state.save_tabs([])
            state.close()
        terminal = PtyTerminal(home=lakehouse.root, columns=columns, lines=lines)
        opened.append(terminal)
        terminal.wait_for("Palette")
        return terminal

    yield open_
    for terminal in opened:
        terminal.__exit__(None, None, None)


def test_it_runs_a_statement_and_leaves_the_terminal_as_it_was(
    full_screen: Callable[..., PtyTerminal],
) -> None:
    terminal = full_screen()
    terminal.type("select 40 + 2 as answer;")
    terminal.type(F7)
    terminal.wait_for("answer")
    terminal.wait_for(r"\b42\b")
    terminal.type(CTRL_Q)
    assert terminal.end() == 0
    assert is_restored(terminal)


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (120, 36), (200, 60)])
def test_it_works_at_every_size(
    full_screen: Callable[..., PtyTerminal], columns: int, lines: int
) -> None:
    terminal = full_screen(columns, lines)
    terminal.type(f"select {columns} + {lines} as the_sum;")
    terminal.type(F7)
    terminal.wait_for("the_sum")
    terminal.wait_for(rf"\b{columns + lines}\b")
    assert all(len(line) <= columns for line in terminal.screen.splitlines())


def test_chords_with_alt_are_keys_and_not_letters(
    full_screen: Callable[..., PtyTerminal],
) -> None:
    terminal = full_screen()
    terminal.type("-- twice")
    terminal.wait_for("twice")
    terminal.type("\x1by")
    terminal.wait_for("(?s)1 +-- twice *│.*2 +-- twice *│")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_restores_the_terminal_and_keeps_the_text(
    full_screen: Callable[..., PtyTerminal], number: signal.Signals
) -> None:
    terminal = full_screen()
    word = f"kept_by_{number.name.lower()}"
    terminal.type(f"-- {word}\n")
    terminal.wait_for(word)
    terminal.process.kill(number)
    assert terminal.end() == 128 + number
    assert is_restored(terminal)
    again = full_screen(fresh=False)
    again.wait_for(word)


def test_a_fault_is_one_sentence_and_a_code_and_loses_no_text(
    full_screen: Callable[..., PtyTerminal], lakehouse: Home
) -> None:
    plugin = lakehouse.plugins / "failing_pane.py"
    plugin.parent.mkdir(exist_ok=True)
    plugin.write_text(
        "from textual.widgets import Static\n"
        "from lakeshell.commands.hookspecs import hookimpl\n"
        "from lakeshell.commands.panes import PaneSpec\n"
        "class Failing(Static):\n"
        "    def on_mount(self):\n"
        "        self.set_timer(4, self.fail)\n"
        "    def fail(self):\n"
        "        raise RuntimeError('a fault \\x1b]0;owned\\x07')\n"
        "@hookimpl\n"
        "def lakeshell_tui_panes():\n"
        "    return [PaneSpec('failing', 'Failing', 'right', Failing)]\n"
    )
    try:
        terminal = full_screen()
        terminal.type("-- before the fault\n")
        terminal.wait_for("before the fault")
        assert terminal.end() == 1
    finally:
        plugin.unlink()
    assert is_restored(terminal)
    after = terminal.raw[terminal.raw.rindex(b"\x1b[?1049l") :].decode()
    assert "lakeshell met a fault of its own: RuntimeError: a fault" in after
    assert "Traceback" not in after
    assert "\x1b]0;owned" not in after
    log = re.search(r"details are in\s+(\S+\.log)", after)
    assert log
    assert "Traceback" in Path(log[1]).read_text()
    full_screen(fresh=False).wait_for("before the fault")


@pytest.mark.parametrize("place", ["cell", "column", "name", "comment", "error", "print"])
def test_nothing_hostile_reaches_the_terminal(
    full_screen: Callable[..., PtyTerminal], schema: str, session: Session, place: str
) -> None:
    terminal = full_screen(160, 40)
    if place == "cell":
        session.execute(f"CREATE VIEW {schema}.v AS SELECT '{QUOTED}' AS a")
        text = f"select * from {schema}.v;"
    elif place == "column":
        session.execute(f"CREATE VIEW {schema}.v AS SELECT 1 AS `{ATTACK}`")
        text = f"select * from {schema}.v;"
    elif place == "name":
        session.execute(f"CREATE TEMP VIEW `evil` AS SELECT 1 AS `{ATTACK}`")
        text = f"create temp view `{QUOTED}EVIL` as select 1;"
    elif place == "comment":
        session.execute(f"CREATE TABLE {schema}.t (a INT COMMENT '{QUOTED}') COMMENT '{QUOTED}'")
        text = f"describe extended {schema}.t;"
    elif place == "error":
        text = f"select raise_error('{QUOTED}');"
    else:
        text = f"%python print('{QUOTED}')"
    terminal.type(text)
    terminal.type(F7)
    terminal.wait_for(r"EV[I…]")
    terminal.wait_for(r"\d s")  # it has run
    terminal.type(F3)
    if place == "comment":
        terminal.type(RIGHT + RIGHT)
    terminal.type(" ")  # the inspector, where there is a grid
    terminal.wait_for(r"EV[I…]")
    assert "owned" not in terminal.title
    for bad in (b"\x1b]0;owned", "\x9b31m".encode(), "\u202e".encode()):
        assert bad not in terminal.raw


def is_restored(terminal: PtyTerminal) -> bool:
    """Whether the other screen, the mouse and bracketed paste were given up, the cursor shown."""
    raw = terminal.raw
    return all(
        raw.rfind(off) > raw.rfind(on) >= 0
        for on, off in (
            (b"\x1b[?1049h", b"\x1b[?1049l"),
            (b"\x1b[?1000h", b"\x1b[?1000l"),
            (b"\x1b[?2004h", b"\x1b[?2004l"),
            (b"\x1b[?25l", b"\x1b[?25h"),
        )
    )
