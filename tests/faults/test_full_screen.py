"""The full screen when its server dies under it."""

from __future__ import annotations

import signal
import time

from faults_support import endpoint_of, kill
from pty_terminal import PtyTerminal

from lakeshell.home import Home

F7 = "\x1b[18~"


def test_a_killed_server_is_told_and_the_next_statement_starts_another(home: Home) -> None:
    with PtyTerminal(home=home.root, columns=120, lines=36) as terminal:
        terminal.wait_for("Palette")
        terminal.type("select 'before', 40 + 2;")
        terminal.type(F7)
        terminal.wait_for("1 row, ")
        old = endpoint_of(home)
        kill(old.pid)
        terminal.wait_for("server is gone")
        terminal.wait_for("select 'before', 40")  # the editor is as it was
        terminal.type(F7)
        terminal.wait_for("● Spark")
        terminal.wait_for("A new session was opened")
        terminal.wait_for(r"1 row, ")
        assert endpoint_of(home).pid != old.pid
        terminal.type("\x11")
        assert terminal.end() == 0


def test_a_server_killed_during_a_statement_fails_it_and_is_started_on_request(home: Home) -> None:
    with PtyTerminal(home=home.root, columns=120, lines=36) as terminal:
        terminal.wait_for("Palette")
        terminal.type("select count(*) from range(1000000000000) a join range(9) b;")
        terminal.type(F7)
        terminal.wait_for("● Spark", timeout=120)
        terminal.wait_for(r"\d tasks", timeout=60)
        old = endpoint_of(home)
        kill(old.jvm_pid)
        terminal.wait_for("✗ failed|failed after|failed, ")
        terminal.wait_for("the server is gone")
        terminal.type("\x1bx")  # alt+x
        terminal.wait_for("● Spark", timeout=90)
        assert endpoint_of(home).jvm_pid != old.jvm_pid
        terminal.wait_for(r"select count\(\*\)")


def test_a_terminal_that_goes_away_ends_the_program_and_keeps_the_text(home: Home) -> None:
    with PtyTerminal(home=home.root, columns=120, lines=36) as terminal:
        terminal.wait_for("Palette")
        terminal.type("-- kept by the hangup\n")
        terminal.wait_for("kept by the hangup")
        # Nobody reads: the program waits for the terminal (64 KB are its fill), which then is gone.
        for columns in range(100, 140):
            terminal.process.resize(columns, 36)
            time.sleep(0.1)
        assert terminal.hang_up() == 128 + signal.SIGHUP
    with PtyTerminal(home=home.root, columns=120, lines=36) as again:
        again.wait_for("kept by the hangup")
