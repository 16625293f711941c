"""The inline shell as a person meets it: on a real terminal, with a real server."""

from __future__ import annotations

import os
import re
import signal
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pty_terminal import PtyTerminal

from lakeshell.endpoint import read_endpoint
from lakeshell.home import Home
from lakeshell.session.control import ControlClient
from lakeshell.session.launch import stop_server
from lakeshell.session.session import Session

ENDLESS = "select count(*) from range(1000000) a join range(1000000) b on a.id * b.id % 7 = 3;"


@pytest.fixture
def open_shell(lakehouse: Home) -> Iterator[Callable[..., PtyTerminal]]:
    """Shells in the shared lakehouse, ready to be typed into."""
    opened: list[PtyTerminal] = []

    def open_one(**options: object) -> PtyTerminal:
        terminal = PtyTerminal("repl", home=lakehouse.root, **options)  # type: ignore[arg-type]
        opened.append(terminal)
        terminal.wait_for_prompt()
        return terminal

    yield open_one
    for terminal in opened:
        terminal.process.close()


@pytest.fixture
def shell(open_shell: Callable[..., PtyTerminal]) -> PtyTerminal:
    """One shell of 80 by 24."""
    return open_shell()


def test_a_statement_and_its_result(shell: PtyTerminal) -> None:
    shell.enter("select 1 as one, 'x' as two;")
    shell.wait_for(r"^ one │ two\n─+┼─+\n   1 │ x\n1 row, \d+\.\d\d s$")


def test_enter_continues_what_is_not_complete(shell: PtyTerminal) -> None:
    shell.enter("select 'a;b' as text,")
    shell.wait_for(r"^ +-> *$")
    shell.enter("  41 + 1 as n")
    shell.enter(";")
    shell.wait_for(r"^ a;b  │ 42$")


def test_an_error_has_a_caret_and_the_shell_goes_on(shell: PtyTerminal) -> None:
    shell.enter("selct 1;")
    shell.wait_for(r"^Error \[PARSE_SYNTAX_ERROR\]: .*\n.*\n  1 \| selct 1;\n +\| \^")
    shell.wait_for_prompt()
    shell.enter("select 2 as fine;")
    shell.wait_for(r"^ +2\n1 row")
    assert "Traceback" not in shell.screen


def test_statements_on_one_line_run_in_order_until_one_fails(shell: PtyTerminal) -> None:
    shell.enter("select 1 as a; selct; select 3 as c;")
    shell.wait_for("PARSE_SYNTAX_ERROR")
    shell.wait_for_prompt()
    assert re.search(r"^ a$", shell.screen, re.MULTILINE)
    assert not re.search(r"^ c$", shell.screen, re.MULTILINE)


def test_pasted_statements_run_only_after_enter(shell: PtyTerminal) -> None:
    shell.type("\x1b[200~select 11 as a;\nselect 22 as b;\n\x1b[201~")
    shell.wait_for("select 22 as b;")
    assert "row" not in shell.screen
    shell.key("enter")
    shell.wait_for(r"(?s)^ 11\n1 row.*^ 22\n1 row")


def test_the_prompt_names_schema_and_language(
    shell: PtyTerminal, schema: str, session: Session
) -> None:
    shell.enter(f"use {schema};")
    shell.wait_for(rf"^{schema[:20]}")
    shell.enter("%python")
    shell.wait_for_prompt("py")
    shell.enter("x = 20 + 1")
    shell.wait_for_prompt("py")
    shell.enter("x * 2")
    shell.wait_for(r"^42$")
    shell.enter("%sql select 1 as back_in_sql;")
    shell.wait_for(r"^ +1\n1 row")
    shell.enter("%sql")
    shell.wait_for_prompt()


def test_a_python_block_ends_with_an_empty_line(shell: PtyTerminal) -> None:
    shell.enter("%python")
    shell.wait_for_prompt("py")
    shell.enter("for i in range(2):")
    shell.enter("print('number', i)")
    shell.key("enter")
    shell.wait_for(r"^number 0\nnumber 1$")


def test_a_cell_and_its_error(shell: PtyTerminal) -> None:
    shell.enter("%python spark.range(3).count()")
    shell.wait_for(r"^3$")
    shell.enter("%python 1/0")
    shell.wait_for(r"^Error: ZeroDivisionError")
    shell.wait_for_prompt()
    assert "lakeshell/" not in shell.screen


def test_columns_of_an_alias_are_offered(shell: PtyTerminal, schema: str, session: Session) -> None:
    session.execute("CREATE TABLE orders (order_id BIGINT, placed_at TIMESTAMP)")
    shell.enter(f"use {schema};")
    shell.wait_for_prompt()
    shell.type("select * from orders o where o.")
    shell.wait_for(r"(?s)order_id +bigint.*placed_at +timestamp")
    shell.type("pl")
    shell.key("tab")
    shell.wait_for(r"where o\.placed_at")
    shell.key("ctrl-c")
    shell.wait_for_prompt()


def test_a_name_made_a_moment_ago_is_offered(shell: PtyTerminal, schema: str) -> None:
    shell.enter(f"use {schema}; create table just_made (a int);")
    shell.wait_for("(?s)OK.*OK")
    shell.wait_for_prompt()
    shell.type("select * from just")
    shell.wait_for(r"^ +just_made *$")


def test_ctrl_c_stops_a_statement_and_its_jobs(shell: PtyTerminal, lakehouse: Home) -> None:
    shell.enter(ENDLESS)
    shell.wait_for(r"tasks \d+/\d+")
    shell.key("ctrl-c")
    shell.wait_for("^Cancelled")
    shell.wait_for_prompt()
    endpoint = read_endpoint(lakehouse)
    assert endpoint is not None
    control = ControlClient(endpoint)
    for _ in range(200):  # a task that is told to stop finishes the row it is at
        if not control.jobs():
            break
        time.sleep(0.1)
    assert control.jobs() == []
    shell.enter("select 5 as usable;")
    shell.wait_for(r"^ +5\n1 row")
    assert "tasks" not in shell.screen


def test_ctrl_c_stops_a_cell(shell: PtyTerminal) -> None:
    shell.enter("%python print('begun'); any(0 for _ in iter(int, 1))")
    shell.wait_for("^begun")
    shell.key("ctrl-c")
    shell.wait_for("^Cancelled")
    shell.wait_for_prompt()


def test_ctrl_c_leaves_what_was_typed(shell: PtyTerminal) -> None:
    shell.type("select nonsense")
    shell.wait_for("select nonsense")
    shell.key("ctrl-c")
    shell.wait_for_prompt()
    shell.enter("select 6 as six;")
    shell.wait_for(r"^ +6\n1 row")


def test_history_is_kept_and_shared(open_shell: Callable[..., PtyTerminal]) -> None:
    first, second = open_shell(), open_shell()
    first.enter("select 'from the first' as a, 'x' as password;")
    first.wait_for("1 row")
    first.enter("exit")
    assert first.end() == 0
    second.enter("")  # what others ran is there from the next prompt on
    second.wait_for(r"(?s)^default> *$.*^default> *$")
    second.key("up")
    second.wait_for(r"> select 'from the first'")
    second.key("ctrl-c")
    third = open_shell()
    third.key("ctrl-r")
    third.type("the first")
    third.wait_for(r"select 'from the first'")
    third.key("ctrl-c")
    third.wait_for_prompt()
    third.enter("%recall the FIRST")
    third.wait_for(r"│ sql +│ select 'from the first'")


def test_edit_runs_what_the_editor_leaves(
    open_shell: Callable[..., PtyTerminal], tmp_path: Path
) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nsleep 0.05\nsed s/old/new/ "$1" > "$1.n" && cat "$1.n" > "$1"\n')
    editor.chmod(0o755)
    shell = open_shell(env={"VISUAL": str(editor)})
    shell.enter("select 'old' as a;")
    shell.wait_for("^ old$")
    shell.enter("%edit")
    shell.wait_for("(?s)^select 'new' as a;$.*^ new$")
    shell.key("up")
    shell.wait_for("> select 'new' as a;")


@pytest.mark.parametrize("place", ["value", "name", "schema", "error", "print", "completion"])
def test_hostile_text_is_shown_and_does_nothing(
    open_shell: Callable[..., PtyTerminal], schema: str, session: Session, place: str
) -> None:
    shell = open_shell(columns=120, lines=60)  # nothing is cut, nothing scrolls away
    attack = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eEVIL"
    quoted = "\\u001b]0;owned\\u0007\\u001b[2J\\u009b31m\\u202eEVIL"
    if place == "value":
        shell.enter(f"select '{quoted}' as a;")
    elif place == "name":
        session.execute(f"CREATE VIEW {schema}.v AS SELECT 1 AS `{attack}`")
        shell.enter(f"select * from {schema}.v;")
    elif place == "schema":
        session.execute(f"CREATE VIEW {schema}.v AS SELECT '{attack}' AS a")
        shell.enter(f"describe extended {schema}.v;")
    elif place == "error":
        shell.enter(f"select raise_error('{quoted}');")
    elif place == "print":
        shell.enter(f"%python print('{quoted}')")
    else:
        session.execute(f"CREATE VIEW {schema}.v AS SELECT 1 AS `{attack}`")
        shell.enter(f"use {schema};")
        shell.wait_for_prompt()
        shell.type("select o from v o")
        shell.key(*["left"] * 9)
        shell.type(".")
        shell.wait_for("EVIL")  # offered
        shell.key("tab")
        shell.wait_for("EVIL` from v o")  # taken
    shell.wait_for("EVIL")
    assert shell.title == ""
    assert b"\x1b]0;owned" not in shell.raw
    assert "\u202e".encode() not in shell.raw
    assert "\u202e" not in shell.screen


def test_a_result_longer_than_the_screen_goes_to_the_pager(
    open_shell: Callable[..., PtyTerminal], tmp_path: Path
) -> None:
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\nwc -l | sed 's/^ */paged lines: /'\n")
    pager.chmod(0o755)
    shell = open_shell(env={"PAGER": str(pager)})
    shell.enter("select id from range(5);")
    shell.wait_for("^5 rows")
    assert "paged" not in shell.screen
    shell.enter("select id from range(500);")
    shell.wait_for("^paged lines: 502\n500 rows")
    shell.enter("select id from range(2000);")
    shell.wait_for("^1,000 rows .more exist; %set limit 0 shows all.")
    columns = ", ".join(f"{n} as a_rather_long_column_name_{n}" for n in range(12))
    shell.enter(f"select {columns};")
    shell.wait_for("^paged lines: 3\n1 row,")


@pytest.mark.parametrize("columns", [20, 40])
def test_a_narrow_terminal(open_shell: Callable[..., PtyTerminal], columns: int) -> None:
    shell = open_shell(columns=columns)
    shell.enter("select 1 as a, 'long text that does not fit in here at all' as b;")
    shell.wait_for("1 row")
    assert "…" in shell.screen


def test_vi_keys(shell: PtyTerminal) -> None:
    shell.enter("%python 1")  # the commands are loaded
    shell.wait_for("^1$")
    shell.enter("%set edit_mode vi")
    shell.wait_for("vi insert")
    shell.type("select 7 as x")
    shell.key("escape")
    shell.wait_for("vi normal")
    shell.type("A;")
    shell.key("enter")
    shell.wait_for(r"^ +7\n1 row")
    shell.enter("%set edit_mode emacs")
    shell.wait_for_prompt()


@pytest.mark.parametrize("way", ["ctrl-d", "exit", "quit;", "\\q", "%quit", "%python exit()"])
def test_ways_to_leave(shell: PtyTerminal, way: str) -> None:
    if way == "ctrl-d":
        shell.key(way)
    else:
        shell.enter(way)
    assert shell.end() == 0


@pytest.mark.parametrize("busy", [False, True])
def test_a_signal_ends_it_and_the_terminal_is_as_before(
    open_shell: Callable[..., PtyTerminal], lakehouse: Home, busy: bool
) -> None:
    shell = open_shell()
    if busy:
        shell.enter(ENDLESS)
        shell.wait_for(r"tasks \d+/\d+")
    shell.process.kill(signal.SIGTERM)
    assert shell.end() == 128 + signal.SIGTERM
    local = termios.tcgetattr(shell.process.fd)[3]
    assert local & termios.ECHO
    assert local & termios.ICANON
    assert shell.raw.rstrip().endswith((b"\x1b[?25h\x1b[0m", b"\x1b[0m"))
    endpoint = read_endpoint(lakehouse)
    assert endpoint is not None


def test_it_is_there_before_spark_and_outlives_the_server(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    try:
        with PtyTerminal("repl", home=home.root) as shell:
            shell.wait_for(r"(?s)^default> *$.*Starting Spark")
            shell.enter("select 1 as typed_early;")
            shell.wait_for(r"^ +1\n1 row", timeout=120)
            shell.enter("create temp view gone as select 1;")
            shell.wait_for("^OK")
            shell.wait_for_prompt()
            endpoint = read_endpoint(home)
            assert endpoint is not None
            os.kill(endpoint.jvm_pid, signal.SIGKILL)
            shell.enter("select 2 as b;")
            shell.wait_for("(?s)A new session was opened|The server is gone|The JVM ended", 120)
            shell.wait_for_prompt(timeout=120)
            shell.enter("select 3 as after_all;")
            shell.wait_for(r"^ +3\n1 row", timeout=120)
            shell.key("ctrl-d")
            assert shell.end() == 0
    finally:
        stop_server(home)
